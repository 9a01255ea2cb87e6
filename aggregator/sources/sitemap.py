"""A sitemap: the addresses of a site's pages, of which the new ones become articles."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field

from aggregator.article import Document
from aggregator.errors import AggregatorError, FetchError
from aggregator.sources.base import (
    EPOCH,
    Answered,
    Failure,
    Found,
    Known,
    Problem,
    Remote,
    Visit,
    WebAddress,
    in_thread,
)
from aggregator.sources.memory import Memory
from aggregator.sources.remote import Got, ask

if TYPE_CHECKING:
    from aggregator.lists.sitemap import Location, Sitemap

# Sitemaps of an index that a visit reads, the newest first: a site's archive of years is in more.
# The first visit takes the newest pages of as many as a site has kinds of pages.
_MAPS, _AT_FIRST = 20, 3

# New pages that one visit takes when it is not the first: at a page a second a quarter of an hour.
_MOST = 1000

# Most pages name only the day that they are of, which began before the visit, wherever they are.
_DAY = timedelta(days=1)

_TYPE = "application/sitemap+xml"


class SitemapSettings(Remote):
    """A site's sitemap: each new address becomes an article, with title and text from its page."""

    kind: ClassVar[str] = "sitemap"
    # Titles and texts come from the pages.
    full_text: ClassVar[bool] = True

    sitemap: WebAddress = Field(description="the address of a sitemap or an index of sitemaps")
    limit: int = Field(
        50,
        ge=1,
        le=_MOST,
        description="pages of a sitemap that the first visit takes, the newest ones",
    )


async def documents(settings: SitemapSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the part of the sitemap that is new. Raises FetchError, ParseError."""
    name = settings.sitemap
    before = await _former(visit, name)
    got = await ask(settings, visit, name, robots=True)
    now = before
    if got.body is None:
        part = list(got.found(""))
    else:
        now = await _read(got, visit)
        part = await _part(settings, visit, got, now, before)
    for found in part:
        yield found
    # An index that is what it was may list sitemaps that are not.
    due = _due(now.maps if now else (), visit)
    first = name not in visit.memories
    for one in due[: _AT_FIRST if first else _MAPS]:
        try:
            inner = await _inner(settings, visit, one)
        except AggregatorError as error:
            noted = visit.memories.get(one.url, Memory()).model_copy(update={"asked": visit.now})
            inner = [
                Answered(name=one.url, memory=noted),
                Failure(name=one.url, error=str(error)),
            ]
        for found in inner:
            yield found
    if first:
        # A site's archive is no news; what changes in it from now on is.
        for one in due[_AT_FIRST:]:
            stamp = _stamp(one) or (visit.now - _DAY).isoformat()
            yield Answered(name=one.url, memory=Memory(stamp=stamp))


async def _inner(settings: SitemapSettings, visit: Visit, one: "Location") -> list[Found]:
    """Return the part of an index's sitemap that is new."""
    before = await _former(visit, one.url)
    got = await ask(settings, visit, one.url, robots=True)
    got = replace(got, memory=got.memory.model_copy(update={"stamp": _stamp(one)}))
    if got.body is None:
        return list(got.found(""))
    now = await _read(got, visit)
    if now.maps:
        raise FetchError(f"{one.url}: is an index inside an index", trouble="malformed")
    return await _part(settings, visit, got, now, before)


async def _part(
    settings: SitemapSettings, visit: Visit, got: Got, now: "Sitemap", before: "Sitemap | None"
) -> list[Found]:
    """Return a sitemap of only the pages that are to be fetched, and what is wrong with it."""
    from aggregator.lists.sitemap import write_fragment  # noqa: PLC0415

    found: list[Found] = [one for one in got.found(_TYPE) if isinstance(one, Answered)]
    found += [Problem(name=got.name, text=said) for said in now.problems]
    wanted = await _wanted(settings, visit, got.name, now, before)
    if len(wanted) > _MOST:
        said = f"{len(wanted) - _MOST:,} more pages are new than one visit takes"
        found.append(Problem(name=got.name, text=said))
    if not wanted:
        return [*found, Known(name=got.name, validators=got.memory.digest)]
    fragment = Document(
        name=got.name,
        body=write_fragment(wanted[:_MOST]),
        media_type=_TYPE,
        url=got.memory.base or got.name,
        validators=got.memory.digest,
    )
    return [*found, fragment]


async def _wanted(
    settings: SitemapSettings, visit: Visit, name: str, now: "Sitemap", before: "Sitemap | None"
) -> "list[Location]":
    """Return the pages that are new, and of the newest ones those that were not had before."""
    from aggregator.lists.sitemap import fresh, newest  # noqa: PLC0415

    noted = visit.memories.get(name)
    if before is None and noted and noted.stamp:
        # Known of since a time, and never read: what is older is no news.
        since = datetime.fromisoformat(noted.stamp)
        return newest([page for page in now.pages if _after(page, since)], _MOST)
    latest = newest(now.pages, settings.limit)
    known = await visit.known([page.url for page in latest])
    chosen = {page.url: page for page in latest if page.url not in known}
    if before:
        chosen |= {page.url: page for page in fresh(now.pages, before.pages)}
    return newest(list(chosen.values()), len(chosen))


def _after(page: "Location", since: datetime) -> bool:
    moment = page.modified or page.published
    return moment is not None and moment >= since


async def _former(visit: Visit, name: str) -> "Sitemap | None":
    """Return what a sitemap held when it was read last."""
    from aggregator.lists.sitemap import read_sitemap  # noqa: PLC0415

    body = await visit.body(name)
    if not body:
        return None
    try:
        return await in_thread(read_sitemap, body, name, ZoneInfo(visit.zone))
    except AggregatorError:
        return None


async def _read(got: Got, visit: Visit) -> "Sitemap":
    from aggregator.lists.sitemap import read_sitemap  # noqa: PLC0415

    url, zone = got.memory.base or got.name, ZoneInfo(visit.zone)
    return await in_thread(read_sitemap, got.body or b"", url, zone)


def _due(maps: "Sequence[Location]", visit: Visit) -> "list[Location]":
    """Return the sitemaps of an index that may hold news: the newest, then the longest unread.

    Those that were asked for lately come last, so that some that fail keep no others waiting.
    """

    def asked(one: "Location") -> datetime:
        return visit.memories.get(one.url, Memory()).asked or EPOCH

    dated = sorted((one for one in maps if one.modified), key=_stamp, reverse=True)
    dated.sort(key=lambda one: asked(one) > visit.now - _DAY)
    undated = sorted((one for one in maps if not one.modified), key=asked)
    return [one for one in (*dated, *undated) if not _is_as_noted(one, visit.memories)]


def _is_as_noted(one: "Location", memories: Mapping[str, Memory]) -> bool:
    noted = memories.get(one.url)
    return bool(noted and one.modified and noted.stamp == _stamp(one))


def _stamp(one: "Location") -> str:
    return one.modified.isoformat() if one.modified else ""
