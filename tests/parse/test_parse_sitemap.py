from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.lists.sitemap import Location, write_fragment
from aggregator.parse import parse


def document(body: bytes) -> Document:
    return Document(
        name="https://site.example/map.xml", body=body, media_type="application/sitemap+xml"
    )


def test_an_address_is_an_article_without_text() -> None:
    page = Location(
        url="https://site.example/a?b=1&c=2",
        title="甲 & 乙",
        published=datetime(2024, 5, 1, 8, tzinfo=UTC),
        modified=datetime(2024, 5, 1, 9, tzinfo=UTC),
        image="https://site.example/i.png",
        language="zh-cn",
        keywords=("股市", "央行"),
    )
    assert parse(document(write_fragment([page]))).articles == (
        Article(
            uid="https://site.example/a?b=1&c=2",
            url="https://site.example/a?b=1&c=2",
            title="甲 & 乙",
            published=datetime(2024, 5, 1, 8, tzinfo=UTC),
            updated=datetime(2024, 5, 1, 9, tzinfo=UTC),
            image="https://site.example/i.png",
            language="zh-cn",
            categories=("股市", "央行"),
        ),
    )


def test_a_change_before_publication_is_none() -> None:
    page = Location(
        url="https://site.example/a",
        published=datetime(2024, 5, 2, tzinfo=UTC),
        modified=datetime(2024, 5, 1, tzinfo=UTC),
    )
    (article,) = parse(document(write_fragment([page]))).articles
    assert article.updated is None


def test_dates_without_a_zone_are_in_that_of_the_source() -> None:
    body = b"<urlset><url><loc>/a</loc><lastmod>2024-05-01T18:00</lastmod></url></urlset>"
    (article,) = parse(document(body), ZoneInfo("Asia/Shanghai")).articles
    assert article.url == "https://site.example/a"
    assert article.updated == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_an_error_names_the_document() -> None:
    with pytest.raises(ParseError, match=r"https://site\.example/map\.xml: is no sitemap: <html>"):
        parse(document(b"<html>"))
