"""The W3C's own feed validator finds no error. docs/feeds.md explains what it warns about."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from publish_samples import EMPTY, ENTRIES, EVERYTHING, FEED, MEDIA, SITE, UNTITLED, entry

from aggregator.article import Article, Enclosure, Feed
from aggregator.publish import render

# Runs in the validator's own interpreter, whose libraries are no part of this project.
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
from feedvalidator.logging import Success
base, data = sys.argv[2], sys.stdin.buffer.read()
events = feedvalidator.validateString(data, firstOccurrenceOnly=0, base=base)["loggedEvents"]
found = [[kind.__name__ for kind in type(event).__mro__] for event in events]
print(json.dumps([kinds for kinds in found if "Success" not in kinds]))
"""
DOCS = Path(__file__).resolve().parents[2] / "docs" / "feeds.md"


@pytest.fixture(scope="module")
def validator() -> str:
    folder = os.environ.get("FEEDVALIDATOR")
    if not folder:
        pytest.skip("FEEDVALIDATOR does not name the src folder of github.com/w3c/feedvalidator")
    return folder


def complaints(validator: str, base: str, data: bytes) -> list[list[str]]:
    """Return each complaint as the names of its kinds, the most special first."""
    python = os.environ.get("FEEDVALIDATOR_PYTHON", sys.executable)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PROGRAM, validator, base],
        input=data,
        capture_output=True,
        check=True,
    )
    result: list[list[str]] = json.loads(done.stdout)
    return result


def explained() -> set[str]:
    """Return the warnings in the last table of docs/feeds.md, where each has its reason."""
    rows = DOCS.read_text("utf-8").rpartition("| warning |")[2].splitlines()
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.partition(" | ")[0])}


def unexplained(found: list[list[str]]) -> list[list[str]]:
    return [kinds for kinds in found if "Error" in kinds or kinds[0] not in explained()]


def address(feed: Feed, name: str) -> str:
    return f"https://feeds.example.org/{feed.slug}/{name}".replace("org//", "org/")


def unheard(article: Article) -> Article:
    files = tuple(replace(file, duration=None) for file in article.enclosures)
    return replace(article, enclosures=files)


FULL = replace(FEED, slug="full", entries=(*ENTRIES[:4], UNTITLED))
# How long a file plays stands in a tag of podcasts, and their feeds must say more of themselves.
SILENT = replace(FULL, entries=tuple(replace(e, article=unheard(e.article)) for e in FULL.entries))


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_complete_entries_in_a_known_language_are_perfect(validator: str, name: str) -> None:
    assert complaints(validator, address(SILENT, name), render(SILENT, SITE)[name]) == []


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
@pytest.mark.parametrize("feed", [EVERYTHING, FULL, EMPTY, MEDIA], ids=lambda feed: feed.slug)
def test_poor_entries_and_podcasts_are_valid(validator: str, feed: Feed, name: str) -> None:
    found = complaints(validator, address(feed, name), render(feed, SITE)[name])
    assert unexplained(found) == []


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_naughty_strings_are_valid(validator: str, name: str, corpus: Path) -> None:
    strings = json.loads((corpus / "security" / "blns" / "blns.json").read_text("utf-8"))
    entries = tuple(
        entry(
            number,
            Article(
                uid=text,
                title=text,
                authors=(text,),
                categories=(text,),
                summary=text,
                html="<p>Sanitised</p>",
                url=f"https://example.org/{text}",
                image=f"https://example.org/{text}",
                enclosures=(Enclosure(url=f"https://example.org/{text}", media_type=text),),
            ),
        )
        for number, text in enumerate(strings)
    )
    feed = replace(FULL, entries=entries)
    found = complaints(validator, address(feed, name), render(feed, SITE)[name])
    assert unexplained(found) == []
