"""Atomic files: a reader sees the old bytes or the new ones, never half of either."""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from aggregator.errors import PublishError

_TEMPORARY = re.compile(r"\.publish-[0-9a-f]{16}\.tmp")
# A link below the output folder might lead out of it, so none is followed.
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Does not wait for the other end, should somebody have put a pipe there.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NAME_MAX = 255  # bytes, on every file system in use


def write(folder: Path, name: str, data: bytes) -> bool:
    """Make the file ``name`` (relative, with "/") below ``folder`` hold ``data``.

    Returns whether anything was written; a file that holds these bytes already is left untouched.
    After a crash or a power cut the file holds its old bytes or the new ones; surely the new ones
    once ``settle`` has returned. Raises PublishError with the path when the name leads elsewhere or
    the file system refuses.
    """
    *parents, last = _segments(folder, name)
    try:
        with _opened(folder, parents) as directory:
            if _holds(directory, last, data):
                return False
            _replace(directory, last, data)
    except OSError as error:
        raise PublishError(f"{folder / name}: cannot write: {error.strerror}") from error
    return True


def settle(folder: Path, names: Iterable[str]) -> None:
    """Make the writing of files last: a power cut cannot bring their old bytes back.

    Apart from ``write``, because a folder is synced once for all its files: with 10,000 pages in
    one folder that halved the time of writing them. Raises PublishError.
    """
    for inside in sorted({name.rpartition("/")[0] for name in names}):
        try:
            with _opened(folder, inside.split("/") if inside else []) as directory:
                os.fsync(directory)
        except OSError as error:
            raise PublishError(f"{folder / inside}: cannot write: {error.strerror}") from error


def remove(folder: Path, name: str) -> bool:
    """Remove the file ``name`` below ``folder``.

    Returns whether it was there. Raises PublishError.
    """
    *parents, last = _segments(folder, name)
    try:
        with _opened(folder, parents) as directory:
            os.unlink(last, dir_fd=directory)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise PublishError(f"{folder / name}: cannot remove: {error.strerror}") from error
    return True


def sweep(folder: Path) -> int:
    """Remove the temporary files that crashed writers left below ``folder``; return how many.

    Those of writers at work, in this process or another, are left alone.
    """
    removed = 0
    try:
        for _, _, names, directory in os.fwalk(folder):
            leftovers = filter(_TEMPORARY.fullmatch, names)
            removed += sum(_remove_orphan(directory, name) for name in leftovers)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise PublishError(f"{folder}: cannot tidy up: {error.strerror}") from error
    return removed


def _segments(folder: Path, name: str) -> list[str]:
    segments = name.split("/")
    if not all(map(_is_plain, segments)):
        raise PublishError(f"{folder}: {name!r} is no name for a file in it")
    return segments


def _is_plain(segment: str) -> bool:
    """Whether a name means one file or folder and no other; those with a leading dot are ours."""
    length = len(segment.encode("utf-8", "replace"))
    return 0 < length <= _NAME_MAX and segment.isprintable() and not segment.startswith(".")


@contextlib.contextmanager
def _opened(folder: Path, parents: Sequence[str]) -> Iterator[int]:
    """Yield a descriptor of the folder below ``folder``, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for parent in parents:
            child = _enter(directory, parent)
            os.close(directory)
            directory = child
        yield directory
    finally:
        os.close(directory)


def _enter(directory: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=directory)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=directory)
        os.fsync(directory)
        return os.open(name, _FOLDER, dir_fd=directory)


def _holds(directory: int, name: str, data: bytes) -> bool:
    try:
        descriptor = os.open(name, _FILE, dir_fd=directory)
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        return os.fstat(descriptor).st_size == len(data) and file.read() == data


def _replace(directory: int, name: str, data: bytes) -> None:
    temporary = f".publish-{secrets.token_hex(8)}.tmp"
    # Mode 0666 less the umask: the web server that serves the folder is often another user.
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=directory
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            # Held while the writer lives: how sweep() tells an orphan.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        raise


def _remove_orphan(directory: int, name: str) -> bool:
    try:
        descriptor = os.open(name, _FILE, dir_fd=directory)
    except OSError:
        return False  # its writer was quicker, or it is no file of ours
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(name, dir_fd=directory)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
