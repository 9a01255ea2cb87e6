"""What a page says of its articles for machines: JSON-LD (https://schema.org)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from html import escape

from aggregator.article import Article
from aggregator.lists.jsonld import Node, nodes
from aggregator.parse.dates import read_date
from aggregator.parse.feed_text import one_line, web_address
from aggregator.parse.listing.sheet import Sheet, address

_STORIES = ("Article", "Posting", "Report", "VideoObject", "PodcastEpisode", "ListItem")
# What an entry of a list, and a list, hold others under.
_INNER = ("item", "itemListElement", "blogPost", "blogPosts", "hasPart", "mainEntity", "@graph")
_CRUMBS = "BreadcrumbList"
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page says of one of the articles that it lists."""

    url: str
    title: str = ""
    published: datetime | None = None
    summary: str = ""
    image: str | None = None


def objects(sheet: Sheet) -> Iterator[Node]:
    """Give the objects of a page's JSON-LD, those around others first; of crumbs none."""
    return (node for node in nodes(sheet.root, _inside) if _CRUMBS not in kinds(node))


def _inside(node: Node) -> Iterator[object]:
    names = () if _CRUMBS in kinds(node) else _INNER
    return (node[name] for name in names if name in node)


def kinds(node: Node) -> tuple[str, ...]:
    """Give the types of an object."""
    value = node.get("@type")
    return tuple(map(str, value)) if isinstance(value, list) else (str(value or ""),)


def said(sheet: Sheet, zone: tzinfo) -> dict[str, Said]:
    """Give what a page says of articles that it lists, by address, but not of itself."""
    found: dict[str, Said] = {}
    for node in objects(sheet):
        if any(kind.endswith(_STORIES) for kind in kinds(node)):
            entry = _said(sheet, node, zone)
            # A place in a list often names only the address of what it holds.
            if entry and entry.url != sheet.url and (entry.title or entry.url not in found):
                found[entry.url] = entry
    return found


def article_of(entry: Said, sheet: Sheet) -> Article:
    """Give the article that is described for machines alone."""
    summary = escape(entry.summary, quote=False)
    return Article(
        uid=entry.url,
        title=entry.title,
        url=entry.url,
        base=sheet.base,
        published=entry.published,
        html=f"<p>{summary}</p>" if summary else "",
        image=entry.image,
        language=sheet.language or None,
    )


def fill(article: Article, found: Mapping[str, Said]) -> Article:
    """Give an article whose gaps are filled with what the page says of it for machines."""
    entry = found.get(article.uid)
    if entry is None:
        return article
    return replace(
        article,
        published=article.published or entry.published,
        image=article.image or entry.image,
        summary="" if article.html else entry.summary,
    )


def _said(sheet: Sheet, node: Node, zone: tzinfo) -> Said | None:
    link = _text(node.get("url")) or _text(node.get("mainEntityOfPage")) or _text(node.get("@id"))
    url = address(link, sheet) if link else None
    if not url:
        return None
    date = _text(node.get("datePublished")) or _text(node.get("uploadDate"))
    image = _text(node.get("image")) or _text(node.get("thumbnailUrl"))
    return Said(
        url=url,
        title=_text(node.get("headline")) or _text(node.get("name")),
        published=read_date(date, zone) if date else None,
        summary=_text(node.get("description")),
        image=web_address(image, sheet.base) if image else None,
    )


def _text(value: object) -> str:
    """Give the text of a value: its own, that of the first in a list, or an object's address."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("@id") or ""
    return one_line(value[:_LONGEST]) if isinstance(value, str) else ""
