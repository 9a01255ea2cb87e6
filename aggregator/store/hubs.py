"""What was agreed on with hubs (WebSub): who tells of which source's news, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.records import Standing, Subscription
from aggregator.store.schema import answers, sources, subscriptions
from aggregator.store.sql import among, upsert

# When a source is due: at once if its hub told of news after it was scanned last.
DUE = sa.case(
    (subscriptions.c.pushed > sources.c.last_scan, subscriptions.c.pushed),
    else_=sources.c.next_scan,
)

_OF_SOURCE = subscriptions.c.source_id == sources.c.id
_FIELDS = tuple(field.name for field in fields(Subscription))


def _standings() -> sa.Select[Any]:
    """Select sources with their subscription, and what is remembered of their address."""
    of_target = sa.and_(answers.c.source_id == sources.c.id, answers.c.name == sources.c.target)
    return (
        sa.select(
            *(sources.c.id, sources.c.key, sources.c.name, sources.c.active, answers.c.memory),
            *(subscriptions.c[name] for name in _FIELDS),
        )
        .outerjoin_from(sources, subscriptions, _OF_SOURCE)
        .outerjoin(answers, of_target)
    )


def _standing(row: Any) -> Standing:
    subscription = {name: getattr(row, name) for name in _FIELDS}
    return Standing(
        source=row.id,
        key=row.key,
        name=row.name,
        active=row.active,
        memory=row.memory or "",
        subscription=Subscription(**subscription) if row.token else None,
    )


async def standings(
    connection: AsyncConnection, keys: Iterable[str], now: datetime
) -> list[Standing]:
    """Return how these sources stand, and those whose hub is to be asked by now."""
    due = sa.select(subscriptions.c.source_id).where(subscriptions.c.due <= now)
    these = sa.or_(among(sources.c.key, keys), sources.c.id.in_(due))
    rows = await connection.execute(_standings().where(these).order_by(sources.c.id))
    return [_standing(row) for row in rows]


async def standing(connection: AsyncConnection, token: str) -> Standing | None:
    """Return how the source stands that a token is for."""
    rows = await connection.execute(_standings().where(subscriptions.c.token == token))
    row = rows.one_or_none()
    return _standing(row) if row else None


async def write(connection: AsyncConnection, source: int, subscription: Subscription) -> None:
    """Write a source's subscription in place of the one that it had."""
    row = {"source_id": source, **asdict(subscription)}
    await connection.execute(upsert(connection, subscriptions, _FIELDS), row)


async def change(connection: AsyncConnection, token: str, changes: Mapping[str, Any]) -> None:
    """Write the fields of a subscription that changed."""
    mine = subscriptions.c.token == token
    await connection.execute(sa.update(subscriptions).where(mine).values(**changes))


async def forget(connection: AsyncConnection, token: str) -> None:
    """Forget a subscription."""
    await connection.execute(sa.delete(subscriptions).where(subscriptions.c.token == token))


def with_any(query: sa.Select[Any]) -> sa.Select[Any]:
    """Join a selection of sources with their subscriptions."""
    return query.outerjoin_from(sources, subscriptions, _OF_SOURCE)
