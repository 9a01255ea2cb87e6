"""What the hub is still to be told: the addresses of feeds that changed."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.store.glance import EPOCH
from aggregator.store.records import Ping
from aggregator.store.schema import pings
from aggregator.store.sql import among, among_given, insert_missing


async def expect(connection: AsyncConnection, topics: Sequence[str]) -> None:
    """Note that feeds are about to be written; whether they were, nobody may live to tell."""
    if topics:
        statement = insert_missing(connection, pings)
        await connection.execute(statement, [{"topic": topic} for topic in topics])


async def settle(connection: AsyncConnection, changed: Sequence[str], same: Sequence[str]) -> None:
    """Have the hub told of what was written and changed, and not of what stayed the same."""
    if changed:
        await connection.execute(_CHANGED, {"topics": changed})
    if same:
        await connection.execute(_SAME, {"topics": same})


_CHANGED = (
    sa.update(pings)
    .where(among_given(pings.c.topic, "topics"))
    .values(
        due=sa.func.coalesce(pings.c.due, sa.literal(EPOCH, pings.c.due.type)),
        changes=pings.c.changes + 1,
    )
)
_SAME = sa.delete(pings).where(among_given(pings.c.topic, "topics"), pings.c.due.is_(None))


async def resume(connection: AsyncConnection) -> None:
    """Have the hub told of what was being written when the program ended."""
    await connection.execute(sa.update(pings).where(pings.c.due.is_(None)).values(due=EPOCH))


async def forget(connection: AsyncConnection, topics: Sequence[str] | None = None) -> None:
    """Forget what was to be told, all of it without ``topics``."""
    these = sa.true() if topics is None else among(pings.c.topic, topics)
    await connection.execute(sa.delete(pings).where(these))


async def due(connection: AsyncConnection, now: datetime) -> list[Ping]:
    """Return what is to be told by now, what waited longest first."""
    query = sa.select(pings).where(pings.c.due <= now).order_by(pings.c.due, pings.c.topic)
    return [
        Ping(topic=row.topic, changes=row.changes, tries=row.tries)
        for row in await connection.execute(query)
    ]


async def told(connection: AsyncConnection, ping: Ping) -> None:
    """Note that the hub knows, unless the feed changed again while it was told."""
    mine = pings.c.topic == ping.topic
    await connection.execute(sa.delete(pings).where(mine, pings.c.changes == ping.changes))
    await connection.execute(sa.update(pings).where(mine).values(tries=0))


async def put_off(connection: AsyncConnection, topics: Sequence[str], until: datetime) -> None:
    """Have the hub told of feeds later."""
    these = among(pings.c.topic, topics)
    later = sa.update(pings).where(these).values(due=until, tries=pings.c.tries + 1)
    await connection.execute(later)


async def waiting(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """Return of how many feeds the hub is still to be told, and when the next time is."""
    query = sa.select(sa.func.count(), sa.func.min(pings.c.due)).where(pings.c.due.is_not(None))
    count, first = (await connection.execute(query)).one()
    return count, first
