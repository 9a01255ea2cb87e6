"""The feeds: which there are, which articles are in them, and which are to be written."""

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.identity import Changed, Duplicate, New
from aggregator.store.records import Category, Outcome, shown_key
from aggregator.store.schema import article_feeds, articles, feeds, notes
from aggregator.store.sql import among, insert

EVERYTHING = "everything"

# Categories that a further copy brings stand behind those of the first, whose changes leave them.
_FURTHER = 1000


async def mark_feeds(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Note that everything and these feeds are to be written again."""
    touched = sa.or_(among(connection, feeds.c.id, numbers), feeds.c.kind == EVERYTHING)
    await connection.execute(sa.update(feeds).where(touched).values(wanted=feeds.c.wanted + 1))


async def feeds_of(connection: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Return the feeds that articles are in."""
    query = sa.select(article_feeds.c.feed_id).distinct()
    rows = await connection.execute(
        query.where(among(connection, article_feeds.c.article_id, numbers))
    )
    return set(rows.scalars())


@dataclass(frozen=True, slots=True)
class _Place:
    """An article that an outcome's categories go to; ``via`` is the merged copy they come by."""

    outcome: Outcome
    article: int
    published: datetime
    via: int | None = None


async def write_categories(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    """Put decided articles into the feeds of their categories; ``numbers`` are theirs by key."""
    own = [
        _Place(o, numbers[key], _published(o))
        for o in outcomes
        if isinstance(o.decision, New | Changed | Duplicate) and (key := shown_key(o))
    ]
    if not own:
        return
    # What belongs to a merged copy belongs to the article that it is shown as, too.
    leads = await _leads(connection, [place.article for place in own])
    places = own + [
        _Place(place.outcome, *leads[place.article], via=place.article)
        for place in own
        if place.article in leads
    ]
    touched = await feeds_of(connection, [place.article for place in places])
    await _forget_categories(connection, places)
    given = [category for place in own for category in place.outcome.categories]
    of_category = await category_feeds(connection, given)
    rows = [
        _row(p, c, at, of_category) for p in places for at, c in enumerate(p.outcome.categories)
    ]
    if rows:
        statement = insert(connection, article_feeds)
        # Whoever else brings a category keeps it when a merged copy goes its own way.
        own_now = statement.on_conflict_do_update(
            index_elements=list(article_feeds.primary_key.columns),
            set_={"via": None},
            where=sa.and_(article_feeds.c.via.is_not(None), statement.excluded.via.is_(None)),
        )
        await connection.execute(own_now, rows)
    await mark_feeds(connection, touched | set(of_category.values()))


def _row(
    place: _Place, category: Category, position: int, of_category: dict[str, int]
) -> dict[str, Any]:
    further = place.via is not None or isinstance(place.outcome.decision, Duplicate)
    return {
        "article_id": place.article,
        "feed_id": of_category[category.name],
        "position": position + (_FURTHER if further else 0),
        "published": place.published,
        "via": place.via,
    }


async def _leads(
    connection: AsyncConnection, numbers: Sequence[int]
) -> dict[int, tuple[int, datetime]]:
    """Return the number and the date of the articles that merged copies are shown as."""
    lead = articles.alias("lead")
    query = sa.select(articles.c.id, lead.c.id.label("lead"), lead.c.published).join(
        lead, lead.c.id == articles.c.lead_id
    )
    mine = among(connection, articles.c.id, numbers)
    rows = await connection.execute(query.where(articles.c.bond == "merged", mine))
    return {row.id: (row.lead, row.published) for row in rows}


async def _forget_categories(connection: AsyncConnection, places: Sequence[_Place]) -> None:
    """Take changed articles out of the categories they gave themselves; date the others anew."""
    changed = [p for p in places if isinstance(p.outcome.decision, Changed)]
    own = [{"which": p.article, "date": p.published} for p in changed if p.via is None]
    if not own:
        return
    theirs = among(connection, article_feeds.c.article_id, [row["which"] for row in own])
    brought = among(connection, article_feeds.c.via, [row["which"] for row in own])
    among_leads = among(
        connection, article_feeds.c.article_id, [p.article for p in changed if p.via is not None]
    )
    await connection.execute(
        sa.delete(article_feeds).where(
            sa.or_(
                sa.and_(theirs, article_feeds.c.position < _FURTHER),
                sa.and_(among_leads, brought),
            )
        )
    )
    dated = sa.update(article_feeds).where(article_feeds.c.article_id == sa.bindparam("which"))
    date = sa.bindparam("date", type_=article_feeds.c.published.type)
    await connection.execute(dated.values(published=date), own)


def _published(outcome: Outcome) -> datetime:
    decision = outcome.decision
    return decision.owner.published if isinstance(decision, Duplicate) else outcome.published


async def category_feeds(
    connection: AsyncConnection, categories: Sequence[Category]
) -> dict[str, int]:
    """Return the feed of each category by its name; feeds that are missing are made."""
    by_key: dict[str, Category] = {}
    for category in categories:
        by_key.setdefault(fold(category.name), category)
    rows = await connection.execute(
        sa.select(feeds.c.key, feeds.c.id).where(
            feeds.c.kind == "category", among(connection, feeds.c.key, by_key)
        )
    )
    known: dict[str, int] = {row.key: row.id for row in rows}
    for key, category in by_key.items():
        if key not in known:
            known[key] = await make_feed(connection, "category", category.name, category.slug)
    return {category.name: known[fold(category.name)] for category in categories}


async def make_feed(connection: AsyncConnection, kind: str, name: str, slug: str) -> int:
    """Make a feed under the slug, or under ``slug-2``, ``slug-3``… when that is taken."""
    free = slug
    turn = 1
    while await connection.scalar(sa.select(feeds.c.id).where(feeds.c.slug == free)):
        turn += 1
        free = f"{slug}-{turn}"
    site = await connection.scalar(sa.select(notes.c.value).where(notes.c.name == "site"))
    uri = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{site}{free}')}"
    row = {"kind": kind, "key": fold(name), "name": name, "slug": free, "uri": uri, "wanted": 1}
    done = await connection.execute(sa.insert(feeds).values(row).returning(feeds.c.id))
    return int(done.scalar_one())


def fold(name: str) -> str:
    """Return what two spellings of the same category have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
