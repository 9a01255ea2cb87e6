"""Which articles a custom feed shows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from aggregator.store.findings import matching
from aggregator.store.records import Choice
from aggregator.store.rows import LIVE, in_feed, newest_first
from aggregator.store.schema import aliases, article_feeds, articles, members, turns
from aggregator.store.sql import among

# Categories whose newest articles are read range by range; SQLite unites 500 queries at most.
_MOST_RANGES = 100

# An expression, or SQLite would read every article that a source ever brought, text and all, to
# put them in order; so it goes through an index that has the order, up to the limit.
_NUMBER = sa.func.coalesce(articles.c.id, 0)


def chosen(choice: Choice, limit: int) -> sa.Select[Any]:
    """Select the numbers of the live articles that a custom feed shows, in its order."""
    query = sa.select(articles.c.id).where(LIVE)
    united = choice.any_of is not None and len(choice.any_of) <= _MOST_RANGES
    if united and choice == Choice(any_of=choice.any_of):
        return newest_first(query.where(_newest_of(choice.any_of or (), limit)), limit)
    order = articles.c[choice.sort]
    query = query.where(*conditions(choice))
    return query.order_by(order.desc(), articles.c.entry_id.desc()).limit(limit)


def _newest_of(categories: tuple[int, ...], limit: int) -> sa.ColumnElement[bool]:
    """Narrow to the newest of each category: a few index ranges, however rare they are."""
    if not categories:
        return sa.false()
    parts = (
        newest_first(in_feed(sa.select(articles.c.id).where(LIVE), one), limit, article_feeds)
        for one in categories
    )
    return articles.c.id.in_(sa.union(*(sa.select(part.subquery().c.id) for part in parts)))


def conditions(choice: Choice) -> Iterator[sa.ColumnElement[bool]]:
    """Return what an article must be to be in a custom feed, besides being live."""
    if choice.any_of is not None:
        yield _NUMBER.in_(_in_any(choice.any_of))
    for one in choice.all_of:
        yield _NUMBER.in_(_in_any((one,)))
    if choice.none_of:
        yield _NUMBER.not_in(_in_any(choice.none_of))
    if choice.sources is not None:
        yield _NUMBER.in_(_brought_by(choice.sources))
    if choice.languages:
        yield _in_language(choice.languages)
    yield from _found(choice)


def _found(choice: Choice) -> Iterator[sa.ColumnElement[bool]]:
    if choice.search.wanted:
        yield _NUMBER.in_(matching(choice.search.wanted))
    if choice.search.unwanted:
        yield _NUMBER.not_in(matching(choice.search.unwanted))
    if choice.members_of is not None:
        theirs = members.c.feed_id == choice.members_of
        yield _NUMBER.in_(sa.select(members.c.article_id).where(theirs))
    if choice.period:
        begins, ends = choice.period
        during = sa.and_(turns.c.appeared >= begins, turns.c.appeared < ends)
        yield articles.c.id.in_(sa.select(turns.c.article_id).where(during))


def _in_any(categories: tuple[int, ...]) -> sa.Select[Any]:
    theirs = among(article_feeds.c.feed_id, categories)
    return sa.select(article_feeds.c.article_id).where(theirs)


def _brought_by(numbers: tuple[int, ...]) -> sa.CompoundSelect[Any]:
    """Select what sources ever brought, whoever has it now, and what that is merged with."""
    theirs = (
        aliases.c.kind == "identity",
        among(aliases.c.scope, numbers),
        aliases.c.article_id.is_not(None),
    )
    # Of an article that they have under another identity by now, the first names them still.
    held = articles.alias("held")
    first = sa.select(held.c.id).where(among(held.c.source_id, numbers))
    brought = sa.union_all(sa.select(aliases.c.article_id).where(*theirs), first)
    copy = articles.alias("copy")
    merged = sa.select(copy.c.lead_id).where(
        copy.c.state == "merged", sa.func.coalesce(copy.c.id, 0).in_(brought)
    )
    return sa.union_all(*brought.selects, merged)


def _in_language(languages: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Compare as RFC 4647, 3.3.1 does it: ``zh`` is every Chinese."""
    tag = sa.func.lower(articles.c.language)
    wanted = [language.lower() for language in languages]
    return sa.or_(*(sa.or_(tag == one, tag.startswith(f"{one}-")) for one in wanted))
