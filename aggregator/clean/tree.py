"""From HTML text to a tree and back; marking elements that go.

Steps only *mark* elements, and ``prune`` takes all marked ones out in one pass: taking them out one
by one would join the texts around each, which is quadratic for a paragraph of 100,000 spans.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from lxml import etree

from aggregator.article import Step
from aggregator.clean.vocabulary import REMOVED, RENAMED, TAGS

Element = Any  # lxml ships no types


def xpath(expression: str) -> Callable[[Element], list[Element]]:
    """A compiled XPath expression that finds elements."""
    return cast("Callable[[Element], list[Element]]", etree.XPath(expression))


REMOVE = "aggregator-remove"
UNWRAP = "aggregator-unwrap"

DEEPEST = 200
"""Levels of nesting that are kept. Browsers stop at 512; the deepest of 1,700 real articles, with
whole web pages among them, had under 60; and what HTML parsers do is often quadratic in depth."""

_OPENING = "<html><body>"
_CLOSING = "</body></html>"
# libxml2 stops at </body> and drops what follows; in a fragment the tag means nothing.
_END_OF_BODY = re.compile(r"</(?:body|html|head)\b[^>]*>", re.IGNORECASE)
# Void elements that libxml2 does not know: it would put what follows inside of them.
_VOID = re.compile(
    r"<(source|track|embed|image)\b"
    r"((?:[^<>\"']++|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,40}+)>",
    re.IGNORECASE,
)
_BREAK_HINT = re.compile(r"</?wbr\b[^<>]*>", re.IGNORECASE)
# For what is nested so deeply that libxml2 gives up: only elements that do not nest are left.
_RAW_TEXT = re.compile(
    r"<(script|style|textarea|title|svg|template)\b.*?(?:</\1\b[^>]*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_NESTING = re.compile(r"<(?!/?(?:p|br|hr|img|h[1-6])\b)/?[a-zA-Z][^<>]*>", re.IGNORECASE)

_TOO_DEEP = xpath("/*" * (DEEPEST + 2))


def parse(html: str) -> Element:
    """HTML of any kind (a fragment, bare text, a whole document) as a ``body`` element.

    Never fails, and loses no text: what is nested deeper than ``DEEPEST`` levels is flattened.
    ``html`` holds legal characters only (``characters.legal_markup``).
    """
    body = _parse(_mended(html))
    if body is None:
        body = _parse(_flat(_mended(html)))
    if body is None:  # unreachable by any input known; bare text cannot nest
        body = etree.SubElement(etree.Element("html"), "body")
        body.text = html
    _flatten(body)
    return body


def _mended(html: str) -> str:
    lower = html.lower()
    if "</body" in lower or "</html" in lower or "</head" in lower:
        html = _END_OF_BODY.sub("", html)
    if "<source" in lower or "<track" in lower or "<embed" in lower or "<image" in lower:
        html = _VOID.sub(r"<\1\2 />", html)
    return _BREAK_HINT.sub("", html) if "wbr" in lower else html


def _parse(html: str) -> Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring((_OPENING + html).encode(), parser)
    limits = parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])
    return None if len(limits) else root.find("body")


def _flat(html: str) -> str:
    return _NESTING.sub(" ", _RAW_TEXT.sub(" ", html))


def _flatten(body: Element) -> None:
    for parent in dict.fromkeys(element.getparent() for element in _TOO_DEEP(body)):
        etree.strip_elements(parent, "script", "style", with_tail=False)
        etree.strip_tags(parent, "*")


def serialise(body: Element) -> str:
    """The content of a body as HTML text."""
    text: str = etree.tostring(body, method="html", encoding="unicode", with_tail=False)
    start = text.index(">") + 1
    return text[start : len(text) - len("</body>")] if text.endswith("</body>") else ""


def prune(body: Element) -> None:
    """Takes out what is marked: ``REMOVE`` with its content, ``UNWRAP`` without."""
    etree.strip_elements(body, REMOVE, with_tail=False)
    etree.strip_tags(body, UNWRAP)


def mark(elements: Iterable[Element], name: str) -> None:
    """Marks elements with ``REMOVE`` or ``UNWRAP``."""
    for element in elements:
        element.tag = name


def take_out(elements: Iterable[Element], name: str, detail: str = "") -> tuple[Step, ...]:
    """Marks elements, given in document order, with ``REMOVE``; the step that tells it, if any.

    An element inside of another one that goes does not count.
    """
    blocks = size = 0
    for element in list(elements):
        if next(element.iterancestors(REMOVE), None) is None:
            blocks += 1
            size += _size(element)
            element.tag = REMOVE
    return (Step(name, detail, blocks, size),) if blocks else ()


def _size(element: Element) -> int:
    """The bytes of an element's markup."""
    return len(etree.tostring(element, method="html", encoding="utf-8", with_tail=False))


def find(body: Element, *names: str) -> Iterator[Element]:
    """The elements of these names below a body, in document order; they may change meanwhile."""
    return iter(list(body.iter(*names)))


def keep_vocabulary(body: Element) -> tuple[Step, ...]:
    """Leaves only elements of the vocabulary; others are renamed, removed or give way."""
    removed = list(body.iter(*REMOVED))
    names = Counter(element.tag for element in removed)
    detail = ", ".join(f"{count} × {name}" for name, count in sorted(names.items()))
    steps = take_out(removed, "scripts and frames", detail)
    for element in list(body.iter()):
        name = element.tag
        if name in TAGS or element is body:
            continue
        if name in RENAMED:
            element.tag = RENAMED[name]
        elif name != REMOVE:
            element.tag = UNWRAP
    prune(body)
    return steps
