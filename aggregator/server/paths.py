"""From the path of a request to a file below the published folder, and never to anything else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote_to_bytes

INDEX = "index.html"

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
# No symbolic link is followed: nothing that is published is one, so each is somebody's mistake or
# trick. O_NONBLOCK, because opening a FIFO would otherwise wait for its other end.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def names(raw_path: bytes) -> tuple[str, ...] | None:
    """Return the names of the folders and the file that a request path asks for, decoded.

    The last is "" when the path ends with a slash. None when any of them may not be asked for. The
    path is split before it is decoded, so that an encoded slash never separates anything.
    """
    parts = raw_path.removeprefix(b"/").split(b"/")
    try:
        decoded = tuple(unquote_to_bytes(part).decode() for part in parts)
    except UnicodeDecodeError:
        return None
    if not all(map(_allowed, decoded[:-1])) or not (_allowed(decoded[-1]) or decoded[-1] == ""):
        return None
    return decoded


def _allowed(name: str) -> bool:
    """Names that start with a dot are the way up, hidden files and files still being written."""
    return name != "" and not name.startswith(".") and not any(bad in name for bad in "/\\\0")


@contextmanager
def opened(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    """Open what lies below ``root``; give the descriptor of a file or of a folder.

    The descriptor is all that a request looks at, so a file that is replaced meanwhile is served
    whole, old or new. Raises OSError.
    """
    descriptor = _descend(os.open(root, _FOLDER), parts)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _descend(folder: int, parts: tuple[str, ...]) -> int:
    """Open ``parts`` one inside the other; close every folder passed, the first one too."""
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1] or INDEX, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
