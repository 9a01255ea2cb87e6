"""The pages for people: what they show, where their links lead, and what they refuse to load."""

import base64
import hashlib
import itertools
import posixpath
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from lxml import etree
from publish_samples import (
    ARABIC,
    BARE,
    CHINESE,
    EMPTY,
    ENGLISH,
    ENTRIES,
    EVERYTHING,
    FEED,
    LINKS,
    LONG,
    PODCAST,
    SITE,
)

from aggregator.article import Feed
from aggregator.publish import has_page, page_name, render, render_article, render_index, write

INDEX = render_index(EVERYTHING, LINKS, SITE)
PAGES = {
    "index.html": INDEX["index.html"],
    "新浪财经-国內/index.html": render(FEED, SITE)["index.html"],
    "empty/index.html": render(EMPTY, SITE)["index.html"],
    "金融/新浪/index.html": render(replace(FEED, slug="金融/新浪"), SITE)["index.html"],
    page_name(CHINESE): render_article(CHINESE, SITE),
}
each_page = pytest.mark.parametrize("name", PAGES)


def soup(data: bytes) -> Any:
    return BeautifulSoup(data, "lxml")


def texts(found: Any) -> list[str]:
    return [" ".join(element.get_text().split()) for element in found]


def test_feed_page_shows_every_entry() -> None:
    page = soup(PAGES["新浪财经-国內/index.html"])
    assert page.h1.get_text() == "新浪财经－国內"
    assert len(page.select("main article")) == len(ENTRIES)
    first = page.select_one("main article")
    assert first.h3.get_text() == ENGLISH.article.title
    assert first.h3.a["href"] == ENGLISH.article.url
    assert first.select_one(".summary").get_text() == ENGLISH.article.summary
    assert texts(first.select(".meta")) == ["Example · 2024-05-17 01:30 UTC"]
    assert first.time["datetime"] == "2024-05-17T01:30:00+00:00"
    assert first.img["src"] == "https://example.org/i.png"
    assert (first.img["loading"], first.img["referrerpolicy"]) == ("lazy", "no-referrer")
    assert [(a.get_text(), a["href"]) for a in first.select(".labels a")] == [
        ("Style", "../style/index.html"),
        ("Writing", "../writing/index.html"),
    ]


def test_entries_have_their_language_and_direction() -> None:
    entries = soup(PAGES["新浪财经-国內/index.html"]).select("main article")
    arabic = entries[ENTRIES.index(ARABIC)]
    assert (arabic["lang"], arabic["dir"]) == ("ar", "auto")
    assert entries[ENTRIES.index(LONG)]["lang"] == "zh-CN"  # the feed's, for want of its own
    unknown = soup(INDEX["index.html"]).select("main article")[ENTRIES.index(LONG)]
    assert unknown["lang"] == ""


def test_an_article_without_an_address_is_read_here() -> None:
    entry = soup(PAGES["新浪财经-国內/index.html"]).select("main article")[ENTRIES.index(CHINESE)]
    assert entry.h3.a["href"] == f"../articles/{CHINESE.key}.html"
    page = soup(PAGES[page_name(CHINESE)])
    assert page.h1.get_text() == CHINESE.article.title
    assert texts(page.select(".content p")) == [
        "中国人民银行发布2023年金融统计数据报告。",
        "初步统计，全年人民币贷款增加22.75万亿元。",
    ]
    assert page.article["lang"] == "zh-CN"
    assert page.select_one("main img")["src"] == "https://example.cn/%E5%A4%B4%E5%9B%BE.jpg"


def test_an_article_shows_its_lead_image_once() -> None:
    html = '<p><img src="https://example.org/i.png?a=1&amp;b=2" alt=""></p>'
    article = replace(CHINESE.article, html=html, image="https://example.org/i.png?a=1&b=2")
    page = soup(render_article(replace(CHINESE, article=article), SITE))
    assert len(page.select("main img")) == 1


def test_an_episode_leads_to_its_chapters_and_transcripts() -> None:
    page = render_article(replace(PODCAST, article=replace(PODCAST.article, url=None)), SITE)
    links = {
        link.get_text(): (link.get("href"), link.get("hreflang"))
        for link in soup(page).find_all("a")
    }
    assert links["Chapters"] == ("https://example.org/13.json", None)
    assert links["Transcript (en)"] == ("https://example.org/13.vtt", "en")
    assert links["Transcript"] == ("https://example.org/13%20(final).srt", None)


def test_index_lists_every_feed() -> None:
    page = soup(INDEX["index.html"])
    assert page.h1.get_text() == "Morning papers"
    rows = page.select(".feeds li")
    assert texts(rows) == [
        "新浪财经－国內 7 articles RSS Atom JSON",
        "Style & “quotes” 1 article RSS Atom JSON",
        "金融 / 新浪 0 articles RSS Atom JSON",
    ]
    assert [unquote(a["href"]) for a in rows[2].select("a")] == [
        "金融/新浪/index.html",
        "金融/新浪/rss.xml",
        "金融/新浪/atom.xml",
        "金融/新浪/feed.json",
    ]
    assert [a["href"] for a in page.select(".subscribe a")] == [
        "rss.xml",
        "atom.xml",
        "feed.json",
        "feeds.opml",
    ]
    assert page.select_one(".address").get_text() == "https://feeds.example.org/rss.xml"


def test_index_shows_a_taste_of_the_articles() -> None:
    many = replace(EVERYTHING, entries=ENTRIES * 10)
    page = soup(render_index(many, LINKS, SITE)["index.html"])
    assert len(page.select("main article")) == 20


@pytest.mark.parametrize(
    "data",
    [
        PAGES["empty/index.html"],
        render_index(replace(EVERYTHING, entries=()), [], SITE)["index.html"],
    ],
)
def test_empty_pages_say_so_and_still_invite(data: bytes) -> None:
    page = soup(data)
    assert "No articles yet." in page.main.get_text()
    assert page.select(".subscribe a")


@each_page
def test_semantics(name: str) -> None:
    page = soup(PAGES[name])
    assert page.html["lang"]
    assert page.title.get_text()
    assert len(page.select("main")) == 1
    assert len(page.select("h1")) == 1
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(image.get("alt") is not None for image in page.select("img"))
    identifiers = [element["id"] for element in page.select("[id]")]
    assert len(identifiers) == len(set(identifiers))
    assert page.select_one('link[rel="alternate"][type="application/atom+xml"]')


@each_page
def test_the_policy_allows_nothing_but_the_page_s_own_style(name: str) -> None:
    page = soup(PAGES[name])
    policy = page.select_one("meta[http-equiv]")["content"]
    style = hashlib.sha256(page.style.string.encode()).digest()
    assert policy.startswith("default-src 'none';")
    assert f"style-src 'sha256-{base64.b64encode(style).decode()}'" in policy
    assert "unsafe" not in policy
    assert not page.select("script, [style], link[rel=stylesheet], [onclick]")


def test_links_between_pages_work_in_a_folder(tmp_path: Path) -> None:
    names = ["style", "writing", "ثقافة", *(f"label {number}" for number in range(30))]
    feeds = [
        EVERYTHING,
        *(replace(FEED, slug=slug) for slug in [link.slug for link in LINKS] + names),
    ]
    written = dict(INDEX)
    for feed in feeds:
        for name, data in render(feed, SITE).items():
            written[posixpath.join(feed.slug, name)] = data
    for entry in filter(has_page, ENTRIES):
        written[page_name(entry)] = render_article(entry, SITE)
    write(tmp_path, [written])
    assert dead_links(tmp_path) == []


def dead_links(folder: Path) -> list[str]:
    return [
        f"{page.relative_to(folder)}: {address}"
        for page in folder.rglob("*.html")
        for address in (a["href"] for a in soup(page.read_bytes()).select("a[href], link[href]"))
        if not re.match("https?:|data:|#", address)
        and not (page.parent / unquote(address)).is_file()
    ]


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_hostile_text_stays_text() -> None:
    article = replace(
        ENGLISH.article,
        title=HOSTILE,
        summary=HOSTILE,
        authors=(HOSTILE,),
        categories=(HOSTILE,),
        url="javascript:alert(1)",
        image=HOSTILE,
        language=HOSTILE,
    )
    entry = replace(ENGLISH, article=article, source=HOSTILE, slugs=("a",))
    feed = Feed(slug="a", id="urn:x:a", title=HOSTILE, description=HOSTILE, entries=(entry,))
    for data in (
        render(feed, SITE)["index.html"],
        render_article(entry, SITE),
        render_index(feed, LINKS, replace(SITE, title=HOSTILE))["index.html"],
    ):
        page = soup(data)
        assert page.select("script, [onerror], a[href^=javascript]") == []
        assert HOSTILE in page.get_text()


def test_opml_lists_every_feed_once() -> None:
    opml = etree.fromstring(INDEX["feeds.opml"])
    assert opml.get("version") == "2.0"
    assert opml.findtext("head/title") == "Morning papers"
    assert [dict(outline.attrib) for outline in opml.iterfind("body/outline")][::3] == [
        {
            "type": "rss",
            "text": "Morning papers",
            "title": "Morning papers",
            "xmlUrl": "https://feeds.example.org/rss.xml",
            "htmlUrl": "https://feeds.example.org/",
        },
        {
            "type": "rss",
            "text": "金融 / 新浪",
            "title": "金融 / 新浪",
            "xmlUrl": "https://feeds.example.org/%E9%87%91%E8%9E%8D/%E6%96%B0%E6%B5%AA/rss.xml",
            "htmlUrl": "https://feeds.example.org/%E9%87%91%E8%9E%8D/%E6%96%B0%E6%B5%AA/",
        },
    ]


def test_opml_recommends_a_format_that_is_there() -> None:
    site = replace(SITE, formats=("json", "atom"))
    opml = etree.fromstring(render_index(EVERYTHING, (), site)["feeds.opml"])
    outline = opml.find("body/outline")
    assert outline is not None
    assert outline.get("xmlUrl") == "https://feeds.example.org/atom.xml"


def test_an_untitled_article_has_a_heading() -> None:
    assert soup(render_article(BARE, SITE)).h1.get_text() == "Untitled"
