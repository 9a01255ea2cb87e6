"""What a log of requests must show if manners were kept, and which of it does not hold."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from soak_web import FRESH, RETRY, TTL, Asked, Spot

# Seconds. Where processes wait for the processor, the server notes the end of an answer, or that
# the program gave up, later than the program has seen it.
_SLACK = 0.25
# Seconds after which a source that failed is tried again at first, half of it at least.
_BACKOFF = 300.0
# A circle of redirects comes by twice; and a request on a connection that was open already and
# broke is sent again at once (RFC 9112, 9.3.1). Seconds within which they are one visit.
_AGAIN, _AT_ONCE = frozenset(("loop", "reset")), 5.0
# Redirects lead from these to other addresses, whose validators are told to the first.
_LEADING = frozenset(("chain", "elsewhere"))

_ILL = frozenset(
    (
        *("403", "404", "429", "500", "503", "cut", "drips", "forbidden", "loop", "malformed"),
        *("reset", "silent"),
    )
)


@dataclass(frozen=True, slots=True)
class Due:
    """What the store said after a visit: when the source is due next, in wall-clock seconds."""

    number: int
    visited: float
    due: float | None


def broken(spots: Sequence[Spot], log: Sequence[Asked], dues: Sequence[Due]) -> Iterator[str]:
    """Yield a line for each rule that a request breaks, which begins with the rule."""
    by_host: dict[str, list[Asked]] = defaultdict(list)
    by_spot: dict[int, list[Asked]] = defaultdict(list)
    parts: dict[int, list[Asked]] = defaultdict(list)
    for one in log:
        by_host[one.host].append(one)
        parts[one.number].append(one)
        if one.first:
            by_spot[one.number].append(one)
    delays = {spot.host: spot.delay for spot in spots}
    for host, asked in by_host.items():
        yield from _turns(host, asked, delays[host])
        yield from _left_alone(host, asked)
    for spot in spots:
        asked = by_spot[spot.number]
        if not asked and spot.kind != "forbidden":
            yield f"every source is asked: {spot.path} never was"
        yield from _again(spot, asked)
        leads = spot.kind in _LEADING
        yield from _validators(spot, parts[spot.number] if leads else asked)
    yield from _early(spots, by_spot, dues)


def _turns(host: str, asked: Sequence[Asked], delay: int) -> Iterator[str]:
    for before, after in itertools.pairwise(asked):
        if before.path == after.path and "/reset/" in after.path:
            continue
        gap = after.begin - before.end
        if gap < -_SLACK:
            yield f"one request at a time: {host} {before.path} {after.path} {-gap:.2f} s"
        elif gap < delay - _SLACK:
            yield f"a pause after each answer: {host} {after.path} {gap:.2f} s"


def _left_alone(host: str, asked: Sequence[Asked]) -> Iterator[str]:
    until = 0.0
    for one in asked:
        if one.begin < until - _SLACK:
            yield f"Retry-After is kept: {host} {one.path} {until - one.begin:.2f} s early"
        if one.status in (429, 503):
            until = max(until, one.end + RETRY)


def _again(spot: Spot, asked: Sequence[Asked]) -> Iterator[str]:
    """Check how long a source is left alone between two visits."""
    begins = _visits(spot, asked)
    for number, (before, after) in enumerate(itertools.pairwise(begins)):
        gap = after - before
        if spot.kind == "410":
            yield f"what is gone is not asked for: {spot.path}"
        elif spot.kind in _ILL and gap < _BACKOFF / 2 * 2**number - _SLACK:
            yield f"failures are backed off: {spot.path} {gap:.0f} s after {number + 1}"
        elif spot.kind in _LEAST and gap < _LEAST[spot.kind] - _SLACK:
            yield f"fresh answers stand: {spot.path} {gap:.0f} s"


_LEAST = {"fresh": FRESH, "ttl": TTL, "skips": 3600.0, "auto": 300.0}


def _visits(spot: Spot, asked: Sequence[Asked]) -> list[float]:
    """Return when each visit began."""
    near = _AT_ONCE if spot.kind in _AGAIN else 0.0
    before = [0.0, *(one.end for one in asked)]
    return [one.begin for one, end in zip(asked, before, strict=False) if one.begin - end > near]


def _validators(spot: Spot, asked: Sequence[Asked]) -> Iterator[str]:
    """Check that what a server gave comes back byte for byte."""
    given = ""
    for one in asked:
        if one.validators != given:
            yield f"validators come back: {spot.path} {one.validators!r} for {given!r}"
        given = one.sent if one.status == 200 else one.sent or given


def _early(
    spots: Sequence[Spot], by_spot: Mapping[int, Sequence[Asked]], dues: Sequence[Due]
) -> Iterator[str]:
    for due, begin in waits(by_spot, dues):
        if due.due is None or begin < due.due - _SLACK:
            early = "never" if due.due is None else f"{due.due - begin:.2f} s later"
            yield f"nobody is asked before it is due: {spots[due.number].path}, due {early}"


def waits(
    by_spot: Mapping[int, Sequence[Asked]], dues: Sequence[Due]
) -> Iterator[tuple[Due, float]]:
    """Yield what was due together with when it was asked for."""
    for due in dues:
        later = (one.begin for one in by_spot.get(due.number, ()) if one.begin > due.visited)
        if (begin := next(later, None)) is not None:
            yield due, begin


def unasked(log: Sequence[Asked], dues: Sequence[Due], now: float) -> list[float]:
    """Return for how many seconds those have been due that were not asked for since."""
    last = {due.number: due for due in dues}
    asked: Counter[int] = Counter()
    for one in log:
        asked[one.number] = max(asked[one.number], int(one.begin * 1000))
    return [
        now - due.due
        for due in last.values()
        if due.due is not None and due.due < now and asked[due.number] / 1000 <= due.visited
    ]
