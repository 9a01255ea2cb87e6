"""Visits of many sources that begin and end together, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_samples import DAY, INBOX, opened

from aggregator.errors import StoreError
from aggregator.store import DocumentState, Kept, SourceEntry, Store, Visited

MANY = [replace(INBOX, key=f"feed:{n}", name=f"Feed {n}", target=str(n)) for n in range(40)]


def visited(source: int) -> Visited:
    """Return a visit that differs from source to source; every third one failed."""
    error = "no such host" if source % 3 == 0 else ""
    return Visited(
        at=DAY + timedelta(seconds=source),
        error=error,
        health="unreachable" if error else "ok",
        health_text=error,
        failures=int(bool(error)),
        due=DAY + timedelta(hours=source),
        documents=(DocumentState(name=f"{source}.xml", validators=f"v{source}"),),
        kept=(Kept(name=f"{source}.xml", memory=f'{{"why": "{source}"}}'),),
    )


async def states(store: Store, sources: list[SourceEntry]) -> list[int]:
    found = await asyncio.gather(*(store.source_state(source.key) for source in sources))
    return [state.id for state in found]


def counted(store: Store) -> list[int]:
    """Count transactions from now on."""
    begun: list[int] = []
    sa.event.listen(store._engine.sync_engine, "begin", lambda _: begun.append(1))
    return begun


def test_each_is_noted_as_its_own_and_many_in_one_transaction(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await store.set_sources(MANY)
            begun = counted(store)
            numbers = await states(store, MANY)
            assert len(set(numbers)) == len(MANY)
            await asyncio.gather(*(store.visited(n, visited(n)) for n in numbers))
            assert len(begun) <= 6
            for source, number in zip(MANY, numbers, strict=True):
                state, visit = await store.source_state(source.key), visited(number)
                assert state.seen == {f"{number}.xml": f"v{number}"}
                assert state.memories == {f"{number}.xml": f'{{"why": "{number}"}}'}
                assert (state.scans, state.failures) == (1, visit.failures)
            told = {one.name: one for one in await store.source_statuses()}
            for source, number in zip(MANY, numbers, strict=True):
                status, visit = told[source.name], visited(number)
                assert (status.last_scan, status.next_scan) == (visit.at, visit.due)
                assert (status.error, status.health) == (visit.error, visit.health)
                assert status.health_since == visit.at

    asyncio.run(work())


def test_what_is_noted_again_takes_the_place_of_what_was(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            (number,) = await states(store, [INBOX])
            await store.visited(number, visited(number))
            again = visited(number)
            (kept,) = again.kept
            await store.visited(number, replace(again, kept=(replace(kept, memory="{}"),)))
            state = await store.source_state(INBOX.key)
            assert state.memories == {kept.name: "{}"}
            assert state.scans == 2

    asyncio.run(work())


def test_one_that_nobody_knows_costs_no_other(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await store.set_sources(MANY)
            keys = [*(source.key for source in MANY), "feed:nobody"]
            said = await asyncio.gather(*map(store.source_state, keys), return_exceptions=True)
            assert isinstance(said.pop(), StoreError)
            assert not [one for one in said if isinstance(one, BaseException)]
            with pytest.raises(StoreError, match="knows no source"):
                await store.source_state("feed:nobody", frozenset({"a"}))

    asyncio.run(work())
