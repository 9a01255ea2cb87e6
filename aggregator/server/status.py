"""What the server tells about the program's health."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from aggregator.pings import HubStatus
from aggregator.store import FeedStatus, SourceStatus


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
    def failing(self) -> int:
        """How many sources ended their last scan with an error."""
        return sum(source.status == "error" for source in self.sources)

    @property
    def health(self) -> str:
        """Return "ok", or "degraded" while something waits for a person."""
        held = any(source.held_since for source in self.sources)
        faulty = any(feed.fault for feed in self.feeds)
        return "degraded" if self.failing or self.config_error or held or faulty else "ok"


Report: TypeAlias = Callable[[], Awaitable[Status]]
