"""Whether two articles tell the same story, and why or why not."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.near.align import Alignment, align
from aggregator.near.guards import differing_texts, differing_titles
from aggregator.near.sketch import SHORTEST, fold, weight
from aggregator.near.tokens import Tokens, tokenise

# What is looked at of a text: two of this length that share nothing take 15 ms.
_TOKENS, _CHARACTERS = 12_000, 100_000

# Share of the shorter text that the other one has. Copies with an advert of their own have 0.85;
# different articles of one feed on one day stay below 0.5, templates are told apart by their names.
_SHARED = 0.8
# Share of the shorter text that may stand where the other one has something else.
_EXCHANGED = 0.1
# A text of less than this share of the other one is a part of it, and more has to speak for it.
_WHOLE = 0.6
# Tokens that a copy may put before the story: headline, byline, an advert.
_HEADER = 100
# Tokens before what is shared from which on a text begins differently; where only one of them does,
# it is a header if it is short beside the rest.
_START, _START_SHARE = 8, 0.15
# Tokens of a text whose title says as much as itself, and that are news for a short time only.
_BRIEF, _BRIEF_DAYS = 80, timedelta(days=2)
# Share of the words that two headlines of one story have in common.
_RELATED = 0.5
# From here on the texts are the same, whatever language their feeds claim to be in.
_IDENTICAL = 0.95

_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.{3}\]|\(more\)|read more|continue reading|(?:阅读|查看)(?:全文|更多))\W*\Z",
    re.IGNORECASE,
)
# Characters at the end of a text that say whether the other one goes on in the same sentence.
_TAIL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is compared of a cleaned article. ``published`` is aware, ``language`` BCP 47."""

    title: str
    text: str
    url: str | None
    language: str | None
    published: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two are the same story; the share of the shorter text that is in both (0..1); why."""

    same: bool
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Read:
    story: Story
    tokens: Tokens


def compare(a: Story, b: Story) -> Verdict:
    """Say whether two articles tell the same story. Symmetric; raises nothing for any text.

    Looks at the first 12,000 words (of Chinese: characters) of either.
    """
    if any(weight(fold(story.text)) < SHORTEST for story in (a, b)):
        return Verdict(False, 0.0, "too short to compare")
    short, long = sorted((_read(a), _read(b)), key=_order)
    beginning = _beginning(long.tokens, 2 * len(short.tokens.keys) + _HEADER)
    alignment = align(short.tokens, beginning)
    score = round(alignment.shared / max(1, len(short.tokens.keys)), 3)
    reason = _why_not(short, long, alignment, score) or _differing(short, long, alignment)
    return Verdict(not reason, score, reason or f"{score:.0%} of the text")


def _read(story: Story) -> _Read:
    return _Read(story, tokenise(story.text[:_CHARACTERS], _TOKENS))


def _order(read: _Read) -> tuple[int, str, str]:
    return len(read.tokens.keys), read.story.text, read.story.title


def _beginning(tokens: Tokens, length: int) -> Tokens:
    return Tokens(tokens.keys[:length], tokens.spelled[:length])


def _why_not(short: _Read, long: _Read, alignment: Alignment, score: float) -> str:
    """Why the texts do not share enough for one story, "" if they do."""
    if score < _SHARED or alignment.exchanged > _EXCHANGED * len(short.tokens.keys):
        return f"shares {score:.0%} of the text"
    if score < _IDENTICAL and _foreign(short.story, long.story):
        return f"another language: {short.story.language} and {long.story.language}"
    if _related(short.story.title, long.story.title):
        return "a part of a longer article" if alignment.offsets[1] > _HEADER else ""
    return _standing(short, long, alignment) or _part(short.story, long.story, alignment)


def _standing(short: _Read, long: _Read, alignment: Alignment) -> str:
    """Why what two texts with unlike titles share is only what stands below all of their kind."""
    least, most = sorted(alignment.offsets)
    if least < _START and most < max(_START, _START_SHARE * alignment.shared):
        return ""
    shared = set(short.tokens.keys) & set(long.tokens.keys)
    titles = (set(tokenise(read.story.title, 60).keys) for read in (short, long))
    if all(2 * len(title & shared) >= len(title) for title in titles):
        return ""
    return "begins differently, under another title"


def _part(short: Story, long: Story, alignment: Alignment) -> str:
    """Why a text is an item of a round-up and not a story's beginning, "" if it is no part."""
    if len(short.text) >= _WHOLE * len(long.text):
        return ""
    if alignment.offsets[1] <= _HEADER and (
        _is_cut(short.text, long.text) or _same_place(short, long)
    ):
        return ""
    return "a part of a longer article"


def _differing(short: _Read, long: _Read, alignment: Alignment) -> str:
    brief = len(short.tokens.keys) < _BRIEF
    if brief and abs(short.story.published - long.story.published) > _BRIEF_DAYS:
        return "short, and published days apart"
    return differing_titles(short.story.title, long.story.title, telling=brief) or differing_texts(
        short.tokens, long.tokens, alignment
    )


def _foreign(a: Story, b: Story) -> bool:
    one, other = ((story.language or "").partition("-")[0].lower() for story in (a, b))
    return bool(one and other and one != other)


def _same_place(a: Story, b: Story) -> bool:
    return bool(a.url) and a.url == b.url


def _is_cut(short: str, long: str) -> bool:
    """Whether a text says that it goes on elsewhere, or ends where the other one goes on."""
    end = short.rstrip()[-_TAIL:]
    if _CUT.search(end):
        return True
    _, found, rest = long.partition(end)
    following = rest.lstrip(" ")[:1]
    return bool(found) and following.isalnum() and not following.isupper() and end[-1:].isalnum()


def _related(a: str, b: str) -> bool:
    one, other = (set(tokenise(title, 60).keys) for title in (a, b))
    return bool(one and other) and len(one & other) >= _RELATED * min(len(one), len(other))
