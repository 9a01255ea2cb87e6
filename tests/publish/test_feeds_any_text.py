"""Whatever text an article holds, every output is well formed and loses only what it must."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from publish_samples import ENGLISH, FEED, SITE, entry

from aggregator.article import Article, Companion, Enclosure, Entry, Episode, Origin
from aggregator.publish import FeedLink, render, render_article, render_index

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}creator"
RFC822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")
STRICT = etree.XMLParser(resolve_entities=False, no_network=True)

# Anything that str can hold, surrogates included, and more of what breaks feeds than chance gives.
HARD = st.sampled_from(
    [
        *("\0", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\udfff", "\ufffe", "\uffff", "\r\n"),
        *("]]>", "<b>", "</item>", "&amp;", "&#0;", "\u202e", "\u2028", "\u3000", "😀"),
        *('"', "'", "%", "  "),
    ]
)
TEXT = st.lists(st.characters() | HARD, max_size=12).map("".join)
MOMENT = st.datetimes(timezones=st.just(UTC))
SOME = st.none() | TEXT
COUNT = st.none() | st.integers(0)
COMPANIONS = st.builds(Companion, url=TEXT, media_type=TEXT, language=SOME)
EPISODES = st.builds(
    Episode,
    number=COUNT,
    kind=TEXT,
    image=SOME,
    chapters=st.none() | COMPANIONS,
    transcripts=st.lists(COMPANIONS, max_size=1).map(tuple),
)
ENCLOSURES = st.builds(
    Enclosure,
    url=TEXT,
    media_type=TEXT,
    length=COUNT,
    title=TEXT,
    medium=TEXT,
    width=COUNT,
    episode=st.none() | EPISODES,
)
ORIGINS = st.builds(Origin, title=TEXT, url=SOME, feed_url=SOME, id=SOME)
ARTICLES = st.builds(
    Article,
    uid=st.just("x"),
    title=TEXT,
    url=SOME | TEXT.map("https://example.org/".__add__),
    authors=st.lists(TEXT, max_size=2).map(tuple),
    categories=st.lists(TEXT, max_size=3).map(tuple),
    html=TEXT,
    text=TEXT,
    summary=TEXT,
    image=SOME,
    language=SOME,
    enclosures=st.lists(ENCLOSURES, max_size=2).map(tuple),
    origin=st.none() | ORIGINS,
)
ENTRIES = st.builds(
    Entry,
    id=TEXT.map("urn:x:".__add__),
    key=st.just("00000000-0000-5000-8000-000000000000"),
    article=ARTICLES,
    published=MOMENT,
    updated=MOMENT,
    source=TEXT,
    slugs=st.just(("a", "b")),
)


def printable(text: str) -> str:
    """Production [2] of XML 1.0, written out."""
    return "".join(
        character
        for character in text
        if character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )


def line(text: str) -> str:
    flat = re.sub("[\t\n\r ]+", " ", printable(text)).strip(" ")
    return flat if flat.strip() else ""


def check_rss(item: Any, entry: Entry) -> None:
    article = entry.article
    assert RFC822.fullmatch(item.findtext("pubDate"))
    assert item.findtext("guid") == printable(entry.id)
    if line(article.title):
        assert item.findtext("title") == line(article.title)
    assert item.findtext("title")
    summary, html = printable(article.summary).strip(), printable(article.html)
    body = item.findtext(CONTENT) if summary else item.findtext("description")
    assert (body or "") == html
    if summary:
        assert unescape_markup(item.findtext("description")) == summary
    assert len(item.findall("category")) == len(article.categories)
    assert [found.text for found in item.findall(DC)] == [
        line(name) for name in article.authors if line(name)
    ]


def check_atom(found: Any, entry: Entry) -> None:
    article = entry.article
    assert found.findtext(ATOM + "id") == printable(entry.id)
    assert found.findtext(ATOM + "title")
    assert found.findtext(ATOM + "author/" + ATOM + "name")
    assert (found.findtext(ATOM + "content") or "") == printable(article.html)
    assert datetime.fromisoformat(found.findtext(ATOM + "published")) == entry.published
    assert datetime.fromisoformat(found.findtext(ATOM + "updated")) == entry.updated
    for source in found.findall(ATOM + "source"):
        assert source.findtext(ATOM + "id")
        assert source.findtext(ATOM + "updated")
    links = found.findall(ATOM + "link")
    assert len(links) == 1 + len(article.enclosures)
    assert all(link.get("href").isascii() and " " not in link.get("href") for link in links)


def check_json(item: Any, entry: Entry) -> None:
    assert item["id"] == printable(entry.id)
    assert item.get("title", "") == line(entry.article.title)
    assert ("content_html" in item) != ("content_text" in item)
    assert item.get("content_html", "") == printable(entry.article.html)
    assert datetime.fromisoformat(item["date_published"]) == entry.published


def unescape_markup(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def check(files: dict[str, bytes], entries: list[Entry]) -> None:
    rss = etree.fromstring(files["rss.xml"], STRICT)
    assert RFC822.fullmatch(rss.findtext("channel/lastBuildDate") or "")
    items = rss.findall("channel/item")
    atoms = etree.fromstring(files["atom.xml"], STRICT).findall(ATOM + "entry")
    for item, found, member, made in zip(
        items, atoms, json.loads(files["feed.json"])["items"], entries, strict=True
    ):
        check_rss(item, made)
        check_atom(found, made)
        check_json(member, made)
    files["index.html"].decode()


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Explaining a failure takes minutes here, as entries are large; one failure at a time will do.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
)
@given(st.lists(ENTRIES, max_size=2), TEXT)
def test_any_text(entries: list[Entry], title: str) -> None:
    feed = replace(FEED, title=title, description=title, language=title, entries=tuple(entries))
    check(render(feed, SITE), entries)
    opml = render_index(feed, [FeedLink("a", title, 1)], SITE)["feeds.opml"]
    assert etree.fromstring(opml, STRICT).findall("body/outline")[1].get("text") == line(title)
    for made in entries:
        render_article(made, SITE).decode()


def test_a_megabyte_of_body() -> None:
    html = "<p>汉字 & <b>x</b></p>" * 40_000
    made = replace(ENGLISH, article=replace(ENGLISH.article, html=html))
    check(render(replace(FEED, entries=(made,)), SITE), [made])


def test_hundreds_of_categories() -> None:
    names = tuple(f"類別 {number}" for number in range(500))
    made = replace(ENGLISH, article=replace(ENGLISH.article, categories=names), slugs=names)
    check(render(replace(FEED, entries=(made,)), SITE), [made])


def naughty(corpus: Path) -> list[Entry]:
    strings = json.loads((corpus / "security" / "blns" / "blns.json").read_text("utf-8"))
    return [
        entry(
            number,
            Article(
                uid=text,
                title=text,
                authors=(text,),
                categories=(text,),
                summary=text,
                html=text,
                url=f"https://example.org/{text}",
            ),
        )
        for number, text in enumerate(strings)
    ]


def test_naughty_strings(corpus: Path) -> None:
    entries = naughty(corpus)
    assert len(entries) > 400
    check(render(replace(FEED, entries=tuple(entries)), SITE), entries)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        (
            "https://example.org/新闻?q=é#ü",
            "https://example.org/%E6%96%B0%E9%97%BB?q=%C3%A9#%C3%BC",
        ),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://example.org/%E6%96%B0", "https://example.org/%E6%96%B0"),
        ("https://[::1]/[x]", "https://[::1]/%5Bx%5D"),
        ("javascript:alert(1)", f"https://feeds.example.org/articles/{ENGLISH.key}.html"),
        ("//example.org/", f"https://feeds.example.org/articles/{ENGLISH.key}.html"),
    ],
)
def test_addresses(address: str, link: str) -> None:
    made = replace(ENGLISH, article=replace(ENGLISH.article, url=address))
    item = json.loads(render(replace(FEED, entries=(made,)), SITE)["feed.json"])["items"][0]
    assert item["url"] == link


def test_entities_survive_the_summary() -> None:
    made = replace(ENGLISH, article=replace(ENGLISH.article, summary="&lt; is <"))
    rss = etree.fromstring(render(replace(FEED, entries=(made,)), SITE)["rss.xml"], STRICT)
    assert unescape(rss.findtext("channel/item/description")) == "&lt; is <"
