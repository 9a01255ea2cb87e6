"""Real feeds against feedparser, and gofeed's test cases."""

import importlib.util
import io
from pathlib import Path

import feedparser
import pytest

from aggregator.article import Document
from aggregator.parse.feed import parse_feed

ROOT = Path(__file__).resolve().parents[2]

# Two entries stand twice in it, word for word.
REPEATS = {"72d1083fa3130282.xml": 2}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_captured_feed_gives_less_than_feedparser_finds(corpus) -> None:
    lost = []
    for file in sorted((corpus / "feeds" / "captured").glob("*.xml")):
        body = file.read_bytes()
        ours = parse_feed(Document(name=file.name, body=body, url="https://example.org/f")).articles
        theirs = feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
        ).entries
        if len(ours) < len(theirs) - REPEATS.get(file.name, 0):
            lost.append(f"{file.name}: {len(ours)} of {len(theirs)} entries")
        if len(ours) != len(theirs):
            continue
        for article, entry in zip(ours, theirs, strict=True):
            pairs = {
                "title": (article.title, entry.get("title")),
                "link": (article.url, entry.get("link")),
                "content": (article.html, entry.get("content") or entry.get("summary")),
                "author": (article.authors, entry.get("author")),
                "category": (article.categories, entry.get("tags")),
                "enclosure": (article.enclosures, entry.get("enclosures")),
            }
            lost += [
                f"{file.name}: {name} {their!r}"
                for name, (our, their) in pairs.items()
                if their and not our
            ]
    assert lost == []


def test_gofeeds_cases_agree_or_differ_for_a_reason(corpus) -> None:
    path = ROOT / "benchmarks" / "gofeed_table.py"
    spec = importlib.util.spec_from_file_location("gofeed_table", path)
    assert spec
    assert spec.loader
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    comparisons = benchmark.compare(corpus / "feeds" / "gofeed")
    differing = [comparison for comparison in comparisons if not comparison.agrees]
    assert [c for c in differing if benchmark.reason(c) == "unexplained"] == []
    assert len(comparisons) >= 1425
    assert len(differing) <= 37
