"""What was found out about files, kept for as long as they stay the same."""

import asyncio
import os
from collections import OrderedDict
from datetime import UTC, datetime

from aggregator.server.content import Content, examine

# Modification time in nanoseconds, size and inode: by these a file is known again.
_State = tuple[int, int, int]


class Shelf:
    """Holds the content of files in memory.

    The compressed bytes are what takes space; those asked for least recently go first when there
    are more than ``limit`` bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, ...], tuple[_State, Content]] = OrderedDict()
        self._loading = asyncio.Lock()

    async def content(self, parts: tuple[str, ...], descriptor: int) -> Content:
        """Return the content of the open file that ``parts`` lead to. Raises OSError."""
        found = os.fstat(descriptor)
        state = found.st_mtime_ns, found.st_size, found.st_ino
        if known := self._known(parts, state):
            return known
        # One at a time: after a publish many readers ask for the same file at once, and one
        # reading and compressing it is enough.
        async with self._loading:
            return self._known(parts, state) or await self._load(parts, state, descriptor)

    def _known(self, parts: tuple[str, ...], state: _State) -> Content | None:
        kept = self._kept.get(parts)
        if kept is None or kept[0] != state:
            return None
        self._kept.move_to_end(parts)
        return kept[1]

    async def _load(self, parts: tuple[str, ...], state: _State, descriptor: int) -> Content:
        modified = datetime.fromtimestamp(state[0] // 1_000_000_000, UTC)
        content = await asyncio.to_thread(
            lambda: examine(parts[-1], read(descriptor, state[1]), modified)
        )
        self._forget(parts)
        self._kept[parts] = state, content
        self._size += _size(content)
        while self._size > self._limit:
            self._forget(next(iter(self._kept)))
        return content

    def _forget(self, parts: tuple[str, ...]) -> None:
        if kept := self._kept.pop(parts, None):
            self._size -= _size(kept[1])


def _size(content: Content) -> int:
    """Bytes that keeping the content takes, with about 4 kB for the objects around it."""
    return 4096 + len(content.gzipped.body or b"" if content.gzipped else b"")


def read(descriptor: int, size: int) -> bytes:
    """Return the first ``size`` bytes of an open file, wherever its position is."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read(size)
