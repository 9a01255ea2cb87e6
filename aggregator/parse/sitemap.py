"""From a sitemap to articles that are still without text: it comes from their pages later."""

from datetime import UTC, tzinfo

from aggregator.article import Article, Document
from aggregator.lists.sitemap import Location, read_sitemap
from aggregator.parse.parsed import Parsed


def parse_sitemap(document: Document, zone: tzinfo = UTC) -> Parsed:  # noqa: ARG001
    """Read an article for every address of a sitemap. Raises ParseError."""
    found = read_sitemap(document.body, document.url or document.name)
    return Parsed(articles=tuple(_article(page) for page in found.pages))


def _article(page: Location) -> Article:
    return Article(
        uid=page.url,
        url=page.url,
        title=page.title,
        published=page.published,
        updated=page.modified,
        image=page.image,
        language=page.language,
        categories=page.keywords,
    )
