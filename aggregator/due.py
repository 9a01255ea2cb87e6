"""When a source is visited next: its own interval, what its server asks for, how it fared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from aggregator.errors import Trouble
from aggregator.sources import Memory, Source
from aggregator.sources.base import AUTO

# A server that does not answer is tried again after this, then after twice as long each time: a
# laptop that woke without a network must not lose a day. A source that says no is tried again after
# its own interval, if that is longer: what is wrong in that way is not mended in minutes.
_SOON = timedelta(minutes=5)
_PASSING: frozenset[Trouble | Literal[""]] = frozenset(("unreachable", "certificate", "missing"))

# The longest that any rule here makes a source wait.
_LONGEST = timedelta(days=1)

# Between them lies the interval of "every: auto": an eighth of the time between two articles, so
# that news is on average a sixteenth of that old. A source that has fallen silent is taken for one
# whose rhythm is a quarter of its silence.
_AUTO_LEAST, _AUTO_PART, _SILENCE_PART = timedelta(minutes=5), 8, 4

# While a hub tells of news, polling only finds what it missed.
_PUSHED = timedelta(hours=12)

# For how long after its last message a hub is taken to work.
PUSHES = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """How a visit went.

    ``trouble`` is "" when it did not fail; ``failures`` counts it and those before it. ``retry`` is
    for how many seconds the server asks to be left alone; ``asked`` is False when that is known
    from another source, so that nobody was asked. ``pushed``: when a hub told of news last.
    """

    trouble: Trouble | Literal[""] = ""
    failures: int = 0
    retry: float = 0.0
    asked: bool = True
    memory: Memory = field(default_factory=Memory)
    pushed: datetime | None = None


def next_due(source: Source, fared: Fared, now: datetime, chance: float) -> datetime | None:
    """Return when a source is due after a visit, None if it is gone for good.

    ``chance``, from 0 to 1, keeps those that failed together from coming back together.
    """
    regular = _regular(source, fared.memory, now, chance)
    if not source.settings.remote:
        return regular
    if fared.trouble == "gone":
        return None
    if not fared.asked:
        due = now + asked(fared.retry)
    elif fared.failures:
        due = now + max(_backoff(fared, regular - now, chance), asked(fared.retry))
    else:
        due = max(regular, _wished(fared.memory, now))
        if fared.pushed and now - fared.pushed < PUSHES:
            due = max(due, now + _PUSHED * (0.5 + chance))
    return _allowed(due, fared.memory)


def first_due(
    source: Source, planned: Mapping[str, datetime | None], now: datetime
) -> datetime | None:
    """Return when a source is due after a start: as planned; at once when new or at hand."""
    if not source.settings.remote or source.key not in planned:
        return now
    return planned[source.key]


def _regular(source: Source, memory: Memory, now: datetime, chance: float) -> datetime:
    if source.settings.every == AUTO and memory.rhythm:
        # A tenth apart, as for all other intervals, but within the bounds.
        return now + max(_auto(memory, now) * (0.9 + chance / 10), _AUTO_LEAST)
    due = source.trigger.get_next_fire_time(now, now)
    # A cron line may name a day that never comes.
    return due.astimezone(UTC) if due else now + _LONGEST


def _auto(memory: Memory, now: datetime) -> timedelta:
    silence = now - memory.newest if memory.newest else timedelta()
    rhythm = max(timedelta(seconds=memory.rhythm), silence / _SILENCE_PART)
    return min(max(rhythm / _AUTO_PART, _AUTO_LEAST), _LONGEST)


def _backoff(fared: Fared, own: timedelta, chance: float) -> timedelta:
    """Return how long a source is left alone after failures; ``own`` is its interval."""
    first, least = max(own, _SOON), own
    if fared.trouble in _PASSING:
        first, least = _SOON, timedelta()
    doubled = min(first * int(2 ** min(fared.failures - 1, 16)), _LONGEST)
    return max(doubled * (0.5 + chance / 2), least)


def asked(retry: float) -> timedelta:
    """Return for how long a server that asks for so many seconds is left alone."""
    return min(timedelta(seconds=retry), _LONGEST)


def _wished(memory: Memory, now: datetime) -> datetime:
    """Return when the source itself says that it is worth asking again."""
    every = now + min(timedelta(seconds=memory.hints.every), _LONGEST)
    return max(every, min(memory.fresh, now + _LONGEST)) if memory.fresh else every


def _allowed(due: datetime, memory: Memory) -> datetime:
    """Move a time out of the hours and days in which the feed says that nothing changes."""
    hours, days = set(memory.hints.hours), set(memory.hints.days)
    for later in range(8 * 24):
        at = due + timedelta(hours=later)
        if at.hour not in hours and at.weekday() not in days:
            return at
    return due
