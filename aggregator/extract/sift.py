"""Which of the blocks at an article's place are its own."""

import re
from collections.abc import Collection, Iterator, Sequence
from enum import Enum

from aggregator.extract import furniture
from aggregator.extract.locate import PROSE, SHORT, Place, is_lead, is_prose
from aggregator.extract.tree import HEADINGS, Block, ancestors

_AGAIN = 150
"""Characters that nobody writes twice: a paragraph that begins with the same ones is the same, for
another width of screen or for sharing. At 60, refrains and lists went too (F1 0.001 lower)."""

_CELLS = frozenset(["td", "th"])
_ITEMS = frozenset(["li", "dt", "dd", "pre", "blockquote"])
_HEADS = frozenset(["header", "hgroup"])
# In these, a line is a part of the one before.
_HOLD_LINES = _ITEMS | {"p", "td"}
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "”", '"', "…", "’", "'", "」", "』")
_LINKED = 0.3
_ALL_LINKED = 0.9
_DATE = re.compile(r"\b(?:19|20)\d\d\b.{0,12}$|\b\d{1,2}:\d\d\b|\d{4}年", re.DOTALL)


class Part(Enum):
    """What a block is to its article."""

    OWN = "own"
    CAPTION = "caption"
    FURNITURE = "furniture"


def sift(place: Place, title: str) -> dict[Block, Part]:
    """What each block at an article's place is; ``title`` is the page's, squeezed.

    What trafilatura gave is the article's, unless its names or its wording say otherwise, or it
    stands before the title; what trafilatura did not give is, where it is plainly of the same kind:
    a cell, an item, a paragraph.
    """
    parts = dict.fromkeys(place.blocks, Part.FURNITURE)
    start = _after_title(place, title)
    seen: set[str] = set()
    before: Block | None = None
    for number in range(start, len(place.blocks)):
        block = place.blocks[number]
        if block.key == title or _is_furniture(block, place) or _is_again(block, seen):
            continue
        if any(map(furniture.is_caption, ancestors(block.owner, place.top))):
            parts[block] = Part.CAPTION
        elif _is_own(number, place, before):
            parts[block] = Part.OWN
            before = block
    _trim([block for block in place.blocks if parts[block] is Part.OWN], parts)
    return parts


def _is_furniture(block: Block, place: Place) -> bool:
    if furniture.is_worded(block):
        return True
    return any(element in place.flagged for element in ancestors(block.owner, place.top))


def _is_again(block: Block, seen: set[str]) -> bool:
    if len(block.key) < _AGAIN:
        return False
    beginning = block.key[:_AGAIN]
    again = beginning in seen
    seen.add(beginning)
    return again


def _is_own(number: int, place: Place, before: Block | None) -> bool:
    """Whether a block is the article's; ``before`` is the last one that was."""
    block = place.blocks[number]
    within = block.owner in place.inside
    if number in place.witnessed:
        return within or is_lead(block)
    return within and (_is_alike(block) or _goes_on(block, before))


def _is_alike(block: Block) -> bool:
    """Whether a block that nobody vouches for is of a kind that articles consist of."""
    if block.linked > _LINKED * len(block.key):
        return False
    if block.owner.tag in _CELLS | _ITEMS | {"h2", "h3", "h4"}:
        return True
    if block.owner.tag != "p":
        return False
    if next(block.owner.iterancestors("blockquote", "li", "td"), None) is not None:
        return True
    sentence = len(block.key) >= SHORT and block.text.rstrip().endswith(_SENTENCE_ENDS)
    return sentence or len(block.key) >= PROSE


def _goes_on(block: Block, before: Block | None) -> bool:
    """Whether a block is the next line of a paragraph."""
    return before is not None and before.owner is block.owner and block.owner.tag in _HOLD_LINES


def _after_title(place: Place, title: str) -> int:
    """The number of the block that the text begins with: after the title and what goes with it."""
    start = 0
    for number, block in enumerate(place.blocks):
        around = list(ancestors(block.owner, place.top))
        if any(element in place.flagged for element in around):
            continue
        head = next((element for element in around if element.tag in _HEADS), None)
        is_title = block.key == title or block.owner.tag == "h1"
        if is_title:
            start = _after(place.blocks, number, set(() if head is None else head.iter()))
        elif number in place.witnessed and head is None and _opens(block):
            break
    return start


def _opens(block: Block) -> bool:
    return is_prose(block) and block.owner.tag not in HEADINGS


def _after(found: Sequence[Block], number: int, head: Collection[object]) -> int:
    number += 1
    while number < len(found) and found[number].owner in head:
        number += 1
    return number


def _trim(own: Sequence[Block], parts: dict[Block, Part]) -> None:
    """Takes dates and times off an article's beginning, headings and links off its end."""
    for block in _dates(own):
        parts[block] = Part.FURNITURE
    for block in reversed(own):
        if block.owner.tag not in HEADINGS and block.linked <= _ALL_LINKED * len(block.key):
            break
        parts[block] = Part.FURNITURE


def _dates(own: Sequence[Block]) -> Iterator[Block]:
    for block in own:
        if len(block.key) >= PROSE:
            return
        if block.owner.tag not in HEADINGS and _DATE.search(block.text):
            yield block
