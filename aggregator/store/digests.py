"""The digests of periods that are over."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.article import Digest, Headline
from aggregator.store.feeds import mark_feeds
from aggregator.store.schema import clock, digests, periods
from aggregator.store.sql import insert_missing, upsert


async def close_periods(connection: AsyncConnection, ends: datetime) -> None:
    """Let nothing appear before a time any more."""
    later = sa.update(clock).where(clock.c.closed < ends)
    await connection.execute(later.values(closed=ends))


async def digested(connection: AsyncConnection, feed: int) -> tuple[datetime, str] | None:
    """Return when the last period of a feed ended and its label, or None if there was none."""
    query = sa.select(periods.c.ends, periods.c.label).where(periods.c.feed_id == feed)
    row = (await connection.execute(query)).one_or_none()
    return (row.ends, row.label) if row else None


async def add_digest(connection: AsyncConnection, feed: int, digest: Digest) -> None:
    """Note that a period of a feed is over; keep its digest, unless nothing is in it."""
    place = {"feed_id": feed, "label": digest.label, "ends": digest.ends}
    await connection.execute(upsert(connection, periods, ("label", "ends")), place)
    if not digest.total:
        return
    headlines = [asdict(h) | {"published": h.published.isoformat()} for h in digest.headlines]
    row = place | {"total": digest.total, "headlines": headlines}
    # What was told once is told so for ever.
    statement = insert_missing(connection, digests)
    await connection.execute(statement, row)
    await mark_feeds(connection, [feed])


async def read_digests(connection: AsyncConnection, feed: int, limit: int) -> Sequence[Digest]:
    """Return the newest digests of a feed, newest first."""
    query = sa.select(digests).where(digests.c.feed_id == feed)
    rows = await connection.execute(query.order_by(digests.c.ends.desc()).limit(limit))
    return [
        Digest(
            label=row.label,
            ends=row.ends,
            total=row.total,
            headlines=tuple(
                Headline(**(one | {"published": datetime.fromisoformat(one["published"])}))
                for one in row.headlines
            ),
        )
        for row in rows
    ]
