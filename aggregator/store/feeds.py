"""The feeds: which there are, which articles are in them, and which are to be written."""

import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.identity import Changed, Duplicate, New
from aggregator.nfkc import fold
from aggregator.store.records import Category, Outcome, shown_key
from aggregator.store.schema import aliases, article_feeds, articles, feeds, notes, sources
from aggregator.store.sql import among, among_given, given, insert, write_rows

EVERYTHING = "everything"
OF_SOURCE = "source"

# Categories that a further copy brings stand behind those of the first, whose changes leave them.
FURTHER = 1000


async def mark_feeds(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Note that everything and these feeds are to be written again."""
    await connection.execute(_WANTED, {"numbers": list(numbers)})


async def look_again(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Have the archives look at articles again, which changed or are shown again."""
    if not numbers:
        return
    for statement in _UNFILED:
        await connection.execute(statement, {"numbers": numbers})


async def feeds_of(connection: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Return the feeds that articles are in: their categories', and those of their sources."""
    return set((await connection.execute(_FEEDS_OF, {"numbers": numbers})).scalars())


_WANTED = (
    sa.update(feeds)
    .where(sa.or_(among_given(feeds.c.id, "numbers"), feeds.c.kind == EVERYTHING))
    .values(wanted=feeds.c.wanted + 1)
)
_UNFILED = tuple(
    sa.update(which.table).where(among_given(which, "numbers"), filed).values(filed=False)
    for which, filed in (
        (articles.c.id, articles.c.filed),
        (article_feeds.c.article_id, article_feeds.c.filed),
    )
)
_OF_CATEGORIES = sa.select(article_feeds.c.feed_id).where(
    among_given(article_feeds.c.article_id, "numbers")
)
_SCOPE = sa.cast(aliases.c.scope, sa.Text)
_OF_SOURCES = (
    sa.select(feeds.c.id)
    .join(aliases, sa.and_(feeds.c.kind == OF_SOURCE, feeds.c.key == _SCOPE))
    .where(aliases.c.kind == "identity", among_given(aliases.c.article_id, "numbers"))
)
_FEEDS_OF = sa.union(_OF_CATEGORIES, _OF_SOURCES)


async def write_categories(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    """Put decided articles into the feeds of their categories; ``numbers`` are theirs by key."""
    own = [
        (o, numbers[key])
        for o in outcomes
        if isinstance(o.decision, New | Changed | Duplicate) and (key := shown_key(o))
    ]
    if not own:
        return
    touched = await feeds_of(connection, [number for _, number in own])
    await look_again(connection, [number for o, number in own if not isinstance(o.decision, New)])
    await _forget_categories(connection, own)
    given = [category for outcome, _ in own for category in outcome.categories]
    of_category = await category_feeds(connection, given)
    rows = [
        _row(outcome, number, position, of_category[category.name])
        for outcome, number in own
        for position, category in enumerate(outcome.categories)
    ]
    if rows:
        await write_rows(connection, _put_in(connection.dialect.name), rows)
    await mark_feeds(connection, touched | set(of_category.values()))


@functools.cache
def _put_in(dialect: str) -> Any:
    """Return what puts articles into feeds; what a merged copy brought becomes their own."""
    statement = insert(dialect, article_feeds)
    return statement.on_conflict_do_update(
        index_elements=list(article_feeds.primary_key.columns),
        set_={"via": sa.null(), "position": statement.excluded.position},
        where=article_feeds.c.via.is_not(None),
    )


def _row(outcome: Outcome, number: int, position: int, feed: int) -> dict[str, Any]:
    further = isinstance(outcome.decision, Duplicate)
    return {
        "article_id": number,
        "feed_id": feed,
        "position": position + (FURTHER if further else 0),
        "published": _published(outcome),
        "via": None,
    }


async def _forget_categories(
    connection: AsyncConnection, own: Sequence[tuple[Outcome, int]]
) -> None:
    """Take changed articles out of the categories they gave themselves; date the others anew."""
    changed = [
        {"which": number, "date": outcome.published}
        for outcome, number in own
        if isinstance(outcome.decision, Changed)
    ]
    if not changed:
        return
    numbers = [row["which"] for row in changed]
    await connection.execute(_FORGOTTEN, {"numbers": numbers})
    await connection.execute(_DATED, changed)


_FORGOTTEN = sa.delete(article_feeds).where(
    among_given(article_feeds.c.article_id, "numbers"), article_feeds.c.position < FURTHER
)
_DATED = (
    sa.update(article_feeds)
    .where(article_feeds.c.article_id == given(article_feeds.c.article_id, "which"))
    .values(published=given(article_feeds.c.published, "date"))
)


def _published(outcome: Outcome) -> datetime:
    decision = outcome.decision
    return decision.owner.published if isinstance(decision, Duplicate) else outcome.published


async def category_feeds(
    connection: AsyncConnection, categories: Sequence[Category]
) -> dict[str, int]:
    """Return the feed of each category by its name; feeds that are missing are made."""
    by_key: dict[str, Category] = {}
    for category in categories:
        by_key.setdefault(fold(category.name), category)
    rows = (await connection.execute(_CATEGORIES, {"keys": by_key})).all()
    known: dict[str, int] = {row.key: row.id for row in rows}
    back = [row.id for row in rows if row.moved_to is not None]
    if back:
        returned = sa.update(feeds).where(among(feeds.c.id, back))
        await connection.execute(returned.values(moved_to=None))
    for key, category in by_key.items():
        if key not in known:
            known[key] = await make_feed(connection, "category", category.name, category.slug)
    return {category.name: known[fold(category.name)] for category in categories}


_CATEGORIES = sa.select(feeds.c.key, feeds.c.id, feeds.c.moved_to).where(
    feeds.c.kind == "category", among_given(feeds.c.key, "keys")
)


async def move_feed(connection: AsyncConnection, source: int, target: int) -> None:
    """Note that the readers of a feed are to go to another one, which stays where it is."""
    there = sa.and_(feeds.c.id == target, feeds.c.moved_to.is_not(None))
    await connection.execute(sa.update(feeds).where(there).values(moved_to=None))
    elsewhere = feeds.c.moved_to.is_distinct_from(target)
    moved = sa.update(feeds).where(feeds.c.id == source, elsewhere).values(moved_to=target)
    if (await connection.execute(moved)).rowcount:
        await mark_feeds(connection, [source, target])


async def make_source_feeds(connection: AsyncConnection, slugs: Mapping[str, str]) -> None:
    """Give sources (name -> slug) feeds of their own, or those that they have their new names.

    A feed belongs to the number of its source, which outlives its name and its target.
    """
    active = sa.select(sources.c.id, sources.c.name).where(sources.c.active)
    numbers = {row.name: row.id for row in await connection.execute(active)}
    mine = sa.select(feeds.c.id, feeds.c.key, feeds.c.name).where(feeds.c.kind == OF_SOURCE)
    known = {row.key: row for row in await connection.execute(mine)}
    for name, slug in slugs.items():
        key = str(numbers[name])
        if key not in known:
            await make_feed(connection, OF_SOURCE, name, slug, key)
        elif known[key].name != name:
            named = sa.update(feeds).where(feeds.c.id == known[key].id).values(name=name)
            await connection.execute(named)
            await mark_feeds(connection, [known[key].id])


async def make_feed(
    connection: AsyncConnection, kind: str, name: str, slug: str, key: str = ""
) -> int:
    """Make a feed under the slug, or under ``slug-2``, ``slug-3``… when that is taken.

    ``key`` is what its kind knows it by, if that is not its name.
    """
    free = slug
    turn = 1
    while await connection.scalar(sa.select(feeds.c.id).where(feeds.c.slug == free)):
        turn += 1
        free = f"{slug}-{turn}"
    site = await connection.scalar(sa.select(notes.c.value).where(notes.c.name == "site"))
    uri = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site}{free}')}"
    row = {"kind": kind, "key": key or fold(name), "name": name, "slug": free, "uri": uri}
    done = await connection.execute(sa.insert(feeds).values(**row, wanted=1).returning(feeds.c.id))
    return int(done.scalar_one())
