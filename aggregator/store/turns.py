"""The order in which articles changed, and how far it was followed for each purpose.

Whatever is kept beside the articles, words to search for or who fulfils a condition, follows the
changes in their order, a batch at a time. What begins to follow later finds all of them.
"""

import functools
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.records import Mark
from aggregator.store.schema import articles, bookmarks, clock, turns
from aggregator.store.sql import among, among_given, given, insert, upsert

BEGINNING = Mark(-1, 0)


async def note_news(connection: AsyncConnection, numbers: Iterable[int], at: datetime) -> None:
    """Put articles at the end of the order. ``at`` is the time: those that are new appear then.

    What is new never appears in a period that is closed already.
    """
    turn, closed = await _tick(connection)
    noted = {"this_turn": turn, "now": max(at, closed), "numbers": list(numbers)}
    await connection.execute(_noted(connection.dialect.name), noted)


@functools.cache
def _noted(dialect: str) -> Any:
    now = given(turns.c.appeared, "now")
    later = sa.and_(articles.c.state == "waiting", articles.c.published > now)
    appears = sa.case((later, articles.c.published), else_=now)
    found = sa.select(articles.c.id, given(turns.c.turn, "this_turn"), appears)
    statement = insert(dialect, turns).from_select(
        ["article_id", "turn", "appeared"], found.where(among_given(articles.c.id, "numbers"))
    )
    new = statement.excluded.appeared
    # It was to appear later and does so now, or will appear later than it was to.
    moved = sa.or_(new > now, new < turns.c.appeared)
    return statement.on_conflict_do_update(
        index_elements=[turns.c.article_id],
        set_={
            "turn": statement.excluded.turn,
            "appeared": sa.case((moved, new), else_=turns.c.appeared),
        },
    )


async def note_changes(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Put articles that have their place in the order at its end."""
    turn, _ = await _tick(connection)
    changed = {"this_turn": turn, "numbers": list(numbers)}
    await connection.execute(_NOTED_AGAIN, changed)


async def _tick(connection: AsyncConnection) -> tuple[int, datetime]:
    """Return a new turn, and the end of the last period that is closed; others wait for us."""
    row = (await connection.execute(_TICKED)).one()
    return row.turn, row.closed


_TICKED = sa.update(clock).values(turn=clock.c.turn + 1).returning(clock.c.turn, clock.c.closed)
_NOTED_AGAIN = (
    sa.update(turns)
    .where(among_given(turns.c.article_id, "numbers"))
    .values(turn=given(turns.c.turn, "this_turn"))
)


async def note_release(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Note that articles are shown from now on, which is in no period that is closed."""
    closed = await connection.scalar(sa.update(clock).values(id=1).returning(clock.c.closed))
    theirs = among(turns.c.article_id, numbers)
    late = sa.update(turns).where(theirs, turns.c.appeared < closed)
    await connection.execute(late.values(appeared=closed))


def changed_since(mark: Mark, until: Mark | None, limit: int) -> sa.Select[tuple[int, int]]:
    """Select turns and numbers of articles that changed after a mark, up to another one."""
    place = sa.tuple_(turns.c.turn, turns.c.article_id)
    query = sa.select(turns.c.turn, turns.c.article_id).where(place > sa.tuple_(*mark))
    if until is not None:
        query = query.where(place <= sa.tuple_(*until))
    return query.order_by(turns.c.turn, turns.c.article_id).limit(limit)


async def read_marks(connection: AsyncConnection) -> dict[str, tuple[str, Mark]]:
    """Return what is followed: for each name the digest of what is asked, and how far it came."""
    rows = await connection.execute(sa.select(bookmarks))
    return {row.name: (row.digest, Mark(row.turn, row.article_id)) for row in rows}


async def write_marks(connection: AsyncConnection, digests: Mapping[str, str], mark: Mark) -> None:
    """Note how far those came that are followed under these names, and what is asked."""
    rows = [
        {"name": name, "digest": digest, "turn": mark.turn, "article_id": mark.article}
        for name, digest in digests.items()
    ]
    statement = upsert(connection, bookmarks, ("digest", "turn", "article_id"))
    await connection.execute(statement, rows)


async def forget_marks(connection: AsyncConnection, names: Iterable[str]) -> None:
    """Follow the changes no longer under these names."""
    await connection.execute(sa.delete(bookmarks).where(among(bookmarks.c.name, names)))
