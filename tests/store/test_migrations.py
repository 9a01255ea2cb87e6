"""The migrations make the tables of the schema, and nothing is lost on the way."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine
from store_samples import bring, opened, shown, story, titles

from aggregator.article import Enclosure
from aggregator.errors import StoreError
from aggregator.store import open_store
from aggregator.store.connect import address, alembic_config
from aggregator.store.schema import metadata

# Before a file could be an episode.
OLD_FILES = """[
  {"url": "/a.mp3", "media_type": "audio/mpeg", "length": 5, "title": "A", "duration": 7}
]"""


def test_migrations_make_the_schema(store_url: str) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        # In SQLite Alembic takes an empty default for none.
        defaults = connection.dialect.name == "postgresql"
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": defaults}
        )
        return list(compare_metadata(context, metadata))

    async def work() -> None:
        async with opened(store_url) as store, store._engine.connect() as connection:
            assert await connection.run_sync(differences) == []

    asyncio.run(work())


def test_nothing_is_lost_when_the_tables_of_the_first_release_are_brought_up_to_date(
    store_url: str,
) -> None:
    """Rows as the first release wrote them: every table, every reference between them."""
    rows = (
        "INSERT INTO notes VALUES ('site', 'https://feeds.example.org/')",
        "INSERT INTO sources (id, key, name, kind, target, recipe, active, scans) VALUES"
        " (1, 'directory:inbox', 'Inbox', 'directory', 'inbox', '1', true, 3)",
        "INSERT INTO documents VALUES (1, '1.md', 'v', '')",
        "INSERT INTO articles (id, key, entry_id, source_id, uid, content_hash, title, authors,"
        " enclosures, problems, published, updated, state) VALUES"
        " (7, 'k', 'urn:uuid:1', 1, '1.md', 'h', 'Old', '[]', "
        f"'{OLD_FILES}', '[]', 5, 5, 'live')",
        "INSERT INTO aliases VALUES ('identity', 1, '1.md', 7, 'r', true, true, 0, 0)",
        "INSERT INTO feeds VALUES (1, 'everything', '', '', '', 'urn:f', 1, 1, 1, 5)",
        "INSERT INTO feeds VALUES (2, 'category', 'news', 'News', 'news', 'urn:n', 1, 1, 1, 5)",
        "INSERT INTO article_feeds VALUES (7, 2, 0, 5)",
    )

    def at_first(connection: sa.Connection) -> None:
        config = alembic_config(connection)
        command.upgrade(config, "0001")
        for row in rows:
            connection.exec_driver_sql(row)

    async def work() -> None:
        url = address(store_url, Path("/"))
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(at_first)
        await engine.dispose()
        async with open_store(store_url, Path("/")) as store:
            assert await titles(store, "news") == await titles(store) == ["Old"]
            (entry,) = await shown(store)
            assert entry.article.enclosures == (
                Enclosure(url="/a.mp3", media_type="audio/mpeg", length=5, title="A", duration=7),
            )
            state = await store.source_state("directory:inbox")
            assert (state.scans, state.seen) == (3, {"1.md": "v"})
            async with store.batch(1) as batch:
                known = await batch.ledger(["1.md"], [], [])
            assert known.identities["1.md"].key == "k"
            assert known.owners["k"].plain_hash == "h"

    asyncio.run(work())


def test_opening_twice_at_once_makes_the_tables_once(store_url: str) -> None:
    async def one(number: int) -> None:
        async with open_store(store_url, Path("/")) as store:
            await store.set_note(f"n{number}", "x")

    async def work() -> None:
        await asyncio.gather(*(one(n) for n in range(4)))
        async with opened(store_url) as store:
            assert [await store.note(f"n{n}") for n in range(4)] == ["x"] * 4

    asyncio.run(work())


def test_a_store_of_a_newer_version_is_left_alone(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1))
            async with store._write() as connection:
                await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreError, match="newer version"):
            async with open_store(store_url, Path("/")):
                pass

    asyncio.run(work())


def test_a_store_that_is_up_to_date_is_not_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"

    async def work() -> list[str]:
        async with opened(url) as store:
            await bring(store, story(1))
            return await titles(store)

    async def look() -> None:
        async with open_store(url, Path("/")):
            pass

    assert asyncio.run(work()) == ["Story 1"]
    before = (tmp_path / "store.db").read_bytes()
    asyncio.run(look())
    assert (tmp_path / "store.db").read_bytes() == before
