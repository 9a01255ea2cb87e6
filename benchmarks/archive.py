"""Show that one new post costs the same however many articles are stored.

    python benchmarks/archive.py [ARTICLES…]

For each size a store is filled with so many articles of about 1 kB, one every five minutes up to
now, each in two of 220 categories, with all that hangs on them: the ledger, the archives of the
feeds, the order of changes, the bands of the last week. Then posts are put into the folder one
by one, and each is scanned, as a file event has it scanned, and published. Printed are medians of
the processor time, and how many statements it took; with --slowest those that took longest.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aggregator.app import enter, open_app
from aggregator.config import load
from aggregator.jobs import Job, Publish, Scan, World, perform
from aggregator.publish import FORMATS, file_name
from aggregator.store import PAGE

CATEGORIES, POSTS = 220, 15

_CONFIG = """
title: Archive
base_url: https://feeds.example/
store: sqlite:///store.db
output: public/
sources:
  - directory: inbox/
    name: Inbox
"""
_POST = """---
title: A new post {number}
date: {date}
categories: [Category {first}, Category {second}]
---
{text}
"""
# :count articles, the newest of :now (microseconds); five minutes between two of them.
_NUMBERS = """WITH RECURSIVE numbers(i) AS (
    SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)"""
_DATE = ":now - (:count - i) * 300000000"
_FILLING = (
    f"""{_NUMBERS} INSERT INTO articles (id, key, entry_id, source_id, uid, content_hash,
        plain_hash, title_key, text_key, title, url, authors, html, text, summary, language,
        enclosures, problems, published, updated, state, filed)
    SELECT i, printf('k%015d', i), printf('urn:uuid:%036d', i), 1, printf('%03d/%d.md', i % 100, i),
        printf('%064x', i), printf('%064x', i), printf('t%031x', i), printf('x%031x', i),
        printf('The story of number %d', i), printf('https://posts.example/%d', i), '["Somebody"]',
        printf('<p>%d %s</p>', i, :text), printf('%d %s', i, :text), substr(:text, 1, 200), 'en',
        '[]', '[]', {_DATE}, {_DATE}, 'live', 1 FROM numbers""",
    f"""{_NUMBERS} INSERT INTO aliases (kind, scope, value, article_id, revision, here, lead)
    SELECT 'identity', 1, printf('%03d/%d.md', i % 100, i), i, printf('%064x', i), 1, 1
    FROM numbers ORDER BY 3""",
    f"""{_NUMBERS} INSERT INTO aliases (kind, scope, value, article_id)
    SELECT 'hash', 0, printf('%064x', i), i FROM numbers""",
    f"""{_NUMBERS} INSERT INTO aliases (kind, scope, value, article_id)
    SELECT 'address', 0, printf('posts.example/%d', i), i FROM numbers ORDER BY 3""",
    f"""{_NUMBERS} INSERT INTO documents (source_id, name, validators)
    SELECT 1, printf('%03d/%d.md', i % 100, i), printf('17:%d:%d', i, i)
    FROM numbers ORDER BY 2""",
    f"""{_NUMBERS} INSERT INTO feeds (kind, key, name, slug, uri, wanted)
    SELECT 'category', printf('category %d', i), printf('Category %d', i),
        printf('category-%d', i), printf('urn:uuid:feed-%d', i), 1
    FROM (SELECT i FROM numbers WHERE i <= {CATEGORIES})""",
    f"""{_NUMBERS} INSERT INTO article_feeds (article_id, feed_id, position, published, filed)
    SELECT i, feeds.id, place.value, {_DATE}, 1
    FROM numbers CROSS JOIN json_each('[0, 1]') AS place CROSS JOIN feeds
    WHERE feeds.kind = 'category' AND feeds.key = printf('category %d',
        1 + place.value * {CATEGORIES // 2} + (i * (1 + 6 * place.value)) % {CATEGORIES // 2})""",
    f"""{_NUMBERS} INSERT INTO archive (feed_id, position, article_id, updated, content_hash)
    SELECT feeds.id, i, i, {_DATE}, printf('%064x', i) FROM feeds, numbers
    WHERE feeds.kind = 'everything'""",
    """INSERT INTO archive (feed_id, position, article_id, updated, content_hash)
    SELECT feed_id, row_number() OVER (PARTITION BY feed_id ORDER BY article_id), article_id,
        published, printf('%064x', article_id) FROM article_feeds""",
    """UPDATE feeds SET filed = coalesce(
        (SELECT max(position) FROM archive WHERE feed_id = feeds.id), 0)""",
    "UPDATE feeds SET kept = filed",
    f"""{_NUMBERS} INSERT INTO turns (article_id, turn, appeared)
    SELECT i, i / 100, {_DATE} FROM numbers""",
    "UPDATE clock SET turn = :count",
    f"""{_NUMBERS} INSERT INTO events (article_id, at, source_id, kind, detail)
    SELECT i, {_DATE}, 1, 'new', '{{"why": "nothing is like it"}}' FROM numbers""",
    f"""{_NUMBERS} INSERT INTO bands (band, article_id, seen)
    SELECT random(), i, {_DATE} FROM numbers, json_each('[0, 1, 2, 3, 4, 5, 6, 7]')
    WHERE i > :count - 2016""",
    f"""{_NUMBERS} INSERT INTO blocks (source_id, article_id, keys)
    SELECT 1, i, json_array(printf('%016x', i), printf('%016x', i + 1)) FROM numbers
    WHERE i > :count - 200""",
)


def fill(path: Path, count: int) -> None:
    """Fill a store that is empty but for its source and the feed of everything."""
    values = {"count": count, "now": time.time_ns() // 1000, "text": "Words of a text. " * 60}
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-500000")
        for statement in _FILLING:
            connection.execute(statement, values)
        archives = connection.execute("SELECT slug, kept FROM feeds").fetchall()
    connection.close()
    for slug, kept in archives:
        _touch_pages(path.parent / "public" / slug, -(-kept // PAGE))


def _touch_pages(feed: Path, count: int) -> None:
    """Make the pages of an archive, empty: of a million articles they have 13 GB."""
    (feed / "archive").mkdir(parents=True, exist_ok=True)
    for page in range(1, count + 1):
        for name in FORMATS:
            (feed / file_name(name, page)).touch()


@contextmanager
def timed(world: World, took: list[tuple[float, str]]) -> Iterator[None]:
    """Note the statements that are sent, with the seconds from each to the next."""
    begun: list[float] = []

    def before(*_: Any) -> None:
        begun.append(time.perf_counter())

    def after(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        took.append((time.perf_counter() - begun.pop(), " ".join(statement.split())))

    engine = world.context.store._engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "after_cursor_execute", after)
    yield
    sa.event.remove(engine, "before_cursor_execute", before)
    sa.event.remove(engine, "after_cursor_execute", after)


def write_post(inbox: Path, number: int) -> str:
    """Put a post into the folder; return its name."""
    name, date = f"new-{number}.md", time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    text = " ".join(f"Word{number * 1000 + place} of a new text." for place in range(40))
    first, second = 1 + number % CATEGORIES, 1 + (number + 7) % CATEGORIES
    post = _POST.format(number=number, date=date, first=first, second=second, text=text)
    (inbox / name).write_text(post, "utf-8")
    return name


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time in milliseconds, and the statements with the seconds that each took."""

    milliseconds: float
    sent: list[tuple[float, str]]


async def measure(folder: Path, count: int) -> tuple[list[Cost], list[Cost]]:
    """Fill a store with ``count`` articles; return what scans and publishing of posts cost then."""
    (folder / "inbox").mkdir()
    (folder / "aggregator.yaml").write_text(_CONFIG, "utf-8")
    loaded = load(folder / "aggregator.yaml")
    async with open_app(loaded) as app:
        # Published once while it is empty: with other settings all pages of archives are written.
        await perform(Publish(), await enter(loaded, app))
    await asyncio.to_thread(fill, folder / "store.db", count)
    async with open_app(loaded) as app:
        world = await enter(loaded, app)
        await perform(Publish(), world)
        scans, publishings = [], []
        for number in range(POSTS):
            name = write_post(folder / "inbox", number)
            scans.append(await _cost(Scan("Inbox", (name,)), world))
            publishings.append(await _cost(Publish(), world))
        return scans, publishings


async def _cost(job: Job, world: World) -> Cost:
    sent: list[tuple[float, str]] = []
    with timed(world, sent):
        begun = time.process_time()
        await perform(job, world)
        return Cost((time.process_time() - begun) * 1000, sent)


def told(costs: list[Cost]) -> str:
    """Return the median of some costs in words."""
    median = statistics.median(cost.milliseconds for cost in costs)
    return f"{median:7.1f} ms {len(costs[-1].sent):4}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("articles", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--slowest", type=int, default=0, metavar="COUNT")
    arguments = parser.parse_args()
    print("                   | scan, statements | publish, statements")
    for count in arguments.articles:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            scans, publishings = asyncio.run(measure(Path(folder), count))
        print(f"{count:9,} articles | {told(scans)} | {told(publishings)}", flush=True)
        longest = sorted(scans[-1].sent + publishings[-1].sent, reverse=True)
        for took, statement in longest[: arguments.slowest]:
            print(f"{took * 1000:9.2f} ms {statement[:150]}", flush=True)


if __name__ == "__main__":
    main()
