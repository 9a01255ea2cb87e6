"""Full-text search in every script: the tokens of a text, and what is searched for.

Scripts that write spaces between words have words for tokens. In those that do not, and in Korean,
whose particles stick to their words, every two neighbouring characters are a token and the last one
of a run is one by itself: 中央银行 is 中央, 央银, 银行, 行. Tokens in this order are a phrase.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from aggregator.nfkc import nfkc

VERSION = "1"
"""Of the tokens; another one makes every index anew."""

LONGEST = 200_000
"""Characters of a text that are searched: a hundred pages of a book."""

# Thai, Lao, Tibetan, Myanmar, Hangul, Khmer, kana, Han.
_DENSE = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff"
    "\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Signs that combine with a letter are no letters to ``\w``: Indian vowels, accents.
_SIGNS = "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0980-\u0dff"
_RUN = re.compile(rf"(?P<dense>[{_DENSE}]+)|[^\W_{_DENSE}](?:[^\W_{_DENSE}]|[{_SIGNS}])*")
# Digits, stops and marks of these scripts that are no parts of words.
_NO_LETTER = re.compile("[\u0e2f\u0e3f\u0e4f\u0e5a\u0e5b\u0eaf\u0f04-\u0f14\u104a-\u104f\u30fb]")
# Marks that Hebrew and Arabic mostly go without, and what makes an Arabic word longer on paper.
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LATIN_OR_GREEK = re.compile("[a-z\u00df-\u024f\u0370-\u03ff\u1e00-\u1fff]")
_LONGEST_TOKEN = 100

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, in the language of SQLite's FTS5; "" asks for nothing.

    An article is found that matches ``wanted`` and does not match ``unwanted``.
    """

    wanted: str = ""
    unwanted: str = ""


NOTHING = Query()


def tokens(text: str) -> str:
    """Return the tokens of a text in order, with spaces between them."""
    return " ".join(token for run in _runs(text[:LONGEST]) for token in _tokens(*run))


def query(text: str) -> Query:
    """Return what a person searches for: words, all of them; "phrases"; OR; -not.

    OR joins the terms beside it, before all of them are asked for. Raises ValueError, which says
    what is wrong.
    """
    if len(text) > _LONGEST_QUERY:
        raise ValueError(f"is longer than {_LONGEST_QUERY:,} characters")
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    joined = False
    for minus, term in _terms(text):
        if term == "OR":
            if joined or not wanted:
                raise ValueError("has an OR without a term on either side; write: this OR that")
            joined = True
        elif minus and joined:
            raise ValueError("has an OR before a term that is not to be there")
        elif minus:
            unwanted.append(term)
        elif joined:
            wanted[-1].append(term)
            joined = False
        else:
            wanted.append([term])
    if joined:
        raise ValueError("ends with an OR; write: this OR that")
    if not wanted and not unwanted:
        raise ValueError("searches for nothing; name a word")
    every = (f"({' OR '.join(choices)})" for choices in wanted)
    return Query(" AND ".join(every), " OR ".join(unwanted))


def _terms(text: str) -> Iterator[tuple[bool, str]]:
    """Yield each term as FTS5 knows it, and whether it is not to be there; "OR" as it is."""
    straight = text.replace("“", '"').replace("”", '"')
    if straight.count('"') % 2:
        raise ValueError('has a quotation mark without its other one; write: "these words"')
    for match in _TERM.finditer(straight):
        said, word = match[0], match["word"]
        if word == "OR" and not match["minus"]:
            yield False, "OR"
            continue
        if word and not {*"()*"}.isdisjoint(word):
            raise ValueError(f'holds {said!r}; words, "phrases", OR and -not are all it knows')
        phrase = _phrase(word or match["phrase"] or "")
        if not phrase:
            raise ValueError(f"holds {said!r}, which has no letter or digit")
        yield bool(match["minus"]), phrase


def _phrase(text: str) -> str:
    runs = list(_runs(text))
    if not runs:
        return ""
    *before, last = runs
    parts = [token for run in before for token in _tokens(*run)]
    # What may go on behind it: of 银行 not 行, of a single 行 all that begins with it.
    ends, dense = _tokens(*last), last[1]
    open_end = dense and len(ends) == 1
    parts += ends[:-1] if dense and not open_end else ends
    return f'"{" ".join(parts)}"{" *" if open_end else ""}'


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what stands together, and whether its script writes no spaces."""
    plain = _NO_LETTER.sub(" ", _POINTS.sub("", nfkc(text).casefold()))
    for match in _RUN.finditer(plain):
        yield match[0], match["dense"] is not None


def _tokens(run: str, dense: bool) -> list[str]:
    if dense:
        return [run[at : at + 2] for at in range(len(run))]
    return [_bare(run)[:_LONGEST_TOKEN]]


def _bare(word: str) -> str:
    """Return a word without accents where people leave them out: not й, which is a letter."""
    if word.isascii() or not _LATIN_OR_GREEK.match(word):
        return word
    return normalize("NFC", _ACCENTS.sub("", normalize("NFD", word)))
