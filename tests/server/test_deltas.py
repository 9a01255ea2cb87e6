"""Feeds without what a reader has (RFC 3229), asked for as the readers do that know of it."""

import functools
from collections.abc import Sequence
from pathlib import Path

import feedparser
import httpx
import pytest

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)


def rss(*titles: str) -> str:
    items = "".join(f"<item><guid>{t[0]}</guid><title>{t}</title></item>" for t in titles)
    return f'<rss version="2.0"><channel><title>新</title>{items}</channel></rss>'


def atom(*titles: str) -> str:
    entries = "".join(f"<entry><id>urn:x:{t[0]}</id><title>{t}</title></entry>" for t in titles)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>新</title>{entries}</feed>'


def poll(url: str, *tags: str, **more: str) -> httpx.Response:
    headers = {"a-im": "feed", "if-none-match": ", ".join(tags), **more}
    return FETCH(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


def titles(answer: httpx.Response) -> Sequence[str]:
    return [entry.title for entry in feedparser.parse(answer.content).entries]


@pytest.mark.parametrize(("name", "feed"), [("rss.xml", rss), ("atom.xml", atom)])
@pytest.mark.parametrize("coding", ["identity", "br"])
def test_only_new_and_changed_entries_are_sent(site, name: str, feed, coding: str) -> None:  # type: ignore[no-untyped-def]
    url, file = f"{site.url}/{name}", Path(site.root / name)
    long = [f"{letter} {'word ' * 40}".strip() for letter in "cdefghijk"]
    file.write_text(feed("b old", *long))
    first = poll(url, accept_encoding=coding)
    assert (first.status_code, len(titles(first))) == (200, 10)
    assert poll(url, first.headers["etag"], accept_encoding=coding).status_code == 304

    file.write_text(feed("a", "b edited", *long))
    news = poll(url, '"else"', first.headers["etag"], accept_encoding=coding)
    assert (news.status_code, news.headers["im"]) == (226, "feed")
    assert titles(news) == ["a", "b edited"]
    assert "no-store" in news.headers["cache-control"]
    assert news.headers["content-type"].startswith(f"application/{name[:-4]}+xml")
    assert {"A-IM", "If-None-Match"} <= set(news.headers["vary"].split(", "))

    whole = FETCH(url, headers={"accept-encoding": coding})
    assert (whole.status_code, whole.headers["etag"]) == (200, news.headers["etag"])
    assert poll(url, news.headers["etag"], accept_encoding=coding).status_code == 304
    other = poll(url, first.headers["etag"], a_im="diffe", accept_encoding=coding)
    assert (other.status_code, "im" in other.headers) == (200, False)


def test_who_has_a_state_that_nobody_remembers_gets_everything(site) -> None:  # type: ignore[no-untyped-def]
    (site.root / "rss.xml").write_text(rss("a", "b"))
    assert poll(f"{site.url}/rss.xml", '"long ago"').status_code == 200


def test_when_nothing_is_the_same_everything_is_sent(site) -> None:  # type: ignore[no-untyped-def]
    file = site.root / "rss.xml"
    file.write_text(rss("a", "b"))
    first = poll(f"{site.url}/rss.xml")
    file.write_text(rss("c", "d"))
    assert poll(f"{site.url}/rss.xml", first.headers["etag"]).status_code == 200


def test_entries_that_only_went_leave_a_feed_without_any(site) -> None:  # type: ignore[no-untyped-def]
    file = site.root / "rss.xml"
    file.write_text(rss("a", "b"))
    first = poll(f"{site.url}/rss.xml")
    file.write_text(rss("a"))
    news = poll(f"{site.url}/rss.xml", first.headers["etag"])
    assert (news.status_code, titles(news)) == (226, [])


@pytest.mark.parametrize("name", ["feed.json", "broken.xml", "index.html"])
def test_what_is_no_xml_feed_is_sent_whole(site, name: str) -> None:  # type: ignore[no-untyped-def]
    file = site.root / name
    file.write_text("{<item>")
    first = poll(f"{site.url}/{name}")
    file.write_text("{<item>2")
    second = poll(f"{site.url}/{name}", first.headers["etag"])
    assert (second.status_code, second.text) == (200, "{<item>2")


def test_old_states_are_forgotten(site) -> None:  # type: ignore[no-untyped-def]
    file, tags = site.root / "rss.xml", []
    for turn in range(20):
        file.write_text(rss("a", f"b {turn}"))
        tags.append(poll(f"{site.url}/rss.xml").headers["etag"])
    file.write_text(rss("a", "c"))
    assert poll(f"{site.url}/rss.xml", tags[0]).status_code == 200
    assert titles(poll(f"{site.url}/rss.xml", tags[-1])) == ["c"]
