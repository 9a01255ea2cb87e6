"""Parsers that readers are built on, and how each says what it found in an entry."""

import contextlib
import json
import subprocess
from calendar import timegm
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser

NODE = Path(__file__).parent / "node"

Parse = Callable[[bytes], list[Any]]
Found = Mapping[str, Callable[[Any], Any]]
"""How the fields of an entry are found in what a parser made of it; it may raise if one is not."""


def by_feedparser(body: bytes) -> list[Any]:
    result = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not result.bozo
    return list(result.entries)


def by_fastfeedparser(body: bytes) -> list[Any]:
    return list(fastfeedparser.parse(body).entries)


@contextlib.contextmanager
def feedsmith() -> Iterator[Parse]:
    """Start the parser in Node.js, for as many feeds as come."""
    with subprocess.Popen(
        ["node", NODE / "read.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def parse(body: bytes) -> list[Any]:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(body.decode()).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())  # type: ignore[no-any-return]

        yield parse


def _utc(parts: Any) -> datetime:
    return datetime.fromtimestamp(timegm(parts), UTC)


FEEDPARSER: Found = {
    "id": lambda e: e.id,
    "address": lambda e: e.link,
    "title": lambda e: e.title,
    "summary": lambda e: unescape(e.summary),
    "whole text": lambda e: e.content[0].value,
    "published": lambda e: _utc(e.published_parsed),
    "updated": lambda e: _utc(dict(e)["updated_parsed"]),
    "authors": lambda e: [author.name for author in e.authors],
    "categories": lambda e: [tag.term for tag in e.tags],
    "lead image": lambda e: e.media_thumbnail[0]["url"],
    "first media file": lambda e: _file(e.enclosures[0], "href"),
    "its title": lambda e: e.enclosures[0].title,
    "how long it plays": lambda e: int(e.itunes_duration),
    "further media file": lambda e: e.media_content[-1]["url"],
    "how long that plays": lambda e: int(e.media_content[-1]["duration"]),
    "width and height": lambda e: _shape(e.media_content[-1]),
    "number, season, kind": lambda e: [
        int(e.itunes_episode),
        int(e.itunes_season),
        e.itunes_episodetype,
    ],
    "explicit": lambda e: e.itunes_explicit,
    "cover": lambda e: e.image.href,
    "chapters": lambda e: e.podcast_chapters.url,
    "transcripts": lambda e: e.podcast_transcript.url,
    "language": lambda e: e.title_detail.language,
    "origin": lambda e: e.source.title,
}

FASTFEEDPARSER: Found = {
    "id": lambda e: e.id,
    "address": lambda e: e.link,
    "title": lambda e: e.title,
    "summary": lambda e: unescape(e.description),
    "whole text": lambda e: e.content[0]["value"],
    "published": lambda e: datetime.fromisoformat(e.published),
    "updated": lambda e: datetime.fromisoformat(e.updated),
    "authors": lambda e: [author["name"] for author in e.authors],
    "categories": lambda e: [tag["term"] for tag in e.tags],
    "lead image": lambda e: e.get("image") or e.media_thumbnail[0]["url"],
    "first media file": lambda e: _file(e.enclosures[0], "url"),
    "its title": lambda e: (e.get("enclosures") or e.links[1:])[0]["title"],
    "how long it plays": lambda e: e.itunes_duration,
    "further media file": lambda e: (e.get("media_content") or e.enclosures)[-1]["url"],
    "how long that plays": lambda e: int(e.media_content[-1]["duration"]),
    "width and height": lambda e: _shape(e.media_content[-1]),
    "number, season, kind": lambda e: e.itunes_episode,
    "explicit": lambda e: e.itunes_explicit,
    "cover": lambda e: e.itunes_image,
    "chapters": lambda e: e.podcast_chapters,
    "transcripts": lambda e: e.podcast_transcript,
    "language": lambda e: e.language,
    "origin": lambda e: e.source["title"],
}

# What is markup in the other formats is plain text in this one.
FASTFEEDPARSER_JSON: Found = {**FASTFEEDPARSER, "summary": lambda e: e.description}

_FEEDSMITH_XML: Found = {
    "lead image": lambda e: e["media"]["thumbnails"][0]["url"],
    "how long it plays": lambda e: e["itunes"]["duration"],
    "further media file": lambda e: e["media"]["contents"][-1]["url"],
    "how long that plays": lambda e: e["media"]["contents"][-1]["duration"],
    "width and height": lambda e: _shape(e["media"]["contents"][-1]),
    "number, season, kind": lambda e: [
        e["itunes"][name] for name in ("episode", "season", "episodeType")
    ],
    "explicit": lambda e: e["itunes"]["explicit"],
    "cover": lambda e: e["itunes"]["image"],
    "chapters": lambda e: e["podcast"]["chapters"]["url"],
    "transcripts": lambda e: e["podcast"]["transcripts"][0]["url"],
}

FEEDSMITH: Mapping[str, Found] = {
    "rss": {
        **_FEEDSMITH_XML,
        "id": lambda e: e["guid"]["value"],
        "address": lambda e: e["link"],
        "title": lambda e: e["title"],
        "summary": lambda e: unescape(e["description"]),
        "whole text": lambda e: e["content"]["encoded"],
        "published": lambda e: parsedate_to_datetime(e["pubDate"]),
        "authors": lambda e: e["dc"]["creators"],
        "categories": lambda e: [category["name"] for category in e["categories"]],
        "first media file": lambda e: _file(e["enclosures"][0], "url"),
        "origin": lambda e: e["source"]["title"],
    },
    "atom": {
        **_FEEDSMITH_XML,
        "id": lambda e: e["id"],
        "address": lambda e: e["links"][0]["href"],
        "title": lambda e: e["title"]["value"],
        "summary": lambda e: unescape(e["summary"]["value"]),
        "whole text": lambda e: e["content"]["value"],
        "published": lambda e: datetime.fromisoformat(e["published"]),
        "updated": lambda e: datetime.fromisoformat(e["updated"]),
        "authors": lambda e: [author["name"] for author in e["authors"]],
        "categories": lambda e: [category["term"] for category in e["categories"]],
        "first media file": lambda e: _file(e["links"][1], "href"),
        "its title": lambda e: e["links"][1]["title"],
        "language": lambda e: e["xml"]["lang"],
        "origin": lambda e: e["source"]["title"]["value"],
    },
    "json": {
        "id": lambda e: e["id"],
        "address": lambda e: e["url"],
        "title": lambda e: e["title"],
        "summary": lambda e: e["summary"],
        "whole text": lambda e: e["content_html"],
        "published": lambda e: datetime.fromisoformat(e["date_published"]),
        "updated": lambda e: datetime.fromisoformat(e["date_modified"]),
        "authors": lambda e: [author["name"] for author in e["authors"]],
        "categories": lambda e: e["tags"],
        "lead image": lambda e: e["image"],
        "first media file": lambda e: [
            e["attachments"][0][name] for name in ("url", "mime_type", "size_in_bytes")
        ],
        "its title": lambda e: e["attachments"][0]["title"],
        "how long it plays": lambda e: e["attachments"][0]["duration_in_seconds"],
        "further media file": lambda e: e["attachments"][-1]["url"],
        "how long that plays": lambda e: e["attachments"][-1]["duration_in_seconds"],
        "language": lambda e: e["language"],
    },
}


def _file(found: Any, address: str) -> list[Any]:
    return [found[address], found["type"], int(found["length"])]


def _shape(found: Any) -> list[int]:
    return [int(found["width"]), int(found["height"])]


def found_by(found: Found, field: str, entry: Any) -> Any:
    """Return a field of what a parser made of an entry; None if it is not there."""
    try:
        return found[field](entry)
    except (KeyError, AttributeError, IndexError, TypeError, ValueError):
        return None
