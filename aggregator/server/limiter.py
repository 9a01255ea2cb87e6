"""An end to the patience with clients that ask too often (RFC 6585, 4)."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.terms import Rate, Terms

_SECOND = 1_000_000_000
# Clients that are remembered, about 10 MB. Beyond, those who asked longest ago start anew.
_CLIENTS = 50_000
# One subscriber of IPv6 has at least this many bits to choose addresses with (RFC 6177).
_SUBSCRIBER = 64


class Limiter:
    """Remembers how much of its rate each client has used.

    Clients use it up at once or bit by bit, and get it back evenly (the generic cell rate
    algorithm): for each, one number says when it will have all back.
    """

    def __init__(self) -> None:
        self._full: OrderedDict[str, int] = OrderedDict()

    def wait(self, client: str, rate: Rate, now: int) -> int:
        """Return how long a client has to wait before it may ask, 0 when it may, which counts.

        Both times are in nanoseconds.
        """
        whole = rate.seconds * _SECOND
        full = max(self._full.pop(client, now), now)
        taken = full + whole // rate.requests
        wait = max(0, taken - whole - now)
        self._full[client] = full if wait else taken
        if len(self._full) > _CLIENTS:
            self._full.popitem(last=False)
        return wait


class Limited:
    """An application that nobody gets more of than the terms allow."""

    def __init__(self, app: ASGIApp, terms: Callable[[], Terms]) -> None:
        self._app = app
        self._terms = terms
        self._limiter = Limiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; raises HTTPException 429."""
        rate = self._terms().rate
        if rate:
            host = scope["client"][0] if scope["client"] else ""
            wait = self._limiter.wait(subscriber(host), rate, time.monotonic_ns())
            if wait:
                after = {"Retry-After": str(math.ceil(wait / _SECOND))}
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=after)
        await self._app(scope, receive, send)


def subscriber(host: str) -> str:
    """Return what a client is known by: its address, or the network that is all its own.

    Whoever has no address, as a proxy may say, is one client.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _SUBSCRIBER), strict=False))
