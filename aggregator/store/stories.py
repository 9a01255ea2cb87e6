"""Articles of several sources that tell one story: finding, binding and parting them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.article import Copy
from aggregator.identity import Changed, Duplicate, New
from aggregator.store.feeds import feeds_of, mark_feeds
from aggregator.store.records import Outcome, Rival, shown_key
from aggregator.store.schema import aliases, article_feeds, articles, bands, sources
from aggregator.store.sql import among, insert

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
    by_band: dict[int, list[str]] = defaultdict(list)
    for uid, keys in sought.items():
        for key in keys:
            by_band[key].append(uid)
    rows = await connection.execute(_sharing(source, among(connection, bands.c.band, by_band)))
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


def _sharing(source: int, sought: Any) -> sa.Select[Any]:
    """Select the newest articles of other sources under some bands."""
    place = sa.func.row_number().over(partition_by=bands.c.band, order_by=bands.c.article_id.desc())
    found = (
        sa.select(bands.c.band, bands.c.article_id, place.label("place"))
        .join(articles, articles.c.id == bands.c.article_id)
        .where(sought, articles.c.source_id != source)
        .subquery()
    )
    return sa.select(found.c.band, found.c.article_id).where(found.c.place <= _MOST_OF_A_BAND)


def _closest(counts: Counter[int]) -> list[int]:
    """Return the articles that share most bands, of those with equally many the newest."""
    order = sorted(counts, key=lambda number: (-counts[number], -number))
    return order[:_RIVALS]


async def find_leads(
    connection: AsyncConnection, copies: Mapping[str, str]
) -> dict[str, list[Rival]]:
    """Return the articles that merged copies (uid -> key) are shown as, by the copies' uids."""
    copy = articles.alias("copy")
    query = _rival_query().add_columns(copy.c.key.label("copy"))
    query = query.join(copy, copy.c.lead_id == articles.c.id)
    rows = await connection.execute(query.where(among(connection, copy.c.key, copies.values())))
    found = {row.copy: _rival(row) for row in rows}
    return {uid: [found[key]] for uid, key in copies.items() if key in found}


async def _rivals(connection: AsyncConnection, source: int, numbers: set[int]) -> dict[int, Rival]:
    if not numbers:
        return {}
    member = articles.alias("member")
    told_here = sa.exists().where(_group(member) == _group(articles), member.c.source_id == source)
    rows = await connection.execute(
        _rival_query().where(~told_here, among(connection, articles.c.id, numbers))
    )
    return {row.id: _rival(row) for row in rows}


def _rival_query() -> sa.Select[Any]:
    lead, shown = articles.alias("lead"), articles.alias("shown")
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
        .where(articles.c.state.in_(("live", "merged")), lead.c.state == "live")
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


async def write_bands(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: Mapping[str, int]
) -> None:
    """Enter new and changed articles into the index of bands."""
    rows = {
        (band, number): {"band": band, "article_id": number, "seen": o.at}
        for o in outcomes
        if isinstance(o.decision, New | Changed)
        and (number := numbers[shown_key(o) or ""])
        and o.state != "waiting"
        for band in o.candidate.bands
    }
    if rows:
        statement = insert(connection, bands).on_conflict_do_nothing()
        await connection.execute(statement, list(rows.values()))


async def forget_bands(connection: AsyncConnection, before: datetime) -> None:
    """Take out of the index what was seen before a time."""
    await connection.execute(sa.delete(bands).where(bands.c.seen < before))


async def bind(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: Mapping[str, int]
) -> None:
    """Bind articles to those that tell the same story, and part those that no longer do."""
    for outcome in outcomes:
        number = numbers[shown_key(outcome) or ""] if shown_key(outcome) else 0
        if outcome.parted:
            await part(connection, number, "")
        if outcome.likeness and outcome.bond:
            await _bind(connection, outcome, number, numbers[outcome.likeness.lead])
        elif isinstance(outcome.decision, Duplicate):
            await _count_copy(connection, number)
        elif isinstance(outcome.decision, Changed) and outcome.decision.owner.merged:
            await _renew_lead(connection, outcome, number)


async def _bind(connection: AsyncConnection, outcome: Outcome, number: int, lead: int) -> None:
    bound = {"lead_id": lead, "bond": outcome.bond, "copies": articles.c.copies + 1}
    await connection.execute(sa.update(articles).where(articles.c.id == number).values(bound))
    await _count_copy(connection, lead)
    likeness = outcome.likeness
    if outcome.bond == "merged" and likeness and likeness.fuller:
        await show(connection, lead, number, outcome.at)
    await mark_feeds(connection, await feeds_of(connection, [lead]))


async def show(connection: AsyncConnection, lead: int, shown: int, at: datetime) -> None:
    """Show a copy's text in the place of the lead's own: for readers a change."""
    now = sa.literal(at, articles.c.updated.type)
    later = sa.case((articles.c.updated > now, articles.c.updated), else_=now)
    statement = sa.update(articles).where(articles.c.id == lead)
    due = articles.c.page_due + sa.case((articles.c.url.is_(None), 1), else_=0)
    await connection.execute(statement.values(shown_id=shown, updated=later, page_due=due))


async def _renew_lead(connection: AsyncConnection, outcome: Outcome, number: int) -> None:
    """Note on an article that the copy whose text it shows has changed."""
    decision = outcome.decision
    if isinstance(decision, Changed) and decision.content:
        for lead in (await connection.execute(_showing(connection, [number]))).scalars():
            await show(connection, lead, number, outcome.at)


async def _count_copy(connection: AsyncConnection, number: int) -> None:
    counted = sa.update(articles).where(articles.c.id == number)
    await connection.execute(counted.values(copies=articles.c.copies + 1))


async def part(connection: AsyncConnection, number: int, bond: str) -> None:
    """Show a merged or marked copy by itself again. ``bond``: what is noted, "split" or ""."""
    row = (
        await connection.execute(
            sa.select(articles.c.lead_id, articles.c.bond, articles.c.state).where(
                articles.c.id == number
            )
        )
    ).one()
    await mark_feeds(connection, await feeds_of(connection, [number, row.lead_id]))
    await hide(connection, [number])
    state = "live" if row.state == "merged" else row.state
    freed = {"bond": bond, "state": state, "page_due": articles.c.page_due + _paged()}
    freed |= {} if bond else {"lead_id": None}
    await connection.execute(sa.update(articles).where(articles.c.id == number).values(freed))
    await connection.execute(
        sa.delete(article_feeds).where(
            article_feeds.c.article_id == row.lead_id, article_feeds.c.via == number
        )
    )


async def hide(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Show the own text of articles again, in whose place that of these copies was shown."""
    showing = articles.c.id.in_(_showing(connection, numbers))
    own = {"shown_id": None, "page_due": articles.c.page_due + _paged()}
    await connection.execute(sa.update(articles).where(showing).values(own))


def _showing(connection: AsyncConnection, numbers: Sequence[int]) -> sa.Select[Any]:
    """Select the articles in whose place the text of these copies is shown."""
    lead = articles.alias("lead")
    shown = sa.and_(lead.c.id == articles.c.lead_id, lead.c.shown_id == articles.c.id)
    return (
        sa.select(lead.c.id).join(articles, shown).where(among(connection, articles.c.id, numbers))
    )


async def forget_leads(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Delete the merged copies of articles that are about to go; let the others stand alone."""
    led = among(connection, articles.c.lead_id, numbers)
    await connection.execute(sa.delete(articles).where(led, articles.c.state == "merged"))
    await connection.execute(sa.update(articles).where(led).values(lead_id=None, bond=""))


async def join(connection: AsyncConnection, number: int, lead: int) -> None:
    """Show an article that was split, or was never bound, as a copy of another one."""
    bound = {
        "lead_id": lead,
        "bond": "merged",
        "state": "merged",
        "copies": articles.c.copies + 1,
        "page_due": articles.c.page_due + _paged(),
    }
    await connection.execute(sa.update(articles).where(articles.c.id == number).values(bound))
    await _count_copy(connection, lead)
    there = sa.select(article_feeds.c.feed_id).where(article_feeds.c.article_id == lead)
    published = sa.select(articles.c.published).where(articles.c.id == lead).scalar_subquery()
    mine = sa.select(
        sa.literal(lead),
        article_feeds.c.feed_id,
        article_feeds.c.position + _LATE,
        published,
        sa.literal(number),
    ).where(article_feeds.c.article_id == number, article_feeds.c.feed_id.not_in(there))
    columns = ["article_id", "feed_id", "position", "published", "via"]
    await connection.execute(insert(connection, article_feeds).from_select(columns, mine))
    await mark_feeds(connection, await feeds_of(connection, [number, lead]))


# Categories of a merged copy stand behind those of the article that it is shown as.
_LATE = 1000


def _paged() -> Any:
    return sa.case((articles.c.url.is_(None), 1), else_=0)


async def also_in(
    connection: AsyncConnection, rows: Sequence[sa.Row[Any]]
) -> dict[int, tuple[Copy, ...]]:
    """Return where else articles are told, for rows of ENTRY_COLUMNS, by their numbers."""
    groups = {row.id: row.lead_id if row.bond in _BOUND else row.id for row in rows if row.copies}
    if not groups:
        return {}
    group = _group(articles).label("story")
    told = sa.or_(
        among(connection, articles.c.id, set(groups.values())),
        sa.and_(
            among(connection, articles.c.lead_id, set(groups.values())), articles.c.bond.in_(_BOUND)
        ),
    )
    query = (
        sa.select(
            group,
            articles.c.id,
            sources.c.name,
            aliases.c.url,
            sa.and_(
                aliases.c.scope == articles.c.source_id, aliases.c.value == articles.c.uid
            ).label("own"),
        )
        .join(aliases, sa.and_(aliases.c.article_id == articles.c.id, aliases.c.kind == "identity"))
        .join(sources, sources.c.id == aliases.c.scope)
        .where(told, aliases.c.here)
        .order_by(articles.c.id, sources.c.name, aliases.c.value)
    )
    members = (await connection.execute(query)).all()
    found: dict[int, dict[Copy, None]] = defaultdict(dict)
    for number, story in groups.items():
        for member in members:
            if member.story == story and not (member.id == number and member.own):
                found[number][Copy(member.name, member.url)] = None
    return {number: tuple(copies) for number, copies in found.items()}
