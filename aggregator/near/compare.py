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
# A text of less than this share of the other one is a part of it, and more has to speak for it.
_WHOLE = 0.7
# Tokens that a copy may put before the story: headline, byline, an advert.
_HEADER = 60
# Tokens of a text whose title says as much as itself, and that are news for a short time only.
_BRIEF, _BRIEF_DAYS = 80, timedelta(days=2)
# Share of the words that two headlines of one story have in common.
_RELATED = 0.5
# From here on the texts are the same, whatever language their feeds claim to be in.
_IDENTICAL = 0.95

_ENDED = re.compile(r"[.!?。！？．؟।\"'”’»」』)）】]\s*\Z")
_CUT = re.compile(
    r"(?:…|\.\.\.|\[\.{3}\]|\[…\]|\(more\)|read more|continue reading|阅读全文|查看全文|查看更多|全文)"
    r"\W*\Z",
    re.IGNORECASE,
)


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
    if score < _SHARED:
        return f"shares {score:.0%} of the text"
    if score < _IDENTICAL and _foreign(short.story, long.story):
        return f"another language: {short.story.language} and {long.story.language}"
    if len(short.tokens.keys) >= _WHOLE * len(long.tokens.keys):
        return ""
    if alignment.offsets[1] > _HEADER or not _cut(short.story, long.story):
        return "a part of a longer article"
    return ""


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


def _cut(short: Story, long: Story) -> bool:
    """Whether a text is the beginning of the other one, and not an item of a round-up."""
    if short.url and short.url == long.url:
        return True
    text = short.text.rstrip()
    return (
        _related(short.title, long.title)
        or bool(_CUT.search(text[-40:]))
        or not _ENDED.search(text[-4:])
    )


def _related(a: str, b: str) -> bool:
    one, other = (set(tokenise(title, 60).keys) for title in (a, b))
    return bool(one and other) and len(one & other) >= _RELATED * min(len(one), len(other))
