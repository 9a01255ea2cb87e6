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

_OPENING = b"<html><body>"
# libxml2 gives up at 2048 levels; to ask whether it did takes as long as to parse an article.
_NEVER_TOO_DEEP = 2000
_CLOSING = "</body></html>"
# libxml2 stops at </body> and drops what follows; in a fragment the tag means nothing.
_END_OF_BODY = re.compile(rb"</(?:body|html|head)\b[^>]*>", re.IGNORECASE)
# Void elements that libxml2 does not know: it would put what follows inside of them.
_VOID = re.compile(
    rb"<(source|track|embed|image)\b"
    rb"((?:[^<>\"']++|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,40}+)>",
    re.IGNORECASE,
)
# Parsing takes time by the square of the attributes of a tag: 11 s for 100,000 of them. A tag whose
# names of attributes take more characters than this loses them all; real ones have a few hundred.
_MOST_NAMES = 8_000
_MOST_EQUALS = 2_000
_ONE_PIECE = re.compile(r"<[^<>]{8000}")
_OPENING_TAG = re.compile(r"<[a-zA-Z][^\s<>/]*+((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
# Nearly all articles have none of what is mended, which one search tells.
_TO_BE_MENDED = re.compile(
    rb"</?(?=[behistw])(?:body|html|head|source|track|embed|image|wbr)", re.IGNORECASE
)
_BREAK_HINT = re.compile(rb"</?wbr\b[^<>]*>", re.IGNORECASE)
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
        body = _parse(_mended(_flat(html)))
    if body is None:  # unreachable by any input known; bare text cannot nest
        body = etree.SubElement(etree.Element("html"), "body")
        body.text = html
    if html.count("<") > DEEPEST:
        _flatten(body)
    return body


def bounded(html: str) -> str:
    """HTML whose tags have no more attributes than a parser can take."""
    if len(html) <= _MOST_NAMES:
        return html
    # Many attributes need many "=", or else stand in one piece without a bracket.
    if html.count("=") > _MOST_EQUALS or _ONE_PIECE.search(html):
        return _OPENING_TAG.sub(_bounded, html)
    return html


def _bounded(tag: re.Match[str]) -> str:
    if tag.end() - tag.start() > _MOST_NAMES and len(_QUOTED.sub("", tag[1])) > _MOST_NAMES:
        return tag[0][: tag.start(1) - tag.start()]
    return tag[0]


def _mended(html: str) -> bytes:
    raw = html.encode()
    if not _TO_BE_MENDED.search(raw):
        return raw
    return _BREAK_HINT.sub(b"", _VOID.sub(rb"<\1\2 />", _END_OF_BODY.sub(b"", raw)))


def _parse(html: bytes) -> Element | None:
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    body = etree.fromstring(_OPENING + html, parser)[0]
    if html.count(b"<") < _NEVER_TOO_DEEP:
        return body
    limits = parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])
    return None if len(limits) else body


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
    for element in tuple(elements):  # all are chosen before the first is marked
        if next(element.iterancestors(REMOVE), None) is None:
            blocks += 1
            size += _size(element)
            element.tag = REMOVE
    return (Step(name, detail, blocks, size),) if blocks else ()


def _size(element: Element) -> int:
    """The bytes of an element's markup."""
    return len(etree.tostring(element, method="html", encoding="utf-8", with_tail=False))


def names(body: Element) -> set[str]:
    """The names that elements below a body have, or get when only the vocabulary is kept.

    Most steps have nothing to do in most articles, which these tell.
    """
    found = {element.tag for element in body.iterdescendants()}
    return found | {RENAMED[name] for name in found if name in RENAMED}


def find(body: Element, *names: str) -> Iterator[Element]:
    """The elements of these names below a body, in document order; they may change meanwhile."""
    return iter(list(body.iter(*names)))


def keep_vocabulary(body: Element) -> tuple[Step, ...]:
    """Leaves only elements of the vocabulary; others are renamed, removed or give way."""
    aliens = [element for element in body.iterdescendants() if element.tag not in TAGS]
    if not aliens:
        return ()
    removed = [element for element in aliens if element.tag in REMOVED]
    names = Counter(element.tag for element in removed)
    detail = ", ".join(f"{count} × {name}" for name, count in sorted(names.items()))
    steps = take_out(removed, "scripts and frames", detail)
    for element in aliens:
        name = element.tag
        if name in RENAMED:
            element.tag = RENAMED[name]
        elif name != REMOVE:
            element.tag = UNWRAP
    prune(body)
    return steps
