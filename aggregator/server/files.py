"""Answers to requests for published files."""

import asyncio
import errno
import os
import stat
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.server.content import CACHING, GUARDED, Content, RawHeaders, Representation
from aggregator.server.headers import accepts_gzip, not_modified
from aggregator.server.paths import INDEX, names, opened
from aggregator.server.shelf import Shelf, read

# Compressed bytes held in memory: about 700 feeds of 300 kB.
_SHELF_BYTES = 64 << 20
# Whatever else goes wrong with a file is our fault and not the client's.
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES, errno.ENXIO}


class Files:
    """The published folder as an application of its own.

    It speaks ASGI itself: a route, a request and a response object for each answer cost a sixth of
    the requests served (docs/performance.md).
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shelf = Shelf(_SHELF_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file, 304 or a redirect; raises HTTPException 404 or 405."""
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        parts = names(scope["raw_path"])
        if parts is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            with opened(self._root, parts) as descriptor:
                await self._answer(parts, descriptor, scope, receive, send)
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            raise HTTPException(HTTPStatus.NOT_FOUND) from error

    async def _answer(
        self, parts: tuple[str, ...], descriptor: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode) and parts[-1]:
            await _to_folder(parts[-1], scope["query_string"].decode("latin-1"))(
                scope, receive, send
            )
            return
        if not stat.S_ISREG(found.st_mode):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = await self._shelf.content((*parts[:-1], parts[-1] or INDEX), descriptor)

        async def plain() -> bytes:
            return await asyncio.to_thread(read, descriptor, found.st_size)

        await answer(content, plain, scope, send)


async def answer(
    content: Content, plain: Callable[[], Awaitable[bytes]], scope: Scope, send: Send
) -> None:
    """Send a content, or 304 if the client has it; ``plain`` returns its bytes as they are."""
    headers = Headers(scope=scope)
    chosen = _chosen(content, headers)
    if _is_known(chosen, headers):
        await _send(send, HTTPStatus.NOT_MODIFIED, chosen.unchanged, b"")
        return
    body = await plain() if chosen.body is None else chosen.body
    await _send(send, HTTPStatus.OK, chosen.whole, body)


def _to_folder(name: str, query: str) -> Response:
    """Redirect to the folder itself, relative so that it holds behind a proxy's prefix too."""
    target = quote(name, safe="") + "/" + (f"?{query}" if query else "")
    headers = {"Location": target, "Cache-Control": CACHING, **GUARDED}
    return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers=headers)


def _chosen(content: Content, headers: Headers) -> Representation:
    if content.gzipped and accepts_gzip(_value(headers, "accept-encoding") or ""):
        return content.gzipped
    return content.plain


def _is_known(chosen: Representation, headers: Headers) -> bool:
    tags, since = _value(headers, "if-none-match"), _value(headers, "if-modified-since")
    return not_modified(tags, since, chosen.etag, chosen.modified)


def _value(headers: Headers, name: str) -> str | None:
    """A header's value; sent in several lines it means the same as in one (RFC 9110, 5.3)."""
    values = headers.getlist(name)
    return ", ".join(values) if values else None


async def _send(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
