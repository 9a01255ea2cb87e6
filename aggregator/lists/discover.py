"""Where the feed of a page is: what the page says, and where feeds usually are."""

from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed; ``why`` says, for people, what speaks for it."""

    url: str
    title: str = ""
    media_type: str = ""
    why: str = ""


def feeds_in(html: str, url: str) -> list[Candidate]:
    """Return the feeds that a page names, best first; ``url`` is where the page was had."""
    root = etree.HTML(html) if html.strip() else None
    if root is None:
        return []
    return [
        Candidate(
            url=urljoin(url, link.get("href", "")),
            title=link.get("title", ""),
            media_type=link.get("type", ""),
            why="the page links to it",
        )
        for link in root.iter("link")
        if "alternate" in link.get("rel", "").lower() and "xml" in link.get("type", "")
    ]


def common_places(url: str) -> list[Candidate]:
    """Return addresses to try when a page names no feed, best first, at most 8."""
    names = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
    return [Candidate(url=urljoin(url, name), why="feeds are often there") for name in names]


def looks_like_feed(body: bytes) -> bool:
    """Tell whether it is RSS, Atom or JSON Feed, by its beginning."""
    start = body[:65_536].lower()
    return any(mark in start for mark in (b"<rss", b"<feed", b"<rdf:rdf", b"jsonfeed.org/version"))


def looks_like_page(body: bytes) -> bool:
    """Tell whether it is a web page, by its beginning."""
    start = body[:65_536].lower()
    return not looks_like_feed(body) and any(m in start for m in (b"<html", b"<!doctype html"))


def is_challenge(html: str) -> bool:
    """Tell whether a page is a riddle for people in place of what was asked for."""
    return "cf-chl-" in html[:65_536]
