"""The one path that takes more than a question: where hubs verify, and deliver news (WebSub)."""

import asyncio
import functools
from http import HTTPStatus
from weakref import WeakValueDictionary

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from aggregator.server.content import GUARDED
from aggregator.server.listen import DELIVERED
from aggregator.websub import PLACE, Callbacks, Fate

_ANSWERS: dict[Fate, HTTPStatus] = {
    "taken": HTTPStatus.ACCEPTED,
    # A hub may take this for the end of a subscription (W3C WebSub, 7).
    "gone": HTTPStatus.GONE,
    "later": HTTPStatus.SERVICE_UNAVAILABLE,
}
_HEADERS = {"Cache-Control": "no-store", **GUARDED}
# Seconds after which a hub may deliver again what could not be taken.
_LATER = {"Retry-After": "60"}

# One body at a time of each subscription is held in memory.
_Turns = WeakValueDictionary[str, asyncio.Lock]


def hubs_route(callbacks: Callbacks) -> Route:
    """Return the route at which hubs find this program."""
    answer = functools.partial(_answer, callbacks, _Turns())
    return Route(f"/{PLACE}{{token}}", answer, methods=["GET", "POST"])


async def _answer(callbacks: Callbacks, turns: _Turns, request: Request) -> Response:
    token = request.path_params["token"]
    match request.method:
        case "POST":
            return await _take(callbacks, turns, token, request)
        case "GET":
            challenge = await callbacks.confirm(token, request.query_params)
            if challenge is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return PlainTextResponse(challenge, headers=_HEADERS)
        case _:
            allowed = {"Allow": "GET, POST"}
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)


async def _take(callbacks: Callbacks, turns: _Turns, token: str, request: Request) -> Response:
    if await callbacks.standing(token) is None:
        return _said(HTTPStatus.GONE)
    async with turns.setdefault(token, asyncio.Lock()):
        try:
            body = await _body(request)
        except ClientDisconnect:
            return _said(HTTPStatus.BAD_REQUEST)  # nobody reads it
        if body is None:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        signature = request.headers.get("x-hub-signature", "")
        return _said(_ANSWERS[await callbacks.deliver(token, signature, body)])


async def _body(request: Request) -> bytes | None:
    """Return what is delivered, None when that is too much."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > DELIVERED:
        return None
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > DELIVERED:
            return None
    return bytes(body)


def _said(status: HTTPStatus) -> Response:
    # What was not read is not to be taken for the next request.
    ends = {"Connection": "close"} if status != HTTPStatus.ACCEPTED else {}
    more = _LATER if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return Response(status_code=status, headers={**_HEADERS, **ends, **more})
