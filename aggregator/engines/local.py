"""Jobs in this process: I/O in its event loop, computation in a pool of further processes."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any

from aggregator.engines.memory import thrifty
from aggregator.errors import AggregatorError

log = logging.getLogger(__name__)

_WORKERS = os.cpu_count() or 1

# With fewer items in all the way to other processes costs more than it saves: a pool takes 0.3 s to
# start, an article 1 ms. Once it is there, it is used for all: a single batch would hold up the
# event loop here.
_INLINE = 12

# What workers work with, imported once for all of them.
_IMPORTED = ("aggregator.scan", "aggregator.output")

# Seconds that one item may take, and 60 of them together twice that. The slowest document
# of the test corpora takes under one.
_PATIENCE = 60.0

# Seconds until a process must have started; it takes 0.3 on an idle machine.
_START = 30.0


class LocalEngine:
    """Maps pure functions over items with all cores. The pool starts when it is first needed."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._pool: ProcessPoolExecutor | None = None
        self._done = 0
        # One batch more than there are workers keeps them busy; more would wait for their turn in
        # the pool, where the time that they wait counts as theirs.
        self._slots = asyncio.Semaphore(_WORKERS + 1)
        self._suspects = asyncio.Lock()
        self._cell: ProcessPoolExecutor | None = None

    async def compute(self, task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Return ``[task(item) for item in items]``; task and items must be picklable.

        A task that does many items better at one go has a method ``map`` for it; one that does
        no more than ``few`` items as well here, in a thread, says so.

        In the place of an item that made its process die or hang stands an AggregatorError. Raises
        AggregatorError when processes cannot be had at all, which is no item's fault.
        """
        if len(items) <= getattr(task, "few", 0):
            return await asyncio.to_thread(_map, task, items)
        self._done += len(items)
        if self._done < _INLINE:
            return await asyncio.to_thread(_map, task, items)
        async with self._slots:
            pool = self._started()
            try:
                async with asyncio.timeout(self._patience * (1 + len(items) / 60)):
                    return await asyncio.wrap_future(pool.submit(_map, task, items))
            except (BrokenProcessPool, TimeoutError):
                self._discard(pool)
        return await self._one_by_one(task, items)

    async def _one_by_one(self, task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        """Do a batch that failed so that only the guilty item is lost.

        All batches in the pool fail with it. Here one item at a time is alone in a process, so
        that none answers for another.
        """
        done = []
        async with self._suspects:
            try:
                for item in items:
                    self._cell = self._cell or await _new_cell()
                    done.append(await self._alone(task, item, self._cell))
            finally:
                self._release()
        return done

    async def _alone(self, task: Callable[[Any], Any], item: Any, cell: ProcessPoolExecutor) -> Any:
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.wrap_future(cell.submit(task, item))
        except (BrokenProcessPool, TimeoutError) as error:
            self._release()
            called = getattr(item, "name", None) or getattr(item, "title", None) or type(item)
            log.warning("%s ended a worker process: %r", called, error)
            return AggregatorError("its processing crashed or did not end; it is left out")

    def _release(self) -> None:
        if self._cell:
            _kill(self._cell)
            self._cell = None

    def close(self) -> None:
        """End the pool; what it is working on is given up."""
        self._release()
        if self._pool:
            self._discard(self._pool)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = _new_pool(_WORKERS)
        return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:
            self._pool = None
        _kill(pool)


@contextlib.asynccontextmanager
async def open_engine(patience: float = _PATIENCE) -> AsyncIterator[LocalEngine]:
    """Open an engine; its processes end with it. ``patience``: seconds for one item."""
    thrifty()
    engine = LocalEngine(patience)
    try:
        yield engine
    finally:
        engine.close()


def _new_pool(workers: int) -> ProcessPoolExecutor:
    # forkserver: a fork of this process would copy its threads' locks in any state.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_IMPORTED, "aggregator.engines.forked"])
    # Ctrl-C goes to every process of the terminal, and this one takes a second to come up.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    forkserver.ensure_running()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=_settle)


async def _new_cell() -> ProcessPoolExecutor:
    """Return a pool of one process that is known to work."""
    cell = _new_pool(1)
    try:
        async with asyncio.timeout(_START):
            await asyncio.wrap_future(cell.submit(os.getpid))
    except (BrokenProcessPool, TimeoutError) as error:
        _kill(cell)
        raise AggregatorError("worker processes cannot be started, or end at once") from error
    return cell


def _kill(pool: ProcessPoolExecutor) -> None:
    # What waits in it is not cancelled but fails, which those who wait can tell from their own end.
    answers: Any = pool._result_queue
    for process in tuple((pool._processes or {}).values()):
        process.kill()
    pool.shutdown(wait=False)
    # A process killed in the midst of an answer leaves half of it. The pool's own thread would wait
    # for the rest for ever, and this program with it at its end, while a writing end is open here.
    if answers:
        answers._writer.close()


def _map(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Do items one after the other, or together where the task can."""
    together = getattr(task, "map", None)
    return list(together(items)) if together else [task(item) for item in items]


def _settle() -> None:
    """Leave Ctrl-C to the main process, and end when that is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
