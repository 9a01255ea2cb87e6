"""A few numbers by which an article finds those that tell the same, among any number of others.

MinHash with one permutation (Broder, 1997): of all runs of a few letters (shingles), those with the
smallest checksums are kept, and two texts keep the same ones the more shingles they share. Done
three times, for a text's first lines, its beginning and the whole of it, because a copy that was
cut to a beginning shares little of the whole. The title is one more key.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
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
    # Looking ahead and back from there, for a pattern that begins with a set of letters is sought
    # in half of the time of one that begins with a look ahead: 12 µs instead of 26 for a post.
    return re.compile(f"[{latin}{others}](?=.{{{size - 1}}}(?<=(.{{{size}}})))", re.DOTALL)


# What shingles begin with. Of a text's beginning three of ten count, half of the Chinese ones; of
# the whole a sixteenth, an eighth of the Chinese ones. With four of ten throughout no more of the
# labelled pairs are found, in three times the time. With a tenth throughout, short bulletins from
# one template crowd each other out: of 1,000, 100 more do not find their copies.
_SIZES = (_SHINGLE, _SHINGLE // 3)
_MANY = {size: _shingles("aei0-9", 16, size) for size in _SIZES}
_FEW = {size: _shingles("s", 4, size) for size in _SIZES}
# What follows the one beginning of ASCII that counts: found in a quarter of the time.
_AFTER_S = re.compile(f"s(?=(.{{{_SHINGLE - 1}}}))", re.DOTALL)

# How many checksums are sorted for each that is wanted. With eight, hardly one text in a hundred
# thousand has too few of them, and all are sorted, unless it says the same over and over.
_ENOUGH = 8

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
    parts = [_begun(letters, length // unit, size, few=few) for length, _, few in _PARTS]
    lines, beginning, whole = parts
    checksums = _checksums(beginning, size)
    # The first lines nearly always have the first shingles of the beginning: one in seven of all.
    shared = beginning[: len(lines)] == lines
    first = checksums[: len(lines)] if shared else _checksums(lines, size)
    sums = (first, checksums, _checksums(whole, size))
    for shingles, known, (_, count, _) in zip(parts, sums, _PARTS, strict=True):
        for checksum in _least(known, count):
            yield shingles[known.index(checksum)]


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


def _least(checksums: list[int], count: int) -> list[int]:
    """The smallest checksums, each once."""
    # They are spread evenly, so that enough are nearly always below a limit: to sort only those
    # takes 5 µs for 200 of them instead of 12.
    limit = (_ENOUGH * count << 32) // max(1, len(checksums))
    least = {checksum for checksum in checksums if checksum < limit}
    return sorted(least if len(least) >= count else set(checksums))[:count]


def _key(letters: str) -> int:
    digest = blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
