"""Who really asks, when a proxy that is trusted says so."""

import ipaddress
from collections.abc import Callable, Iterator

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from aggregator.terms import Terms

# Where IPv4 addresses are among those of IPv6, as a socket shows them that listens to both.
_MAPPED, _BITS = "::ffff:", 96


class Proxied:
    """An application behind the proxies that the terms name.

    Of ``X-Forwarded-For`` counts the last address that is no such proxy's: all before it anybody
    may have written. From others the headers count for nothing.
    """

    def __init__(self, app: ASGIApp, terms: Callable[[], Terms]) -> None:
        self._app = app
        self._terms = terms
        self._known: tuple[str, ...] = ()
        self._way = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the client and the scheme that the proxy tells."""
        proxies = self._terms().proxies
        if proxies != self._known:
            self._known = proxies
            self._way = _behind(self._app, proxies) if proxies else self._app
        await self._way(scope, receive, send)


def _behind(app: ASGIApp, proxies: tuple[str, ...]) -> ASGIApp:
    trusted = [spelled for proxy in proxies for spelled in _spellings(proxy)]
    return ProxyHeadersMiddleware(app, trusted)  # type: ignore[arg-type, return-value]


def _spellings(proxy: str) -> Iterator[str]:
    network = ipaddress.ip_network(proxy)
    yield str(network)
    if network.version == 4:  # noqa: PLR2004 - the version of the protocol
        yield f"{_MAPPED}{network.network_address}/{_BITS + network.prefixlen}"
