"""What custom feeds search for, and whether articles meet their conditions.

It is found out once for each change of an article, before feeds are written, and kept. A feed that
is new, or is asked for otherwise, first has all articles looked at: a batch at a time, so that
scans can save meanwhile, and from where it was if that is interrupted.
"""

import functools
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator import search
from aggregator.article import Entry
from aggregator.errors import AggregatorError
from aggregator.refine import Compute
from aggregator.rules import If, NotAppliedError, Seen, holds
from aggregator.store import WORDS, Finding, Mark, Store

log = logging.getLogger(__name__)

# Articles that are looked at as one task and written in one transaction, for which scans wait.
_AT_ONCE = 250
# Articles between two lines in the log.
_TELL = 10_000

Conditions = Mapping[int, Sequence[If]]
"""Of feeds by their numbers; an article meets those of which one holds."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    words: tuple[str, str] | None
    meets: tuple[int, ...]
    problems: tuple[str, ...]


def purposes(conditions: Conditions, *, words: bool) -> dict[str, str]:
    """Return what the store is to follow the changes of articles for, each with its digest."""
    wanted = {str(feed): _digest(asked) for feed, asked in conditions.items()}
    return wanted | ({WORDS: search.VERSION} if words else {})


def _digest(asked: Sequence[If]) -> str:
    told = json.dumps([one.model_dump() for one in asked], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


async def weigh(store: Store, conditions: Conditions, compute: Compute) -> None:
    """Look at the articles that changed since this was done last, or are asked for anew.

    What for is what the store follows. Raises StoreError.
    """
    done = 0
    while followed := await store.marks():
        first = min(mark for _, mark in followed.values())
        here = {name: digest for name, (digest, mark) in followed.items() if mark == first}
        until = min((mark for _, mark in followed.values() if mark > first), default=None)
        changed = await store.changed_since(first, until, _AT_ONCE)
        if not changed and until is None:
            return
        task = functools.partial(
            _weighed,
            words=WORDS in here,
            conditions={feed: one for feed, one in conditions.items() if str(feed) in here},
        )
        findings = await _findings(changed, task, compute)
        await store.found(findings, here, changed[-1][0] if changed else until or first)
        done = _told(done, len(changed))


async def _findings(
    changed: Sequence[tuple[Mark, Entry]], task: "functools.partial[_Weighed]", compute: Compute
) -> list[Finding]:
    judged = tuple(task.keywords["conditions"])
    made = await compute(task, [entry for _, entry in changed])
    found = []
    for (mark, entry), one in zip(changed, made, strict=True):
        problems = (str(one),) if isinstance(one, AggregatorError) else one.problems
        for problem in problems:
            log.warning("%s: %s", entry.id, problem)
        words, meets = (None, ()) if isinstance(one, AggregatorError) else (one.words, one.meets)
        found.append(Finding(article=mark.article, words=words, judged=judged, meets=meets))
    return found


def _weighed(entry: Entry, words: bool, conditions: Conditions) -> _Weighed:
    article = entry.article
    met, problems = [], []
    for feed, asked in conditions.items():
        try:
            # No condition of a feed asks for the time.
            if any(holds(one, Seen(article, entry.source, entry.published)) for one in asked):
                met.append(feed)
        except NotAppliedError as error:
            problems.append(f"the condition of a feed was not applied: {error}")
    said = (search.tokens(article.title), search.tokens(article.text or article.summary))
    return _Weighed(said if words else None, tuple(met), tuple(problems))


def _told(done: int, more: int) -> int:
    if done // _TELL < (done + more) // _TELL:
        log.info("Custom feeds: looked at %d articles", done + more)
    return done + more
