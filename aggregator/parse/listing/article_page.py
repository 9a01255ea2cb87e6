"""Whether a page is rather an article itself than a list of articles."""

from collections.abc import Sequence
from itertools import islice
from urllib.parse import urldefrag

from aggregator.parse.listing.addresses import folder, is_story, shape
from aggregator.parse.listing.card import Card, text_of
from aggregator.parse.listing.groups import overlaps, spans
from aggregator.parse.listing.score import prose
from aggregator.parse.listing.sheet import Sheet, width
from aggregator.parse.listing.structured import kinds, objects

_KINDS = ("Article", "Posting", "Report")
# Letters of running text that make an article: what introduces a list has a few hundred.
_MUCH_PROSE = 1_500
# Letters of a headline: what heads a list is shorter. And how many headings are looked at.
_HEADLINE, _MOST_HEADLINES = 40, 10
# A page with no sign of an article is about its list, with 0.98. What a page says of itself or its
# address do not refuse it alone, since sites say it of lists; prose outside does.
_USUAL = 4.0


def is_index(sheet: Sheet, cards: Sequence[Card]) -> float:
    """Give the log odds that a page is about the cards, rather than an article with links."""
    outside, inside = prose(sheet, cards)
    share = outside / (outside + inside + 1) * min(1.0, outside / _MUCH_PROSE)
    return (
        _USUAL
        - 6.0 * share
        - 3.0 * _says_article(sheet)
        - 2.5 * _is_addressed_as_one(sheet, cards)
        - 1.0 * _has_headline(sheet, cards)
        - 2.5 * _lists_itself(sheet, cards)
    )


def _has_headline(sheet: Sheet, cards: Sequence[Card]) -> bool:
    """Tell whether the page has a long title outside of the articles."""
    taken = spans(card.item for card in cards)
    loose = (
        one
        for one in sheet.headings
        if one.tag == "h1" and not one.aside and not overlaps(taken, one.start, one.end)
    )
    return any(width(text_of(one.element)) > _HEADLINE for one in islice(loose, _MOST_HEADLINES))


def _is_addressed_as_one(sheet: Sheet, cards: Sequence[Card]) -> float:
    """Tell whether the page's address is like those of the articles."""
    address = _canonical(sheet)
    n = max(1, len(cards))
    if is_story(address):
        return 0.4 + 0.6 * sum(shape(card.url) == shape(address) for card in cards) / n
    beside = folder(address)
    return 0.6 * sum(folder(card.url) == beside for card in cards) / n if beside else 0.0


def _lists_itself(sheet: Sheet, cards: Sequence[Card]) -> bool:
    """Tell whether the page is one of those in the list."""
    kinds = {card.item.root.key for card in cards}
    return any(above.key in kinds for place in sheet.own for above in place.ancestors())


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
    """Tell whether just one article is described for machines."""
    headed = [kinds(node) for node in objects(sheet) if node.get("headline")]
    return sum(any(kind.endswith(_KINDS) for kind in said) for said in headed) == 1
