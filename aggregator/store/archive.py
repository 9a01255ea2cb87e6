"""The archive of each feed: all its articles in the order in which they came, page by page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.choice import chosen, conditions
from aggregator.store.feeds import EVERYTHING, mark_feeds
from aggregator.store.records import PAGE, Archive, Choice, FeedRow
from aggregator.store.schema import archive, archive_due, article_feeds, articles, feeds
from aggregator.store.sql import among, among_given, given, insert_missing

_COLUMNS = ["feed_id", "position", "article_id", "updated", "content_hash"]
_NOW = (articles.c.id, articles.c.updated, articles.c.content_hash)

# Expressions, or SQLite would go through all live articles, and through all that a feed has: of
# 100,000 that takes 200 ms.
_LIVE = sa.func.coalesce(articles.c.state, "") == "live"
_FEED = sa.func.coalesce(archive.c.feed_id, 0)


async def file_articles(
    connection: AsyncConnection, rows: Sequence[FeedRow], choices: Mapping[int, tuple[Choice, int]]
) -> None:
    """Append to the archives of feeds what came or changed since, oldest first.

    ``choices``: of custom feeds, what each shows and how many entries; they draw from the archive
    of everything, which is always among the feeds. Costs what there is to append.
    """
    categories = [row.id for row in rows if row.kind == "category"]
    changed = await _file_categories(connection, categories)
    everything = await connection.scalar(_EVERYTHING)
    if everything is not None:
        await connection.execute(_APPENDED, {"feed": everything})
        await connection.execute(_FILED)
        for number, (choice, limit) in choices.items():
            await _file_custom(connection, number, choice, limit, everything)
        changed += [everything, *choices]
    await _count(connection, changed)


async def _file_categories(connection: AsyncConnection, numbers: Sequence[int]) -> list[int]:
    """Append to the archives of categories; return those that have to be counted."""
    mine = {"numbers": numbers}
    changed = list((await connection.execute(_UNFILED_IN, mine)).scalars())
    if changed:
        await connection.execute(_APPENDED_IN, mine)
        await connection.execute(_FILED_IN, mine)
    return changed


async def _file_custom(
    connection: AsyncConnection, feed: int, choice: Choice, limit: int, everything: int
) -> None:
    """File what came to everything since, and what only now came to the choice."""
    since = sa.select(feeds.c.drawn).where(feeds.c.id == feed).scalar_subquery()
    came = sa.select(archive.c.article_id).where(
        archive.c.feed_id == everything, archive.c.position > since
    )
    drawn = sa.select(articles.c.id).where(_LIVE, articles.c.id.in_(came), *conditions(choice))
    await _append(connection, feed, drawn)
    # A further copy can bring a category to an article that came long ago.
    shown = list((await connection.execute(chosen(choice, limit))).scalars())
    await _count(connection, [feed])
    await _append(connection, feed, sa.select(articles.c.id).where(among(articles.c.id, shown)))
    until = _LAST_PLACE.where(archive.c.feed_id == everything).scalar_subquery()
    await connection.execute(sa.update(feeds).where(feeds.c.id == feed).values(drawn=until))


async def _append(connection: AsyncConnection, feed: int, fresh: sa.Select[Any]) -> None:
    await connection.execute(_appending(fresh), {"feed": feed})


def _appending(fresh: sa.Select[Any]) -> sa.Insert:
    """Return what appends those of some articles that are not there as they are now."""
    feed = given(archive.c.feed_id, "feed")
    place = sa.func.row_number().over(order_by=(articles.c.published, articles.c.entry_id))
    before = sa.select(feeds.c.filed).where(feeds.c.id == feed).scalar_subquery()
    missing = articles.c.id.in_(fresh), ~_is_there(feed)
    found = sa.select(feed, before + place, *_NOW)
    return sa.insert(archive).from_select(_COLUMNS, found.where(*missing))


def _is_there(feed: Any) -> sa.ColumnElement[bool]:
    """Whether the archive of a feed has the article as it is now."""
    return sa.exists().where(
        archive.c.article_id == articles.c.id,
        feed == _FEED,
        archive.c.updated >= articles.c.updated,
        # A file that is edited need not say so in its date.
        archive.c.content_hash == articles.c.content_hash,
    )


def _appending_in(fresh: sa.ColumnElement[bool]) -> sa.Insert:
    """Return what appends fresh articles of categories, to the archive of each."""
    feed = article_feeds.c.feed_id
    order = (articles.c.published, articles.c.entry_id)
    place = sa.func.row_number().over(partition_by=feed, order_by=order)
    found = (
        sa.select(feed, feeds.c.filed + place, *_NOW)
        .join(articles, articles.c.id == article_feeds.c.article_id)
        .join(feeds, feeds.c.id == feed)
        .where(fresh, _LIVE, ~_is_there(feed))
    )
    return sa.insert(archive).from_select(_COLUMNS, found)


_EVERYTHING = sa.select(feeds.c.id).where(feeds.c.kind == EVERYTHING)
_APPENDED = _appending(sa.select(articles.c.id).where(_LIVE, ~articles.c.filed))
_FILED = sa.update(articles).where(~articles.c.filed).values(filed=True)

_FRESH_IN = sa.and_(~article_feeds.c.filed, among_given(article_feeds.c.feed_id, "numbers"))
_UNFILED_IN = sa.select(article_feeds.c.feed_id).where(_FRESH_IN).distinct()
_APPENDED_IN = _appending_in(_FRESH_IN)
_FILED_IN = sa.update(article_feeds).where(_FRESH_IN).values(filed=True)


async def _count(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    await connection.execute(_COUNTED, {"numbers": numbers})


_LAST_PLACE = sa.select(sa.func.coalesce(sa.func.max(archive.c.position), 0))
_COUNTED = (
    sa.update(feeds)
    .where(among_given(feeds.c.id, "numbers"))
    .values(filed=_LAST_PLACE.where(archive.c.feed_id == feeds.c.id).scalar_subquery())
)


async def read_archives(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, Archive]:
    """Return how far the archives of feeds are, by the numbers of those."""
    mine = {"numbers": numbers}
    state = {row.id: (row.filed, row.kept) for row in await connection.execute(_STATES, mine)}
    waiting: dict[int, set[str]] = defaultdict(set)
    for feed, key in await connection.execute(_UNWRITTEN, mine):
        waiting[feed].add(key)
    due: dict[int, set[int]] = defaultdict(set)
    for feed, page in await connection.execute(_DUE, mine):
        due[feed].add(page)
    return {
        number: Archive(
            filed=filed,
            kept=kept,
            waiting=frozenset(waiting[number]),
            due=frozenset(due[number]),
        )
        for number, (filed, kept) in state.items()
    }


def _still_in() -> sa.ColumnElement[bool]:
    """Whether an article has not left the category since it came to its archive."""
    member = sa.exists().where(
        article_feeds.c.article_id == archive.c.article_id,
        article_feeds.c.feed_id == archive.c.feed_id,
    )
    return sa.or_(feeds.c.kind != "category", member)


_STATES = sa.select(feeds.c.id, feeds.c.filed, feeds.c.kept).where(
    among_given(feeds.c.id, "numbers")
)
_UNWRITTEN = (
    sa.select(archive.c.feed_id, articles.c.key)
    .join(feeds, feeds.c.id == archive.c.feed_id)
    .join(articles, articles.c.id == archive.c.article_id)
    .where(
        among_given(archive.c.feed_id, "numbers"),
        archive.c.position > feeds.c.kept,
        _LIVE,
        _still_in(),
    )
)
_DUE = sa.select(archive_due).where(among_given(archive_due.c.feed_id, "numbers"))


async def read_page(connection: AsyncConnection, feed: int, page: int) -> list[int]:
    """Return the numbers of the live articles on a page, the last that came first."""
    asked = {"feed": feed, "first": (page - 1) * PAGE + 1, "last": page * PAGE}
    return list((await connection.execute(_ON_PAGE, asked)).scalars())


_INSIDE = archive.c.position.between(
    given(archive.c.position, "first"), given(archive.c.position, "last")
)
_ON_PAGE = (
    sa.select(articles.c.id)
    .join(archive, archive.c.article_id == articles.c.id)
    .join(feeds, feeds.c.id == archive.c.feed_id)
    .where(archive.c.feed_id == given(archive.c.feed_id, "feed"), _INSIDE, _LIVE, _still_in())
    .group_by(articles.c.id)
    .order_by(sa.func.max(archive.c.position).desc())
)


async def pages_kept(
    connection: AsyncConnection, kept: Sequence[tuple[int, int, Sequence[int]]]
) -> None:
    """Note that pages (feed, position, pages) are on disk, and all that came up to a position."""
    rows = [{"feed": feed, "until": until, "pages": pages} for feed, until, pages in kept]
    await connection.execute(_DONE, rows)
    await connection.execute(_KEPT, rows)


_DONE = sa.delete(archive_due).where(
    archive_due.c.feed_id == given(archive_due.c.feed_id, "feed"),
    among_given(archive_due.c.page, "pages"),
)
_KEPT = (
    sa.update(feeds)
    .where(feeds.c.id == given(feeds.c.id, "feed"))
    .values(kept=given(feeds.c.kept, "until"))
)


async def want_pages(connection: AsyncConnection, pages: Iterable[tuple[int, int]]) -> None:
    """Mark pages (feed, page) to be written again."""
    rows = [{"feed_id": feed, "page": page} for feed, page in pages]
    if rows:
        statement = insert_missing(connection, archive_due)
        await connection.execute(statement, rows)
        await mark_feeds(connection, {row["feed_id"] for row in rows})


async def take_out(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Have articles taken out of the pages that they are on."""
    theirs = among(archive.c.article_id, numbers)
    found = (
        sa.select(archive.c.feed_id, ((archive.c.position - 1) // PAGE + 1).label("page"))
        .join(feeds, feeds.c.id == archive.c.feed_id)
        .where(theirs, archive.c.position <= feeds.c.kept)
        .distinct()
    )
    await want_pages(
        connection, [(row.feed_id, row.page) for row in await connection.execute(found)]
    )
    await connection.execute(sa.update(archive).where(theirs).values(article_id=None))
