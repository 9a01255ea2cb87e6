"""Maildir and Maildir++: which files are messages, and what each is called for ever.

A folder with ``cur`` and ``new`` in it is a box. Its messages are the files in these two, whatever
they are called: ``1714996800.M5P7.host:2,S``. When one is read, it moves from ``new`` to ``cur``
and gets flags after ``:2,``; only what stands before them is its name.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_MESSAGE = re.compile(r"(?:(.*)/)?(?:cur|new)/([^/.][^/]*)", re.DOTALL)
# Where file systems have no colon in names, programs write another of these.
_FLAGS = re.compile(r"[:;!][12],([^/]*)\Z")
# T: in the trash, though still there. D: a draft.
_UNWANTED = frozenset("TD")
# What mail that is not to be read is kept in (RFC 6154, 2), as programs name it.
_PRIVATE = re.compile(
    r"(?:.*\.)?(?:trash|junk|spam|drafts?|sent|outbox|templates|deleted|"
    r"(?:deleted|sent) (?:messages|items|mail)|junk e?-?mail)",
    re.IGNORECASE,
)
# What servers keep beside the messages and write anew all the time.
_BOOKS = re.compile(r"(?:\.?dovecot|maildir|courier|subscriptions|\.uidvalidity|\.mbsync).*")


def is_box(folder: Path) -> bool:
    """Tell whether a folder is a Maildir; what links lead to is none."""
    return all(_is_folder(folder / part) for part in ("cur", "new"))


def is_private(box: str) -> bool:
    """Tell whether a box is by its name the trash, the drafts, or another that is not published."""
    return _PRIVATE.fullmatch(box.rpartition("/")[2]) is not None


def is_open(root: Path, inside: str) -> bool:
    """Tell whether a walk from ``root`` comes by the folder ``inside``: nothing hidden, no links.

    The sub-folders of Maildir++ are hidden (``.Lists.Python``), and count all the same.
    """
    path = root
    for part in Path(inside).parts:
        inner = path / part
        hidden = part.startswith(".") and not (is_box(path) and is_box(inner))
        if hidden or not _is_folder(inner) or (is_private(part) and is_box(inner)):
            return False
        path = inner
    return True


def message(root: Path, path: str) -> tuple[str, str] | None:
    """Give the box and the name of the message that a path is, or None if it is none.

    It need not be there: also a name that ``messages`` gave is the path of a message.
    """
    found = _MESSAGE.fullmatch(path)
    box = (found[1] or "") if found else ""
    if not found or not is_box(root / box):
        return None
    return box, name(box, found[2])


def name(box: str, file: str) -> str:
    """Give the name of a message for ever, from that of its file as it is now."""
    return f"{box}/cur/{_FLAGS.sub('', file)}".lstrip("/")


def messages(root: Path, box: str) -> Iterator[tuple[str, Path]]:
    """Give names and paths of the messages in a box, in the order of their names.

    Raises OSError when the box cannot be read.
    """
    found: dict[str, Path] = {}
    for part in ("new", "cur"):
        with os.scandir(root / box / part) as entries:
            for entry in entries:
                flags = _FLAGS.search(entry.name)
                unwanted = flags is not None and not _UNWANTED.isdisjoint(flags[1])
                if not (entry.name.startswith(".") or unwanted):
                    found[name(box, entry.name)] = Path(entry.path)
    yield from sorted(found.items())


def is_bookkeeping(root: Path, path: str) -> bool:
    """Tell whether a path is of a server's own files in a box, or of mail on its way into it."""
    parent, _, file = path.rpartition("/")
    if parent == "tmp" or parent.endswith("/tmp"):  # noqa: S108 - part of every Maildir
        return is_box(root / parent.removesuffix("tmp"))
    return _BOOKS.fullmatch(file) is not None and is_box(root / parent)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
