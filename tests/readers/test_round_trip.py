"""Every field that a format can carry comes back by each parser, or the documentation says why."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parsers import (
    FASTFEEDPARSER,
    FASTFEEDPARSER_JSON,
    FEEDPARSER,
    FEEDSMITH,
    NODE,
    Found,
    Parse,
    by_fastfeedparser,
    by_feedparser,
    feedsmith,
    found_by,
)

from aggregator.article import Article, Companion, Enclosure, Entry, Episode, Feed, Origin
from aggregator.publish import Site, link, render, slug

DOCS = Path(__file__).resolve().parents[2] / "docs" / "feeds.md"
SITE = Site("Papers", "https://feeds.example.org/")
FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
XML = ("rss", "atom")

# What goes in, by the name that the field has in the documentation.
GIVEN: Mapping[str, Callable[[Entry], Any]] = {
    "id": lambda e: e.id,
    "address": lambda e: link(e, SITE),
    "title": lambda e: e.article.title,
    "summary": lambda e: e.article.summary,
    "whole text": lambda e: e.article.html,
    "published": lambda e: e.published,
    "updated": lambda e: e.updated,
    "authors": lambda e: list(e.article.authors),
    "categories": lambda e: list(e.article.categories),
    "lead image": lambda e: e.article.image,
    "first media file": lambda e: [
        getattr(e.article.enclosures[0], name) for name in ("url", "media_type", "length")
    ],
    "its title": lambda e: e.article.enclosures[0].title,
    "how long it plays": lambda e: e.article.enclosures[0].duration,
    "further media file": lambda e: e.article.enclosures[-1].url,
    "how long that plays": lambda e: e.article.enclosures[-1].duration,
    "width and height": lambda e: [
        e.article.enclosures[-1].width,
        e.article.enclosures[-1].height,
    ],
    "number, season, kind": lambda e: [episode(e).number, episode(e).season, episode(e).kind],
    "explicit": lambda e: episode(e).explicit,
    "cover": lambda e: episode(e).image,
    "chapters": lambda e: episode(e).chapters.url,  # type: ignore[union-attr]
    "transcripts": lambda e: episode(e).transcripts[0].url,
    "language": lambda e: e.article.language,
    "origin": lambda e: e.article.origin and e.article.origin.title,
}

_PODCAST = ("number, season, kind", "explicit", "cover", "chapters", "transcripts")
# What a format has no place for.
UNCARRIED = {
    "rss": ("its title",),
    "atom": (),
    "json": ("width and height", "origin", *_PODCAST),
}


@dataclass(frozen=True)
class Loss:
    """Fields that these formats carry and a parser does not tell, and why."""

    parser: str
    formats: tuple[str, ...]
    fields: tuple[str, ...]
    why: str

    def row(self) -> str:
        """Return the row of the documentation."""
        formats = ", ".join({"rss": "RSS", "atom": "Atom", "json": "JSON"}[f] for f in self.formats)
        return f"| {self.parser} | {formats} | {'; '.join(self.fields)} | {self.why} |"


_PODCAST_NAMESPACE = ("chapters", "transcripts")
LOST = (
    Loss("feedparser", XML, ("explicit",), "understands `yes` only, which Apple has replaced"),
    Loss("feedparser", XML, _PODCAST_NAMESPACE, "does not know the Podcast namespace"),
    Loss("feedparser", ("rss",), ("language",), "tells the feed's only"),
    Loss("fastfeedparser", tuple(FILES), ("authors",), "tells the first only"),
    Loss("fastfeedparser", ("atom",), ("first media file",), "leaves out the length of a link"),
    Loss("fastfeedparser", ("json",), ("its title",), "leaves it out"),
    Loss(
        "fastfeedparser",
        tuple(FILES),
        ("how long it plays", "how long that plays"),
        "tells no durations",
    ),
    Loss("fastfeedparser", XML, ("lead image",), "reads no thumbnail beside a file"),
    Loss("fastfeedparser", XML, _PODCAST, "does not know podcasts"),
    Loss("fastfeedparser", tuple(FILES), ("language",), "tells the feed's only"),
    Loss("fastfeedparser", XML, ("origin",), "leaves it out"),
    Loss("feedsmith", ("rss",), ("updated",), "knows no Atom date in RSS"),
    Loss("feedsmith", ("rss",), ("language",), "tells the feed's only"),
    Loss("feedsmith", ("atom",), _PODCAST_NAMESPACE, "knows the Podcast namespace in RSS only"),
)

ENTRY = Entry(
    id="urn:uuid:00000000-0000-5000-8000-000000000001",
    key="00000000-0000-5000-8000-000000000001",
    published=datetime(2024, 5, 17, 8, 30, tzinfo=UTC),
    updated=datetime(2024, 5, 17, 9, 45, 1, tzinfo=UTC),
    source="Inbox",
    slugs=("style", "写作"),
    article=Article(
        uid="1",
        title="AT&T: use <b> & “&amp;” sparingly",
        url="https://example.org/style?a=1&b=2",
        authors=("Ada Lovelace", "清少納言"),
        categories=("Style & more", "写作"),
        html='<p lang="en">Bold is <b>loud</b>: 1 &lt; 2 &amp; ]]&gt; 😀</p>',
        text="Bold is loud: 1 < 2 & ]]> 😀",
        summary="Bold is loud; 1 < 2 & 3 > 2.",
        image="https://example.org/i.png",
        language="fr",
        enclosures=(
            Enclosure(
                url="https://example.org/talk.mp3",
                media_type="audio/mpeg",
                length=1234,
                title="The talk",
                duration=61,
                episode=Episode(
                    number=13,
                    season=2,
                    kind="bonus",
                    explicit=True,
                    image="https://example.org/13.jpg",
                    chapters=Companion(url="https://example.org/13.json"),
                    transcripts=(Companion(url="https://example.org/13.vtt"),),
                ),
            ),
            Enclosure(
                url="https://example.org/talk.mp4",
                media_type="video/mp4",
                duration=62,
                width=640,
                height=360,
            ),
        ),
        origin=Origin(title="Example", feed_url="https://example.org/feed.xml"),
    ),
)


def episode(entry: Entry) -> Episode:
    return entry.article.enclosures[0].episode or Episode()


@pytest.fixture(scope="module")
def parsers() -> Iterator[Mapping[str, Parse]]:
    """The parsers that are here, by name."""
    here: dict[str, Parse] = {"feedparser": by_feedparser, "fastfeedparser": by_fastfeedparser}
    if shutil.which("node") and (NODE / "node_modules").is_dir():
        with feedsmith() as parse:
            yield here | {"feedsmith": parse}
    else:
        yield here


COLUMNS: Mapping[tuple[str, str], Found] = {
    **{("feedparser", name): FEEDPARSER for name in XML},
    **{("fastfeedparser", name): FASTFEEDPARSER for name in XML},
    ("fastfeedparser", "json"): FASTFEEDPARSER_JSON,
    **{("feedsmith", name): FEEDSMITH[name] for name in FILES},
}


def parsed(parsers: Mapping[str, Parse], entry: Entry, column: tuple[str, str]) -> Any:
    parser, name = column
    if parser not in parsers:
        pytest.skip("feedsmith is not installed (npm ci in tests/readers/node)")
    feed = Feed(slug="x", id="urn:x:feed", title="X", language="en", entries=(entry,))
    (found,) = parsers[parser](render(feed, SITE)[FILES[name]])
    return found


@pytest.mark.parametrize("column", COLUMNS, ids=" ".join)
def test_what_is_carried_comes_back(column: tuple[str, str], parsers: Mapping[str, Parse]) -> None:
    found = parsed(parsers, ENTRY, column)
    got = {field: found_by(COLUMNS[column], field, found) for field in GIVEN}
    wanted = {field: given_by(ENTRY) for field, given_by in GIVEN.items()}
    missing = {field for field in GIVEN if got[field] != wanted[field]}
    assert missing == {*UNCARRIED[column[1]], *lost(column)}, got


def lost(column: tuple[str, str]) -> set[str]:
    """Return what is known to be lost on the way."""
    parser, name = column
    rows = [loss for loss in LOST if loss.parser == parser and name in loss.formats]
    return {field for loss in rows for field in loss.fields}


def test_the_documentation_lists_every_loss() -> None:
    page = DOCS.read_text("utf-8")
    _, _, rest = page.partition("| parser | of | what | why |\n|---|---|---|---|\n")
    table, _, _ = rest.partition("\n\n")
    assert table.splitlines() == [loss.row() for loss in LOST]


# Words of several scripts, and what markup, XML and JSON make much of.
WORDS = st.one_of(
    st.sampled_from(["bread", "été", "新闻", "مقال", "שלום", "😀", "e\u0301", "\u200f"]),
    st.sampled_from(["&", "&amp;", "&#38;", "<b>", "</title>", "<", "]]>", "<![CDATA[", "<!--"]),
    st.sampled_from(['"', "'", "\\", "\\u0041", "{{", "%20", "?>"]),
)
LINES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
NAMES = st.lists(LINES, min_size=1, max_size=4, unique=True).map(tuple)
MOMENTS = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Entries with any words in the places of words."""
    article = replace(
        ENTRY.article,
        title=draw(LINES),
        summary=draw(LINES),
        html=f"<p>{escape(draw(LINES))}</p>",
        authors=draw(NAMES),
        categories=draw(NAMES),
    )
    published = draw(MOMENTS)
    # RSS tells of an update only where there was one.
    updated = published + timedelta(hours=1)
    made = replace(ENTRY, article=article, published=published, updated=updated)
    return replace(made, slugs=tuple(map(slug, article.categories)))


@pytest.mark.parametrize("column", COLUMNS, ids=" ".join)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entry=entries())
def test_any_words_come_back(
    column: tuple[str, str], parsers: Mapping[str, Parse], entry: Entry
) -> None:
    found = parsed(parsers, entry, column)
    kept = GIVEN.keys() - {*UNCARRIED[column[1]], *lost(column)}
    got = {field: found_by(COLUMNS[column], field, found) for field in kept}
    assert got == {field: GIVEN[field](entry) for field in kept}
