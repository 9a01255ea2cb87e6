"""Stores to test on: a SQLite file, and a PostgreSQL of our own where there is one."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL whose databases may be made and dropped at will."""
    if given := os.environ.get("AGGREGATOR_TEST_POSTGRESQL"):
        yield given
        return
    folder = _binaries()
    if folder is None:
        pytest.skip("no PostgreSQL: install one, or set AGGREGATOR_TEST_POSTGRESQL to its address")
    # Not below pytest's own folder, which only its owner may enter; and a socket's path is short.
    place = Path(tempfile.mkdtemp(prefix="aggregator-pg-"))
    server = None
    try:
        server = _start(folder, place)
        yield f"postgresql://postgres@/postgres?host={place}"
    finally:
        if server:
            server.terminate()
            server.wait(10)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The ``store`` setting of an empty database, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
        return
    yield from _database(request.getfixturevalue("postgresql"))


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """The ``store`` setting of an empty PostgreSQL database."""
    yield from _database(postgresql)


def _database(server: str) -> Iterator[str]:
    name = f"aggregator_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = sa.engine.make_url(server).set(database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return Path(found).resolve().parent
    return places[-1].parent if places else None


def _start(folder: Path, place: Path) -> subprocess.Popen[bytes]:
    """Make a cluster and start it, as another user where we are root, whom it refuses."""
    become: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(place, "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = place / "data"
    made = subprocess.run(
        [*become, folder / "initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", data],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        cwd="/",
    )
    if made.returncode:
        pytest.skip(f"no PostgreSQL can be made here: {made.stderr.decode()[-300:]}")
    quick = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
    server = subprocess.Popen(
        [*become, folder / "postgres", "-D", data, "-k", place, *quick],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
    )
    assert server.stderr
    for line in server.stderr:
        if b"ready to accept connections" in line:
            break
    server.stderr.close()
    return server
