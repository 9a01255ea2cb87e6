"""Reading the ledger, and entering decided articles into it and beside it."""

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.identity import (
    Changed,
    Duplicate,
    Frozen,
    Ledger,
    New,
    Owner,
    Trace,
    Unchanged,
)
from aggregator.store.records import Category, Outcome
from aggregator.store.rows import content, own
from aggregator.store.schema import aliases, article_feeds, articles, feeds, notes

# A statement may bind 32,766 values in SQLite and 65,535 in PostgreSQL.
_AT_ONCE = 10_000

EVERYTHING = "everything"

# Categories that a further copy brings stand behind those of the first.
_FURTHER = 1000


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT; the two databases spell it alike."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


async def read_ledger(
    connection: AsyncConnection,
    source: int,
    uids: Iterable[str],
    hashes: Iterable[str],
    addresses: Iterable[str],
) -> Ledger:
    """Return what is known of these identities of a source, hashes and addresses."""
    ledger = Ledger()
    for row in await _aliases(connection, "identity", source, uids):
        ledger.identities[row.value] = Trace(
            owner=_owner(row),
            revision=row.revision,
            primary=row.lead,
            streak=row.streak,
            changed_in=row.changed_in,
        )
    for row in await _aliases(connection, "hash", 0, hashes):
        ledger.hashes[row.value] = _owner(row)
    for row in await _aliases(connection, "address", 0, addresses):
        ledger.addresses[row.value] = _owner(row)
    return ledger


async def save(connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]) -> None:
    """Write decided articles, their aliases and categories, and mark the feeds they touch."""
    await _insert_new(connection, source, outcomes)
    await _update_changed(connection, source, outcomes)
    numbers = await _numbers(connection, {key for o in outcomes for key in _keys(o) if key})
    await _write_aliases(connection, source, outcomes, numbers)
    await _write_categories(connection, source, outcomes, numbers)


async def mark_feeds(connection: AsyncConnection, numbers: Iterable[int]) -> None:
    """Note that everything and these feeds are to be written again."""
    touched = sa.or_(feeds.c.id.in_(list(numbers)), feeds.c.kind == EVERYTHING)
    await connection.execute(sa.update(feeds).where(touched).values(wanted=feeds.c.wanted + 1))


async def feeds_of(connection: AsyncConnection, numbers: Sequence[int]) -> set[int]:
    """Return the feeds that articles are in."""
    query = sa.select(article_feeds.c.feed_id).distinct()
    rows = await connection.execute(query.where(article_feeds.c.article_id.in_(numbers)))
    return set(rows.scalars())


async def _aliases(
    connection: AsyncConnection, kind: str, scope: int, values: Iterable[str]
) -> list[Any]:
    leading = aliases.alias("leading")
    orphan = ~sa.exists().where(
        leading.c.article_id == articles.c.id, leading.c.kind == "identity", leading.c.lead
    )
    query = (
        sa.select(
            aliases.c.value,
            aliases.c.revision,
            aliases.c.lead,
            aliases.c.streak,
            aliases.c.changed_in,
            articles.c.key,
            articles.c.content_hash,
            articles.c.title_key,
            articles.c.text_key,
            articles.c.richness,
            articles.c.published,
            articles.c.updated,
            articles.c.state,
            orphan.label("orphan"),
        )
        .select_from(aliases.outerjoin(articles, articles.c.id == aliases.c.article_id))
        .where(aliases.c.kind == kind, aliases.c.scope == scope)
    )
    found: list[Any] = []
    for part in _parts(values):
        rows = await connection.execute(query.where(aliases.c.value.in_(part)))
        found.extend(rows.all())
    return found


def _owner(row: Any) -> Owner | None:
    if row.key is None:
        return None
    return Owner(
        key=row.key,
        content_hash=row.content_hash,
        title_key=row.title_key,
        text_key=row.text_key,
        richness=row.richness,
        published=row.published,
        updated=row.updated,
        orphan=row.orphan,
        live=row.state != "retracted",
    )


def _parts(values: Iterable[str]) -> Iterable[list[str]]:
    rest = list(dict.fromkeys(values))
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


def _keys(outcome: Outcome) -> tuple[str | None, str | None]:
    """Return the articles that an outcome's content and identity belong to."""
    match outcome.decision:
        case New():
            return outcome.key, outcome.key
        case Duplicate(owner, holder, _):
            return owner.key, holder.key
        case Changed(owner, _, _) | Frozen(owner, _):
            return owner.key, owner.key
        case Unchanged(owner):
            return (owner.key, owner.key) if owner else (None, None)


async def _insert_new(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> None:
    rows = [
        own(o) | {"key": o.key, "entry_id": o.entry_id, "source_id": source}
        for o in outcomes
        if isinstance(o.decision, New)
    ]
    if rows:
        await connection.execute(sa.insert(articles), rows)


async def _update_changed(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> None:
    for outcome in outcomes:
        match outcome.decision:
            case Changed(owner, _, _):
                values = own(outcome) | {"source_id": source}
            case Duplicate(owner, _, True):
                values = content(outcome.candidate) | {"page_due": articles.c.url.is_(None)}
            case _:
                continue
        await connection.execute(
            sa.update(articles).where(articles.c.key == owner.key).values(values)
        )


async def _numbers(connection: AsyncConnection, keys: set[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for part in _parts(sorted(keys)):
        rows = await connection.execute(
            sa.select(articles.c.key, articles.c.id).where(articles.c.key.in_(part))
        )
        numbers.update((row.key, row.id) for row in rows)
    return numbers


async def _write_aliases(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    identities = {
        o.candidate.article.uid: _identity_row(o, source, numbers)
        for o in outcomes
        if not (isinstance(o.decision, Unchanged) and o.decision.owner)
    }
    keys = {
        (kind, value): {"kind": kind, "scope": 0, "value": value, "article_id": numbers[owner]}
        for o in outcomes
        if (owner := _keys(o)[0]) and not isinstance(o.decision, Unchanged | Frozen)
        for kind, value in (
            ("hash", o.candidate.content_hash),
            *(("address", address) for address in o.addresses),
        )
    }
    if identities:
        statement = insert(connection, aliases)
        shown = ("article_id", "revision", "lead", "streak", "changed_in")
        statement = statement.on_conflict_do_update(
            index_elements=["kind", "scope", "value"],
            set_={name: statement.excluded[name] for name in shown},
        )
        await connection.execute(statement, list(identities.values()))
    if keys:
        # The first article that had a hash or an address keeps it.
        statement = insert(connection, aliases).on_conflict_do_nothing()
        await connection.execute(statement, list(keys.values()))


def _identity_row(outcome: Outcome, source: int, numbers: dict[str, int]) -> dict[str, Any]:
    holder, streak, lead = _keys(outcome)[1], 0, True
    match outcome.decision:
        case Changed(_, _, streak) | Frozen(_, streak):
            pass
        case Duplicate(owner, by, _):
            lead = owner is not by
    return {
        "kind": "identity",
        "scope": source,
        "value": outcome.candidate.article.uid,
        "article_id": numbers[holder] if holder else None,
        "revision": outcome.candidate.revision,
        "lead": lead,
        "streak": streak,
        "changed_in": outcome.scan,
    }


async def _write_categories(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    touching = [
        (o, numbers[key])
        for o in outcomes
        if isinstance(o.decision, New | Changed | Duplicate) and (key := _keys(o)[0])
    ]
    if not touching:
        return
    touched = await feeds_of(connection, [number for _, number in touching])
    await _forget_categories(connection, source, touching)
    of_category = await category_feeds(connection, [c for o, _ in touching for c in o.categories])
    rows = [
        {
            "article_id": number,
            "feed_id": of_category[category.name],
            "source_id": source,
            "position": position + (_FURTHER if isinstance(o.decision, Duplicate) else 0),
            "published": _published(o),
        }
        for o, number in touching
        for position, category in enumerate(o.categories)
    ]
    if rows:
        await connection.execute(insert(connection, article_feeds).on_conflict_do_nothing(), rows)
    await mark_feeds(connection, touched | set(of_category.values()))


async def _forget_categories(
    connection: AsyncConnection, source: int, touching: Sequence[tuple[Outcome, int]]
) -> None:
    """Take changed articles out of the categories that this source gave; move the others' date."""
    changed = [(o, number) for o, number in touching if isinstance(o.decision, Changed)]
    if not changed:
        return
    theirs = article_feeds.c.article_id
    await connection.execute(
        sa.delete(article_feeds).where(
            theirs.in_([number for _, number in changed]), article_feeds.c.source_id == source
        )
    )
    for outcome, number in changed:
        await connection.execute(
            sa.update(article_feeds).where(theirs == number).values(published=outcome.published)
        )


def _published(outcome: Outcome) -> datetime:
    decision = outcome.decision
    return decision.owner.published if isinstance(decision, Duplicate) else outcome.published


async def category_feeds(
    connection: AsyncConnection, categories: Sequence[Category]
) -> dict[str, int]:
    """Return the feed of each category by its name; feeds that are missing are made."""
    by_key = {fold(category.name): category for category in categories}
    known: dict[str, int] = {}
    for part in _parts(by_key):
        rows = await connection.execute(
            sa.select(feeds.c.key, feeds.c.id).where(
                feeds.c.kind == "category", feeds.c.key.in_(part)
            )
        )
        known.update((row.key, row.id) for row in rows)
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
