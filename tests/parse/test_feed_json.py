"""JSON Feed 1.0 and 1.1."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.article import Article, Document, Enclosure
from aggregator.parse.feed import parse_feed
from aggregator.parse.parsed import Parsed


def read(feed: dict[str, Any]) -> Parsed:
    return parse_feed(
        Document(name="f", body=json.dumps(feed).encode(), url="https://example.org/f.json")
    )


def test_a_whole_feed() -> None:
    parsed = read(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "F",
            "home_page_url": "https://example.org/",
            "language": "en",
            "authors": [{"name": "Feed"}],
            "items": [
                {
                    "id": "https://example.org/1",
                    "url": "/1",
                    "title": "One",
                    "content_html": "<p>x</p>",
                    "summary": "s",
                    "image": "/i.png",
                    "date_published": "2026-03-02T10:00:00Z",
                    "date_modified": "2026-03-03T10:00:00Z",
                    "authors": [{"name": "Ann"}, {"name": "Bob"}],
                    "tags": ["a", "b", "a"],
                    "language": "de",
                    "attachments": [
                        {
                            "url": "/a.mp3",
                            "mime_type": "audio/mpeg",
                            "size_in_bytes": 5,
                            "duration_in_seconds": 7.5,
                            "title": "A",
                        }
                    ],
                }
            ],
        }
    )
    assert (parsed.title, parsed.url, parsed.language) == ("F", "https://example.org/", "en")
    assert parsed.articles == (
        Article(
            uid="https://example.org/1",
            title="One",
            url="https://example.org/1",
            entry_id="https://example.org/1",
            base="https://example.org/1",
            authors=("Ann", "Bob"),
            published=datetime(2026, 3, 2, 10, tzinfo=UTC),
            updated=datetime(2026, 3, 3, 10, tzinfo=UTC),
            categories=("a", "b"),
            html="<p>x</p>",
            summary="s",
            image="https://example.org/i.png",
            language="de",
            enclosures=(
                Enclosure(
                    url="https://example.org/a.mp3",
                    media_type="audio/mpeg",
                    length=5,
                    title="A",
                    duration=7,
                ),
            ),
        ),
    )


def test_version_1_has_one_author_and_numbers_for_ids() -> None:
    parsed = read({"items": [{"id": 7, "content_text": "a < b", "author": {"name": "Ann"}}]})
    article = parsed.articles[0]
    assert (article.uid, article.html, article.authors) == ("7", "<p>a &lt; b</p>", ("Ann",))


@pytest.mark.parametrize(
    "item",
    [
        {"id": None, "title": ["x"], "tags": "a", "authors": [1], "attachments": {"url": 1}},
        {"id": True, "url": {}, "date_published": 1e400, "author": "Ann", "image": 3},
        {"id": "\ud800\x00", "title": "\x07"},
    ],
)
def test_a_member_of_another_type_counts_as_absent(item: dict[str, Any]) -> None:
    article = read({"items": [item, "no item"]}).articles[0]
    assert (article.title, article.authors, article.categories) == ("", (), ())
    assert (article.url, article.image, article.enclosures) == (None, None, ())
    article.uid.encode()
