"""Cost in principle: no query of the daily round reads a whole table, or sorts one."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from store_samples import DAY, INBOX, WIRE, bring, feeds, opened, story

from aggregator.store import Choice, DocumentState, Store
from aggregator.store.schema import bands

LARGE = re.compile(
    r"\bSCAN (articles|aliases|article_feeds|documents|leading|blocks|bands|events|drops|member)\b"
)


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Gather what is sent to the database."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    engine = store._engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


async def explain(store: Store, statement: str, parameters: Any) -> str:
    """SQLite's plan of a statement."""
    if isinstance(parameters, list):
        parameters = parameters[0]
    async with store._engine.connect() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row.detail for row in rows)


async def _ledger(store: Store) -> None:
    async with store.batch(1) as batch:
        await batch.ledger(["1.md"], ["h"], ["a"], ["k"])


async def _first_sight(store: Store) -> None:
    await bring(store, story(999, "C1", "New"))


async def _change(store: Store) -> None:
    await bring(store, story(1, "C2", text="Other."), scan=2)


async def _gone(store: Store) -> None:
    async with store.batch(1) as batch:
        await batch.gone(["3.md"], DAY, retract=True)
        await batch.remember([DocumentState(name="4.md", validators="v")])


async def _feed(store: Store, slug: str, limit: int = 10) -> None:
    await store.entries((await feeds(store))[slug], limit)


async def _custom(store: Store) -> None:
    await store.make_custom_feed("Mine", "mine")
    rows = await feeds(store)
    await store.entries(rows["mine"], 10, Choice(any_of=(rows["c1"].id, rows["c2"].id)))


async def _custom_by_all(store: Store) -> None:
    rows = {row.slug: row.id for row in await store.feed_rows()}
    await store.make_custom_feed("Mine", "mine")
    mine = (await feeds(store))["mine"]
    every = Choice(
        any_of=(rows["c1"],),
        all_of=(rows["c2"],),
        none_of=(rows["c0"],),
        sources=(1,),
        languages=("zh",),
    )
    for choice in (every, Choice(sources=(1,)), Choice(languages=("zh",))):
        await store.entries(mine, 10, choice)
    await store.entries(mine, 10, Choice(sources=(1,), sort="updated"))


async def _own_feed(store: Store) -> None:
    await store.make_source_feeds({INBOX.name: "inbox"})
    await bring(store, story(999, "C1", "New"))


async def _pages(store: Store) -> None:
    await store.pages_written(await store.due_pages(10))


async def _release(store: Store) -> None:
    await store.release(DAY)


async def _some(store: Store) -> None:
    await store.source_state(INBOX.key, frozenset({"1.md"}))


async def _rivals(store: Store) -> None:
    async with store.batch(1) as batch:
        await batch.rivals({"x": [1, 2]})
        await batch.kin({"x": "k"})


async def _learning(store: Store) -> None:
    await store.history(1, 200)
    await store.revisions(1, ["1.md"])
    async with store.batch(1) as batch:
        await batch.trim_history(200)


async def _life(store: Store) -> None:
    await store.lives("1.md", ["a"], ("directory:inbox", "1.md"))


async def _quota(store: Store) -> None:
    await store.entries((await feeds(store))["c1"], 10, quota=2)


ROUND: dict[str, Callable[[Store], Awaitable[None]]] = {
    "the ledger": _ledger,
    "a new article": _first_sight,
    "a changed article": _change,
    "a removed file": _gone,
    "everything": lambda store: _feed(store, ""),
    "a category": lambda store: _feed(store, "c1"),
    "a custom feed": _custom,
    "a custom feed by all there is": _custom_by_all,
    "an article of a source with a feed of its own": _own_feed,
    "a category with a quota": _quota,
    "rivals": _rivals,
    "what is learned": _learning,
    "the life of an article": _life,
    "pages": _pages,
    "articles that wait": _release,
    "a scan of some files": _some,
}


@pytest.mark.parametrize("work", ROUND.values(), ids=ROUND)
def test_no_table_is_read_or_sorted_whole(
    work: Callable[[Store], Awaitable[None]], tmp_path: Path
) -> None:
    async def check() -> None:
        async with opened(f"sqlite:///{tmp_path}/store.db") as store:
            await bring(store, *(story(n, f"C{n % 3}") for n in range(20)))
            with statements(store) as seen:
                await work(store)
            sent = [one for one in seen if not one[0].startswith(("BEGIN", "COMMIT", "INSERT"))]
            assert sent
            for statement, parameters in sent:
                plan = await explain(store, statement, parameters)
                assert not LARGE.search(plan), f"{statement}\n{plan}"
                # Ties are put in order, among themselves; nothing more.
                if "published DESC" in statement and "UNION" not in statement:
                    assert "USE TEMP B-TREE FOR ORDER BY" not in plan, f"{statement}\n{plan}"

    asyncio.run(check())


def test_rivals_are_looked_up_and_not_searched_for(tmp_path: Path) -> None:
    """Neither all that are live are read for a few of them, nor all that a source has."""

    async def check() -> None:
        async with opened(f"sqlite:///{tmp_path}/store.db", INBOX, WIRE) as store:
            await bring(store, *(story(n) for n in range(20)))
            async with store._write() as connection:
                row = {"band": 5, "article_id": 3, "seen": DAY}
                await connection.execute(sa.insert(bands).values(row))
            with statements(store) as seen:
                async with store.batch(2) as batch:
                    assert len((await batch.rivals({"x": [5, 6]}))["x"]) == 1
            plans = [await explain(store, *one) for one in seen if "SELECT" in one[0]]
            assert len(plans) == 2
            for plan in plans:
                assert "SCAN articles" not in plan
                assert not re.search(r"articles USING INDEX ix_articles_state", plan)
                assert not re.search(r"aliases USING PRIMARY KEY \(kind=\? AND scope=\?\)", plan)

    asyncio.run(check())


def test_the_number_of_statements_does_not_depend_on_what_is_stored(tmp_path: Path) -> None:
    async def cost(stored: int, brought: int) -> int:
        url = f"sqlite:///{tmp_path}/{stored}-{brought}.db"
        async with opened(url) as store:
            for n in range(stored):
                await bring(store, story(n, "C"))
            with statements(store) as seen:
                await bring(store, story(1000, "C"))
            return len(seen)

    assert asyncio.run(cost(2, 1)) == asyncio.run(cost(30, 1))
