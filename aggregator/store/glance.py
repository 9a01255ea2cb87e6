"""A glance at the store: how sources and feeds are.

Its statements are plain text, which the store executes and ``status`` executes by itself: importing
SQLAlchemy takes 0.2 s, more than all the rest of that command.
"""

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

MIGRATIONS = Path(__file__).with_name("migrations")

# Milliseconds that a connection waits for another's lock.
BUSY = 10_000

# Addresses in which nothing has a meaning of its own to SQLAlchemy.
_PLAIN = re.compile(r"sqlite:///([\w ./-]+)")

# Executes a statement without parameters and returns its rows.
Execute = Callable[[str], Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """The health of one source. ``status`` is "ok", "error" or "new" (never scanned).

    ``since`` is when it became so; ``target`` is the folder or address as configured. ``health``
    is "ok", "new" or what ails it (see ``health.py``), since ``health_since``, and ``health_text``
    says what can be done. ``next_scan`` is None when it is not visited any more. ``hub`` is the
    host that tells of its news, or "", for the time being until ``hub_until``. ``held`` counts the
    articles that are held back, and ``held_since`` is since when anything is.
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
    health: str = "ok"
    health_since: datetime | None = None
    health_text: str = ""
    failures: int = 0
    hub: str = ""
    hub_until: datetime | None = None
    held: int = 0
    held_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """One published feed: how many entries it shows and the date of its newest.

    ``fault`` says why it could not be written again since ``fault_since``; "" if it could.
    """

    slug: str
    title: str
    entries: int
    updated: datetime | None = None
    fault: str = ""
    fault_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How everything is at one moment: all configured sources by name, and all feeds.

    ``notes`` are those on the store as a whole, by name; ``waiting`` counts the documents that the
    hub is still to be told of.
    """

    sources: list[SourceStatus]
    feeds: list[FeedStatus]
    notes: dict[str, str]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many configured sources there are, and of how much a person is to take care.

    ``failing`` counts the sources whose last scan ended with an error, ``held`` those of which a
    part is held back, ``faulty`` the feeds that could not be written.
    """

    sources: int
    failing: int
    held: int
    faulty: int


_OF_SOURCES = """
SELECT sources.name, sources.kind, sources.target, sources.status, sources.error, sources.since,
    sources.last_scan, sources.next_scan, sources.health, sources.health_since, sources.health_text,
    sources.failures, sources.held_since"""

# What is held is asked for by an expression, or SQLite would look at all articles of a source to
# find the few.
_SOURCES = f"""{_OF_SOURCES},
    (SELECT count(*) FROM articles WHERE articles.source_id = sources.id),
    (SELECT count(*) FROM documents
        WHERE documents.source_id = sources.id AND documents.error != ''),
    (SELECT count(*) FROM articles
        WHERE articles.state = 'held' AND coalesce(articles.source_id, 0) = sources.id),
    subscriptions.hub, subscriptions.until
FROM sources LEFT JOIN subscriptions
    ON subscriptions.source_id = sources.id AND subscriptions.state = 'active'
WHERE sources.active ORDER BY sources.name"""  # noqa: S608 - a constant

_TROUBLED = f"""{_OF_SOURCES}
FROM sources WHERE sources.active AND sources.health NOT IN ('', 'ok') ORDER BY sources.id"""

_FEEDS = """
SELECT kind, slug, name, entries, newest, fault, fault_since FROM feeds
WHERE (written > 0 OR fault != '') AND moved_to IS NULL"""

_COUNTS = """
SELECT count(*), count(CASE WHEN status = 'error' THEN 1 END), count(held_since),
    (SELECT count(*) FROM feeds WHERE fault != '' AND moved_to IS NULL)
FROM sources WHERE active"""


def counts(execute: Execute) -> Counts:
    """Return how everything is in numbers, in a moment even of thousands of sources."""
    ((sources, failing, held, faulty),) = execute(_COUNTS)
    return Counts(sources=sources, failing=failing, held=held, faulty=faulty)


def glance(execute: Execute) -> Glance:
    """Return how everything is."""
    ((waiting,),) = execute("SELECT count(*) FROM pings WHERE due IS NOT NULL")
    return Glance(
        sources=source_statuses(execute),
        feeds=feed_statuses(execute),
        # What SQLAlchemy returns has keys, and dict would take it for a mapping.
        notes=dict(iter(execute("SELECT name, value FROM notes"))),
        waiting=waiting,
    )


def source_statuses(execute: Execute) -> list[SourceStatus]:
    """Return the health of every configured source, by name."""
    return [_source_status(row[:-5], *row[-5:]) for row in execute(_SOURCES)]


def troubled(execute: Execute) -> list[SourceStatus]:
    """Return the configured sources that are not well, without their counts."""
    return [_source_status(row) for row in execute(_TROUBLED)]


def feed_statuses(execute: Execute) -> list[FeedStatus]:
    """Return every feed that was written or could not be, everything first, then by name.

    Those that moved are where they went.
    """
    # Sorted here: databases differ in what comes first.
    rows = sorted(execute(_FEEDS), key=lambda row: (row[0] != "everything", row[2], row[1]))
    return [
        FeedStatus(
            slug=slug,
            title=name,
            entries=entries,
            updated=instant(newest),
            fault=fault,
            fault_since=instant(fault_since),
        )
        for _, slug, name, entries, newest, fault, fault_since in rows
    ]


def _source_status(
    row: Sequence[Any],
    articles: int = 0,
    problems: int = 0,
    held: int = 0,
    hub: str | None = None,
    until: int | None = None,
) -> SourceStatus:
    name, kind, target, status, error, since, last_scan, next_scan, *more = row
    health, health_since, health_text, failures, held_since = more
    return SourceStatus(
        name=name,
        kind=kind,
        target=target,
        status=status or "new",
        error=error,
        since=instant(since),
        last_scan=instant(last_scan),
        next_scan=instant(next_scan),
        articles=articles,
        problems=problems,
        health=health or ("ok" if status else "new"),
        health_since=instant(health_since),
        health_text=health_text,
        failures=failures,
        hub=host(hub),
        hub_until=instant(until),
        held=held,
        held_since=instant(held_since),
    )


def host(hub: str | None) -> str:
    """Return the host of a hub for people to read, "" of none."""
    return urlsplit(hub).hostname or "" if hub else ""


def instant(value: int | None) -> datetime | None:
    """Return the time that microseconds since 1970 stand for."""
    return None if value is None else EPOCH + value * MICROSECOND


def newest_revision() -> str:
    """Return the newest revision of the tables: files have its number in front."""
    return max(file.name for file in (MIGRATIONS / "versions").iterdir() if file.is_file())[:4]


def file_of(store: str, root: Path) -> Path | None:
    """Return the SQLite file of a ``store`` setting; None of one that SQLAlchemy is to look at."""
    plain = _PLAIN.fullmatch(store)
    return root / plain[1] if plain else None


def glance_at(file: Path) -> Glance | None:
    """Return how everything is in a SQLite file, also while a program works on it.

    None if that takes the store: for a file that is to be made, brought up to date, or complained
    about.
    """
    if not file.is_file():
        return None
    try:
        with contextlib.closing(
            sqlite3.connect(file, timeout=BUSY / 1000, isolation_level=None)
        ) as connection:
            # One transaction: all of it is of the same moment.
            connection.execute("BEGIN")
            ((revision,),) = connection.execute("SELECT version_num FROM alembic_version")
            return glance(connection.execute) if revision == newest_revision() else None
    except (sqlite3.Error, ValueError):
        return None
