"""Doing at one go what many ask for: who waits, who is cancelled, whom an error meets."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence

import pytest

from aggregator.store.together import Together

Ask = Together[int, int]


def run(work: Callable[[Ask, list[list[int]]], Coroutine[None, None, None]]) -> None:
    asked: list[list[int]] = []

    async def double(items: Sequence[int]) -> list[int]:
        asked.append(list(items))
        for _ in range(4):
            await asyncio.sleep(0)
        if items[0] < 0:
            raise ValueError(items[0])
        return [2 * item for item in items]

    async def inside() -> None:
        await work(Together(double, asyncio.Lock()), asked)

    asyncio.run(inside())


def test_who_asks_meanwhile_is_served_together() -> None:
    async def work(ask: Ask, asked: list[list[int]]) -> None:
        first = asyncio.create_task(ask(1))
        await asyncio.sleep(0)
        assert await asyncio.gather(*map(ask, range(2, 50)), first) == [*range(4, 100, 2), 2]
        assert asked == [[1], list(range(2, 50))]
        assert await ask(7) == 14
        assert asked[2:] == [[7]]

    run(work)


def test_an_error_meets_the_one_whose_turn_it_was() -> None:
    async def work(ask: Ask, asked: list[list[int]]) -> None:
        said = await asyncio.gather(*map(ask, [-1, 2, 3]), return_exceptions=True)
        assert isinstance(said[0], ValueError)
        assert said[1:] == [4, 6]
        assert len(asked) == 2

    run(work)


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_who_is_cancelled_costs_nobody_else(cancelled: int) -> None:
    async def work(ask: Ask, asked: list[list[int]]) -> None:
        tasks = [asyncio.create_task(ask(number)) for number in (1, 2, 3)]
        for _ in range(2):
            await asyncio.sleep(0)
        tasks[cancelled].cancel()
        said = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(said[cancelled], asyncio.CancelledError)
        rest = [2 * number for number in (1, 2, 3) if number != cancelled + 1]
        assert [one for one in said if isinstance(one, int)] == rest
        assert await ask(5) == 10

    run(work)
