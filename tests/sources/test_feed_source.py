"""The feed source against a real server."""

import pytest
from visits import Visitor
from web import Reply, Web

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.sources.feed import FeedSettings

RSS = b"<rss/>"


def visitor(web: Web, path: str = "/f") -> Visitor:
    """A feed source that was never visited."""
    return Visitor({"feed": f"{web.url}{path}"})


def html(body: str) -> Reply:
    """A web page."""
    page = f"<!doctype html><html><head>{body}</head><body><p>Hello</p></body></html>"
    return Reply(page.encode(), headers=[("Content-Type", "text/html; charset=utf-8")])


def asked(web: Web) -> list[str]:
    """The paths that were asked for, and forget them."""
    paths = [path for path, _ in web.requests]
    web.requests.clear()
    return paths


# What was there before


def test_first_whole_then_only_when_it_changed(web: Web) -> None:
    wire = visitor(web)
    tag = ("ETag", 'W/"1"')
    web.replies["/f"] = Reply(RSS, headers=[tag, ("Content-Type", "text/plain; charset=x")])
    first = wire.document()
    assert isinstance(first, Document)
    assert (first.body, first.media_type, first.charset) == (RSS, "application/xml", "x")
    web.replies["/f"] = Reply(status=304)
    for _ in range(2):
        assert wire.document() is None
        assert web.sent()["if-none-match"] == 'W/"1"'
    web.replies["/f"] = Reply(b"<rss>2</rss>")
    assert wire.document()
    wire.visit()
    assert "if-none-match" not in web.sent()


def test_the_same_bytes_are_unchanged_whatever_the_server_says(web: Web) -> None:
    wire = visitor(web)
    for number, new in enumerate([True, False, False]):
        web.replies["/f"] = Reply(RSS, headers=[("ETag", f'"{number}"')])
        assert bool(wire.document()) is new
        # Validators are those of the last answer, also when the body did not change.
        assert wire.memories[f"{web.url}/f"].validators == f'{{"etag": "\\"{number}\\""}}'
    web.replies["/f"] = Reply(RSS)
    assert wire.document() is None


def test_an_edit_of_the_configuration_reads_again_what_was_kept(web: Web) -> None:
    wire = visitor(web)
    web.replies["/f"] = Reply(RSS, headers=[("ETag", '"1"')])
    first = wire.document()
    web.replies["/f"] = Reply(status=304)
    asked(web)
    wire.seen[f"{web.url}/f"] = ""  # what the store does when the recipe changed
    assert wire.document() == first
    assert asked(web) == []  # it was asked just now
    wire.seen[f"{web.url}/f"] = ""
    assert wire.document(hours=1) == first
    assert web.sent()["if-none-match"] == '"1"'


def test_what_was_not_kept_is_asked_for_whole(web: Web) -> None:
    wire = visitor(web)
    web.replies["/f"] = Reply(RSS, headers=[("ETag", '"1"')])
    wire.visit()
    wire.seen.clear()
    wire.bodies.clear()
    assert wire.document()
    assert "if-none-match" not in web.sent()


def test_an_answer_stands_for_as_long_as_the_server_says(web: Web) -> None:
    wire = visitor(web)
    web.replies["/f"] = Reply(RSS, headers=[("Cache-Control", "max-age=7200")])
    assert wire.document()
    web.replies["/f"] = Reply(b"<rss>2</rss>", headers=[("Cache-Control", "max-age=31536000")])
    assert wire.document(hours=1) is None
    assert asked(web) == ["/f"]
    # A person who asks is not put off.
    assert wire.document(forced=True)
    # A year is said of news, too.
    wire.visit(hours=23)
    assert asked(web) == ["/f"]
    wire.visit(hours=2)
    assert asked(web) == ["/f"]


def test_relative_links_start_where_redirects_end(web: Web) -> None:
    web.replies["/f"] = Reply(status=301, headers=[("Location", "/elsewhere/feed")])
    web.replies["/elsewhere/feed"] = Reply(b"{}")
    found = visitor(web).document()
    assert found
    assert (found.name, found.url) == (f"{web.url}/f", f"{web.url}/elsewhere/feed")
    assert found.media_type == "application/feed+json"


def test_what_cannot_be_had_is_an_error(web: Web) -> None:
    with pytest.raises(FetchError, match="answered 404"):
        visitor(web).visit()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "/etc/passwd", "ftp://x.example/"])
def test_only_web_addresses_are_feeds(address: str) -> None:
    with pytest.raises(ValueError, match="is no web address"):
        FeedSettings(feed=address)


# Where it has moved to


def test_a_move_for_good_is_believed_after_three_days(web: Web) -> None:
    wire = visitor(web)
    web.replies["/f"] = Reply(status=301, headers=[("Location", "/new")])
    web.replies["/new"] = Reply(RSS)
    for day in range(4):
        wire.visit(days=min(day, 1))
        assert asked(web) == ["/f", "/new"]
    wire.visit(days=1)
    assert asked(web) == ["/new"]
    memory = wire.memories[f"{web.url}/f"]
    assert (memory.url, memory.moved) == (f"{web.url}/new", f"{web.url}/new")
    # And when it is no longer there, the address that was configured counts again.
    web.replies["/new"] = Reply(status=404)
    web.replies["/f"] = Reply(b"<rss>back</rss>")
    found = wire.document(days=1)
    assert found
    assert asked(web) == ["/new", "/f"]
    assert wire.memories[f"{web.url}/f"].url == ""


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_move_for_now_is_never_believed(web: Web, status: int) -> None:
    wire = visitor(web)
    web.replies["/f"] = Reply(status=status, headers=[("Location", "/new")])
    web.replies["/new"] = Reply(RSS)
    for _ in range(6):
        wire.visit(days=1)
        assert asked(web) == ["/f", "/new"]


def test_a_move_that_was_mended_is_forgotten(web: Web) -> None:
    wire = visitor(web)
    web.replies["/new"] = Reply(RSS)
    moved = Reply(status=301, headers=[("Location", "/new")])
    for reply in (moved, Reply(RSS), moved, moved):
        web.replies["/f"] = reply
        wire.visit(days=2)
    # It stands for two days only: the one before was mended.
    assert wire.memories[f"{web.url}/f"].url == ""
    wire.visit(days=1)
    assert wire.memories[f"{web.url}/f"].url == f"{web.url}/new"


# The page of a site in place of its feed


def test_the_feed_that_a_page_names(web: Web) -> None:
    wire = visitor(web, "/")
    link = '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">'
    web.replies["/"] = html(link)
    web.replies["/news.xml"] = Reply(RSS, headers=[("ETag", '"1"')])
    found = wire.document()
    assert found
    assert (found.name, found.url, found.body) == (f"{web.url}/", f"{web.url}/news.xml", RSS)
    assert asked(web) == ["/", "/news.xml"]
    memory = wire.memories[f"{web.url}/"]
    assert memory.url == f"{web.url}/news.xml"
    assert "found there" in memory.why
    # From then on the feed is asked for, and the page no more.
    web.replies["/news.xml"] = Reply(status=304)
    assert wire.document() is None
    assert asked(web) == ["/news.xml"]
    # Until the feed is gone from there.
    web.replies["/"] = html(link.replace("news.xml", "feed.xml"))
    web.replies["/news.xml"] = Reply(status=404)
    web.replies["/feed.xml"] = Reply(b"<rss>new</rss>")
    assert wire.document()
    assert asked(web) == ["/news.xml", "/", "/feed.xml"]


def test_the_usual_places_are_tried_when_a_page_names_none(web: Web) -> None:
    web.replies["/"] = html("<title>Site</title>")
    web.replies["/feed"] = html("<title>A page of that name</title>")
    web.replies["/atom.xml"] = Reply(b'<feed xmlns="http://www.w3.org/2005/Atom"/>')
    found = visitor(web, "/").document()
    assert found
    assert found.url == f"{web.url}/atom.xml"


def test_a_page_without_a_feed_is_an_error_that_says_what_was_tried(web: Web) -> None:
    web.replies["/"] = html("<title>Site</title>")
    with pytest.raises(FetchError, match=r"leads to no feed \(tried .*/feed.*page source") as error:
        visitor(web, "/").visit()
    assert error.value.trouble == "malformed"
    assert len(asked(web)) < 10


def test_headers_go_to_the_sources_own_server_only(web: Web) -> None:
    settings = {"auth": "me:secret", "headers": {"X-Key": "k"}}
    wire = Visitor({"feed": f"{web.url}/f", **settings})
    web.replies["/f"] = Reply(RSS)
    wire.visit()
    assert (web.sent()["authorization"], web.sent()["x-key"]) == ("Basic bWU6c2VjcmV0", "k")
    made = FeedSettings.model_validate({"feed": "https://a.example/f", **settings})
    assert made.request("https://a.example/other").headers
    for other in ("http://a.example/", "https://a.example:444/", "https://b.example/"):
        assert made.request(other).headers == ()
    assert "secret" not in repr(made) + repr(made.request("https://a.example/"))
