"""The page source against a real server, and all the way to the feeds."""

import json
from datetime import timedelta
from typing import Any

import pytest
from place import Place
from visits import Visitor
from web import Reply, Web

from aggregator.errors import FetchError

HTML = [("Content-Type", "text/html; charset=utf-8")]
TOWNS = ("Bregenz", "Lindau", "Konstanz", "Meersburg", "Rorschach", "Arbon", "Friedrichshafen")


def listing(first: int, last: int, more: str = "") -> Reply:
    """A page that lists articles by number, newest first."""
    items = "".join(
        f'<article class="post"><h2><a href="/{n}">{TOWNS[n % 7]} gets its ferry number {n}</a>'
        f'</h2><time datetime="2024-05-{n:02}">May {n}</time><p>What {TOWNS[n % 7]} says of it, '
        f"in a sentence or two that number {n} has for itself.</p></article>"
        for n in range(last, first - 1, -1)
    )
    nav = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("home", "about", "contact"))
    page = (
        f"<!doctype html><html><head><title>News</title></head><body><nav><ul>{nav}</ul></nav>"
        f"<main><h1>News</h1>{items}{more}</main><footer>© 2024</footer></body></html>"
    )
    return Reply(page.encode(), headers=HTML)


def paths(web: Web) -> list[str]:
    """What was asked for but robots.txt, which is then forgotten."""
    asked = [path for path, _ in web.requests if path != "/robots.txt"]
    web.requests.clear()
    return asked


def visit(place: Place, web: Web, **settings: Any) -> Any:
    """Scan a page and publish."""
    place.sources = {"News": {"page": f"{web.url}/news", **settings}}
    return place.once()


def test_a_page_becomes_a_feed_without_a_selector(place: Place, web: Web) -> None:
    web.replies["/news"] = listing(1, 6)
    assert visit(place, web).counts() == {"documents": 1, "new": 6}
    newest = place.feed()["items"][0]
    assert newest["title"] == "Friedrichshafen gets its ferry number 6"
    assert newest["url"] == f"{web.url}/6"
    assert newest["date_published"].startswith("2024-05-06")
    assert visit(place, web).report.status == "unchanged"
    web.replies["/news"] = listing(2, 7)
    assert visit(place, web).counts() == {"documents": 1, "new": 1, "unchanged": 5}


def test_selectors_and_the_pages_that_follow(place: Place, web: Web) -> None:
    more = '<a class="older" href="/news?page=2">Older</a>'
    web.replies["/news"] = listing(5, 8, more)
    web.replies["/news?page=2"] = listing(1, 4, more.replace("=2", "=3"))
    web.replies["/news?page=3"] = listing(9, 9)
    settings = {"items": "article.post", "title": "h2", "link": "a@href", "next": "a.older"}
    done = visit(place, web, **settings, pages=2)
    assert done.counts() == {"documents": 2, "new": 8}
    assert paths(web) == ["/news", "/news?page=2"]
    # Behind a page that is what it was nothing is new.
    visit(place, web, **settings, pages=2)
    assert paths(web) == ["/news"]


def test_a_page_behind_the_first_that_cannot_be_had_costs_only_itself(
    place: Place, web: Web
) -> None:
    web.replies["/news"] = listing(5, 8, '<a class="older" href="/news?page=2">Older</a>')
    web.replies["/news?page=2"] = Reply(status=410)
    done = visit(place, web, items="article.post", next="a.older")
    assert (done.report.status, done.counts()["new"]) == ("ok", 4)
    assert "410" in done.report.errors[0][1]
    assert place.status("News").health == "ok"


def test_an_edit_of_the_selectors_asks_the_server_only_whether_something_changed(
    place: Place, web: Web
) -> None:
    web.replies["/news"] = listing(1, 6)
    web.replies["/news"].headers = [*HTML, ("ETag", '"1"')]
    visit(place, web)
    web.replies["/news"] = Reply(status=304)
    paths(web)
    done = visit(place, web, items="article.post", title="time")
    assert done.counts() == {"documents": 1, "changed": 6}
    assert paths(web) == []  # it has been asked just now
    place.now += timedelta(hours=1)
    done = visit(place, web, items="article.post", title="h2")
    assert done.counts() == {"documents": 1, "changed": 6}
    assert web.sent()["if-none-match"] == '"1"'


def test_a_page_without_items_any_more_is_an_error_and_nothing_new_is_none(
    place: Place, web: Web
) -> None:
    web.replies["/news"] = listing(1, 6)
    visit(place, web, items="article.post")
    web.replies["/news"] = Reply(b"<html><body><div class=card>New look</div></body>", headers=HTML)
    done = visit(place, web, items="article.post")
    assert done.report.status == "error"
    assert "article.post" in done.report.errors[0][1]
    assert place.status("News").health == "selector"
    assert len(place.feed()["items"]) == 6
    web.replies["/news"] = listing(1, 6)
    assert visit(place, web, items="article.post").report.status in ("ok", "unchanged")
    assert place.status("News").health in ("ok", "quiet")


def test_full_text_comes_from_the_pages_of_the_articles(place: Place, web: Web) -> None:
    web.replies["/news"] = listing(1, 3)
    for n in range(1, 4):
        text = "".join(
            f"<p>Paragraph {k} of ferry {n}. It left {TOWNS[k]} in the morning, with {n * k} "
            f"people on board who wanted to see {TOWNS[(n + k) % 7]} from the lake.</p>"
            for k in range(6)
        )
        title = f"{TOWNS[n % 7]} gets its ferry number {n}"
        page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}"
        web.replies[f"/{n}"] = Reply(page.encode(), headers=HTML)
    visit(place, web, full_text=True, items="article.post")
    assert "Paragraph 5 of ferry 3" in place.feed()["items"][0]["content_html"]


def test_robots_txt_is_obeyed(web: Web) -> None:
    web.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /news\n")
    web.replies["/news"] = listing(1, 6)
    with pytest.raises(FetchError, match=r"robots\.txt") as error:
        Visitor({"page": f"{web.url}/news"}).visit()
    assert error.value.trouble == "refused"
    assert paths(web) == []


def test_a_feed_is_no_page(web: Web) -> None:
    web.replies["/news"] = Reply(
        json.dumps({"version": "https://jsonfeed.org/version/1.1"}).encode()
    )
    with pytest.raises(FetchError, match="write feed: in place of page:"):
        Visitor({"page": f"{web.url}/news"}).visit()
