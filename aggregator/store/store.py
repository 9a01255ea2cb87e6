"""The store: one object over one database, for SQLite and PostgreSQL alike."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from aggregator.article import Digest, Entry
from aggregator.errors import StoreError
from aggregator.identity import Ledger
from aggregator.nfkc import fold
from aggregator.store import (
    archive,
    connect,
    digests,
    findings,
    glance,
    holds,
    hubs,
    learning,
    lives,
    pings,
    reading,
    stories,
    turns,
    visits,
)
from aggregator.store.choice import chosen
from aggregator.store.feeds import (
    EVERYTHING,
    feeds_of,
    make_feed,
    make_source_feeds,
    mark_feeds,
    move_feed,
)
from aggregator.store.glance import EPOCH, Counts, FeedStatus, Glance, SourceStatus
from aggregator.store.ledger import read_ledger
from aggregator.store.records import (
    Archive,
    Asked,
    Choice,
    DocumentState,
    Drop,
    Dropped,
    FeedRow,
    Finding,
    Kept,
    Life,
    Listed,
    Mark,
    Outcome,
    Page,
    Past,
    Ping,
    Recut,
    Released,
    Rival,
    SourceEntry,
    SourceState,
    Standing,
    Subscription,
    Visited,
)
from aggregator.store.rows import entries_where, entry, prunable
from aggregator.store.save import save
from aggregator.store.schema import (
    aliases,
    answers,
    article_feeds,
    articles,
    documents,
    feeds,
    notes,
    outlines,
    sources,
)
from aggregator.store.sql import among, among_given, given, insert_missing, upsert
from aggregator.store.together import Together

# Folders that are looked for one by one: of more the names of all documents are read.
_FOLDERS = 20

# zlib's level. Of a hundred captured feeds 1 leaves 25 % in 7 ms a megabyte, 6 leaves 21 % in 22.
_SQUEEZE = 1

# How much longer than the window of duplicates the reasons are kept why articles were left out.
DROPS_KEPT = timedelta(days=90)

# And how much longer the bodies are kept of addresses that are not asked any more: sitemaps have a
# new name every day, and what is remembered besides is small.
BODIES_KEPT = timedelta(days=30)


# What is read of feeds: all of a few hundred, whenever one is written.
_ROWS = sa.select(
    *(
        feeds.c[name]
        for name in (
            *("id", "kind", "key", "name", "slug", "uri"),
            *("wanted", "written", "moved_to", "kept"),
        )
    )
)

# What is known of a source by its configuration.
_CONFIGURED = tuple(
    sources.c[name] for name in ("key", "name", "kind", "target", "recipe", "active")
)

_UNWRITTEN = sa.select(feeds.c.id).where(
    feeds.c.kind == EVERYTHING, feeds.c.wanted > feeds.c.written
)
_WRITTEN = sa.update(feeds).where(feeds.c.id == sa.bindparam("which"))

_NEXT_RELEASE = sa.select(sa.func.min(articles.c.published)).where(articles.c.state == "waiting")
_PAGE_WRITTEN = (
    sa.update(articles)
    .where(articles.c.id == sa.bindparam("which"), articles.c.page_due == sa.bindparam("wanted"))
    .values(page_due=0)
)

_REVISIONS = sa.select(aliases.c.value, aliases.c.revision).where(
    aliases.c.kind == "identity",
    aliases.c.scope == given(aliases.c.scope, "source"),
    among_given(aliases.c.value, "uids"),
)


class Batch:
    """One write transaction of one source. What it does is kept or undone as a whole.

    The stories that it touches are shown anew at its end: a file that was renamed is gone first.
    """

    def __init__(self, connection: AsyncConnection, source: int) -> None:
        self._connection = connection
        self._source = source
        self._touched: dict[int, datetime] = {}
        self._renewed: set[int] = set()

    async def settle(self) -> None:
        """Show the stories that were touched as they are told now."""
        if self._touched:
            at, renewed = max(self._touched.values()), frozenset(self._renewed)
            await turns.note_news(self._connection, self._touched, at)
            await stories.settle(self._connection, self._touched, at, renewed)

    async def ledger(
        self,
        uids: Iterable[str],
        hashes: Iterable[str],
        addresses: Iterable[str],
        keys: Iterable[str] = (),
    ) -> Ledger:
        """Return what is known of these identities, hashes, addresses and keys of articles."""
        return await read_ledger(self._connection, self._source, uids, hashes, addresses, keys)

    async def save(self, outcomes: Sequence[Outcome]) -> None:
        """Write decided articles."""
        touched, renewed = await save(self._connection, self._source, outcomes)
        self._touched |= dict.fromkeys(touched, max((o.at for o in outcomes), default=EPOCH))
        self._renewed |= renewed

    async def rivals(self, sought: Mapping[str, Sequence[int]]) -> dict[str, list[Rival]]:
        """Return articles of other sources that share a band with those sought, by their uids."""
        return await stories.find_rivals(self._connection, self._source, sought)

    async def kin(self, known: Mapping[str, str]) -> dict[str, list[Rival]]:
        """Return the stories that articles (uid -> key) belong to, they among them, by uid."""
        return await stories.find_kin(self._connection, known)

    async def past(self) -> Past:
        """Return what the source brought before."""
        return await holds.past(self._connection, self._source)

    async def documents(self) -> int:
        """Return how many documents the source had when it was visited last."""
        mine = documents.c.source_id == self._source
        query = sa.select(sa.func.count()).select_from(documents).where(mine)
        return await self._connection.scalar(query) or 0

    async def hold(self, text: str, at: datetime) -> None:
        """Note that a part of the source is held back from the feeds, and what was seen."""
        await holds.hold(self._connection, self._source, text, at)

    async def drop(self, left_out: Sequence[Drop], at: datetime) -> None:
        """Note articles that were left out, and why."""
        await lives.write_drops(self._connection, self._source, left_out, at)

    async def recut(self, recuts: Sequence[Recut], at: datetime) -> None:
        """Give articles the text that learned boilerplate was taken out of."""
        touched = await learning.write_recuts(self._connection, recuts, at)
        self._touched |= dict.fromkeys(touched, at)

    async def trim_history(self, window: int) -> None:
        """Forget what more than ``window`` articles ago was noted to learn from."""
        await learning.trim_history(self._connection, self._source, window)

    async def remember(self, states: Sequence[DocumentState]) -> None:
        """Note the validators and errors of documents."""
        await visits.write_documents(self._connection, [(self._source, one) for one in states])

    async def keep(self, kept: Sequence[Kept], at: datetime) -> None:
        """Remember what was answered at addresses of the source."""
        for one in kept:
            row = {"source_id": self._source, "name": one.name, "memory": one.memory, "seen": at}
            changed: tuple[str, ...] = ("memory", "seen")
            if one.body is not None:
                row["body"] = await asyncio.to_thread(zlib.compress, one.body, _SQUEEZE)
                changed = (*changed, "body")
            await self._connection.execute(upsert(self._connection, answers, changed), row)

    async def list_feeds(self, listed: Sequence[Listed]) -> bool:
        """Note the feeds that an OPML source lists; return whether they are others than before."""
        connection, mine = self._connection, outlines.c.source_id == self._source
        query = sa.select(outlines).where(mine).order_by(outlines.c.position)
        before = [
            Listed(url=row.url, title=row.title, categories=tuple(row.categories))
            for row in await connection.execute(query)
        ]
        if before == list(listed):
            return False
        await connection.execute(sa.delete(outlines).where(mine))
        rows = [
            {
                "source_id": self._source,
                "position": position,
                "url": one.url,
                "title": one.title,
                "categories": list(one.categories),
            }
            for position, one in enumerate(listed)
        ]
        if rows:
            await connection.execute(sa.insert(outlines), rows)
        return True

    async def gone(self, names: Sequence[str], at: datetime, *, retract: bool) -> None:
        """Forget documents that are no longer there.

        Their articles stay, for another document to take over; with ``retract``, those that no
        other document has leave the feeds.
        """
        connection = self._connection
        forgotten = among(documents.c.name, names)
        await connection.execute(
            sa.delete(documents).where(documents.c.source_id == self._source, forgotten)
        )
        lost = sa.and_(
            aliases.c.kind == "identity",
            aliases.c.scope == self._source,
            among(aliases.c.value, names),
        )
        rows = await connection.execute(sa.select(aliases.c.article_id).where(lost))
        numbers = [number for number in rows.scalars() if number is not None]
        await connection.execute(sa.update(aliases).where(lost).values(lead=False, here=False))
        touched = set(numbers)
        if retract and numbers:
            touched |= await _retract(connection, numbers)
        self._touched |= dict.fromkeys(touched, at)


class Store:
    """All that is remembered. Opened by ``open_store``; safe for concurrent use in one loop.

    Writes take turns: SQLite has one writer, and a decision must not race with another one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**connect.WRITING)
        self._turn = asyncio.Lock()
        self._visits = Together(self._write_visits, self._turn)
        self._states = Together(self._read_states, asyncio.Lock())

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
        async with self._turn, self._writing() as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction for whose turn it is."""
        try:
            async with self._writer.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise connect.explained(error) from error

    @contextlib.asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction in which all reads see the same state."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise connect.explained(error) from error

    @contextlib.asynccontextmanager
    async def batch(self, source: int) -> AsyncIterator[Batch]:
        """Open a write transaction for a source.

        Raises StoreError, StoreConflictError; then nothing is written.
        """
        async with self._write() as connection:
            batch = Batch(connection, source)
            yield batch
            await batch.settle()

    # Sources

    async def set_site(self, site: str) -> None:
        """Note the address that ids of new feeds are made from, and make the feed of everything."""
        async with self._write() as connection:
            statement = insert_missing(connection, notes)
            await connection.execute(statement, {"name": "site", "value": site})
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
            rows = (await connection.execute(sa.select(sources.c.id, *_CONFIGURED))).all()
            by_key = {row.key: row for row in rows}
            keys = {source.key for source in configured}
            by_name = {row.name: row for row in rows if row.key not in keys}
            kept = set()
            for source in configured:
                row = by_key.get(source.key) or by_name.get(source.name)
                kept.add(await _set_source(connection, source, row))
            gone = [row.id for row in rows if row.id not in kept and row.active]
            if gone:
                await _retire(connection, gone)

    async def source_state(self, key: str, only: frozenset[str] | None = None) -> SourceState:
        """Return what a scan of the source must know; ``only``: of just these documents.

        Raises StoreError for an unknown key.
        """
        if only is None:
            state = await self._states(key)
        else:
            async with self._read() as connection:
                state = (await visits.read_states(connection, (key,), only)).get(key)
        if state is None:
            raise StoreError(f"the store knows no source {key!r}")
        return state

    async def _read_states(self, keys: Sequence[str]) -> list[SourceState | None]:
        async with self._read() as connection:
            states = await visits.read_states(connection, keys)
        return [states.get(key) for key in keys]

    async def seen_in(self, source: int, folders: Collection[str]) -> dict[str, str]:
        """Return the documents of a source in some folders, and perhaps others.

        Document name -> validators.
        """
        if not folders:
            return {}
        query = sa.select(documents.c.name, documents.c.validators)
        query = query.where(documents.c.source_id == source)
        if "" not in folders and len(folders) <= _FOLDERS:
            inside = (documents.c.name.startswith(f"{one}/", autoescape=True) for one in folders)
            query = query.where(sa.or_(*inside))
        async with self._read() as connection:
            return {one.name: one.validators for one in await connection.execute(query)}

    async def answered(self, source: int, name: str) -> bytes | None:
        """Return what an address of a source held when it was asked last, if that was kept."""
        query = sa.select(answers.c.body).where(
            answers.c.source_id == source, answers.c.name == name
        )
        async with self._read() as connection:
            body = await connection.scalar(query)
        return None if body is None else await asyncio.to_thread(zlib.decompress, body)

    async def revisions(self, source: int, uids: Iterable[str]) -> dict[str, str]:
        """Return what identities of a source showed last, as far as they are known."""
        asked = {"source": source, "uids": list(uids)}
        async with self._read() as connection:
            rows = await connection.execute(_REVISIONS, asked)
            return {row.value: row.revision for row in rows}

    async def history(self, source: int, window: int) -> list[tuple[str, ...]]:
        """Return the blocks of a source's newest articles, oldest first."""
        async with self._read() as connection:
            return await learning.read_history(connection, source, window)

    async def holding(self, source: int, keys: frozenset[str]) -> list[Entry]:
        """Return those of a source's newest articles that hold any of these blocks."""
        async with self._read() as connection:
            found = await learning.holding(connection, source, keys)
            query = entries_where(among(articles.c.key, found))
            rows = (await connection.execute(query.order_by(articles.c.id))).all()
            return [entry(row, [], (), row) for row in rows]

    # The life of an article

    async def lives(
        self, name: str, addresses: Sequence[str], uid: tuple[str, str] | None
    ) -> list[Life]:
        """Return all that is known of the articles that go by a name; see ``lives.find``."""
        async with self._read() as connection:
            numbers = await lives.find(connection, name, addresses, uid)
            query = entries_where(among(articles.c.id, numbers))
            rows = (await connection.execute(query.order_by(articles.c.id))).all()
            entries = await reading.entries_of(connection, rows)
            return [
                await _life(connection, row, one) for row, one in zip(rows, entries, strict=True)
            ]

    async def drops(self, name: str, uid: tuple[str, str] | None) -> list[Dropped]:
        """Return the articles that were left out and go by a name."""
        async with self._read() as connection:
            return await lives.find_drops(connection, name, uid)

    async def split(self, key: str, at: datetime) -> None:
        """Show an article by itself again that is a copy of another. Raises StoreError."""
        async with self._write() as connection:
            row = await _bound(connection, key)
            if row.bond not in ("merged", "marked"):
                raise StoreError(f"{row.entry_id} is shown by itself already")
            touched = await stories.part(connection, row.id, "split")
            await stories.settle(connection, touched, at)
            await lives.write_event(connection, row.id, at, "split", {"lead": row.lead})

    async def join(self, key: str, lead: str, at: datetime) -> None:
        """Show an article as a copy of another one. Raises StoreError.

        ``lead`` is the key of that one, "" for the one that it was split from.
        """
        async with self._write() as connection:
            row = await _bound(connection, key)
            into = await _bound(connection, lead or row.lead or "")
            _check_join(row, into)
            touched = await stories.join(connection, row.id, into.id)
            await stories.settle(connection, touched, at)
            await lives.write_event(connection, row.id, at, "joined", {"lead": into.key})

    async def visited(self, source: int, visit: Visited) -> None:
        """Note how a visit ended, how the source is, and when it is due again.

        With it what it found that is no news. Visits that end while another transaction is under
        way are noted in one: of a thousand feeds without news each cost two of its own.
        """
        await self._visits((source, visit))

    async def _write_visits(self, ended: Sequence[visits.Ended]) -> list[None]:
        async with self._writing() as connection:
            await visits.write_visits(connection, ended)
        return [None] * len(ended)

    async def let_through(self, names: Sequence[str], at: datetime) -> list[Released]:
        """Let through what is held of configured sources. Raises StoreError for an unknown one."""
        async with self._write() as connection:
            return [await holds.let_through(connection, name, at) for name in names]

    async def planned(self) -> dict[str, datetime | None]:
        """Return when each source is due, by its key; None for those that are gone for good.

        One is due since its hub delivered what was not read before the program ended.
        """
        known = sa.or_(sources.c.next_scan.is_not(None), sources.c.health == "gone")
        query = sa.select(sources.c.key, hubs.DUE.label("due")).where(sources.c.active, known)
        async with self._read() as connection:
            rows = await connection.execute(hubs.with_any(query))
            return {row.key: row.due for row in rows}

    async def listed(self) -> dict[str, list[Listed]]:
        """Return the feeds that OPML sources list, by the keys of those."""
        query = (
            sa.select(sources.c.key, outlines)
            .join(sources, sources.c.id == outlines.c.source_id)
            .order_by(outlines.c.source_id, outlines.c.position)
        )
        found: dict[str, list[Listed]] = {}
        async with self._read() as connection:
            for row in await connection.execute(query):
                one = Listed(url=row.url, title=row.title, categories=tuple(row.categories))
                found.setdefault(row.key, []).append(one)
        return found

    async def glance(self) -> Glance:
        """Return how everything is."""
        async with self._read() as connection:
            return await connection.run_sync(lambda inside: glance.glance(inside.exec_driver_sql))

    async def counts(self) -> Counts:
        """Return how everything is in numbers."""
        async with self._read() as connection:
            return await connection.run_sync(lambda inside: glance.counts(inside.exec_driver_sql))

    async def troubles(self) -> list[SourceStatus]:
        """Return the configured sources that are not well, without their counts."""
        async with self._read() as connection:
            return await connection.run_sync(lambda inside: glance.troubled(inside.exec_driver_sql))

    async def source_statuses(self) -> list[SourceStatus]:
        """Return the health of every configured source, by name."""
        async with self._read() as connection:
            return await connection.run_sync(
                lambda inside: glance.source_statuses(inside.exec_driver_sql)
            )

    # Hubs

    async def standings(self, keys: Iterable[str], now: datetime) -> list[Standing]:
        """Return how these sources stand with their hubs, and all whose hub is to be asked."""
        async with self._read() as connection:
            return await hubs.standings(connection, keys, now)

    async def standing(self, token: str) -> Standing | None:
        """Return how the source stands with its hub whose address for it ends with a token."""
        async with self._read() as connection:
            return await hubs.standing(connection, token)

    async def subscribe(self, source: int, subscription: Subscription) -> None:
        """Note what a source is about to ask of a hub, in place of what there was."""
        async with self._write() as connection:
            await hubs.write(connection, source, subscription)

    async def resubscribe(self, token: str, **changes: Any) -> None:
        """Note what became of a subscription: the fields that changed."""
        async with self._write() as connection:
            await hubs.change(connection, token, changes)

    async def unsubscribe(self, token: str) -> None:
        """Forget a subscription."""
        async with self._write() as connection:
            await hubs.forget(connection, token)

    # Feeds

    async def note(self, name: str) -> str:
        """Return a note on the store as a whole, or ""."""
        async with self._read() as connection:
            found = await connection.scalar(sa.select(notes.c.value).where(notes.c.name == name))
            return found or ""

    async def set_note(self, name: str, value: str) -> None:
        """Keep a note on the store as a whole."""
        async with self._write() as connection:
            statement = upsert(connection, notes, ("value",))
            await connection.execute(statement, {"name": name, "value": value})

    async def feed_rows(self) -> list[FeedRow]:
        """Return every feed that has an address."""
        async with self._read() as connection:
            rows = await connection.execute(_ROWS)
            # Sorted here: databases differ in what comes first.
            return [
                FeedRow(
                    id=row.id,
                    kind=row.kind,
                    key=row.key,
                    name=row.name,
                    slug=row.slug,
                    uri=row.uri,
                    wanted=row.wanted,
                    written=row.written,
                    moved_to=row.moved_to,
                    kept=row.kept,
                )
                for row in sorted(rows, key=lambda row: row.slug)
            ]

    async def feed_statuses(self) -> list[FeedStatus]:
        """Return every feed that was written or could not be, everything first, then by name.

        Those that moved are where they went.
        """
        async with self._read() as connection:
            return await connection.run_sync(
                lambda inside: glance.feed_statuses(inside.exec_driver_sql)
            )

    async def stale(self) -> bool:
        """Tell whether any feed is to be written: whenever one is, that of everything is, too."""
        async with self._read() as connection:
            return await connection.scalar(_UNWRITTEN) is not None

    async def make_custom_feed(self, name: str, slug: str) -> None:
        """Give a custom feed its address, unless it has one."""
        async with self._write() as connection:
            known = await connection.scalar(
                sa.select(feeds.c.id).where(feeds.c.kind == "custom", feeds.c.key == fold(name))
            )
            if known is None:
                await make_feed(connection, "custom", name, slug)

    async def make_source_feeds(self, slugs: Mapping[str, str]) -> None:
        """Give configured sources (name -> slug) feeds of their own, unless they have them.

        An address stays when its source is renamed, or the target of that edited.
        """
        async with self._write() as connection:
            await make_source_feeds(connection, slugs)

    async def source_names(self) -> dict[int, str]:
        """Return the names of all sources by their numbers, also of those that are gone."""
        async with self._read() as connection:
            rows = await connection.execute(sa.select(sources.c.id, sources.c.name))
            return {row.id: row.name for row in rows}

    async def rename_category(self, old: str, new: str, slug: str) -> None:
        """Move the articles of one category into another.

        The old one keeps its address for ever, from which its readers are to go to the new one.
        """
        async with self._write() as connection:
            rows = await connection.execute(
                sa.select(feeds.c.id, feeds.c.key).where(
                    feeds.c.kind == "category", feeds.c.key.in_([fold(old), fold(new)])
                )
            )
            known = {key: number for number, key in rows}
            source = known.get(fold(old))
            if source is None or fold(old) == fold(new):
                return
            target = known.get(fold(new))
            target = target or await make_feed(connection, "category", new, slug)
            held = article_feeds.c.feed_id == source
            theirs = sa.select(article_feeds.c.article_id).where(held)
            if numbers := (await connection.execute(theirs)).scalars().all():
                await _move_articles(connection, source, target)
                await turns.note_changes(connection, numbers)
            await move_feed(connection, source, target)

    async def want_feeds(self, numbers: Iterable[int]) -> None:
        """Mark feeds to be written again."""
        async with self._write() as connection:
            await mark_feeds(connection, numbers)

    async def want_pages(self) -> None:
        """Mark the pages of all articles without an address to be written again."""
        async with self._write() as connection:
            await connection.execute(
                sa.update(articles)
                .where(articles.c.url.is_(None))
                .values(page_due=articles.c.page_due + 1)
            )

    async def entries(
        self, feed: FeedRow, limit: int, choice: Choice | None = None, quota: int | None = None
    ) -> list[Entry]:
        """Return the newest live entries of a feed; see ``entries_of_feeds``."""
        (found,) = await self.entries_of_feeds([Asked(feed, limit, choice, quota)])
        return found

    async def entries_of_feeds(self, asked: Sequence[Asked]) -> list[list[Entry]]:
        """Return the newest live entries of feeds, with their texts as far as readers see them."""
        async with self._read() as connection:
            return await reading.of_feeds(connection, asked)

    # What custom feeds hold

    async def follow(self, wanted: Mapping[str, str]) -> None:
        """Follow the changes of articles for these purposes alone; see ``findings.follow``."""
        async with self._write() as connection:
            await findings.follow(connection, wanted)

    async def marks(self) -> dict[str, tuple[str, Mark]]:
        """Return what the changes are followed for: digests of what is asked, and how far."""
        async with self._read() as connection:
            return await turns.read_marks(connection)

    async def changed_since(
        self, mark: Mark, until: Mark | None, limit: int
    ) -> list[tuple[Mark, Entry]]:
        """Return articles that changed after a mark, each with its own, in their order."""
        async with self._read() as connection:
            rows = await connection.execute(turns.changed_since(mark, until, limit))
            marks = [Mark(row.turn, row.article_id) for row in rows]
            found = await reading.in_order(connection, [one.article for one in marks])
            entries = await reading.entries_of(connection, found)
            return list(zip(marks, entries, strict=True))

    async def found(self, found: Sequence[Finding], digests: Mapping[str, str], mark: Mark) -> None:
        """Write what was found out about articles up to a mark, for these purposes."""
        async with self._write() as connection:
            await findings.write_findings(connection, found)
            await turns.write_marks(connection, digests, mark)

    async def count(self, choice: Choice) -> int:
        """Return how many articles a choice has, the newest hundred thousand at most."""
        async with self._read() as connection:
            found = chosen(choice, 100_000).subquery()
            query = sa.select(sa.func.count()).select_from(found)
            return int((await connection.execute(query)).scalar_one())

    async def close_periods(self, ends: datetime) -> None:
        """Let nothing appear before a time any more."""
        async with self._write() as connection:
            await digests.close_periods(connection, ends)

    async def digested(self, feed: int) -> tuple[datetime, str] | None:
        """Return when the last period of a feed ended and its label, or None."""
        async with self._read() as connection:
            return await digests.digested(connection, feed)

    async def add_digest(self, feed: int, digest: Digest) -> None:
        """Note that a period of a feed is over, with what was in it."""
        async with self._write() as connection:
            await digests.add_digest(connection, feed, digest)

    async def digests(self, feed: int, limit: int) -> Sequence[Digest]:
        """Return the newest digests of a feed, newest first."""
        async with self._read() as connection:
            return await digests.read_digests(connection, feed, limit)

    async def written(self, shown: Sequence[tuple[FeedRow, Sequence[Entry]]]) -> None:
        """Note that the files of feeds show what was wanted when the rows were read."""
        if not shown:
            return
        rows = [
            {
                "which": feed.id,
                "written": feed.wanted,
                "entries": len(entries),
                "newest": max((e.updated for e in entries), default=None),
                "fault": "",
                "fault_since": None,
            }
            for feed, entries in shown
        ]
        async with self._write() as connection:
            await connection.execute(_WRITTEN, rows)

    async def not_wanted(self, rows: Sequence[FeedRow]) -> None:
        """Note that there is nothing to write for feeds, as far as the rows know."""
        for row in rows:
            same = sa.and_(feeds.c.id == row.id, feeds.c.wanted == row.wanted)
            async with self._write() as connection:
                await connection.execute(
                    sa.update(feeds).where(same).values(wanted=feeds.c.written)
                )

    async def file(
        self, rows: Sequence[FeedRow], choices: Mapping[int, tuple[Choice, int]]
    ) -> None:
        """Append to the archives of feeds, and to that of everything, what is new there.

        ``choices``: what custom feeds show, by their numbers, with how many entries.
        """
        async with self._write() as connection:
            await archive.file_articles(connection, rows, choices)

    async def archives(self, numbers: Sequence[int]) -> dict[int, Archive]:
        """Return how far the archives of feeds are, by the numbers of those."""
        async with self._read() as connection:
            return await archive.read_archives(connection, numbers)

    async def archived(self, pages: Sequence[tuple[int, int]]) -> list[list[Entry]]:
        """Return the live entries on pages (feed, page) of archives, the last that came first."""
        async with self._read() as connection:
            return await reading.of_archives(connection, pages)

    async def pages_kept(self, kept: Sequence[tuple[int, int, Sequence[int]]]) -> None:
        """Note that pages of archives (feed, position, pages) are on disk, and all up to there."""
        if not kept:
            return
        async with self._write() as connection:
            await archive.pages_kept(connection, kept)

    async def want_archived(self, pages: Sequence[tuple[int, int]]) -> None:
        """Mark pages (feed, page) of archives to be written again."""
        async with self._write() as connection:
            await archive.want_pages(connection, pages)

    async def expect_pings(self, topics: Sequence[str]) -> None:
        """Note the addresses of feeds that are about to be written, for the hub."""
        async with self._write() as connection:
            await pings.expect(connection, topics)

    async def settle_pings(self, changed: Sequence[str], same: Sequence[str]) -> None:
        """Have the hub told of the feeds that changed, and not of those that did not."""
        async with self._write() as connection:
            await pings.settle(connection, changed, same)

    async def resume_pings(self) -> None:
        """Have the hub told of what was being written when the program ended."""
        async with self._write() as connection:
            await pings.resume(connection)

    async def forget_pings(self, forgotten: Sequence[Ping] | None = None) -> None:
        """Forget what the hub was to be told, all of it if nothing is named."""
        topics = None if forgotten is None else [ping.topic for ping in forgotten]
        async with self._write() as connection:
            await pings.forget(connection, topics)

    async def pings_due(self, now: datetime) -> list[Ping]:
        """Return what the hub is to be told by now."""
        async with self._read() as connection:
            return await pings.due(connection, now)

    async def pings_waiting(self) -> tuple[int, datetime | None]:
        """Return of how many documents the hub is to be told, and when the next time is."""
        async with self._read() as connection:
            return await pings.waiting(connection)

    async def pinged(self, ping: Ping) -> None:
        """Note that the hub was told."""
        async with self._write() as connection:
            await pings.told(connection, ping)

    async def put_pings_off(self, later: Sequence[Ping], until: datetime) -> None:
        """Have the hub told later."""
        async with self._write() as connection:
            await pings.put_off(connection, [ping.topic for ping in later], until)

    async def faulty(self, said: Mapping[int, str], at: datetime) -> None:
        """Note what is wrong with feeds, by their numbers, until they are written."""
        since = _kept_since(feeds.c.fault != "", feeds.c.fault_since, at)
        statement = sa.update(feeds).where(feeds.c.id == sa.bindparam("which"))
        noted = statement.values(fault=sa.bindparam("said"), fault_since=since)
        async with self._write() as connection:
            rows = [{"which": number, "said": text} for number, text in said.items()]
            await connection.execute(noted, rows)

    async def release(self, now: datetime) -> datetime | None:
        """Let the articles out whose date has come; return when the next one is due."""
        due = await self._next_release()
        if due is None or due > now:
            return due
        come = sa.and_(articles.c.state == "waiting", articles.c.published <= now)
        async with self._write() as connection:
            rows = await connection.execute(sa.select(articles.c.id).where(come))
            await holds.let_out(connection, list(rows.scalars()))
        return await self._next_release()

    async def _next_release(self) -> datetime | None:
        async with self._read() as connection:
            due: datetime | None = await connection.scalar(_NEXT_RELEASE)
            return due

    async def due_pages(self, limit: int, after: int = 0) -> list[Page]:
        """Return pages to write or take away, in the order of their numbers from ``after`` on."""
        async with self._read() as connection:
            return await reading.due_pages(connection, limit, after)

    async def pages_written(self, pages: Sequence[Page]) -> None:
        """Note that pages are as they should be, unless the article changed meanwhile."""
        if not pages:
            return
        rows = [{"which": page.number, "wanted": page.wanted} for page in pages]
        async with self._write() as connection:
            await connection.execute(_PAGE_WRITTEN, rows)

    async def prune(
        self, before: datetime, keep: int, shown: Sequence[tuple[Choice, int]] = ()
    ) -> int:
        """Delete articles published before a time, except each feed's newest ``keep``.

        ``shown``: what custom feeds show, with how many entries; that stays too. Their aliases stay
        as tombstones. Returns how many went.
        """
        async with self._write() as connection:
            spared: set[int] = set()
            for choice, limit in shown:
                spared |= set((await connection.execute(chosen(choice, limit))).scalars())
            rows = await connection.execute(prunable(before, keep))
            numbers = [number for number in rows.scalars() if number not in spared]
            if not numbers:
                return 0
            theirs = among(articles.c.id, numbers)
            found = stories.with_copies(numbers)
            story = sa.case(
                (articles.c.title_key != "", articles.c.title_key), else_=articles.c.text_key
            )
            mine = articles.c.id == aliases.c.article_id
            await connection.execute(
                sa.update(aliases)
                .where(aliases.c.kind == "address")
                .where(found)
                .values(revision=sa.select(story).where(mine).scalar_subquery())
            )
            touched = await stories.forget_leads(connection, numbers)
            await connection.execute(sa.delete(articles).where(theirs))
            await stories.settle(connection, touched, before)
            return len(numbers)

    async def tidy(self, before: datetime) -> None:
        """Forget what only served to recognise or explain articles, and is older than that."""
        async with self._write() as connection:
            await stories.forget_bands(connection, before)
            await lives.trim_events(connection)
            await lives.forget_drops(connection, before - DROPS_KEPT)
            idle = sa.and_(answers.c.seen < before - BODIES_KEPT, answers.c.body.is_not(None))
            await connection.execute(sa.update(answers).where(idle).values(body=None))


@contextlib.asynccontextmanager
async def open_store(store: str, root: Path) -> AsyncIterator[Store]:
    """Open the store at a ``store`` setting, its tables brought up to date. Raises StoreError."""
    opened = Store(await connect.connect(connect.address(store, root)))
    try:
        yield opened
    finally:
        await opened.close()


def _kept_since(same: Any, since: Any, at: datetime) -> Any:
    """Return since when something is so: as before if it is the ``same``, else ``at``."""
    return sa.func.coalesce(sa.case((same, since), else_=None), sa.literal(at, since.type))


async def _set_source(
    connection: AsyncConnection, source: SourceEntry, row: sa.Row[Any] | None
) -> int:
    given = (source.key, source.name, source.kind, source.target, source.recipe, True)
    if row is not None and tuple(row)[1:] == given:
        return int(row.id)
    values = dict(zip((column.name for column in _CONFIGURED), given, strict=True))
    if row is None:
        done = await connection.execute(sa.insert(sources).values(values).returning(sources.c.id))
        return int(done.scalar_one())
    await connection.execute(sa.update(sources).where(sources.c.id == row.id).values(values))
    if row.name != source.name:
        theirs = sa.select(articles.c.id).where(articles.c.source_id == row.id)
        shown = sa.select(article_feeds.c.feed_id).where(article_feeds.c.article_id.in_(theirs))
        await mark_feeds(connection, (await connection.execute(shown.distinct())).scalars())
        numbers = (await connection.execute(theirs)).scalars().all()
        await turns.note_changes(connection, numbers)
        identities = sa.and_(aliases.c.kind == "identity", aliases.c.scope == row.id)
        await _retell(connection, identities)
    if (row.recipe, row.key, row.active) != (source.recipe, source.key, True):
        await connection.execute(
            sa.update(documents).where(documents.c.source_id == row.id).values(validators="")
        )
        afresh: dict[str, Any] = {"next_scan": None, "health": "", "failures": 0}
        # What a server asked for holds, whatever is done with its articles.
        afresh |= {} if row.key == source.key else {"wait_until": None}
        await connection.execute(sa.update(sources).where(sources.c.id == row.id).values(afresh))
    return int(row.id)


async def _retire(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    """Note that sources stand for their articles no longer."""
    await connection.execute(sa.delete(answers).where(among(answers.c.source_id, numbers)))
    await connection.execute(
        sa.update(sources).where(among(sources.c.id, numbers)).values(active=False)
    )
    theirs = sa.and_(aliases.c.kind == "identity", among(aliases.c.scope, numbers))
    await connection.execute(sa.update(aliases).where(theirs).values(lead=False, here=False))
    await _retell(connection, theirs)


async def _retell(connection: AsyncConnection, theirs: Any) -> None:
    """Show stories anew that some identities belong to: others name those who tell them."""
    told = sa.select(aliases.c.article_id).join(articles, articles.c.id == aliases.c.article_id)
    rows = await connection.execute(told.where(theirs, articles.c.copies > 0).distinct())
    await stories.settle(connection, rows.scalars().all(), EPOCH)


async def _retract(connection: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Take articles out of the feeds, except those that another document has, or a merged copy.

    Returns all that this touched.
    """
    retracted = await _alone(connection, numbers)
    # What was kept for the sake of a copy goes with the last one.
    lead = sa.select(articles.c.lead_id).where(
        among(articles.c.id, retracted), articles.c.bond == "merged"
    )
    await _take_out(connection, retracted)
    leads = await _alone(connection, list((await connection.execute(lead)).scalars()))
    await _take_out(connection, leads)
    # A copy that was merged with what is gone brings that back; what is only like it goes on.
    marked = sa.select(articles.c.lead_id).where(
        among(articles.c.lead_id, {*retracted, *leads}), articles.c.bond == "marked"
    )
    parted = list((await connection.execute(marked.distinct())).scalars())
    return {*retracted, *leads} | await stories.succeed(connection, parted)


async def _alone(connection: AsyncConnection, numbers: Sequence[int]) -> list[int]:
    """Return those of some articles that no document stands for, nor one that tells the same."""
    others = sa.exists().where(
        aliases.c.article_id == articles.c.id, aliases.c.kind == "identity", aliases.c.here
    )
    copy = articles.alias("copy")
    told = sa.exists().where(copy.c.lead_id == articles.c.id, copy.c.state == "merged")
    alone = sa.and_(among(articles.c.id, numbers), ~others, ~told)
    return list((await connection.execute(sa.select(articles.c.id).where(alone))).scalars())


async def _take_out(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    if not numbers:
        return
    paged = sa.case((articles.c.url.is_(None), 1), else_=0)
    await connection.execute(
        sa.update(articles)
        .where(among(articles.c.id, numbers))
        .values(state="retracted", page_due=articles.c.page_due + paged)
    )
    await archive.take_out(connection, numbers)
    await mark_feeds(connection, await feeds_of(connection, numbers))


async def _move_articles(connection: AsyncConnection, source: int, target: int) -> None:
    there = sa.select(article_feeds.c.article_id).where(article_feeds.c.feed_id == target)
    mine = article_feeds.c.feed_id == source
    await connection.execute(
        sa.delete(article_feeds).where(mine, article_feeds.c.article_id.in_(there))
    )
    moved = sa.update(article_feeds).where(mine).values(feed_id=target, filed=False)
    await connection.execute(moved)
    await mark_feeds(connection, [source, target])


_lead = articles.alias("lead")


async def _bound(connection: AsyncConnection, key: str) -> Any:
    query = sa.select(
        *(articles.c[name] for name in ("id", "key", "entry_id", "bond", "state")),
        _lead.c.key.label("lead"),
    ).outerjoin(_lead, _lead.c.id == articles.c.lead_id)
    row = (await connection.execute(query.where(articles.c.key == key))).one_or_none()
    if row is None:
        raise StoreError("it was not split from another article; name the one to merge it with")
    return row


def _check_join(row: Any, into: Any) -> None:
    if row.bond == "merged":
        raise StoreError(f"{row.entry_id} is a copy of another article already; split it first")
    if row.id == into.id:
        raise StoreError(f"{row.entry_id} cannot be merged with itself")
    if into.state != "live" or row.state != "live":
        raise StoreError(f"{into.entry_id} and {row.entry_id} must both be shown to be merged")


async def _life(connection: AsyncConnection, row: sa.Row[Any], one: Entry) -> Life:
    names = (
        sa.select(feeds.c.name)
        .join(article_feeds, article_feeds.c.feed_id == feeds.c.id)
        .where(article_feeds.c.article_id == row.id)
        .order_by(article_feeds.c.position, feeds.c.id)
    )
    lead = sa.select(articles.c.entry_id).where(articles.c.id == row.lead_id)
    return Life(
        entry=one,
        state=row.state,
        bond=row.bond,
        lead=(await connection.scalar(lead) or "") if row.lead_id else "",
        feeds=tuple((await connection.execute(names)).scalars()) if row.state == "live" else (),
        events=await lives.events_of(connection, row.id),
    )
