"""One file, one article: posts of static site generators, HTML pages, plain text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse import fields as words
from aggregator.parse.dates import read_date
from aggregator.parse.decode import decode, looks_binary
from aggregator.parse.frontmatter import FrontMatter, split
from aggregator.parse.liquid import resolve
from aggregator.parse.markup import (
    LONGEST_MARKDOWN,
    excerpt,
    from_markdown,
    from_plain,
    heading,
    is_html,
)
from aggregator.parse.mojibake import mend
from aggregator.parse.page import is_document, page_body, page_fields
from aggregator.parse.parsed import Parsed

_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
# Jekyll's and blogdown's file names: 2020-01-02-some-title.md.
_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(.*))?", re.DOTALL)
# Zola's and Hugo's paths: 2016/08/10/Some-title.
_DATED_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})(?:/|$)")


def parse_post(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Read a document that is one article; its ``uid`` is the document's name.

    The front matter tells title, dates, categories and so on; without it the meta elements of an
    HTML page, the first heading and the file's name do. Dates that name no zone are in ``zone``.
    Raises ParseError for binary data, and for a document with neither text nor title.
    """
    if looks_binary(document.body):
        raise ParseError(f"{document.name}: binary data, not a text")
    text, problem = decode(document.body, document.charset)
    text, broken = mend(text)
    front = split(text)
    if not front.dialect and is_document(front.body):
        front = FrontMatter(page_fields(front.body), page_body(front.body), "html")
    html, too_long = _html(front, document.media_type)
    if not html.strip() and not words.first_text(front.fields, (*words.TITLE, "pagetitle")):
        raise ParseError(f"{document.name}: neither a title nor a text")
    title, html = _title(front.fields, html, document.name)
    article = _article(document, front.fields, zone)
    problems = (problem, broken, *front.problems, *article.problems, too_long)
    return Parsed(
        (
            replace(
                article,
                title=title,
                html=html,
                summary=words.first_text(front.fields, words.SUMMARY) or excerpt(html),
                problems=tuple(filter(None, problems)),
            ),
        )
    )


def _article(document: Document, fields: words.Fields, zone: tzinfo) -> Article:
    """Give what the front matter says, and what the document's name adds."""
    published, refused = words.moment(fields, words.PUBLISHED, zone)
    updated, refused_too = words.moment(fields, words.UPDATED, zone)
    return Article(
        uid=document.name,
        url=words.link(fields) or document.url,
        base=document.url,
        authors=words.authors(fields),
        published=published or _date_of_name(document.name, fields, zone),
        updated=updated,
        categories=words.categories(fields),
        category_paths=words.category_paths(fields),
        image=words.image(fields),
        language=words.language(fields),
        enclosures=words.enclosures(fields),
        draft=words.is_draft(fields),
        problems=tuple(
            f"The date {date[:60]!r} is none." for date in (refused, refused_too) if date
        ),
    )


def _html(front: FrontMatter, media_type: str) -> tuple[str, str]:
    """Give the body as HTML, and what was wrong with it, or ""."""
    # Generators write "{" so, to keep it from their own template language, also where HTML knows
    # no entities: in style elements, and in Markdown's code.
    body = resolve(front.body).replace("&#123;", "{").replace("&#125;", "}")
    if media_type in _HTML_TYPES or front.dialect == "html" or is_html(body):
        return body.strip(), ""
    # Plain text below front matter is a generator's post all the same, hence Markdown.
    if media_type == "text/plain" and not front.dialect:
        return from_plain(body), ""
    if len(body) > LONGEST_MARKDOWN:
        return from_plain(body), f"Too long to read as Markdown ({len(body)} characters)."
    return from_markdown(body), ""


def _title(fields: Mapping[str, object], html: str, name: str) -> tuple[str, str]:
    """Give the title, and the HTML without the heading that became it.

    A page's ``<title>`` often ends with the name of its site; a heading that it contains is better.
    """
    if title := words.first_text(fields, words.TITLE):
        return title, html
    page_title = words.text(fields.get("pagetitle"))
    found, rest = heading(html)
    if found and found in (page_title or found):
        return found, rest
    return page_title or _title_of_name(name), html


def _title_of_name(name: str) -> str:
    path = PurePosixPath(name)
    stem = path.parent.name if path.stem in ("index", "_index", "README") else path.stem
    dated = _DATED_NAME.fullmatch(stem)
    title = dated[2] if dated and dated[2] else stem or path.stem
    return words.text(title.replace("-", " ").replace("_", " "))


def _date_of_name(name: str, fields: words.Fields, zone: tzinfo) -> datetime | None:
    path = PurePosixPath(name)
    for part in (path.name, path.parent.name):  # Hugo's bundles: 2020-01-02-title/index.md
        if dated := _DATED_NAME.match(part):
            return read_date(dated[1], zone)
    dated = _DATED_PATH.search(words.text(fields.get("path")))
    return read_date("-".join(dated.groups()), zone) if dated else None
