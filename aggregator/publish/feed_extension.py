"""What feedgen lacks, through its extension API."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from feedgen.ext.media import MEDIA_NS
from lxml.etree import SubElement, _Element

from aggregator.article import Enclosure, Entry, Origin
from aggregator.publish.site import UNKNOWN_TYPE

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNKNOWN_LENGTH = "0"  # RSS Best Practices Profile: zero when the size cannot be known


class FeedExtension:
    """The feed's half of the extension: a date of RSS that is right in every year.

    feedgen writes the year 99 with two digits.
    """

    updated: datetime

    def extend_ns(self) -> Mapping[str, str]:
        """Return the namespaces that the root element must declare."""
        return {}

    def extend_atom(self, feed: _Element) -> None:
        """Leave the feed as it is."""

    def extend_rss(self, feed: _Element) -> None:
        """Correct the date of an RSS channel."""
        for date in feed.iterfind("channel/lastBuildDate"):
            date.text = format_datetime(self.updated)


class EntryExtension:
    """Adds to an entry what feedgen cannot say.

    To write a date of RSS feedgen changes the locale of the whole process, twice; it knows one
    enclosure, the last; its source has neither id nor date. feedgen makes the instance, whoever
    adds the entry then sets the attributes.
    """

    entry: Entry
    feed_language: str | None

    def extend_atom(self, element: _Element) -> None:
        """Complete an Atom entry."""
        article = self.entry.article
        _child(element, "published", self.entry.published.isoformat())
        if article.language and article.language != self.feed_language:
            element.set(_XML_LANG, article.language)
        for enclosure in article.enclosures:
            SubElement(element, "link", _atom_enclosure(enclosure))
        if article.origin:
            _atom_source(element, article.origin, self.entry)

    def extend_rss(self, element: _Element) -> None:
        """Complete an RSS item."""
        article = self.entry.article
        _child(element, "pubDate", format_datetime(self.entry.published))
        for enclosure in article.enclosures[:1]:
            SubElement(element, "enclosure", _rss_enclosure(enclosure))
        for enclosure in article.enclosures[1:]:
            SubElement(element, f"{{{MEDIA_NS}}}content", _media_content(enclosure))
        if article.origin and article.origin.feed_url:
            source = _child(element, "source", article.origin.title or self.entry.source)
            source.set("url", article.origin.feed_url)


def _atom_source(element: _Element, origin: Origin, entry: Entry) -> None:
    """Add ``atom:source``, which RFC 4287 (4.2.11) wants with id, title and updated.

    Without any identity of the feed there is none: an id made up here would be wrong.
    """
    identity = origin.id or origin.feed_url or origin.url
    if not identity:
        return
    source = SubElement(element, "source")
    _child(source, "id", identity)
    _child(source, "title", origin.title or entry.source)
    _child(source, "updated", (origin.updated or entry.updated).isoformat())
    if origin.url:
        SubElement(source, "link", rel="alternate", href=origin.url)


def _atom_enclosure(enclosure: Enclosure) -> dict[str, str]:
    attributes = {"rel": "enclosure", "href": enclosure.url}
    if enclosure.media_type:
        attributes["type"] = enclosure.media_type
    if enclosure.length is not None:
        attributes["length"] = str(enclosure.length)
    if enclosure.title:
        attributes["title"] = enclosure.title
    return attributes


def _rss_enclosure(enclosure: Enclosure) -> dict[str, str]:
    length = _UNKNOWN_LENGTH if enclosure.length is None else str(enclosure.length)
    return {"url": enclosure.url, "length": length, "type": enclosure.media_type or UNKNOWN_TYPE}


def _media_content(enclosure: Enclosure) -> dict[str, str]:
    attributes = {"url": enclosure.url}
    if enclosure.media_type:
        attributes["type"] = enclosure.media_type
    if enclosure.length is not None:
        attributes["fileSize"] = str(enclosure.length)
    if enclosure.duration is not None:
        attributes["duration"] = str(enclosure.duration)
    return attributes


def _child(parent: _Element, name: str, text: str) -> _Element:
    element = SubElement(parent, name)
    element.text = text
    return element
