"""The site that the feeds make up, and every address on it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from aggregator.article import Entry, Feed


@dataclass(frozen=True, slots=True)
class Format:
    """A feed format: its file, its media type and the name that people know it by."""

    name: str
    file: str
    media_type: str
    label: str


UNKNOWN_TYPE = "application/octet-stream"  # RFC 2046, section 4.5.1
# What a feed without entries says it was updated: the standards want a date.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

# What readers show beside the feeds: our own picture, of which RSS wants to know the size.
ICON = "icon.png"
ICON_SIDE = 144  # pixels; RSS allows no more

# Where feeds went that were renamed, in the form that static hosts know.
MOVES = "_redirects"

_WEB = re.compile("https?://", re.IGNORECASE)
# RFC 3986: what may stand in an address besides letters, digits, "-", ".", "_" and "~". Brackets
# may only enclose a numeric host.
_URI_CHARACTERS = "%/:?#@!$&'()*+,;=~"
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\[[0-9A-Fa-f:.]+\]")
_URI = re.compile(rf"({_AUTHORITY.pattern})?[\w{re.escape(_URI_CHARACTERS)}.-]*", re.ASCII)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

FORMATS = {
    known.name: known
    for known in (
        Format("rss", "rss.xml", "application/rss+xml", "RSS"),
        Format("atom", "atom.xml", "application/atom+xml", "Atom"),
        Format("json", "feed.json", "application/feed+json", "JSON"),
    )
}


@dataclass(frozen=True, slots=True)
class Site:
    """What all feeds share. ``base_url`` is where readers fetch them and ends with "/".

    ``formats`` names the formats to write, any of "rss", "atom" and "json". ``also_in``: below an
    article stand the other sources that have it. ``icon`` is the address of a square picture, ""
    for that which lies beside the first page. ``ttl``: minutes that readers may wait between two
    visits, 0 for nothing said. ``hub`` is the address of the hub that tells of news in the feeds
    (WebSub), "" without one.
    """

    title: str
    base_url: str
    formats: tuple[str, ...] = ("rss", "atom", "json")
    description: str = ""
    also_in: bool = False
    icon: str = ""
    ttl: int = 0
    hub: str = ""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One feed as the index lists it: how many entries it has and when the newest changed."""

    slug: str
    title: str
    entries: int
    updated: datetime | None = None


def has_page(entry: Entry) -> bool:
    """Whether the site itself must show the article, because no web page elsewhere does."""
    return not _WEB.match(entry.article.url or "")


def link(entry: Entry, site: Site) -> str:
    """Return the absolute address where people read the article."""
    if entry.article.url and not has_page(entry):
        return uri(entry.article.url)
    return site.base_url + page_name(entry)


def page_name(entry: Entry) -> str:
    """Return the name of the article's own page, relative to the site."""
    return f"articles/{quote(entry.key, safe='')}.html"


def feed_url(slug: str, format_name: str, site: Site, page: int | None = None) -> str:
    """Return the absolute address of a feed in one format, or that of a page of its archive."""
    return home_url(slug, site) + file_name(format_name, page)


def file_name(format_name: str, page: int | None = None) -> str:
    """Return the file of a feed in one format, or of a page of its archive, within its folder.

    No slug has a dot, so no folder of another feed can be in the way of a page.
    """
    file = FORMATS[format_name].file
    if page is None:
        return file
    stem, _, suffix = file.partition(".")
    return f"archive/{stem}-{page}.{suffix}"


def home_url(slug: str, site: Site) -> str:
    """Return the absolute address of a feed's page for people."""
    return site.base_url + folder(slug)


def icon_url(site: Site) -> str:
    """Return the absolute address of the picture that stands for all feeds."""
    return uri(site.icon) if site.icon else site.base_url + ICON


def folder(slug: str) -> str:
    """Return the feed's folder relative to the site, percent-encoded: "" or ending with "/"."""
    return f"{quote(slug)}/" if slug else ""


def full_title(feed: Feed, site: Site) -> str:
    """Return the title under which readers list the feed among those of other sites."""
    return f"{feed.title} – {site.title}" if feed.slug else feed.title


def newest(feed: Feed) -> datetime:
    """Return when the feed's latest change was made, a fixed date if it has no entries."""
    return max((entry.updated for entry in feed.entries), default=NEVER)


def uri(address: str) -> str:
    """Return an address spelt as RFC 3986 has it, escapes that are there left alone.

    RSS knows only URIs, and a space or a control character ends an address in many readers.
    """
    if not _URI.fullmatch(address):
        literal = _AUTHORITY.match(address)
        start = literal.end() if literal else 0
        rest = quote(address[start:], safe=_URI_CHARACTERS, errors="replace")
        address = address[:start] + rest
    return _LONE_PERCENT.sub("%25", address)
