"""What a page says about its article fills gaps, and replaces nothing."""

from datetime import UTC, datetime

import pytest
from extract_samples import ADDRESS, ENGLISH, article, page, paragraphs

from aggregator.extract import complete

MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def filled(head: str, before: str = "", **known: object) -> object:
    return complete(article(**known), page(before + paragraphs(ENGLISH), head=head), ADDRESS)


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


GAPS = {
    "JSON-LD": (
        ld("""{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ice",
        "author": [{"@type": "Person", "name": "Ida Holm"}, {"name": "Ole Ness"}],
        "datePublished": "2026-11-23T08:30:00+01:00", "image": {"url": "/ice.jpg"}}"""),
        {
            "authors": ("Ida Holm", "Ole Ness"),
            "published": MORNING,
            "image": "https://paper.example.org/ice.jpg",
        },
    ),
    "JSON-LD in a graph": (
        ld("""{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["BlogPosting"],
        "author": "By Ida Holm", "datePublished": "2026-11-23T07:30:00Z"}]}"""),
        {"authors": ("Ida Holm",), "published": MORNING},
    ),
    "Open Graph": (
        '<meta property="article:published_time" content="2026-11-23T07:30:00Z">'
        '<meta property="og:image" content="https://img.example.org/1.jpg">'
        '<meta property="article:author" content="https://facebook.com/ida">'
        '<meta name="author" content="Ida Holm">',
        {"published": MORNING, "image": "https://img.example.org/1.jpg"},
    ),
    "meta": (
        '<meta name="author" content="记者：林一"><meta name="date" content="2026-11-23">',
        {"authors": ("林一",), "published": datetime(2026, 11, 23, tzinfo=UTC)},
    ),
    "a mail's date": (
        '<meta name="pubdate" content="Mon, 23 Nov 2026 08:30:00 +0100">',
        {"published": MORNING},
    ),
    "language": ("", {"language": "en"}),
}


@pytest.mark.parametrize(("head", "wanted"), GAPS.values(), ids=GAPS)
def test_gaps_are_filled(head: str, wanted: dict[str, object]) -> None:
    after = filled(head)
    assert {name: getattr(after, name) for name in wanted} == wanted
    assert after.trail[1].name == "page metadata"
    assert set(wanted) <= set(after.trail[1].detail.split(", "))


def test_a_time_element_dates_the_article() -> None:
    after = filled("", '<time datetime="2026-11-23T07:30:00Z">this morning</time>')
    assert after.published == MORNING


def test_nothing_that_the_feed_said_is_replaced() -> None:
    known = {
        "authors": ("The desk",),
        "published": datetime(2026, 11, 22, tzinfo=UTC),
        "image": "https://paper.example.org/other.jpg",
        "language": "nb",
        "url": "https://paper.example.org/short",
    }
    after = filled(
        ld("""{"@type": "NewsArticle", "author": "Ida Holm", "image": "/ice.jpg",
        "datePublished": "2026-11-23T08:30:00+01:00"}""")
        + '<link rel="canonical" href="/2026/11/harbour.html">',
        **known,
    )
    assert {name: getattr(after, name) for name in known} == known
    assert after.title == "Ice closes harbour"
    assert [step.name for step in after.trail] == ["full text"]


CANONICAL = {
    "same site": ("https://www.paper.example.org/ice", "https://www.paper.example.org/ice"),
    "relative": ("/ice", "https://paper.example.org/ice"),
    "another site": ("https://agency.example.com/ice", None),
    "the front page": ("https://paper.example.org/", None),
    "no address": ("javascript:x", None),
    "broken": ("https://[", None),
}


@pytest.mark.parametrize(("said", "wanted"), CANONICAL.values(), ids=CANONICAL)
def test_the_canonical_address_counts_on_its_own_site(said: str, wanted: str | None) -> None:
    assert filled(f'<link rel="canonical" href="{said}">').url == wanted


@pytest.mark.parametrize(
    "head",
    [
        ld("{"),
        ld("[" * 50_000),
        ld("null"),
        ld('{"@type": "Article", "author": {"name": {"name": ["x"]}}, "datePublished": 7}'),
        ld('{"@type": 5, "@graph": {"@graph": {"@graph": []}}}'),
        '<meta name="date" content="0001-01-01T00:00:00Z">',
        '<meta name="date" content="soon"><meta name="author" content="">',
        '<meta name="date" content="Thu, 99 Foo 2026 99:99:99 +9999">',
        '<meta name="author" content="' + "x" * 5_000 + '">',
        '<meta property="og:image" content="http://[x">',
    ],
)
def test_rubbish_fills_nothing(head: str) -> None:
    after = filled(head, language="en")
    assert (after.authors, after.published, after.image) == ((), None, None)


def test_a_wall_fills_nothing() -> None:
    wall = page(
        "<p>Please verify you are not a robot.</p>", head='<meta name="author" content="x">'
    )
    assert complete(article(), wall, ADDRESS).authors == ()
