"""Compare the aggregator with feed readers: feeds for the first time, and feeds without news.

    python benchmarks/feeds.py --runs 3

Needs nginx, newsboat and, beside the project, the package reader. nginx serves the feeds on
loopback, one address of 127/8 for each, as if each had a host of its own; compressed beforehand,
and with validators, by which it answers 304. All programs start anew for each run, with what they
remember of the runs before, and stop when they are done. Only the aggregator cleans the articles,
finds duplicates and publishes feeds. Runs alternate.
"""

import argparse
import gzip
import json
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from processes import Run, first_line, machine, measure

_PORT = 18451
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


def addresses(count: int) -> list[str]:
    """Return where the feeds are served."""
    return [f"http://{_host(number)}:{_PORT}/{number}.xml" for number in range(count)]


def _host(number: int) -> str:
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


@contextmanager
def serving(folder: Path, count: int) -> Iterator[None]:
    """Serve the feeds in the folder's ``site``."""
    listen = " ".join(f"listen {_host(number)}:{_PORT};" for number in range(count))
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, listen=listen))
    with subprocess.Popen(["nginx", "-c", config, "-p", folder]) as process:
        try:
            _wait_for(_host(count - 1))
            yield
        finally:
            process.terminate()


def _wait_for(host: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, _PORT)):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {host}:{_PORT}")


@dataclass(frozen=True, slots=True)
class Program:
    """A program in a folder of its own; ``articles`` counts what it has stored there."""

    folder: Path
    command: list[str]
    made: tuple[str, ...]
    articles: str

    def run(self) -> Run:
        return measure(self.command, self.folder)

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
    (folder / "aggregator.yaml").write_text(_AGGREGATOR.format(sources=sources))
    command = [sys.executable, "-m", "aggregator", "once", "--json", "-c", "aggregator.yaml"]
    made = ("aggregator.db*", "public")
    return Program(folder, command, made, "SELECT count(*) FROM articles")


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


PROGRAMS: dict[str, Callable[[Path, Sequence[str]], Program]] = {
    "aggregator": aggregator,
    "newsboat": newsboat,
    "reader": reader,
}


@contextmanager
def programs(feeds: int, names: Sequence[str]) -> Iterator[dict[str, Program]]:
    """Serve so many feeds, and give each program a folder and their addresses."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user
        write_feeds(feeds, folder / "site")
        made = {}
        for one in names:
            (folder / one).mkdir()
            made[one] = PROGRAMS[one](folder / one, addresses(feeds))
        with serving(folder, feeds):
            yield made


def first_time(
    feeds: int = 300, runs: int = 1, names: Sequence[str] = tuple(PROGRAMS)
) -> dict[str, list[Run]]:
    """Read feeds of 20 entries of which nothing is known."""
    with programs(feeds, names) as made:
        return _alternate(made, runs, feeds, lambda one: one.forget())


def unchanged(
    feeds: int = 1000, runs: int = 1, names: Sequence[str] = ("aggregator", "newsboat")
) -> dict[str, list[Run]]:
    """Ask for feeds of which all is known, each of which answers 304."""
    with programs(feeds, names) as made:
        _alternate(made, 1, feeds, lambda _: None)
        return _alternate(made, runs, feeds, lambda _: None)


def _alternate(
    made: dict[str, Program], runs: int, feeds: int, before: Callable[[Program], None]
) -> dict[str, list[Run]]:
    """Run the programs in turns. Raises RuntimeError when one has not all articles then."""
    results: dict[str, list[Run]] = {name: [] for name in made}
    for _ in range(runs):
        for name, program in made.items():
            before(program)
            results[name].append(program.run())
            if program.stored() != feeds * _ENTRIES:
                raise RuntimeError(f"{name} has {program.stored()} articles")
    return results


def table(tasks: dict[str, dict[str, list[Run]]]) -> str:
    """Medians as a Markdown table, with the ratio to the aggregator's."""
    lines = ["| task | program | seconds | range | of ours | MB |", "|---|---|--:|--:|--:|--:|"]
    for task, results in tasks.items():
        ours = statistics.median(run.seconds for run in results["aggregator"])
        for name, runs in results.items():
            seconds = [run.seconds for run in runs]
            middle = statistics.median(seconds)
            memory = statistics.median(run.megabytes for run in runs)
            lines.append(
                f"| {task} | {name} | {middle:.2f} | {min(seconds):.2f}–{max(seconds):.2f} | "
                f"{middle / ours:.1f} | {memory:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--first", type=int, default=300, help="feeds for the first time")
    parser.add_argument("--unchanged", type=int, default=1000, help="feeds without news")
    parser.add_argument("--json", action="store_true", help="print every run as JSON")
    arguments = parser.parse_args()
    tasks = {
        f"{arguments.first:,} feeds, first time": first_time(arguments.first, arguments.runs),
        f"{arguments.unchanged:,} feeds, all 304": unchanged(arguments.unchanged, arguments.runs),
    }
    if arguments.json:
        every = {t: {n: [asdict(r) for r in rs] for n, rs in d.items()} for t, d in tasks.items()}
        print(json.dumps({"machine": machine(), "tasks": every}, indent=2))
        return
    print(f"{machine()}; Python {sys.version.split()[0]}; {first_line(['newsboat', '-v'])}\n")
    print(table(tasks))


if __name__ == "__main__":
    main()
