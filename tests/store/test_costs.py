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
# category, and none that the next article completes. The large one comes on top, in whole pages:
# the pages that a new article goes to are as full as before.
SMALL, LARGE = (210, 7), (1050, 42)

# Counts by name, of a scan and of the publishing that follows it.
Cost = dict[str, dict[str, int]]

# What one new article of a folder may take at most, with the visit that brings it.
_STATEMENTS, _ROWS = 32, 20

# Hundreds of instructions of SQLite's machine that a statement may take more with the large
# archive: to look at each of its articles takes 32 at least, and at each of its feeds 4.
_MORE = 10

_INSTRUCTIONS = "instructions: "


@contextmanager
def counting(store: Store, counts: Counter[str]) -> Iterator[None]:
    """Count the statements that are sent, and the rows that they write.

    Of SQLite also, by statement, hundreds of instructions that it is executed in: they grow with
    the rows that are looked at.
    """

    def watch(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if store._engine.dialect.name == "sqlite":
            raw = connection.connection.driver_connection._conn
            raw.set_progress_handler(lambda: counts.update([_INSTRUCTIONS + statement]), 100)

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        counts["statements"] += 1
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            counts["rows"] += max(cursor.rowcount, 0)
        if store._engine.dialect.name == "sqlite":
            connection.connection.driver_connection._conn.set_progress_handler(None, 0)

    engine = store._engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", watch)
    sa.event.listen(engine, "after_cursor_execute", note)
    yield
    sa.event.remove(engine, "before_cursor_execute", watch)
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


def _settled(small: Cost, large: Cost) -> tuple[Cost, Cost]:
    """Return costs without instructions, once no statement looks at all that is stored."""
    for part, counts in large.items():
        for statement in [name for name in counts if name.startswith(_INSTRUCTIONS)]:
            assert counts.pop(statement) <= small[part].get(statement, 0) + _MORE, statement
    return _without_instructions(small), large


def _without_instructions(cost: Cost) -> Cost:
    return {
        part: {name: count for name, count in counts.items() if not name.startswith(_INSTRUCTIONS)}
        for part, counts in cost.items()
    }


@pytest.fixture
def place(store_url: str, tmp_path: Path) -> Place:
    return Place(tmp_path, store=store_url, compute=_here)


def test_news_cost_the_same_with_a_large_archive(place: Place, read: list[str]) -> None:
    with serving() as web:
        place.sources["Wire"] = {"feed": f"{web.url}/f", "every": "1h"}
        _serve(web, 1)
        # The edited articles are recent: boilerplate is learned from the last 200, and what an
        # older one has is taken out again, which is one row more. Both are on whole pages of
        # archives, in C5 and C6.
        costs = []
        for archive, edited in ((SMALL, 12), (LARGE, 1013)):
            _fill(place, archive)
            costs.append(
                {
                    "nothing": _cost_of_nothing(place, read),
                    "a new article": _cost_of_an_article(place, read, archive),
                    "an edit": _cost_of_an_edit(place, read, archive, edited),
                    "news of a feed": _cost_of_a_feed(place, read, web, len(costs)),
                }
            )
    found = {name: _settled(costs[0][name], costs[1][name]) for name in costs[0]}
    assert [small for small, _ in found.values()] == [large for _, large in found.values()]
    nothing, article, edit, feed = (large for _, large in found.values())
    assert nothing["scan"]["files read"] == 0
    assert nothing["scan"]["rows"] == 1  # that it was visited
    assert nothing["publish"]["feeds"] == 0
    assert article["scan"]["files read"] == 1
    assert article["scan"]["statements"] <= _STATEMENTS
    assert article["scan"]["rows"] <= _ROWS
    assert article["publish"]["feeds"] == 3  # everything, and its two categories
    assert edit["scan"]["files read"] == 1
    assert feed["scan"]["requests"] == 1
    assert feed["publish"]["feeds"] == 2  # everything, and its category


def _cost_of_nothing(place: Place, read: list[str]) -> Cost:
    async def work(world: World) -> None:
        await perform(Scan("Inbox"), world)

    return _cost(place, read, work)


def _cost_of_an_article(place: Place, read: list[str], archive: tuple[int, int]) -> Cost:
    name = f"{SMALL[1]}/0/new in {archive[0]}.md"

    async def work(world: World) -> None:
        place.post(name, f"A new one, {name}", f"Words of {name}.", categories=["C1", "C2"])
        await perform(Scan("Inbox", (name,)), world)

    return _cost(place, read, work)


def _cost_of_an_edit(place: Place, read: list[str], archive: tuple[int, int], number: int) -> Cost:
    articles, categories = archive
    name, title = f"{categories}/{number // 50}/{number}.md", f"Post {number} of {articles}"

    async def work(world: World) -> None:
        place.post(name, title, f"New {number}.", categories=["C5", "C6"])
        await perform(Scan("Inbox", (name,)), world)

    return _cost(place, read, work)


def _cost_of_a_feed(place: Place, read: list[str], web: Web, turn: int) -> Cost:
    _serve(web, 2 + turn)
    web.requests.clear()

    async def work(world: World) -> None:
        await perform(Scan("Wire", forced=True), world)

    cost = _cost(place, read, work)
    cost["scan"]["requests"] = len(web.requests)
    return cost


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
