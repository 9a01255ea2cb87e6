"""An article's HTML as blocks and the elements around them, with where each is in the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from aggregator.nfkc import nfkc, single_spaced

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])

_MOST_LEAVES = 4_000
"""Blocks of an article that are looked at; longer ones are books, and left alone."""
_PICTURE = 100
"""Characters that a picture counts for where the size of what goes is weighed."""

_BLOCKS = (
    r"article|aside|blockquote|caption|colgroup|d[dlt]|details|div|figcaption|figure|footer|h[1-6]|"
    r"header|hgroup|li|main|nav|ol|p|pre|section|summary|table|tbody|t[dhr]|tfoot|thead|ul"
)
# What is inside of these is part of a whole that says something.
_WHOLES = frozenset(["details", "dl", "figcaption", "hgroup", "pre", "summary", "table"])

# Exact for what the sanitiser writes: lower-case names, values in double quotes.
_ATTRIBUTES = r'([^<>"]*+(?:"[^"]*"[^<>"]*+)*+)>'
_TAG = re.compile(rf"<(/?)({_BLOCKS})\b{_ATTRIBUTES}")
_ANY_TAG = re.compile(r'</?[a-z][^<>"]*+(?:"[^"]*"[^<>"]*+)*+>')
_VOID = re.compile(r"<(?:br|col|hr|img|source|track)\b")
_MEDIA = re.compile(r"<(?:img|video|audio|math)\b")


@dataclass(slots=True, eq=False)
class Node:
    """An element that stands on lines of its own; its blocks are ``leaves[first:last]``.

    ``whole``: it must stay as it is, with all that is in it.
    """

    tag: str
    parent: "Node | None"
    start: int
    first: int
    whole: bool
    end: int = -1
    last: int = -1


@dataclass(eq=False)
class Leaf:
    """A stretch of text or pictures between two tags of blocks: what readers take for one block.

    ``start`` and ``end`` say where it is, ``raw`` is its HTML. ``tied``: other parts of the article
    hang on it, or it holds only a part of an element.
    """

    node: Node | None
    start: int
    end: int
    raw: str
    tied: bool

    @cached_property
    def text(self) -> str:
        """What it says: NFKC, case-folded, white space collapsed."""
        return text(self.raw)

    @property
    def size(self) -> int:
        """Its weight in characters."""
        if "<" not in self.raw:
            return len(self.raw.strip())
        return len(without_tags(self.raw).strip()) + _PICTURE * len(_MEDIA.findall(self.raw))

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading or a part of one."""
        return self.node is not None and self.node.tag in HEADINGS

    @property
    def is_fixed(self) -> bool:
        """Whether it is part of a whole: a table, a listing, a footnote, a captioned figure."""
        node = self.node
        while node is not None and not node.whole:
            node = node.parent
        return self.tied or node is not None


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of an article and the elements around them, both in document order."""

    leaves: list[Leaf]
    nodes: list[Node]


def read(html: str) -> Page | None:
    """What an article consists of; None if it is not what the sanitiser writes, or a book."""
    page = Page([], [])
    node: Node | None = None
    at = inline = 0  # inline: elements that are open and stand around blocks
    for tag in _TAG.finditer(html):
        if (stretch := html[at : tag.start()]) and not stretch.isspace():
            inline += _add_leaf(page, node, stretch, at, inline)
        at = tag.end()
        if not tag[1]:
            node = _open(page, tag, node, inline)
        elif node is None or node.tag != tag[2] or len(page.leaves) > _MOST_LEAVES:
            return None
        else:
            node.end, node.last = at, len(page.leaves)
            node = node.parent
    if html[at:].strip():
        _add_leaf(page, node, html[at:], at, inline)
    return None if node else page


def _open(page: Page, tag: re.Match[str], parent: Node | None, inline: int) -> Node:
    name = tag[2]
    whole = name in _WHOLES or inline != 0 or ' id="' in tag[3]
    whole = whole or (parent is not None and parent.whole)
    if name == "figcaption" and parent is not None:
        parent.whole = True
    node = Node(name, parent, tag.start(), len(page.leaves), whole)
    page.nodes.append(node)
    return node


def _add_leaf(page: Page, node: Node | None, raw: str, start: int, inline: int) -> int:
    """Add a stretch, if there is anything in it, and return how many elements it leaves open."""
    if "<" not in raw and "&" not in raw:
        page.leaves.append(Leaf(node, start, start + len(raw), raw, inline != 0))
        return 0
    left_open = raw.count("<") - 2 * raw.count("</")
    if left_open:  # most often only by line breaks and pictures
        left_open -= len(_VOID.findall(raw))
    tied = inline != 0 or left_open != 0 or 'href="#' in raw or ' id="' in raw
    leaf = Leaf(node, start, start + len(raw), raw, tied)
    if raw.lstrip()[0] not in "<&" or _MEDIA.search(raw) or leaf.text:
        page.leaves.append(leaf)
    return left_open


def text(raw: str) -> str:
    """The text of a stretch: NFKC, case-folded, white space collapsed."""
    return single_spaced(_folded(raw))


def read_texts(leaves: Sequence[Leaf]) -> None:
    """Read the texts of blocks all at once: that takes a third of the time of one by one."""
    lines = _folded("\n".join([leaf.raw.replace("\n", " ") for leaf in leaves])).split("\n")
    if len(lines) == len(leaves):  # else, there are line ends in what was escaped twice
        for leaf, line in zip(leaves, lines, strict=True):
            leaf.text = single_spaced(line)


def _folded(raw: str) -> str:
    found = _ANY_TAG.sub("", raw.replace("<br>", " ")) if "<" in raw else raw
    return nfkc(unescape(found)).casefold()


def without_tags(raw: str) -> str:
    """HTML without its tags; references stay."""
    return _ANY_TAG.sub("", raw)
