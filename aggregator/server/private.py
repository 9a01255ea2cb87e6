"""The private feed of troubles: for whoever knows its address."""

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from aggregator.server.content import examine
from aggregator.server.files import answer, coding
from aggregator.server.paths import INDEX

# Returns what the address ends with.
Token: TypeAlias = Callable[[], Awaitable[str]]
# Returns the files there, by name.
Troubles: TypeAlias = Callable[[], Awaitable[dict[str, bytes]]]


def troubles_route(token: Token, troubles: Troubles) -> Route:
    """Return where the feed is served."""
    return Route("/status/{token}/{file:path}", _Private(token, troubles), methods=["GET", "HEAD"])


class _Private:
    """The feed as an application: 404 for every address but the right one."""

    def __init__(self, token: Token, troubles: Troubles) -> None:
        self._token = token
        self._troubles = troubles

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send a file of the feed or 304; raises HTTPException 404."""
        path = Request(scope).path_params
        token = await self._token()
        # First of all: whoever guesses makes nobody render anything.
        if not hmac.compare_digest(path["token"].encode(), token.encode()):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        name = path["file"] or INDEX
        body = (await self._troubles()).get(name)
        if body is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        request = Headers(scope=scope)
        now = datetime.now(UTC).replace(microsecond=0)
        chosen = examine(name, body, now, coding(request))

        async def plain() -> bytes:
            return body

        await answer(chosen, plain, request, send)
