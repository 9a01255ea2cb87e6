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
from aggregator.store.sql import among, insert_missing

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
    await _file_categories(connection, [row.id for row in rows if row.kind == "category"])
    everything = await connection.scalar(sa.select(feeds.c.id).where(feeds.c.kind == EVERYTHING))
    if everything is None:
        return
    fresh = sa.select(articles.c.id).where(_LIVE, ~articles.c.filed)
    await _append(connection, everything, fresh)
    await connection.execute(sa.update(articles).where(~articles.c.filed).values(filed=True))
    for number, (choice, limit) in choices.items():
        await _file_custom(connection, number, choice, limit, everything)
    await _count(connection, [everything, *choices])


async def _file_categories(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    fresh = sa.and_(~article_feeds.c.filed, among(article_feeds.c.feed_id, numbers))
    feed = article_feeds.c.feed_id
    place = sa.func.row_number().over(
        partition_by=feed, order_by=(articles.c.published, articles.c.entry_id)
    )
    found = (
        sa.select(feed, feeds.c.filed + place, *_NOW)
        .join(articles, articles.c.id == article_feeds.c.article_id)
        .join(feeds, feeds.c.id == feed)
        .where(fresh, _LIVE, ~_is_there(feed))
    )
    touched = sa.select(feed).where(fresh).distinct()
    changed = list((await connection.execute(touched)).scalars())
    if not changed:
        return
    await connection.execute(sa.insert(archive).from_select(_COLUMNS, found))
    await connection.execute(sa.update(article_feeds).where(fresh).values(filed=True))
    await _count(connection, changed)


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
    newest = sa.select(sa.func.coalesce(sa.func.max(archive.c.position), 0))
    until = newest.where(archive.c.feed_id == everything).scalar_subquery()
    await connection.execute(sa.update(feeds).where(feeds.c.id == feed).values(drawn=until))


async def _append(connection: AsyncConnection, feed: int, fresh: sa.Select[Any]) -> None:
    """Append those of some articles that are not there as they are now."""
    place = sa.func.row_number().over(order_by=(articles.c.published, articles.c.entry_id))
    before = sa.select(feeds.c.filed).where(feeds.c.id == feed).scalar_subquery()
    missing = articles.c.id.in_(fresh), ~_is_there(sa.literal(feed))
    found = sa.select(sa.literal(feed), before + place, *_NOW)
    await connection.execute(sa.insert(archive).from_select(_COLUMNS, found.where(*missing)))


def _is_there(feed: Any) -> sa.ColumnElement[bool]:
    """Whether the archive of a feed has the article as it is now."""
    return sa.exists().where(
        archive.c.article_id == articles.c.id,
        feed == _FEED,
        archive.c.updated >= articles.c.updated,
        # A file that is edited need not say so in its date.
        archive.c.content_hash == articles.c.content_hash,
    )


async def _count(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    newest = sa.select(sa.func.coalesce(sa.func.max(archive.c.position), 0))
    counted = newest.where(archive.c.feed_id == feeds.c.id).scalar_subquery()
    mine = among(feeds.c.id, numbers)
    await connection.execute(sa.update(feeds).where(mine).values(filed=counted))


async def read_archives(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, Archive]:
    """Return how far the archives of feeds are, by the numbers of those."""
    mine = sa.select(feeds.c.id, feeds.c.filed, feeds.c.kept)
    rows = await connection.execute(mine.where(among(feeds.c.id, numbers)))
    state = {row.id: (row.filed, row.kept) for row in rows}
    waiting: dict[int, set[str]] = defaultdict(set)
    unwritten = (
        sa.select(archive.c.feed_id, articles.c.key)
        .join(feeds, feeds.c.id == archive.c.feed_id)
        .join(articles, articles.c.id == archive.c.article_id)
        .where(
            among(archive.c.feed_id, numbers),
            archive.c.position > feeds.c.kept,
            _LIVE,
            _still_in(),
        )
    )
    for feed, key in await connection.execute(unwritten):
        waiting[feed].add(key)
    due: dict[int, set[int]] = defaultdict(set)
    asked = among(archive_due.c.feed_id, numbers)
    for feed, page in await connection.execute(sa.select(archive_due).where(asked)):
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


def on_page(feed: int, page: int) -> sa.Select[Any]:
    """Select the numbers of the live articles on a page, the last that came first."""
    inside = archive.c.position.between((page - 1) * PAGE + 1, page * PAGE)
    return (
        sa.select(articles.c.id)
        .join(archive, archive.c.article_id == articles.c.id)
        .join(feeds, feeds.c.id == archive.c.feed_id)
        .where(archive.c.feed_id == feed, inside, _LIVE, _still_in())
        .group_by(articles.c.id)
        .order_by(sa.func.max(archive.c.position).desc())
    )


async def pages_kept(
    connection: AsyncConnection, feed: int, kept: int, pages: Iterable[int]
) -> None:
    """Note that pages are on disk, and with them all that came up to a position."""
    mine = archive_due.c.feed_id == feed
    await connection.execute(sa.delete(archive_due).where(mine, among(archive_due.c.page, pages)))
    await connection.execute(sa.update(feeds).where(feeds.c.id == feed).values(kept=kept))


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
