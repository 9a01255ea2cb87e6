"""Whether a page is rather an article itself than a list of articles."""

import json
from collections.abc import Sequence
from urllib.parse import urldefrag

from aggregator.parse.listing.addresses import is_story, shape
from aggregator.parse.listing.card import Card
from aggregator.parse.listing.score import prose
from aggregator.parse.listing.sheet import Sheet

_KINDS = ("Article", "Posting", "Report")
_MOST_SCRIPTS = 20


def doubts(sheet: Sheet, cards: Sequence[Card]) -> float:
    """Give by how much less (log odds) the cards are what the page is about."""
    outside, inside = prose(sheet, cards)
    share = outside / (outside + inside + 1)
    text = 5.0 * share * min(1.0, outside / 1_500)
    return text + 2.0 * _says_article(sheet) + 2.0 * _is_addressed_as_one(sheet, cards)


def _is_addressed_as_one(sheet: Sheet, cards: Sequence[Card]) -> float:
    """Tell whether the page's address is like those of the articles."""
    address = _canonical(sheet)
    if not is_story(address):
        return 0.0
    return sum(shape(card.url) == shape(address) for card in cards) / max(1, len(cards))


def _canonical(sheet: Sheet) -> str:
    return urldefrag(sheet.url).url


def _says_article(sheet: Sheet) -> bool:
    for meta in sheet.root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name == "article:published_time":
            return True
        if name == "og:type" and (meta.get("content") or "").strip().lower() == "article":
            return True
    return _is_marked_up(sheet)


def _is_marked_up(sheet: Sheet) -> bool:
    scripts = list(sheet.root.iterfind(".//script[@type='application/ld+json']"))[:_MOST_SCRIPTS]
    for script in scripts:
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        nodes = value.get("@graph", [value]) if isinstance(value, dict) else value
        if not isinstance(nodes, list):
            continue
        kinds = [str(n.get("@type")) for n in nodes if isinstance(n, dict) and n.get("headline")]
        if sum(any(kind in said for kind in _KINDS) for said in kinds) == 1:
            return True
    return False
