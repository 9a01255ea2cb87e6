"""What news costs is counted: the same with a small and with a large archive.

Nothing here is timed. Whoever makes a count grow with what is stored, or with how many feeds there
are, finds out here.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from place import Place
from web import Reply, Web, serving

from aggregator.jobs import Publish, Scan, World, perform
from aggregator.sources import directory
from aggregator.store import Store

# Articles that are brought, and categories that they are in, each with a feed. The small archive
# has all that a large one has: more articles than boilerplate is learned from, a page of each
# category, and none that the next article completes.
SMALL, LARGE = (310, 10), (1000, 100)

# Counts by name, of a scan and of the publishing that follows it.
Cost = dict[str, dict[str, int]]

# What one new article of a folder may take at most, with the visit that brings it.
_STATEMENTS, _ROWS = 35, 20


@contextmanager
def counting(store: Store, counts: Counter[str]) -> Iterator[None]:
    """Count the statements that are sent, and the rows that they write."""

    def note(_c: Any, cursor: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        counts["statements"] += 1
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            counts["rows"] += max(cursor.rowcount, 0)

    engine = store._engine.sync_engine
    sa.event.listen(engine, "after_cursor_execute", note)
    yield
    sa.event.remove(engine, "after_cursor_execute", note)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read."""
    names: list[str] = []
    before = directory._read

    def note(path: Path, limit: int) -> Any:
        names.append(path.name)
        return before(path, limit)

    monkeypatch.setattr(directory, "_read", note)
    return names


def _fill(place: Place, archive: tuple[int, int]) -> None:
    """Bring an archive up to a size. Its folders stay as large as they are in a small one."""
    articles, categories = archive
    for n in range(articles):
        words = " ".join(f"w{n * 100 + k}" for k in range(60))  # no two are alike
        dated = f"2024-{1 + n // 28 % 4:02}-{1 + n % 28:02}"
        categories_of = [f"C{n % categories}", f"C{(n + 1) % categories}"]
        name = f"{categories}/{n // 50}/{n}.md"
        place.post(name, f"Post {n} of {articles}", words, categories=categories_of, date=dated)
    place.once()


async def _here(task: Callable[[Any], Any], items: Any) -> list[Any]:
    return [task(item) for item in items]


def _cost(place: Place, read: list[str], work: Callable[[World], Awaitable[Any]]) -> Cost:
    """Return what a piece of work costs, and what publishing does that follows it."""

    async def counted(world: World) -> Cost:
        scanned: Counter[str] = Counter()
        published: Counter[str] = Counter()
        # The first visit of a program that has just started compares everything once.
        await perform(Scan("Inbox"), world)
        read.clear()
        with counting(world.context.store, scanned):
            await work(world)
        scanned["files read"] = len(read)
        with counting(world.context.store, published):
            written = await perform(Publish(), world)
        published["feeds"] = len(written)  # type: ignore[arg-type]
        return {"scan": dict(scanned), "publish": dict(published)}

    return place.run(counted)  # type: ignore[no-any-return]


def _both(place: Place, measure: Callable[[], Cost]) -> tuple[Cost, Cost]:
    """Return what something costs with a small archive, and with one several times as large."""
    costs = []
    for archive in (SMALL, LARGE):
        _fill(place, archive)
        costs.append(measure())
    return costs[0], costs[1]


@pytest.fixture
def place(store_url: str, tmp_path: Path) -> Place:
    return Place(tmp_path, store=store_url, compute=_here)


def test_a_new_article_costs_the_same(place: Place, read: list[str]) -> None:
    names = iter(("10/0/first.md", "10/0/second.md"))

    def measure() -> Cost:
        name = next(names)

        async def work(world: World) -> None:
            place.post(name, f"A new one, {name}", f"Words of {name}.", categories=["C1", "C2"])
            await perform(Scan("Inbox", (name,)), world)

        return _cost(place, read, work)

    small, large = _both(place, measure)
    assert small == large
    assert small["scan"]["files read"] == 1
    assert small["scan"]["statements"] <= _STATEMENTS
    assert small["scan"]["rows"] <= _ROWS
    assert small["publish"]["feeds"] == 3  # everything, and its two categories


def test_a_visit_without_news_costs_the_same(place: Place, read: list[str]) -> None:
    def measure() -> Cost:
        async def work(world: World) -> None:
            await perform(Scan("Inbox"), world)

        return _cost(place, read, work)

    small, large = _both(place, measure)
    assert small == large
    assert small["scan"]["files read"] == 0
    assert small["scan"]["rows"] == 1  # that it was visited
    assert small["publish"]["feeds"] == 0


def test_news_of_a_feed_cost_the_same(place: Place, read: list[str]) -> None:
    with serving() as web:
        place.sources["Wire"] = {"feed": f"{web.url}/f", "every": "1h"}
        days = iter(range(10, 20))

        def measure() -> Cost:
            _serve(web, next(days))
            web.requests.clear()

            async def work(world: World) -> None:
                await perform(Scan("Wire", forced=True), world)

            cost = _cost(place, read, work)
            cost["scan"]["requests"] = len(web.requests)
            return cost

        _serve(web, 9)
        small, large = _both(place, measure)
    assert small == large
    assert small["scan"]["requests"] == 1
    assert small["publish"]["feeds"] == 2  # everything, and its category


def _serve(web: Web, day: int) -> None:
    item = {
        "id": f"urn:x:{day}",
        "title": f"Day {day}",
        "content_text": f"What there was on day {day}.",
        "date_published": f"2024-05-{day:02}T00:00:00Z",
        "tags": ["C1"],
    }
    version = "https://jsonfeed.org/version/1.1"
    body = {"version": version, "title": "Wire", "items": [item]}
    web.replies["/f"] = Reply(json.dumps(body).encode())
