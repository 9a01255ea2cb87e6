"""Paragraphs, items and wrappers that hold nothing to read or see."""

from aggregator.clean.characters import is_blank
from aggregator.clean.tree import REMOVE, UNWRAP, Element, find, prune, xpath
from aggregator.clean.vocabulary import INLINE, ITEMS, SECTIONS

_BLOCKS = (SECTIONS | ITEMS | {"picture"}) - {"hr", "table"}
_INLINE = INLINE - {"br", "rt", "rp"}
_GONE = frozenset({REMOVE, UNWRAP})
_WITHOUT_PICTURE = xpath("descendant::picture[not(descendant::img)]")


def remove(body: Element) -> None:
    """Takes out what is empty, from the inside out; what a link leads to (an ``id``) stays."""
    for picture in _WITHOUT_PICTURE(body):
        picture.tag = UNWRAP
    for source in find(body, "source", "track"):
        if source.getparent().tag not in {"picture", "video", "audio"}:
            source.tag = REMOVE
    for element in reversed(list(find(body, *_BLOCKS, *_INLINE))):
        if element.get("id") is None and _is_empty(element):
            _take_out(element)
    prune(body)


def _is_empty(element: Element) -> bool:
    if not is_blank(element.text):
        return False
    return all(
        (child.tag in _GONE or child.tag == "br") and is_blank(child.tail) for child in element
    )


def _take_out(element: Element) -> None:
    if element.tag in _INLINE:
        element.tag = UNWRAP  # what is left of it may be the space between two words
        return
    element.tag = REMOVE
    if not is_blank(element.tail):
        element.tail = "\n" + element.tail.lstrip("\n")
