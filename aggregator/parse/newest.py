"""Of endless feeds, the newest entries."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from aggregator.article import Article

# Entries of one document. The largest of a hundred captured feeds has 1,046; to read so many and
# to clean them is a minute's work.
MOST_ENTRIES = 10_000

_T = TypeVar("_T")


def read_newest(
    entries: Sequence[_T], read: Callable[[_T], Article]
) -> tuple[list[Article], tuple[str, ...]]:
    """Read the newest ``MOST_ENTRIES`` entries, in their order; say so where there are more.

    Feeds begin with the newest; one whose last entry is newer than its first ends with it.
    """
    if len(entries) <= MOST_ENTRIES:
        return [read(entry) for entry in entries], ()
    first, last = read(entries[0]).published, read(entries[-1]).published
    backwards = first is not None and last is not None and first < last
    kept = entries[-MOST_ENTRIES:] if backwards else entries[:MOST_ENTRIES]
    said = f"The feed has {len(entries):,} entries; the newest {MOST_ENTRIES:,} are read."
    return [read(entry) for entry in kept], (said,)
