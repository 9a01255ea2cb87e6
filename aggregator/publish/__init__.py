"""Makes what the world sees: feeds, pages, the list of feeds, and the files that hold them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aggregator.article import Entry, Feed
from aggregator.publish.bound import Cut, applied, cut_to, may_exceed
from aggregator.publish.digest import digest_entry
from aggregator.publish.files import remove, sweep, write
from aggregator.publish.gate import faults
from aggregator.publish.json_feed import render_json
from aggregator.publish.legible import headline, legible, legible_entry
from aggregator.publish.opml import render_opml
from aggregator.publish.pages import article_page, feed_page, index_page
from aggregator.publish.rendered import rendered
from aggregator.publish.site import (
    FORMATS,
    ICON,
    MOVES,
    FeedLink,
    Site,
    feed_url,
    file_name,
    folder,
    has_page,
    link,
    newest,
    page_name,
)
from aggregator.publish.slugs import slug, slug_path
from aggregator.publish.xml_feeds import render_xml

__all__ = [
    "FORMATS",
    "ICON",
    "MOVES",
    "Cut",
    "FeedLink",
    "Site",
    "applied",
    "digest_entry",
    "faults",
    "feed_url",
    "file_name",
    "fit",
    "has_page",
    "headline",
    "link",
    "may_exceed",
    "page_name",
    "remove",
    "render",
    "render_article",
    "render_index",
    "render_moves",
    "slug",
    "slug_path",
    "sweep",
    "write",
]

_ICON = Path(__file__).parent / ICON


def render(feed: Feed, site: Site) -> dict[str, bytes]:
    """Return the files of one feed by name: its formats and, if it has a slug, "index.html".

    Of a page of its archive (RFC 5005, 4) there are only the formats.

    The same values give the same bytes in every process, locale and time zone.
    """
    fit = legible(feed)
    files = _formats(fit, site)
    if fit.slug and fit.page is None:
        files["index.html"] = feed_page(fit, site)
    return files


def _formats(feed: Feed, site: Site) -> dict[str, bytes]:
    entries = [rendered(entry, site, feed.language) for entry in feed.entries]
    files = render_xml(feed, entries, site)
    if "json" in site.formats:
        items = [one.json for one in entries]
        files[file_name("json", feed.page)] = render_json(feed, items, site)
    return files


def fit(feed: Feed, site: Site, most: int) -> Cut:
    """Return what is to be left of a feed so that no file has more than ``most`` bytes."""

    def measure(feed: Feed) -> int:
        return max(map(len, _formats(legible(feed), site).values()))

    return cut_to(feed, site, most, measure)


def render_moves(moves: Mapping[str, str]) -> bytes:
    """Return the file ``MOVES``: slugs that feeds had, and those that they have now.

    Static hosts (Netlify, Cloudflare Pages, …) go by it as our own server does.
    """
    lines = (f"/{folder(old)}* /{folder(new)}:splat 301\n" for old, new in sorted(moves.items()))
    return "".join(lines).encode()


def render_index(everything: Feed, links: Sequence[FeedLink], site: Site) -> dict[str, bytes]:
    """Return the site's first page, the list of all its feeds (OPML 2.0) and its icon, by name.

    ``links`` holds the categories and custom feeds in the order in which people see them.
    """
    fit = legible(everything)
    first = FeedLink("", fit.title, len(fit.entries), newest(fit))
    files = {
        "index.html": index_page(fit, links, site),
        "feeds.opml": render_opml([first, *links], site),
    }
    return files if site.icon else files | {ICON: _ICON.read_bytes()}


def render_article(entry: Entry, site: Site) -> bytes:
    """Return the page of an article that has none elsewhere, to be written at ``page_name``."""
    return article_page(legible_entry(entry), site)
