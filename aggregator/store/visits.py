"""What a visit to a source must know, and how it ended: of many sources at one go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store import holds
from aggregator.store.records import DocumentState, SourceState, Visited
from aggregator.store.schema import answers, documents, sources, subscriptions
from aggregator.store.sql import among_given, given, upsert, write_rows

# The number of a source, and how the visit to it ended.
Ended = tuple[int, Visited]

_COLUMNS = sources.c


async def read_states(
    connection: AsyncConnection, keys: Sequence[str], only: frozenset[str] | None = None
) -> dict[str, SourceState]:
    """Return what scans of sources must know, by key; ``only``: of just these documents."""
    rows = (await connection.execute(_SOURCES, {"keys": keys})).all()
    numbers = [row.id for row in rows]
    mine = {"numbers": numbers}
    if only is None:
        seen = await _of_each(connection, _SEEN, mine)
    else:
        seen = await _of_each(connection, _SOME_SEEN, mine | {"names": only}) if only else {}
    memories = await _of_each(connection, _MEMORIES, mine)
    return {row.key: _state(row, seen.get(row.id, {}), memories.get(row.id, {})) for row in rows}


async def _of_each(
    connection: AsyncConnection, query: Any, asked: Mapping[str, Any]
) -> dict[int, dict[str, str]]:
    """Return the names and values that a query has of sources, by the number of the source."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for number, name, value in await connection.execute(query, asked):
        found[number][name] = value
    return found


_SOURCES = (
    sa.select(sources, subscriptions.c.pushed)
    .outerjoin(subscriptions, subscriptions.c.source_id == sources.c.id)
    .where(among_given(sources.c.key, "keys"))
)
_SEEN = sa.select(documents.c.source_id, documents.c.name, documents.c.validators).where(
    among_given(documents.c.source_id, "numbers")
)
_SOME_SEEN = _SEEN.where(among_given(documents.c.name, "names"))
_MEMORIES = sa.select(answers.c.source_id, answers.c.name, answers.c.memory).where(
    among_given(answers.c.source_id, "numbers")
)


def _state(row: sa.Row[Any], seen: dict[str, str], memories: dict[str, str]) -> SourceState:
    return SourceState(
        id=row.id,
        scans=row.scans,
        seen=seen,
        memories=memories,
        health=row.health,
        failures=row.failures,
        wait_until=row.wait_until,
        pushed=row.pushed,
        released=row.released,
    )


async def write_visits(connection: AsyncConnection, ended: Sequence[Ended]) -> None:
    """Note how visits ended, how their sources are, and when they are due again.

    With them what they found that is no news.
    """
    healthy = [(n, visit) for n, visit in ended if visit.whole and not visit.error]
    held = await holds.still_held(connection, {number: visit.held for number, visit in healthy})
    rows = [_row(number, visit) | held.get(number, {}) for number, visit in ended]
    for statement, whole in ((_ENDED_WHOLE, 1), (_ENDED, 0)):
        mine = [row for row in rows if row["more"] == whole]
        if mine:
            await connection.execute(statement, mine)
    await write_documents(connection, [(n, d) for n, visit in ended for d in visit.documents])
    kept = [
        {"source_id": n, "name": one.name, "memory": one.memory, "seen": visit.at}
        for n, visit in ended
        for one in visit.kept
    ]
    if kept:
        await connection.execute(upsert(connection, answers, ("memory", "seen")), kept)


async def write_documents(
    connection: AsyncConnection, states: Sequence[tuple[int, DocumentState]]
) -> None:
    """Note the validators and errors of documents, each with the number of its source."""
    rows = [
        {"source_id": n, "name": one.name, "validators": one.validators, "error": one.error}
        for n, one in states
    ]
    if rows:
        statement = upsert(connection, documents, ("validators", "error"))
        await write_rows(connection, statement, rows)


def _row(number: int, visit: Visited) -> dict[str, Any]:
    return {
        "number": number,
        "at": visit.at,
        "told": visit.error,
        "new_status": "error" if visit.error else "ok",
        "failed": bool(visit.error),
        "more": int(visit.whole),
        "new_health": visit.health,
        "new_text": visit.health_text,
        "ill_since": visit.at,
        "times": visit.failures,
        "due": visit.due,
        "until": visit.wait_until,
    }


def _since(column: sa.Column[Any], since: sa.Column[Any], name: str, at: str) -> Any:
    """Return since when a column holds a value: as before if it did, else a time that is given."""
    same = column == given(column, name)
    return sa.func.coalesce(sa.case((same, since), else_=None), given(since, at))


_NOTED = {
    "status": given(_COLUMNS.status, "new_status"),
    "error": given(_COLUMNS.error, "told"),
    "since": _since(_COLUMNS.status, _COLUMNS.since, "new_status", "at"),
    "last_scan": given(_COLUMNS.last_scan, "at"),
    "scans": _COLUMNS.scans + given(_COLUMNS.scans, "more"),
}
_NOTED_WHOLE = {
    "health": given(_COLUMNS.health, "new_health"),
    "health_text": given(_COLUMNS.health_text, "new_text"),
    "health_since": _since(_COLUMNS.health, _COLUMNS.health_since, "new_health", "ill_since"),
    "failures": given(_COLUMNS.failures, "times"),
    "next_scan": given(_COLUMNS.next_scan, "due"),
    "wait_until": given(_COLUMNS.wait_until, "until"),
    "released": sa.and_(_COLUMNS.released, given(_COLUMNS.released, "failed")),
}
_MINE = sa.update(sources).where(_COLUMNS.id == given(_COLUMNS.id, "number"))
_ENDED = _MINE.values(_NOTED)
_ENDED_WHOLE = _MINE.values(_NOTED | _NOTED_WHOLE)
