"""From what a piece of a page shows to an article."""

import html as markup
import re
from datetime import datetime, tzinfo

from aggregator.article import Article
from aggregator.parse.dates import read_date
from aggregator.parse.feed_text import one_line, web_address
from aggregator.parse.listing.card import Card, text_of
from aggregator.parse.listing.sheet import HEADINGS, Element, Place, Sheet, width, within
from aggregator.parse.listing.when import address_date, find_date

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-lazy", "data-url")
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|blob:|#)|/(?:blank|spacer|placeholder|transparent|loading|lazy|spinner|"
    r"pixel|1x1|avatars?|icons?|logo)\b|\.svg(?:$|\?)|gravatar",
    re.IGNORECASE,
)
_SMALLEST = 48
"""Pixels of a picture's side below which it is an icon."""
_SHORTEST_SUMMARY = 25
_LONGEST_SUMMARY = 2_000


def read_card(sheet: Sheet, card: Card, zone: tzinfo) -> Article:
    """Give the article that a card announces."""
    summary = summary_of(sheet, card)
    return Article(
        uid=card.url,
        title=card.title,
        url=card.url,
        base=sheet.base,
        published=date_of(sheet, card, zone),
        html=f"<p>{markup.escape(summary, quote=False)}</p>" if summary else "",
        image=image_of(sheet, card),
        language=card.item.root.element.get("lang") or sheet.language or None,
    )


def date_of(sheet: Sheet, card: Card, zone: tzinfo) -> datetime | None:
    """Give when a piece says that its article came out: in ``time``, in text, in its address."""
    item = card.item
    for time in within(sheet.times, item.start, item.end):
        said = time.element.get("datetime") or ""
        moment = read_date(said, zone) or find_date(said, zone, sheet.language)
        if moment:
            return moment
    for place in within(sheet.named, item.start, item.end):
        if _says_when(place):
            said = [place.element.get(name) or "" for name in ("content", "datetime", "title")]
            if moment := next(filter(None, (read_date(one, zone) for one in said if one)), None):
                return moment
    dated = [text for text in within(sheet.texts, item.start, item.end) if text.dated]
    inside = (card.heading.start, card.heading.end) if card.heading else (0, 0)
    dated.sort(key=lambda text: inside[0] <= text.start < inside[1])
    moments = (find_date(text.said, zone, sheet.language) for text in dated[:10])
    return next(filter(None, moments), None) or address_date(card.url, zone)


def _says_when(place: Place) -> bool:
    """Tell whether an element is marked as a date (microdata, microformats)."""
    if place.element.get("itemprop") in ("datePublished", "dateCreated"):
        return True
    return any(name in ("dt-published", "published") for name in place.names)


def image_of(sheet: Sheet, card: Card) -> str | None:
    """Give the address of the first picture that is one."""
    pictures = within(sheet.images, card.item.start, card.item.end)
    found = (lazy_address(one.element, sheet) for one in pictures if not _is_icon(one))
    return next(filter(None, found), None)


def lazy_address(image: Element, sheet: Sheet) -> str | None:
    """Give a picture's address, be it one that scripts would fill in; None if it shows nothing."""
    said = [image.get("src"), *(image.get(name) for name in _LAZY)]
    said += [(image.get(name) or "").strip().partition(" ")[0] for name in _LAZY_SETS]
    for address in said:
        if address and not _PLACEHOLDER.search(address):
            found = web_address(address.rstrip(","), sheet.base)
            if found:
                return found
    return None


def _is_icon(place: Place) -> bool:
    sides = (place.element.get("width") or "", place.element.get("height") or "")
    return any(side.isdecimal() and len(side) < 6 and int(side) < _SMALLEST for side in sides)  # noqa: PLR2004


def summary_of(sheet: Sheet, card: Card) -> str:
    """Give the first paragraph that is neither the title nor a date, or ""."""
    item = card.item
    seen: set[int] = set()
    for text in within(sheet.texts, item.start, item.end):
        block = text.block
        if id(block) in seen or text.dated or block.tag in HEADINGS or _is_around(block, card):
            continue
        seen.add(id(block))
        said = text_of(block.element)
        if said != card.title and width(said) >= _SHORTEST_SUMMARY:
            return one_line(said[:_LONGEST_SUMMARY])
    return ""


def _is_around(block: Place, card: Card) -> bool:
    """Tell whether a block holds the title, or is it."""
    heading = card.heading
    if heading is None:
        return False
    return block.start <= heading.start < block.end or heading.start <= block.start < heading.end
