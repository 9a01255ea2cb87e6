"""Entries are written as text, and are byte for byte what feedgen and lxml make of them."""

from collections.abc import Iterable
from email.utils import format_datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.ext.media import MEDIA_NS, MediaEntryExtension, MediaExtension
from feedgen.feed import FeedGenerator
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.etree import SubElement, _Element
from publish_samples import ARABIC, BARE, CHINESE, ENGLISH, LONG, PODCAST, SITE, UNTITLED, VIDEO
from test_feeds_any_text import ENTRIES

from aggregator.article import Entry
from aggregator.publish import headline
from aggregator.publish.feed_media import Described, atom_media, rss_media
from aggregator.publish.legible import legible_entry
from aggregator.publish.site import link
from aggregator.publish.xml_entries import xml_entries

SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": MEDIA_NS,
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}


class Root:
    def extend_ns(self) -> dict[str, str]:
        return {name: SPACES[name] for name in ("itunes", "podcast")}

    def extend_atom(self, feed: _Element) -> None:
        pass

    extend_rss = extend_atom


class Rest:
    """What feedgen cannot say of an entry itself."""

    entry: Entry
    language: str | None

    def extend_atom(self, element: _Element) -> None:
        entry, article = self.entry, self.entry.article
        child(element, "published", entry.published.isoformat())
        if article.language and article.language != self.language:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", article.language)
        add(element, atom_media(article.enclosures))
        origin = article.origin
        if origin and (identity := origin.id or origin.feed_url or origin.url):
            source = SubElement(element, "source")
            child(source, "id", identity)
            child(source, "title", origin.title or entry.source or "Untitled")
            child(source, "updated", (origin.updated or entry.updated).isoformat())
            if origin.url:
                SubElement(source, "link", rel="alternate", href=origin.url)

    def extend_rss(self, element: _Element) -> None:
        entry, article = self.entry, self.entry.article
        child(element, "pubDate", format_datetime(entry.published))
        if entry.updated != entry.published:
            child(element, f"{{{SPACES['atom']}}}updated", entry.updated.isoformat())
        if article.language and article.language != self.language:
            child(element, f"{{{SPACES['dc']}}}language", article.language)
        add(element, rss_media(article.enclosures))
        if article.origin and article.origin.feed_url:
            title = article.origin.title or entry.source or "Untitled"
            child(element, "source", title).set("url", article.origin.feed_url)


def child(parent: _Element, name: str, text: str) -> _Element:
    element = SubElement(parent, name)
    element.text = text
    return element


def add(element: _Element, described: Iterable[Described]) -> None:
    for name, text, attributes in described:
        prefix, _, local = name.rpartition(":")
        called = f"{{{SPACES[prefix]}}}{local}" if prefix else local
        SubElement(element, called, attributes).text = text or None


def by_feedgen(entry: Entry, language: str | None) -> tuple[bytes, bytes]:
    generator: Any = FeedGenerator()
    generator.register_extension("dc", DcExtension, DcEntryExtension, atom=False)
    generator.register_extension("media", MediaExtension, MediaEntryExtension)
    generator.register_extension("more", Root, Rest)
    generator.id("x")
    generator.title("x")
    generator.description("x")
    generator.link(href="x", rel="alternate")
    made = generator.add_entry(told(entry))
    made.more.entry = entry
    made.more.language = language
    made.dc.dc_creator(list(entry.article.authors))
    if entry.article.image:
        made.media.thumbnail(url=entry.article.image, group=None)
    rss, atom = generator.rss_str(), generator.atom_str()
    item = rss[rss.index(b"<item") :].removesuffix(b"</channel></rss>")
    return item, atom[atom.index(b"<entry") :].removesuffix(b"</feed>")


def told(entry: Entry) -> Any:
    article, origin = entry.article, entry.article.origin
    source = (origin and origin.title) or entry.source or SITE.title
    made: Any = FeedEntry()
    made.guid(entry.id, permalink=entry.id == link(entry, SITE))
    made.title(headline(article))
    made.link(href=link(entry, SITE), rel="alternate")
    made.updated(entry.updated)
    made.author([{"name": name} for name in article.authors or (source,)])
    made.category([{"term": category} for category in article.categories])
    if article.summary:
        made.summary(escape(article.summary, quote=False), type="html")
    if article.html:
        made.content(article.html, type="html")
    return made


@given(entry=ENTRIES, language=st.sampled_from([None, "en", "zh-CN"]))
@example(entry=ENGLISH, language=None)
@example(entry=CHINESE, language="zh-CN")
@example(entry=ARABIC, language="en")
@example(entry=UNTITLED, language=None)
@example(entry=LONG, language=None)
@example(entry=BARE, language=None)
@example(entry=PODCAST, language="en")
@example(entry=VIDEO, language=None)
def test_entries_are_what_feedgen_makes_of_them(entry: Entry, language: str | None) -> None:
    fit = legible_entry(entry)
    assert xml_entries(fit, SITE, language) == by_feedgen(fit, language)
