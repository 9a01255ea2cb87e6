"""What a piece of a page shows of an article: its title, its address, its date, and so on."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urldefrag

from aggregator.parse.feed_text import one_line
from aggregator.parse.listing.addresses import is_filing, is_story
from aggregator.parse.listing.groups import Item, anchor
from aggregator.parse.listing.sheet import (
    INLINE,
    SILENT,
    Element,
    Link,
    Place,
    Sheet,
    Text,
    width,
    within,
    words,
)
from aggregator.parse.listing.when import is_dated

_TITLED = frozenset(("title", "headline", "heading", "ttl", "tit", "bt", "subject"))
_LONGEST_TITLE = 400
_LONGEST_LABEL = 32
_MOSTLY = 0.5
_PERMALINK = re.compile(r"\s*[¶#§🔗]+$")
_SHORTEST_TITLE = 12
"""Letters below which the text of a link is rather a label than a title."""
_WIDE_ENOUGH = 60
"""Letters of a link beyond which more of them say no more of it: a summary is no better title."""

# Links that lead to an article without saying which.
_GENERIC = re.compile(
    r"(?:continue|read|learn|see|view|find out|full|show|keep)\b.{0,40}|more\b.{0,12}|details?|open"
    r"|permalink|link|\d+\s+(?:comments?|replies)|comments?|reply|share|weiter\w*.{0,20}|mehr.{0,20}"
    r"|lire.{0,20}|en savoir.{0,10}|leer.{0,20}|ler mais|leggi.{0,20}|читать.{0,20}|подробнее.{0,5}"
    r"|阅读.{0,6}|閱讀.{0,6}|查看.{0,6}|详细|详情|更多|全文|続きを.{0,6}|もっと.{0,6}|더.{0,4}|اقرأ.{0,16}"
    r"|المزيد|[\W\d]*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Card:
    """What was found. ``heading`` is the element that shows the title, ``crowd`` counts titles."""

    item: Item
    title: str
    url: str
    heading: Place | None
    dated: bool
    pictured: bool
    extra: int
    crowd: int


def look(sheet: Sheet, item: Item) -> Card | None:
    """Give what a piece of a page shows, or None when it has no title or no address."""
    links = within(sheet.links, item.start, item.end)
    heading = _heading(sheet, item)
    link = _link(sheet, item, heading, links)
    title = _title(sheet, heading, link) if heading else ""
    if not title and link:
        title, heading = _title_without_heading(sheet, item, link)
    url = link.url if link else _anchored(sheet, heading)
    if not title or not url:
        return None
    texts = within(sheet.texts, item.start, item.end)
    return Card(
        item=item,
        title=title[:_LONGEST_TITLE],
        url=url,
        heading=heading,
        dated=_is_dated(sheet, item, texts),
        pictured=bool(within(sheet.images, item.start, item.end)),
        extra=sum(text.width for text in texts if not text.linked),
        crowd=_crowd(sheet, item, links),
    )


def text_of(element: Element) -> str:
    """Give the text of an element on one line."""
    parts: list[str] = []
    for inner in element.iter():
        if inner.tag in SILENT:
            parts.append(" ")
        else:
            parts += ("" if inner.tag in INLINE else " ", inner.text or "")
        if inner is not element:
            parts += ("" if inner.tag in INLINE else " ", inner.tail or "")
        if len(parts) > 2_000:  # noqa: PLR2004 - no title is
            break
    return one_line("".join(parts))


def _title(sheet: Sheet, heading: Place, link: Link | None) -> str:
    """Give a heading's text, without what stands beside the link that says the most of it."""
    whole = _PERMALINK.sub("", text_of(heading.element))
    if link and heading.start < link.start < heading.end and _said(sheet, link):
        said = text_of(link.place.element)
        if width(said) > _MOSTLY * width(whole):
            return said
    return whole


def _heading(sheet: Sheet, item: Item) -> Place | None:
    """Give the element that shows the title: a heading, or what is called one."""
    for heading in within(sheet.headings, item.start, item.end):
        text = text_of(heading.element)
        if text and (not is_dated(text) or width(text) > 2 * _SHORTEST_TITLE or anchor(heading)):
            return heading
    for place in within(sheet.named, item.start, item.end):
        if _is_titled(place):
            text = text_of(place.element)
            if _SHORTEST_TITLE // 2 <= width(text) <= _LONGEST_TITLE and not is_dated(text):
                return place
    return None


def _is_titled(place: Place) -> bool:
    """Tell whether an element is called a title (microdata, microformats, any class)."""
    if place.element.get("itemprop") == "headline" or "p-name" in place.names:
        return True
    return not _TITLED.isdisjoint(words(place.names))


def _is_address(place: Place) -> bool:
    """Tell whether a link is marked as that of its article."""
    names = ("u-url", "bookmark")
    rel = (place.element.get("rel") or "").split()
    return place.element.get("itemprop") == "url" or any(n in names for n in (*rel, *place.names))


def _link(sheet: Sheet, item: Item, heading: Place | None, links: Sequence[Link]) -> Link | None:
    """Give the link to the article, of those in a piece."""
    usable = [link for link in links if not is_filing(link.url)] or links
    if heading is not None:
        return _link_of_heading(sheet, heading, usable)
    return _enclosing(sheet, item.root) or (_widest(sheet, usable) if usable else None)


def _link_of_heading(sheet: Sheet, heading: Place, usable: Sequence[Link]) -> Link | None:
    """Give the link that a heading stands in or holds, one that is marked, or the likeliest."""
    within_heading = within(sheet.links, heading.start, heading.end)
    marked = (link for link in usable if _is_address(link.place))
    found = _enclosing(sheet, heading) or next(chain(within_heading, marked), None)
    if found is not None or not usable:
        return found
    if anchor(heading) and not is_story(usable[0].url):
        return None
    times = Counter(link.url for link in usable)
    return max(usable, key=lambda one: (is_story(one.url), times[one.url], -one.start))


def _widest(sheet: Sheet, usable: Sequence[Link]) -> Link:
    """Give the link that says most; of those to the same place the first that may be a title."""
    widths = {id(one): min(_said(sheet, one), _WIDE_ENOUGH) for one in usable}
    best = max(usable, key=lambda one: (widths[id(one)], is_story(one.url), -one.start))
    same = (one for one in usable if one.url == best.url and widths[id(one)] > _SHORTEST_TITLE)
    return next(same, best)


def _enclosing(sheet: Sheet, place: Place) -> Link | None:
    """Give the link that a place is, or stands in."""
    above: Place | None = place
    while above is not None:
        if above.tag == "a":
            return next((one for one in within(sheet.links, above.start, above.start + 1)), None)
        above = above.parent
    return None


def _said(sheet: Sheet, link: Link) -> int:
    """Give how much the text of a link says of where it leads."""
    texts = [t for t in within(sheet.texts, link.start, link.place.end) if not is_label(t)]
    said = " ".join(text.said for text in texts)
    return 0 if _GENERIC.fullmatch(said) else width(said)


def _title_without_heading(sheet: Sheet, item: Item, link: Link) -> tuple[str, Place | None]:
    """Give the link's text, the line of the item that looks most like a title, or a picture's."""
    said = _said(sheet, link)
    if said <= _SHORTEST_TITLE and (found := _bold(sheet, item)) is not None:
        return text_of(found.element), found
    if said:
        return _title_of_link(sheet, link)
    if described := _described(sheet, item, link):
        return described, link.place
    texts = within(sheet.texts, item.start, item.end)
    lines = _lines([text for text in texts if not (text.dated or text.linked)])
    return (lines[0][1], lines[0][0]) if lines else ("", None)


def _bold(sheet: Sheet, item: Item) -> Place | None:
    bold = (one for one in within(sheet.places, item.start, item.end) if one.tag in ("b", "strong"))
    return next((one for one in bold if width(text_of(one.element)) > _SHORTEST_TITLE), None)


def _title_of_link(sheet: Sheet, link: Link) -> tuple[str, Place]:
    """Give a link's text; of one with several lines the first that is no label."""
    inside = within(sheet.texts, link.start, link.place.end)
    lines = _lines([text for text in inside if not is_label(text)], link.place)
    if len(lines) > 1:
        block, said = next((line for line in lines if width(line[1]) > _SHORTEST_TITLE), lines[0])
        return said, block
    return text_of(link.place.element), link.place


def _described(sheet: Sheet, item: Item, link: Link) -> str:
    """Give what a link without text is said to lead to, or what the picture shows."""
    said = [link.place.element.get("title"), link.place.element.get("aria-label")]
    said += [image.element.get("alt") for image in within(sheet.images, item.start, item.end)]
    return next((one_line(text) for text in said if text and text.strip()), "")


def is_label(text: Text) -> bool:
    """Tell whether a text only says when: in a longer one the date is part of a headline."""
    return text.dated and text.width <= _LONGEST_LABEL


def _lines(texts: Sequence[Text], link: Place | None = None) -> list[tuple[Place, str]]:
    """Give the texts by the element whose line they are.

    Where all the text of a link stands in elements of its own, each is a line.
    """
    parted = link is not None and all(text.holder is not link for text in texts)
    lines: dict[int, tuple[Place, list[str]]] = {}
    for text in texts:
        line = text.block
        if parted and link is not None and text.block.start <= link.start:
            line = _child(text.holder, link)
        lines.setdefault(id(line), (line, []))[1].append(text.said)
    return [(line, " ".join(said)) for line, said in lines.values()]


def _child(place: Place, top: Place) -> Place:
    """Give the child of ``top`` that holds a place."""
    while place.parent is not None and place.parent is not top:
        place = place.parent
    return place


def _anchored(sheet: Sheet, heading: Place | None) -> str:
    fragment = anchor(heading) if heading is not None else ""
    return f"{urldefrag(sheet.url).url}#{fragment}" if fragment else ""


def _is_dated(sheet: Sheet, item: Item, texts: Sequence[Text]) -> bool:
    if within(sheet.times, item.start, item.end):
        return True
    return any(text.dated for text in texts)


def _crowd(sheet: Sheet, item: Item, links: Sequence[Link]) -> int:
    """Count the titles in a piece: more than one, and it is several articles."""
    headings = within(sheet.headings, item.start, item.end)
    headed = {
        link.url
        for heading in headings
        for link in (_enclosing(sheet, heading), *within(sheet.links, heading.start, heading.end))
        if link is not None
    }
    if headed:
        return len(headed)
    wide = {link.url for link in links if _said(sheet, link) > 2 * _SHORTEST_TITLE}
    return max(1, len({url for url in wide if is_story(url)} or wide))
