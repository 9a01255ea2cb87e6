"""The private feed of troubles: for whoever knows its address."""

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from aggregator.server.content import examine
from aggregator.server.files import answer
from aggregator.server.paths import INDEX

# Returns what the address ends with, and the files there by name.
Troubles: TypeAlias = Callable[[], Awaitable[tuple[str, dict[str, bytes]]]]


def troubles_route(troubles: Troubles) -> Route:
    """Return where the feed is served."""
    return Route("/status/{token}/{file:path}", _Private(troubles), methods=["GET", "HEAD"])


class _Private:
    """The feed as an application: 404 for every address but the right one."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send a file of the feed or 304; raises HTTPException 404."""
        path = Request(scope).path_params
        token, files = await self._troubles()
        body = files.get(path["file"] or INDEX)
        right = hmac.compare_digest(path["token"].encode(), token.encode())
        if not right or body is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = examine(path["file"] or INDEX, body, datetime.now(UTC).replace(microsecond=0))

        async def plain() -> bytes:
            return body

        await answer(content, plain, scope, send)
