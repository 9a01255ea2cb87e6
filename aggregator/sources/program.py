"""Running a program for what it prints, and ending it whatever it does."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL
from pathlib import Path

from aggregator.errors import FetchError
from aggregator.sources.base import seconds

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


async def output(words: tuple[str, ...], root: Path, within: str) -> bytes:
    """Return what a program prints that is run in the folder ``root``, ``within`` a duration.

    Raises FetchError when it cannot be started, fails, prints too much or takes too long.
    """
    transport, listener = await _started(words, root)
    try:
        async with asyncio.timeout(seconds(within)):
            await listener.closed
    except TimeoutError as error:
        raise FetchError(f"the command still ran after {within} and was ended") from error
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
