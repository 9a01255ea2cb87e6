"""Opening a database: its address, its settings, its migrations, its lock."""

import asyncio
import contextlib
import fcntl
import functools
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from aggregator.errors import StoreBusyError, StoreConflictError, StoreError
from aggregator.store.glance import BUSY, MIGRATIONS, newest_revision

if TYPE_CHECKING:
    from alembic.config import Config

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}

# "aggregato", as the number of the advisory lock that a PostgreSQL store is held by.
_LOCK = 0x6167_6772_6567

# Seconds between two tries where SQLite does not wait for a lock by itself.
_AGAIN = 0.05

# FULL, because a batch is one commit: measured, the fsync is lost in the noise of a batch, and
# what was published survives a power cut. 8 MB of page cache for each connection; behind it is
# the cache of the system, and with 4 or 16 MB 10,000 articles took as long. Pages of 8 kB in a new
# file, and 32 MB of log before they are copied there: measured, the commits of 10,000 articles take
# 0.56 s of the processor and not 0.82.
_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY}",
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=WAL",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-8192",
    "PRAGMA temp_store=MEMORY",
)


# One writes at a time, and one may be what the store is held by; the others read. The one that was
# used last is used first, and what it has in its cache.
_POOL: dict[str, Any] = {"pool_size": 4, "max_overflow": 0, "pool_use_lifo": True}

# The option of a connection that is going to write: SQLite takes its lock at once then. A reader
# that becomes a writer might find that another one was quicker, and could only give up.
WRITING = {"aggregator_writing": True}

# What PostgreSQL calls a deadlock, and transactions that cannot have come one after the other.
_TRY_AGAIN = {"40P01", "40001"}


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
        engine = _engine(url)
    except (OSError, ImportError) as error:
        raise StoreError(f"{url.render_as_string()}: {error}") from error
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
        sa.event.listen(engine.sync_engine, "invalidate", _give_up_sqlite)
    try:
        await _bring_up_to_date(engine)
    except (sa.exc.SQLAlchemyError, OSError, StoreError) as error:
        await engine.dispose()
        raise StoreError(f"{url.render_as_string()}: {error}") from error
    return engine


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, **_POOL)
    # Imported here: PostgreSQL has no use for it.
    from aggregator.store.sqlite import one_trip  # noqa: PLC0415

    opened = functools.partial(one_trip, str(url.database))
    return create_async_engine(url, async_creator=opened, **_POOL)


async def _bring_up_to_date(engine: AsyncEngine) -> None:
    until = time.monotonic() + BUSY / 1000
    while True:
        try:
            async with engine.execution_options(**WRITING).begin() as connection:
                await connection.run_sync(_migrate)
        except sa.exc.OperationalError as error:
            # To switch a new file to WAL SQLite does not wait for who is doing the same.
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            await asyncio.sleep(_AGAIN)
        else:
            return


def explained(error: sa.exc.SQLAlchemyError) -> StoreError:
    """Return what to raise for an error of the database."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, sa.exc.IntegrityError) or state in _TRY_AGAIN:
        return StoreConflictError(str(error))
    return StoreError(str(error))


@contextlib.asynccontextmanager
async def held(engine: AsyncEngine) -> AsyncIterator[None]:
    """Hold the store for this process alone. Raises StoreBusyError when another process does."""
    if engine.dialect.name == "sqlite":
        with _held_file(Path(f"{engine.url.database}.lock")):
            yield
    else:
        async with _held_advisory(engine):
            yield


@contextlib.contextmanager
def _held_file(path: Path) -> Iterator[None]:
    try:
        file = path.open("a+")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    with file:
        _lock(file, path)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: TextIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise StoreBusyError(
            f"process {file.read().strip() or '?'} already works on "
            f"{path.with_suffix('')}; stop it first, or use another store"
        ) from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}") from error


@contextlib.asynccontextmanager
async def _held_advisory(engine: AsyncEngine) -> AsyncIterator[None]:
    # Each statement on its own: a transaction that lasts as long as the program stops vacuuming.
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))):
            raise StoreBusyError(
                f"another process already works on {engine.url.render_as_string()}; stop it "
                "first, or use another store"
            )
        try:
            yield
        finally:
            await connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver begins no transactions: it would leave out those that begin by reading.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = WRITING.keys() <= connection.get_execution_options().keys()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _give_up_sqlite(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """Let go of the lock of a transaction that was cancelled.

    To close the connection, which comes next, is not enough: SQLite keeps one that is closed alive,
    with its lock, as long as a statement of it is not read to its end, and that one lives in the
    frames of the cancellation. Every writer would wait until the garbage collector found it.
    """
    # Queued, not awaited, as whoever is cancelled may be cancelled again; closing queues up behind.
    undoing = asyncio.ensure_future(connection.driver_connection.rollback())
    # A connection that is closed already says so, and has nothing to undo.
    undoing.add_done_callback(lambda done: done.cancelled() or done.exception())


def _migrate(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Two that start at once would both make the tables.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK + 1)))
    if _revision(connection) == newest_revision():
        return
    # Imported here: it takes 0.1 s, which is an eighth of what most commands take.
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(alembic_config(connection), "head")
    except CommandError as error:
        raise StoreError(f"was made by a newer version of the program ({error})") from error


def _revision(connection: sa.Connection) -> str | None:
    """Return the revision that the tables have, None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision


def alembic_config(connection: sa.Connection) -> "Config":
    """Return what Alembic is to be called with to work on a connection."""
    from alembic.config import Config  # noqa: PLC0415 - see _migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
