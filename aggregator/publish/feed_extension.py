"""What feedgen lacks, through its extension API."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml.etree import SubElement, _Element

from aggregator.article import Entry, Origin
from aggregator.publish.feed_media import Described, atom_media, rss_media
from aggregator.publish.legible import UNTITLED
from aggregator.publish.site import ICON_SIDE, Site, icon_url

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
_DC_LANGUAGE = "{http://purl.org/dc/elements/1.1/}language"
_ATOM_UPDATED = f"{{{_ATOM}}}updated"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class FeedExtension:
    """The feed's half of the extension: a date of RSS that is right in every year.

    feedgen writes the year 99 with two digits. Its own extension for podcasts declares their
    namespace in every feed, and knows neither what it is to be explicit today nor transcripts.
    """

    site: Site
    updated: datetime
    namespaces: Mapping[str, str]
    links: Sequence[dict[str, str]]
    closed: bool  # whether it is a page of an archive

    def extend_ns(self) -> Mapping[str, str]:
        """Return the namespaces that the root element must declare."""
        return {**self.namespaces, **({"fh": _HISTORY} if self.closed else {})}

    def extend_atom(self, feed: _Element) -> None:
        """Add how the feed goes on elsewhere."""
        # feedgen gives Atom's own elements their namespace by writing them without one.
        self._relate(feed, "link")

    def extend_rss(self, feed: _Element) -> None:
        """Correct the date of an RSS channel, add its image and how it goes on elsewhere.

        feedgen would make that the logo of the Atom feed, too, which is twice as wide as high
        (RFC 4287, 4.2.8).
        """
        for channel in feed.iterfind("channel"):
            for date in channel.iterfind("lastBuildDate"):
                date.text = format_datetime(self.updated)
            _add_image(channel, self.site)
            self._relate(channel, f"{{{_ATOM}}}link")

    def _relate(self, element: _Element, name: str) -> None:
        for link in self.links:
            SubElement(element, name, link)
        if self.closed:
            SubElement(element, f"{{{_HISTORY}}}archive")


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
        _add_media(element, atom_media(article.enclosures))
        if article.origin:
            _atom_source(element, article.origin, self.entry)

    def extend_rss(self, element: _Element) -> None:
        """Complete an RSS item."""
        article = self.entry.article
        _child(element, "pubDate", format_datetime(self.entry.published))
        if self.entry.updated != self.entry.published:
            _child(element, _ATOM_UPDATED, self.entry.updated.isoformat())
        if article.language and article.language != self.feed_language:
            _child(element, _DC_LANGUAGE, article.language)
        _add_media(element, rss_media(article.enclosures))
        if article.origin and article.origin.feed_url:
            source = _child(element, "source", _title(article.origin, self.entry))
            source.set("url", article.origin.feed_url)


def _add_image(channel: _Element, site: Site) -> None:
    image = SubElement(channel, "image")
    _child(image, "url", icon_url(site))
    # Those of the channel itself, as the specification advises.
    for name in ("title", "link"):
        _child(image, name, channel.findtext(name) or "")
    if not site.icon:
        _child(image, "width", str(ICON_SIDE))
        _child(image, "height", str(ICON_SIDE))


def _atom_source(element: _Element, origin: Origin, entry: Entry) -> None:
    """Add ``atom:source``, which RFC 4287 (4.2.11) wants with id, title and updated.

    Without any identity of the feed there is none: an id made up here would be wrong.
    """
    identity = origin.id or origin.feed_url or origin.url
    if not identity:
        return
    source = SubElement(element, "source")
    _child(source, "id", identity)
    _child(source, "title", _title(origin, entry))
    _child(source, "updated", (origin.updated or entry.updated).isoformat())
    if origin.url:
        SubElement(source, "link", rel="alternate", href=origin.url)


def _title(origin: Origin, entry: Entry) -> str:
    return origin.title or entry.source or UNTITLED


def _add_media(element: _Element, described: Iterable[Described]) -> None:
    for name, text, attributes in described:
        SubElement(element, name, attributes).text = text or None


def _child(parent: _Element, name: str, text: str) -> _Element:
    element = SubElement(parent, name)
    element.text = text
    return element
