"""A subscription list (OPML), each outline of which is a feed source."""

import os
from collections.abc import AsyncGenerator, Container, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, Field

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.sources.base import (
    Found,
    Known,
    Outlines,
    Problem,
    Source,
    Visit,
    in_thread,
    web_address,
)
from aggregator.sources.feed import FeedLike, FeedSettings
from aggregator.sources.remote import ask

if TYPE_CHECKING:
    from aggregator.lists.opml import Outline

# Bytes of a file.
_MOST = 16_000_000


def _place(value: str) -> str:
    return web_address(value) if _on_the_web(value) else value


def _on_the_web(value: str) -> bool:
    return "://" in value


class OpmlSettings(FeedLike):
    """A subscription list: a source for each feed that it names, with these settings."""

    kind: ClassVar[str] = "opml"

    opml: Annotated[str, AfterValidator(_place)] = Field(
        min_length=1,
        description="an OPML file, from root, or its web address; outlines around a feed become "
        "its categories",
    )

    @property
    def remote(self) -> bool:  # type: ignore[override]
        """Whether a visit costs somebody else."""
        return _on_the_web(self.opml)


async def documents(settings: OpmlSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the feeds that the list names, unless it is what it was.

    Raises FetchError, ParseError.
    """
    if not settings.remote:
        async for found in _file(settings, visit):
            yield found
        return
    got = await ask(settings, visit, settings.opml)
    for found in got.found(""):
        if not isinstance(found, Document):
            yield found
    if got.body is not None:
        at = got.memory.base or settings.opml
        for one in await in_thread(_listed, settings.opml, got.body, at):
            yield one
        yield Known(name=settings.opml, validators=got.memory.digest)


async def _file(settings: OpmlSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    path = visit.root / settings.opml
    body, validators = await in_thread(_read, path)
    if visit.seen.get(settings.opml) == validators:
        yield Known(name=settings.opml, validators=validators)
        return
    for one in await in_thread(_listed, settings.opml, body, None):
        yield one
    yield Known(name=settings.opml, validators=validators)


def _listed(name: str, body: bytes, base: str | None) -> list[Found]:
    """Read a list; what no source can be made of is a problem."""
    from aggregator.lists.opml import read_opml  # noqa: PLC0415

    listed = read_opml(body, base)
    good, problems = [], list(listed.problems)
    for one in listed.outlines:
        try:
            good.append(replace(one, url=web_address(one.url)))
        except ValueError as error:
            problems.append(f"{one.url!r} {error}")
    told = [Problem(name=name, text=problem) for problem in problems]
    return [*told, Outlines(outlines=tuple(good))]


def expand(
    source: Source, outlines: "Sequence[Outline]", feeds: Container[str], names: Container[str]
) -> Iterator[Source]:
    """Yield a feed source for each outline, but for those in ``feeds``; no name is in ``names``.

    Both may grow with what is yielded.
    """
    settings = source.settings
    shared = {name: getattr(settings, name) for name in FeedLike.model_fields if name != "name"}
    for one in outlines:
        if one.url in feeds:
            continue
        name = one.title if one.title and one.title not in names else one.url
        categories = (*settings.categories, *one.path, *one.categories)
        given = {**shared, "feed": one.url, "name": name, "categories": categories}
        yield Source(
            name=name,
            settings=FeedSettings.model_validate(given),
            zone=source.zone,
            listed_in=source.name,
        )


def _read(path: Path) -> tuple[bytes, str]:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            body = file.read(_MOST + 1)
    except OSError as error:
        raise FetchError(f"{path}: cannot be read: {error.strerror}", trouble="missing") from error
    if len(body) > _MOST:
        raise FetchError(f"{path}: is larger than {_MOST:,} bytes", trouble="malformed")
    return body, f"{state.st_mtime_ns}:{state.st_size}"
