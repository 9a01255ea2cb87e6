"""A sitemap: the addresses of a site's pages, of which the new ones become articles."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import ClassVar

from pydantic import Field

from aggregator.article import Document
from aggregator.errors import AggregatorError, FetchError
from aggregator.lists.sitemap import (
    Location,
    Sitemap,
    fresh,
    newest,
    read_sitemap,
    write_fragment,
)
from aggregator.sources.base import Answered, Failure, Found, Known, Remote, Visit, WebAddress
from aggregator.sources.remote import Got, ask

# Sitemaps of an index that one visit reads, the newest first: a site's archive of years is in more.
_MAPS = 20


class SitemapSettings(Remote):
    """A site's sitemap: each new address becomes an article, with title and text from its page."""

    kind: ClassVar[str] = "sitemap"
    # Titles and texts come from the pages.
    full_text: ClassVar[bool] = True

    sitemap: WebAddress = Field(description="the address of a sitemap or an index of sitemaps")
    limit: int = Field(
        50,
        ge=1,
        le=1000,
        description="pages that are taken: at first the newest ones, later what is new",
    )


async def documents(settings: SitemapSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the part of the sitemap that is new. Raises FetchError, ParseError."""
    name = settings.sitemap
    before = await _before(visit, name)
    got = await ask(settings, visit, name, robots=True)
    maps: Sequence[Location] = ()
    if got.body is None:
        # An index that is what it was may list sitemaps that are not, where it gives no dates.
        maps = [one for one in before.maps if one.modified is None] if before else ()
        for found in got.found(""):
            yield found
    else:
        now = await asyncio.to_thread(read_sitemap, got.body, got.memory.base or name)
        maps = now.maps
        async for found in _part(settings, visit, got, now, before):
            yield found
    for one in newest(maps, _MAPS):
        try:
            async for found in _inner(settings, visit, one):
                yield found
        except AggregatorError as error:
            yield Failure(name=one.url, error=str(error))


async def _inner(
    settings: SitemapSettings, visit: Visit, one: Location
) -> AsyncGenerator[Found, None]:
    """Yield the part of an index's sitemap that is new."""
    told = one.modified.isoformat() if one.modified else ""
    known = visit.memories.get(one.url)
    if told and known and known.stamp == told:
        return
    before = await _before(visit, one.url)
    got = await ask(settings, visit, one.url, robots=True)
    memory = got.memory.model_copy(update={"stamp": told})
    got = Got(name=got.name, memory=memory, body=got.body, new=got.new)
    if got.body is None:
        for found in got.found(""):
            yield found
        return
    now = await asyncio.to_thread(read_sitemap, got.body, got.memory.base or one.url)
    if now.maps:
        raise FetchError(f"{one.url}: is an index inside an index", trouble="malformed")
    async for found in _part(settings, visit, got, now, before):
        yield found


async def _before(visit: Visit, name: str) -> Sitemap | None:
    """Return what a sitemap held when it was read last."""
    body = await visit.body(name)
    if not body:
        return None
    try:
        return await asyncio.to_thread(read_sitemap, body, name)
    except AggregatorError:
        return None


async def _part(
    settings: SitemapSettings, visit: Visit, got: Got, now: Sitemap, before: Sitemap | None
) -> AsyncGenerator[Found, None]:
    """Yield a sitemap of only the pages that are to be fetched."""
    for found in got.found("application/sitemap+xml"):
        if isinstance(found, Answered):
            yield found
    wanted = await _wanted(settings, visit, now, before)
    if not wanted:
        yield Known(name=got.name, validators=got.memory.digest)
        return
    yield Document(
        name=got.name,
        body=write_fragment(wanted),
        media_type="application/sitemap+xml",
        url=got.memory.base or got.name,
        validators=got.memory.digest,
    )


async def _wanted(
    settings: SitemapSettings, visit: Visit, now: Sitemap, before: Sitemap | None
) -> list[Location]:
    """Return the pages that are new, and of the newest ones those that were not had before."""
    latest = newest(now.pages, settings.limit)
    known = await visit.known([page.url for page in latest])
    since = fresh(now.pages, before.pages) if before else []
    chosen = {page.url: page for page in latest if page.url not in known}
    chosen |= {page.url: page for page in newest(since, settings.limit)}
    return list(chosen.values())
