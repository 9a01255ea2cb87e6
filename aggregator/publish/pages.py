"""Pages for people: plain HTML that works from any static host, a folder or a mail attachment."""

import base64
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from aggregator.article import Article, Entry, Feed
from aggregator.publish.legible import headline, legible_entry, text
from aggregator.publish.opml import preferred
from aggregator.publish.site import (
    FORMATS,
    FeedLink,
    Format,
    Site,
    feed_url,
    folder,
    has_page,
    link,
    newest,
    page_name,
)

_TEMPLATES = Path(__file__).parent / "templates"
# A taste of what is there; whoever wants more subscribes.
_NEWEST = 20
# Entries that are kept as they are listed, 1 kB each: making one takes 30 µs.
_KEPT = 400
# Feeds, 1 kB each: making one takes 15 µs.
_LINKS = 1000
# And languages of pages in folders of a depth.
_KINDS = 16


@dataclass(frozen=True, slots=True)
class Page:
    """What every page needs; ``root`` ("", "../", …) leads from it to the site's first page.

    ``listed`` are the entries that it lists, in a row.
    """

    site: Site
    root: str
    title: str
    feed: Feed
    listed: str


def feed_page(feed: Feed, site: Site) -> bytes:
    """Return the page of one category or custom feed, for its own folder."""
    at = folder(feed.slug if feed.at is None else feed.at)
    root = "../" * at.count("/")
    listed = _list(feed.entries, site, root, feed.language)
    return _render("feed.html", Page(site, root, feed.title, feed, listed))


def index_page(everything: Feed, links: Sequence[FeedLink], site: Site) -> bytes:
    """Return the first page: every feed with its addresses, and the newest articles."""
    listed = _list(everything.entries[:_NEWEST], site, "", everything.language)
    page = Page(site, "", everything.title, everything, listed)
    return _render("index.html", page, links=Markup().join(_linked(one, site) for one in links))


def article_page(entry: Entry, site: Site) -> bytes:
    """Return the page of one article that has none elsewhere, for the folder "articles"."""
    everything = Feed(slug="", id="", title=site.title)
    page = Page(site, "../", headline(entry.article), everything, "")
    return _render("article.html", page, entry=entry)


def _list(entries: Sequence[Entry], site: Site, root: str, language: str | None) -> str:
    return Markup().join(_listed(entry, site, root, language) for entry in entries)


@functools.lru_cache(_KEPT)
def _listed(entry: Entry, site: Site, root: str, language: str | None) -> str:
    """Return an entry as the pages of feeds in a language list it."""
    listed: str = _parts(site, root, language).listed(legible_entry(entry))
    return listed


@functools.lru_cache(_LINKS)
def _linked(feed: FeedLink, site: Site) -> str:
    """Return a feed as the first page lists it. Of many, one or two change at a time."""
    linked: str = _parts(site, "", None).linked(feed)
    return linked


@functools.lru_cache(_KINDS)
def _parts(site: Site, root: str, language: str | None) -> Any:
    page = Page(site, root, "", Feed(slug="", id="", title="", language=language), "")
    values = {"page": page, "site": site, "formats": _formats(site)}
    return _environment().get_template("parts.html").make_module(values)


def _render(template: str, page: Page, **values: Any) -> bytes:
    rendered = (
        _environment()
        .get_template(template)
        .render(
            page=page,
            site=page.site,
            formats=_formats(page.site),
            **values,
        )
    )
    return text(rendered).encode()


def _formats(site: Site) -> list[Format]:
    return [FORMATS[name] for name in site.formats]


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    style = (_TEMPLATES / "style.css").read_text("utf-8")
    environment.globals |= {
        "style": Markup(style),  # noqa: S704 - our own file, not input
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "address": _address,
        "content": _content,
        "feed_url": feed_url,
        "folder": folder,
        "headline": headline,
        "lead_image": _lead_image,
        "newest": newest,
        "preferred": preferred,
        "source": _source,
        "zip": zip,
    }
    environment.filters |= {"date": _date, "machine_date": datetime.isoformat}
    return environment


def _address(entry: Entry, page: Page) -> str:
    """Return where people read the article; a page of this site by a relative link."""
    return page.root + page_name(entry) if has_page(entry) else link(entry, page.site)


def _source(entry: Entry) -> str:
    origin = entry.article.origin
    return (origin and origin.title) or entry.source


def _date(moment: datetime) -> str:
    """Return a date that is read alike in every language."""
    return f"{moment.astimezone(UTC).isoformat(' ', 'minutes')[:16]} UTC"


def _content(article: Article) -> Markup:
    return Markup(article.html)  # noqa: S704 - sanitised before it was stored


def _lead_image(article: Article) -> bool:
    """Whether the image has to be shown, because the article does not show it."""
    return bool(article.image) and escape(article.image) not in article.html
