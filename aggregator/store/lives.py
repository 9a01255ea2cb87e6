"""The life of each article: what happened to it, when, and why; and what was left out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.article import Article
from aggregator.identity import Changed, Duplicate, Frozen, New, Unchanged
from aggregator.store.records import Drop, Dropped, Event, Outcome, shown_key
from aggregator.store.schema import aliases, articles, drops, events, sources
from aggregator.store.sql import among, upsert, write_rows

# Events of one article that are kept, the first and the last of them: one that changes every day
# has no more to say.
_FIRST, _LAST = 5, 25


async def write_events(
    connection: AsyncConnection,
    source: int,
    outcomes: Sequence[Outcome],
    numbers: Mapping[str, int],
) -> None:
    """Note what decided articles went through."""
    rows = [row for o in outcomes for row in _rows(o, source, numbers)]
    if rows:
        await write_rows(connection, _EVENT, rows)


async def write_event(
    connection: AsyncConnection, number: int, at: datetime, kind: str, detail: Mapping[str, Any]
) -> None:
    """Note what a person, or the program by itself, did to an article."""
    row = {"article_id": number, "at": at, "source_id": None, "kind": kind, "detail": dict(detail)}
    await connection.execute(_EVENT, row)


_EVENT = sa.insert(events)


def _rows(outcome: Outcome, source: int, numbers: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    if isinstance(outcome.decision, Unchanged):
        return
    number = numbers[shown_key(outcome) or ""]
    row = {"article_id": number, "at": outcome.at, "source_id": source}
    kind, said = _told(outcome)
    yield row | {"kind": kind, "detail": said}
    if outcome.held:
        yield row | {"kind": "held", "detail": {"why": outcome.held}}
    if outcome.parted:
        yield row | {"kind": "parted", "detail": {"why": "it no longer tells the same story"}}
    likeness = outcome.likeness
    if likeness and outcome.bond:
        shared = {"score": round(likeness.score, 3), "why": likeness.reason}
        lead = numbers[likeness.lead]
        yield row | {"kind": outcome.bond, "detail": shared | {"lead": likeness.lead}}
        shown = {"shown": "copy"} if likeness.fuller and outcome.bond == "merged" else {}
        also = shared | shown | {"copy": shown_key(outcome)}
        yield row | {"article_id": lead, "kind": f"copy {outcome.bond}", "detail": also}


def _told(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    candidate = outcome.candidate
    detail = {"document": candidate.article.uid, "fetched": candidate.fetched}
    match outcome.decision:
        case New(why):
            return "new", detail | {"why": why} | steps(candidate.article)
        case Changed(_, content, _, why):
            what = {"content": content, "why": why}
            return "changed", detail | what | steps(candidate.article)
        case Duplicate(_, _, richer, why):
            return "duplicate", detail | {"why": why, "richer": richer}
        case Frozen(_, streak):
            return "frozen", detail | {"why": f"it changed at {streak} scans in a row"}
    raise AssertionError(outcome.decision)  # unchanged articles have nothing to tell


def steps(article: Article) -> dict[str, Any]:
    """Return what was done to an article as it is stored."""
    return {"steps": [[s.name, s.detail, s.blocks, s.size] for s in article.trail]}


async def trim_events(connection: AsyncConnection) -> None:
    """Forget the middle of lives that have very much to tell."""
    crowded = (
        sa.select(events.c.article_id)
        .group_by(events.c.article_id)
        .having(sa.func.count() > _FIRST + _LAST)
    )
    article, place = events.c.article_id, sa.func.row_number()
    ranked = (
        sa.select(
            events.c.id,
            place.over(partition_by=article, order_by=events.c.id).label("first"),
            place.over(partition_by=article, order_by=events.c.id.desc()).label("last"),
        )
        .where(events.c.article_id.in_(crowded))
        .subquery()
    )
    middle = sa.select(ranked.c.id).where(ranked.c.first > _FIRST, ranked.c.last > _LAST)
    await connection.execute(sa.delete(events).where(events.c.id.in_(middle)))


async def events_of(connection: AsyncConnection, number: int) -> tuple[Event, ...]:
    """Return what happened to an article, in order."""
    query = (
        sa.select(events.c.at, events.c.kind, events.c.detail, sources.c.name)
        .outerjoin(sources, sources.c.id == events.c.source_id)
        .where(events.c.article_id == number)
        .order_by(events.c.id)
    )
    return tuple(
        Event(at=row.at, kind=row.kind, source=row.name or "", detail=row.detail)
        for row in await connection.execute(query)
    )


async def find(
    connection: AsyncConnection, name: str, addresses: Sequence[str], uid: tuple[str, str] | None
) -> list[int]:
    """Return the articles that go by a name, in the order in which they came.

    ``name`` is an id, a key, a source's own id or an address; ``addresses`` are the keys of the
    latter. ``uid`` is the key of a source and what that calls a document.
    """
    mine = sa.or_(articles.c.key == name, articles.c.entry_id == name)
    scopes = sa.select(sources.c.id)
    if uid:
        scopes = scopes.where(sources.c.key == uid[0])
    told = sa.or_(
        sa.and_(aliases.c.kind == "address", among(aliases.c.value, addresses)),
        sa.and_(
            aliases.c.kind == "identity",
            aliases.c.value == (uid[1] if uid else name),
            aliases.c.scope.in_(scopes),
        ),
    )
    by_alias = sa.select(aliases.c.article_id).where(told, aliases.c.article_id.is_not(None))
    query = sa.union(sa.select(articles.c.id).where(mine), by_alias)
    return sorted((await connection.execute(query)).scalars())


async def write_drops(
    connection: AsyncConnection, source: int, left_out: Sequence[Drop], at: datetime
) -> None:
    """Note articles that were left out."""
    rows = {
        drop.article.uid: {
            "source_id": source,
            "uid": drop.article.uid,
            "at": at,
            "title": drop.article.title,
            "url": drop.article.url,
            "detail": {"fetched": drop.fetched, "why": drop.why} | steps(drop.article),
        }
        for drop in left_out
    }
    if rows:
        statement = upsert(connection, drops, ("at", "title", "url", "detail"))
        await connection.execute(statement, list(rows.values()))


async def forget_drops(connection: AsyncConnection, before: datetime) -> None:
    """Forget what was left out before a time."""
    await connection.execute(sa.delete(drops).where(drops.c.at < before))


async def find_drops(
    connection: AsyncConnection, name: str, uid: tuple[str, str] | None
) -> list[Dropped]:
    """Return the articles that were left out and go by a name; see ``find``."""
    called = sa.or_(drops.c.uid == name, drops.c.url == name)
    if uid:
        called = sa.or_(called, sa.and_(drops.c.uid == uid[1], sources.c.key == uid[0]))
    query = sa.select(drops, sources.c.name).join(sources, sources.c.id == drops.c.source_id)
    return [
        Dropped(
            source=row.name,
            uid=row.uid,
            at=row.at,
            title=row.title,
            url=row.url,
            detail=row.detail,
        )
        for row in await connection.execute(query.where(called).order_by(drops.c.uid))
    ]
