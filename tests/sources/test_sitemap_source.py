"""The sitemap source against a real server, and all the way to the feeds."""

import gzip
from typing import Any

from place import Place
from web import Reply, Web

HTML = [("Content-Type", "text/html; charset=utf-8")]


def sitemap(web: Web, *pages: tuple[int, str]) -> Reply:
    """A sitemap of pages by number and the day in May 2024 when they were changed last."""
    urls = "".join(
        f"<url><loc>{web.url}/{n}</loc><lastmod>2024-05-{day}</lastmod></url>" for n, day in pages
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Reply(f'<?xml version="1.0"?><urlset xmlns="{space}">{urls}</urlset>'.encode())


def index(web: Web, **maps: str) -> Reply:
    """An index of sitemaps, with the days when they were changed last."""
    inside = "".join(
        f"<sitemap><loc>{web.url}/{name}.xml</loc>"
        + (f"<lastmod>2024-05-{day}</lastmod>" if day else "")
        + "</sitemap>"
        for name, day in maps.items()
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Reply(f'<sitemapindex xmlns="{space}">{inside}</sitemapindex>'.encode())


def page(number: int, words: str = "") -> Reply:
    """An article."""
    text = "".join(f"<p>Part {k} of story {number}{words}: {'lake ' * 40}</p>" for k in range(5))
    title = f"Story number {number}"
    return Reply(
        f"<html><head><title>{title} | Site</title><meta property=og:title content='{title}'>"
        f"</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode(),
        headers=HTML,
    )


def paths(web: Web) -> list[str]:
    """What was asked for but robots.txt, which is then forgotten."""
    asked = [path for path, _ in web.requests if path != "/robots.txt"]
    web.requests.clear()
    return asked


def visit(place: Place, web: Web, **settings: Any) -> Any:
    """Scan a sitemap and publish."""
    place.sources = {"Site": {"sitemap": f"{web.url}/map.xml", **settings}}
    return place.once()


def test_the_newest_pages_first_and_then_what_is_new(place: Place, web: Web) -> None:
    for n in range(1, 8):
        web.replies[f"/{n}"] = page(n)
    old = [(n, f"{n + 10}") for n in range(1, 6)]
    web.replies["/map.xml"] = sitemap(web, *old)
    done = visit(place, web, limit=3)
    assert (done.counts(), done.report.errors) == ({"documents": 1, "new": 3}, [])
    assert sorted(paths(web)) == ["/3", "/4", "/5", "/map.xml"]
    assert set(place.titles()) == {f"Story number {n}" for n in (3, 4, 5)}
    item = next(one for one in place.feed()["items"] if one["url"].endswith("/5"))
    assert "Part 4 of story 5" in item["content_html"]
    # What is as it was is not asked for again; what changed and what is new is.
    web.replies["/4"] = page(4, " anew")
    web.replies["/map.xml"] = sitemap(web, (6, "28"), *old[:3], (4, "27"), old[4])
    assert visit(place, web, limit=3).counts() == {"documents": 1, "new": 1, "changed": 1}
    assert sorted(paths(web)) == ["/4", "/6", "/map.xml"]
    visit(place, web, limit=3)
    assert paths(web) == ["/map.xml"]


def test_a_page_that_cannot_be_had_is_tried_again_and_never_shown_bare(
    place: Place, web: Web
) -> None:
    web.replies["/map.xml"] = sitemap(web, (1, "11"), (2, "12"))
    web.replies["/map.xml"].headers = [("ETag", '"1"')]
    web.replies["/1"] = page(1)
    web.replies["/2"] = Reply(status=503)
    assert visit(place, web).counts() == {"documents": 1, "new": 1}
    web.replies["/map.xml"] = Reply(status=304)
    web.replies["/2"] = page(2)
    place.now = place.now.replace(day=3)
    paths(web)
    assert visit(place, web).counts() == {"documents": 1, "new": 1}
    assert set(place.titles()) == {"Story number 1", "Story number 2"}
    assert paths(web) == ["/map.xml", "/2"]


def test_a_page_that_is_gone_is_left_out_and_says_why(place: Place, web: Web) -> None:
    web.replies["/map.xml"] = sitemap(web, (1, "11"), (2, "12"))
    web.replies["/1"] = page(1)
    done = visit(place, web)
    assert done.counts() == {"documents": 1, "new": 1, "dropped": 1}
    assert place.titles() == ["Story number 1"]


def test_an_index_gzip_and_the_archive_that_is_no_news(place: Place, web: Web) -> None:
    maps = {name: f"{20 - k}" for k, name in enumerate(("a", "b", "c", "old"))}
    web.replies["/map.xml"] = index(web, **maps)
    for number, name in enumerate(maps, 1):
        one = sitemap(web, (number, maps[name]))
        web.replies[f"/{name}.xml"] = Reply(gzip.compress(one.body))
        web.replies[f"/{number}"] = page(number)
    assert visit(place, web).counts() == {"documents": 3, "new": 3}
    assert "/old.xml" not in paths(web)
    # One that changed is read, and of it what is new; the others are not asked for.
    web.replies["/map.xml"] = index(web, **maps | {"old": "29"})
    web.replies["/old.xml"] = sitemap(web, (4, "16"), (5, "29"))
    web.replies["/5"] = page(5)
    assert visit(place, web).counts() == {"documents": 1, "new": 1}
    assert paths(web) == ["/map.xml", "/old.xml", "/5"]


def test_a_sitemap_that_cannot_be_read_costs_only_itself(place: Place, web: Web) -> None:
    web.replies["/map.xml"] = index(web, a="", b="")
    web.replies["/a.xml"] = sitemap(web, (1, "11"))
    web.replies["/1"] = page(1)
    done = visit(place, web)
    assert (done.report.status, done.counts()["new"]) == ("ok", 1)
    ((_, error),) = done.report.errors
    assert "/b.xml" in error
    assert "404" in error


def test_an_archive_in_undated_sitemaps_is_no_news_either(place: Place, web: Web) -> None:
    place.now = place.now.replace(month=5, day=30)
    names = [f"m{k}" for k in range(30)]
    web.replies["/map.xml"] = index(web, **dict.fromkeys(names, ""))
    for number, name in enumerate(names):
        web.replies[f"/{name}.xml"] = sitemap(web, (number, "11"))
        web.replies[f"/{number}"] = page(number)
    assert visit(place, web).counts() == {"documents": 3, "new": 3}
    paths(web)
    # Which of them changed nobody says: they are read in turn.
    assert visit(place, web).counts() == {}
    assert paths(web) == ["/map.xml", *(f"/{name}.xml" for name in names[3:23])]
    web.replies["/m29.xml"] = sitemap(web, (29, "11"), (99, "30"))
    web.replies["/99"] = page(99)
    place.now = place.now.replace(day=31)
    assert visit(place, web).counts() == {"documents": 1, "new": 1}
    others = [*names[23:], *names[:13]]
    assert paths(web) == ["/map.xml", *(f"/{name}.xml" for name in others), "/99"]
