"""What a published file looks like on the wire: its type, its headers, its compressed bytes."""

import functools
import gzip
import hashlib
import mimetypes
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import unescape
from pathlib import PurePosixPath
from typing import TypeAlias

import brotli  # type: ignore[import-untyped]  # ships no types

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]

# Every answer: browsers must neither guess a type nor tell others what somebody reads.
GUARDED = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
# The cleaned articles bring pictures and media; never a frame or a script.
PAGE_POLICY = (
    "default-src 'none'; img-src https: http: data:; media-src https: http:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A minute: readers ask every few minutes at most, and a crowd behind one proxy costs one request.
# A day: when this server is down, what a proxy still has is better than an error (RFC 5861).
CACHING = "public, max-age=60, stale-if-error=86400"

_HTML = "text/html"
_ROOTS = {
    b"rss": "application/rss+xml",
    b"feed": "application/atom+xml",  # RFC 4287, 7
    b"opml": "text/x-opml",  # not registered anywhere; the OPML 2.0 specification asks for it
}
# What our own documents begin with before their entries, in XML and in JSON.
_ENTRIES = re.compile(rb'<item>|<entry[ >]|"items":')
_LINKS = re.compile(
    rb'<(?:atom:)?link (?=[^>]*rel="(?P<rel>hub|self)")[^>]*href="(?P<href>[^"]*)"'
    rb'|"(?P<self>feed_url)":"(?P<feed_url>[^"]*)"'
    rb'|"hubs":\[\{"type":"WebSub","url":"(?P<hub>[^"]*)"'
)
_ROOT_ELEMENT = re.compile(rb"<(rss|feed|opml)[\s>]")
_TYPES = {
    ".html": _HTML,
    ".json": "application/feed+json",  # JSON Feed 1.1; no other JSON is published
    ".xml": "application/xml",
    ".opml": _ROOTS[b"opml"],
}
# A script on any web page may read these: feed readers that live in the browser have to.
_FEEDS = frozenset((_ROOTS[b"rss"], _ROOTS[b"feed"], _TYPES[".json"]))
_SHARED = frozenset({*_ROOTS.values(), _TYPES[".json"]})
# What fits into one packet of 1,500 bytes with its headers arrives no sooner for being smaller.
_WORTH_COMPRESSING = 1000
# Bytes of a file that is held in memory as it is. A larger one is read each time, which takes a
# thread and 0.1 ms.
_HELD = 1 << 20
# File times are those of the kernel's last tick, up to 10 ms ago, and disks of other machines have
# clocks of their own.
_SETTLED = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Coded:
    """The bytes of a file by a content coding, "" for the file as it is."""

    coding: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Representation:
    """One of the forms in which a file can be sent.

    ``body`` is None for the file as it is, if that is large. ``whole`` are the headers of 200,
    ``unchanged`` those of 304. ``modified`` has whole seconds.
    """

    etag: str
    modified: datetime
    whole: RawHeaders
    unchanged: RawHeaders
    body: bytes | None

    def dated(self) -> RawHeaders:
        """Return the headers of 200, without the date while a change could still get the same.

        Some clients drop what is dated no later than what they have, whatever its entity tag
        (RFC 9110, 8.8.2.1).
        """
        if datetime.now(UTC) - self.modified >= _SETTLED:
            return self.whole
        return tuple(field for field in self.whole if field[0] != b"last-modified")


# The best first. A feed of 690 kB, level 6 of each: brotli leaves 21.6 % in 16 ms, zstd 22.1 % in
# 7, gzip 24.1 % in 67; brotli's 9 leaves 21.0 % and takes 139 ms.
_COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=6),
    "zstd": functools.partial(zstd.compress, level=6),
    "gzip": functools.partial(gzip.compress, compresslevel=6, mtime=0),
}
CODINGS = tuple(_COMPRESS)


def examine(name: str, body: bytes, modified: datetime, coding: str) -> Representation:
    """Return how to send the file called ``name`` whose bytes are ``body``.

    ``coding`` is the content coding that the client is to get, "" for none; it gets none where that
    does not help. The entity tags are strong: a digest of the bytes, another one for each
    compressed form (RFC 9110, 8.8.3.3).
    """
    media_type = _media_type(name, body)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    link = _link(body) if media_type in _FEEDS else ""
    if not coding or len(body) < _WORTH_COMPRESSING or not _is_text(media_type):
        return _representation(media_type, f'"{digest}"', modified, Coded("", body), link)
    coded = Coded(coding, _COMPRESS[coding](body))
    etag = f'"{digest}-{coding}"'
    return _representation(media_type, etag, modified, coded, link)


def _link(body: bytes) -> str:
    """Return the Link header of a feed that a hub tells of: its hub and itself (WebSub, 4).

    Both as the document has them, so that header and document never differ; "" without a hub.
    """
    entries = _ENTRIES.search(body)
    head = body[: entries.start()] if entries else body
    links: dict[str, str] = {}
    for found in _LINKS.finditer(head):
        rel = (found["rel"] or (b"self" if found["self"] else b"hub")).decode()
        address = found["href"] or found["feed_url"] or found["hub"]
        links[rel] = unescape(address.decode())
    if "hub" not in links:
        return ""
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in sorted(links.items()))


def instance(etag: str) -> str:
    """Return what the entity tags of a file have in common, whatever the coding."""
    return etag.strip('"').partition("-")[0]


def _media_type(name: str, body: bytes) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    root = _ROOT_ELEMENT.search(body, 0, 1000) if suffix == ".xml" else None
    if root:
        return _ROOTS[root[1]]
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _is_text(media_type: str) -> bool:
    """Whether the type is text, and so in UTF-8 and worth compressing."""
    return media_type.startswith("text/") or media_type.endswith(("xml", "json"))


def _representation(
    media_type: str, etag: str, modified: datetime, coded: Coded, link: str
) -> Representation:
    # What a 304 repeats (RFC 9110, 15.4.5).
    unchanged = {"ETag": etag, "Cache-Control": CACHING, "Vary": "Accept-Encoding", **GUARDED}
    if media_type in _SHARED:
        unchanged["Access-Control-Allow-Origin"] = "*"
    if link:
        unchanged["Link"] = link
    whole = unchanged | {
        "Content-Type": media_type + ("; charset=utf-8" if _is_text(media_type) else ""),
        "Content-Length": str(len(coded.body)),
        "Last-Modified": format_datetime(modified, usegmt=True),
        "Accept-Ranges": "none",
    }
    if media_type == _HTML:
        whole["Content-Security-Policy"] = PAGE_POLICY
    if coded.coding:
        whole["Content-Encoding"] = coded.coding
    body = coded.body if coded.coding or len(coded.body) <= _HELD else None
    return Representation(etag, modified, raw(whole), raw(unchanged), body)


def raw(headers: dict[str, str]) -> RawHeaders:
    """Return headers as they are handed to the server."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
