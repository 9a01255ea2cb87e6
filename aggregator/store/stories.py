"""Articles of several sources that tell one story: finding, binding and parting them."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.article import Copy
from aggregator.identity import Changed, Duplicate, New
from aggregator.store.feeds import FURTHER, feeds_of, look_again, mark_feeds
from aggregator.store.records import Outcome, Rival, fuller, shown_key
from aggregator.store.schema import aliases, article_feeds, articles, bands, sources
from aggregator.store.sql import among, among_given, given, insert, insert_missing, write_rows
from aggregator.store.turns import note_changes

# Articles that one at hand is compared with: those that share most bands. Of a thousand bulletins
# made from one template, which share them all, twenty find 95 in 100 copies, a hundred find 98.
_RIVALS = 20

# Articles of one band that are looked at, the newest: one that more share tells nothing.
_MOST_OF_A_BAND = 500

_BOUND = ("merged", "marked")


async def find_rivals(
    connection: AsyncConnection, source: int, sought: Mapping[str, Sequence[int]]
) -> dict[str, list[Rival]]:
    """Return the articles of other sources that share a band with those sought, by their uids.

    Left out are stories that this source has told already: what one source tells twice is two.
    """
    if not sought:
        return {}
    by_band: dict[int, list[str]] = defaultdict(list)
    for uid, keys in sought.items():
        for key in keys:
            by_band[key].append(uid)
    rows = await connection.execute(_SHARING, {"source": source, "bands": by_band})
    shared: dict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        for uid in by_band[row.band]:
            shared[uid][row.article_id] += 1
    chosen = {uid: _closest(counts) for uid, counts in shared.items()}
    known = await _rivals(connection, source, {n for numbers in chosen.values() for n in numbers})
    return {
        uid: found
        for uid, numbers in chosen.items()
        if (found := [known[number] for number in numbers if number in known])
    }


def _sharing() -> sa.Select[Any]:
    """Select the newest articles of other sources under some bands."""
    other = articles.c.source_id != given(articles.c.source_id, "source")
    place = sa.func.row_number().over(partition_by=bands.c.band, order_by=bands.c.article_id.desc())
    found = (
        sa.select(bands.c.band, bands.c.article_id, place.label("place"))
        .join(articles, articles.c.id == bands.c.article_id)
        .where(among_given(bands.c.band, "bands"), other)
        .subquery()
    )
    return sa.select(found.c.band, found.c.article_id).where(found.c.place <= _MOST_OF_A_BAND)


_SHARING = _sharing()


def _closest(counts: Counter[int]) -> list[int]:
    """Return the articles that share most bands, of those with equally many the newest."""
    order = sorted(counts, key=lambda number: (-counts[number], -number))
    return order[:_RIVALS]


async def find_kin(connection: AsyncConnection, known: Mapping[str, str]) -> dict[str, list[Rival]]:
    """Return the stories that articles (uid -> key) belong to, they among them, by uid."""
    if not known:
        return {}
    # In two steps, each by an index: first the stories, then who tells them.
    rows = await connection.execute(_STORIES, {"keys": list(known.values())})
    story = {row.key: row.story for row in rows}
    found: dict[int, list[Rival]] = defaultdict(list)
    for row in await connection.execute(_KIN, {"leads": list(story.values())}):
        found[row.story].append(_rival(row))
    return {
        uid: found[story[key]][:_RIVALS]
        for uid, key in known.items()
        if key in story and story[key] in found
    }


async def _rivals(connection: AsyncConnection, source: int, numbers: set[int]) -> dict[int, Rival]:
    if not numbers:
        return {}
    rows = await connection.execute(_RIVAL_ROWS, {"source": source, "numbers": numbers})
    return {row.id: _rival(row) for row in rows}


def _told_by(source: sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    """Whether a source tells the story of an article, itself or by a copy of it.

    Each way is one look into an index, however many articles there are.
    """
    copy, group = articles.alias("copy"), _group(articles)

    def tells(number: Any) -> sa.ColumnElement[bool]:
        theirs = sa.and_(aliases.c.kind == "identity", aliases.c.scope == source)
        return sa.exists().where(aliases.c.article_id == number, theirs)

    copies = sa.exists().where(copy.c.lead_id == group, copy.c.bond.in_(_BOUND), tells(copy.c.id))
    return sa.or_(tells(group), copies)


def _rival_query() -> sa.Select[Any]:
    lead, shown = articles.alias("lead"), articles.alias("shown")
    # An expression, or SQLite would read all that are live to find a few of them.
    state = sa.func.coalesce(articles.c.state, "")
    own = ("id", "key", "title", "text", "url", "language", "published")
    return (
        sa.select(
            *(articles.c[name] for name in own),
            lead.c.key.label("lead"),
            sa.func.length(shown.c.text).label("size"),
            shown.c.richness,
        )
        .join(lead, lead.c.id == _group(articles))
        .join(shown, shown.c.id == sa.func.coalesce(lead.c.shown_id, lead.c.id))
        .where(state.in_(("live", "merged")), lead.c.state == "live")
    )


def _rival(row: Any) -> Rival:
    return Rival(
        key=row.key,
        lead=row.lead,
        title=row.title,
        text=row.text,
        url=row.url,
        language=row.language,
        published=row.published,
        size=row.size,
        richness=row.richness,
    )


def _group(table: Any) -> Any:
    """Return the number of the article that leads the story an article belongs to."""
    return sa.case((table.c.bond.in_(_BOUND), table.c.lead_id), else_=table.c.id)


def _tell(leads: str) -> sa.ColumnElement[bool]:
    """Return the condition that articles are those given under a name, or copies of them."""
    copies = sa.and_(among_given(articles.c.lead_id, leads), articles.c.bond.in_(_BOUND))
    return sa.or_(among_given(articles.c.id, leads), copies)


_STORY = _group(articles).label("story")
_STORIES = sa.select(articles.c.key, _STORY).where(among_given(articles.c.key, "keys"))
_KIN = _rival_query().add_columns(_STORY).where(_tell("leads")).order_by(articles.c.id)
_RIVAL_ROWS = _rival_query().where(
    ~_told_by(given(aliases.c.scope, "source")), among_given(articles.c.id, "numbers")
)


async def write_bands(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: Mapping[str, int]
) -> None:
    """Enter new and changed articles into the index of bands."""
    rows = []
    for o in outcomes:
        if isinstance(o.decision, New | Changed):
            # What waits for its date is looked for after that.
            row = {"article_id": numbers[shown_key(o) or ""], "seen": max(o.at, o.published)}
            rows += [row | {"band": band} for band in o.candidate.bands]
    if rows:
        await write_rows(connection, insert_missing(connection, bands), rows)


async def forget_bands(connection: AsyncConnection, before: datetime) -> None:
    """Take out of the index what was seen before a time."""
    await connection.execute(sa.delete(bands).where(bands.c.seen < before))


# Binding and parting: each changes who belongs to whom, and returns the articles that this touched.
# ``settle`` then shows their stories as they are told now.


async def bind(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: Mapping[str, int]
) -> set[int]:
    """Bind articles to those that tell the same story, and part those that no longer do."""
    touched = set()
    for outcome in outcomes:
        number = numbers[shown_key(outcome) or ""] if shown_key(outcome) else 0
        if outcome.parted:
            touched |= await part(connection, number, "")
        if outcome.likeness and outcome.bond:
            lead = numbers[outcome.likeness.lead]
            touched |= await _bind(connection, number, {"lead_id": lead, "bond": outcome.bond})
        elif isinstance(outcome.decision, Duplicate):
            await _count_copy(connection, number)
    return touched


async def _bind(connection: AsyncConnection, number: int, bound: Mapping[str, Any]) -> set[int]:
    counted = {**bound, "copies": articles.c.copies + 1}
    await connection.execute(sa.update(articles).where(articles.c.id == number).values(counted))
    await _count_copy(connection, bound["lead_id"])
    return {number, bound["lead_id"]}


async def _count_copy(connection: AsyncConnection, number: int) -> None:
    await connection.execute(_COPIED, {"number": number})


_COPIED = (
    sa.update(articles)
    .where(articles.c.id == given(articles.c.id, "number"))
    .values(copies=articles.c.copies + 1)
)


async def part(connection: AsyncConnection, number: int, bond: str) -> set[int]:
    """Show an article by itself again. ``bond``: what is noted of a copy, "split" or ""."""
    query = sa.select(articles.c.lead_id, articles.c.bond, articles.c.state)
    row = (await connection.execute(query.where(articles.c.id == number))).one()
    if row.bond not in _BOUND:
        return await succeed(connection, [number])
    freed = {"bond": bond, "state": _freed(row.state), "page_due": articles.c.page_due + _paged()}
    freed |= {} if bond else {"lead_id": None}
    await connection.execute(sa.update(articles).where(articles.c.id == number).values(freed))
    return {number, row.lead_id}


def _freed(state: str) -> str:
    return "live" if state == "merged" else state


async def succeed(connection: AsyncConnection, leads: Sequence[int]) -> set[int]:
    """Let the copies of articles go on without them: of each story the first copy leads the rest.

    Copies that are shown as the article come before those that are out of the feeds.
    """
    rows = await connection.execute(
        sa.select(articles.c.id, articles.c.lead_id, articles.c.state)
        .where(among(articles.c.lead_id, leads), articles.c.bond.in_(_BOUND))
        .order_by(articles.c.state == "retracted", articles.c.id)
    )
    heirs: dict[int, int] = {}
    for row in rows.all():
        heir = heirs.setdefault(row.lead_id, row.id)
        led: dict[str, Any] = {"lead_id": heir}
        if heir == row.id:
            due = articles.c.page_due + _paged()
            led = {"lead_id": None, "bond": "", "state": _freed(row.state), "page_due": due}
        await connection.execute(sa.update(articles).where(articles.c.id == row.id).values(led))
    return {*leads, *heirs.values()} if heirs else set()


async def join(connection: AsyncConnection, number: int, lead: int) -> set[int]:
    """Show an article, and what was shown as it, as copies of another one."""
    followers = sa.and_(articles.c.lead_id == number, articles.c.bond.in_(_BOUND))
    await connection.execute(sa.update(articles).where(followers).values(lead_id=lead))
    touched = await _unmark(connection, lead)
    gone = {"shown_id": None, "state": "merged", "page_due": articles.c.page_due + _paged()}
    return touched | await _bind(connection, number, {"lead_id": lead, "bond": "merged", **gone})


async def _unmark(connection: AsyncConnection, number: int) -> set[int]:
    """Let an article lead that was likened to another one."""
    marked = sa.and_(articles.c.id == number, articles.c.bond == "marked")
    lead = await connection.scalar(sa.select(articles.c.lead_id).where(marked))
    if lead is None:
        return set()
    await connection.execute(sa.update(articles).where(marked).values(lead_id=None, bond=""))
    return {lead}


async def forget_leads(connection: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Delete the merged copies of articles that are about to go; let the others go on.

    Returns articles whose stories this touches.
    """
    touched = set(await _stories(connection, numbers)) - set(numbers)
    led = among(articles.c.lead_id, numbers)
    await connection.execute(sa.delete(articles).where(led, articles.c.state == "merged"))
    touched |= await succeed(connection, numbers) - set(numbers)
    await connection.execute(sa.update(articles).where(led).values(lead_id=None, bond=""))
    return touched


def with_copies(numbers: Sequence[int]) -> Any:
    """Return the condition that an alias leads to one of these articles or its merged copies."""
    copies = sa.select(articles.c.id).where(
        among(articles.c.lead_id, numbers), articles.c.state == "merged"
    )
    return sa.or_(among(aliases.c.article_id, numbers), aliases.c.article_id.in_(copies))


# Showing stories as they are told now


async def settle(
    connection: AsyncConnection,
    numbers: Iterable[int],
    at: datetime,
    renewed: frozenset[int] = frozenset(),
) -> None:
    """Show the stories that articles belong to as they are told now; mark the feeds they are in.

    The fullest of an article and its merged copies is shown, with the categories of all of them.
    ``renewed`` are the articles whose text changed at this time.
    """
    leads = await _stories(connection, numbers)
    if not leads:
        return
    members = await _members(connection, leads)
    touched = await feeds_of(connection, [member.id for member in members])
    by_story: dict[int, list[Any]] = defaultdict(list)
    for member in members:
        by_story[member.story].append(member)
    for story, told in by_story.items():
        await _show(connection, story, told, _Now(at, renewed))
    await _gather_categories(connection, leads)
    await _want_pages(connection, [m.id for m in members if m.url is None])
    await note_changes(connection, leads)
    await look_again(connection, [member.id for member in members])
    await mark_feeds(connection, touched | await feeds_of(connection, leads))


async def _stories(connection: AsyncConnection, numbers: Iterable[int]) -> list[int]:
    """Return the leads of the stories that articles belong to, as far as others tell them."""
    return list((await connection.execute(_TOLD_TOGETHER, {"numbers": list(numbers)})).scalars())


_TOLD_TOGETHER = (
    sa.select(_group(articles))
    .distinct()
    .where(among_given(articles.c.id, "numbers"), articles.c.copies > 0)
)


async def _members(connection: AsyncConnection, leads: Sequence[int]) -> Sequence[Any]:
    """Return all that tell some stories, in the order in which they came."""
    return (await connection.execute(_MEMBERS, {"leads": leads})).all()


_MEMBERS = (
    sa.select(
        *(
            articles.c[name]
            for name in (
                *("id", "state", "bond", "url", "shown_id", "updated"),
                *("text_key", "richness"),
            )
        ),
        sa.func.length(articles.c.text).label("size"),
        _STORY,
    )
    .where(_tell("leads"))
    .order_by(articles.c.id)
)


@dataclass(frozen=True, slots=True)
class _Now:
    at: datetime
    renewed: frozenset[int]


async def _show(connection: AsyncConnection, story: int, told: Sequence[Any], now: _Now) -> None:
    """Show the fullest text of a story in the place of its lead's; for readers that is a change."""
    by_number = {member.id: member for member in told}
    lead = by_number[story]
    copies = [member for member in told if member.state == "merged"]
    chosen = lead
    for copy in copies:
        if fuller((copy.size, copy.richness), (chosen.size, chosen.richness)):
            chosen = copy
    before = by_number.get(lead.shown_id or story)  # None: it is told elsewhere by now
    values: dict[str, Any] = {"shown_id": chosen.id if chosen is not lead else None}
    anew = chosen is not lead and chosen.id in now.renewed
    if anew or before is None or before.text_key != chosen.text_key:
        values["updated"] = max(lead.updated, now.at)
    if copies and lead.state == "retracted":
        values["state"] = "live"
    await connection.execute(sa.update(articles).where(articles.c.id == story).values(values))


async def _gather_categories(connection: AsyncConnection, leads: Sequence[int]) -> None:
    """Put articles into the categories of their merged copies, behind their own."""
    await connection.execute(_UNBROUGHT, {"leads": leads})
    await connection.execute(_brought(connection.dialect.name), {"leads": leads})


_UNBROUGHT = sa.delete(article_feeds).where(
    among_given(article_feeds.c.article_id, "leads"), article_feeds.c.via.is_not(None)
)


@functools.cache
def _brought(dialect: str) -> Any:
    theirs, copy, lead = (
        article_feeds.alias("theirs"),
        articles.alias("copy"),
        articles.alias("lead"),
    )
    merged = (
        sa.select(
            lead.c.id,
            theirs.c.feed_id,
            sa.func.min(theirs.c.position) + FURTHER,
            lead.c.published,
            sa.func.min(copy.c.id),
        )
        .join(copy, copy.c.lead_id == lead.c.id)
        .join(theirs, theirs.c.article_id == copy.c.id)
        .where(among_given(lead.c.id, "leads"), copy.c.state == "merged")
        .group_by(lead.c.id, theirs.c.feed_id, lead.c.published)
    )
    columns = ["article_id", "feed_id", "position", "published", "via"]
    return insert(dialect, article_feeds).from_select(columns, merged).on_conflict_do_nothing()


async def _want_pages(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    if numbers:
        await connection.execute(_PAGE_WANTED, {"numbers": numbers})


_PAGE_WANTED = (
    sa.update(articles)
    .where(among_given(articles.c.id, "numbers"))
    .values(page_due=articles.c.page_due + 1)
)


def _paged() -> Any:
    return sa.case((articles.c.url.is_(None), 1), else_=0)


async def also_in(
    connection: AsyncConnection, rows: Sequence[sa.Row[Any]]
) -> dict[int, tuple[Copy, ...]]:
    """Return where else articles are told, for rows of ENTRY_COLUMNS, by their numbers."""
    groups = {row.id: row.lead_id if row.bond in _BOUND else row.id for row in rows if row.copies}
    if not groups:
        return {}
    members = (await connection.execute(_TOLD, {"leads": set(groups.values())})).all()
    found: dict[int, dict[Copy, None]] = defaultdict(dict)
    for number, story in groups.items():
        for member in members:
            if member.story == story and not (member.id == number and member.own):
                found[number][Copy(member.name, member.url)] = None
    return {number: tuple(copies) for number, copies in found.items()}


_OWN = sa.and_(aliases.c.scope == articles.c.source_id, aliases.c.value == articles.c.uid)
_TOLD = (
    sa.select(_STORY, articles.c.id, sources.c.name, aliases.c.url, _OWN.label("own"))
    .join(aliases, sa.and_(aliases.c.article_id == articles.c.id, aliases.c.kind == "identity"))
    .join(sources, sources.c.id == aliases.c.scope)
    .where(_tell("leads"), aliases.c.here)
    .order_by(articles.c.id, sources.c.name, aliases.c.value)
)
