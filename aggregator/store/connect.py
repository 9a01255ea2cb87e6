"""Opening a database: its address, its settings, its migrations, its lock."""

import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from aggregator.errors import StoreBusyError, StoreError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}

# "aggregato", as the number of the advisory lock that a PostgreSQL store is held by.
_LOCK = 0x6167_6772_6567

# FULL, because a batch is one commit: measured, the fsync is lost in the noise of a batch, and
# what was published survives a power cut. 64 MB of page cache hold the hot part of the indexes.
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
)


def address(store: str, root: Path) -> URL:
    """Return the database URL of the ``store`` setting; a SQLite path starts at ``root``.

    Raises StoreError for an address that is none, or of a database that is not supported.
    """
    try:
        url = make_url(store)
    except sa.exc.ArgumentError as error:
        raise StoreError(f"{store!r} is no database address: sqlite:///PATH") from error
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise StoreError(f"{store!r}: sqlite:///PATH and postgresql://… are supported")
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise StoreError(f"{store!r} names no file: sqlite:///data/aggregator.db")
        url = url.set(database=str(root / url.database))
    return url.set(drivername=driver)


async def connect(url: URL) -> AsyncEngine:
    """Open the database and bring its tables up to date. Raises StoreError."""
    try:
        if url.database and url.get_backend_name() == "sqlite":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url)
    except (OSError, ImportError) as error:
        raise StoreError(f"{url.render_as_string()}: {error}") from error
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        await engine.dispose()
        raise StoreError(f"{url.render_as_string()}: {error}") from error
    return engine


@contextlib.asynccontextmanager
async def held(engine: AsyncEngine) -> AsyncIterator[None]:
    """Hold the store for this process alone. Raises StoreBusyError when another process does."""
    if engine.dialect.name == "sqlite":
        with _held_file(Path(f"{engine.url.database}.lock")):
            yield
    else:
        async with engine.connect() as connection:
            if not await _held_advisory(connection):
                raise StoreBusyError(f"another process works on {engine.url.render_as_string()}")
            yield


@contextlib.contextmanager
def _held_file(path: Path) -> Any:
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise StoreBusyError(
                f"process {file.read().strip() or '?'} already works on "
                f"{path.with_suffix('')}; stop it first, or use another store"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


async def _held_advisory(connection: AsyncConnection) -> bool:
    return bool(await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _migrate(connection: sa.Connection) -> None:
    # Imported here: a command that finds the tables up to date still pays 0.1 s for it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    folder = resources.files("aggregator.store") / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
