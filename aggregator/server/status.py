"""What the server tells about the program's health."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from aggregator.pings import HubStatus
from aggregator.store import Counts, FeedStatus, SourceStatus

T = TypeVar("T")

log = logging.getLogger(__name__)

# Seconds. Whoever watches a service gives up after 5 to 10 of them and then knows nothing at all.
_PATIENCE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the program is, in numbers.

    ``config_error`` is "" or says why the last edit of the configuration was not taken.
    """

    counts: Counts
    config_error: str

    @property
    def word(self) -> str:
        """Return "ok", or "degraded" while something waits for a person."""
        counts = self.counts
        waits = counts.failing or counts.held or counts.faulty or self.config_error
        return "degraded" if waits else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of the whole program at one moment.

    ``config_error`` is "" or says why the last edit of the configuration was not taken. ``started``
    is when the program began, aware and in UTC. ``hub`` is how it goes with the hub of the feeds,
    None without one.
    """

    sources: tuple[SourceStatus, ...]
    feeds: tuple[FeedStatus, ...]
    config_error: str
    started: datetime
    hub: HubStatus | None = None

    @property
    def health(self) -> Health:
        """How all of it is, in numbers."""
        counts = Counts(
            sources=len(self.sources),
            failing=sum(source.status == "error" for source in self.sources),
            held=sum(source.held_since is not None for source in self.sources),
            faulty=sum(feed.fault != "" for feed in self.feeds),
        )
        return Health(counts=counts, config_error=self.config_error)


Report: TypeAlias = Callable[[], Awaitable[Status]]
Check: TypeAlias = Callable[[], Awaitable[Health]]


async def answered(ask: Callable[[], Awaitable[T]]) -> T | None:
    """Return what is told; None when the program cannot tell, which the log explains."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await ask()
    except Exception:
        log.exception("The state of the program cannot be told")
        return None
