"""What the store takes and tells, besides articles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.article import Entry
from aggregator.identity import Candidate, Decision

State = Literal["live", "waiting", "retracted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A source as the configuration has it.

    ``key`` outlives the name; ``recipe`` is a digest of the settings that shape its articles.
    """

    key: str
    name: str
    kind: str
    target: str
    recipe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What a scan must know of its source. ``seen``: document name -> validators."""

    id: int
    scans: int
    seen: dict[str, str]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed with an address.

    ``wanted`` counts the reasons to write it, ``written`` those that the files on disk already
    answer; ``kind`` is "everything", "category" or "custom".
    """

    id: int
    kind: str
    name: str
    slug: str
    uri: str
    wanted: int
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of an article: its name and the slug that it would like."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One decided article with all that saving it takes.

    ``entry_id`` and ``key`` are used when it is new; the dates are those it shall have; ``scan``
    numbers the source's scan.
    """

    candidate: Candidate
    decision: Decision
    entry_id: str
    key: str
    published: datetime
    updated: datetime
    state: State
    categories: tuple[Category, ...]
    addresses: tuple[str, ...]
    scan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """What is remembered of a document: its validators, and why it could not be read, or ""."""

    name: str
    validators: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article's own page that is to be written (``live``) or taken away.

    ``wanted`` counts the reasons that there were when it was read; ``number`` is the article's.
    """

    number: int
    wanted: int
    entry: Entry
    live: bool
