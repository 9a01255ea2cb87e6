"""JSON lines (jsonlines.org): one article a line, as a program prints them."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, tzinfo
from typing import Any

from aggregator.article import Article, Document
from aggregator.parse.decode import decode
from aggregator.parse.feed import apart
from aggregator.parse.feed_text import is_html
from aggregator.parse.json_feed import read_item
from aggregator.parse.parsed import Parsed

# What else programs call what JSON Feed calls so, the most telling first.
_SYNONYMS = {
    "id": ("guid", "uuid"),
    "url": ("link", "permalink", "href"),
    "title": ("headline",),
    "content_html": ("html",),
    "content_text": ("text",),
    "summary": ("description", "excerpt"),
    "date_published": ("published", "date", "pubdate", "published_at", "created", "created_at"),
    "date_modified": ("updated", "modified", "updated_at"),
    "authors": ("author", "by", "creator"),
    "tags": ("categories", "category", "keywords"),
    "image": ("image_url", "thumbnail"),
    "language": ("lang",),
}
# Names under which either HTML or plain text stands.
_CONTENT = ("content", "body")
# What makes an object an article: something to read, or somewhere to go.
_TELLING = ("title", "url", "content_html", "content_text", "summary")

# Bad lines that are named one by one; of a program that prints something else altogether, these
# say enough.
_NAMED = 20


class _BadLineError(ValueError):
    """A line that is no article; says why."""


def parse_json_lines(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Give the articles of a document of which each line is a JSON object.

    The objects have the names of JSON Feed's items, or common other ones. Blank lines and an empty
    document hold nothing. A line that is no article is one of the problems, by its number. Dates
    without a zone are in ``zone``.
    """
    text, problem = decode(document.body, document.charset)
    articles: list[Article] = []
    bad: list[str] = []
    # Only at line feeds: U+2028 may stand inside of a JSON text.
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            articles.append(read_item(_item(line), document.url, zone))
        except _BadLineError as error:
            bad.append(f"line {number}: {error}")
    return Parsed(articles=apart(articles), problems=tuple(filter(None, (problem, *_named(bad)))))


def _named(bad: list[str]) -> Iterator[str]:
    yield from bad[:_NAMED]
    if len(bad) > _NAMED:
        yield f"{len(bad) - _NAMED} more lines are no articles"


def _item(line: str) -> Mapping[str, Any]:
    """Give the object on a line under JSON Feed's names. Raises _BadLineError."""
    try:
        value = json.loads(line)
    except RecursionError as error:
        raise _BadLineError("is nested too deeply") from error
    except ValueError as error:
        raise _BadLineError(f"is no readable JSON: {error}") from error
    if not isinstance(value, dict):
        raise _BadLineError("is JSON, but no object")
    item = _renamed({key.lower(): one for key, one in value.items()})
    if not any(isinstance(item.get(name), str) and item[name].strip() for name in _TELLING):
        raise _BadLineError("has neither a title nor a text nor an address")
    return item


def _renamed(given: dict[str, Any]) -> dict[str, Any]:
    item = dict(given)
    for name, others in _SYNONYMS.items():
        # An empty value says no more than a missing one.
        found = (given[one] for one in (name, *others) if given.get(one) not in (None, "", [], {}))
        item[name] = next(found, None)
    for name in _CONTENT:
        if isinstance(content := given.get(name), str):
            kind = "content_html" if is_html(content) else "content_text"
            item[kind] = item[kind] or content
    for name, form in _FORMS.items():
        item[name] = form(item[name])
    return item


def _date(value: object) -> object:
    """Seconds or milliseconds of the epoch as the text that dates are read from."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.0f}" if number else value


def _authors(value: object) -> list[object]:
    values = value if isinstance(value, list) else [value]
    return [{"name": one} if isinstance(one, str) else one for one in values]


def _tags(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


_FORMS: dict[str, Callable[[Any], object]] = {
    "date_published": _date,
    "date_modified": _date,
    "authors": _authors,
    "tags": _tags,
}
