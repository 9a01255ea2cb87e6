"""The list of all feeds as OPML 2.0 (https://opml.org/spec2.opml), which every reader imports."""

import functools
from collections.abc import Sequence

from lxml.etree import Element, SubElement, _Element, tostring

from aggregator.publish.legible import line
from aggregator.publish.site import FORMATS, FeedLink, Site, feed_url, home_url


def render_opml(links: Sequence[FeedLink], site: Site) -> bytes:
    """Return the list of the feeds, in the order given, each once in the site's first format."""
    return _opml(tuple((feed.slug, feed.title) for feed in links), site)


@functools.lru_cache(1)  # made anew only when a feed comes or goes
def _opml(feeds: tuple[tuple[str, str], ...], site: Site) -> bytes:
    opml = Element("opml", version="2.0")
    SubElement(SubElement(opml, "head"), "title").text = line(site.title)
    body = SubElement(opml, "body")
    for slug, title in feeds:
        _outline(body, slug, line(title), site)
    data: bytes = tostring(opml, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def _outline(body: _Element, slug: str, title: str, site: Site) -> None:
    # "rss" is the type for every format of feed; the specification knows no other.
    SubElement(
        body,
        "outline",
        type="rss",
        text=title,
        title=title,
        xmlUrl=feed_url(slug, preferred(site), site),
        htmlUrl=home_url(slug, site),
    )


def preferred(site: Site) -> str:
    """Return the format to recommend: the one that most readers know."""
    return next(name for name in FORMATS if name in site.formats)
