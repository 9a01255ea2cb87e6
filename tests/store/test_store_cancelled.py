"""A write that is cancelled at any moment leaves the store free for the next one."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from aggregator.store import Store, open_store

# Steps of the loop after which a write is cancelled, beyond the last that it takes.
_STEPS = 120


async def _write(store: Store) -> None:
    await store.set_site("http://127.0.0.1:8000/")
    await store.release(datetime(2026, 1, 1, tzinfo=UTC))
    await store.set_sources([])


async def _cancelled_after(steps: int, store: Store) -> asyncio.Task[None]:
    task = asyncio.create_task(_write(store))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    return task


async def _try_all(store_url: str, root: Path) -> int:
    async with open_store(store_url, root) as store:
        # Kept, with the frames that they were cancelled in, as a log or a debugger would.
        ended = []
        for steps in range(_STEPS):
            ended.append(await _cancelled_after(steps, store))
            async with asyncio.timeout(5):
                await _write(store)
        return sum(task.cancelled() for task in ended)


def test_a_cancelled_write_holds_up_no_other(store_url: str, tmp_path: Path) -> None:
    assert asyncio.run(_try_all(store_url, tmp_path)) > 20
