"""What a visit to a source must know, and how it ended: of many sources at one go."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store import holds
from aggregator.store.records import DocumentState, SourceState, Visited
from aggregator.store.schema import answers, documents, sources, subscriptions
from aggregator.store.sql import among, upsert, write_rows

# The number of a source, and how the visit to it ended.
Ended = tuple[int, Visited]

_COLUMNS = sources.c


async def read_states(
    connection: AsyncConnection, keys: Iterable[str], only: frozenset[str] = frozenset()
) -> dict[str, SourceState]:
    """Return what scans of sources must know, by key; ``only``: of just these documents."""
    query = sa.select(sources, subscriptions.c.pushed).outerjoin(
        subscriptions, subscriptions.c.source_id == sources.c.id
    )
    rows = (await connection.execute(query.where(among(connection, sources.c.key, keys)))).all()
    numbers = [row.id for row in rows]
    query = sa.select(documents.c.source_id, documents.c.name, documents.c.validators)
    if only:
        query = query.where(among(connection, documents.c.name, only))
    seen = await _of_each(connection, query, documents, numbers)
    query = sa.select(answers.c.source_id, answers.c.name, answers.c.memory)
    memories = await _of_each(connection, query, answers, numbers)
    return {row.key: _state(row, seen[row.id], memories[row.id]) for row in rows}


async def _of_each(
    connection: AsyncConnection, query: Any, table: sa.Table, numbers: Sequence[int]
) -> dict[int, dict[str, str]]:
    """Return the names and values that a query has of sources, by the number of the source."""
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    mine = query.where(among(connection, table.c.source_id, numbers))
    for number, name, value in await connection.execute(mine):
        found[number][name] = value
    return found


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


def _given(name: str, column: sa.Column[Any]) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=column.type)


def _since(column: sa.Column[Any], since: sa.Column[Any], name: str, at: str) -> Any:
    """Return since when a column holds a value: as before if it did, else a time that is given."""
    same = column == _given(name, column)
    return sa.func.coalesce(sa.case((same, since), else_=None), _given(at, since))


_NOTED = {
    "status": _given("new_status", _COLUMNS.status),
    "error": _given("told", _COLUMNS.error),
    "since": _since(_COLUMNS.status, _COLUMNS.since, "new_status", "at"),
    "last_scan": _given("at", _COLUMNS.last_scan),
    "scans": _COLUMNS.scans + _given("more", _COLUMNS.scans),
}
_NOTED_WHOLE = {
    "health": _given("new_health", _COLUMNS.health),
    "health_text": _given("new_text", _COLUMNS.health_text),
    "health_since": _since(_COLUMNS.health, _COLUMNS.health_since, "new_health", "ill_since"),
    "failures": _given("times", _COLUMNS.failures),
    "next_scan": _given("due", _COLUMNS.next_scan),
    "wait_until": _given("until", _COLUMNS.wait_until),
    "released": sa.and_(_COLUMNS.released, _given("failed", _COLUMNS.released)),
}
_MINE = sa.update(sources).where(_COLUMNS.id == _given("number", _COLUMNS.id))
_ENDED = _MINE.values(_NOTED)
_ENDED_WHOLE = _MINE.values(_NOTED | _NOTED_WHOLE)
