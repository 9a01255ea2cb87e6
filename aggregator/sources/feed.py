"""A feed on the web: RSS, Atom or JSON Feed; or the page of a site that has one."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urljoin

from pydantic import Field

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.fetch import Answer
from aggregator.sources.base import Found, FullText, Remote, Visit, WebAddress, in_thread
from aggregator.sources.memory import Memory
from aggregator.sources.remote import Got, ask, remembered, text_of

if TYPE_CHECKING:
    from aggregator.lists.discover import Candidate

# Addresses that are tried when a page was given in place of a feed: those that it names, then those
# where feeds usually are.
_NAMED, _USUAL = 3, 8


class FeedLike(Remote):
    """What the feeds of one source and those of an OPML file share."""

    full_text: FullText = False
    websub: bool = Field(
        False,
        description="be told of news by the feed's hub, if it has one; needs a base_url that the "
        "hub can reach",
    )


class FeedSettings(FeedLike):
    """A feed on the web: RSS, Atom or JSON Feed; of a web page, the feed that it names."""

    kind: ClassVar[str] = "feed"

    feed: WebAddress = Field(
        description="the address of an RSS, Atom or JSON feed, or of a page that names one"
    )


async def documents(settings: FeedSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the feed unless it is what it was, by its validators or byte for byte.

    Raises FetchError.
    """
    from aggregator.lists.discover import looks_like_feed, looks_like_page  # noqa: PLC0415

    name = settings.feed
    if visit.pushed is not None:
        at = visit.memories.get(name, Memory()).base or name
        yield Document(
            name=name,
            body=visit.pushed,
            media_type=_media_type(visit.pushed),
            url=at,
            validators=visit.seen.get(name, ""),
        )
        return
    got = await ask(settings, visit, name)
    if got.body is not None and looks_like_page(got.body) and not looks_like_feed(got.body):
        got = await _discover(settings, visit, got)
    for found in got.found(_media_type(got.body or b"")):
        yield found


async def _discover(settings: FeedSettings, visit: Visit, page: Got) -> Got:
    """Return the feed of a page. Raises FetchError when none is found."""
    from aggregator.lists.discover import is_challenge, looks_like_feed  # noqa: PLC0415

    at = page.memory.base or page.name
    html = text_of(page)
    if await in_thread(is_challenge, html):
        said = f"{page.name}: the server asks for proof of being human"
        raise FetchError(said, trouble="blocked")
    tried = []
    for one in await in_thread(_candidates, html, at):
        tried.append(one.url)
        try:
            answer = await visit.client.get(settings.request(one.url))
        except FetchError:
            continue
        if answer.body is not None and looks_like_feed(answer.body):
            return _found(page, one, answer, visit)
    raise FetchError(
        f"{page.name}: is a web page that leads to no feed (tried {_short(tried, at)}); name the "
        "feed itself, or make it a page source",
        trouble="malformed",
    )


def _short(tried: list[str], at: str) -> str:
    """Name addresses, those of the same server by their paths."""
    server = urljoin(at, "/").removesuffix("/")
    return ", ".join(url.removeprefix(server) for url in tried)


def _candidates(html: str, at: str) -> "list[Candidate]":
    """Return what to try, best first: what the page names, what is usual, what it may mean."""
    from aggregator.lists.discover import common_places, feeds_in  # noqa: PLC0415

    named, usual = feeds_in(html, at), common_places(at)
    sure = [one for one in named if not one.doubtful][:_NAMED]
    doubtful = [one for one in named if one.doubtful][:_NAMED]
    every: dict[str, Candidate] = {}
    for one in (*sure, *usual[:_USUAL], *doubtful):
        every.setdefault(one.url, one)
    every.pop(at, None)
    return list(every.values())


def _found(page: Got, one: "Candidate", answer: Answer, visit: Visit) -> Got:
    memory = remembered(page.memory, answer, visit.now)
    memory = memory.model_copy(update={"url": one.url, "why": f"found there: {one.why}"})
    return Got(name=page.name, memory=memory, body=answer.body, new=True)


def _media_type(body: bytes) -> str:
    """Return a feed's type by its first byte: what servers declare is wrong too often."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return "application/feed+json" if start.startswith(b"{") else "application/xml"
