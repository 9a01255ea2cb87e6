"""Feeds that a hub tells of say so in a header, too (WebSub, 4)."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx

from aggregator.article import Article, Entry, Feed
from aggregator.publish import Site, render
from aggregator.publish.site import file_name

HUB = "https://hub.example.org/?a=1&b=2"
SITE = Site("Papers", "https://feeds.example.org/")
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
ARTICLE = Article(
    uid="1", title="One", html="<p>One.</p>", text="One.", url="https://example.org/1"
)
ENTRY = Entry(
    id="urn:example:1", key="1", article=ARTICLE, published=NOON, updated=NOON, source="Inbox"
)
FEED = Feed(slug="food", id="urn:example:food", title="Food", entries=(ENTRY,))


def test_every_format_has_hub_and_self_as_in_the_document(site) -> None:
    told = replace(SITE, hub=HUB)
    files = render(replace(FEED, at="old"), told) | render(replace(FEED, page=1, newer=2), told)
    folder = site.root / "feed"
    (folder / "archive").mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for name in ("rss", "atom", "json"):
        own = f"{SITE.base_url}{FEED.slug}/{file_name(name)}"
        url = f"{site.url}/feed/{file_name(name)}"
        link = f'<{HUB}>; rel="hub", <{own}>; rel="self"'
        got = httpx.get(url)
        assert got.headers["link"] == link
        assert httpx.head(url).headers["link"] == link
        known = httpx.get(url, headers={"If-None-Match": got.headers["etag"]})
        assert (known.status_code, known.headers["link"]) == (304, link)
        assert "link" not in httpx.get(f"{site.url}/feed/{file_name(name, 1)}").headers
    assert "link" not in httpx.get(f"{site.url}/feed/").headers


def test_without_a_hub_there_is_no_link(site) -> None:
    (site.root / "rss.xml").write_bytes(render(FEED, SITE)["rss.xml"])
    assert "link" not in httpx.get(f"{site.url}/rss.xml").headers
