"""Doing at one go what many ask for at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """Does something for all who asked while it was done for those before them, or waited.

    ``do`` gets items and returns what becomes of each; it is called while ``turn`` is held. What it
    raises meets the one whose turn it was; the others have theirs.
    """

    def __init__(
        self, do: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], turn: asyncio.Lock
    ) -> None:
        self._do = do
        self._turn = turn
        self._asked: dict[asyncio.Future[Result], Item] = {}

    async def __call__(self, item: Item) -> Result:
        """Return what becomes of an item."""
        mine: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._asked[mine] = item
        try:
            async with self._turn:
                if not mine.done():
                    await self._do_for_all()
            return mine.result()
        finally:
            self._asked.pop(mine, None)

    async def _do_for_all(self) -> None:
        asked = tuple(self._asked.items())
        results = await self._do([item for _, item in asked])
        for (future, _), result in zip(asked, results, strict=True):
            future.set_result(result)
            self._asked.pop(future, None)
