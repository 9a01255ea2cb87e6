"""JSON Feed 1.0 and 1.1 (jsonfeed.org), written by programs that keep to it more or less."""

import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from math import isfinite
from typing import Any

from aggregator.article import Article, Document, Enclosure, Hints
from aggregator.errors import ParseError
from aggregator.parse.dates import read_date
from aggregator.parse.feed_repair import legal
from aggregator.parse.feed_text import (
    count,
    digest,
    distinct,
    one_line,
    paragraphs,
    person,
    uri,
    web_address,
)
from aggregator.parse.mojibake import mend
from aggregator.parse.newest import read_newest
from aggregator.parse.parsed import Parsed

Object = Mapping[str, Any]

# What never ends is taken to end with the document, so that it is not looked for again and again.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
# Values in one document: ten thousand items of thirty each. An object takes 200 bytes and more.
_MOST_VALUES = 300_000
# Digits. SQL's largest integer has 19.
_LONGEST_NUMBER = 300


def parse_json_feed(document: Document, text: str, zone: tzinfo) -> Parsed:
    """Give the articles of a JSON Feed; what has another type than it should counts as absent.

    Dates without a zone are in ``zone``. Raises ParseError when ``text`` is not JSON, or JSON of
    another kind.
    """
    feed = _load(document, text)
    url = web_address(_text(feed, "home_page_url"), document.url)
    authors, language = _authors(feed), _text(feed, "language") or None
    base = url or document.url
    articles, left_out = read_newest(
        _objects(feed, "items"), functools.partial(read_item, base=base, zone=zone)
    )
    return Parsed(
        articles=tuple(_inherit(article, authors, language) for article in articles),
        title=one_line(_text(feed, "title")),
        url=url,
        language=language,
        hints=Hints(hub=_hub(feed, document.url), topic=_text(feed, "feed_url")),
        problems=left_out,
    )


def _hub(feed: Object, base: str | None) -> str:
    hubs = (hub for hub in _objects(feed, "hubs") if _text(hub, "type").lower() == "websub")
    return next((web_address(_text(hub, "url"), base) or "" for hub in hubs), "")


def _load(document: Document, text: str) -> Object:
    if text.count(",") > _MOST_VALUES and _values(text) > _MOST_VALUES:
        raise ParseError(f"{document.name}: there are more than {_MOST_VALUES:,} values in it")
    try:
        feed = json.loads(text.strip("\ufeff \t\r\n\0"), parse_int=_whole, parse_constant=_nothing)
    except RecursionError as error:
        raise ParseError(f"{document.name}: this JSON is nested without end") from error
    except ValueError as error:
        raise ParseError(f"{document.name}: this is no readable JSON: {error}") from error
    version = feed.get("version") if isinstance(feed, dict) else None
    known = isinstance(version, str) and "jsonfeed.org" in version
    if isinstance(feed, dict) and (known or isinstance(feed.get("items"), list)):
        return feed
    raise ParseError(f"{document.name}: this is JSON, but not a JSON Feed (it has no items)")


def _values(text: str) -> int:
    """Count the values that JSON parts by commas."""
    return _STRING.sub("", text).count(",")


def _whole(digits: str) -> int | None:
    """Read an integer; Python refuses the whole document for one that is longer than any is."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _nothing(_name: str) -> None:
    """Read NaN and Infinity, which JSON does not have, as if nothing were there."""


def read_item(item: Object, base: str | None, zone: tzinfo) -> Article:
    """Give the article of one item; ``base`` is what relative addresses start from.

    Dates without a zone are in ``zone``; what cannot be read is a problem on the article.
    """
    item, broken = _mended(item)
    identifier = _identifier(item)
    url = web_address(_text(item, "url"), base) or web_address(identifier, None)
    url = url or web_address(_text(item, "external_url"), base)
    title, html, summary = one_line(_text(item, "title")), *_content(item)
    published, problem = _date(item, "date_published", zone)
    updated, other = _date(item, "date_modified", zone)
    images = (web_address(_text(item, key), base) for key in ("image", "banner_image"))
    return Article(
        uid=identifier or url or digest(title, _text(item, "date_published") or html),
        title=title,
        url=url,
        entry_id=uri(identifier),
        base=url or base,
        authors=_authors(item),
        published=published or updated,
        updated=updated,
        categories=distinct(one_line(tag) for tag in _strings(item, "tags")),
        html=html,
        summary=summary,
        image=next(filter(None, images), None),
        language=_text(item, "language") or None,
        enclosures=tuple(
            filter(None, (_enclosure(a, base) for a in _objects(item, "attachments")))
        ),
        problems=distinct((problem, other, broken)),
    )


def _mended(item: Object) -> tuple[Object, str]:
    texts = {key: mend(value) for key, value in item.items() if isinstance(value, str)}
    said = distinct(sentence for _, sentence in texts.values())
    return {**item, **{key: text for key, (text, _) in texts.items()}}, " ".join(said)


def _inherit(article: Article, authors: tuple[str, ...], language: str | None) -> Article:
    return dataclasses.replace(
        article, authors=article.authors or authors, language=article.language or language
    )


def _content(item: Object) -> tuple[str, str]:
    """Give the content as HTML, and the summary where there are both."""
    html = _text(item, "content_html") or paragraphs(_text(item, "content_text"))
    summary = _text(item, "summary")
    return (html, summary) if html else (paragraphs(summary), "")


def _date(item: Object, key: str, zone: tzinfo) -> tuple[datetime | None, str]:
    written = _text(item, key)
    moment = read_date(written, zone)
    return moment, f"The date {written[:60]!r} cannot be read." if written and not moment else ""


def _authors(holder: Object) -> tuple[str, ...]:
    """Give the names in ``authors`` (1.1) or ``author`` (1.0)."""
    author = holder.get("author")
    people = _objects(holder, "authors") or ([author] if isinstance(author, dict) else [])
    return distinct(person(_text(author, "name")) for author in people)


def _enclosure(attachment: Object, base: str | None) -> Enclosure | None:
    url = web_address(_text(attachment, "url"), base)
    if not url:
        return None
    return Enclosure(
        url=url,
        media_type=_text(attachment, "mime_type").lower(),
        length=count(attachment.get("size_in_bytes")),
        title=one_line(_text(attachment, "title")),
        duration=count(str(attachment.get("duration_in_seconds")).partition(".")[0]),
    )


def _text(holder: Object, key: str) -> str:
    value = holder.get(key)
    return legal(value).strip() if isinstance(value, str) else ""


def _identifier(item: Object) -> str:
    """Give the id; a number counts as its digits, as version 1.0 asks."""
    value = item.get("id")
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return str(value) if number else _text(item, "id")


def _strings(holder: Object, key: str) -> list[str]:
    values = holder.get(key)
    return (
        [legal(value) for value in values if isinstance(value, str)]
        if isinstance(values, list)
        else []
    )


def _objects(holder: Object, key: str) -> list[Object]:
    values = holder.get(key)
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
