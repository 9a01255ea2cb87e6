"""The feed source against a real server."""

import asyncio
from pathlib import Path

import pytest
from web import Reply, Web

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.fetch import open_client
from aggregator.sources import Found, Known, Visit
from aggregator.sources.feed import FeedSettings, documents


def visit(web: Web, seen: dict[str, str]) -> Found:
    """The one thing that a visit yields; ``seen`` is brought up to date as a scan does."""

    async def work() -> Found:
        async with open_client() as client:
            asked = Visit(root=Path(), seen=dict(seen), client=client)
            settings = FeedSettings(feed=f"{web.url}/f")
            (found,) = [one async for one in documents(settings, asked)]
            return found

    found = asyncio.run(work())
    assert isinstance(found, Document | Known)
    seen[found.name] = found.validators
    return found


def test_first_whole_then_only_when_it_changed(web: Web) -> None:
    seen: dict[str, str] = {}
    tag = ("ETag", 'W/"1"')
    web.replies["/f"] = Reply(b"<rss/>", headers=[tag, ("Content-Type", "text/plain; charset=x")])
    first = visit(web, seen)
    assert isinstance(first, Document)
    assert (first.body, first.media_type, first.charset) == (b"<rss/>", "application/xml", "x")
    web.replies["/f"] = Reply(status=304)
    for _ in range(2):
        assert isinstance(visit(web, seen), Known)
        assert web.sent()["if-none-match"] == 'W/"1"'
    web.replies["/f"] = Reply(b"<rss>2</rss>")
    assert isinstance(visit(web, seen), Document)
    visit(web, seen)
    assert "if-none-match" not in web.sent()


def test_the_same_bytes_are_unchanged_whatever_the_server_says(web: Web) -> None:
    seen: dict[str, str] = {}
    for number, expected in enumerate([Document, Known, Known]):
        web.replies["/f"] = Reply(b"<rss/>", headers=[("ETag", f'"{number}"')])
        assert isinstance(visit(web, seen), expected)
    web.replies["/f"] = Reply(b"<rss/>")
    assert isinstance(visit(web, seen), Known)


def test_relative_links_start_where_redirects_end(web: Web) -> None:
    web.replies["/f"] = Reply(status=301, headers=[("Location", "/elsewhere/feed")])
    web.replies["/elsewhere/feed"] = Reply(b"{}")
    found = visit(web, {})
    assert isinstance(found, Document)
    assert (found.name, found.url) == (f"{web.url}/f", f"{web.url}/elsewhere/feed")
    assert found.media_type == "application/feed+json"


def test_what_cannot_be_had_is_an_error(web: Web) -> None:
    with pytest.raises(FetchError, match="answered 404"):
        visit(web, {})


@pytest.mark.parametrize("address", ["file:///etc/passwd", "/etc/passwd", "ftp://x.example/"])
def test_only_web_addresses_are_feeds(address: str) -> None:
    with pytest.raises(ValueError, match="is no web address"):
        FeedSettings(feed=address)
