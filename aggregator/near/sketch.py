"""A few numbers by which an article finds those that tell the same, among any number of others.

MinHash with one permutation (Broder, 1997): of all runs of a few letters (shingles), those with the
smallest checksums are kept, and two texts keep the same ones the more shingles they share. Done
three times, for a text's first lines, its beginning and the whole of it, because a copy that was
cut to a beginning shares little of the whole. The title is one more key.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from heapq import nsmallest
from struct import iter_unpack
from zlib import crc32

from aggregator.near.letters import SHORTEST, fold, is_dense, weight

# Characters in which the letters of the last part are looked for.
_CHARACTERS = 12_000

# Letters of a title that is a key as well ("Daily digest" and 每日简报 have fewer), and characters
# of it that are looked at.
_TITLE, _TITLE_CHARACTERS = 16, 400

# Letters of a shingle: more than set phrases have. With 12, six times as many real articles meet
# that have nothing in common; with 30 hardly fewer than with 24.
_SHINGLE = 24


def _shingles(latin: str, of_32: int, size: int) -> re.Pattern[str]:
    """Shingles that begin with some Latin letters, or so many of every 32 other characters."""
    firsts = range(0xA0, 0x1_0000, 32)
    others = "".join(f"{chr(first)}-{chr(first + of_32 - 1)}" for first in firsts)
    return re.compile(f"(?=([{latin}{others}].{{{size - 1}}}))", re.DOTALL)


# What shingles begin with. Of a text's beginning three of ten count, half of the Chinese ones; of
# the whole a sixteenth, an eighth of the Chinese ones. With four of ten throughout no more of the
# labelled pairs are found, in three times the time. With a tenth throughout, short bulletins from
# one template crowd each other out: of 1,000, 100 more do not find their copies.
_SIZES = (_SHINGLE, _SHINGLE // 3)
_MANY = {size: _shingles("aei0-9", 16, size) for size in _SIZES}
_FEW = {size: _shingles("s", 4, size) for size in _SIZES}
# What follows the one beginning of ASCII that counts: found in a quarter of the time.
_AFTER_S = re.compile(f"s(?=(.{{{_SHINGLE - 1}}}))", re.DOTALL)

# Letters of each part that is sketched (of Chinese: a third), how many keys it gets, and whether
# few of its shingles count. Two each find as many of the labelled pairs; the others are for edits
# that nobody thought of. As many keys of the whole alone lose seven times more pairs, all of them
# copies that were cut.
_PARTS = ((180, 2, False), (720, 3, False), (8_000, 3, True))


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
    size = _SHINGLE // unit
    for length, count, few in _PARTS:
        shingles = _begun(letters, length // unit, size, few=few)
        checksums = _checksums(shingles, size)
        for checksum in nsmallest(count, set(checksums)):
            yield shingles[checksums.index(checksum)]


def _begun(letters: str, length: int, size: int, *, few: bool) -> list[str]:
    """The shingles of the first letters that count."""
    last = min(length, len(letters) - size + 1)
    end = max(0, last + size - 1)
    if few and letters.isascii():
        found = [f"s{rest}" for rest in _AFTER_S.findall(letters, 0, end)]
    else:
        found = (_FEW if few else _MANY)[size].findall(letters, 0, end)
    return found or [letters[start : start + size] for start in range(last)]


def _checksums(shingles: list[str], size: int) -> list[int]:
    """The checksums of shingles of one size, with four bytes to each letter."""
    data = "".join(shingles).encode("utf-32-le", "surrogatepass")
    return [crc32(shingle) for (shingle,) in iter_unpack(f"{4 * size}s", data)]


def _key(letters: str) -> int:
    digest = blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
