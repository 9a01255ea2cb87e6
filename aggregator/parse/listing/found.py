"""The list of articles that a page shows, found without being told where."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.parse.listing.addresses import is_story, shape, site
from aggregator.parse.listing.article_page import is_index
from aggregator.parse.listing.card import Card, look
from aggregator.parse.listing.groups import around, groups, overlaps, spans
from aggregator.parse.listing.score import Candidate, certainty, judge
from aggregator.parse.listing.sheet import Sheet, width

_KIN = 3.0
"""Log odds that another group of the same page may have less than the best one."""

_ALIKE = 0.6
"""The part of another group's addresses that are shaped like the best one's."""

_CROWDED = 0.5
"""Titles in each piece (the logarithm of them) from which on it holds several articles."""

_SHORTEST_LEAD = 15
"""Letters of a single story's title; a shorter one heads a section."""


@dataclass(frozen=True, slots=True)
class Find:
    """The articles' cards in the order of the page, and how sure it is (0 to 1)."""

    cards: tuple[Card, ...]
    confidence: float


def find(sheet: Sheet) -> Find | None:
    """Give what a page lists, or None when nothing repeats in it."""
    candidates = [one for group in groups(sheet) if (one := judge(sheet, group))]
    if not candidates:
        return None
    candidates.sort(key=lambda one: (-one.score, one.start))
    parts = _with_kin(candidates)
    cards = [card for part in parts for card in part.cards]
    cards += _leads(sheet, cards)
    firsts: dict[str, Card] = {}
    for card in sorted(cards, key=lambda card: card.item.start):
        firsts.setdefault(card.url, card)
    found = tuple(firsts.values())
    return Find(found, certainty(parts[0].score) * certainty(is_index(sheet, found)))


def _with_kin(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give the best candidate, and the others that are of its kind and elsewhere in the page."""
    best = candidates[0]
    parts = [best]
    shapes = {shape(card.url) for card in best.cards}
    sites = {site(card.url) for card in best.cards}
    for other in candidates[1:]:
        if other.score < best.score - _KIN or other.score < 0:
            break
        like = [c for c in other.cards if shape(c.url) in shapes and site(c.url) in sites]
        if len(like) < _ALIKE * len(other.cards) or other.features["beside"]:
            continue
        if other.features["crowd"] > _CROWDED or any(_overlap(other, part) for part in parts):
            continue
        parts.append(other)
    return parts


def _overlap(one: Candidate, other: Candidate) -> bool:
    taken = spans(card.item for card in other.cards)
    return any(overlaps(taken, card.item.start, card.item.end) for card in one.cards)


def _leads(sheet: Sheet, cards: Sequence[Card]) -> list[Card]:
    """Give the single stories of a front: headings of their own that lead to the same kind."""
    shapes = {shape(card.url) for card in cards}
    taken = spans(card.item for card in cards)
    loose = [
        heading
        for heading in sheet.headings
        if not heading.aside and not overlaps(taken, heading.start, heading.end)
    ]
    if not loose:
        return []
    heads = frozenset(map(id, loose))
    roots = (card.item.root for card in cards)
    found: dict[str, Card] = {}
    for piece in around(sorted((*roots, *loose), key=lambda place: place.start)):
        card = None if overlaps(taken, piece.start, piece.end) else look(sheet, piece)
        if card and id(card.heading) in heads and shape(card.url) in shapes and _is_story(card):
            found.setdefault(card.url, card)
    known = {card.url for card in cards}
    return [card for card in found.values() if card.url not in known]


def _is_story(card: Card) -> bool:
    return is_story(card.url) and width(card.title) > _SHORTEST_LEAD
