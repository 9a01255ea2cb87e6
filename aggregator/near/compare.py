"""Whether two articles tell the same story, and why or why not."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.near.align import Alignment, align
from aggregator.near.guards import TITLE, differing_texts, differing_titles
from aggregator.near.letters import SHORTEST, fold, weight
from aggregator.near.tokens import Tokens, tokenise

# Tokens of a text that are looked at: two texts of so many take 18 ms.
_TOKENS = 6_000

# Characters in which an item has to have the letters that it is compared by.
_LEAST = 2_000

# Share of the shorter text that the other one has. Labelled copies have 0.84 and more, different
# articles of one source on one day 0.42 at most.
_SHARED = 0.8
# Share of the shorter text that may stand where the other one has something else. Labelled
# copies exchange 0.01 at most, descriptions of videos with the same standing links 0.16.
_EXCHANGED = 0.1
# From here on the texts are in one language, whatever their feeds claim.
_ONE_LANGUAGE = 0.95

# A text of less than this share of the other one is a part of it, and more has to speak for it;
# so is one that lacks more tokens than adverts and footers have.
_WHOLE, _FOOTER = 0.6, 150
# Tokens that a copy may put before the story: headline, byline, an advert.
_HEADER = 100
# Tokens before what is shared from which on both texts begin differently; where only one of them
# does, it has a header if that is short beside what is shared.
_START, _START_SHARE = 8, 0.15

# Share of the words of the shorter headline that two headlines of one story have in common.
_RELATED = 0.5
# Tokens of a text that is news for a short time only, and whose title says as much as itself.
_BRIEF, _BRIEF_TIME = 80, timedelta(days=2)

# How feeds say that a text goes on elsewhere.
_MARK = re.compile(
    r"(?:…|\.\.\.|\(more\)|read more|continue reading|(?:阅读|查看)(?:全文|更多))\W*\Z",
    re.IGNORECASE,
)
# Characters at the end of a text by which its place in the other one is found.
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
    title: Tokens
    text: Tokens


def compare(a: Story, b: Story) -> Verdict:
    """Say whether two articles tell the same story. Symmetric; raises nothing for any text.

    Looks at the first 6,000 words (of Chinese: characters) of either.
    """
    if any(weight(fold(story.text[:_LEAST])) < SHORTEST for story in (a, b)):
        return Verdict(False, 0.0, "too short to compare")
    short, long = sorted((_read(a), _read(b)), key=_order)
    size = len(short.text.keys)
    # What follows the beginning can only belong to another item, and would cost time.
    alignment = align(short.text, long.text.first(2 * size + _HEADER))
    score = round(alignment.shared / max(1, size), 3)
    reason = _why_not(short, long, alignment, score) or _differing(short, long, alignment)
    return Verdict(not reason, score, reason or f"{score:.0%} of the text")


def _read(story: Story) -> _Read:
    return _Read(story, tokenise(story.title, TITLE), tokenise(story.text, _TOKENS))


def _order(read: _Read) -> tuple[int, str, str]:
    return len(read.text.keys), read.story.text, read.story.title


def _why_not(short: _Read, long: _Read, alignment: Alignment, score: float) -> str:
    """Why the texts do not share enough for one story, "" if they do."""
    if score < _SHARED:
        return f"shares {score:.0%} of the text"
    if alignment.exchanged > _EXCHANGED * len(short.text.keys):
        return f"shares {score:.0%} of the text, and differs within"
    if score < _ONE_LANGUAGE and _foreign(short.story, long.story):
        return f"another language: {short.story.language} and {long.story.language}"
    if _related(short.title, long.title):
        return "a part of a longer article" if alignment.offsets[1] > _HEADER else ""
    return _standing(short, long, alignment) or _part(short, long, alignment)


def _differing(short: _Read, long: _Read, alignment: Alignment) -> str:
    """What keeps two texts apart that share nearly all, "" if nothing does."""
    brief = len(short.text.keys) < _BRIEF
    if brief and abs(short.story.published - long.story.published) > _BRIEF_TIME:
        return "short, and published days apart"
    return differing_titles(short.story.title, long.story.title, telling=brief) or differing_texts(
        short.text, long.text, alignment
    )


def _foreign(a: Story, b: Story) -> bool:
    one, other = ((story.language or "").partition("-")[0].lower() for story in (a, b))
    return bool(one and other and one != other)


def _related(a: Tokens, b: Tokens) -> bool:
    one, other = set(a.keys), set(b.keys)
    return bool(one and other) and len(one & other) >= _RELATED * min(len(one), len(other))


def _standing(short: _Read, long: _Read, alignment: Alignment) -> str:
    """Why what is shared is only what stands below every text of a source, "" if it is not."""
    least, most = sorted(alignment.offsets)
    if least < _START and most < max(_START, _START_SHARE * alignment.shared):
        return ""
    shared = set(short.text.keys) & set(long.text.keys)
    if all(
        2 * len(shared.intersection(read.title.keys)) >= len(read.title.keys)
        for read in (short, long)
    ):
        return ""
    return "begins differently, under another title"


def _part(short: _Read, long: _Read, alignment: Alignment) -> str:
    """Why a text is an item of a round-up and not a story's beginning, "" if it is no part."""
    one, other = short.story, long.story
    whole = (
        len(one.text) >= _WHOLE * len(other.text)
        and len(long.text.keys) - len(short.text.keys) <= _FOOTER
    )
    same_place = one.url is not None and one.url == other.url
    if alignment.offsets[1] <= _HEADER and (whole or same_place or _is_cut(one.text, other.text)):
        return ""
    return "a part of a longer article"


def _is_cut(short: str, long: str) -> bool:
    """Whether a text says that it goes on elsewhere, or ends where the other one goes on."""
    end = short.rstrip()[-_TAIL:]
    if _MARK.search(end):
        return True
    _, found, rest = long.partition(end)
    following = rest[:2].lstrip(" ")[:1]
    within = end[-1:].isalnum() and following.isalnum() and not following.isupper()
    return bool(found) and within
