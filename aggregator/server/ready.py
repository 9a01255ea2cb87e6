"""Answers that were given before: given again without a detour while nothing has changed.

The way through routes, middlewares and open files takes 50 µs a request, more than it takes to send
a feed of 140 kB. What is sent depends on the path, the codings, the terms, the moves and the state
of the file; here these are compared, with one look at each of the two files.
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import accumulate
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.server.content import RawHeaders, Representation
from aggregator.server.headers import not_modified
from aggregator.server.moves import Moves
from aggregator.server.shelf import Key, Shelf, state_of
from aggregator.terms import Terms

# Requests that are remembered, and the bytes of a path and of codings: who reads feeds sends less.
_REMEMBERED, _PATH, _CODINGS = 4096, 1024, 256

_CODING, _TAGS, _SINCE = b"accept-encoding", b"if-none-match", b"if-modified-since"
# What else decides about an answer; with any of these it is thought about anew.
_RARE = frozenset((b"if-match", b"if-unmodified-since", b"a-im"))
_DECIDING = _RARE | {_CODING, _TAGS, _SINCE}

_Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a request led: through ``folders`` to ``file``, which the shelf has under ``key``.

    ``terms`` are those that it was answered by, ``moves`` the state of the file of moves then.
    """

    file: str
    folders: tuple[str, ...]
    key: Key
    terms: Terms
    moves: tuple[int, ...]


class Ready:
    """Knows where requests led to that were answered with what the shelf has."""

    def __init__(self, root: Path, shelf: Shelf, moves: Moves) -> None:
        self._root = root
        self._shelf = shelf
        self._moves = moves
        self._places: dict[tuple[bytes, bytes], _Place] = {}

    def keep(self, scope: Scope, key: Key, terms: Terms) -> None:
        """Note that a request was answered with what the shelf has under ``key``."""
        asked = scope["raw_path"], (_deciding(scope) or {}).get(_CODING, b"")
        if len(asked[0]) > _PATH or len(asked[1]) > _CODINGS:
            return
        if len(self._places) >= _REMEMBERED:
            del self._places[next(iter(self._places))]
        _root, *folders, file = map(str, accumulate(key[0], Path.joinpath, initial=self._root))
        self._places[asked] = _Place(file, tuple(folders), key, terms, self._moves.look())

    def reply(self, scope: Scope, terms: Terms) -> tuple[int, RawHeaders, bytes] | None:
        """Return status, headers and body of an answer; None when it must be thought about.

        So must all that reaches only some, or only so often.
        """
        if terms.tokens or terms.logins or terms.rate or scope["method"] not in {"GET", "HEAD"}:
            return None
        fields = _deciding(scope)
        if fields is None:
            return None
        place = self._places.get((scope["raw_path"], fields.get(_CODING, b"")))
        if place is None or place.terms != terms or place.moves != self._moves.look():
            return None
        chosen = self._unchanged(place)
        if chosen is None or chosen.body is None:
            return None
        if _is_known(chosen, fields):
            return HTTPStatus.NOT_MODIFIED, chosen.unchanged, b""
        return HTTPStatus.OK, chosen.dated(), chosen.body

    def _unchanged(self, place: _Place) -> Representation | None:
        """Return what was sent before if the very same file lies there, in the same state.

        A link in its place is another one; a link to where a folder is now is seen, too.
        """
        try:
            if not all(stat.S_ISDIR(_look(folder).st_mode) for folder in place.folders):
                return None
            found = _look(place.file)
        except OSError:
            return None
        return self._shelf.known(place.key, state_of(found))


def _look(path: str) -> os.stat_result:
    return os.stat(path, follow_symlinks=False)  # noqa: PTH116 - a fifth of what Path takes


def _deciding(scope: Scope) -> _Fields | None:
    """Return the fields that decide about an answer; None if one is rare, or comes twice."""
    fields: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _DECIDING:
            if name in _RARE or name in fields:
                return None
            fields[name] = value
    return fields


def _is_known(chosen: Representation, fields: _Fields) -> bool:
    tags, since = _text(fields.get(_TAGS)), _text(fields.get(_SINCE))
    return not_modified(tags, since, chosen.etag, chosen.modified)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


class Front:
    """An application with those answers in front of it that are ready."""

    def __init__(self, app: ASGIApp, ready: Ready, terms: Callable[[], Terms]) -> None:
        self._app = app
        self._ready = ready
        self._terms = terms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, at once if possible."""
        reply = self._ready.reply(scope, self._terms())
        if reply is None:
            await self._app(scope, receive, send)
        else:
            await sent(send, *reply)


async def sent(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send an answer."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
