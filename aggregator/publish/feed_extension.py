"""What feedgen lacks around the entries of a feed, through its extension API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml.etree import SubElement, _Element

from aggregator.publish.site import ICON_SIDE, Site, icon_url

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005


class FeedExtension:
    """Adds to a feed what feedgen cannot say, and a date of RSS that is right in every year.

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


def _add_image(channel: _Element, site: Site) -> None:
    image = SubElement(channel, "image")
    _child(image, "url", icon_url(site))
    # Those of the channel itself, as the specification advises.
    for name in ("title", "link"):
        _child(image, name, channel.findtext(name) or "")
    if not site.icon:
        _child(image, "width", str(ICON_SIDE))
        _child(image, "height", str(ICON_SIDE))


def _child(parent: _Element, name: str, text: str) -> _Element:
    element = SubElement(parent, name)
    element.text = text
    return element
