"""What was found out about articles for custom feeds: the words in them, the conditions they meet.

The index of words is an FTS5 table of SQLite without the text, which keeps it at a third of the
size. Such a table cannot forget (before SQLite 3.43), so each state of an article gets a row of its
own in it, and ``word_rows`` tells which one counts. It is made when a feed first searches, and goes
with the last one that does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import StoreError
from aggregator.store.records import Finding
from aggregator.store.schema import members
from aggregator.store.sql import among, insert_missing
from aggregator.store.turns import BEGINNING, forget_marks, read_marks, write_marks

WORDS = "words"
"""What the index of words is followed under; conditions are under the numbers of their feeds."""

# Of the rows in the index, those that count no longer, before it is made anew at a start.
_MOST_STALE, _STALE_SHARE = 10_000, 0.5

# The tokens come with spaces between them, and all that is not ASCII is a part of one.
_MAKE = (
    "CREATE VIRTUAL TABLE words USING fts5(title, text, content='', tokenize='ascii')",
    "CREATE TABLE word_rows (row INTEGER PRIMARY KEY AUTOINCREMENT, article_id INTEGER NOT NULL"
    " UNIQUE REFERENCES articles (id) ON DELETE CASCADE)",
)
_DROP = ("DROP TABLE IF EXISTS words", "DROP TABLE IF EXISTS word_rows")


async def follow(connection: AsyncConnection, wanted: Mapping[str, str]) -> None:
    """Follow the changes for these purposes (name -> digest of what is asked), and for no others.

    What was found out for others, or by another question, is forgotten. Raises StoreError when
    words are wanted and the database has no index for them.
    """
    known = await read_marks(connection)
    if WORDS in known and await _is_stale(connection):
        known[WORDS] = ("", BEGINNING)
    same = {name for name, (digest, _) in known.items() if wanted.get(name) == digest}
    gone = known.keys() - same
    if gone:
        await _forget(connection, gone)
    new = {name: digest for name, digest in wanted.items() if name not in same}
    if WORDS in new:
        await _make_index(connection)
    if new:
        await write_marks(connection, new, BEGINNING)


async def _is_stale(connection: AsyncConnection) -> bool:
    query = sa.text("SELECT coalesce(max(row), 0), count(*) FROM word_rows")
    written, counting = (await connection.execute(query)).one()
    stale = written - counting
    return bool(stale > _MOST_STALE and stale > written * _STALE_SHARE)


async def _forget(connection: AsyncConnection, names: Collection[str]) -> None:
    if WORDS in names:
        for statement in _DROP:
            await connection.execute(sa.text(statement))
    numbers = [int(name) for name in names if name != WORDS]
    await connection.execute(sa.delete(members).where(among(members.c.feed_id, numbers)))
    await forget_marks(connection, names)


async def _make_index(connection: AsyncConnection) -> None:
    if connection.dialect.name != "sqlite":
        raise StoreError("feeds that search need a SQLite store; PostgreSQL cannot do it yet")
    try:
        for statement in (*_DROP, *_MAKE):
            await connection.execute(sa.text(statement))
    except sa.exc.OperationalError as error:
        raise StoreError(f"this SQLite cannot search ({error.orig}); it needs FTS5") from error


async def write_findings(connection: AsyncConnection, findings: Sequence[Finding]) -> None:
    """Write what was found out about articles that are still there."""
    words = [one for one in findings if one.words is not None]
    if words:
        await _write_words(connection, words)
    judged = {(feed, one.article) for one in findings for feed in one.judged}
    if judged:
        await _forget_members(connection, judged)
    rows = [{"feed_id": feed, "article_id": one.article} for one in findings for feed in one.meets]
    if rows:
        statement = insert_missing(connection, members)
        await connection.execute(statement, rows)


async def _forget_members(connection: AsyncConnection, judged: Iterable[tuple[int, int]]) -> None:
    of_feed: dict[int, list[int]] = {}
    for feed, article in judged:
        of_feed.setdefault(feed, []).append(article)
    for feed, numbers in of_feed.items():
        theirs = among(members.c.article_id, numbers)
        await connection.execute(sa.delete(members).where(members.c.feed_id == feed, theirs))


async def _write_words(connection: AsyncConnection, findings: Sequence[Finding]) -> None:
    numbers = [{"article": one.article} for one in findings]
    counted = "INSERT OR REPLACE INTO word_rows (article_id) VALUES (:article)"
    await connection.execute(sa.text(counted), numbers)
    rows = [
        {"article": one.article, "title": one.words[0], "text": one.words[1]}
        for one in findings
        if one.words
    ]
    added = (
        "INSERT INTO words (rowid, title, text)"
        " SELECT row, :title, :text FROM word_rows WHERE article_id = :article"
    )
    await connection.execute(sa.text(added), rows)


def matching(query: str) -> sa.Select[tuple[int]]:
    """Select the numbers of the articles that a query of FTS5 matches."""
    words, rows = sa.table("words", sa.column("rowid")), _ROWS
    found = sa.select(words.c.rowid).where(sa.literal_column("words").op("MATCH")(query))
    return sa.select(rows.c.article_id).where(rows.c.row.in_(found))


_ROWS = sa.table("word_rows", sa.column("row", sa.Integer), sa.column("article_id", sa.Integer))
