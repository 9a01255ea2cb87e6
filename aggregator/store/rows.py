"""Articles to rows and back, in one place."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.article import Article, Companion, Copy, Enclosure, Entry, Episode, Origin
from aggregator.identity import Candidate
from aggregator.store.records import Outcome
from aggregator.store.schema import article_feeds, articles, sources

Columns = Sequence[sa.ColumnElement[Any]]

# Characters of its text that readers may see of an article that has markup: a headline's worth.
_TASTE = 320


def _json(column: sa.Column[Any]) -> sa.Label[str]:
    """Return a column of JSON as text: most are empty, which needs no parser."""
    return sa.cast(column, sa.Text).label(column.name)


ENTRY_COLUMNS = (
    articles.c.id,
    articles.c.key,
    articles.c.entry_id,
    articles.c.uid,
    articles.c.content_hash,
    articles.c.title,
    articles.c.url,
    _json(articles.c.authors),
    articles.c.html,
    articles.c.text,
    articles.c.summary,
    articles.c.image,
    articles.c.language,
    _json(articles.c.enclosures),
    _json(articles.c.origin),
    _json(articles.c.problems),
    articles.c.published,
    articles.c.updated,
    articles.c.state,
    articles.c.lead_id,
    articles.c.bond,
    articles.c.shown_id,
    articles.c.copies,
    sources.c.name.label("source"),
)

_SEEN_TEXT = sa.case(
    (articles.c.html != "", sa.func.substr(articles.c.text, 1, _TASTE)), else_=articles.c.text
).label("text")

# The same with as much of the text as readers see: it mostly repeats the markup, which is half of
# all that is read, and sent to other processes.
READER_COLUMNS = tuple(_SEEN_TEXT if one is articles.c.text else one for one in ENTRY_COLUMNS)

# What a reader sees of an article besides its title, address and dates.
SHOWN_COLUMNS = (
    articles.c.id,
    articles.c.html,
    articles.c.text,
    articles.c.summary,
    articles.c.image,
    articles.c.language,
    _json(articles.c.enclosures),
)
SEEN_COLUMNS = tuple(_SEEN_TEXT if one is articles.c.text else one for one in SHOWN_COLUMNS)


def entry(
    row: Any, categories: list[tuple[str, str]], also_in: tuple[Copy, ...], shown: Any
) -> Entry:
    """Return the entry in a row of ENTRY_COLUMNS; ``categories`` are (name, slug) in order.

    ``shown`` is the row of SHOWN_COLUMNS whose content it shows, mostly its own.
    """
    return Entry(
        id=row.entry_id,
        key=row.key,
        article=Article(
            uid=row.uid,
            title=row.title,
            url=row.url,
            authors=tuple(_loaded(row.authors)),
            published=row.published,
            updated=row.updated,
            categories=tuple(name for name, _ in categories),
            html=shown.html,
            text=shown.text,
            summary=shown.summary,
            image=shown.image,
            language=shown.language,
            enclosures=tuple(map(_enclosure, _loaded(shown.enclosures))),
            origin=_origin(_loaded(row.origin)),
            problems=tuple(_loaded(row.problems)),
        ),
        published=row.published,
        updated=row.updated,
        source=row.source,
        slugs=tuple(slug for _, slug in categories),
        content_hash=row.content_hash,
        also_in=also_in,
    )


def content(candidate: Candidate) -> dict[str, Any]:
    """Return the columns that hold what an article shows, whichever source brought it."""
    article = candidate.article
    return {
        "html": article.html,
        "summary": article.summary,
        "image": article.image,
        "enclosures": [asdict(enclosure) for enclosure in article.enclosures],
        "richness": candidate.richness,
    }


def own(outcome: Outcome) -> dict[str, Any]:
    """Return all columns that a change of the article itself writes."""
    candidate, article = outcome.candidate, outcome.candidate.article
    return content(candidate) | {
        "uid": article.uid,
        "content_hash": candidate.content_hash,
        "plain_hash": candidate.plain_hash,
        "title_key": candidate.title_key,
        "text_key": candidate.text_key,
        "title": article.title,
        "url": article.url,
        "authors": list(article.authors),
        "text": article.text,
        "language": article.language,
        "origin": _origin_row(article.origin),
        "problems": list(article.problems),
        "published": outcome.published,
        "updated": outcome.updated,
        "state": outcome.state,
    }


def _loaded(text: str | None) -> Any:
    return () if text == "[]" else json.loads(text or "null")


def _enclosure(row: dict[str, Any]) -> Enclosure:
    """Return an enclosure; rows of earlier releases have fewer fields."""
    episode = row.get("episode")
    return Enclosure(**(row | {"episode": episode and _episode(episode)}))


def _episode(row: dict[str, Any]) -> Episode:
    chapters = row["chapters"] and Companion(**row["chapters"])
    transcripts = tuple(Companion(**fields) for fields in row["transcripts"])
    return Episode(**(row | {"chapters": chapters, "transcripts": transcripts}))


def _origin_row(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    updated = origin.updated and origin.updated.isoformat()
    return asdict(origin) | {"updated": updated}


def _origin(row: dict[str, Any] | None) -> Origin | None:
    if row is None:
        return None
    updated = row["updated"] and datetime.fromisoformat(row["updated"])
    return Origin(**(row | {"updated": updated}))


ENTRY_TABLES = articles.join(sources, sources.c.id == articles.c.source_id)


def entries_where(
    *conditions: sa.ColumnElement[bool], columns: Columns = ENTRY_COLUMNS
) -> sa.Select[Any]:
    """Select columns of the articles that meet the conditions."""
    return sa.select(*columns).select_from(ENTRY_TABLES).where(*conditions)


LIVE = articles.c.state == "live"


def in_feed(query: sa.Select[Any], feed: int | sa.BindParameter[int]) -> sa.Select[Any]:
    """Narrow a query of articles to those in a category's feed."""
    theirs = article_feeds.c.article_id == articles.c.id
    return query.join(article_feeds, theirs).where(article_feeds.c.feed_id == feed)


def newest_first(
    query: sa.Select[Any], limit: int | sa.BindParameter[int], dated: sa.Table = articles
) -> sa.Select[Any]:
    """Order and limit a query of articles; ``dated`` is the table whose index has the order."""
    return query.order_by(dated.c.published.desc(), articles.c.entry_id.desc()).limit(limit)


def prunable(before: datetime, keep: int) -> sa.Select[Any]:
    """Select the ids of articles published before a time that are in no feed's newest ``keep``."""
    order = (articles.c.published.desc(), articles.c.entry_id.desc())
    rank = sa.func.row_number().over(partition_by=article_feeds.c.feed_id, order_by=order)
    ranked = (
        sa.select(articles.c.id, rank.label("place"))
        .join(article_feeds, article_feeds.c.article_id == articles.c.id)
        .where(LIVE)
        .subquery()
    )
    shown = sa.select(ranked.c.id).where(ranked.c.place <= keep)
    newest = newest_first(sa.select(articles.c.id).where(LIVE), keep).subquery()
    return sa.select(articles.c.id).where(
        articles.c.published < before,
        # A copy goes with its lead; what is held has yet to be shown.
        articles.c.state.not_in(("merged", "held")),
        articles.c.id.not_in(shown),
        articles.c.id.not_in(sa.select(newest.c.id)),
    )
