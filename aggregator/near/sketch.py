"""A few numbers by which an article finds those that tell the same, among any number of others.

MinHash with one permutation (Broder, 1997): of all runs of a few letters (shingles), those with the
smallest checksums are kept, and two texts keep the same ones the more shingles they share. Done
three times, for a text's first lines, its beginning and the whole of it, because a copy that was
cut to a beginning shares little of the whole. The title is one more key.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from heapq import nsmallest
from zlib import crc32

from aggregator.near.letters import SHORTEST, fold, is_dense, weight

# Letters of each part that is sketched (of Chinese: a third), and how many keys it gets. Two each
# find as many of the labelled pairs; the others are for edits that nobody thought of. As many keys
# of the whole alone lose seven times more pairs, all of them copies that were cut.
_PARTS = ((180, 2), (720, 3), (8_000, 3))
# Characters in which the letters of the last part are looked for.
_CHARACTERS = 12_000

# Letters of a title that is a key as well ("Daily digest" and 每日简报 have fewer), and characters
# of it that are looked at.
_TITLE, _TITLE_CHARACTERS = 16, 400

# Letters of a shingle: more than set phrases have. With 12, six times as many real articles meet
# that have nothing in common; with 30 hardly fewer than with 24.
_SHINGLE = 24

# Shingles begin with a vowel, or with one of the first Han characters: with about four of ten,
# which halves the work. Letters of other alphabets are all taken.
_BEGINNING = re.compile("[^b-df-hj-np-tv-z\u6600-\u9fff]")


def sketch(title: str, text: str) -> tuple[int, ...]:
    """Return the band keys of a cleaned article: signed 64-bit integers, 9 at most.

    Two articles that share one are worth comparing. () for an item too short to be compared. NFKC,
    letter case, punctuation and white space make no difference. The same on every machine.
    """
    letters = fold(text[:_CHARACTERS])
    if weight(letters) < SHORTEST:
        return ()
    headline = fold(title[:_TITLE_CHARACTERS])
    named = [headline] if weight(headline) >= _TITLE else []
    return tuple(dict.fromkeys(_key(part) for part in (*named, *_chosen(letters))))


def _chosen(letters: str) -> Iterator[str]:
    """The shingles that stand for a text."""
    unit = 3 if is_dense(letters) else 1
    starts, checksums = _shingles(letters, _SHINGLE // unit)
    for length, count in _PARTS:
        part = checksums[: bisect_left(starts, length // unit)]
        for checksum in nsmallest(count, set(part)):
            start = starts[part.index(checksum)]
            yield letters[start : start + _SHINGLE // unit]


def _shingles(letters: str, size: int) -> tuple[Sequence[int], list[int]]:
    """Where the shingles begin, and their checksums."""
    last = len(letters) - size + 1
    starts = [match.start() for match in _BEGINNING.finditer(letters, 0, last)] or range(last)
    # Four bytes to each letter, so that one cuts by position.
    data = letters.encode("utf-32-le", "surrogatepass")
    return starts, [crc32(data[4 * start : 4 * (start + size)]) for start in starts]


def _key(letters: str) -> int:
    digest = blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
