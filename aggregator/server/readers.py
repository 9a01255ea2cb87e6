"""Lets in those who may read, by a token in the address or by HTTP basic auth (RFC 7617)."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote, unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.server.content import GUARDED
from aggregator.terms import Terms, digest

_IN_ADDRESS = re.compile(rb"/t/([^/]+)(/.*)?", re.DOTALL)
# The same whatever was wrong, so that nobody learns which names there are.
_ASKED = {"WWW-Authenticate": 'Basic realm="feeds", charset="UTF-8"', "Vary": "Authorization"}


class Readers:
    """An application for those who may read; for everybody while no reader is named."""

    def __init__(self, app: ASGIApp, terms: Callable[[], Terms]) -> None:
        self._app = app
        self._terms = terms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, without the token in the path; raises HTTPException 401."""
        terms = self._terms()
        if not (terms.tokens or terms.logins):
            await self._app(scope, receive, send)
            return
        address = _IN_ADDRESS.fullmatch(scope["raw_path"])
        if address and _is_among(terms.tokens, unquote_to_bytes(address[1])):
            await self._below(address, scope, receive, send)
            return
        if not _is_among(terms.logins, _login(Headers(scope=scope).get("authorization", ""))):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, headers=_ASKED)
        await self._app(scope, receive, _kept_private(send))

    async def _below(
        self, address: re.Match[bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        token, rest = address.groups()
        if rest is None:
            # Links between pages are relative, and need the slash.
            headers = {"Location": f"{token.decode()}/", "Cache-Control": "no-store", **GUARDED}
            moved = Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers=headers)
            await moved(scope, receive, send)
            return
        inside = {**scope, "raw_path": rest, "path": unquote(rest.decode())}
        await self._app(inside, receive, _kept_private(send))


def _is_among(known: tuple[bytes, ...], secret: bytes) -> bool:
    """Compare with each, all of one length, so that the time taken tells nothing of any."""
    given, found = digest(secret), False
    for one in known:
        found |= hmac.compare_digest(one, given)
    return found


def _login(authorization: str) -> bytes:
    """Return name and password with a colon between them, b"" for anything else."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _kept_private(send: Send) -> Send:
    """Keep answers from caches that many share (RFC 9111, 5.2.2.7)."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message["headers"])}
            headers = MutableHeaders(scope=message)
            caching = headers.get("cache-control", "private")
            headers["Cache-Control"] = caching.replace("public", "private")
            headers.add_vary_header("Authorization")
        await send(message)

    return sending
