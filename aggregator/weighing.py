"""What custom feeds search for, found out as articles change.

It is found out once for each change of an article, before feeds are written, and kept. A feed that
is new, or is asked for otherwise, first has all articles looked at: a batch at a time, so that
scans can save meanwhile, and from where it was if that is interrupted.
"""

import logging
from collections.abc import Sequence

from aggregator import search
from aggregator.article import Entry
from aggregator.errors import AggregatorError
from aggregator.refine import Compute
from aggregator.store import Finding, Mark, Store

log = logging.getLogger(__name__)

# Articles that are looked at as one task and written in one transaction, for which scans wait.
_AT_ONCE = 250
# Articles between two lines in the log.
_TELL = 10_000


async def weigh(store: Store, compute: Compute) -> None:
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
        findings = await _findings(changed, compute)
        await store.found(findings, here, changed[-1][0] if changed else until or first)
        done = _told(done, len(changed))


async def _findings(changed: Sequence[tuple[Mark, Entry]], compute: Compute) -> list[Finding]:
    made = await compute(_words, [entry for _, entry in changed])
    return [
        Finding(article=mark.article, words=one)
        for (mark, _), one in zip(changed, made, strict=True)
        if not isinstance(one, AggregatorError)
    ]


def _words(entry: Entry) -> tuple[str, str]:
    article = entry.article
    return search.tokens(article.title), search.tokens(article.text or article.summary)


def _told(done: int, more: int) -> int:
    if done // _TELL < (done + more) // _TELL:
        log.info("Custom feeds: looked at %d articles", done + more)
    return done + more
