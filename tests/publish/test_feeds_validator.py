"""The W3C's own feed validator finds no error. docs/feeds.md explains what it warns about."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publish_samples import EMPTY, ENTRIES, EVERYTHING, FEED, MEDIA, SITE, UNTITLED, entry
from test_feeds_any_text import ENTRIES as ANY_ENTRIES
from test_feeds_any_text import TEXT

from aggregator.article import Article, Enclosure, Entry, Feed
from aggregator.clean import Recipe, clean
from aggregator.publish import Site, render

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from validate_judges import (  # type: ignore[import-not-found]
    Complaint,
    Judge,
    json_feed,
    unexplained,
    w3c,
)

XML = ("rss.xml", "atom.xml")


@pytest.fixture(scope="module")
def validator() -> Iterator[Judge]:
    with w3c() as judge:
        if judge is None:
            pytest.skip(
                "FEEDVALIDATOR does not name the src folder of github.com/w3c/feedvalidator"
            )
        yield judge


def complaints(judges: Mapping[str, Judge], feed: Feed, site: Site = SITE) -> list[Complaint]:
    files = render(feed, site)
    home = "https://feeds.example.org/" + (f"{feed.slug}/" if feed.slug else "")
    return [one for name, judge in judges.items() for one in judge(home + name, files[name])]


def unheard(article: Article) -> Article:
    files = tuple(replace(file, duration=None) for file in article.enclosures)
    return replace(article, enclosures=files)


FULL = replace(FEED, slug="full", entries=(*ENTRIES[:4], UNTITLED))
# How long a file plays stands in a tag of podcasts, and their feeds must say more of themselves.
SILENT = replace(FULL, entries=tuple(replace(e, article=unheard(e.article)) for e in FULL.entries))
OWN_ICON = replace(SITE, icon="https://example.org/our.jpg?v=1", ttl=15)


@pytest.mark.parametrize("site", [SITE, OWN_ICON], ids=["usual", "own icon"])
def test_complete_entries_in_a_known_language_are_perfect(validator: Judge, site: Site) -> None:
    assert complaints(dict.fromkeys(XML, validator), SILENT, site) == []


@pytest.mark.parametrize("feed", [EVERYTHING, FULL, EMPTY, MEDIA], ids=lambda feed: feed.slug)
def test_poor_entries_and_podcasts_are_valid(validator: Judge, feed: Feed) -> None:
    assert unexplained(complaints(dict.fromkeys(XML, validator), feed)) == []


def naughty(corpus: Path) -> Feed:
    strings = json.loads((corpus / "security" / "blns" / "blns.json").read_text("utf-8"))
    articles = (
        Article(
            uid=text,
            title=text,
            authors=(text,),
            categories=(text,),
            summary=text,
            html="<p>Sanitised</p>",
            url=f"https://example.org/{text}",
            image=f"https://example.org/{text}",
            language=text,
            enclosures=(Enclosure(url=f"https://example.org/{text}", media_type=text),),
        )
        for text in strings
    )
    entries = tuple(entry(number, article) for number, article in enumerate(articles))
    return replace(FULL, entries=entries)


def test_naughty_strings_are_valid(validator: Judge, corpus: Path) -> None:
    assert unexplained(complaints(dict.fromkeys(XML, validator), naughty(corpus))) == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
)
@given(st.lists(ANY_ENTRIES, max_size=3), TEXT)
def test_generated_articles_are_valid(validator: Judge, entries: list[Entry], title: str) -> None:
    """Whatever comes in, once it was cleaned as everything is."""
    cleaned = tuple(
        entry(number, clean(made.article, Recipe()), source=made.source)
        for number, made in enumerate(entries)
    )
    feed = replace(FULL, title=title, description=title, language=title, entries=cleaned)
    judges = dict.fromkeys(XML, validator) | {"feed.json": json_feed}
    assert unexplained(complaints(judges, feed)) == []
