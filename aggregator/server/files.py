"""Answers to requests for published files."""

import asyncio
import errno
import os
import stat
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.server.content import HTML, SHARED, Content, Shelf, is_text, read
from aggregator.server.headers import accepts_gzip, not_modified
from aggregator.server.paths import INDEX, names, opened

# Every answer: browsers must neither guess a type nor tell others what somebody reads.
GUARDED = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
# The cleaned articles bring pictures, media and, from a few hosts, frames; never a script.
PAGE_POLICY = (
    "default-src 'none'; img-src https: http: data:; media-src https: http:; frame-src https:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A minute: readers ask every few minutes at most, and a crowd behind one proxy costs one request.
# A day: when this server is down, what a proxy still has is better than an error (RFC 5861).
_CACHING = "public, max-age=60, stale-if-error=86400"
# Compressed bytes held in memory: about 800 feeds of 50 articles.
_SHELF_BYTES = 64 << 20
# Whatever else goes wrong with a file is our fault and not the client's.
_NOT_THERE = {
    errno.ENOENT,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.EACCES,
    errno.ENXIO,
}


class Files:
    """The published folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shelf = Shelf(_SHELF_BYTES)

    async def answer(self, request: Request) -> Response:
        """Answer with the file, 304, or a redirect; raises HTTPException 404."""
        parts = names(request.scope["raw_path"])
        if parts is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            with opened(self._root, parts) as descriptor:
                return await self._answer(request, parts, descriptor)
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
            raise HTTPException(HTTPStatus.NOT_FOUND) from error

    async def _answer(self, request: Request, parts: tuple[str, ...], descriptor: int) -> Response:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode) and parts[-1]:
            return _to_folder(parts[-1], request.url.query)
        if not stat.S_ISREG(found.st_mode):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = await self._shelf.content((*parts[:-1], parts[-1] or INDEX), descriptor)
        return await _represent(request, content, descriptor)


def _to_folder(name: str, query: str) -> Response:
    """Redirect to the folder itself, relative so that it holds behind a proxy's prefix too."""
    target = quote(name, safe="") + "/" + (f"?{query}" if query else "")
    headers = {"Location": target, "Cache-Control": _CACHING, **GUARDED}
    return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers=headers)


async def _represent(request: Request, content: Content, descriptor: int) -> Response:
    compressed = content.gzipped if accepts_gzip(_value(request, "accept-encoding") or "") else None
    etag = content.etag(compressed is not None)
    modified = datetime.fromtimestamp(int(os.fstat(descriptor).st_mtime), UTC)
    headers = _always(content, etag)
    tags, since = _value(request, "if-none-match"), _value(request, "if-modified-since")
    if not_modified(tags, since, etag, modified):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers |= _with_body(content, modified)
    if compressed is None:
        return Response(await asyncio.to_thread(read, descriptor), headers=headers)
    return Response(compressed, headers=headers | {"Content-Encoding": "gzip"})


def _value(request: Request, name: str) -> str | None:
    """A header's value; sent in several lines it means the same as in one (RFC 9110, 5.3)."""
    return ", ".join(request.headers.getlist(name)) if name in request.headers else None


def _always(content: Content, etag: str) -> dict[str, str]:
    """Headers of 200 and 304 alike (RFC 9110, 15.4.5)."""
    headers = {"ETag": etag, "Cache-Control": _CACHING, "Vary": "Accept-Encoding", **GUARDED}
    if content.media_type in SHARED:
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


def _with_body(content: Content, modified: datetime) -> dict[str, str]:
    charset = "; charset=utf-8" if is_text(content.media_type) else ""
    headers = {
        "Content-Type": content.media_type + charset,
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Accept-Ranges": "none",
    }
    if content.media_type == HTML:
        headers["Content-Security-Policy"] = PAGE_POLICY
    return headers
