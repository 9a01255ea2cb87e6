"""Whose turn it is: one source of a server after the other, and so many sources at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from aggregator.sources import Source

# Sources that are visited at once: on the web, where the time goes by waiting, and on this
# machine. Apart, because servers that do not answer must not hold up a folder.
_REMOTE, LOCAL = 64, 2


class Turns:
    """Gives sources their turns, first come first served; ``local``: folders at once."""

    def __init__(self, local: int = LOCAL) -> None:
        self._local = asyncio.Semaphore(local)
        self._visited: set[str] = set()
        self._waiting: dict[asyncio.Event, str] = {}  # who came first is first

    @contextlib.asynccontextmanager
    async def turn(self, source: Source) -> AsyncIterator[None]:
        """Wait until it is a source's turn, which lasts until the block ends.

        It keeps its place while another one of its server is visited. If it got in line only then,
        the twentieth source of a server would wait twenty times as long as the only one of another.
        """
        if not source.settings.remote:
            async with self._local:
                yield
            return
        server, called = _server(source), asyncio.Event()
        self._waiting[called] = server
        if server not in self._visited:
            # Else there is nobody to call: ten thousand sources of one server may come at once.
            self._call()
        try:
            await called.wait()
            yield
        finally:
            # Who gives up before being called holds no place.
            if self._waiting.pop(called, None) is None:
                self._visited.remove(server)
                self._call()

    def _call(self) -> None:
        """Call those who came first, of servers that nobody visits, as long as there is room."""
        while len(self._visited) < _REMOTE:
            free = (one for one, server in self._waiting.items() if server not in self._visited)
            called = next(free, None)
            if called is None:
                return
            self._visited.add(self._waiting.pop(called))
            called.set()


def _server(source: Source) -> str:
    target = source.settings.target
    return urlsplit(target).hostname or target
