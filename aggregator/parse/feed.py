"""Feeds: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, JSON Feed."""

import dataclasses
import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo

from lxml import etree

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse.decode import decode
from aggregator.parse.feed_element import (
    XML,
    Fields,
    canonical,
    elements,
    fields_of,
    first_text,
    line_of,
    spaces_of,
    text_of,
)
from aggregator.parse.feed_entry import Channel, own_base, page_url, people, read_entry
from aggregator.parse.feed_hints import read_hints
from aggregator.parse.feed_text import distinct, web_address
from aggregator.parse.feed_xml import find_feed, parse_tree
from aggregator.parse.json_feed import parse_json_feed
from aggregator.parse.mojibake import mend
from aggregator.parse.newest import read_newest
from aggregator.parse.parsed import Parsed

# A managing editor answers for a feed (RSS 2.0) and need not have written anything in it.
_AUTHORS = ("atom:author", "dc:creator", "itunes:author")
_NOT_FEEDS = {
    "html": "a web page",
    "head": "a web page",
    "body": "a web page",
    "opml": "an OPML list of feeds",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
}


def parse_feed(document: Document, zone: tzinfo = UTC) -> Parsed:
    """Give the articles of a feed, in its order; a feed without entries gives none.

    Dates without a zone are in ``zone``. Damage that costs nothing is mended in silence; where
    characters or structure had to be guessed, each article carries a problem. Raises ParseError
    when the document is empty or no feed.
    """
    text, problem = decode(document.body, document.charset)
    if not text.strip("\ufeff \t\r\n\0"):
        raise ParseError(f"{document.name}: the document is empty")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        parsed = parse_json_feed(document, text, zone)
    else:
        parsed = _parse_xml(document, text, zone)
    articles = apart(_split_categories(_with_problem(parsed.articles, problem)))
    return dataclasses.replace(parsed, articles=articles, title=mend(parsed.title)[0])


def _parse_xml(document: Document, text: str, zone: tzinfo) -> Parsed:
    xml, first = find_feed(text)
    if not xml:
        begin = (first or text.lstrip())[:40]
        kind = _NOT_FEEDS.get(first, f"no known kind of feed (it begins with {begin!r})")
        raise ParseError(f"{document.name}: this is {kind}, not a feed in RSS, Atom or JSON")
    try:
        root, damage = parse_tree(xml)
    except ParseError as error:
        raise ParseError(f"{document.name}: {error}") from error
    if root is None:
        raise ParseError(f"{document.name}: this is no readable XML: {damage}")
    if damage:
        problem = f"The feed is not well-formed XML ({damage.strip()}); read as far as it goes."
        return _read_tree(root, document, zone, (problem,))
    return _read_tree(root, document, zone, ())


def _read_tree(
    root: etree._Element, document: Document, zone: tzinfo, problems: tuple[str, ...]
) -> Parsed:
    spaces = spaces_of(root)
    channel = _channel(root, spaces)
    fields = fields_of(channel, spaces)
    base = own_base(channel, own_base(root, document.url) or document.url)
    base = base or own_base(root, document.url)
    url = _page(fields, base or document.url)
    shared = Channel(
        spaces=spaces,
        zone=zone,
        base=base,
        url=url,
        document=document.url,
        authors=people({name: fields[name] for name in _AUTHORS if name in fields}),
        problems=problems,
    )
    language = channel.get(XML + "lang") or root.get(XML + "lang")
    language = language or first_text(fields, "language", "dc:language") or None
    articles, left_out = read_newest(
        _entries(root, spaces), functools.partial(read_entry, channel=shared)
    )
    return Parsed(
        articles=tuple(_inherit(article, language) for article in articles),
        title=_feed_title(fields),
        url=url,
        language=language,
        hints=read_hints(fields, base),
        problems=left_out,
    )


def _channel(root: etree._Element, spaces: Mapping[str, str]) -> etree._Element:
    """Give the element that describes the feed: Atom's root, RSS's channel."""
    for element in root.iter("{*}channel", "{*}Channel", "{*}CHANNEL"):
        if canonical(element.tag, spaces) == "channel":
            return element
    return root


def _entries(root: etree._Element, spaces: Mapping[str, str]) -> list[etree._Element]:
    """Give the entries that hold anything, at whatever depth (RSS 1.0: beside the channel)."""
    names = ("item", "entry", "atom:entry")
    found = [e for e in root.iter("{*}item", "{*}entry") if canonical(e.tag, spaces) in names]
    found = found or [e for e in root.iter(etree.Element) if canonical(e.tag, spaces) in names]
    return [element for element in found if len(element)]


def _page(fields: Fields, base: str | None) -> str | None:
    """Give the web page of a feed: RSS's link, Atom's alternate."""
    plain = (text_of(link) or link.get("href") for link in elements(fields, "link"))
    candidates = (web_address(link, base) for link in plain)
    return next(filter(None, candidates), None) or page_url(elements(fields, "atom:link"), base)


def _feed_title(fields: Fields) -> str:
    titles = (line_of(element) for element in elements(fields, "title", "atom:title", "dc:title"))
    return next(filter(None, titles), "")


def _inherit(article: Article, language: str | None) -> Article:
    if article.language or not language:
        return article
    return dataclasses.replace(article, language=language)


def _with_problem(articles: Sequence[Article], problem: str) -> Sequence[Article]:
    if not problem:
        return articles
    return [dataclasses.replace(a, problems=(problem, *a.problems)) for a in articles]


def _split_categories(articles: Sequence[Article]) -> Sequence[Article]:
    """Split ``linux, kernel`` where a feed shows that it means two categories.

    It does so when no entry has more than one category element, and a part of one list returns in
    another: ``linux, kernel`` and ``linux, graphics``, but not ``Food, Drink`` over and over.
    """
    if any(len(article.categories) > 1 for article in articles):
        return articles
    lists = {category for article in articles for category in article.categories if "," in category}
    seen = Counter(part for category in lists for part in set(_parts(category)))
    if not any(times > 1 for times in seen.values()):
        return articles
    return [
        dataclasses.replace(article, categories=distinct(_parts(",".join(article.categories))))
        for article in articles
    ]


def _parts(category: str) -> list[str]:
    return [part.strip() for part in category.split(",") if part.strip()]


def apart(articles: Sequence[Article]) -> tuple[Article, ...]:
    """Keep apart entries that share an id and differ in title; of exact repeats keep the first."""
    titles: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        titles[article.uid].add(_label(article))
    unique: dict[str, Article] = {}
    for article in articles:
        uid = article.uid
        if len(titles[uid]) > 1:
            uid = f"{uid}\n{_label(article)}"
            article = dataclasses.replace(article, uid=uid)  # noqa: PLW2901
        unique.setdefault(uid, article)
    return tuple(unique.values())


def _label(article: Article) -> str:
    return article.title or article.url or ""
