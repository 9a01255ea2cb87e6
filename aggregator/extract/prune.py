"""From an article's place on its page to its HTML: the page's own markup, without the furniture."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from lxml import etree

from aggregator.extract.locate import Place
from aggregator.extract.sift import Part
from aggregator.extract.tree import Block, Element, ancestors

_MEDIA = frozenset(["img", "video", "audio", "iframe", "object", "embed", "math"])
# What belongs to a picture, a table or a paragraph without holding any text.
_CARRIED = frozenset(["source", "col", "colgroup", "tr", "td", "th", "br", "hr"])

_ICON = 48
"""Pixels: a picture with a smaller side is a button, or the face of an author."""
_SIZE = re.compile(r"\s*(\d{1,5})\s*(?:px)?\s*")

_CREDIT = 100
"""Characters: more text than that beside a picture, and not the article's, is another article's."""

_CAPTION = 40
"""Characters of its beginning by which a caption is known that a gallery has twice."""

_GONE = "aggregator-gone"


def prune(place: Place, parts: Mapping[Block, Part]) -> str:
    """The HTML of an article, as the page has it; the tree is used up.

    Pictures, players and formulas stay where text of the article is around them, or where nothing
    but a caption stands beside them: not those that illustrate links to other articles.
    """
    own = [block for block, part in parts.items() if part is Part.OWN]
    told = _around(own, place.top)
    beside = _text_beside(parts, place.top)
    media = [m for m in place.top.iter(*_MEDIA) if _stays(m, place, told, beside)]
    frames = {element for medium in media for element in ancestors(medium, place.top)}
    captions = list(_captions(parts, place.top, frames - told))
    _blank(block for block in parts.keys() - {*own, *captions})
    content = {element for medium in media for element in medium.iterdescendants()}
    _take_out(place.top, told | frames | content | _around(captions, place.top))
    place.top.tag = "div"
    html: str = etree.tostring(place.top, method="html", encoding="unicode", with_tail=False)
    return html


def _around(found: Iterable[Block], top: Element) -> set[Element]:
    """The elements below ``top`` that hold text of these blocks."""
    holders = {
        element.getparent() if is_tail else element
        for block in found
        for element, is_tail in block.slots
    }
    return {element for holder in holders for element in ancestors(holder, top)}


def _text_beside(parts: Mapping[Block, Part], top: Element) -> dict[Element, tuple[int, int]]:
    """How many characters of captions and furniture are in an element: not linked, and linked."""
    sizes: dict[Element, tuple[int, int]] = {}
    for block, part in parts.items():
        if part is Part.OWN:
            continue
        free, linked = len(block.key) - block.linked, block.linked
        if part is Part.CAPTION:
            free, linked = 0, 0
        for element in ancestors(block.owner, top):
            more = sizes.get(element, (0, 0))
            sizes[element] = (more[0] + free, more[1] + linked)
    return sizes


def _stays(
    medium: Element,
    place: Place,
    told: Collection[Element],
    beside: Mapping[Element, tuple[int, int]],
) -> bool:
    """Whether a medium is the article's: what stands nearest to it decides."""
    around = list(ancestors(medium, place.top))
    if _is_icon(medium) or any(element in place.flagged for element in around):
        return False
    if any(element.tag == "noscript" and _is_spare(element) for element in around):
        return False
    nearest = next((element for element in around if element in told or element in beside), None)
    if nearest is None or nearest in told or any(element.tag == "figure" for element in around):
        return True
    free, linked = beside[nearest]
    return linked <= free <= _CREDIT or free + linked == 0


def _is_icon(medium: Element) -> bool:
    sides = (_SIZE.fullmatch(medium.get(name, "")) for name in ("width", "height"))
    return medium.tag == "img" and any(side and int(side[1]) < _ICON for side in sides)


def _is_spare(noscript: Element) -> bool:
    """Whether what is shown without scripts stands beside what scripts show in its place."""
    beside = (noscript.getprevious(), noscript.getnext())
    return any(e is not None and next(e.iter("img"), None) is not None for e in beside)


def _captions(
    parts: Mapping[Block, Part], top: Element, frames: Collection[Element]
) -> Iterator[Block]:
    """The captions, each once, that stand in a frame with a picture and no text of the article."""
    seen: set[str] = set()
    for block, part in parts.items():
        beginning = block.key[:_CAPTION]
        if part is not Part.CAPTION or beginning in seen:
            continue
        if any(element in frames for element in ancestors(block.owner, top)):
            seen.add(beginning)
            yield block


def _blank(found: Iterable[Block]) -> None:
    for block in found:
        for element, is_tail in block.slots:
            if is_tail:
                element.tail = " "
            else:
                element.text = None


def _take_out(top: Element, alive: set[Element]) -> None:
    for element in top.iterdescendants():
        if element.tag in _CARRIED and (element.getparent() in alive or element.getparent() is top):
            alive.add(element)
        if element not in alive:
            element.tag = _GONE
    etree.strip_elements(top, _GONE, with_tail=False)
