"""A web page without a feed: its list of articles, by selectors or found automatically."""

from collections.abc import AsyncGenerator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from aggregator.errors import FetchError
from aggregator.lists.selector import split
from aggregator.sources.base import (
    Failure,
    Found,
    FullText,
    Remote,
    Selector,
    Visit,
    WebAddress,
    in_thread,
)
from aggregator.sources.base import selector as check_selector
from aggregator.sources.remote import Got, ask, text_of


def _part(value: str) -> str:
    """Check "h2", "a@href" or, of the item itself, "@data-date"."""
    css, attribute = split(value)
    if css or not attribute:
        check_selector(css)
    return value


Part = Annotated[
    str,
    AfterValidator(_part),
    Field(description="a CSS selector, with @ and the attribute if it is in one: h2, a@href"),
]


class PageSettings(Remote):
    """A web page that lists articles and has no feed; what no selector names is found by itself."""

    kind: ClassVar[str] = "page"

    page: WebAddress = Field(description="the address of the page that lists the articles")
    items: Selector | None = Field(None, description="each match is an article")
    title: Part | None = Field(None, description="its title, inside an item")
    link: Part | None = Field(None, description="its address, inside an item")
    date: Part | None = Field(None, description="its date, inside an item")
    summary: Part | None = Field(None, description="its summary, inside an item")
    image: Part | None = Field(None, description="its picture, inside an item")
    content: Part | None = Field(None, description="its whole text, inside an item")
    next: Part | None = Field(None, description="the link to the next page of the list")
    pages: int = Field(
        3, ge=1, le=50, description="pages that are followed at most, where next is given"
    )
    full_text: FullText = False


async def documents(settings: PageSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the page, and the pages that follow it, as far as they are new.

    Raises FetchError.
    """
    from aggregator.lists.discover import looks_like_feed  # noqa: PLC0415

    asked: set[str] = set()
    url: str | None = settings.page
    while url and url not in asked and len(asked) < settings.pages:
        asked.add(url)
        try:
            got = await ask(settings, visit, url, robots=True)
        except FetchError as error:
            if url == settings.page:
                raise
            yield Failure(name=url, error=str(error))  # the first page is what counts
            return
        if got.body is not None and looks_like_feed(got.body):
            said = f"{url}: is a feed; write feed: in place of page:"
            raise FetchError(said, trouble="malformed")
        for found in got.found("text/html"):
            yield found
        # Behind a page that is what it was nothing is new.
        follow = settings.next is not None and got.body is not None
        url = await in_thread(_next, settings, got) if follow else None


def _next(settings: PageSettings, got: Got) -> str | None:
    from aggregator.lists.nextpage import next_page  # noqa: PLC0415

    return next_page(text_of(got), got.memory.base or got.name, settings.next or "")
