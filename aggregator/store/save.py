"""Writing decided articles, and all that hangs on them."""

import itertools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.identity import Changed, Duplicate, New
from aggregator.store import learning, lives, stories
from aggregator.store.feeds import write_categories
from aggregator.store.ledger import hand_over, holders, write_aliases
from aggregator.store.records import Outcome, held_key, shown_key
from aggregator.store.rows import content, own
from aggregator.store.schema import articles
from aggregator.store.sql import among_given, write_rows


async def save(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> tuple[set[int], set[int]]:
    """Write decided articles and all that hangs on them; mark the feeds they touch.

    Returns the articles whose stories are to be shown anew, and those whose text changed.
    """
    if not outcomes:
        return set(), set()
    await _insert_new(connection, source, outcomes)
    await _update_changed(connection, source, outcomes)
    keys = {key for o in outcomes for key in (shown_key(o), held_key(o), _lead(o)) if key}
    numbers = await _numbers(connection, keys)
    touched = await holders(connection, source, outcomes)
    touched |= await stories.bind(connection, outcomes, numbers)
    touched |= {numbers[key] for o in outcomes if _is_news(o) and (key := shown_key(o))}
    await hand_over(connection, source, outcomes, numbers)
    await write_aliases(connection, source, outcomes, numbers)
    await write_categories(connection, outcomes, numbers)
    await learning.write_blocks(connection, source, outcomes, numbers)
    await stories.write_bands(connection, outcomes, numbers)
    await lives.write_events(connection, source, outcomes, numbers)
    return touched, {numbers[key] for o in outcomes if (key := _renewed(o))}


def _renewed(outcome: Outcome) -> str:
    """Return the key of the article whose text an outcome changes, or ""."""
    match outcome.decision:
        case Changed(owner, True) if owner.text_key != outcome.candidate.text_key:
            return owner.key
        case _:
            return ""


def _is_news(outcome: Outcome) -> bool:
    return isinstance(outcome.decision, New | Changed | Duplicate)


def _lead(outcome: Outcome) -> str | None:
    return outcome.likeness.lead if outcome.likeness else None


async def _insert_new(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> None:
    rows = [
        own(o)
        | {
            "key": o.key,
            "entry_id": o.entry_id,
            "source_id": source,
            "page_due": int(o.candidate.article.url is None),
        }
        for o in outcomes
        if isinstance(o.decision, New)
    ]
    if rows:
        await write_rows(connection, _NEW, rows)


async def _update_changed(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> None:
    """Write changed articles and richer copies in order, those that go alike at one go."""
    rows = [row for o in outcomes if (row := _changed_row(o, source))]
    for _, alike in itertools.groupby(rows, key=dict.keys):
        await connection.execute(_CHANGED, list(alike))


def _changed_row(outcome: Outcome, source: int) -> dict[str, Any] | None:
    match outcome.decision:
        case Changed(owner, _, _):
            paged = outcome.candidate.article.url is None
            return own(outcome) | {"source_id": source, "which": owner.key, "paged": paged}
        case Duplicate(owner, _, True):
            return content(outcome.candidate) | {"which": owner.key, "paged": False}
        case _:
            return None


async def _numbers(connection: AsyncConnection, keys: set[str]) -> dict[str, int]:
    rows = await connection.execute(_NUMBERS, {"keys": sorted(keys)})
    return {row.key: row.id for row in rows}


_NEW = sa.insert(articles)
# The article's own page is due, also when it is to go because there is an address now.
_PAGED = sa.or_(articles.c.url.is_(None), sa.bindparam("paged", type_=sa.Boolean))
_CHANGED = (
    sa.update(articles)
    .where(articles.c.key == sa.bindparam("which"))
    .values(page_due=articles.c.page_due + sa.case((_PAGED, 1), else_=0))
)
_NUMBERS = sa.select(articles.c.key, articles.c.id).where(among_given(articles.c.key, "keys"))
