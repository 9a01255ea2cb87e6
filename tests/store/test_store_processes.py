"""More than one process at a store: races, locks, and one that dies."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import DAY, INBOX, WIRE, bring, feeds, opened, save_in, story, titles

from aggregator.errors import StoreBusyError, StoreConflictError, StoreError
from aggregator.identity import Duplicate, New
from aggregator.store import DocumentState, open_store


def test_two_workers_with_the_same_article_store_it_once(postgresql_url: str) -> None:
    """Each decides before the other has saved; the slower one must decide again."""

    async def work() -> None:
        async with (
            opened(postgresql_url, INBOX, WIRE) as one,
            open_store(postgresql_url, Path("/")) as two,
        ):
            number = (await one.source_state(INBOX.key)).id
            copy = story(1, "B", uid="w1")

            async def first() -> None:
                async with one.batch(number) as batch:
                    await save_in(batch, [story(1, "A")])
                    await asyncio.sleep(0.3)

            async def second() -> str:
                await asyncio.sleep(0.1)
                try:
                    await bring(two, copy, source=WIRE)
                except StoreConflictError:
                    (decision,) = await bring(two, copy, source=WIRE)
                    return type(decision).__name__
                return "no conflict"

            _, decided = await asyncio.gather(first(), second())
            assert decided == Duplicate.__name__
            assert await titles(two) == ["Story 1"]
            assert set(await feeds(two)) == {"", "a", "b"}

    asyncio.run(work())


def test_a_deadlock_of_two_workers_is_a_conflict(postgresql_url: str) -> None:
    async def work() -> None:
        async with (
            opened(postgresql_url, INBOX, WIRE) as one,
            open_store(postgresql_url, Path("/")) as two,
        ):
            await bring(one, story(1), story(2))
            numbers = [(await one.source_state(source.key)).id for source in (INBOX, WIRE)]

            async def crosswise(store: object, number: int, order: list[int]) -> str:
                try:
                    async with store.batch(number) as batch:  # type: ignore[attr-defined]
                        for n in order:
                            await batch.remember([DocumentState(name=f"{n}", validators="")])
                            edited = story(n, text=f"Text {n} {number}")
                            await save_in(batch, [edited], scan=2)
                            await asyncio.sleep(0.2)
                except StoreConflictError:
                    return "again"
                return "done"

            ends = await asyncio.gather(
                crosswise(one, numbers[0], [1, 2]), crosswise(two, numbers[0], [2, 1])
            )
            assert sorted(ends) == ["again", "done"]

    asyncio.run(work())


def test_a_held_store_refuses_another_process(store_url: str) -> None:
    async def work() -> None:
        async with (
            open_store(store_url, Path("/")) as mine,
            open_store(store_url, Path("/")) as his,
        ):
            async with mine.held():
                with pytest.raises(StoreBusyError, match=r"already works on .*; stop it first"):
                    async with his.held():
                        pass
            async with his.held():
                pass

    asyncio.run(work())


def test_the_message_names_the_process_that_holds_the_store(tmp_path: Path) -> None:
    async def work() -> None:
        url, root = f"sqlite:///{tmp_path}/store.db", Path("/")
        async with open_store(url, root) as mine, open_store(url, root) as his, mine.held():
            with pytest.raises(StoreBusyError, match=f"process {os.getpid()} already works on"):
                async with his.held():
                    pass

    asyncio.run(work())


def test_a_store_without_a_place_for_its_lock_is_explained(tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").mkdir()

    async def work() -> None:
        async with open_store("sqlite:///store.db", tmp_path) as store:
            with pytest.raises(StoreError, match=r"store\.db\.lock: Is a directory"):
                async with store.held():
                    pass

    asyncio.run(work())


DIES = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[2])
from store_samples import *
from aggregator.store import DocumentState

async def work():
    async with opened(sys.argv[1]) as store:
        await bring(store, story(1, "A"))
        number = (await store.source_state(INBOX.key)).id
        async with store.batch(number) as batch:
            await batch.remember([DocumentState(name="2.md", validators="v")])
            await save_in(batch, [story(2, "B"), story(1, "C", text="Half.")], scan=2)
            os._exit(7)

asyncio.run(work())
"""


def test_a_process_that_dies_in_a_batch_leaves_nothing_half_done(store_url: str) -> None:
    here = str(Path(__file__).parent)
    ended = subprocess.run([sys.executable, "-c", DIES, store_url, here], check=False, timeout=30)
    assert ended.returncode == 7

    async def work() -> None:
        async with opened(store_url) as store, store.held():
            assert await titles(store) == ["Story 1"]
            assert set(await feeds(store)) == {"", "a"}
            assert (await store.source_state(INBOX.key)).seen == {}
            again = await bring(store, story(2, "B"), scan=2)
            assert again == [New()]

    asyncio.run(work())


def test_a_reader_sees_the_state_before_while_a_batch_is_written(tmp_path: Path) -> None:
    async def work() -> None:
        url = f"sqlite:///{tmp_path}/store.db"
        async with opened(url) as store, open_store(url, Path("/")) as reader:
            await bring(store, story(1))
            async with store.batch(1) as batch:
                await save_in(batch, [replace(story(2), published=DAY)])
                assert await titles(reader) == ["Story 1"]
            assert len(await titles(reader)) == 2

    asyncio.run(work())
