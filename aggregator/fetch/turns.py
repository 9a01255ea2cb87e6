"""Waiting one's turn: one request at a time to a host, with a pause, and not too many in all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf

from aggregator.errors import RestingError

# Requests that are under way at once. With more, a loop on one core answers no more of them in a
# second, and each may hold a body of the largest size.
_IN_FLIGHT = 64
# Hosts that nobody asks at the moment and that are still known. With the shortest pause anybody
# would set, a second, that is twice what the client asks in one.
_KNOWN = 5_000


@dataclass(slots=True)
class Host:
    """What is known of a machine: who waits for it, and since and until when it is left alone."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    ended: float = -inf
    until: float = -inf
    status: int = 0

    def leave_alone(self, seconds: float, status: int) -> None:
        """Refuse to ask for so many seconds, as an answer of this status wants."""
        self.until = asyncio.get_running_loop().time() + seconds
        self.status = status

    def check(self) -> None:
        """Raise RestingError while the host is to be left alone."""
        rest = self.until - asyncio.get_running_loop().time()
        if rest > 0:
            blocked = self.status == HTTPStatus.TOO_MANY_REQUESTS
            raise RestingError(
                f"not asked: the server wants to be left alone for another {rest:.0f} s "
                f"(it answered {self.status})",
                self.status,
                "blocked" if blocked else "unreachable",
                rest,
            )


class Turns:
    """Who may ask which host when, by its name: what listens on other ports is the same machine."""

    def __init__(self) -> None:
        self._asked: dict[str, Host] = {}
        self._idle: dict[str, Host] = {}  # the longest idle first
        self._slots = asyncio.Semaphore(_IN_FLIGHT)

    @contextlib.asynccontextmanager
    async def turn(self, name: str, delay: float) -> AsyncIterator[Host]:
        """Wait for one's turn, in the order of coming; it lasts as long as the block.

        ``delay``: seconds that the host is left alone after its last answer. Raises RestingError
        while the host wants to be left alone for longer.
        """
        host = self._asked.get(name) or self._idle.pop(name, None) or Host()
        self._asked[name] = host
        host.waiting += 1
        try:
            async with host.lock:
                host.check()
                await asyncio.sleep(host.ended + delay - asyncio.get_running_loop().time())
                async with self._slots:
                    try:
                        yield host
                    finally:
                        host.ended = asyncio.get_running_loop().time()
        finally:
            host.waiting -= 1
            if not host.waiting:
                self._rest(name)

    def _rest(self, name: str) -> None:
        self._idle[name] = self._asked.pop(name)
        if len(self._idle) > _KNOWN:
            del self._idle[next(iter(self._idle))]
