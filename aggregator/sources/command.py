"""A program whose standard output is a feed or JSON lines."""

import hashlib
import json
import shlex
from collections.abc import AsyncGenerator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from aggregator.article import Document
from aggregator.sources.base import Duration, Found, Known, Settings, Visit, in_thread


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
    from aggregator.sources.program import output  # noqa: PLC0415

    body = await output(settings.words, visit.root, settings.timeout)
    digest = hashlib.sha256(body).hexdigest()
    if digest == visit.seen.get(settings.target):
        yield Known(name=settings.target, validators=digest)
    else:
        kind = await in_thread(_media_type, body)
        yield Document(name=settings.target, body=body, media_type=kind, validators=digest)


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
