"""What keeps two texts apart although nearly every word is the same.

Reports made from a template differ in a number, a date or a name that stands *in place of* another.
A copy that was cut, or that got an advert or a footer, has something *more or less* instead.
"""

# Lists of words stand in rows.
# ruff: noqa: SIM905

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from rapidfuzz.distance import Indel

from aggregator.near.align import Alignment, Hunk, align
from aggregator.near.tokens import Tokens, is_dense, is_number, tokenise

Texts = tuple[Tokens, Tokens]

# Tokens and characters of a title that are looked at.
TITLE, _TITLE_CHARACTERS = 60, 400
# Tokens by which a sentence comes to say the opposite: "did not".
_WORDS = 2
# Tokens of a change that puts one name or figure in the place of another; more is a passage.
_CHANGE = 12
# Tokens of the lines at either end that name agency, place and reporter, and those of a text that
# has room for such lines: there, another name is another desk and not another story.
_LINE, _LONG = 8, 150
# Share of words that an editor changes in a copy; one in 60 makes rain of sunshine.
_REWORDED = 1 / 100
# How alike two spellings of one name are: Zelensky and Zelenskyy 0.94, Austria and Australia 0.88.
_VARIANT = 0.9
_NOT_PLAIN = re.compile(r"[\u0300-\u036f]|['’]s?\b")

# What editors exchange without telling anything else: particles, and verbs of saying.
_PARTICLES = frozenset(
    "的地得之了着过和与及跟同并且而但却称说道指表示出强调认为介绍透露是系在于将把被给等也亦又还"
    "都这该此本那他她它您你们其"
) | frozenset(
    "a an the and or but of in on at to by for from with as is was are were be been has had have "
    "says said saying told that which who this it its %".split()
)
_NEGATIONS = frozenset(
    "not no never neither without cannot cant wont dont doesnt didnt isnt wasnt arent werent hasnt "
    "havent hadnt wouldnt couldnt shouldnt 不 没 未 非 无".split()
)
_CORRECTIONS = frozenset(
    "correction corrections corrects corrected corrigendum erratum retraction retracted "
    "clarification".split()
)
_CORRECTED = re.compile("更正|勘误|订正|撤稿|撤回|澄清")
_UPDATED = re.compile(
    r"\W*(?:updated?(?:\s*\d+)?|更新|最新(?:消息|进展)?)\s*[:：)\]】–—-]", re.IGNORECASE
)
_DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december".split()
)
_PART = re.compile(
    r"\b(?:part|pt|teil|partie|parte|chapter|episode|ep|vol|volume|book|act)\b\W*"
    r"(?P<roman>[ivx]+)\b"
    r"|[(（\[【《\s·|:：—-](?P<han>[上中下])[篇集部卷]?(?:$|[)）\]】》\s:：])",
    re.IGNORECASE,
)


# The end of a title that was cut, with the word that it was cut within.
_CUT = re.compile(r"\w*(?:…|\.\.\.)\W*\Z")


def differing_titles(left: str, right: str, *, telling: bool) -> str:
    """Why two titles name different stories, "" if they may name the same one.

    ``telling``: the texts are so short that a name in the title says what they are about.
    """
    left, right = (_CUT.sub("", title[:_TITLE_CHARACTERS]) for title in (left, right))
    one, other = tokenise(left, TITLE), tokenise(right, TITLE)
    parts = [_part(title) for title in (left, right)]
    if all(parts) and parts[0] != parts[1]:
        return f"another part: {parts[0]} and {parts[1]}"
    if _is_correction(left, one) != _is_correction(right, other):
        return "one corrects the other"
    alignment = align(one, other, run=1)
    if 2 * alignment.shared < max(len(one.keys), len(other.keys)):
        return ""
    names = [_other_name(hunk, (one, other)) for hunk in alignment.hunks] if telling else []
    return _first([*map(_other_fact, alignment.hunks), *names])


def differing_texts(left: Tokens, right: Tokens, alignment: Alignment) -> str:
    """Why two texts that share most words tell different stories, "" if they may be the same."""
    long = alignment.shared >= _LONG
    inner = [hunk for hunk in alignment.hunks if not long or not (hunk.first or hunk.last)]
    return (
        _first(_inserted(hunk) or _other_fact(hunk) for hunk in alignment.hunks)
        or _first(_other_name(hunk, (left, right)) for hunk in inner)
        or _reworded(inner, alignment.shared)
    )


def _inserted(hunk: Hunk) -> str:
    """What only one text has is an advert or a footer, unless it takes something back."""
    if any(_takes_back(side) for side in (hunk.left, hunk.right)):
        return "one corrects the other"
    least, most = sorted(_sizes(hunk))
    if least or most > _WORDS or hunk.first or hunk.last:
        return ""
    found = _NEGATIONS.intersection((*hunk.left.keys, *hunk.right.keys))
    return f"one denies it: {min(found)}" if found else ""


def _other_fact(hunk: Hunk) -> str:
    """The number, date or denial in which two passages differ that take the same place."""
    least, most = sorted(_sizes(hunk))
    if not least or most > 2 * least + 4 or ((hunk.first or hunk.last) and most > _LINE):
        return ""
    if found := _pair(hunk, is_number):
        return f"differs in a number: {found}"
    if most > _CHANGE:
        return ""
    if found := _pair(hunk, _DATES.__contains__):
        return f"differs in a date: {found}"
    one, other = (_NEGATIONS.isdisjoint(side.keys) for side in (hunk.left, hunk.right))
    if one == other or hunk.first or hunk.last:
        return ""
    return f"one denies it: {_spelled(hunk)}"


def _other_name(hunk: Hunk, texts: Texts) -> str:
    """The names in which two short passages differ that take the same place."""
    if not min(_sizes(hunk)) or max(_sizes(hunk)) > _CHANGE:
        return ""
    if _pair(hunk, lambda key: is_dense(key) and key not in _PARTICLES):
        return f"differs in {_spelled(hunk)}"
    left, right = (
        [word for word in side.spelled if word[:1].isupper()] for side in (hunk.left, hunk.right)
    )
    if not left or not right:
        return ""
    common = _common_words(texts)
    left, right = (
        [word for word in side if word.casefold() not in common] for side in (left, right)
    )
    if not left or not right or _same_name(left, right):
        return ""
    return f"differs in a name: {' '.join(left)} and {' '.join(right)}"


def _same_name(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether one is part, initials or another spelling of the other."""
    one, other = sorted((_plain(left), _plain(right)), key=len)
    return (
        set(one) <= set(other)
        or "".join(one) == "".join(word[0] for word in other)
        or Indel.normalized_similarity(" ".join(one), " ".join(other)) >= _VARIANT
    )


def _plain(words: Iterable[str]) -> list[str]:
    """Words in lower case, without accents and the genitive's s."""
    decomposed = unicodedata.normalize("NFD", " ".join(words).casefold())
    return _NOT_PLAIN.sub("", decomposed).split()


def _reworded(hunks: Iterable[Hunk], shared: int) -> str:
    changes = [
        hunk
        for hunk in hunks
        if min(_sizes(hunk)) and max(_sizes(hunk)) <= _CHANGE and _has_content(hunk)
    ]
    return f"differs in words: {_spelled(changes[0])}" if len(changes) > _REWORDED * shared else ""


def _has_content(hunk: Hunk) -> bool:
    return not _PARTICLES.issuperset(hunk.left.keys) or not _PARTICLES.issuperset(hunk.right.keys)


def _takes_back(added: Tokens) -> bool:
    start = added.keys[:8]
    return not _CORRECTIONS.isdisjoint(start[:4]) or bool(_CORRECTED.search("".join(start)))


def _is_correction(title: str, tokens: Tokens) -> bool:
    return (
        not _CORRECTIONS.isdisjoint(tokens.keys)
        or bool(_CORRECTED.search(title))
        or bool(_UPDATED.match(title))
    )


def _part(title: str) -> str:
    match = _PART.search(title)
    return (match["roman"] or match["han"]).lower() if match else ""


def _pair(hunk: Hunk, wanted: Callable[[str], bool]) -> str:
    """The wanted tokens that each side has and the other lacks, "" unless both have such."""
    left, right = (Counter(filter(wanted, side.keys)) for side in (hunk.left, hunk.right))
    sides = [_named(left - right, hunk.left), _named(right - left, hunk.right)]
    return " and ".join(sides) if all(sides) else ""


def _named(keys: Counter[str], side: Tokens) -> str:
    found = (spelled for key, spelled in zip(side.keys, side.spelled, strict=True) if key in keys)
    return ", ".join(found)


def _spelled(hunk: Hunk) -> str:
    return " and ".join(_phrase(side) for side in (hunk.left, hunk.right))


def _phrase(side: Tokens) -> str:
    dense = all(is_dense(key) for key in side.keys)
    return ("" if dense else " ").join(side.spelled)


def _sizes(hunk: Hunk) -> tuple[int, int]:
    return len(hunk.left.keys), len(hunk.right.keys)


def _common_words(texts: Texts) -> frozenset[str]:
    """Words that mostly stand in lower case: at the start of a sentence they are no names."""
    count: Counter[str] = Counter()
    for text in texts:
        for key, spelled in zip(text.keys, text.spelled, strict=True):
            count[key] += 1 if spelled.islower() else -1
    return frozenset(key for key, surplus in count.items() if surplus > 0)


def _first(reasons: Iterable[str]) -> str:
    return next(filter(None, reasons), "")
