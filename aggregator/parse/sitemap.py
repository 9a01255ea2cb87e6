"""From a sitemap to articles that are still without text: it comes from their pages later."""

from datetime import UTC, datetime, tzinfo

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.lists.sitemap import Location, read_sitemap
from aggregator.parse.parsed import Parsed


def parse_sitemap(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Read an article for every address of a sitemap.

    Dates that name no zone are in ``zone``. Raises ParseError, naming the document.
    """
    try:
        found = read_sitemap(document.body, document.url or document.name, zone)
    except ParseError as error:
        raise ParseError(f"{document.name}: {error}") from error
    return Parsed(articles=tuple(_article(page) for page in found.pages))


def _article(page: Location) -> Article:
    return Article(
        uid=page.url,
        url=page.url,
        title=page.title,
        published=page.published,
        updated=_updated(page),
        image=page.image,
        language=page.language,
        categories=page.keywords,
    )


def _updated(page: Location) -> datetime | None:
    """Return when the page changed, unless that is before it was published."""
    if page.modified and page.published and page.modified < page.published:
        return None
    return page.modified
