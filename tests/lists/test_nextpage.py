import time

import pytest

from aggregator.lists.nextpage import next_page

AT = "https://news.example/list/?page=2"


@pytest.mark.parametrize(
    ("html", "selector", "expected"),
    [
        ('<a class="next" href="?page=3">More</a>', "a.next", "https://news.example/list/?page=3"),
        ('<a class="next" href="?page=3#top">', "a.next@href", "https://news.example/list/?page=3"),
        (
            '<button data-url="/list/3">',
            "button[data-url] @data-url",
            "https://news.example/list/3",
        ),
        ('<link rel="next" href="//cdn.example/3">', "link[rel=next]", "https://cdn.example/3"),
        (
            '<base href="/archive/"><a class="n" href="3.html">',
            "a.n",
            "https://news.example/archive/3.html",
        ),
        ('<a href="one"><a href="two">', "a", "https://news.example/list/one"),
        ('<a class="next" href="?page=2">itself</a>', "a.next", None),
        ('<a class="next" href="#more">itself</a>', "a.next", None),
        ('<a class="next">no address</a>', "a.next", None),
        ('<a class="next" href="javascript:more()">', "a.next", None),
        ('<a class="next" href="http://[">', "a.next", None),
        ('<base href="http://["><a class="n" href="3">', "a.n", "https://news.example/list/3"),
        ("<p>the last page</p>", "a.next", None),
        ("", "a.next", None),
        ('<a href="x">', "a[", None),
        ('<a href="x">', "", None),
    ],
)
def test_the_next_page_is_where_the_selector_says(
    html: str, selector: str, expected: str | None
) -> None:
    assert next_page(html, AT, selector) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "<a class=next href=/3>",
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
        "<a href=/1>" * 50_000,
    ],
)
def test_a_hostile_page_takes_no_time(html: str) -> None:
    begin = time.process_time()
    next_page(html, AT, "a.next")
    assert time.process_time() - begin < 5
