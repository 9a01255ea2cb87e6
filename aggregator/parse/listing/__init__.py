"""From a web page without a feed to the articles that it lists.

lay_out()   the page flat: links, headings, dates, texts and their places     sheet.py
groups()    what repeats in it                                                groups.py
look()      what one piece shows: title, address, date                        card.py
judge()     how much a group looks like a list of articles                    score.py
find()      the best group and its kin; whether the page is an article        found.py
chosen()    the same by selectors                                             chosen.py
"""

from collections import Counter
from datetime import tzinfo

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse.decode import decode, looks_binary
from aggregator.parse.listing import furniture
from aggregator.parse.listing.article_page import is_index
from aggregator.parse.listing.chosen import mistake, piece, pieces, read_pieces
from aggregator.parse.listing.found import Find, find
from aggregator.parse.listing.model import Listing, Selectors
from aggregator.parse.listing.reading import read_card
from aggregator.parse.listing.score import certainty
from aggregator.parse.listing.sheet import Sheet, lay_out
from aggregator.parse.listing.structured import article_of, fill, said

__all__ = ["Listing", "Selectors", "read_listing"]

_FEWEST_SPOKEN = 3
_SPOKEN = 0.8
"""Confidence in a list that is there for machines alone: nobody who reads the page checks it."""

THRESHOLD = 0.5
"""Confidence from which on a list is taken; docs/pages.md has how it parts right from wrong."""


def read_listing(document: Document, selectors: Selectors, zone: tzinfo) -> Listing:
    """Read the articles that a page lists, in its order.

    What has no selector is found automatically; dates that name no zone are in ``zone``. Each
    article's ``uid`` is its address. Raises ParseError (trouble "selector"), naming the selector
    that matched nothing, or saying that no list of articles was recognised; nothing else.
    """
    if wrong := mistake(selectors):
        raise ParseError(f"{document.name}: {wrong}", "selector")
    if looks_binary(document.body):
        raise ParseError(f"{document.name}: binary data, not a page")
    page, _ = decode(document.body, document.charset)
    sheet = lay_out(page, document.url or document.name)
    if sheet is not None:
        furniture.mark(sheet)
    if selectors.items:
        return _by_selector(document, sheet, selectors, zone)
    found = find(sheet) if sheet else None
    if sheet is None or found is None or found.confidence < THRESHOLD:
        spoken = _spoken(sheet, zone) if sheet and selectors == Selectors() else None
        if spoken is None:
            raise ParseError(_unrecognised(document, sheet, found), "selector")
        return spoken
    if selectors == Selectors():
        entries = said(sheet, zone)
        articles = [fill(read_card(sheet, card, zone), entries) for card in found.cards]
    else:
        parts = [piece(card.item) for card in found.cards]
        articles = _read(document, sheet, parts, selectors, zone)
    return Listing(articles=tuple(articles), confidence=round(found.confidence, 2), how=_how(found))


def _spoken(sheet: Sheet, zone: tzinfo) -> Listing | None:
    """Give what a page lists for machines alone, if it is not an article's with others beside."""
    entries = [entry for entry in said(sheet, zone).values() if entry.title]
    confidence = _SPOKEN * certainty(is_index(sheet, ()))
    if len(entries) < _FEWEST_SPOKEN or confidence < THRESHOLD:
        return None
    return Listing(
        articles=tuple(article_of(entry, sheet) for entry in entries),
        confidence=round(confidence, 2),
        how=f"{len(entries)} × JSON-LD",
    )


def _by_selector(
    document: Document, sheet: Sheet | None, selectors: Selectors, zone: tzinfo
) -> Listing:
    parts = pieces(sheet, selectors.items) if sheet else []
    if sheet is None or not parts:
        raise ParseError(f"{document.name}: items: {selectors.items!r} matches nothing", "selector")
    articles = _read(document, sheet, parts, selectors, zone)
    how = f"{len(articles)} × {selectors.items}"
    return Listing(articles=tuple(articles), confidence=1.0, how=how)


def _read(
    document: Document, sheet: Sheet, parts: list[str], selectors: Selectors, zone: tzinfo
) -> list[Article]:
    """Read the pieces of a page; of two with one address the first counts."""
    articles = read_pieces(sheet, parts, selectors, zone)
    if not articles:
        named = [f"{n}: {getattr(selectors, n)!r}" for n in ("items", "title", "link")]
        given = ", ".join(one for one in named if not one.endswith("''"))
        raise ParseError(
            f"{document.name}: none of the {len(parts)} items has a title and a link ({given})",
            "selector",
        )
    firsts: dict[str, Article] = {}
    for article in articles:
        firsts.setdefault(article.uid, article)
    return list(firsts.values())


def _unrecognised(document: Document, sheet: Sheet | None, found: Find | None) -> str:
    links = len(sheet.links) if sheet else 0
    seen = f"{links} links"
    if found:
        seen += f"; likeliest {_how(found)}, confidence {found.confidence:.2f}"
    return (
        f"{document.name}: no list of articles is recognised ({seen}); "
        "give items: a CSS selector of the articles' element"
    )


def _how(found: Find) -> str:
    names = Counter(".".join(filter(None, c.item.root.shape)) for c in found.cards)
    taken = ", ".join(f"{count} × {name}" for name, count in names.most_common(3))
    n = len(found.cards)
    shown = {
        "headings": sum(c.heading is not None and c.heading.tag[0] == "h" for c in found.cards),
        "dates": sum(c.dated for c in found.cards),
        "pictures": sum(c.pictured for c in found.cards),
    }
    parts = [name for name, count in shown.items() if count > n / 2]
    return f"{taken} ({', '.join([*parts, 'links'])})"
