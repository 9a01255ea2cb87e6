"""A web page as a tree, and its text in blocks: the lines and paragraphs that one sees."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from lxml import etree
from lxml import html as lxml_html

Element = Any  # lxml ships no types

LONGEST = 1_500_000
"""Characters of a page that are looked at. The longest of 181 real articles' pages has 1,491,126,
nearly all of it scripts; no page shows more than 46,000 letters and digits."""

MOST_ELEMENTS = 15_000
"""Elements of a page that is looked at; the largest of 181 real pages has 1,596."""

DEEPEST = 100
"""Levels of nesting that are kept; what lies below is flattened. The deepest of 181 real pages has
51, and looking for the article takes time for each element and each level above it."""

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])

SILENT = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "head", "title", "select", "button"),
        *("textarea", "datalist", "iframe", "object", "embed", "audio", "video", "canvas", "math"),
    )
)
"""Elements whose text is not shown as text of the page."""

INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb"),
        *("rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub"),
        *("sup", "time", "tt", "u", "var", "wbr"),
    )
)
"""Elements that stand within a line; any other begins a new one, and so does ``br``."""

_NOT_LEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Parsing takes time by the square of the number of attributes: 20 s for 100,000 of them. The
# longest tag of 181 real pages has 27,001 characters; what is longer holds data or a picture.
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{30000,}>")
# Void elements that libxml2 does not know: it would put what follows inside of them.
_VOID = re.compile(r"<((?:source|track|embed|wbr)\b[^<>]*?)/?>", re.IGNORECASE)
_NOT_A_LETTER = re.compile(r"[\W_]+")
_find_too_deep = cast("Callable[[Element], list[Element]]", etree.XPath("/*" * (DEEPEST + 1)))


@dataclass(slots=True, eq=False)
class Block:
    """A run of text between two breaks: what it says, and the places in the tree it stands at.

    ``owner`` is the element whose line it is; ``key`` is the text squeezed, and ``linked`` how many
    characters of that lead elsewhere; ``slots`` are (element, whether it is the element's tail).
    """

    owner: Element
    text: str = ""
    key: str = ""
    linked: int = 0
    slots: list[tuple[Element, bool]] = field(default_factory=list)


def squeeze(text: str) -> str:
    """The letters and digits of a text, in one case: what no markup or typography changes."""
    return _NOT_A_LETTER.sub("", text).casefold()


def parse(page: str) -> Element | None:
    """The ``html`` element of a page, or None when there is nothing in it, or too much."""
    text = _LONG_TAG.sub("", _NOT_LEGAL.sub(" ", page[:LONGEST]))
    text = _VOID.sub(r"<\1/>", text)
    parser = lxml_html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml_html.document_fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError):  # nothing in it
        return None
    too_many = next(islice(root.iter(), MOST_ELEMENTS, None), None) is not None
    if too_many or root.find("body") is None:
        return None
    _flatten(root)
    return root


def _flatten(root: Element) -> None:
    for parent in dict.fromkeys(element.getparent() for element in _find_too_deep(root)):
        etree.strip_elements(parent, *SILENT, with_tail=False)
        etree.strip_tags(parent, "*")


def blocks(root: Element) -> list[Block]:
    """The blocks of an element in the order of the document, without those that say nothing."""
    found = [Block(owner=root)]
    links = 0
    for event, element, owner in _walk(root):
        if owner is not None:
            found.append(Block(owner=owner))
        links += (element.tag == "a") * (1 if event == "start" else -1)
        text = element.text if event == "start" else element.tail
        if text and not (event == "start" and element.tag in SILENT):
            found[-1].slots.append((element, event == "end"))
            found[-1].linked += len(squeeze(text)) if links else 0
    for block in found:
        block.text = "".join(e.tail if is_tail else e.text for e, is_tail in block.slots)
        block.key = squeeze(block.text)
    return [block for block in found if block.key]


def _walk(root: Element) -> Iterator[tuple[str, Element, Element | None]]:
    """Starts and ends of elements; the third part is whose the text is from there, if it breaks."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if element is root and event == "end":
            return
        if element.tag in SILENT:
            walk.skip_subtree()
            yield event, element, None
        elif element.tag in INLINE:
            yield event, element, None
        else:
            yield event, element, element if event == "start" else element.getparent()


def ancestors(element: Element, top: Element | None = None) -> Iterator[Element]:
    """An element and what is around it, from the inside out, up to but without ``top``."""
    while element is not None and element is not top:
        yield element
        element = element.getparent()
