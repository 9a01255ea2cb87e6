"""Feeds for the first time, and feeds without news, against feed readers.

    python benchmarks/run first again

nginx serves the feeds on loopback, one address of 127/8 for each, as if each had a host of its own;
compressed beforehand, and with validators, by which it answers 304. All programs start anew for
each run, with what they remember of the runs before, and stop when they are done.
"""

import gzip
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import ours
from processes import free_port, measure, wait_for
from race import (
    Comparison,
    Contender,
    Figures,
    Goal,
    MissingError,
    Row,
    Setting,
    Skipped,
    alternate,
    compared,
    figures,
)

_COUNT, _MANY, _FEW = 300, 1_000, 3
_SEED = 20240229
_FIRST = datetime(2024, 2, 29, 8, 0, tzinfo=UTC)
_ENTRIES = 20
# Characters of an entry's text; with its markup it has about 5 kB.
_TEXT = 4_600
_SYLLABLES = [first + second for first in "bcdfgklmnprstv" for second in "aeiou"]

_NGINX = """
daemon off; worker_processes 1; error_log /dev/null; pid {folder}/nginx.pid;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; types {{ application/rss+xml xml; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ {listen} root {folder}/site; gzip_static on; gzip_vary on; }}
}}
"""
_AGGREGATOR = """
title: Benchmark
base_url: https://feeds.example/
store: sqlite:///aggregator.db
output: public/
defaults: {{allow_private: true}}
sources:
{sources}
"""
# As many at once as the aggregator asks: with 16 or 128 it takes the same processor time.
_NEWSBOAT = "reload-threads 64\n"
_READER = """
import sys
from reader import make_reader
reader = make_reader("reader.db")
for address in open("urls"):
    reader.add_feed(address.strip(), exist_ok=True)
for told in reader.update_feeds_iter(workers=64):
    if isinstance(told.value, Exception):
        raise told.value
counts = reader.get_entry_counts()
print(counts.total)
"""


def feed(number: int, entries: int = _ENTRIES) -> str:
    """Return a feed: RSS with whole articles of about 5 kB, the same for each number."""
    items = "".join(_item(number, entry) for entry in range(entries, 0, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Feed {number}</title><link>https://www{number}.example/</link>"
        f"<description>The news of {number}</description>{items}</channel></rss>"
    )


def _item(number: int, entry: int) -> str:
    chance = random.Random(f"{_SEED}/{number}/{entry}")
    link = f"https://www{number}.example/articles/{entry}"
    date = format_datetime(_FIRST + timedelta(hours=7 * entry, seconds=number), usegmt=True)
    return (
        f"<item><title>{_sentence(chance, 7)}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><category>Topic {number % 20}</category>"
        f"<description><![CDATA[{_article(chance, link)}]]></description></item>\n"
    )


def _article(chance: random.Random, link: str) -> str:
    parts, size = [f'<p><img src="{link}/head.jpg" alt="" width="800"></p>'], 0
    while size < _TEXT:
        text = " ".join(_sentence(chance, chance.randint(6, 20)) for _ in range(4))
        parts.append(f'<p class="text">{text} <a href="{link}?utm_source=rss">More</a></p>')
        size += len(text)
    return "".join(parts)


def _sentence(chance: random.Random, words: int) -> str:
    made = ("".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(words))
    return " ".join(made).capitalize() + "."


def write_feeds(count: int, site: Path) -> None:
    """Write so many feeds into a folder, which is made, each with its compressed twin."""
    site.mkdir()
    for number in range(count):
        body = feed(number).encode()
        (site / f"{number}.xml").write_bytes(body)
        (site / f"{number}.xml.gz").write_bytes(gzip.compress(body, 6, mtime=0))


def addresses(count: int, port: int) -> list[str]:
    """Return where the feeds are served."""
    return [f"http://{_host(number)}:{port}/{number}.xml" for number in range(count)]


def _host(number: int) -> str:
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


@contextmanager
def serving(folder: Path, count: int, port: int) -> Iterator[None]:
    """Serve the feeds in the folder's ``site``."""
    listen = " ".join(f"listen {_host(number)}:{port};" for number in range(count))
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, listen=listen))
    with subprocess.Popen(["nginx", "-c", config, "-p", folder]) as process:
        try:
            wait_for(_host(count - 1), port)
            yield
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Program:
    """A program in a folder of its own; ``articles`` counts what it has stored there."""

    folder: Path
    command: list[str]
    made: tuple[str, ...]
    articles: str

    def run(self, count: int, _turn: int) -> Figures:
        """Ask for so many feeds. Raises RuntimeError when it has not all their entries then."""
        done = measure(self.command, self.folder)
        if self.stored() != count * _ENTRIES:
            raise RuntimeError(f"{self.command[0]} has {self.stored()} articles")
        return {"feeds/s": count / done.seconds, **figures(done)}

    def run_anew(self, count: int, turn: int) -> Figures:
        """Run as if it had never run before."""
        self.forget()
        return self.run(count, turn)

    def forget(self) -> None:
        """Take away all that runs made."""
        for pattern in self.made:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def stored(self) -> int:
        """How many articles it has."""
        with sqlite3.connect(self.folder / self.made[0].rstrip("*")) as database:
            return int(database.execute(self.articles).fetchone()[0])


def aggregator(folder: Path, urls: Sequence[str]) -> Program:
    sources = "\n".join(f"  - feed: {url}" for url in urls)
    (folder / ours.CONFIG).write_text(_AGGREGATOR.format(sources=sources))
    made = ("aggregator.db*", "public")
    return Program(folder, ours.command("once"), made, "SELECT count(*) FROM articles")


def newsboat(folder: Path, urls: Sequence[str]) -> Program:
    (folder / "urls").write_text("\n".join(urls) + "\n")
    (folder / "config").write_text(_NEWSBOAT)
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    return Program(folder, command, ("cache.db*",), "SELECT count(*) FROM rss_item")


def reader(folder: Path, urls: Sequence[str]) -> Program:
    (folder / "urls").write_text("\n".join(urls) + "\n")
    (folder / "update.py").write_text(_READER)
    command = [sys.executable, "update.py"]
    return Program(folder, command, ("reader.db*",), "SELECT count(*) FROM entries")


_PROGRAMS: Mapping[str, Callable[[Path, Sequence[str]], Program]] = {
    "aggregator": aggregator,
    "newsboat": newsboat,
    "reader": reader,
}


@contextmanager
def programs(feeds: int, names: Sequence[str]) -> Iterator[dict[str, Program]]:
    """Serve so many feeds, and give each program a folder and their addresses."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user
        write_feeds(feeds, folder / "site")
        made = {}
        for one in names:
            (folder / one).mkdir()
            made[one] = _PROGRAMS[one](folder / one, addresses(feeds, port))
        with serving(folder, feeds, port):
            yield made


_MISSING = {
    "newsboat": MissingError("newsboat", "Debian package newsboat"),
    "reader": MissingError("reader", "PyPI package reader"),
}


def _rivals(*names: str) -> list[str]:
    """Return which of the feed readers are installed. Raises MissingError if none is."""
    if not shutil.which("nginx"):
        raise MissingError("nginx", "Debian package nginx")
    there = [name for name in names if shutil.which(name) or find_spec(name)]
    if not there:
        raise _MISSING[names[0]]
    return there


def _first(setting: Setting) -> Iterator[Comparison | Skipped]:
    """Race them at feeds of which nothing is known."""
    goals = {"newsboat": Goal(least=1.0), "reader": Goal(least=8.0)}
    count = setting.size(_COUNT, _FEW)
    names = _rivals(*goals)
    with programs(count, ("aggregator", *names)) as made:
        contenders: dict[str, Contender] = {
            name: partial(one.run_anew, count) for name, one in made.items()
        }
        results = alternate(setting.runs, contenders)
    task = f"{count:,} feeds of {_ENTRIES} entries, for the first time"
    yield from _compared(task, results, goals)


def _again(setting: Setting) -> Iterator[Comparison | Skipped]:
    """Race them at feeds of which all is known, each of which answers 304."""
    goals = {"newsboat": Goal(least=5.0)}
    count = setting.size(_MANY, _FEW)
    names = _rivals(*goals)
    with programs(count, ("aggregator", *names)) as made:
        contenders: dict[str, Contender] = {
            name: partial(one.run, count) for name, one in made.items()
        }
        alternate(1, contenders)
        results = alternate(setting.runs, contenders)
    yield from _compared(f"{count:,} feeds, all 304", results, goals)


def _compared(
    task: str, results: Mapping[str, Sequence[Figures]], goals: Mapping[str, Goal]
) -> Iterator[Comparison | Skipped]:
    for name, goal in goals.items():
        if name in results:
            wanted = {"feeds/s": goal, "MB": None, "processor s": None}
            yield from compared(task, results, "aggregator", name, wanted)
        else:
            yield Skipped(str(_MISSING[name]))


FIRST = Row(
    name="first",
    measure=_first,
    notes=(
        "entries of about 5 kB, from nginx on loopback, one address of 127/8 for each feed, as if "
        "each had a host of its own. Whole processes with nothing stored before; 64 feeds at once "
        "by all (newsboat: reload-threads, by default 1; reader: workers). All store all entries, "
        "which is checked. Only the aggregator cleans them, finds duplicates and publishes feeds."
    ),
)
AGAIN = Row(
    name="again",
    measure=_again,
    notes=(
        "as first, when all is known, with validators that each server answers with 304. Whole "
        "processes, their start and all."
    ),
)
