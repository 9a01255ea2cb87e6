"""Words and numbers of a text, spelled one way: what is compared is what they say.

One token is a word, a number, or one Chinese or Japanese character. ``1,000``, ``1000``, ``one
thousand`` and ``一千`` are the same number; so are ``5%``, ``5 per cent`` and ``百分之五``.
"""

# Lists of words stand in rows.
# ruff: noqa: SIM905

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from aggregator.near.letters import normal

_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {
    "hundred": 2, "thousand": 3, "million": 6, "mln": 6, "billion": 9, "bn": 9, "trillion": 12,
    "百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12,
}  # fmt: skip
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_NAMES = (
    {name: value for value, name in enumerate(_SMALL)}
    | {name: value * 10 for value, name in enumerate(_TENS, 2)}
    | {name: value for value, name in enumerate(_ORDINALS, 1)}
)

# Characters that are words of their own: Han, kana.
_DENSE = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ONE_DENSE = re.compile(f"[{_DENSE}]")
_HAN_NUMBER = "[零〇一二三四五六七八九两十百千]"
_SCALE = "hundred|thousand|million|mln|billion|bn|trillion"
# To look at the first letter before all alternatives makes it three times as fast.
_NAMED = re.compile(
    rf"\b(?=[efnostz])(?:({'|'.join(_TENS)})[ -]({'|'.join(_SMALL[1:10])})|{'|'.join(_NAMES)})\b",
    re.IGNORECASE,
)
# What is most frequent comes first: plain characters, plain words, and then numbers.
_TOKEN = re.compile(
    rf"""
    (?!{_HAN_NUMBER})[{_DENSE}]
    | (?P<word>[^\W\d_{_DENSE}]{{2,}}(?:'[^\W\d_{_DENSE}]+)* | (?:[^\W\d_{_DENSE}]\.?)+)
    | (?P<share>百分之)?
      (?: (?P<figure>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,6}}(?![0-9])(?:\.[0-9]+)?|\d+(?:\.\d+)*)
          (?:(?i:st|nd|rd|th)\b)?
        | (?P<han>{_HAN_NUMBER}+(?:点{_HAN_NUMBER}+)?) )
      (?:\ ?(?P<scale>(?i:{_SCALE})\b|百万|千万|万亿|[万亿千百]))?
      (?P<percent>\ ?(?:%|(?i:per\ ?cent)\b))?
    """,
    re.VERBOSE,
)
# Addresses differ by tracking and shortening, and their parts are no words.
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_INNER = re.compile("['’.]")
# Characters in which a token is looked for: an English word has six with the space after it.
_CHARACTERS = 7
# Digits of a number that is worked with; a longer one is a row of digits.
_LONGEST = 18


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: ``keys`` are compared, ``spelled`` is how each stands in the text."""

    keys: tuple[str, ...]
    spelled: tuple[str, ...]

    def first(self, count: int) -> "Tokens":
        """Return the first ``count`` tokens."""
        return self.part(0, count)

    def part(self, start: int, end: int) -> "Tokens":
        """Return the tokens from ``start`` up to ``end``."""
        return Tokens(self.keys[start:end], self.spelled[start:end])


def tokenise(text: str, limit: int) -> Tokens:
    """Return the first ``limit`` tokens of a text. A number's key begins with ``#``."""
    pairs = tuple(islice(_tokens(text[: _CHARACTERS * limit]), limit))
    keys, spelled = zip(*pairs, strict=True) if pairs else ((), ())
    return Tokens(keys, spelled)


def is_number(key: str) -> bool:
    """Whether a token is a number."""
    return key.startswith("#")


def is_dense(key: str) -> bool:
    """Whether a token is one character of a script that writes no spaces."""
    return _ONE_DENSE.match(key) is not None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(_plain(text)):
        spelled, kind = match[0], match.lastgroup
        if kind == "word":
            key = spelled.casefold()
            yield key if key.isalpha() else _INNER.sub("", key), spelled
        elif kind is None:
            yield spelled, spelled
        else:
            yield from _number(match)


def _plain(text: str) -> str:
    """A text with numbers in digits and straight apostrophes, without addresses."""
    spaced = _ADDRESS.sub(" ", normal(text)).replace("’", "'")
    return _NAMED.sub(_digits, spaced)


def _digits(match: re.Match[str]) -> str:
    return str(sum(_NAMES[part] for part in re.split("[ -]", match[0].lower())))


def _number(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    value = _value(match)
    if value is None:
        yield from ((character, character) for character in match[0] if not character.isspace())
        return
    yield f"#{value}", match[0].strip()
    if match["share"] or match["percent"]:
        yield "%", "%"


def _value(match: re.Match[str]) -> str | None:
    """The number in plain digits, None where the characters are no number (as in 百货)."""
    if match["figure"]:
        plain: str | None = _figure(match["figure"])
    else:
        plain = _han(match["han"])
    scale = match["scale"]
    if plain is None or scale is None or plain.count(".") > 1 or len(plain) > _LONGEST:
        return plain
    return format((Decimal(plain) * 10 ** _SCALES[scale.lower()]).normalize(), "f")


def _figure(digits: str) -> str:
    """Digits without separators of thousands and leading zeros; the end stays: 3.1 is not 3.10."""
    plain = digits.replace(",", "")
    return plain if len(plain) > _LONGEST or "." in plain else str(int(plain))


def _han(characters: str) -> str | None:
    whole, _, fraction = characters.partition("点")
    value = _han_whole(whole)
    if value is None or not fraction:
        return value
    digits = [str(_HAN_DIGITS[digit]) for digit in fraction if digit in _HAN_DIGITS]
    return f"{value}.{''.join(digits)}" if len(digits) == len(fraction) else None


def _han_whole(characters: str) -> str | None:
    if all(character in _HAN_DIGITS for character in characters):
        digits = "".join(str(_HAN_DIGITS[digit]) for digit in characters)
        return digits if len(digits) > _LONGEST else str(int(digits))
    total, digit = 0, None
    for place, character in enumerate(characters):
        if character in _HAN_DIGITS:
            if digit:
                return None
            digit = _HAN_DIGITS[character]
        elif digit is None and (place or character != "十"):
            return None
        else:
            total, digit = total + (1 if digit is None else digit) * _HAN_UNITS[character], None
    return str(total + (digit or 0))
