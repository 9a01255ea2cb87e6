"""Two texts laid side by side: what they share, and what stands in one where the other differs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rapidfuzz.distance import LCSseq

from aggregator.near.tokens import Tokens

# Tokens in a row below which texts agree by chance: "of the" joins no two passages.
_RUN = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hunk:
    """What stands between two shared runs: ``left`` in one text, ``right`` in the other.

    ``first`` and ``last`` say that no shared run is before or after it.
    """

    left: Tokens
    right: Tokens
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """``shared`` counts the tokens in common runs, ``offsets`` what precedes the first of them."""

    shared: int
    offsets: Span
    hunks: tuple[Hunk, ...]

    @property
    def exchanged(self) -> int:
        """Tokens of one text that stand where the other one has something else, ends excepted."""
        return sum(
            min(len(hunk.left.keys), len(hunk.right.keys)) for hunk in self.hunks if not hunk.last
        )


def align(left: Tokens, right: Tokens, run: int = _RUN) -> Alignment:
    """Align two texts by their longest common subsequence, without runs shorter than ``run``.

    Time grows with the product of the lengths: 6 ms for two unrelated texts of 12,000 tokens.
    """
    blocks = [(a, b, size) for a, b, size in _common(left.keys, right.keys) if size >= run]
    hunks = tuple(_hunks(blocks, left, right))
    first = blocks[0] if blocks else (len(left.keys), len(right.keys), 0)
    return Alignment(sum(size for _, _, size in blocks), first[:2], hunks)


def _common(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The runs of a longest common subsequence: where in both, and how long."""
    # One character for each different token is what the library works on fastest.
    alphabet: defaultdict[str, int] = defaultdict(count(0x10000).__next__)
    one, other = ("".join(map(chr, map(alphabet.__getitem__, keys))) for keys in (left, right))
    for operation in LCSseq.opcodes(one, other):
        if operation.tag == "equal":
            size = operation.src_end - operation.src_start
            yield operation.src_start, operation.dest_start, size


def _hunks(blocks: list[tuple[int, int, int]], left: Tokens, right: Tokens) -> Iterator[Hunk]:
    ends = [(0, 0), *((a + size, b + size) for a, b, size in blocks)]
    starts = [*((a, b) for a, b, _ in blocks), (len(left.keys), len(right.keys))]
    for number, (end, start) in enumerate(zip(ends, starts, strict=True)):
        if end != start:
            yield Hunk(
                left.part(end[0], start[0]),
                right.part(end[1], start[1]),
                first=number == 0,
                last=number == len(blocks),
            )
