"""RSS 2.0 and Atom 1.0: the feed by feedgen, around entries that are made one by one."""

from collections.abc import Sequence
from typing import Any

from feedgen.ext.dc import DcExtension
from feedgen.ext.media import MediaExtension
from feedgen.feed import FeedGenerator

from aggregator.article import Feed
from aggregator.publish.feed_extension import FeedExtension
from aggregator.publish.feed_media import namespaces
from aggregator.publish.rendered import Rendered
from aggregator.publish.site import (
    FORMATS,
    Site,
    feed_url,
    file_name,
    full_title,
    home_url,
    icon_url,
    newest,
)

# Without its version: with it, every feed would be fetched again after an upgrade.
_GENERATOR = "aggregator"

# Before these stand the entries.
_ENDS = {"rss": b"</channel></rss>", "atom": b"</feed>"}


def render_xml(feed: Feed, entries: Sequence[Rendered], site: Site) -> dict[str, bytes]:
    """Return the legible feed as RSS and Atom, as far as the site wants them, by file name.

    ``entries`` are its entries as they are to be.
    """
    generator = _generator(feed, entries, site)
    parts = {"rss": [one.rss for one in entries], "atom": [one.atom for one in entries]}
    return {
        file_name(name, feed.page): _serialise(generator, feed, name, site, parts[name])
        for name in site.formats
        if name in parts
    }


def _generator(feed: Feed, entries: Sequence[Rendered], site: Site) -> Any:
    generator = FeedGenerator()
    generator.register_extension("dc", DcExtension, atom=False)
    generator.register_extension("media", MediaExtension)
    generator.register_extension("more", FeedExtension)
    generator.more.updated = newest(feed)
    generator.more.site = site
    generator.more.namespaces = namespaces(one.prefixes for one in entries)
    generator.more.closed = feed.page is not None
    generator.id(feed.id)
    generator.title(full_title(feed, site))
    generator.description(feed.description or full_title(feed, site))
    generator.updated(newest(feed))
    generator.generator(_GENERATOR)
    generator.docs("")
    generator.language(feed.language)
    generator.ttl(site.ttl or None)
    generator.icon(icon_url(site))
    return generator


def _related(feed: Feed) -> dict[str, int | None]:
    """Return the other documents of an archived feed by relation (RFC 5005, 4)."""
    related = {"prev-archive": feed.older, "next-archive": feed.newer}
    found: dict[str, int | None] = {rel: page for rel, page in related.items() if page}
    return found if feed.page is None else {"current": None, **found}


def _serialise(
    generator: Any, feed: Feed, name: str, site: Site, entries: Sequence[bytes]
) -> bytes:
    def linked(rel: str, page: int | None) -> dict[str, str]:
        address = feed_url(feed.slug, name, site, page)
        return {"rel": rel, "href": address, "type": FORMATS[name].media_type}

    hub = [{"rel": "hub", "href": site.hub}] if site.hub and feed.page is None else []
    generator.more.links = hub + [linked(rel, page) for rel, page in _related(feed).items()]
    generator.link(
        [
            linked("self", feed.page),
            # The last one becomes the link of the RSS channel.
            {"rel": "alternate", "href": home_url(feed.slug, site), "type": "text/html"},
        ],
        replace=True,
    )
    around: bytes = generator.rss_str() if name == "rss" else generator.atom_str()
    end = _ENDS[name]
    return b"".join((around.removesuffix(end), *entries, end))
