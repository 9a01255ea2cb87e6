"""Sitemaps (https://www.sitemaps.org/protocol.html) with Google's news and image extensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from aggregator.errors import ParseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One address of a sitemap, and what is said about it; moments are aware and in UTC."""

    url: str
    modified: datetime | None = None
    title: str = ""
    published: datetime | None = None
    image: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap: its ``pages``, or the ``maps`` of an index. ``problems`` are for people."""

    pages: tuple[Location, ...] = ()
    maps: tuple[Location, ...] = ()
    problems: tuple[str, ...] = ()


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap that was had from ``url``. Raises ParseError when it is none."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ParseError(f"{url}: no sitemap: {error}") from error
    found = tuple(
        Location(
            url=(one.findtext("{*}loc") or "").strip(),
            modified=_moment(one.findtext("{*}lastmod")),
        )
        for one in root
    )
    return Sitemap(maps=found) if root.tag.endswith("sitemapindex") else Sitemap(pages=found)


def newest(pages: Sequence[Location], limit: int) -> list[Location]:
    """Return the ``limit`` newest pages, newest first; undated ones last, in their order."""
    return sorted(pages, key=_recency, reverse=True)[:limit]


def fresh(pages: Sequence[Location], before: Sequence[Location] | None) -> list[Location]:
    """Return the pages that ``before`` did not have, or had with an older ``modified``."""
    known = {one.url: one.modified for one in before or ()}
    return [
        one
        for one in pages
        if one.url not in known
        or (one.modified and (known[one.url] is None or one.modified > known[one.url]))  # type: ignore[operator]
    ]


def write_fragment(pages: Sequence[Location]) -> bytes:
    """Write a sitemap of these pages, which ``read_sitemap`` reads back as they are."""
    root = etree.Element("urlset")
    for one in pages:
        url = etree.SubElement(root, "url")
        etree.SubElement(url, "loc").text = one.url
        if one.modified:
            etree.SubElement(url, "lastmod").text = one.modified.isoformat()
    return etree.tostring(root, encoding="utf-8")


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _recency(page: Location) -> datetime:
    return page.modified or page.published or datetime.min.replace(tzinfo=UTC)
