"""Articles by the operator's selectors."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.listing import Listing, Selectors, read_listing

PAGE = """<html lang="en-GB"><head><base href="/news/"></head><body>
<ul><li><a href="/about">About us and what we do all day</a></li></ul>
<div class="box" data-id="7" data-when="2024-05-01T08:00:00+02:00">
 <b class="hd">First of the two stories</b> <i>1/2/2024</i> <a class="go" href="one">go</a>
 <a href="/tag/x">x</a> <img class="px" src="/spacer.gif" width="1">
 <img data-src="/1.jpg" src="data:,">
 <div class="text"><p>A paragraph that <em>says</em> something of it.</p>
 <p>And more.</p></div></div>
<div class="box" data-id="8" data-when="yesterday">
 <b class="hd">Second of the two stories</b> <i>3 hours ago</i> <a class="go" href="two">go</a>
 <div class="text"><p>Another paragraph that says something.</p></div></div>
<div class="box empty"></div></body></html>"""
AT = "https://www.news.example/list"


def read(selectors: Selectors, page: str = PAGE, zone: str = "UTC") -> Listing:
    document = Document(name=AT, url=AT, body=page.encode(), media_type="text/html")
    return read_listing(document, selectors, ZoneInfo(zone))


def test_items_alone_are_enough() -> None:
    listing = read(Selectors(items="div.box"), zone="Europe/London")
    first, second = listing.articles
    assert (first.uid, first.url) == ("https://www.news.example/news/one",) * 2
    assert first.title == "First of the two stories"
    assert first.published == datetime(2024, 2, 1, tzinfo=UTC)  # British: the day comes first
    assert first.image == "https://www.news.example/1.jpg"
    assert first.html == "<p>A paragraph that says something of it.</p>"
    assert (first.language, first.base) == ("en-GB", "https://www.news.example/news/")
    assert second.published is None  # "3 hours ago" dates nothing
    assert listing.confidence == 1.0
    assert listing.how == "2 × div.box"


def test_every_part_has_its_selector() -> None:
    selectors = Selectors(
        items=".box",
        title=".hd",
        link="a.go@href",
        date="@data-when",
        summary="p:nth-of-type(2)",
        image="img.px",
        content=".text",
    )
    first, second = read(selectors).articles
    assert first.published == datetime(2024, 5, 1, 6, tzinfo=UTC)
    assert first.html.startswith("<p>A paragraph that <em>says</em>")
    assert first.summary == "And more."
    assert first.image == "https://www.news.example/1.jpg"  # the chosen one is a placeholder
    assert first.problems == ()
    assert (second.title, second.published) == ("Second of the two stories", None)


def test_what_one_item_lacks_is_found_as_elsewhere() -> None:
    first, second = read(Selectors(items=".box", title='[data-id="7"] .hd')).articles
    assert first.title == "First of the two stories"
    assert second.title == "Second of the two stories"
    assert second.problems == ()


def test_a_selector_that_matches_nowhere_is_told_and_costs_nothing() -> None:
    first, _ = read(Selectors(items=".box", date="time@datetime")).articles
    assert first.problems == ("date: 'time@datetime' matches nothing.",)
    assert first.published is not None


def test_an_item_in_an_item_is_one() -> None:
    page = '<div class="i"><div class="i"><a href="/a">A title of some words</a></div></div>'
    assert len(read(Selectors(items=".i"), page).articles) == 1


def test_an_item_may_be_the_link_itself_and_a_row_of_a_table() -> None:
    page = '<table><tr><td><a href="/a">A title of some words</a><td>2024-06-01</table>'
    assert read(Selectors(items="a"), page).articles[0].url == "https://www.news.example/a"
    (article,) = read(Selectors(items="tr", date="td:nth-child(2)"), page).articles
    assert article.published == datetime(2024, 6, 1, tzinfo=UTC)


def test_parts_may_be_chosen_of_items_that_are_found() -> None:
    rows = "".join(
        f'<li><h3><a href="/2024/a-title-of-words-{n}">A title of some words, {n}</a></h3>'
        f'<p class="k">Kicker {n}</p><time datetime="2024-06-0{n}">June</time></li>'
        for n in range(1, 7)
    )
    listing = read(Selectors(summary=".k"), f"<main><ul>{rows}</ul></main>")
    assert [a.html for a in listing.articles[:2]] == ["<p>Kicker 1</p>", "<p>Kicker 2</p>"]
    assert listing.confidence < 1


@pytest.mark.parametrize(
    ("selectors", "said"),
    [
        (Selectors(items=".gone"), "items: '.gone' matches nothing"),
        (Selectors(items=".empty", title="h9"), r"none of the 1 items .*'.empty', title: 'h9'"),
        (Selectors(items="div["), "is no CSS selector"),
        (Selectors(items="div:has-no(x)"), "is no CSS selector"),
    ],
)
def test_a_page_that_changed_names_the_selector(selectors: Selectors, said: str) -> None:
    with pytest.raises(ParseError, match=said) as caught:
        read(selectors)
    assert caught.value.trouble == "selector"
    assert str(caught.value).startswith(AT)


def test_the_same_address_counts_once() -> None:
    page = '<p><a href="/a">A title of some words</a></p><p><a href="/a#x">The same</a></p>'
    assert [a.title for a in read(Selectors(items="p"), page).articles] == ["A title of some words"]
