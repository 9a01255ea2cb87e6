"""The operator's patterns, held against texts of strangers: nothing here may take for ever."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache
from itertools import islice
from time import process_time
from typing import TYPE_CHECKING

from aggregator.nfkc import fold

if TYPE_CHECKING:
    import regex

SECONDS = 0.1
"""CPU time that a pattern has for one article. An honest one takes 0.001 for the longest text; a
busy machine does not matter, because only the time of this process counts."""

LONGEST = 100_000
"""Characters of a text that are searched: fifty pages of a book. What stands further back is no
reason to sort an article, and a search of so much takes 1 ms."""

MOST_REPLACEMENTS = 10_000
"""For a pattern and article. With replacements of 1,000 characters at most, a text that holds
nothing but what is replaced grows by 10 MB and not by gigabytes."""

LONGEST_NAME, MOST_NAMES = 8192, 1000
"""Characters of an address or a label, and labels of an article, that are held against globs: the
longest address that cleaning keeps, and more categories than are of use to anybody."""

# More than any configuration has; what falls out is compiled again.
_PATTERNS = 4096

# Words to choose from, the usual pattern: ``央行|PBOC``, ``(?i)\b(?:advert|sponsored)\b``.
_CHOICE = re.compile(
    r"(?:\(\?i\))?(?:\\b)?(?P<group>\((?:\?:)?)?(?P<words>[^\\.^$*+?{}\[\]()]+)(?(group)\))(?:\\b)?"
)


class NotAppliedError(Exception):
    """A rule cannot be applied to an article; the text says why."""


@lru_cache(_PATTERNS)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """A regular expression. Raises regex.error, RecursionError when it is nested too deeply."""
    import regex  # noqa: PLC0415

    return regex.compile(pattern)


def found(pattern: str, texts: Iterable[str]) -> bool:
    """Whether a regular expression is found in one of the texts. Raises NotAppliedError."""
    compiled(pattern)  # before the time starts: that is no text's fault
    deadline = process_time() + SECONDS
    return any(_search(pattern, text[:LONGEST], deadline) for text in texts)


def _search(pattern: str, text: str, deadline: float) -> bool:
    if not _possible(pattern, text):
        return False
    try:
        return compiled(pattern).search(text, timeout=_left(deadline)) is not None
    except TimeoutError as error:
        raise NotAppliedError(f"{short(pattern)} took longer than {SECONDS} s") from error


def substituted(pattern: str, replacement: str, texts: Sequence[str]) -> list[str]:
    r"""The texts with every match replaced; ``\1`` and ``\g<name>`` are what groups matched.

    Raises NotAppliedError when it takes too long or replaces too much.
    """
    compiled(pattern)  # see found
    deadline, left = process_time() + SECONDS, MOST_REPLACEMENTS
    results = []
    for text in texts:
        result, count = _substitute(pattern, replacement, text, (deadline, left))
        left -= count
        results.append(result)
    return results


def _substitute(
    pattern: str, replacement: str, text: str, limits: tuple[float, int]
) -> tuple[str, int]:
    deadline, most = limits
    try:
        result, count = compiled(pattern).subn(
            replacement, text, count=most, timeout=_left(deadline)
        )
    except TimeoutError as error:
        raise NotAppliedError(f"{short(pattern)} took longer than {SECONDS} s") from error
    if count >= most:
        raise NotAppliedError(f"{short(pattern)} is there more than {MOST_REPLACEMENTS:,} times")
    return result, count


def _left(deadline: float) -> float:
    left = deadline - process_time()
    if left <= 0:
        raise TimeoutError
    return left


def _possible(pattern: str, text: str) -> bool:
    """Tell by its words that a pattern cannot match: five times faster than finding out."""
    words = _words(pattern)
    if not words:
        return True
    caseless = _caseless(text)
    return any(word in caseless for word in words)


@lru_cache(_PATTERNS)
def _words(pattern: str) -> tuple[str, ...]:
    """Words one of which is in every text that a pattern matches, or none if that is not known."""
    choice = _CHOICE.fullmatch(pattern)
    return tuple(map(_caseless, choice["words"].split("|"))) if choice else ()


# The title and the text of the article at hand, which all rules ask for.
@lru_cache(4)
def _caseless(text: str) -> str:
    """Text in which the letters that a case-insensitive search takes for one are one."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def globbed(globs: Iterable[str], names: Iterable[str]) -> bool:
    """Whether one of the shell globs fits one of the names, however they are spelled."""
    known = [fold(name[:LONGEST_NAME]) for name in islice(names, MOST_NAMES)]
    return any(_glob(glob).match(name) for glob in globs for name in known)


@lru_cache(_PATTERNS)
def _glob(glob: str) -> re.Pattern[str]:
    return re.compile(translate(fold(glob)))


def short(text: str) -> str:
    """Text to be shown in a sentence, cut when it is long."""
    most = 60
    return text if len(text) <= most else f"{text[:most]}…"
