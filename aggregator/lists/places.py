"""Where the feed of an address is when nobody says so."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

# Of the 781 addresses of feeds in a public collection 201 end in no other path than /feed, 48 than
# /rss, 18 than /rss.xml, 6 than /index.xml (Hugo), 5 than /feed.xml (Jekyll); /atom.xml is Hexo's.
_USUAL = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml")
# For a site within a site, as /blog/.
_USUAL_INSIDE = ("feed", "index.xml")


class _Rule(NamedTuple):
    host: re.Pattern[str]
    path: re.Pattern[str]  # and query
    feed: str  # path and query, with the groups of both patterns
    site: str


def _rule(host: str, path: str, feed: str, site: str) -> _Rule:
    return _Rule(re.compile(host, re.IGNORECASE), re.compile(path, re.IGNORECASE), feed, site)


# The first that fits.
_RULES = (
    _rule(
        r"(?:www\.|m\.)?youtube\.com",
        r"/channel/(?P<id>UC[\w-]+).*",
        "/feeds/videos.xml?channel_id={id}",
        "YouTube's channels",
    ),
    _rule(
        r"(?:www\.|m\.)?youtube\.com",
        r"/playlist\?(?:.*&)?list=(?P<id>[\w-]+).*",
        "/feeds/videos.xml?playlist_id={id}",
        "YouTube's playlists",
    ),
    _rule(
        r"(?:www\.|m\.)?youtube\.com",
        r"/user/(?P<id>[\w.-]+).*",
        "/feeds/videos.xml?user={id}",
        "YouTube's users",
    ),
    _rule(
        r"github\.com",
        r"/(?P<id>[\w.-]+/[\w.-]+)/(?P<what>tags|commits(?:/[^?#]+)?)/?",
        "/{id}/{what}.atom",
        "GitHub's repositories",
    ),
    _rule(
        r"github\.com",
        r"/(?P<id>[\w.-]+/[\w.-]+)(?:/releases)?/?",
        "/{id}/releases.atom",
        "GitHub's releases",
    ),
    _rule(r"github\.com", r"/(?P<id>[\w-]+)/?", "/{id}.atom", "GitHub's people"),
    _rule(
        r"(?:(?:www|old|new)\.)?reddit\.com",
        r"/(?P<id>(?:r|u|user)/[\w.-]+).*",
        "/{id}/.rss",
        "Reddit",
    ),
    _rule(r"(?:www\.)?medium\.com", r"/(?P<id>@?[\w.-]+)(?:/.*|\?.*)?", "/feed/{id}", "Medium"),
    _rule(r"[\w-]+\.(?:medium|substack)\.com", r".*", "/feed", "Medium and Substack"),
    _rule(r"[\w-]+\.blogspot\.\w+(?:\.\w+)?", r".*", "/feeds/posts/default", "Blogger"),
    _rule(r".+", r"/(?P<id>@\w+)/?", "/{id}.rss", "Mastodon's people"),
)


class Place(NamedTuple):
    """An address, and what speaks for it."""

    url: str
    why: str


def places(url: str, most: int) -> list[Place]:
    """Return addresses where the feed of a page may be, best first."""
    try:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        host = parts.hostname or ""
    except ValueError:
        return []
    if not host or parts.scheme not in ("http", "https"):
        return []
    found = dict[str, str]()
    for path, why in (*_by_rule(host, parts), *_by_habit(parts.path)):
        found.setdefault(root + path, why)
    known = [Place(address, why) for address, why in found.items() if address != url]
    return known[:most]


def _by_rule(host: str, parts: SplitResult) -> Iterator[tuple[str, str]]:
    """Yield where a site that is known has its feeds."""
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    for rule in _RULES:
        if rule.host.fullmatch(host) and (match := rule.path.fullmatch(path)):
            yield rule.feed.format(**match.groupdict()), f"the feeds of {rule.site} are there"
            return


def _by_habit(path: str) -> Iterator[tuple[str, str]]:
    folder = _folder(path)
    for name in _USUAL_INSIDE if folder else ():
        yield f"{folder}{name}", "feeds are often there"
    for name in _USUAL:
        yield name, "feeds are often there"


def _folder(path: str) -> str:
    """Return the site within a site that a page belongs to, "" if it seems to be in none."""
    first, slash, _ = path.removeprefix("/").partition("/")
    if not first or first.isdecimal() or ("." in first and not slash):
        return ""
    return f"/{first}/"
