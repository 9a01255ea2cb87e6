"""Whose turn it is: one source of a server after the other, and so many sources at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from aggregator.sources import Source

# Sources that are visited at once: on the web, where the time goes by waiting, and on this
# machine. Apart, because servers that do not answer must not hold up a folder.
_REMOTE, LOCAL = 64, 2


class Turns:
    """Gives sources their turns, first come first served; ``local``: folders at once."""

    def __init__(self, local: int = LOCAL) -> None:
        self._remote = asyncio.Semaphore(_REMOTE)
        self._local = asyncio.Semaphore(local)
        self._servers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def turn(self, source: Source) -> AsyncIterator[None]:
        """Wait until it is a source's turn, which lasts until the block ends.

        Sources of one server wait for each other outside the gate: they would only fill it.
        """
        if not source.settings.remote:
            async with self._local:
                yield
            return
        server = self._servers.setdefault(_server(source), asyncio.Lock())
        async with server, self._remote:
            yield


def _server(source: Source) -> str:
    target = source.settings.target
    return urlsplit(target).hostname or target
