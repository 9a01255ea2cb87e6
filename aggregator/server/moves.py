"""Where feeds went whose categories were renamed, as the file ``_redirects`` tells."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from aggregator.server.paths import names

# Bytes that are read: some 100,000 renamed categories.
_MOST = 16_000_000
_SPLAT, _INTO = "/*", "/:splat"


class Moves:
    """The old slugs of feeds and their new ones; the file is read again when it changed."""

    def __init__(self, file: Path) -> None:
        self._file, self._path = file, str(file)
        self._state: tuple[int, ...] = ()
        self._to: Mapping[tuple[str, ...], str] = {}

    def location(self, parts: tuple[str, ...]) -> str | None:
        """Return where to go instead, None for what did not move.

        ``parts`` are those of a request's path. The answer is relative, so that it holds behind a
        proxy's prefix too, and percent-encoded.
        """
        self.look()
        for depth in range(len(parts), 0, -1) if self._to else ():
            target = self._to.get(parts[:depth])
            if target is not None:
                rest = "/".join(quote(part, safe="") for part in parts[depth:])
                up = "../" * (len(parts) - 1)
                return f"{up}{target}/{rest}"
        return None

    def look(self) -> tuple[int, ...]:
        """Read the file if it changed; return its state, which says whether it did."""
        state = _state(self._path)
        if state != self._state:
            self._state = state
            self._to = _read(self._file) if state else {}
        return self._state


def _state(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)  # noqa: PTH116 - for each request; half of what Path takes
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(file: Path) -> dict[tuple[str, ...], str]:
    try:
        with file.open("rb") as opened:
            lines = opened.read(_MOST).decode("utf-8", "replace").splitlines()
    except OSError:
        return {}
    moves = {}
    for line in lines:
        old, _, new = line.partition(" ")
        new = new.partition(" ")[0]
        parts = names(old.removesuffix(_SPLAT).encode())
        if parts and old.endswith(_SPLAT) and new.startswith("/") and new.endswith(_INTO):
            moves[parts] = quote(unquote(new.removesuffix(_INTO).strip("/")))
    return moves
