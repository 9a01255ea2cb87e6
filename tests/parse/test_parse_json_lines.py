"""JSON lines, as programs print them."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Article, Document
from aggregator.parse.json_lines import parse_json_lines
from aggregator.parse.parsed import Parsed

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def read(body: str | bytes, zone: str = "UTC") -> Parsed:
    raw = body.encode() if isinstance(body, str) else body
    document = Document(name="news", body=raw, media_type="application/jsonl")
    return parse_json_lines(document, ZoneInfo(zone))


def one(item: dict[str, Any], zone: str = "UTC") -> Article:
    parsed = read(json.dumps(item), zone)
    assert parsed.problems == ()
    (article,) = parsed.articles
    return article


def test_the_names_of_json_feed() -> None:
    article = one(
        {
            "id": "urn:x:1",
            "title": " A  title ",
            "url": "https://x.example/1",
            "content_html": "<p>Text</p>",
            "summary": "Short",
            "date_published": "2024-05-06T12:00:00Z",
            "date_modified": "2024-05-06T14:00:00+02:00",
            "authors": [{"name": "Ann"}, {"name": "Bo"}],
            "tags": ["a", "b"],
            "image": "https://x.example/1.png",
            "language": "en",
        }
    )
    assert (article.uid, article.entry_id, article.title) == ("urn:x:1", "urn:x:1", "A title")
    assert (article.url, article.html, article.summary) == (
        "https://x.example/1",
        "<p>Text</p>",
        "Short",
    )
    assert article.published == article.updated == NOON
    assert (article.authors, article.categories) == (("Ann", "Bo"), ("a", "b"))
    assert (article.image, article.language) == ("https://x.example/1.png", "en")


SYNONYMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"link": "https://x.example/1"}, {"url": "https://x.example/1", "uid": "https://x.example/1"}),
    ({"title": "t", "guid": 7}, {"uid": "7"}),
    ({"title": "t", "published": "2024-05-06T12:00:00Z"}, {"published": NOON}),
    ({"title": "t", "date": 1714996800}, {"published": NOON}),
    ({"title": "t", "date": 1714996800000.0}, {"published": NOON}),
    ({"title": "t", "description": "d"}, {"html": "<p>d</p>", "summary": ""}),
    ({"title": "t", "description": "d", "text": "x"}, {"html": "<p>x</p>", "summary": "d"}),
    ({"title": "t", "content": "<p>c</p>"}, {"html": "<p>c</p>"}),
    ({"title": "t", "content": "1 < 2\n\nb"}, {"html": "<p>1 &lt; 2</p>\n<p>b</p>"}),
    ({"title": "t", "body": "c"}, {"html": "<p>c</p>"}),
    ({"title": "t", "author": "Ann"}, {"authors": ("Ann",)}),
    ({"title": "t", "author": {"name": "Ann"}}, {"authors": ("Ann",)}),
    ({"title": "t", "authors": ["Ann", "Bo"]}, {"authors": ("Ann", "Bo")}),
    ({"title": "t", "categories": "a, b"}, {"categories": ("a", "b")}),
    ({"title": "t", "categories": ["a, b"]}, {"categories": ("a, b",)}),
    ({"Title": "t", "URL": "https://x.example/"}, {"title": "t", "url": "https://x.example/"}),
    ({"title": "t", "url": "", "link": "https://x.example/"}, {"url": "https://x.example/"}),
]


@pytest.mark.parametrize(("item", "expected"), SYNONYMS)
def test_other_names_and_forms(item: dict[str, Any], expected: dict[str, Any]) -> None:
    article = one(item)
    assert {name: getattr(article, name) for name in expected} == expected


def test_a_date_without_a_zone_is_in_that_of_the_source() -> None:
    article = one({"title": "t", "date": "2024-05-06 20:00"}, "Asia/Shanghai")
    assert article.published == NOON


def test_a_bad_line_costs_nothing_but_itself() -> None:
    lines = [
        '{"title": "a"}',
        "",
        "oops",
        '["b"]',
        '{"note": 1}',
        '{"title": "c"',
        '{"title": "d"}',
    ]
    parsed = read("\r\n".join(lines))
    assert [article.title for article in parsed.articles] == ["a", "d"]
    assert [problem.partition(" is ")[0].partition(" has ")[0] for problem in parsed.problems] == [
        "line 3:",
        "line 4:",
        "line 5:",
        "line 6:",
    ]
    assert "neither a title nor a text nor an address" in parsed.problems[2]


def test_a_flood_of_bad_lines_is_summed_up() -> None:
    problems = read("no\n" * 1000).problems
    assert len(problems) == 21
    assert problems[-1] == "980 more lines are no articles"


@pytest.mark.parametrize("body", ["", "\n \r\n", "\ufeff"])
def test_nothing_is_nothing(body: str) -> None:
    assert read(body) == Parsed()


def test_nesting_is_bounded() -> None:
    (problem,) = read("[" * 200_000).problems
    assert problem.startswith("line 1: is ")


def test_a_line_separator_ends_no_line() -> None:
    assert one({"title": "a\u2028b"}).title == "a b"
    assert read('{"title": "a\u2028b"}').articles[0].title == "a b"


def test_what_is_not_utf_8() -> None:
    line = '{"title": "Rübezahl und die Zwerge, größer als gewöhnlich"}'
    parsed = read(line.encode("cp1252"))
    assert parsed.articles[0].title == "Rübezahl und die Zwerge, größer als gewöhnlich"
    assert len(parsed.problems) == 1


def test_the_same_line_twice_is_one_article_and_the_same_id_with_another_title_is_two() -> None:
    lines = '{"id": "1", "title": "a"}\n{"id": "1", "title": "a"}\n{"id": "1", "title": "b"}'
    assert [article.title for article in read(lines).articles] == ["a", "b"]


_SCALAR = st.sampled_from(
    [None, True, 0, -1, 1e308, float("nan"), "", "x", "<p>", "\ud800", "2024"]
)
_JSON = _SCALAR | st.lists(_SCALAR, max_size=2) | st.fixed_dictionaries({"name": _SCALAR})
_NAMES = st.sampled_from(
    ["id", "title", "url", "link", "content", "date", "author", "authors", "tags", "image"]
)


@given(st.lists(st.dictionaries(_NAMES, _JSON), max_size=4))
def test_no_object_is_too_odd(items: list[dict[str, Any]]) -> None:
    parsed = read("\n".join(map(json.dumps, items)))
    assert len(parsed.articles) + len(parsed.problems) <= len(items)
    assert all(article.uid for article in parsed.articles)
