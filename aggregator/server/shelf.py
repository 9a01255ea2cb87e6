"""What was found out about files, kept for as long as they stay the same."""

import asyncio
import os
from collections import OrderedDict
from datetime import UTC, datetime

from aggregator.server.content import Representation, examine

# By these a file is known again; the first is its modification time in nanoseconds. The last is the
# time of any other change, such as of who may read it.
State = tuple[int, int, int, int]

# What lies there: the way to a file, and the content coding.
Key = tuple[tuple[str, ...], str]


def state_of(found: os.stat_result) -> State:
    """Return what differs between a file and any other, or itself at another time."""
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns


class Shelf:
    """Holds how files are sent in memory.

    The compressed bytes are what takes space; those asked for least recently go first when there
    are more than ``limit`` bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Key, tuple[State, Representation]] = OrderedDict()
        self._loading = asyncio.Lock()

    async def representation(
        self, parts: tuple[str, ...], coding: str, descriptor: int
    ) -> Representation:
        """Return how to send the open file that ``parts`` lead to. Raises OSError."""
        state, key = state_of(os.fstat(descriptor)), (parts, coding)
        if known := self.known(key, state):
            return known
        # One at a time: after a publish many readers ask for the same file at once, and one
        # reading and compressing it is enough.
        async with self._loading:
            return self.known(key, state) or await self._load(key, state, descriptor)

    def known(self, key: Key, state: State) -> Representation | None:
        """Return how to send a file if that is known, of this state of it."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != state:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    async def _load(self, key: Key, state: State, descriptor: int) -> Representation:
        parts, coding = key
        # The next whole second: what a client was sent in the second of a change, and dated itself,
        # is older than that.
        modified = datetime.fromtimestamp(-(-state[0] // 1_000_000_000), UTC)
        made = await asyncio.to_thread(
            lambda: examine(parts[-1], read(descriptor, state[1]), modified, coding)
        )
        self._forget(key)
        self._kept[key] = state, made
        self._size += _size(made)
        while self._size > self._limit:
            self._forget(next(iter(self._kept)))
        return made

    def _forget(self, key: Key) -> None:
        if kept := self._kept.pop(key, None):
            self._size -= _size(kept[1])


def _size(made: Representation) -> int:
    """Bytes that keeping it takes, with about 2 kB for the objects around it."""
    return 2048 + len(made.body or b"")


def read(descriptor: int, size: int) -> bytes:
    """Return the first ``size`` bytes of an open file, wherever its position is."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read(size)
