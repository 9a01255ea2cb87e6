"""A few numbers by which an article finds those that tell the same, among any number of others.

MinHash with one permutation (Broder, 1997): of all runs of a few letters (shingles), those with the
smallest checksums are kept, and two texts keep the same ones the more shingles they share. Done
three times, for a text's first lines, its beginning and the whole of it, because a copy that was
cut to a beginning shares little of the whole.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from heapq import nsmallest
from zlib import crc32

from aggregator.near.letters import fold, is_dense, is_short

# Letters of each part that is sketched (of Chinese: a third), and how many keys it gets.
_PARTS = ((180, 3), (720, 4), (8_000, 5))
# Characters in which the letters of the last part are looked for.
_CHARACTERS = 12_000

# Letters of a shingle: more than set phrases have, so that few texts meet by chance.
_SHINGLE = 24

# Shingles begin with a vowel, or with one of the first Han characters: with about four of ten, which
# halves the work. Letters of other alphabets are all taken.
_BEGINNING = re.compile("[^b-df-hj-np-tv-z\u6600-\u9fff]")


def sketch(title: str, text: str) -> tuple[int, ...]:
    """Return the band keys of a cleaned article: signed 64-bit integers, 12 at most.

    Two articles that share one are worth comparing. () for an item too short to be compared. NFKC,
    letter case, punctuation and white space make no difference. The same on every machine.
    """
    letters = fold(text[:_CHARACTERS])
    if is_short(letters):
        return ()
    unit = 3 if is_dense(letters) else 1
    starts, checksums = _shingles(letters, _SHINGLE // unit)
    keys: dict[int, None] = {}
    for length, count in _PARTS:
        part = checksums[: bisect_left(starts, length // unit)]
        for checksum in nsmallest(count, set(part)):
            start = starts[part.index(checksum)]
            keys[_key(letters[start : start + _SHINGLE // unit])] = None
    return tuple(keys)


def _shingles(letters: str, size: int) -> tuple[Sequence[int], list[int]]:
    """Where the shingles begin, and their checksums."""
    last = len(letters) - size + 1
    starts = [match.start() for match in _BEGINNING.finditer(letters, 0, last)] or range(last)
    # Four bytes to each letter, so that one cuts by position.
    data = letters.encode("utf-32-le", "surrogatepass")
    return starts, [crc32(data[4 * start : 4 * (start + size)]) for start in starts]


def _key(shingle: str) -> int:
    digest = blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
