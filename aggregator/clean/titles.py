"""Titles, names and labels: plain text on one line."""

import re
from collections.abc import Iterable
from html import unescape

from aggregator.clean.characters import one_line
from aggregator.clean.summary import cut_at_word
from aggregator.nfkc import nfkc

# The longest headline that is one; what goes beyond is a paragraph in the wrong place.
_LONGEST = 1000
_LONGEST_RAW = 10_000
# A headline made of the first words of the text, as long as readers show in a list.
_MADE_FROM_TEXT = 80

# Only with the semicolon: "AT&T" and "R&D" are not entities.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def clean_title(title: str, text: str) -> str:
    """A title as plain text: entities decoded however often they were escaped, tags kept as text.

    An empty one is made from the first words of ``text``.
    """
    given = _decoded(title[:_LONGEST_RAW])
    made = "" if given else _decoded(cut_at_word(text.partition("\n")[0], _MADE_FROM_TEXT))
    return cut_at_word(given or made, _LONGEST)


def _decoded(title: str) -> str:
    title, before = one_line(title), None
    while title != before and "&" in title:
        before = title
        title = one_line(_ENTITY.sub(lambda match: unescape(match[0]), title))
    return title


def clean_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Names without white space around, empty ones and repetitions (NFKC, case folded)."""
    found: dict[str, str] = {}
    for label in labels:
        name = one_line(label)
        if name:
            found.setdefault(nfkc(name).casefold(), name)
    return tuple(found.values())


def clean_paths(paths: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Hierarchies of names with every name cleaned; empty names and empty hierarchies go."""
    cleaned = (tuple(filter(None, map(one_line, path))) for path in paths)
    return tuple(dict.fromkeys(filter(None, cleaned)))
