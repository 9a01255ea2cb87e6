"""What the store tells about sources and feeds."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The health of one source. ``status`` is "ok", "error" or "new" (never scanned).

    ``since`` is when it became so; ``target`` is the folder or address as configured.
    """

    name: str
    kind: str
    target: str
    status: str
    error: str = ""
    since: datetime | None = None
    last_scan: datetime | None = None
    next_scan: datetime | None = None
    articles: int = 0
    problems: int = 0  # documents that could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """One published feed: how many entries it shows and the date of its newest."""

    slug: str
    title: str
    entries: int
    updated: datetime | None = None
