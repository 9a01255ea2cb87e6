"""JSON Feed 1.1: what its specification demands, and what each field says."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from publish_samples import (
    BARE,
    CHINESE,
    EMPTY,
    ENGLISH,
    ENTRIES,
    EVERYTHING,
    FEED,
    LONG,
    MEDIA,
    SITE,
)

from aggregator.article import Article, Entry, Feed
from aggregator.publish import link, render

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from validate_judges import json_feed  # type: ignore[import-not-found]


def document(feed: Feed) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(render(feed, SITE)["feed.json"])
    return result


def item(entry: Entry) -> dict[str, Any]:
    result: dict[str, Any] = document(FEED)["items"][ENTRIES.index(entry)]
    return result


def test_feed() -> None:
    home = "https://feeds.example.org/%E6%96%B0%E6%B5%AA%E8%B4%A2%E7%BB%8F-%E5%9B%BD%E5%85%A7/"
    found = document(FEED)
    assert len(found.pop("items")) == len(ENTRIES)
    assert found == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "新浪财经－国內 – Morning papers",
        "home_page_url": home,
        "feed_url": home + "feed.json",
        "description": "News & views",
        "icon": "https://feeds.example.org/icon.png",
        "favicon": "https://feeds.example.org/icon.png",
        "language": "zh-CN",
    }


def test_a_full_item() -> None:
    assert item(ENGLISH) == {
        "id": "urn:uuid:00000000-0000-5000-8000-000000000001",
        "url": "https://example.org/style?a=1&b=2",
        "title": "Use <b> & <i> sparingly: AT&T's style guide",
        "content_html": ENGLISH.article.html,
        "summary": "Bold is loud; 1 < 2 & 3 > 2.",
        "image": "https://example.org/i.png",
        "date_published": "2024-05-17T01:30:00+00:00",
        "date_modified": "2024-05-17T01:35:00+00:00",
        "authors": [{"name": "Ada Lovelace"}, {"name": "Grace Hopper"}],
        "tags": ["Style", "Writing"],
        "language": "en",
        "attachments": [
            {
                "url": "https://example.org/talk.mp3",
                "mime_type": "audio/mpeg",
                "title": "The talk",
                "size_in_bytes": 1234,
                "duration_in_seconds": 61,
            },
            {
                "url": "https://example.org/talk.mp4",
                "mime_type": "video/mp4",
                "duration_in_seconds": 62,
            },
        ],
    }


def test_a_bare_item_has_what_the_format_demands() -> None:
    assert item(BARE) == {
        "id": BARE.id,
        "url": link(BARE, SITE),
        "content_text": "Untitled",
        "date_published": "2024-05-15T07:30:00+00:00",
        "date_modified": "2024-05-15T07:35:00+00:00",
    }


def test_an_attachment_always_has_a_type() -> None:
    assert item(LONG)["attachments"] == [
        {"url": "https://example.com/unknown.bin", "mime_type": "application/octet-stream"}
    ]


def test_a_feed_without_entries() -> None:
    assert document(EMPTY)["items"] == []


def test_everything_lies_at_the_root() -> None:
    assert document(EVERYTHING)["feed_url"] == "https://feeds.example.org/feed.json"


@pytest.mark.parametrize(
    ("article", "text"),
    [
        (Article(uid="x", title="T", text="whole", summary="part"), "whole"),
        (Article(uid="x", title="T", summary="part"), "part"),
        (Article(uid="x", title="T"), "T"),
    ],
)
def test_plain_text_where_there_is_no_markup(article: Article, text: str) -> None:
    feed = replace(FEED, entries=(replace(CHINESE, article=article),))
    assert document(feed)["items"][0]["content_text"] == text


@pytest.mark.parametrize("feed", [EVERYTHING, FEED, EMPTY, MEDIA], ids=lambda feed: feed.title)
def test_feeds_fit_the_schema(feed: Feed) -> None:
    data = render(feed, SITE)["feed.json"]
    assert json_feed(json.loads(data)["feed_url"], data) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("version", "https://jsonfeed.org/version/1"),
        ("title", ""),
        ("home_page_url", "/relative"),
        ("icon", "https://example.org/a b"),
        ("unknown", 1),
        ("items", [{"content_text": "no id"}]),
        ("items", [{"id": "x"}]),
        ("items", [{"id": 5, "content_text": ""}]),
        ("items", [{"id": "x", "content_text": "", "date_published": "2024-13-01T00:00:00Z"}]),
        ("items", [{"id": "x", "content_text": "", "attachments": [{"url": "https://a.org/b"}]}]),
        ("items", [{"id": "x", "content_text": ""}] * 2),
    ],
)
def test_the_schema_finds_fault(place: str, value: object) -> None:
    broken = json.dumps(document(EMPTY) | {place: value}).encode()
    assert len(json_feed("https://feeds.example.org/empty/feed.json", broken)) == 1
