"""A few numbers by which an article finds those that tell the same, among any number of others.

MinHash with one permutation: of all runs of a few characters (shingles), those with the smallest
checksums are kept, and two texts keep the same ones as often as they share their shingles. Done
three times, for the text's first lines, its beginning and the whole of it, because a feed that
gives only a text's beginning shares little of the whole.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from heapq import nsmallest
from zlib import crc32

# Letters of an item below which nothing is compared; a Chinese character counts as three of them.
# Shorter ones are captions and greetings, which are the same without being the same story.
SHORTEST = 120

# Letters and keys of each part that is sketched. See docs/near-duplicates.md for what fewer cost.
_PARTS = ((180, 3), (720, 4), (16_000, 5))
# Letters of a shingle: long enough that chance and set phrases share few.
_SHINGLE = 24

# Where shingles of an alphabet begin: at 4 letters of 10, which halves the work.
_BEGINNINGS = re.compile("[aeiou]|[^a-z]")

_NOT_LETTERS = re.compile(r"[\W_]+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def sketch(title: str, text: str) -> tuple[int, ...]:
    """Return the band keys of a cleaned article: signed 64-bit integers, 12 at most.

    Two articles that share one are worth comparing. () for an item too short to be compared. NFKC,
    letter case, punctuation and white space make no difference. The same on every machine.
    """
    letters = fold(text)
    if weight(letters) < SHORTEST:
        return ()
    unit = 3 if _is_dense(letters) else 1
    starts, checksums = _shingles(letters, unit)
    keys: dict[int, None] = {}
    for length, count in _PARTS:
        part = checksums[: bisect_left(starts, length // unit)]
        for checksum in nsmallest(count, set(part)):
            start = starts[part.index(checksum)]
            keys[_key(letters[start : start + _SHINGLE // unit])] = None
    return tuple(keys)


def fold(text: str) -> str:
    """The letters and digits of the part of a text that is sketched, NFKC and case-folded."""
    # Characters that fold to several are rare: the factor of two leaves room for spaces instead.
    start = text[: 2 * _PARTS[-1][0]]
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", start).casefold())


def weight(letters: str) -> int:
    """How much folded text says, in letters."""
    return len(letters) + 2 * len(_DENSE.findall(letters[:SHORTEST]))


def _is_dense(letters: str) -> bool:
    start = letters[:500]
    return 3 * len(_DENSE.findall(start)) > len(start)


def _shingles(letters: str, unit: int) -> tuple[Sequence[int], list[int]]:
    """Where the shingles begin, and their checksums."""
    size = _SHINGLE // unit
    last = max(1, len(letters) - size + 1)
    starts: Sequence[int] = range(last)
    if unit == 1:
        found = [match.start() for match in _BEGINNINGS.finditer(letters, 0, last)]
        starts = found or starts
    data, width = letters.encode("utf-32-le", "surrogatepass"), 4 * size
    return starts, [crc32(data[i : i + width]) for i in (4 * start for start in starts)]


def _key(shingle: str) -> int:
    digest = blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
