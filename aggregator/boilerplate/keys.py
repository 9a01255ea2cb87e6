"""The keys of blocks: equal for what counts as the same furniture, whatever article it is in.

A key's first letter says what kind of evidence there is for the block being furniture; the rest is
a digest of what it says.
"""

import re
from collections.abc import Iterator, Sequence, Set
from hashlib import blake2b
from itertools import accumulate

from aggregator.boilerplate.page import Leaf, Page, read_texts, text
from aggregator.boilerplate.wording import (
    CODE,
    FURNITURE_HOSTS,
    PROTECTED,
    SERIES,
    is_call,
    line,
    telling,
)

CALL, LINE, BOX, PICTURE, LINKED_PICTURE, LINKS, MENU = "cnbpilm"

_HEAD, _FOOT = 4, 10
"""Blocks from the start and from the end that count as head and foot of an article."""
_SHORTEST_HEADING = 12
"""Characters: "Subscribe to us" is furniture, "Subscribe" a section of a manual."""
_LONGEST_CALL, _LONGEST_LINE = 400, 160
"""Characters of a call to action; what is longer and happens to hold one is running text."""
_LONGEST_RAW, _LONGEST_IN_THE_MIDDLE = 4_000, 300
"""Characters of HTML that are looked at: lists of share links are mostly addresses. Between head
and foot only short blocks are, of 300 bytes (100 Chinese characters): that spares two thirds of the
work, and no block of the measured kinds is lost by it."""
_BOX_BLOCKS, _BOX_TEXT = 12, 800
_BOXES = frozenset(["aside", "blockquote", "div", "footer", "header", "nav", "ol", "section", "ul"])
_DIGEST = 13
"""Hexadecimal digits of a key: the thousand keys of a source meet by chance in one of a billion
sources."""
_MENU_SHARE = 0.5
"""Share of a block's text that is links, from which on it is a menu and not a sentence."""

_LINK = re.compile(r'<a\b(?:[^<>"]|"[^"]*")*+>(.*?)</a>', re.DOTALL)
_TARGET = re.compile(r'<a\b[^<>]*?\bhref="([^"?#]*)')
_IMAGE = re.compile(r'<img\b[^<>]*?\bsrc="([^"?#]*)')
_ALT = re.compile(r'<img\b[^<>]*?\balt="([^"]*)"')
_HOST = re.compile(r"https?://(?:www\.|m\.)?([^/:]+)")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)


def key(leaf: Leaf) -> str:
    """The key of a block by what it holds; "" for what is never furniture."""
    if len(leaf.raw) > _LONGEST_RAW or leaf.is_fixed:
        return ""
    said = leaf.text
    if not said:
        return _picture(leaf.raw)
    if leaf.is_heading and len(said) < _SHORTEST_HEADING:
        return ""
    kind, same = _call(said)
    if kind == LINE and leaf.node is not None and leaf.node.tag == "li":
        return ""
    if kind:
        return _hash(kind, same)
    return _links(leaf.raw, said) if "<a " in leaf.raw and not leaf.is_heading else ""


def likely_keys(page: Page) -> list[str]:
    """The key of each block that stands where furniture of its kind does; "" for the others."""
    likely = [at for at in range(len(page.leaves)) if _may_be(at, page)]
    read_texts([page.leaves[at] for at in likely])
    keys = [""] * len(page.leaves)
    for at in likely:
        found = key(page.leaves[at])
        keys[at] = found if found and _fits(at, page, found) else ""
    return keys


def boxes(
    page: Page, keys: Sequence[str], cut: Set[int] = frozenset()
) -> Iterator[tuple[list[int], str]]:
    """The containers that hold calls and what belongs to them: what is in each, and its key.

    ``keys`` are those of all blocks; ``cut`` and what comes out are numbers of blocks. Those that
    are cut count as gone.
    """
    left = [at for at in range(len(keys)) if at not in cut]
    before = list(accumulate((at not in cut for at in range(len(keys))), initial=0))
    for node in page.nodes:
        first, last = before[node.first], before[node.last]
        if node.tag in _BOXES and 1 < last - first <= _BOX_BLOCKS:
            inside = left[first:last]
            if found := _box([page.leaves[at] for at in inside], [keys[at] for at in inside]):
                yield inside, found


def _box(leaves: Sequence[Leaf], keys: Sequence[str]) -> str:
    if 3 * sum(found[:1] in {CALL, LINE} for found in keys) < len(leaves):
        return ""
    texts = [leaf.text for leaf in leaves]
    if sum(map(len, texts)) > _BOX_TEXT:
        return ""
    if any(leaf.is_fixed for leaf in leaves) or any(map(PROTECTED.search, texts)):
        return ""
    return _hash(BOX, "\n".join(map(_same, texts)))


def _may_be(at: int, page: Page) -> bool:
    """Whether a block is short, or near the head or foot: all others are running text."""
    if at < _HEAD or at >= len(page.leaves) - _FOOT:
        return True
    start = page.leaves[at].raw[: _LONGEST_IN_THE_MIDDLE + 1]
    return len(start.encode("utf-8", "replace")) <= _LONGEST_IN_THE_MIDDLE


def _fits(at: int, page: Page, found: str) -> bool:
    kind, at_foot = found[0], at >= len(page.leaves) - _FOOT
    if kind == PICTURE:
        # Not the one before such a line: that is the article's last picture as often as not.
        said = page.leaves[at - 1].text if at else ""
        return _call(said)[0] == CALL and CODE.search(said) is not None
    if kind in {LINKED_PICTURE, LINKS, MENU}:
        return at_foot and at > 0
    if kind == LINE:  # "Editor: Vim" is also in an interview about tools
        return at_foot or at < _HEAD
    return at_foot or not page.leaves[at].is_heading


def _call(said: str) -> tuple[str, str]:
    """Whether a text calls to do something, or is a line that only names and dates fill."""
    words = telling(said) if len(said) <= _LONGEST_CALL else None
    if not words:
        return "", ""
    if len(said) <= _LONGEST_LINE and (kind := line(said, words)):
        return LINE, kind
    if is_call(said, words) and not PROTECTED.search(said):
        return CALL, _same(said)
    return "", ""


def _same(said: str) -> str:
    """What stays the same of a text when another article has it: all but dates and numbers."""
    return _DIGITS.sub("0", _MONTH.sub("", said))


def _picture(raw: str) -> str:
    images = _IMAGE.findall(raw)
    if len(images) != 1:
        return ""
    alt = _ALT.search(raw)
    if alt and (said := text(alt[1])):
        # What is described is content, unless it is described as a call.
        return _hash(CALL, images[0]) if _call(said)[0] else ""
    target = _TARGET.search(raw)
    if target is None:
        return _hash(PICTURE, images[0])
    # A picture that leads to itself in full size is no advert.
    return "" if _PICTURE_FILE.search(target[1]) else _hash(LINKED_PICTURE, images[0])


def _links(raw: str, said: str) -> str:
    rest = raw[raw.find("<a") :]
    # One link in a paragraph is soon seen to be none of a menu. Other characters than these may
    # stand for more letters than one.
    if len(rest) < len(said) * _MENU_SHARE and rest.isascii() and "&" not in rest:
        return ""
    linked = len(text(" ".join(_LINK.findall(raw))))
    if linked < len(said) * _MENU_SHARE or not any(map(str.isalpha, said)):
        return ""
    if PROTECTED.search(said) or SERIES.search(said):
        return ""
    targets = _TARGET.findall(raw)
    if linked < len(said):
        return _hash(MENU, " ".join([said, *targets]))
    if targets and all(map(_is_furniture_host, targets)):
        return _hash(CALL, said)
    return _hash(LINKS, " ".join([said, *targets]))


def _is_furniture_host(address: str) -> bool:
    host = _HOST.match(address)
    return host is not None and host[1] in FURNITURE_HOSTS


def _hash(kind: str, said: str) -> str:
    return kind + blake2b(said.encode("utf-8", "replace")).hexdigest()[:_DIGEST]
