"""How much a group of pieces looks like a list of articles."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log2
from statistics import median

from aggregator.parse.listing.addresses import is_filing, is_story, shape, site
from aggregator.parse.listing.card import Card, look, text_of
from aggregator.parse.listing.groups import Group, overlaps, spans
from aggregator.parse.listing.sheet import Place, Sheet, width, within

# What stands above lists that are beside what a page is about.
_BESIDE = re.compile(
    r"most (?:read|popular|viewed|shared|commented)|popular|trending|related|recommended"
    r"|you m(?:ay|ight)|more (?:from|on|like|in|stories)|also (?:read|like|on)|read next|up next"
    r"|editor'?s picks|sponsored|partner|advert|from the web|recent comments|tags?\b|categor"
    r"|archives?\b|follow us|links\b|blogroll|热门|热点|排行|推荐|相关|猜你|点击|最热"
    r"|人気|ランキング|関連|おすすめ|タグ|인기|많이 본|추천|meistgelesen|beliebt|ähnlich"
    r"|les plus lus|à lire aussi|lo más|relacionad|più letti|mais lidas"
    r"|популярн|самое|похожие|читайте также|الأكثر|ذات صلة|مواضيع",
    re.IGNORECASE,
)
_SOME = 0.5
_MARKS = frozenset(("h-entry", "hentry"))
_LONGEST_LABEL = 40
_PROSE = 80
"""Letters of a run of text from which on it is a paragraph."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group, what its pieces show, and how much that looks like articles (log odds)."""

    cards: tuple[Card, ...]
    score: float
    features: dict[str, float]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.cards[0].item.start


def judge(sheet: Sheet, group: Group) -> Candidate | None:
    """Give a group as a candidate; None if too few of its pieces show an article."""
    cards = tuple(card for item in group if (card := look(sheet, item)))
    if len(cards) < 2 or len(cards) < 0.5 * len(group):  # noqa: PLR2004
        return None
    features = measure(sheet, cards)
    if features["anchors"] > _SOME and features["dated"] <= _SOME:
        return None  # the chapters of a document
    return Candidate(cards, weigh(features), features)


def measure(sheet: Sheet, cards: Sequence[Card]) -> dict[str, float]:
    """Give what tells articles from other things, mostly as parts of 1."""
    n = len(cards)
    widths = [width(card.title) for card in cards]
    total = sum(text.width for text in sheet.texts) or 1
    held = sum(
        text.width for card in cards for text in within(sheet.texts, card.item.start, card.item.end)
    )
    own = site(sheet.url)
    anchors = sum("#" in card.url and card.url.startswith(sheet.url) for card in cards)
    return {
        "size": log2(min(n, 32) / 3),
        "title": (min(median(widths), 45) - 18) / 27,
        "dated": sum(card.dated for card in cards) / n,
        "headed": sum(card.heading is not None and card.heading.tag != "a" for card in cards) / n,
        "pictured": sum(card.pictured for card in cards) / n,
        "extra": min(median(card.extra for card in cards), 120) / 120,
        "story": sum(is_story(card.url) for card in cards) / n,
        "filing": sum(is_filing(card.url) for card in cards) / n,
        "foreign": sum(site(card.url) != own for card in cards) / n,
        "same": 1 - len({card.url for card in cards}) / n,
        "again": 1 - len({card.title for card in cards}) / n,
        "crowd": log2(sum(card.crowd for card in cards) / n),
        "aside": sum(card.item.root.aside for card in cards) / n,
        "main": sum(card.item.root.main for card in cards) / n,
        "mass": held / total,
        "beside": float(_is_beside(sheet, cards)),
        "anchors": anchors / n,
        "marked": sum(is_marked(card.item.root) for card in cards) / n,
        "few": _fewness(cards),
        "odd": _oddness(cards),
    }


# Set by hand, and changed until the lists and the 181 articles of docs/pages.md stood apart. What
# no list of articles has (addresses or titles that recur, several titles in a piece, furniture)
# outweighs all that speaks for one.
_WEIGHTS = {
    "size": 0.6,
    "title": 1.8,
    "dated": 2.0,
    "headed": 1.0,
    "pictured": 0.5,
    "extra": 1.0,
    "story": 1.5,
    "filing": -3.0,
    "foreign": -0.7,
    "same": -5.0,
    "again": -5.0,
    "crowd": -3.0,
    "aside": -4.0,
    "main": 0.5,
    "mass": 2.0,
    "beside": -2.5,
    "anchors": -1.5,
    "odd": -1.0,
    "marked": 1.0,
    "few": -1.5,
}
# Without any evidence, what repeats in a page is no list of articles: menus are more.
_BIAS = -3.5


def weigh(features: dict[str, float]) -> float:
    """Give the log odds that these are articles."""
    return _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())


def certainty(score: float) -> float:
    """Give log odds as a number from 0 to 1."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, score))))


def _oddness(cards: Sequence[Card]) -> float:
    """Give the part of the addresses that are not shaped like the others."""
    shapes = Counter(shape(card.url) for card in cards)
    return 1 - shapes.most_common(1)[0][1] / len(cards)


def _fewness(cards: Sequence[Card]) -> float:
    """Tell whether pieces are so few that it may be chance, above all without dates."""
    dated = any(card.dated for card in cards)
    return 1.0 * (len(cards) == 2) * (0.3 if dated else 1.0) + (len(cards) <= 3 and not dated)  # noqa: PLR2004


def is_marked(place: Place) -> bool:
    """Tell whether an element says that it is an article: its name, microdata, microformats."""
    kind = place.element.get("itemtype") or ""
    if place.tag == "article":
        return True
    return kind.endswith(("Article", "Posting")) or not _MARKS.isdisjoint(place.names)


def _is_beside(sheet: Sheet, cards: Sequence[Card]) -> bool:
    label = label_of(sheet, cards[0])
    return bool(label) and bool(_BESIDE.search(label))


def label_of(sheet: Sheet, first: Card) -> str:
    """Give the heading that stands above a list, near it, or ""."""
    root = first.item.root
    around: list[Place] = []
    above = root.parent
    while above is not None and above.parent is not None and len(around) < 3:  # noqa: PLR2004
        around.append(above)
        above = above.parent
    for place in around:
        labels = within(sheet.headings, place.start, first.item.start)
        labels = [one for one in labels if one.end <= first.item.start]
        if labels:
            text = text_of(labels[-1].element)
            return text if width(text) <= _LONGEST_LABEL else ""
    return ""


def prose(sheet: Sheet, taken: Sequence[Card]) -> tuple[int, int]:
    """Give how much running text stands outside and inside of the pieces that were taken."""
    spanned = spans(card.item for card in taken)
    inside = 0
    lines: Counter[Place] = Counter()
    for text in sheet.texts:
        if overlaps(spanned, text.start, text.start + 1):
            inside += text.width
        elif not text.linked and not text.block.aside:
            lines[text.block] += text.width
    return sum(size for size in lines.values() if size >= _PROSE), inside
