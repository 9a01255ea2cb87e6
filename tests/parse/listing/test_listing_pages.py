"""What is found in whole pages of many styles, and that it stays so."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import listing_pages_held_out
import listing_pages_known
import pytest
from listing_kit import Page

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.listing import Listing, Selectors, read_listing

PAGES = (*listing_pages_known.PAGES, *listing_pages_held_out.PAGES)
FULL = [make for make in PAGES if make().expected]
EMPTY = [make for make in PAGES if not make().expected]


def read(page: Page) -> Listing:
    document = Document(name=page.url, url=page.url, body=page.html.encode())
    return read_listing(document, Selectors(), UTC)


@pytest.mark.parametrize("make", FULL, ids=lambda make: make.__name__)
def test_every_article_of_a_page_is_found_and_nothing_else(make: Callable[[], Page]) -> None:
    page = make()
    listing = read(page)
    found = [
        (a.uid, a.title, a.published.date().isoformat() if a.published else "")
        for a in listing.articles
    ]
    assert found == list(page.expected)
    assert listing.confidence > 0.7
    assert all(article.url == article.uid for article in listing.articles)


@pytest.mark.parametrize("make", EMPTY, ids=lambda make: make.__name__)
def test_a_page_without_a_list_is_refused(make: Callable[[], Page]) -> None:
    page = make()
    with pytest.raises(ParseError, match=r"no list of articles .*give items") as caught:
        read(page)
    assert caught.value.trouble == "selector"
    assert str(caught.value).startswith(page.url)


@pytest.mark.parametrize("make", FULL, ids=lambda make: make.__name__)
def test_the_list_gone_from_a_page_is_an_error_not_another_list(make: Callable[[], Page]) -> None:
    page = make()
    html = page.html
    for address, title, _ in page.expected:
        html = html.replace(title, "x").replace(address, "#")
    body, _, rest = html.partition("<main")
    gone = body if rest else html[: html.index("<body")] + "<body><p>We have moved.</p></body>"
    with pytest.raises(ParseError):
        read(Page(page.name, page.url, gone))


def test_pages_of_single_articles_are_refused(corpus: Path) -> None:
    """All 181 were when this was written."""
    folder = corpus / "html" / "article-extraction-benchmark"
    truth = json.loads((folder / "ground-truth.json").read_text())
    accepted = []
    for name, fields in truth.items():
        html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        try:
            read_listing(Document(name=name, url=fields["url"], body=html), Selectors(), UTC)
            accepted.append(fields["url"])
        except ParseError:
            pass
    assert len(accepted) <= 3, accepted
