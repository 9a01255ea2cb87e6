"""Answers to requests for published files."""

import asyncio
import errno
import os
import stat
from collections.abc import Awaitable, Callable, Container
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.server.content import (
    CACHING,
    CODINGS,
    GUARDED,
    RawHeaders,
    Representation,
    instance,
    raw,
)
from aggregator.server.deltas import Deltas
from aggregator.server.headers import coding_for, entity_tags, failed, not_modified, wants_deltas
from aggregator.server.moves import Moves
from aggregator.server.paths import INDEX, names, opened
from aggregator.server.ready import Ready, sent
from aggregator.server.shelf import Shelf, read
from aggregator.terms import Terms

# Compressed bytes held in memory: about 700 feeds of 300 kB.
_SHELF_BYTES = 64 << 20
# Whatever else goes wrong with a file is our fault and not the client's.
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES, errno.ENXIO}


class Files:
    """The published folder as an application of its own.

    It speaks ASGI itself: a route, a request and a response object for each answer cost a sixth of
    the requests served (docs/performance.md). What it has sent is ``ready`` for the next one.
    """

    def __init__(self, root: Path, terms: Callable[[], Terms]) -> None:
        self._root = root
        self._terms = terms
        self._shelf = Shelf(_SHELF_BYTES)
        self._deltas = Deltas()
        self._moves = Moves(root / "_redirects")
        self.ready = Ready(root, self._shelf, self._moves)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a file, 304 or a redirect; raises HTTPException 404, 405, 410 or 412."""
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        parts = names(scope["raw_path"])
        if parts is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if moved := self._moves.location(parts):
            await _elsewhere(moved, HTTPStatus.MOVED_PERMANENTLY, scope)(scope, receive, send)
            return
        if _is_of(self._terms().gone, parts):
            raise HTTPException(HTTPStatus.GONE)
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
            # Relative, so that it holds behind a proxy's prefix too.
            folder = quote(parts[-1], safe="") + "/"
            await _elsewhere(folder, HTTPStatus.PERMANENT_REDIRECT, scope)(scope, receive, send)
            return
        if not stat.S_ISREG(found.st_mode):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        headers = Headers(scope=scope)
        parts = (*parts[:-1], parts[-1] or INDEX)
        coded = coding(headers)
        chosen = await self._shelf.representation(parts, coded, descriptor)

        async def plain() -> bytes:
            return await asyncio.to_thread(read, descriptor, found.st_size)

        self.ready.keep(scope, (parts, coded), self._terms())
        if _is_refused(chosen, headers):
            raise HTTPException(HTTPStatus.PRECONDITION_FAILED)
        if wants_deltas(_value(headers, "a-im") or "") and not _is_known(chosen, headers):
            delta = await self._delta(parts, chosen, headers, await plain())
            if delta is not None:
                await sent(send, HTTPStatus.IM_USED, _manipulated(chosen, len(delta)), delta)
                return
        await answer(chosen, plain, headers, send)

    async def _delta(
        self, parts: tuple[str, ...], chosen: Representation, headers: Headers, body: bytes
    ) -> bytes | None:
        """Return the feed without what this reader has, None if it is to get all of it."""
        if not parts[-1].endswith(".xml"):
            return None
        had = [instance(tag) for tag in entity_tags(_value(headers, "if-none-match") or "")]
        return await asyncio.to_thread(
            self._deltas.between, parts, body, instance(chosen.etag), had
        )


def _is_of(slugs: Container[str], parts: tuple[str, ...]) -> bool:
    """Whether an address is that of one of these feeds, of a file or an archived page of it."""
    folder = parts[:-1]
    inside = folder[:-1] if folder[-1:] == ("archive",) else folder
    return "/".join(parts) in slugs or "/".join(inside) in slugs


def coding(headers: Headers) -> str:
    """Return the content coding that a client is to get, "" for none."""
    return coding_for(_value(headers, "accept-encoding") or "", CODINGS)


def _manipulated(chosen: Representation, length: int) -> RawHeaders:
    """Return the headers of 226: the entity tag is that of the whole feed (RFC 3229, 10.4.1).

    A cache that does not know of deltas must not keep one (10.8.3).
    """
    kept = {b"etag", b"content-type", b"last-modified", b"access-control-allow-origin", b"link"}
    more = {
        "IM": "feed",
        "Content-Length": str(length),
        "Cache-Control": "no-store, im",
        "Vary": "Accept-Encoding, A-IM, If-None-Match",
        **GUARDED,
    }
    fields = chosen.dated()
    return (*(field for field in fields if field[0] in kept), *raw(more))


async def answer(
    chosen: Representation,
    plain: Callable[[], Awaitable[bytes]],
    headers: Headers,
    send: Send,
) -> None:
    """Send a file, or 304 if the client has it; ``plain`` returns its bytes as they are."""
    if _is_known(chosen, headers):
        await sent(send, HTTPStatus.NOT_MODIFIED, chosen.unchanged, b"")
        return
    body = await plain() if chosen.body is None else chosen.body
    await sent(send, HTTPStatus.OK, chosen.dated(), body)


def _elsewhere(address: str, status: HTTPStatus, scope: Scope) -> Response:
    """Send a client to an address, with the query that it came with."""
    query = scope["query_string"].decode("latin-1")
    target = address + (f"?{query}" if query else "")
    headers = {"Location": target, "Cache-Control": CACHING, **GUARDED}
    return Response(status_code=status, headers=headers)


def _is_refused(chosen: Representation, headers: Headers) -> bool:
    tags, since = _value(headers, "if-match"), _value(headers, "if-unmodified-since")
    return failed(tags, since, chosen.etag, chosen.modified)


def _is_known(chosen: Representation, headers: Headers) -> bool:
    tags, since = _value(headers, "if-none-match"), _value(headers, "if-modified-since")
    return not_modified(tags, since, chosen.etag, chosen.modified)


def _value(headers: Headers, name: str) -> str | None:
    """A header's value; sent in several lines it means the same as in one (RFC 9110, 5.3)."""
    values = headers.getlist(name)
    return ", ".join(values) if values else None
