"""The private feed that tells an operator which sources and feeds are not well."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from markupsafe import escape

from aggregator.article import Article, Entry, Feed
from aggregator.health import ADVICE
from aggregator.sources.base import EPOCH

if TYPE_CHECKING:
    from aggregator.publish import Site
    from aggregator.store import FeedStatus, SourceStatus, Store

# What may pass by itself is told once it has not: after so many visits that failed one after the
# other, or so long a time.
_PASSING = frozenset(("unreachable", "blocked", "missing", "certificate"))
_VISITS, _AFTER = 3, timedelta(hours=6)

_MOST = 200  # entries: beyond, something is wrong with this machine, not with the sources

# The note in the store that holds what the address ends with.
TOKEN = "troubles"  # noqa: S105 - its name


async def token_of(store: "Store", fresh: str) -> str:
    """Return what the address of the feed ends with: ``fresh`` if there is none yet."""
    known = await store.note(TOKEN)
    if not known:
        await store.set_note(TOKEN, fresh)
    return known or fresh


def address(base_url: str, token: str) -> str:
    """Return where the feed is, in the format that most readers know."""
    return f"{base_url}status/{token}/rss.xml"


async def troubles_files(
    store: "Store", site: "Site", token: str, now: datetime
) -> dict[str, bytes]:
    """Return the feed in all its formats, by file name."""
    from aggregator.publish import render  # noqa: PLC0415

    statuses, feeds = await store.troubles(), await store.feed_statuses()
    feed = troubles_feed(statuses, site, token, now, feeds)
    return render(feed, site)


def troubles_feed(
    statuses: "Sequence[SourceStatus]",
    site: "Site",
    token: str,
    now: datetime,
    feeds: "Sequence[FeedStatus]" = (),
) -> Feed:
    """Return the feed of what is wrong, newest first; an entry goes when its source is well.

    Of ``feeds`` those are in it that could not be written.
    """
    told = [_of_source(status) for status in statuses if _is_told(status, now)]
    told += [_of_feed(feed) for feed in feeds if feed.fault]
    told.sort(key=lambda trouble: trouble.since, reverse=True)
    slug = f"status/{token}"
    return Feed(
        slug=slug,
        id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, site.base_url + slug)}",
        title="Troubles",
        description="Sources and feeds that are not well",
        language="en",
        entries=tuple(_entry(trouble, site, slug) for trouble in told[:_MOST]),
    )


def _is_told(status: "SourceStatus", now: datetime) -> bool:
    lasted = now - (status.health_since or now)
    return status.health not in _PASSING or status.failures >= _VISITS or lasted >= _AFTER


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is not well: its name, what tells it from all others, and what ails it."""

    name: str
    known_by: str
    kind: str
    text: str
    advice: str
    since: datetime


def _of_source(status: "SourceStatus") -> _Trouble:
    return _Trouble(
        name=status.name,
        known_by=f"{status.kind}:{status.target}",
        kind=status.health,
        text=status.health_text,
        advice=ADVICE.get(status.health, ""),
        since=status.health_since or EPOCH,
    )


def _of_feed(feed: "FeedStatus") -> _Trouble:
    return _Trouble(
        name=feed.title or "Everything",
        known_by=f"published:{feed.slug}",
        kind="faulty",
        text=feed.fault,
        advice="what was published stays, and it is tried again",
        since=feed.fault_since or EPOCH,
    )


def _entry(trouble: _Trouble, site: "Site", slug: str) -> Entry:
    since = trouble.since
    named = f"{site.base_url}\n{trouble.known_by}\n{trouble.kind}\n{since.isoformat()}"
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, named))
    advice = _sentence(trouble.advice)
    article = Article(
        uid=key,
        title=f"{trouble.name}: {trouble.kind}",
        url=f"{site.base_url}{slug}/#{key}",
        html=f"<p>{escape(trouble.text)}</p><p>{escape(advice)}</p>",
        text=f"{trouble.text}\n{advice}",
        summary=trouble.text,
        categories=(trouble.kind,),
    )
    return Entry(
        id=f"urn:uuid:{key}",
        key=key,
        article=article,
        published=since,
        updated=since,
        source=trouble.name,
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
