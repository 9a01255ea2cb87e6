"""The store: one object over one database, for SQLite and PostgreSQL alike."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from aggregator.article import Entry
from aggregator.errors import StoreConflictError, StoreError
from aggregator.identity import Ledger
from aggregator.store import connect
from aggregator.store.ledger import (
    EVERYTHING,
    feeds_of,
    fold,
    insert,
    make_feed,
    mark_feeds,
    read_ledger,
    save,
)
from aggregator.store.records import (
    DocumentState,
    FeedRow,
    FeedStatus,
    Outcome,
    Page,
    SourceEntry,
    SourceState,
    SourceStatus,
)
from aggregator.store.rows import entries_where, entry
from aggregator.store.schema import (
    aliases,
    article_feeds,
    articles,
    documents,
    feeds,
    notes,
    sources,
)


class Batch:
    """One write transaction of one source. What it does is kept or undone as a whole."""

    def __init__(self, connection: AsyncConnection, source: int) -> None:
        self._connection = connection
        self._source = source

    async def ledger(
        self, uids: Iterable[str], hashes: Iterable[str], addresses: Iterable[str]
    ) -> Ledger:
        """Return what is known of these identities, hashes and addresses."""
        return await read_ledger(self._connection, self._source, uids, hashes, addresses)

    async def save(self, outcomes: Sequence[Outcome]) -> None:
        """Write decided articles."""
        await save(self._connection, self._source, outcomes)

    async def remember(self, states: Sequence[DocumentState]) -> None:
        """Note the validators and errors of documents."""
        if not states:
            return
        rows = [
            {
                "source_id": self._source,
                "name": state.name,
                "validators": state.validators,
                "error": state.error,
            }
            for state in states
        ]
        statement = insert(self._connection, documents)
        statement = statement.on_conflict_do_update(
            index_elements=["source_id", "name"],
            set_={name: statement.excluded[name] for name in ("validators", "error")},
        )
        await self._connection.execute(statement, rows)

    async def gone(self, names: Sequence[str], *, retract: bool) -> None:
        """Forget documents that are no longer there.

        Their articles stay, for another document to take over; with ``retract``, those that no
        other document stands for leave the feeds.
        """
        await self._connection.execute(
            sa.delete(documents).where(
                documents.c.source_id == self._source, documents.c.name.in_(names)
            )
        )
        lost = sa.and_(
            aliases.c.kind == "identity",
            aliases.c.scope == self._source,
            aliases.c.value.in_(names),
            aliases.c.lead,
        )
        rows = await self._connection.execute(sa.select(aliases.c.article_id).where(lost))
        numbers = [number for number in rows.scalars() if number is not None]
        await self._connection.execute(sa.update(aliases).where(lost).values(lead=False))
        if retract and numbers:
            await _retract(self._connection, self._source, names, numbers)


class Store:
    """All that is remembered. Opened by ``open_store``; safe for concurrent use in one loop.

    Writes take turns: SQLite has one writer, and a decision must not race with another one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Close the database."""
        await self._engine.dispose()

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold the store for this process alone. Raises StoreBusyError when another has it."""
        async with connect.held(self._engine):
            yield

    @contextlib.asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn:
            try:
                async with self._engine.begin() as connection:
                    yield connection
            except sa.exc.IntegrityError as error:
                raise StoreConflictError(str(error)) from error
            except sa.exc.SQLAlchemyError as error:
                raise StoreError(str(error)) from error

    @contextlib.asynccontextmanager
    async def batch(self, source: int) -> AsyncIterator[Batch]:
        """Open a write transaction for a source.

        Raises StoreError, StoreConflictError; then nothing is written.
        """
        async with self._write() as connection:
            yield Batch(connection, source)

    # Sources

    async def set_site(self, site: str) -> None:
        """Note the address that ids of new feeds are made from, and make the feed of everything."""
        async with self._write() as connection:
            statement = insert(connection, notes).values(name="site", value=site)
            await connection.execute(statement.on_conflict_do_nothing())
            known = await connection.scalar(sa.select(feeds.c.id).where(feeds.c.kind == EVERYTHING))
            if known is None:
                await make_feed(connection, EVERYTHING, "", "")

    async def set_sources(self, configured: Sequence[SourceEntry]) -> None:
        """Bring the sources in line with the configuration.

        A source is known by its key, or by its name when its target was edited. One that is no
        longer configured keeps its articles, which the next source that has them takes over. One
        whose recipe changed is read anew.
        """
        async with self._write() as connection:
            rows = (await connection.execute(sa.select(sources))).all()
            by_key = {row.key: row for row in rows}
            keys = {source.key for source in configured}
            by_name = {row.name: row for row in rows if row.key not in keys}
            kept = set()
            for source in configured:
                row = by_key.get(source.key) or by_name.get(source.name)
                kept.add(await _set_source(connection, source, row))
            gone = [row.id for row in rows if row.id not in kept and row.active]
            if gone:
                await connection.execute(
                    sa.update(sources).where(sources.c.id.in_(gone)).values(active=False)
                )
                await connection.execute(
                    sa.update(aliases)
                    .where(aliases.c.kind == "identity", aliases.c.scope.in_(gone))
                    .values(lead=False)
                )

    async def source_state(self, key: str) -> SourceState:
        """Return what a scan of the source must know. Raises StoreError for an unknown key."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                sa.select(sources.c.id, sources.c.scans).where(sources.c.key == key)
            )
            row = rows.one_or_none()
            if row is None:
                raise StoreError(f"the store knows no source {key!r}")
            seen = await connection.execute(
                sa.select(documents.c.name, documents.c.validators).where(
                    documents.c.source_id == row.id
                )
            )
            return SourceState(
                id=row.id, scans=row.scans, seen={row.name: row.validators for row in seen}
            )

    async def scanned(self, source: int, at: datetime, error: str, *, whole: bool) -> None:
        """Note that a scan ended: when, and "" or why it failed. ``whole``: it visited all."""
        status = "error" if error else "ok"
        since = sa.case((sources.c.status == status, sources.c.since), else_=None)
        async with self._write() as connection:
            await connection.execute(
                sa.update(sources)
                .where(sources.c.id == source)
                .values(
                    status=status,
                    error=error,
                    since=sa.func.coalesce(since, sa.literal(at, sources.c.since.type)),
                    last_scan=at,
                    scans=sources.c.scans + int(whole),
                )
            )

    async def plan(self, key: str, due: datetime) -> None:
        """Note when a source is due next, so that a restart does not visit it early."""
        async with self._write() as connection:
            await connection.execute(
                sa.update(sources).where(sources.c.key == key).values(next_scan=due)
            )

    async def planned(self) -> dict[str, datetime]:
        """Return when each source is due, by its key."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                sa.select(sources.c.key, sources.c.next_scan).where(
                    sources.c.active, sources.c.next_scan.is_not(None)
                )
            )
            return {row.key: row.next_scan for row in rows}

    async def source_statuses(self) -> list[SourceStatus]:
        """Return the health of every configured source, by name."""
        count = (
            sa.select(sa.func.count()).where(articles.c.source_id == sources.c.id).scalar_subquery()
        )
        failing = (
            sa.select(sa.func.count())
            .where(documents.c.source_id == sources.c.id, documents.c.error != "")
            .scalar_subquery()
        )
        query = sa.select(sources, count.label("articles"), failing.label("problems"))
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.where(sources.c.active).order_by(sources.c.name))
            return [
                SourceStatus(
                    name=row.name,
                    kind=row.kind,
                    target=row.target,
                    status=row.status or "new",
                    error=row.error,
                    since=row.since,
                    last_scan=row.last_scan,
                    next_scan=row.next_scan,
                    articles=row.articles,
                    problems=row.problems,
                )
                for row in rows
            ]

    # Feeds

    async def note(self, name: str) -> str:
        """Return a note on the store as a whole, or ""."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(sa.select(notes.c.value).where(notes.c.name == name))
            return found or ""

    async def set_note(self, name: str, value: str) -> None:
        """Keep a note on the store as a whole."""
        async with self._write() as connection:
            statement = insert(connection, notes).values(name=name, value=value)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name"], set_={"value": statement.excluded.value}
                )
            )

    async def feed_rows(self) -> list[FeedRow]:
        """Return every feed that has an address."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(sa.select(feeds).order_by(feeds.c.slug))
            return [
                FeedRow(
                    id=row.id,
                    kind=row.kind,
                    name=row.name,
                    slug=row.slug,
                    uri=row.uri,
                    wanted=row.wanted,
                    written=row.written,
                )
                for row in rows
            ]

    async def feed_statuses(self) -> list[FeedStatus]:
        """Return every feed that was written, everything first, then by name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(
                sa.select(feeds)
                .where(feeds.c.written > 0)
                .order_by(feeds.c.kind != EVERYTHING, feeds.c.name, feeds.c.slug)
            )
            return [
                FeedStatus(slug=r.slug, title=r.name, entries=r.entries, updated=r.newest)
                for r in rows
            ]

    async def make_custom_feed(self, name: str, slug: str) -> None:
        """Give a custom feed its address, unless it has one."""
        async with self._write() as connection:
            known = await connection.scalar(
                sa.select(feeds.c.id).where(feeds.c.kind == "custom", feeds.c.key == fold(name))
            )
            if known is None:
                await make_feed(connection, "custom", name, slug)

    async def rename_category(self, old: str, new: str, slug: str) -> None:
        """Move the articles of one category into another; the old one's address stays its own."""
        async with self._write() as connection:
            rows = await connection.execute(
                sa.select(feeds.c.id, feeds.c.key).where(
                    feeds.c.kind == "category", feeds.c.key.in_([fold(old), fold(new)])
                )
            )
            numbers = {key: number for number, key in rows}
            source = numbers.get(fold(old))
            if source is None or fold(old) == fold(new):
                return
            target = numbers.get(fold(new)) or await make_feed(connection, "category", new, slug)
            await _move_articles(connection, source, target)

    async def want_feeds(self, numbers: Iterable[int]) -> None:
        """Mark feeds to be written again."""
        async with self._write() as connection:
            await mark_feeds(connection, numbers)

    async def want_pages(self) -> None:
        """Mark the pages of all articles without an address to be written again."""
        async with self._write() as connection:
            await connection.execute(
                sa.update(articles).where(articles.c.url.is_(None)).values(page_due=True)
            )

    async def entries(self, feed: FeedRow, limit: int, of: Sequence[int] = ()) -> list[Entry]:
        """Return the newest live entries of a feed; of a custom one, those in the feeds ``of``."""
        mine = articles.c.state == "live"
        order = (articles.c.published.desc(), articles.c.entry_id.desc())
        if feed.kind == EVERYTHING:
            query = entries_where(mine)
        elif feed.kind == "category":
            query = entries_where(mine, article_feeds.c.feed_id == feed.id).join(
                article_feeds, article_feeds.c.article_id == articles.c.id
            )
            order = (article_feeds.c.published.desc(), articles.c.entry_id.desc())
        else:
            theirs = sa.select(article_feeds.c.article_id).where(article_feeds.c.feed_id.in_(of))
            query = entries_where(mine, articles.c.id.in_(theirs))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.order_by(*order).limit(limit))).all()
            return await _entries(connection, rows)

    async def written(self, feed: FeedRow, entries: Sequence[Entry]) -> None:
        """Note that the files of a feed show what was wanted when ``feed`` was read."""
        newest = max((e.updated for e in entries), default=None)
        async with self._write() as connection:
            await connection.execute(
                sa.update(feeds)
                .where(feeds.c.id == feed.id)
                .values(written=feed.wanted, entries=len(entries), newest=newest)
            )

    async def release(self, now: datetime) -> datetime | None:
        """Let the articles out whose date has come; return when the next one is due."""
        waiting = articles.c.state == "waiting"
        async with self._write() as connection:
            rows = await connection.execute(
                sa.select(articles.c.id).where(waiting, articles.c.published <= now)
            )
            numbers = list(rows.scalars())
            if numbers:
                await connection.execute(
                    sa.update(articles).where(articles.c.id.in_(numbers)).values(state="live")
                )
                await mark_feeds(connection, await feeds_of(connection, numbers))
            due: datetime | None = await connection.scalar(
                sa.select(sa.func.min(articles.c.published)).where(waiting)
            )
            return due

    async def due_pages(self, limit: int) -> list[Page]:
        """Return articles whose own page is to be written or taken away."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(entries_where(articles.c.page_due).limit(limit))).all()
            entries = await _entries(connection, rows)
            return [
                Page(entry=entry, live=row.state == "live" and entry.article.url is None)
                for entry, row in zip(entries, rows, strict=True)
            ]

    async def pages_written(self, pages: Sequence[Page]) -> None:
        """Note that pages are as they should be, unless the article changed meanwhile."""
        async with self._write() as connection:
            for page in pages:
                await connection.execute(
                    sa.update(articles)
                    .where(
                        articles.c.key == page.entry.key,
                        articles.c.content_hash == page.entry.content_hash,
                    )
                    .values(page_due=False)
                )

    async def prune(self, before: datetime, keep: int) -> int:
        """Delete articles published before a time, except each feed's newest ``keep``.

        Their aliases stay as tombstones. Returns how many went.
        """
        rank = sa.func.row_number().over(
            partition_by=article_feeds.c.feed_id, order_by=article_feeds.c.published.desc()
        )
        ranked = sa.select(article_feeds.c.article_id, rank.label("place")).subquery()
        shown = sa.select(ranked.c.article_id).where(ranked.c.place <= keep)
        newest = (
            sa.select(articles.c.id)
            .where(articles.c.state == "live")
            .order_by(articles.c.published.desc())
            .limit(keep)
        )
        old = sa.and_(
            articles.c.published < before,
            articles.c.id.not_in(shown),
            articles.c.id.not_in(newest),
        )
        async with self._write() as connection:
            done = await connection.execute(sa.delete(articles).where(old))
            return done.rowcount


@contextlib.asynccontextmanager
async def open_store(store: str, root: Path) -> AsyncIterator[Store]:
    """Open the store at a ``store`` setting, its tables brought up to date. Raises StoreError."""
    opened = Store(await connect.connect(connect.address(store, root)))
    try:
        yield opened
    finally:
        await opened.close()


async def _set_source(
    connection: AsyncConnection, source: SourceEntry, row: sa.Row[Any] | None
) -> int:
    values = {
        "key": source.key,
        "name": source.name,
        "kind": source.kind,
        "target": source.target,
        "recipe": source.recipe,
        "active": True,
    }
    if row is None:
        done = await connection.execute(sa.insert(sources).values(values).returning(sources.c.id))
        return int(done.scalar_one())
    if any(row._mapping[name] != value for name, value in values.items()):
        await connection.execute(sa.update(sources).where(sources.c.id == row.id).values(values))
    if row.recipe != source.recipe or row.key != source.key:
        await connection.execute(
            sa.update(documents).where(documents.c.source_id == row.id).values(validators="")
        )
        await connection.execute(
            sa.update(sources).where(sources.c.id == row.id).values(next_scan=None)
        )
    return int(row.id)


async def _retract(
    connection: AsyncConnection, source: int, names: Sequence[str], numbers: Sequence[int]
) -> None:
    """Take articles out of the feeds, except those of which another document is still there."""
    others = sa.select(aliases.c.article_id).where(
        aliases.c.kind == "identity",
        aliases.c.article_id.in_(numbers),
        sa.not_(sa.and_(aliases.c.scope == source, aliases.c.value.in_(names))),
    )
    alone = sa.and_(articles.c.id.in_(numbers), articles.c.id.not_in(others))
    rows = await connection.execute(sa.select(articles.c.id).where(alone))
    retracted = list(rows.scalars())
    await connection.execute(
        sa.update(articles)
        .where(articles.c.id.in_(retracted))
        .values(state="retracted", page_due=articles.c.url.is_(None))
    )
    await mark_feeds(connection, await feeds_of(connection, retracted))


async def _move_articles(connection: AsyncConnection, source: int, target: int) -> None:
    there = sa.select(article_feeds.c.article_id).where(article_feeds.c.feed_id == target)
    mine = article_feeds.c.feed_id == source
    moving = await connection.scalar(sa.select(sa.func.count()).where(mine))
    if not moving:
        return
    await connection.execute(
        sa.delete(article_feeds).where(mine, article_feeds.c.article_id.in_(there))
    )
    await connection.execute(sa.update(article_feeds).where(mine).values(feed_id=target))
    await mark_feeds(connection, [source, target])


async def _entries(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> list[Entry]:
    query = (
        sa.select(article_feeds.c.article_id, feeds.c.name, feeds.c.slug)
        .join(feeds, feeds.c.id == article_feeds.c.feed_id)
        .where(article_feeds.c.article_id.in_([row.id for row in rows]))
        .order_by(article_feeds.c.position, feeds.c.id)
    )
    categories: dict[int, list[tuple[str, str]]] = {row.id: [] for row in rows}
    for number, name, slug in await connection.execute(query):
        categories[number].append((name, slug))
    return [entry(row, categories[row.id]) for row in rows]
