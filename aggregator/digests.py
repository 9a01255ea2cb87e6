"""Digests: the headlines of each day or week, when it is over, once and for all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from aggregator.article import Digest, Entry, Headline
from aggregator.publish import has_page, headline
from aggregator.store import Choice, FeedRow, Store

Every = Literal["daily", "weekly"]

# Headlines that one entry lists, the first ones; the others are counted. They make 150 kB.
_MOST = 500

_DAYS = {"daily": 1, "weekly": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """A feed of digests: of what, how often, and how many it shows."""

    feed: FeedRow
    choice: Choice
    every: Every
    limit: int


@dataclass(frozen=True, slots=True)
class Period:
    """A time that is over: what appeared from ``begins`` on and before ``ends``, under a label.

    The label is that of the date (ISO 8601), or of the week, which begins on Monday.
    """

    begins: datetime
    ends: datetime
    label: str


def period(after: datetime, every: Every, zone: str, last: str = "") -> Period:
    """Return the period that ends first after a time.

    ``last`` is the label of the one before: where the time zone changed, a date may end twice.
    """
    local, days = ZoneInfo(zone), _DAYS[every]
    date = after.astimezone(local).date()
    if every == "weekly":
        date -= timedelta(days=date.weekday())
    while True:
        label = date.strftime("%G-W%V") if every == "weekly" else date.isoformat()
        date += timedelta(days=days)
        ends = datetime(date.year, date.month, date.day, tzinfo=local).astimezone(UTC)
        if ends > after and not (len(label) == len(last) and label <= last):
            return Period(after, ends, label)


def ended(after: datetime, last: str, wanted: Digested, zone: str, now: datetime) -> list[Period]:
    """Return the periods since a time that are over, no more than are shown."""
    oldest = now - timedelta(days=_DAYS[wanted.every] * (wanted.limit + 1))
    found: list[Period] = []
    after = max(after, oldest)
    while (one := period(after, wanted.every, zone, last)).ends <= now:
        found.append(one)
        after, last = one.ends, one.label
    return found


async def due(
    store: Store, wanted: Sequence[Digested], zone: str, now: datetime
) -> datetime | None:
    """Return when the next period ends, which may be over; None if there is none."""
    ends = [
        period(after, one.every, zone, last).ends
        for one in wanted
        for after, last in [await _place(store, one, zone, now)]
    ]
    return min(ends, default=None)


async def close(
    store: Store, wanted: Sequence[Digested], zone: str, now: datetime
) -> list[tuple[Digested, Period]]:
    """Close the periods that are over, so that nothing appears in them any more; return them."""
    over = [
        (one, each)
        for one in wanted
        for after, last in [await _place(store, one, zone, now)]
        for each in ended(after, last, one, zone, now)
    ]
    if over:
        await store.close_periods(max(each.ends for _, each in over))
    return over


async def _place(store: Store, one: Digested, zone: str, now: datetime) -> tuple[datetime, str]:
    """Return when the last period of a feed ended, and its label.

    A new feed begins with the period that was over last.
    """
    before = now - 2 * timedelta(days=_DAYS[one.every])
    return await store.digested(one.feed.id) or (period(before, one.every, zone).ends, "")


async def gather(store: Store, over: Sequence[tuple[Digested, Period]]) -> None:
    """Write down the headlines of periods that are closed; what is empty has no digest."""
    for one, each in over:
        choice = replace(one.choice, period=(each.begins, each.ends))
        entries = await store.entries(one.feed, _MOST, choice)
        total = len(entries) if len(entries) < _MOST else await store.count(choice)
        headlines = tuple(map(_headline, entries))
        digest = Digest(label=each.label, ends=each.ends, total=total, headlines=headlines)
        await store.add_digest(one.feed.id, digest)


def _headline(entry: Entry) -> Headline:
    article = entry.article
    return Headline(
        title=headline(article),
        url="" if has_page(entry) else article.url or "",
        key=entry.key,
        source=(article.origin and article.origin.title) or entry.source,
        published=entry.published,
        language=article.language,
    )
