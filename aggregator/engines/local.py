"""Jobs in this process: I/O in its event loop, computation in a pool of further processes."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from aggregator.errors import AggregatorError

log = logging.getLogger(__name__)

# Below this many items the way to another process costs more than it saves: a pool takes 0.3 s to
# start, an article 1 ms.
_INLINE = 12

# Seconds that one item may take. The slowest document of the test corpora takes under one.
_PATIENCE = 60.0


class LocalEngine:
    """Maps pure functions over items with all cores. The pool starts when it is first needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def compute(self, task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Return ``[task(item) for item in items]``; task and items must be picklable.

        In the place of an item that made its process die or hang stands an AggregatorError.
        """
        if len(items) < _INLINE:
            return await asyncio.to_thread(_map, task, items)
        pool = self._started()
        try:
            async with asyncio.timeout(_PATIENCE + len(items)):
                return await asyncio.wrap_future(pool.submit(_map, task, items))
        except (BrokenProcessPool, TimeoutError):
            self._discard(pool)
            return [await self._alone(task, item) for item in items]

    async def _alone(self, task: Callable[[Any], Any], item: Any) -> Any:
        """Do one item of a batch that failed, so that only the guilty one is lost."""
        pool = self._started()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.wrap_future(pool.submit(task, item))
        except (BrokenProcessPool, TimeoutError) as error:
            self._discard(pool)
            log.warning("%s ended a worker process: %r", getattr(item, "name", item), error)
            return AggregatorError("its processing crashed or did not end; it is left out")

    def close(self) -> None:
        """End the pool; what it is working on is given up."""
        if self._pool:
            self._discard(self._pool)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # forkserver: a fork of this process would copy its threads' locks in any state.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["aggregator.scan", "aggregator.output"])
            self._pool = ProcessPoolExecutor(
                max_workers=os.cpu_count() or 1, mp_context=context, initializer=_ignore_interrupts
            )
        return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:
            self._pool = None
        for process in tuple((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)


@contextlib.asynccontextmanager
async def open_engine() -> AsyncIterator[LocalEngine]:
    """Open an engine; its processes end with it."""
    engine = LocalEngine()
    try:
        yield engine
    finally:
        engine.close()


def _map(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    return [task(item) for item in items]


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which the terminal sends to all processes, to the daemon."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
