"""One entry of an RSS or Atom feed as an article, as raw as it came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree

from aggregator.article import Article, Origin
from aggregator.parse.dates import read_date
from aggregator.parse.feed_element import (
    XML,
    Fields,
    elements,
    fields_of,
    first_text,
    html_of,
    line_of,
    mend_texts,
    text_of,
    texts,
)
from aggregator.parse.feed_media import enclosures, image, with_media_groups
from aggregator.parse.feed_text import digest, distinct, person, uri, web_address

_PUBLISHED = (
    "pubdate",
    "atom:published",
    "atom:issued",
    "dc:date",
    "published",
    "dcterms:issued",
    "dcterms:created",
    "atom:created",
)
_UPDATED = ("atom:updated", "atom:modified", "dcterms:modified", "updated", "lastbuilddate")
_CONTENT = ("content:encoded", "atom:content", "content", "xhtml:body", "xhtml:div")
_SUMMARY = ("description", "atom:summary", "summary", "dc:description", "itunes:summary")
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
# Blogger marks what is a post, a comment or a template with a category of this scheme.
_KIND = "http://schemas.google.com/g/2005#kind"


@dataclass(frozen=True, slots=True)
class Channel:
    """What the entries of one feed share.

    ``base`` is the feed's ``xml:base`` made absolute, None if it has none; ``url`` its web page;
    ``document`` where it was fetched; ``zone`` is for dates that name none.
    """

    spaces: Mapping[str, str]
    zone: tzinfo
    base: str | None = None
    url: str | None = None
    document: str | None = None
    authors: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_entry(element: etree._Element, channel: Channel) -> Article:
    """Give the article in an ``item`` or ``entry``; what cannot be read is a problem on it."""
    broken = mend_texts(element)
    fields = fields_of(element, channel.spaces)
    if "media:group" in fields or "media:content" in fields:
        fields = with_media_groups(fields, channel.spaces)
    base = own_base(element, channel.base or channel.document) or channel.base
    start = base or channel.url or channel.document
    title, identifier = _title(fields), _identifier(element, fields)
    url = _url(fields, identifier, start)
    html, summary = _content(fields)
    published, updated, problems = _dates(fields, channel.zone)
    files = enclosures(fields, start)
    return Article(
        uid=identifier or url or digest(title, first_text(fields, *_PUBLISHED, *_UPDATED) or html),
        title=title,
        url=url,
        entry_id=uri(identifier),
        base=_content_base(fields, base) or base or url or channel.url or channel.document,
        authors=_authors(fields, channel),
        published=published,
        updated=updated,
        categories=_categories(fields),
        html=html,
        summary=summary,
        image=image(fields, files, start),
        language=_language(element, fields),
        enclosures=files,
        origin=_origin(fields, channel),
        problems=distinct((*channel.problems, *problems, broken)),
    )


def own_base(element: etree._Element, outer: str | None) -> str | None:
    """Give an element's ``xml:base``, seen from ``outer`` (XML Base, section 4), or None."""
    return web_address(element.get(XML + "base"), outer)


def people(fields: Fields) -> tuple[str, ...]:
    """Give the authors' names, from the first kind of element that gives any."""
    for name in ("atom:author", "dc:creator", "dc:author", "author", "itunes:author"):
        if names := distinct(map(_name, elements(fields, name))):
            return names
    return ()


def page_url(links: Sequence[etree._Element], base: str | None) -> str | None:
    """Give the web page among Atom links: an alternate, HTML rather than another type."""
    pages = [link for link in links if (link.get("rel") or "alternate").lower() == "alternate"]
    pages.sort(key=lambda link: (link.get("type") or "html").find("html") < 0)
    return next(filter(None, (web_address(link.get("href"), base) for link in pages)), None)


def _title(fields: Fields) -> str:
    for name in ("title", "atom:title", "dc:title", "media:title", "itunes:title"):
        for element in fields.get(name, ()):
            if title := line_of(element):
                return title
    return ""


def _identifier(element: etree._Element, fields: Fields) -> str:
    found = first_text(fields, "guid", "atom:id", "id") or (element.get(_ABOUT) or "").strip()
    return found or first_text(fields, "dc:identifier")


def _url(fields: Fields, identifier: str, base: str | None) -> str | None:
    original = first_text(fields, "feedburner:origlink")
    plain = [link for link in elements(fields, "link") if not link.get("rel")]
    candidates = (
        original,
        *((link.text or "").strip() or link.get("href") for link in plain),
        page_url(elements(fields, "atom:link", "link"), base),
    )
    addresses = (web_address(candidate, base) for candidate in candidates)
    return next(filter(None, addresses), None) or _permalink(fields, identifier)


def _permalink(fields: Fields, identifier: str) -> str | None:
    """Give the id where it is an address: a guid is one unless it denies (RSS 2.0)."""
    denied = any(
        (guid.get("isPermaLink") or "").lower() == "false" for guid in elements(fields, "guid")
    )
    return None if denied else web_address(identifier, None)


def _content(fields: Fields) -> tuple[str, str]:
    """Give the richest text as HTML, and the other one where there are two."""
    full = max((html_of(element) for element in elements(fields, *_CONTENT)), key=len, default="")
    short = ""
    for element in elements(fields, *_SUMMARY, "media:description"):
        if short := html_of(element):
            break
    if len(short) >= len(full):
        return short, ""
    return full, short


def _content_base(fields: Fields, outer: str | None) -> str | None:
    bases = (own_base(element, outer) for element in elements(fields, *_CONTENT, *_SUMMARY))
    return next(filter(None, bases), None)


def _dates(
    fields: Fields, zone: tzinfo
) -> tuple[datetime | None, datetime | None, tuple[str, ...]]:
    published, problem = _date(fields, _PUBLISHED, zone)
    updated, other = _date(fields, _UPDATED, zone)
    return published or updated, updated, distinct((problem, other))


def _date(fields: Fields, names: Sequence[str], zone: tzinfo) -> tuple[datetime | None, str]:
    written = texts(fields, *names)
    for text in written:
        if moment := read_date(text, zone):
            return moment, ""
    return None, f"The date {written[0][:60]!r} cannot be read." if written else ""


def _authors(fields: Fields, channel: Channel) -> tuple[str, ...]:
    if authors := people(fields):
        return authors
    for source in elements(fields, "atom:source"):
        if authors := people(fields_of(source, channel.spaces)):
            return authors
    return channel.authors


def _name(author: etree._Element) -> str:
    """Give the name in an Atom person construct, or in the text of RSS and Dublin Core."""
    parts = {str(child.tag).rpartition("}")[2].lower(): child.text or "" for child in author}
    if not parts.keys() & {"name", "email", "uri", "url", "homepage"}:
        return person(text_of(author))
    return person(parts.get("name") or author.text or "") or parts.get("email", "").strip()


def _categories(fields: Fields) -> tuple[str, ...]:
    atom = (
        category.get("label") or category.get("term") or category.text or ""
        for category in elements(fields, "atom:category")
        if category.get("scheme") != _KIND
    )
    other = (line_of(element) for element in elements(fields, "category", "dc:subject"))
    return distinct(term.strip() for term in (*atom, *other))


def _language(element: etree._Element, fields: Fields) -> str | None:
    contents = elements(fields, *_CONTENT, "atom:title")
    tags = (node.get(XML + "lang") for node in (element, *contents))
    return next(filter(None, tags), None) or first_text(fields, "dc:language") or None


def _origin(fields: Fields, channel: Channel) -> Origin | None:
    for source in elements(fields, "atom:source"):
        return _atom_origin(source, channel)
    for source in elements(fields, "source"):
        feed_url = web_address(source.get("url"), channel.document)
        title = line_of(source)
        return Origin(title=title, feed_url=feed_url) if title or feed_url else None
    return None


def _atom_origin(source: etree._Element, channel: Channel) -> Origin:
    fields = fields_of(source, channel.spaces)
    links = elements(fields, "atom:link")
    base = own_base(source, channel.base or channel.document) or channel.base or channel.document
    own = (link.get("href") for link in links if link.get("rel") == "self")
    return Origin(
        title=_title(fields),
        url=page_url(links, base),
        feed_url=web_address(next(own, None), base),
        id=first_text(fields, "atom:id") or None,
        updated=read_date(first_text(fields, "atom:updated", "atom:modified"), channel.zone),
    )
