"""The ledger: what identities, texts and addresses were seen, and which articles they lead to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.identity import Changed, Duplicate, Frozen, Ledger, Owner, Trace, Unchanged
from aggregator.store.records import Outcome, held_key, shown_key
from aggregator.store.schema import aliases, articles
from aggregator.store.sql import among, among_given, given, upsert, write_rows


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
    own, every = (source, source), (source, 0)
    for row in await _aliases(connection, ledger, "identity", own, uids):
        ledger.identities[row.value] = Trace(
            key=row.key,
            revision=row.revision,
            here=row.here,
            primary=row.lead,
            streak=row.streak,
            changed_in=row.changed_in,
        )
    for row in await _aliases(connection, ledger, "hash", every, hashes):
        ledger.hashes[row.value] = row.key
    for row in await _aliases(connection, ledger, "address", every, addresses):
        if row.key is None:
            ledger.buried[row.value] = row.revision
        else:
            ledger.addresses[row.value] = row.key
    if asked := list(keys):
        rows = await connection.execute(_OWNERS, {"keys": asked})
        _own(ledger, rows.all(), source)
    return ledger


_leading = aliases.alias("leading")
_OWNER = (
    articles.c.key,
    articles.c.content_hash,
    articles.c.plain_hash,
    articles.c.title_key,
    articles.c.text_key,
    articles.c.richness,
    articles.c.published,
    articles.c.updated,
    articles.c.state,
    articles.c.bond,
    articles.c.shown_id,
    articles.c.copies,
    articles.c.source_id,
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
_OWNERS = sa.select(*_OWNER).where(among_given(articles.c.key, "keys"))
_KNOWN = _ALIASES.where(
    aliases.c.kind == given(aliases.c.kind, "of_kind"),
    aliases.c.scope == given(aliases.c.scope, "within"),
    among_given(aliases.c.value, "values"),
)
_HOLDERS = sa.select(aliases.c.article_id).where(
    aliases.c.kind == "identity",
    aliases.c.scope == given(aliases.c.scope, "within"),
    aliases.c.article_id.is_not(None),
    among_given(aliases.c.value, "values"),
)
# The first article that had a hash or an address keeps it while it is there.
_FREE = aliases.c.article_id.is_(None)


async def _aliases(
    connection: AsyncConnection,
    ledger: Ledger,
    kind: str,
    asked: tuple[int, int],
    values: Iterable[str],
) -> Sequence[Any]:
    """Return rows of the ledger; the articles that they lead to are entered into it.

    ``asked``: which source asks, and the scope.
    """
    source, scope = asked
    sought = {"of_kind": kind, "within": scope, "values": list(values)}
    if not sought["values"]:
        return []
    rows = (await connection.execute(_KNOWN, sought)).all()
    _own(ledger, (row for row in rows if row.key is not None), source)
    return rows


def _own(ledger: Ledger, rows: Iterable[Any], source: int) -> None:
    for row in rows:
        held = row.state == "held"
        ledger.owners[row.key] = Owner(
            key=row.key,
            content_hash=row.content_hash,
            plain_hash=row.plain_hash,
            title_key=row.title_key,
            text_key=row.text_key,
            richness=row.richness,
            published=row.published,
            updated=row.updated,
            orphan=row.orphan or (held and row.source_id != source),
            live=row.state != "retracted",
            held=held and row.source_id == source,
            merged=row.bond == "merged",
            covered=row.shown_id is not None,
            told=row.copies > 0,
            source=row.source_id,
        )


async def holders(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome]
) -> set[int]:
    """Return the articles that decided identities of a source belonged to before."""
    uids = [o.candidate.article.uid for o in outcomes if not isinstance(o.decision, Unchanged)]
    rows = await connection.execute(_HOLDERS, {"within": source, "values": uids})
    return set(rows.scalars())


async def hand_over(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    """Let other sources stand no longer for articles that this one takes over."""
    taken = [
        numbers[o.decision.owner.key]
        for o in outcomes
        if isinstance(o.decision, Changed) and o.decision.owner.orphan
    ]
    if taken:
        others = sa.and_(aliases.c.kind == "identity", aliases.c.scope != source)
        mine = among(aliases.c.article_id, taken)
        await connection.execute(sa.update(aliases).where(others, mine).values(lead=False))


async def write_aliases(
    connection: AsyncConnection, source: int, outcomes: Sequence[Outcome], numbers: dict[str, int]
) -> None:
    """Enter what decided articles are known by from now on; ``numbers`` are theirs by key."""
    identities = {
        o.candidate.article.uid: _identity_row(o, source, numbers)
        for o in outcomes
        if not (isinstance(o.decision, Unchanged) and o.decision.owner)
    }
    keys = {
        (kind, value): {"kind": kind, "scope": 0, "value": value, "article_id": numbers[owner]}
        for o in outcomes
        if (owner := shown_key(o)) and not isinstance(o.decision, Unchanged | Frozen)
        for kind, value in (
            *(("hash", one) for one in o.candidate.hashes),
            *(("address", address) for address in o.addresses),
        )
    }
    if identities:
        shown = ("article_id", "revision", "here", "lead", "streak", "changed_in", "url")
        statement = upsert(connection, aliases, shown)
        await write_rows(connection, statement, list(identities.values()))
    if keys:
        await _write_keys(connection, list(keys.values()))


async def write_hashes(connection: AsyncConnection, hashes: Mapping[int, str]) -> None:
    """Enter a further hash of each of some articles."""
    rows = [
        {"kind": "hash", "scope": 0, "value": value, "article_id": number}
        for number, value in hashes.items()
    ]
    await _write_keys(connection, rows)


async def _write_keys(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    statement = upsert(connection, aliases, ("article_id",), where=_FREE)
    await write_rows(connection, statement, rows)


def _identity_row(outcome: Outcome, source: int, numbers: dict[str, int]) -> dict[str, Any]:
    holder, streak, lead = held_key(outcome), 0, True
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
        "url": outcome.candidate.article.url,
    }
