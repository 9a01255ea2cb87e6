"""Pages that want to hang, crash or mislead."""

import time
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.listing import Listing, Selectors, read_listing

AT = "https://hostile.example/"


def link(n: int) -> str:
    return f'<a href="/2024/06/01/some-words-of-{n}">Some words of a title that is {n}</a>'


def read(html: str, selectors: Selectors | None = None) -> Listing | None:
    document = Document(name=AT, url=AT, body=html.encode("utf-8", "replace"))
    try:
        return read_listing(document, selectors or Selectors(), UTC)
    except ParseError:
        return None


HOSTILE = {
    "siblings": "<ul>" + "".join(f"<li>{link(n)}</li>" for n in range(100_000)) + "</ul>",
    "depth": "<div>" * 10_000 + link(1) + "</div>" * 10_000,
    "links in depth": "".join(f"<div>{link(n)}" for n in range(5_000)),
    "kinds": "".join(f"<x{n}>{link(n)}</x{n}>" * 3 for n in range(2_000)),
    "headings": "".join(f"<h2 id=a{n}>1.{n} (2024-06-01)</h2>" for n in range(20_000)),
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    "one word": "<p>" + "1" * 2_000_000,
    "json": '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + link(1),
    "brackets": "<" * 100_000,
    "addresses": "".join(f'<li><a href="http://[{n}">Title {n}</a>' for n in range(2_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_bounded(name: str) -> None:
    begin = time.process_time()
    read(HOSTILE[name])
    # At most 1.7 s where the others were measured, on a machine that had nothing else to do.
    assert time.process_time() - begin < 10


def test_a_usual_page_is_read_in_an_instant() -> None:
    story = "<article><h2>{}</h2><p>{}</p><time datetime=2024-06-01>June</time></article>"
    articles = "".join(story.format(link(n), "words of it " * 66) for n in range(300))
    page = f"<main>{articles}</main>"
    assert len(page) > 280_000
    begin = time.process_time()
    listing = read(page)
    assert listing is not None
    assert len(listing.articles) == 300
    # 0.1 s where it was measured; the machine may be busy.
    assert time.process_time() - begin < 4


_PIECES = st.sampled_from(
    [
        *("<ul>", "</ul>", "<li>", "</li>", "<div class='a b'>", "</div>", "<h2 id=x>", "</h2>"),
        *(
            "<a href='/some-words-of-1'>",
            "<a href='http://['>",
            "</a>",
            "<img src=x alt=y>",
            "<tr>",
        ),
        *(
            "<tr>",
            "<td>",
            "<table>",
            "<time datetime=2024-06-01>",
            "</time>",
            "June 1, 2024",
            "<body>",
        ),
        *("<html>", "<base href='http://['>", "<dl>", "<dt>", "<dd>", "text of some words", "\0"),
        *('<script type=\'application/ld+json\'>{"@type":"Article","url":[{}]}</script>', "<!--"),
        *("<article itemprop=headline class='p-name'>", "<template>", "<svg>", "&#1;", "é漢"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_no_soup_raises_anything_but_a_parse_error(html: str) -> None:
    for selectors in (Selectors(), Selectors(items="li, h2, div", title="@class", link="a")):
        listing = read(html, selectors)
        if listing is not None:
            assert 0 <= listing.confidence <= 1
            assert listing.articles
            assert all(a.title and a.url and a.url.startswith("http") for a in listing.articles)
            assert len({a.uid for a in listing.articles}) == len(listing.articles)


def test_binary_data_is_no_page() -> None:
    with pytest.raises(ParseError, match="binary"):
        read_listing(Document(name=AT, body=b"\x89PNG\0\0\0\x01" * 50), Selectors(), UTC)


def test_a_page_in_another_character_set_is_read() -> None:
    rows = "".join(
        f'<li><span>2024-06-0{n}</span><a href="/a/2024{n}.html">统计局发布消费价格数据{n}</a></li>'
        for n in range(1, 8)
    )
    body = f'<meta charset="gb2312"><ul class="l">{rows}</ul>'.encode("gb18030")
    listing = read_listing(Document(name=AT, url=AT, body=body), Selectors(), UTC)
    assert listing.articles[0].title == "统计局发布消费价格数据1"
