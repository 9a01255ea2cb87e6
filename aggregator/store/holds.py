"""What is held back from the feeds until a person lets it through."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import StoreError
from aggregator.store import lives, stories, turns
from aggregator.store.feeds import feeds_of, look_again, mark_feeds
from aggregator.store.records import Past, Released
from aggregator.store.schema import articles, events, sources
from aggregator.store.sql import among, among_given

# The newest articles of a source that its rhythm is taken from.
_RHYTHM_OF = 10

# Articles of a source that are looked at, those that came last: of 100,000 they are read in 50 ms,
# and only when a visit brings much.
_LATEST = 2000

_HELD = articles.c.state == "held"


def held_of(source: Any) -> sa.ColumnElement[bool]:
    """Return the condition that an article of a source is held."""
    # An expression, or SQLite would look at all articles of the source to find the few.
    return sa.and_(_HELD, sa.func.coalesce(articles.c.source_id, 0) == source)


async def past(connection: AsyncConnection, source: int) -> Past:
    """Return what a source brought before."""
    held = sa.select(articles.c.id).where(_HELD)
    mine = sa.select(articles.c.id).where(
        articles.c.source_id == source, articles.c.id.not_in(held)
    )
    latest = mine.order_by(articles.c.id.desc()).limit(_LATEST).subquery()
    query = sa.select(articles.c.title_key, articles.c.published)
    rows = (await connection.execute(query.join(latest, latest.c.id == articles.c.id))).all()
    newest = sorted((row.published for row in rows), reverse=True)[:_RHYTHM_OF]
    return Past(
        articles=len(rows),
        titles=frozenset(row.title_key for row in rows if row.title_key),
        newest=newest[0] if newest else None,
        pause=(newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) > 1 else timedelta(),
        most=await _most(connection, latest),
    )


async def _most(connection: AsyncConnection, latest: sa.Subquery) -> int:
    """Return how many of some articles came at once, the first time left out."""
    visits = (
        sa.select(events.c.at, sa.func.count().label("new"))
        .join(latest, latest.c.id == events.c.article_id)
        .where(events.c.kind == "new")
        .group_by(events.c.at)
        .subquery()
    )
    first = sa.select(sa.func.min(visits.c.at)).scalar_subquery()
    most = sa.select(sa.func.max(visits.c.new)).where(visits.c.at > first)
    return await connection.scalar(most) or 0


async def hold(connection: AsyncConnection, source: int, text: str, at: datetime) -> None:
    """Note that a part of a source is held, and what was seen."""
    since = sa.func.coalesce(sources.c.held_since, sa.literal(at, sources.c.held_since.type))
    values = {"held_since": since, "held_text": text}
    values |= {"health": "held", "health_since": since, "health_text": text}
    await connection.execute(sa.update(sources).where(sources.c.id == source).values(values))


async def still_held(
    connection: AsyncConnection, visited: Mapping[int, bool]
) -> dict[int, dict[str, Any]]:
    """Return how those sources are of which a part is held still.

    ``visited``: sources, and whether the last visit, to all of it, held something back. What is no
    article, such as the loss of files, is over when a visit finds nothing to hold.
    """
    told: dict[int, dict[str, Any]] = {}
    if not visited:
        return told
    for row in (await connection.execute(_HOLDING, {"numbers": visited})).all():
        some = sa.select(articles.c.id).where(held_of(row.id)).limit(1)
        if visited[row.id] or await connection.scalar(some):
            since = {"new_health": "held", "new_text": row.held_text, "ill_since": row.held_since}
            told[row.id] = since
        else:
            over = {"held_since": None, "held_text": ""}
            await connection.execute(sa.update(sources).where(sources.c.id == row.id).values(over))
    return told


_HOLDING = sa.select(sources.c.id, sources.c.held_since, sources.c.held_text).where(
    among_given(sources.c.id, "numbers"), sources.c.held_since.is_not(None)
)


async def let_through(connection: AsyncConnection, name: str, at: datetime) -> Released:
    """Let through what is held of a source; what is no article is taken at its next visit.

    Raises StoreError for an unknown source.
    """
    query = sa.select(sources.c.id, sources.c.held_since)
    mine = query.where(sources.c.active, sources.c.name == name)
    row = (await connection.execute(mine)).one_or_none()
    if row is None:
        raise StoreError(f"the store knows no source {name!r}")
    if row.held_since is None:
        return Released(name=name)
    held = sa.select(articles.c.id).where(held_of(row.id)).order_by(articles.c.id)
    numbers = list((await connection.execute(held)).scalars())
    await let_out(connection, numbers)
    await stories.settle(connection, numbers, at)
    for number in numbers:
        await lives.write_event(connection, number, at, "released", {})
    values: dict[str, Any] = {"held_since": None, "held_text": "", "released": not numbers}
    values |= {"health": "ok", "health_since": at, "health_text": ""}
    await connection.execute(sa.update(sources).where(sources.c.id == row.id).values(values))
    return Released(name=name, articles=len(numbers), next_visit=not numbers)


async def let_out(connection: AsyncConnection, numbers: list[int]) -> None:
    """Show articles that waited, on pages of their own if they have no address."""
    if not numbers:
        return
    paged = sa.case((articles.c.url.is_(None), 1), else_=0)
    shown = {"state": "live", "page_due": articles.c.page_due + paged}
    await connection.execute(sa.update(articles).where(among(articles.c.id, numbers)).values(shown))
    await turns.note_release(connection, numbers)
    await look_again(connection, numbers)
    await mark_feeds(connection, await feeds_of(connection, numbers))
