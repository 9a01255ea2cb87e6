"""What readers get out of the feeds is what went in, field by field."""

import json
import re
import struct
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import fastfeedparser
import feedparser
import pytest
from lxml import etree
from publish_samples import (
    BARE,
    CHINESE,
    EMPTY,
    ENGLISH,
    ENTRIES,
    EVERYTHING,
    FEED,
    LONG,
    MEDIA,
    SITE,
    UNTITLED,
)

from aggregator.article import Document, Origin
from aggregator.parse.feed import parse_feed
from aggregator.publish import Site, link, render, render_index
from aggregator.publish.legible import legible_entry

FILES = render(FEED, SITE)
HOME = "https://feeds.example.org/%E6%96%B0%E6%B5%AA%E8%B4%A2%E7%BB%8F-%E5%9B%BD%E5%85%A7/"
XML = ("rss.xml", "atom.xml")
OUR_ICON = "https://example.org/our%20icon.jpg"


def parsed(name: str) -> Any:
    result = feedparser.parse(FILES[name], sanitize_html=False, resolve_relative_uris=False)
    assert not result.bozo
    return result


def moment(parts: Any) -> datetime:
    return datetime(*parts[:6], tzinfo=UTC)


@pytest.mark.parametrize("name", XML)
def test_feed(name: str) -> None:
    feed = parsed(name).feed
    assert feed.title == "新浪财经－国內 – Morning papers"
    assert feed.subtitle == "News & views"
    assert feed.language == "zh-CN"
    assert feed.generator == "aggregator"
    assert moment(feed.updated_parsed) == max(entry.updated for entry in ENTRIES)
    assert feed.link == HOME
    assert {link.rel: link.href for link in feed.links} == {"self": HOME + name, "alternate": HOME}


@pytest.mark.parametrize(
    ("site", "picture", "width"),
    [
        (SITE, "https://feeds.example.org/icon.png", 144),
        (replace(SITE, icon="https://example.org/our icon.jpg"), OUR_ICON, None),
    ],
)
def test_the_picture_of_a_feed(site: Site, picture: str, width: int | None) -> None:
    files = render(FEED, site)
    rss = feedparser.parse(files["rss.xml"]).feed
    assert rss.image.href == picture
    assert (rss.image.title, rss.image.link) == (rss.title, rss.link)
    assert (rss.image.get("width"), rss.image.get("height")) == (width, width)
    atom = feedparser.parse(files["atom.xml"]).feed
    assert (atom.icon, "logo" in atom) == (picture, False)
    assert json.loads(files["feed.json"])["icon"] == picture


@pytest.mark.parametrize(("minutes", "told"), [(0, None), (15, "15")])
def test_how_long_readers_may_wait(minutes: int, told: str | None) -> None:
    rss = etree.fromstring(render(FEED, replace(SITE, ttl=minutes))["rss.xml"])
    assert rss.findtext("channel/ttl") == told


def test_the_picture_that_comes_with_us_is_what_rss_says_it_is() -> None:
    files = render_index(EVERYTHING, [], SITE)
    assert files["icon.png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", files["icon.png"][16:24]) == (144, 144)
    assert "icon.png" not in render_index(EVERYTHING, [], replace(SITE, icon=OUR_ICON))


def test_rss_has_updates_and_languages_from_other_namespaces() -> None:
    entries = parsed("rss.xml").entries
    assert [moment(entry.updated_parsed) for entry in entries] == [e.updated for e in ENTRIES]
    # That of the feed, zh-CN, is not said again; feedparser does not know the tag.
    items = etree.fromstring(FILES["rss.xml"]).findall("channel/item")
    tag = "{http://purl.org/dc/elements/1.1/}language"
    assert [i.findtext(tag) for i in items] == ["en", None, "ar", "he", None, None, None]
    same = replace(ENGLISH, updated=ENGLISH.published)
    assert b"<atom:updated>" not in render(replace(FEED, entries=(same,)), SITE)["rss.xml"]


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("de-CH", "de-CH"),
        ("fil", "fil"),
        ("yue-HK", "zh-yue-HK"),
        ("cn", None),
        ("xx", None),
        ("aux", None),
        ("english", None),
        ("en_GB", None),
    ],
)
def test_languages_are_those_that_every_format_knows(tag: str, told: str | None) -> None:
    files = render(replace(FEED, language=tag, entries=()), SITE)
    assert etree.fromstring(files["rss.xml"]).findtext("channel/language") == told
    assert json.loads(files["feed.json"]).get("language") == told


def test_atom_feed_has_its_id() -> None:
    assert parsed("atom.xml").feed.id == FEED.id


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_entry(name: str, number: int) -> None:
    entry, found = ENTRIES[number], parsed(name).entries[number]
    article = entry.article
    assert found.id == entry.id
    assert found.link == link(entry, SITE)
    assert moment(found.published_parsed) == entry.published
    assert [tag.term for tag in found.get("tags", [])] == list(article.categories)
    assert [image["url"] for image in found.get("media_thumbnail", [])] == (
        ["https://example.cn/%E5%A4%B4%E5%9B%BE.jpg"]
        if entry is CHINESE
        else [article.image] * bool(article.image)
    )


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    ("entry", "title", "summary", "html"),
    [
        (
            ENGLISH,
            "Use <b> & <i> sparingly: AT&T's style guide",
            "Bold is loud; 1 &lt; 2 &amp; 3 &gt; 2.",
            ENGLISH.article.html,
        ),
        (CHINESE, CHINESE.article.title, CHINESE.article.summary, CHINESE.article.html),
        (UNTITLED, "Just a note 😀", None, UNTITLED.article.html),
        (BARE, "Untitled", None, None),
    ],
    ids=["english", "chinese", "untitled", "bare"],
)
def test_texts(name: str, entry: Any, title: str, summary: str | None, html: str | None) -> None:
    found = parsed(name).entries[ENTRIES.index(entry)]
    assert found.title == title
    content = found.content[0].value if "content" in found else found.get("summary")
    assert content == html
    if summary is not None:
        assert found.summary == summary


@pytest.mark.parametrize(
    ("name", "authors"),
    [
        # RSS names people only; Atom must name somebody, so it names the source.
        ("rss.xml", [["Ada Lovelace", "Grace Hopper"], ["新浪财经"], [], [], [], [], []]),
        (
            "atom.xml",
            [
                ["Ada Lovelace", "Grace Hopper"],
                ["新浪财经"],
                ["Inbox"],
                ["Inbox"],
                ["Inbox"],
                ["No address"],
                ["Inbox"],
            ],
        ),
    ],
)
def test_authors(name: str, authors: list[list[str]]) -> None:
    entries = parsed(name).entries
    assert [[author.name for author in entry.get("authors", [])] for entry in entries] == authors


def test_atom_updated_and_languages() -> None:
    entries = parsed("atom.xml").entries
    assert [moment(entry.updated_parsed) for entry in entries] == [e.updated for e in ENTRIES]
    assert [entry.title_detail.language for entry in entries] == [
        "en",
        "zh-CN",
        "ar",
        "he",
        "zh-CN",
        "zh-CN",
        "zh-CN",
    ]


def test_rss_media() -> None:
    entries = parsed("rss.xml").entries
    assert [dict(found) for found in entries[0].enclosures] == [
        {
            "href": "https://example.org/talk.mp3",
            "length": "1234",
            "type": "audio/mpeg",
        }
    ]
    assert entries[0].media_content == [
        {"url": "https://example.org/talk.mp4", "type": "video/mp4", "duration": "62"}
    ]
    unknown = entries[ENTRIES.index(LONG)].enclosures[0]
    assert (unknown.length, unknown.type) == ("0", "application/octet-stream")


def test_atom_media() -> None:
    entries = parsed("atom.xml").entries
    assert [dict(found) for found in entries[0].enclosures] == [
        {
            "href": "https://example.org/talk.mp3",
            "length": "1234",
            "type": "audio/mpeg",
            "title": "The talk",
        },
        {"href": "https://example.org/talk.mp4", "type": "video/mp4"},
    ]


EPISODE = {
    "itunes_duration": "3723",
    "itunes_season": "2",
    "itunes_episode": "13",
    "itunes_episodetype": "bonus",
    "image": {"href": "https://example.org/13.jpg"},
}


@pytest.mark.parametrize("name", XML)
def test_an_episode(name: str) -> None:
    result = feedparser.parse(render(MEDIA, SITE)[name])
    assert not result.bozo
    episode, video = result.entries
    assert {key: episode[key] for key in EPISODE} == EPISODE
    assert not EPISODE.keys() & video.keys()
    assert episode.enclosures[0].href == "https://example.org/13%20(final).mp3"
    assert episode.media_content == [
        {
            "url": "https://example.org/13.mp4",
            "type": "video/mp4",
            "duration": "3700",
            "width": "640",
            "height": "360",
        }
    ]
    assert video.media_content == [
        {"url": "https://example.org/v", "medium": "video", "width": "1920", "height": "1080"}
    ]


@pytest.mark.parametrize("name", XML)
def test_what_feedparser_does_not_know_of_an_episode(name: str) -> None:
    root = etree.fromstring(render(MEDIA, SITE)[name])
    assert root.nsmap["podcast"] == "https://podcastindex.org/namespace/1.0"
    assert [e.text for e in root.iterfind(".//itunes:explicit", root.nsmap)] == ["false"]
    said = [
        (etree.QName(e).localname, dict(e.attrib))
        for e in root.iterfind(".//podcast:*", root.nsmap)
    ]
    assert said == [
        (
            "chapters",
            {"url": "https://example.org/13.json", "type": "application/json+chapters"},
        ),
        (
            "transcript",
            {"url": "https://example.org/13.vtt", "type": "text/vtt", "language": "en"},
        ),
        ("transcript", {"url": "https://example.org/13%20(final).srt"}),
    ]


@pytest.mark.parametrize("name", XML)
def test_our_own_reader_gets_an_episode_back(name: str) -> None:
    parsed = parse_feed(Document(name=name, body=render(MEDIA, SITE)[name]))
    assert parsed.articles[0].enclosures == legible_entry(MEDIA.entries[0]).article.enclosures


def test_media_rss_has_no_file_of_the_size_0() -> None:
    first, second = ENGLISH.article.enclosures
    article = replace(ENGLISH.article, enclosures=(first, replace(second, length=0)))
    rss = render(replace(FEED, entries=(replace(ENGLISH, article=article),)), SITE)["rss.xml"]
    assert b"fileSize" not in rss


@pytest.mark.parametrize("name", XML)
def test_namespaces_of_podcasts_stand_only_where_they_are_needed(name: str) -> None:
    silent = replace(FEED, entries=(CHINESE, UNTITLED, LONG))
    heard = replace(FEED, entries=(ENGLISH,))
    assert not re.findall(b"itunes|podcast", render(silent, SITE)[name])
    assert set(re.findall(b"itunes|podcast", render(heard, SITE)[name])) >= {b"itunes"}
    assert b"podcastindex" not in render(heard, SITE)[name]


def test_origin() -> None:
    rss, atom = parsed("rss.xml").entries, parsed("atom.xml").entries
    assert (rss[0].source.title, rss[0].source.href) == ("Example", "https://example.org/feed.xml")
    source = atom[0].source
    assert (source.id, source.title, source.link) == (
        "tag:example.org,2024:feed",
        "Example",
        "https://example.org/",
    )
    assert moment(source.updated_parsed) == datetime(2024, 5, 16, tzinfo=UTC)
    # Without an address of the feed neither format can name it.
    assert "source" not in rss[ENTRIES.index(LONG)]
    assert "source" not in atom[ENTRIES.index(LONG)]


def source_id(origin: Origin) -> str | None:
    entry = replace(ENGLISH, article=replace(ENGLISH.article, origin=origin))
    files = render(replace(FEED, entries=(entry,)), SITE)
    found = feedparser.parse(files["atom.xml"]).entries[0].get("source")
    return found and found.id  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("origin", "identity"),
    [
        (Origin(id="urn:example:1", feed_url="https://a.example/f"), "urn:example:1"),
        (Origin(id="no URI", feed_url="https://a.example/f"), "https://a.example/f"),
        (Origin(feed_url="https://a.example/f", url="https://a.example/"), "https://a.example/f"),
        (Origin(url="https://a.example/"), "https://a.example/"),
        (Origin(title="nothing known"), None),
    ],
)
def test_identity_of_the_source(origin: Origin, identity: str | None) -> None:
    assert source_id(origin) == identity


def test_a_source_without_a_date_has_that_of_its_entry() -> None:
    entry = replace(ENGLISH, article=replace(ENGLISH.article, origin=Origin(id="urn:example:1")))
    files = render(replace(FEED, entries=(entry,)), SITE)
    found = feedparser.parse(files["atom.xml"]).entries[0].source
    assert moment(found.updated_parsed) == ENGLISH.updated
    assert found.title == ENGLISH.source


@pytest.mark.parametrize("name", XML)
def test_nothing_of_upstream_s_own_links(name: str) -> None:
    text = FILES[name].decode()
    assert text.count('rel="self"') == 1
    assert "hub" not in text


@pytest.mark.parametrize("name", XML)
def test_another_parser_agrees(name: str) -> None:
    found = fastfeedparser.parse(FILES[name])
    assert [entry.id for entry in found.entries] == [entry.id for entry in ENTRIES]
    assert [entry.link for entry in found.entries] == [link(entry, SITE) for entry in ENTRIES]
    assert [datetime.fromisoformat(entry.published) for entry in found.entries] == [
        entry.published for entry in ENTRIES
    ]
    assert found.entries[0].title == ENGLISH.article.title
    assert found.entries[0].content[0]["value"] == ENGLISH.article.html
    assert found.entries[1].title == CHINESE.article.title


def test_same_ids_in_all_formats() -> None:
    items = json.loads(FILES["feed.json"])["items"]
    ids = [item["id"] for item in items]
    assert ids == [entry.id for entry in parsed("rss.xml").entries]
    assert ids == [entry.id for entry in parsed("atom.xml").entries]


def test_rss_keeps_the_order_that_readers_rely_on() -> None:
    text = FILES["rss.xml"].decode()
    assert text.index("<description>Bold") < text.index("<content:encoded>")


@pytest.mark.parametrize(
    ("identity", "permalink"),
    [("https://example.org/style?a=1&b=2", b"true"), ("https://example.org/?p=1", b"false")],
)
def test_a_guid_is_a_permalink_only_if_it_is_the_link(identity: str, permalink: bytes) -> None:
    feed = replace(FEED, entries=(replace(ENGLISH, id=identity),))
    assert b'isPermaLink="%s"' % permalink in render(feed, SITE)["rss.xml"]


@pytest.mark.parametrize("name", XML)
def test_a_feed_without_entries(name: str) -> None:
    result = feedparser.parse(render(EMPTY, SITE)[name])
    assert not result.bozo
    assert result.entries == []
    assert moment(result.feed.updated_parsed) == datetime(1970, 1, 1, tzinfo=UTC)


def test_everything_lies_at_the_root_and_has_no_page_of_its_own() -> None:
    files = render(EVERYTHING, SITE)
    assert sorted(files) == ["atom.xml", "feed.json", "rss.xml"]
    assert b'href="https://feeds.example.org/rss.xml" rel="self"' in files["rss.xml"]


def test_only_the_formats_of_the_site() -> None:
    assert sorted(render(FEED, replace(SITE, formats=("atom",)))) == ["atom.xml", "index.html"]
