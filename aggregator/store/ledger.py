"""Reading the ledger, and entering decided articles into it and beside it."""

import itertools
import json
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

EVERYTHING = "everything"

# Categories that a further copy brings stand behind those of the first, whose changes leave them.
_FURTHER = 1000


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT; the two databases spell it alike."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def upsert(
    connection: AsyncConnection, table: sa.Table, columns: Sequence[str], where: Any = None
) -> Any:
    """Return an INSERT that writes these columns where the primary key is there already."""
    statement = insert(connection, table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
        where=where,
    )


def among(connection: AsyncConnection, column: Any, values: Iterable[Any]) -> Any:
    """Return the condition that a column holds one of any number of values.

    They travel as one parameter: the databases limit parameters (SQLite to 32,766), and a
    statement that never changes its text is compiled once.
    """
    distinct = list(dict.fromkeys(values))
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.literal(distinct, postgresql.ARRAY(column.type)))
    each = sa.func.json_each(sa.literal(json.dumps(distinct), sa.Text)).table_valued("value")
    return column.in_(sa.select(each.c.value))


async def read_ledger(
    connection: AsyncConnection,
    source: int,
    uids: Iterable[str],
    hashes: Iterable[str],
    addresses: Iterable[str],
    keys: Iterable[str],
) -> Ledger:
    """Return what is known of these identities of a source, hashes, addresses and article keys."""
    ledger = Ledger()
    for row in await _aliases(connection, ledger, "identity", source, uids):
        ledger.identities[row.value] = Trace(
            key=row.key,
            revision=row.revision,
            here=row.here,
            primary=row.lead,
            streak=row.streak,
            changed_in=row.changed_in,
        )
    for row in await _aliases(connection, ledger, "hash", 0, hashes):
        ledger.hashes[row.value] = row.key
    for row in await _aliases(connection, ledger, "address", 0, addresses):
        if row.key is None:
            ledger.buried[row.value] = row.revision
        else:
            ledger.addresses[row.value] = row.key
    query = sa.select(*_OWNER).where(among(connection, articles.c.key, keys))
    _own(ledger, (await connection.execute(query)).all())
    return ledger


async def save(connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]) -> None:
    """Write decided articles, their aliases and categories, and mark the feeds they touch."""
    await _insert_new(connection, source, outcomes)
    await _update_changed(connection, source, outcomes)
    numbers = await _numbers(connection, {key for o in outcomes for key in _keys(o) if key})
    await _write_aliases(connection, source, outcomes, numbers)
    await _write_categories(connection, outcomes, numbers)


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


_leading = aliases.alias("leading")
_OWNER = (
    articles.c.key,
    articles.c.content_hash,
    articles.c.title_key,
    articles.c.text_key,
    articles.c.richness,
    articles.c.published,
    articles.c.updated,
    articles.c.state,
    sa.not_(
        sa.exists().where(
            _leading.c.article_id == articles.c.id, _leading.c.kind == "identity", _leading.c.lead
        )
    ).label("orphan"),
)
_ALIASES = sa.select(
    aliases.c.value,
    aliases.c.revision,
    aliases.c.here,
    aliases.c.lead,
    aliases.c.streak,
    aliases.c.changed_in,
    *_OWNER,
).select_from(aliases.outerjoin(articles, articles.c.id == aliases.c.article_id))


async def _aliases(
    connection: AsyncConnection, ledger: Ledger, kind: str, scope: int, values: Iterable[str]
) -> Sequence[Any]:
    """Return rows of the ledger; the articles that they lead to are entered into it."""
    mine = (aliases.c.kind == kind, aliases.c.scope == scope)
    query = _ALIASES.where(*mine, among(connection, aliases.c.value, values))
    rows = (await connection.execute(query)).all()
    _own(ledger, (row for row in rows if row.key is not None))
    return rows


def _own(ledger: Ledger, rows: Iterable[Any]) -> None:
    for row in rows:
        ledger.owners[row.key] = Owner(
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
        await connection.execute(sa.insert(articles), rows)


async def _update_changed(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> None:
    """Write changed articles and richer copies in order, those that go alike at one go."""
    rows = [row for o in outcomes if (row := _changed_row(o, source))]
    # The article's own page is due, also when it is to go because there is an address now.
    paged = sa.or_(articles.c.url.is_(None), sa.bindparam("paged", type_=sa.Boolean))
    due = articles.c.page_due + sa.case((paged, 1), else_=0)
    statement = sa.update(articles).where(articles.c.key == sa.bindparam("which"))
    for _, alike in itertools.groupby(rows, key=dict.keys):
        await connection.execute(statement.values(page_due=due), list(alike))


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
    query = sa.select(articles.c.key, articles.c.id)
    rows = await connection.execute(query.where(among(connection, articles.c.key, sorted(keys))))
    return {row.key: row.id for row in rows}


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
        shown = ("article_id", "revision", "here", "lead", "streak", "changed_in")
        statement = upsert(connection, aliases, shown)
        await connection.execute(statement, list(identities.values()))
    if keys:
        # The first article that had a hash or an address keeps it while it is there.
        statement = upsert(
            connection, aliases, ("article_id",), where=aliases.c.article_id.is_(None)
        )
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
        "here": True,
        "lead": lead,
        "streak": streak,
        "changed_in": outcome.scan,
    }


async def _write_categories(
    connection: AsyncConnection, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    touching = [
        (o, numbers[key])
        for o in outcomes
        if isinstance(o.decision, New | Changed | Duplicate) and (key := _keys(o)[0])
    ]
    if not touching:
        return
    touched = await feeds_of(connection, [number for _, number in touching])
    await _forget_categories(connection, touching)
    of_category = await category_feeds(connection, [c for o, _ in touching for c in o.categories])
    rows = [
        {
            "article_id": number,
            "feed_id": of_category[category.name],
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
    connection: AsyncConnection, touching: Sequence[tuple[Outcome, int]]
) -> None:
    """Take changed articles out of the categories they gave themselves; date the others anew."""
    changed = [
        {"which": number, "date": o.published}
        for o, number in touching
        if isinstance(o.decision, Changed)
    ]
    if not changed:
        return
    theirs = among(connection, article_feeds.c.article_id, [row["which"] for row in changed])
    await connection.execute(
        sa.delete(article_feeds).where(theirs, article_feeds.c.position < _FURTHER)
    )
    dated = sa.update(article_feeds).where(article_feeds.c.article_id == sa.bindparam("which"))
    date = sa.bindparam("date", type_=article_feeds.c.published.type)
    await connection.execute(dated.values(published=date), changed)


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
