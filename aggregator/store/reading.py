"""Entries as readers see them: those of feeds, of archives, of articles' own pages.

What is asked together is read together: an article that several feeds show is made an entry once,
and its categories and copies are one query for all. Of 10,000 articles in 221 categories and their
archives that are 700 queries instead of 2,900.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.article import Entry
from aggregator.store import archive, stories
from aggregator.store.choice import chosen
from aggregator.store.feeds import EVERYTHING
from aggregator.store.records import Asked, Page
from aggregator.store.rows import (
    LIVE,
    READER_COLUMNS,
    SEEN_COLUMNS,
    SHOWN_COLUMNS,
    Columns,
    entries_where,
    entry,
    in_feed,
    newest_first,
)
from aggregator.store.schema import article_feeds, articles, feeds
from aggregator.store.sql import among, among_given, given

# Entries that are looked at for each one that a category with a quota shows.
_PASSED_OVER = 20

# Made once: to make such a query anew, and to find what it was compiled to, takes 0.4 ms.
_LIMIT = sa.bindparam("most", type_=sa.Integer)
_OF_ALL: sa.Select[Any] = newest_first(entries_where(LIVE, columns=READER_COLUMNS), _LIMIT)
_OF_CATEGORY: sa.Select[Any] = newest_first(
    in_feed(entries_where(LIVE, columns=READER_COLUMNS), sa.bindparam("feed", type_=sa.Integer)),
    _LIMIT,
    article_feeds,
)
_BY_NUMBER = entries_where(among_given(articles.c.id, "numbers"), columns=READER_COLUMNS)
_DUE = (
    entries_where(
        articles.c.page_due > 0,
        articles.c.id > given(articles.c.id, "after"),
        columns=READER_COLUMNS,
    )
    .add_columns(articles.c.page_due)
    .order_by(articles.c.id)
    .limit(_LIMIT)
)
_CATEGORIES = (
    sa.select(article_feeds.c.article_id, feeds.c.name, feeds.c.slug)
    .join(feeds, feeds.c.id == article_feeds.c.feed_id)
    .where(among_given(article_feeds.c.article_id, "numbers"))
    .order_by(article_feeds.c.position, feeds.c.id)
)


async def of_feeds(connection: AsyncConnection, asked: Sequence[Asked]) -> list[list[Entry]]:
    """Return the newest live entries of feeds."""
    return await _each(connection, [await _of_feed(connection, one) for one in asked])


async def of_archives(
    connection: AsyncConnection, pages: Sequence[tuple[int, int]]
) -> list[list[Entry]]:
    """Return the live entries on pages (feed, page) of archives, the last that came first."""
    numbers = [await archive.read_page(connection, feed, page) for feed, page in pages]
    rows = await _by_number(connection, [number for page in numbers for number in page])
    return await _each(connection, [[rows[number] for number in page] for page in numbers])


async def due_pages(connection: AsyncConnection, limit: int, after: int) -> list[Page]:
    """Return pages to write or take away, in the order of their numbers from ``after`` on."""
    rows = (await connection.execute(_DUE, {"after": after, "most": limit})).all()
    entries = await entries_of(connection, rows, SEEN_COLUMNS)
    return [
        Page(
            number=row.id,
            wanted=row.page_due,
            entry=entry,
            live=row.state == "live" and entry.article.url is None,
        )
        for entry, row in zip(entries, rows, strict=True)
    ]


async def in_order(connection: AsyncConnection, numbers: Sequence[int]) -> list[sa.Row[Any]]:
    """Return the rows of articles, all of their texts, in the order of their numbers."""
    rows = await connection.execute(entries_where(among(articles.c.id, numbers)))
    found = {row.id: row for row in rows}
    return [found[number] for number in numbers]


async def entries_of(
    connection: AsyncConnection, rows: Sequence[sa.Row[Any]], shown: Columns = SHOWN_COLUMNS
) -> list[Entry]:
    """Return the entries in rows of ENTRY_COLUMNS, or of those that readers see."""
    if not rows:
        return []
    categories: dict[int, list[tuple[str, str]]] = {row.id: [] for row in rows}
    for number, name, slug in await connection.execute(_CATEGORIES, {"numbers": categories}):
        categories[number].append((name, slug))
    copies = await stories.also_in(connection, rows)
    texts = await _shown(connection, rows, shown)
    return [
        entry(row, categories[row.id], copies.get(row.id, ()), texts.get(row.id, row))
        for row in rows
    ]


async def _each(
    connection: AsyncConnection, groups: Sequence[Sequence[sa.Row[Any]]]
) -> list[list[Entry]]:
    """Return the entries in groups of rows, each made once."""
    every = {row.id: row for rows in groups for row in rows}
    entries = await entries_of(connection, list(every.values()), SEEN_COLUMNS)
    made = dict(zip(every, entries, strict=True))
    return [[made[row.id] for row in rows] for rows in groups]


async def _of_feed(connection: AsyncConnection, asked: Asked) -> Sequence[Any]:
    feed, named = asked.feed, {"most": asked.limit, "feed": asked.feed.id}
    plain = {EVERYTHING: _OF_ALL, "category": None if asked.quota else _OF_CATEGORY}.get(feed.kind)
    if plain is not None:
        return list(await connection.execute(plain, named))
    numbers = await _numbers(connection, asked)
    rows = await _by_number(connection, numbers)
    return [rows[number] for number in numbers]


async def _numbers(connection: AsyncConnection, asked: Asked) -> list[int]:
    if asked.feed.kind == "category" and asked.quota:
        return await _within(connection, asked.feed.id, asked.limit, asked.quota)
    if not asked.choice:
        return []
    query = chosen(asked.choice, asked.limit)
    return list((await connection.execute(query)).scalars())


async def _within(connection: AsyncConnection, feed: int, limit: int, quota: int) -> list[int]:
    """Return the newest articles of a category, at most ``quota`` of each source.

    What a noisy source has too much is passed over, up to a bound: a category cannot cost more
    than so many times what it shows.
    """
    plain = in_feed(sa.select(articles.c.id, articles.c.source_id).where(LIVE), feed)
    query = newest_first(plain, limit * _PASSED_OVER, article_feeds)
    taken: Counter[int] = Counter()
    shown: list[int] = []
    for number, source in await connection.execute(query):
        taken[source] += 1
        if taken[source] <= quota and len(shown) < limit:
            shown.append(number)
    return shown


async def _by_number(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, sa.Row[Any]]:
    if not numbers:
        return {}
    return {row.id: row for row in await connection.execute(_BY_NUMBER, {"numbers": numbers})}


async def _shown(
    connection: AsyncConnection, rows: Sequence[sa.Row[Any]], columns: Columns
) -> dict[int, sa.Row[Any]]:
    """Return the copies whose text is shown in the place of articles, by those."""
    wanted = {row.id: row.shown_id for row in rows if row.shown_id}
    if not wanted:
        return {}
    query = sa.select(*columns).where(among(articles.c.id, wanted.values()))
    found: dict[int, Any] = {row.id: row for row in await connection.execute(query)}
    return {number: found[copy] for number, copy in wanted.items() if copy in found}
