"""Time the start of the daemon and of commands, and what the daemon takes when nothing is due.

    python benchmarks/startup.py --sources 10000 --articles 1000000 --idle 20

The sources are feeds, none of them due; the articles are small and in a hundred categories. Seconds
of commands are of processor time, the least of several runs: another program cannot add to them.
The daemon is one that is started again: its feeds are on disk, and the configuration is as before.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from processes import as_installed, held, machine, tree

from aggregator.app import enter, open_app
from aggregator.config import load
from aggregator.store.connect import address, connect

_COMMANDS = ("--help", "--version", "check", "status")
_RUNS = 5
# Seconds that the daemon gets to come to rest before it is watched.
_REST = 8
# Seconds between two questions to a daemon that does not listen yet.
_ASK = 0.005

# A port that varies must not be in the addresses of feeds, or each start would write all of them.
_CONFIG = """
base_url: http://127.0.0.1:8000/
serve:
  port: ${BENCHMARK_PORT:-0}
sources:
"""

_ARTICLES = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO articles (key, entry_id, source_id, uid, content_hash, title, url, authors, html, text,
                      enclosures, problems, published, updated, state, filed)
SELECT printf('k%d', n), printf('urn:example:%d', n), 1 + n % :sources, n, printf('h%d', n),
       printf('Article %d', n), printf('https://example.org/%d', n), '[]', '<p>A few words.</p>',
       'A few words.', '[]', '[]',
       1600000000000000 + n * 60000000, 1600000000000000 + n * 60000000, 'live', 1
FROM numbers
"""
_FEEDS = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100)
INSERT INTO feeds (kind, key, name, slug, uri, wanted)
SELECT 'category', printf('c%d', n), printf('c%d', n), printf('c%d', n),
       printf('urn:example:feed:%d', n), 1
FROM numbers
"""
_MEMBERS = """
INSERT INTO article_feeds (article_id, feed_id, published, filed)
SELECT articles.id, feeds.id, articles.published, 1 FROM articles
JOIN feeds ON feeds.kind = 'everything' OR feeds.key = printf('c%d', 1 + articles.id % 100)
"""


@dataclass(frozen=True, slots=True)
class Idle:
    """What a daemon takes at rest: per cent of a core, and megabytes of its processes together."""

    percent: float
    megabytes: float


def prepare(folder: Path, sources: int, articles: int) -> Path:
    """Make a configuration and its store in an empty folder; return the configuration."""
    config = folder / "aggregator.yaml"
    lines = (f"  - feed: http://127.0.0.1:9/{number}\n    name: Source {number}" for number in
             range(sources))  # fmt: skip
    config.write_text(_CONFIG + "\n".join(lines) + "\n")
    asyncio.run(_fill(config, articles))
    return config


async def _fill(config: Path, count: int) -> None:
    loaded = load(config)
    async with open_app(loaded) as opened:
        await enter(loaded, opened)
    database = await connect(address(loaded.config.store, loaded.root))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).timestamp() * 1_000_000
    async with database.begin() as connection:
        await connection.execute(
            sa.text("UPDATE sources SET last_scan = 1, next_scan = :due, health = 'ok'"),
            {"due": int(tomorrow)},
        )
        if count:
            numbers = {"count": count, "sources": len(loaded.config.sources)}
            await connection.execute(sa.text(_ARTICLES), numbers)
            await connection.execute(sa.text(_FEEDS))
            await connection.execute(sa.text(_MEMBERS))
    await database.dispose()


def command(*words: str) -> float:
    """Return the processor seconds that a command takes, the least of several runs."""
    return min(_command(words) for _ in range(_RUNS))


def _command(words: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "aggregator", *words], check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextlib.contextmanager
def running(config: Path, port: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Run a daemon, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "aggregator", "run", "-c", str(config)],
        env=os.environ | {"BENCHMARK_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as daemon:
        try:
            yield daemon
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait()


def start(config: Path) -> tuple[float, float]:
    """Return the seconds until a daemon first answers on /healthz, and until it says it is ready.

    They count from starting its process.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = time.perf_counter()
    with running(config, port) as daemon:
        _ask(f"http://127.0.0.1:{port}/healthz", daemon)
        answered = time.perf_counter() - begun
        ready(daemon)
        return answered, time.perf_counter() - begun


def _ask(url: str, daemon: subprocess.Popen[str]) -> None:
    """Ask until there is an answer."""
    while True:
        try:
            urllib.request.urlopen(url).read()
        except OSError as error:
            if daemon.poll() is not None:
                raise RuntimeError("the daemon did not start") from error
            time.sleep(_ASK)
        else:
            return


def ready(daemon: subprocess.Popen[str]) -> None:
    """Wait until a daemon says where its feeds are."""
    said = daemon.stdout.readline() if daemon.stdout else ""
    if "http://" not in said:
        raise RuntimeError(f"the daemon did not start: {said!r}")


def idle(config: Path, seconds: float) -> Idle:
    """Return what a daemon takes that has nothing to do for a while."""
    with running(config) as daemon:
        ready(daemon)
        time.sleep(_REST)
        before = sum(_used(one) for one in tree(daemon.pid))
        time.sleep(seconds)
        used = sum(_used(one) for one in tree(daemon.pid)) - before
        return Idle(100 * used / seconds, sum(held(one) for one in tree(daemon.pid)) / 1024)


def _used(pid: int) -> float:
    """Return the processor seconds of a process, 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--idle", type=float, default=20, help="seconds with 1,000 sources")
    parser.add_argument("--folder", type=Path, help="keep what was made here, and use it again")
    given = parser.parse_args()
    as_installed()
    print(machine())
    folder = given.folder or Path(tempfile.mkdtemp())
    small, large = _made(folder / "small", 1_000, 0), _made(
        folder / "large", given.sources, given.articles
    )  # fmt: skip
    for name in _COMMANDS:
        words = (name,) if name.startswith("-") else (name, "-c", str(small))
        print(f"{name} with 1,000 sources: {command(*words):.3f} s of processor time")
    start(large)  # which writes the feeds
    times = [start(large) for _ in range(3)]
    answered, begun = (min(each) for each in zip(*times, strict=True))
    amount = f"{given.sources:,} sources, {given.articles:,} articles"
    print(f"start with {amount}: answers after {answered:.2f} s, is ready after {begun:.2f} s")
    if given.idle:
        rest = idle(small, given.idle)
        print(f"idle with 1,000 sources: {rest.percent:.2f} % of a core, {rest.megabytes:.0f} MB")
    if not given.folder:
        shutil.rmtree(folder)


def _made(folder: Path, sources: int, articles: int) -> Path:
    config = folder / "aggregator.yaml"
    if config.exists():
        return config
    folder.mkdir(parents=True)
    return prepare(folder, sources, articles)


if __name__ == "__main__":
    main()
