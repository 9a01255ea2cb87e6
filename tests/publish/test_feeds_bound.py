"""No feed becomes larger than it may, whatever its articles hold, and none is cut in silence."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from publish_samples import ENGLISH, FEED, SITE, entry
from test_feeds_any_text import ARTICLES, TEXT

from aggregator.article import Article, Feed
from aggregator.publish import applied, fit, may_exceed, render

MOST = 12_000


def bounded(feed: Feed, most: int) -> tuple[Feed, int]:
    cut = fit(feed, SITE, most)
    return applied(feed, cut, SITE), len(cut.short)


def largest(feed: Feed) -> int:
    return max(len(data) for name, data in render(feed, SITE).items() if name != "index.html")


@given(st.lists(ARTICLES, min_size=2, max_size=5), TEXT, st.integers(1, 2_000))
@settings(max_examples=60, deadline=None)
def test_files_stay_within_the_bound(articles: list[Article], text: str, times: int) -> None:
    long = [replace(one, html=f"<p>{one.html}{text * times}</p>") for one in articles]
    entries = tuple(entry(number, article) for number, article in enumerate(long))
    whole = replace(FEED, slug="", entries=entries)
    feed, cut = bounded(whole, MOST)
    assert may_exceed(whole, MOST) or largest(whole) <= MOST
    if len(feed.entries) > 1:
        assert largest(feed) <= MOST
    assert [one.id for one in feed.entries] == [one.id for one in entries[: len(feed.entries)]]
    assert cut >= sum(a is not b for a, b in zip(feed.entries, entries, strict=False))


def test_what_fits_is_left_alone() -> None:
    assert bounded(FEED, 512_000) == (FEED, 0)


def test_the_oldest_are_shortened_first_and_say_so_in_their_language() -> None:
    long = replace(ENGLISH.article, html="<p>" + "Word. " * 1_000 + "</p>", summary="Short & good.")
    chinese = replace(long, language="zh-CN", summary="")
    feed = Feed(slug="", id="urn:x", title="X", entries=(entry(1, long), entry(2, chinese)))
    shortened, cut = bounded(feed, 9_000)
    assert cut == 1
    assert shortened.entries[0] is feed.entries[0]
    assert shortened.entries[1].article.html.endswith(">阅读全文</a></p>")
    both, cut = bounded(feed, 4_500)
    assert cut == 2
    assert both.entries[0].article.html.startswith("<p>Short &amp; good.</p><p><a href=")
    assert [one.id for one in bounded(feed, 10)[0].entries] == [feed.entries[0].id]
