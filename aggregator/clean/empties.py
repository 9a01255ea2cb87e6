"""Paragraphs, items and wrappers that hold nothing to read or see."""

from collections.abc import Set

from aggregator.article import Step
from aggregator.clean.characters import is_blank
from aggregator.clean.tree import UNWRAP, Element, find, mark, prune, take_out
from aggregator.clean.vocabulary import INLINE, ITEMS, SECTIONS

_BLOCKS = (SECTIONS | ITEMS | {"picture"}) - {"hr", "table"}
_INLINE = INLINE - {"br", "rt", "rp"}
_OF_MEDIA = frozenset({"picture", "video", "audio"})


def remove(body: Element, present: Set[str]) -> tuple[Step, ...]:
    """Takes out what is empty, from the inside out; what a link leads to (an ``id``) stays.

    ``present`` are the names of the elements there are.
    """
    elements = list(body.iterdescendants())
    pictures, gone = [], []
    if "picture" in present:
        pictures = [one for one in find(body, "picture") if next(one.iter("img"), None) is None]
        mark(pictures, UNWRAP)
    if "source" in present or "track" in present:
        parts = find(body, "source", "track")
        gone = [part for part in parts if part.getparent().tag not in _OF_MEDIA]
    blank = {*gone, *pictures}
    for element in reversed(elements):
        text = element.text
        # Most begin with a letter.
        if text and (text[0].isalnum() or not is_blank(text)):
            continue
        name = element.tag
        if (
            (name in _BLOCKS or name in _INLINE)
            and element.get("id") is None
            and _is_empty(element, blank)
        ):
            blank.add(element)
            if name in _INLINE:
                element.tag = UNWRAP  # what is left of it may be the space between two words
            else:
                gone.append(element)
                _part(element)
    if not blank:
        return ()
    steps = take_out(reversed(gone), "empty")
    prune(body)
    return steps


def _is_empty(element: Element, blank: set[Element]) -> bool:
    """Whether nothing is left inside of an element without text of its own."""
    return all((child.tag == "br" or child in blank) and is_blank(child.tail) for child in element)


def _part(element: Element) -> None:
    """Keeps apart what stood around an element."""
    if not is_blank(element.tail):
        element.tail = "\n" + element.tail.lstrip("\n")
