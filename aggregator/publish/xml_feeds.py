"""RSS 2.0 and Atom 1.0, by feedgen and an extension for what it lacks."""

from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.ext.media import MediaEntryExtension, MediaExtension
from feedgen.feed import FeedGenerator

from aggregator.article import Entry, Feed
from aggregator.publish.feed_extension import EntryExtension, FeedExtension
from aggregator.publish.feed_media import namespaces
from aggregator.publish.legible import headline, line
from aggregator.publish.site import (
    FORMATS,
    Site,
    feed_url,
    file_name,
    full_title,
    home_url,
    icon_url,
    link,
    newest,
)

# Without its version: with it, every feed would be fetched again after an upgrade.
_GENERATOR = "aggregator"


def render_xml(feed: Feed, site: Site) -> dict[str, bytes]:
    """Return the legible feed as RSS and Atom, as far as the site wants them, by file name."""
    generator = _generator(feed, site)
    for entry in feed.entries:
        made = generator.add_entry(_entry(entry, site), order="append")
        _extend(made, entry, feed)
    return {
        file_name(name, feed.page): _serialise(generator, feed, name, site)
        for name in site.formats
        if name in {"rss", "atom"}
    }


def _generator(feed: Feed, site: Site) -> Any:
    generator = FeedGenerator()
    generator.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    generator.register_extension("media", MediaExtension, MediaEntryExtension)
    generator.register_extension("more", FeedExtension, EntryExtension)
    generator.more.updated = newest(feed)
    generator.more.site = site
    generator.more.namespaces = namespaces(entry.article.enclosures for entry in feed.entries)
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


def _entry(entry: Entry, site: Site) -> Any:
    article = entry.article
    address = link(entry, site)
    made = FeedEntry()
    made.guid(entry.id, permalink=entry.id == address)
    made.title(headline(article))
    made.link(href=address, rel="alternate")
    made.updated(entry.updated)
    made.author([{"name": name} for name in _credited(entry, site)])
    made.category([{"term": category} for category in article.categories])
    # Both elements hold markup, so the "<" of plain text is escaped for it, then for XML.
    if article.summary:
        made.summary(escape(article.summary, quote=False), type="html")
    if article.html:
        made.content(article.html, type="html")
    return made


def _extend(made: Any, entry: Entry, feed: Feed) -> None:
    made.more.entry = entry
    made.more.feed_language = feed.language
    made.dc.dc_creator(list(entry.article.authors))
    if entry.article.image:
        made.media.thumbnail(url=entry.article.image, group=None)


def _credited(entry: Entry, site: Site) -> tuple[str, ...]:
    """Return the authors or, as Atom demands one, who published the article."""
    origin = entry.article.origin
    return entry.article.authors or ((origin and origin.title) or entry.source or line(site.title),)


def _related(feed: Feed) -> dict[str, int | None]:
    """Return the other documents of an archived feed by relation (RFC 5005, 4)."""
    related = {"prev-archive": feed.older, "next-archive": feed.newer}
    found: dict[str, int | None] = {rel: page for rel, page in related.items() if page}
    return found if feed.page is None else {"current": None, **found}


def _serialise(generator: Any, feed: Feed, name: str, site: Site) -> bytes:
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
    data: bytes = generator.rss_str() if name == "rss" else generator.atom_str()
    return data
