"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from aggregator.article import Article, Enclosure, Entry, Feed
from aggregator.publish.legible import headline, text
from aggregator.publish.site import (
    UNKNOWN_TYPE,
    Site,
    feed_url,
    full_title,
    home_url,
    icon_url,
    link,
)

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def render_json(feed: Feed, items: Iterable[bytes], site: Site) -> bytes:
    """Return the legible feed as JSON Feed, with these items in the place of its entries."""
    document = _filled(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": full_title(feed, site),
            "home_page_url": home_url(feed.slug, site),
            "feed_url": feed_url(feed.slug, "json", site, feed.page),
            "next_url": feed_url(feed.slug, "json", site, feed.older) if feed.older else None,
            "description": feed.description,
            "icon": icon_url(site),
            "favicon": icon_url(site),
            "language": feed.language,
            "hubs": [{"type": "WebSub", "url": site.hub}] if _is_told(feed, site) else [],
        }
    )
    document["items"] = []
    head = _encode(document).removesuffix(b"]}")
    return b"".join((head, b",".join(items), b"]}"))


def _is_told(feed: Feed, site: Site) -> bool:
    """Whether a hub tells of news here: pages of archives have none."""
    return bool(site.hub) and feed.page is None


def json_item(entry: Entry, site: Site) -> bytes:
    """Return a legible entry as an item of a JSON Feed."""
    article = entry.article
    item = _filled(
        {
            "id": entry.id,
            "url": link(entry, site),
            "title": article.title,
            **_content(article),
            "summary": article.summary,
            "image": article.image,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [{"name": name} for name in article.authors],
            "tags": list(article.categories),
            "language": article.language,
            "attachments": [_attachment(enclosure) for enclosure in article.enclosures],
            # Names of extensions begin with an underscore.
            "_also_in": [_filled(asdict(copy)) for copy in entry.also_in],
        }
    )
    return _encode(item)


def _content(article: Article) -> dict[str, str]:
    """Return one of the two contents, as the format demands."""
    if article.html:
        return {"content_html": article.html}
    return {"content_text": text(article.text) or article.summary or headline(article)}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    attachment = {
        "url": enclosure.url,
        "mime_type": enclosure.media_type or UNKNOWN_TYPE,
        "title": enclosure.title,
        "size_in_bytes": enclosure.length,
        "duration_in_seconds": enclosure.duration,
    }
    return _filled(attachment)


def _encode(value: dict[str, Any]) -> bytes:
    return _ENCODER.encode(value).encode()


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that say something; zero does."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}
