"""Connections: one pool for the internet, one for all addresses, and the same for each proxy."""

import asyncio
import base64
import contextlib
import ssl
from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from aggregator.errors import FetchError
from aggregator.fetch.guard import SocketFactory, any_socket, public_socket
from aggregator.fetch.request import Limits

# Seconds for which a connection waits for the next request to its host, and how many may wait.
# Ten thousand feeds, polled one after the other, would hold a socket each otherwise.
_KEEP, _KEPT = 15.0, 100

# Scheme, host and port.
Origin = tuple[str, str, int | None]


class Pools:
    """The connections of a client, opened when they are first needed, closed with ``stack``."""

    def __init__(
        self, limits: Limits, tls: ssl.SSLContext | None, stack: contextlib.AsyncExitStack
    ) -> None:
        self._limits = limits
        self._tls = tls
        self._stack = stack
        self._open: dict[tuple[bool, str], AiohttpTransport] = {}
        self._kept: dict[Origin, float] = {}  # the longest unused first

    async def pool(self, *, private: bool, proxy: str) -> httpx.AsyncBaseTransport:
        """Return the pool for such requests. Raises FetchError for what is no proxy.

        The way to a proxy is the operator's, and may be inside the network.
        """
        key = (private or bool(proxy), proxy)
        if key not in self._open:
            sockets = any_socket if key[0] else public_socket
            made = self._transport(sockets, _with_fields(proxy) if proxy else None)
            self._open[key] = await self._stack.enter_async_context(made)
        return self._open[key]

    def keeps(self, origin: Origin) -> bool:
        """Tell whether the connection to an origin may wait for a further request, and count it."""
        now = asyncio.get_running_loop().time()
        while self._kept and self._kept[first := next(iter(self._kept))] < now - _KEEP:
            del self._kept[first]
        if self._kept.pop(origin, None) is None and len(self._kept) >= _KEPT:
            return False
        self._kept[origin] = now
        return True

    def _transport(self, sockets: SocketFactory, proxy: httpx.Proxy | None) -> AiohttpTransport:
        limits = self._limits
        return AiohttpTransport(
            # Never used, for the session below brings its own; by default 40 ms go into making one.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            client=lambda: aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    socket_factory=sockets,
                    ssl=self._tls or True,
                    keepalive_timeout=_KEEP,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                response_class=_Response,
                max_line_size=limits.line,
                max_field_size=limits.line,
                max_headers=limits.fields,
            ),
            proxy=proxy,
        )


def proxy_fields(proxy: str) -> dict[str, bytes]:
    """Return the fields that show who asks a proxy: its user and password (RFC 9110, 11.7.2).

    Raises FetchError for what is no proxy, without showing the password.
    """
    user, password = _proxy(proxy).raw_auth or (b"", b"")
    said = base64.b64encode(user + b":" + password)
    return {"Proxy-Authorization": b"Basic " + said} if user or password else {}


def _proxy(written: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(written)
    except (httpx.InvalidURL, ValueError):
        proxy = None
    if proxy is None or proxy.url.scheme not in ("http", "https") or not proxy.url.host:
        # Not the library's words: they show the password.
        said = "its proxy is none; write it like http://user:password@proxy.example.org:3128"
        raise FetchError(said, trouble="refused")
    return proxy


def _with_fields(written: str) -> httpx.Proxy:
    """Return a proxy that is shown its password in a field; aiohttp warns of its other way."""
    fields = {name: value.decode() for name, value in proxy_fields(written).items()}
    return httpx.Proxy(_proxy(written).url, headers=fields)


class _Response(aiohttp.ClientResponse):
    """An answer that tells when the connection broke where only its end ends the body.

    aiohttp takes any end for that, and would hand out the half of a document.
    """

    _ended: asyncio.Future[None] | None = None

    async def start(self, connection: aiohttp.connector.Connection) -> Self:
        protocol = connection.protocol
        self._ended = None if protocol is None else protocol.closed
        if self._ended is not None:
            # It is looked at here only, and may break while it waits for a further request.
            self._ended.add_done_callback(_looked_at)
        await super().start(connection)
        return self

    async def __aexit__(self, *about: Any) -> None:
        await super().__aexit__(*about)
        sized = "Content-Length" in self.headers or "Transfer-Encoding" in self.headers
        ended = self._ended
        if not sized and ended is not None and ended.done() and _looked_at(ended):
            raise aiohttp.ClientPayloadError("the connection broke")


def _looked_at(ended: asyncio.Future[None]) -> BaseException | None:
    return None if ended.cancelled() else ended.exception()
