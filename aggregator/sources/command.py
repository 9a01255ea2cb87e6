"""A program whose standard output is a feed or JSON lines."""

import asyncio
import contextlib
import hashlib
import json
import os
import shlex
import signal
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.sources.base import Duration, Found, Known, Settings, Visit, seconds

# Bytes. Feeds of ten thousand entries have 30 MB; a program that runs wild has no end.
_MOST = 32_000_000
# Bytes of standard error that are held, and characters of its last line that are shown.
_TAIL, _SHOWN = 8_192, 300
# Seconds between asking a program to end and killing it, and for the system to do that.
_GRACE = 2.0

# What programs need to run at all. The rest of the environment holds the daemon's own secrets:
# what a command is to know has a name that says so.
_INHERITED = frozenset(("PATH", "HOME", "LANG", "TZ"))
_OURS = "AGGREGATOR_"


def _words(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(f"cannot be split into words: {error}") from error
    if not words or not words[0]:
        raise ValueError("names no program")
    if any("\0" in word for word in words):
        raise ValueError("holds a zero character")
    return value


class CommandSettings(Settings):
    """A program whose standard output is a feed (RSS, Atom, JSON Feed) or JSON lines."""

    kind: ClassVar[str] = "command"
    single: ClassVar[bool] = True
    # What it does, and whom that costs, nobody here knows: it is not run before it is due.
    remote: ClassVar[bool] = True

    command: Annotated[str | tuple[str, ...], AfterValidator(_words)] = Field(
        description="the program and its arguments: a text that is split at spaces as a shell "
        "would (but there is no shell), or a list"
    )
    timeout: Duration = Field("60s", description="it is ended when it runs for longer")

    @property
    def words(self) -> tuple[str, ...]:
        """The program and its arguments."""
        given = self.command
        return tuple(shlex.split(given)) if isinstance(given, str) else given

    @property
    def target(self) -> str:
        """The command on one line, however it was written."""
        return shlex.join(self.words)


async def documents(settings: CommandSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield what the program prints, unless it is byte for byte what it was.

    Raises FetchError when the program cannot be started, fails, prints too much or takes too long.
    """
    body = await _output(settings, visit.root)
    digest = hashlib.sha256(body).hexdigest()
    if digest == visit.seen.get(settings.target):
        yield Known(name=settings.target, validators=digest)
    else:
        kind = await asyncio.to_thread(_media_type, body)
        yield Document(name=settings.target, body=body, media_type=kind, validators=digest)


class _Listener(asyncio.SubprocessProtocol):
    """Gathers what a program prints: standard output whole, of standard error the end."""

    def __init__(self) -> None:
        self.exited = asyncio.Event()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.printed = bytearray()
        self.complained = b""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd != 1:
            self.complained = (self.complained + data)[-_TAIL:]
        elif len(self.printed) <= _MOST:
            self.printed += data
        elif not self.closed.done():
            said = f"the command printed more than {_MOST:,} bytes and was ended"
            self.closed.set_exception(FetchError(said, trouble="malformed"))

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, _: Exception | None) -> None:
        """It has ended, and nobody is left who could print anything."""
        if not self.closed.done():
            self.closed.set_result(None)


async def _output(settings: CommandSettings, root: Path) -> bytes:
    transport, listener = await _started(settings.words, root)
    try:
        async with asyncio.timeout(seconds(settings.timeout)):
            await listener.closed
    except TimeoutError as error:
        raise FetchError(f"the command still ran after {settings.timeout} and was ended") from error
    finally:
        await _end(transport, listener)
    if code := transport.get_returncode():
        said = _last_line(listener.complained)
        raise FetchError(f"the command {_how(code)}{said and f': {said}'}")
    return bytes(listener.printed)


async def _started(
    words: tuple[str, ...], root: Path
) -> tuple[asyncio.SubprocessTransport, _Listener]:
    # Not create_subprocess_exec: its pipes cannot be closed while anybody else holds them open.
    try:
        starting = asyncio.ensure_future(
            asyncio.get_running_loop().subprocess_exec(
                _Listener,
                *words,
                stdin=DEVNULL,
                cwd=root,
                env=_environment(),
                start_new_session=True,
            )
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Else only the program would end, not what it has started by now.
            await _end(*await starting)
            raise
    except OSError as error:
        reason = f"{error.filename or words[0]}: {error.strerror}"
        raise FetchError(f"the command cannot be started ({reason})") from error


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or name.startswith(_OURS)
    }


def _last_line(complained: bytes) -> str:
    lines = complained.decode("utf-8", "replace").splitlines()
    last = next((line for line in reversed(lines) if line.strip()), "")
    return "".join(one for one in last.strip() if one.isprintable())[:_SHOWN]


def _how(code: int) -> str:
    """Say how a program ended that did not end well."""
    if code > 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


async def _end(transport: asyncio.SubprocessTransport, listener: _Listener) -> None:
    """End the program and all that it started, as far as they stayed in its session.

    Also after a good end: what it left behind has nobody to talk to.
    """
    try:
        if not listener.exited.is_set():
            _signal(transport, signal.SIGTERM)
            await _exited(listener)
    finally:
        _signal(transport, signal.SIGKILL)
        transport.close()
    await _exited(listener)


async def _exited(listener: _Listener) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GRACE):
            await listener.exited.wait()


def _signal(transport: asyncio.SubprocessTransport, number: signal.Signals) -> None:
    """Send a signal to the whole group, if any of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(transport.get_pid(), number)


def _media_type(body: bytes) -> str:
    """Return what a program printed, by its first byte; nothing at all is no news."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "application/xml"
    return "application/feed+json" if _is_json_feed(body) else "application/jsonl"


def _is_json_feed(body: bytes) -> bool:
    """Tell whether all of it is one object with items; of JSON lines only the first is read."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("items"), list)
