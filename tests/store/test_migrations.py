"""The migrations make the tables of the schema, and nothing is lost on the way."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from store_samples import bring, opened, story, titles

from aggregator.errors import StoreError
from aggregator.store import open_store
from aggregator.store.schema import metadata


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
