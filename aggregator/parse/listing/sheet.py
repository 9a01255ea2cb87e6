"""A page laid out flat: its elements, links, headings, dates and texts, each with its place.

Places are numbers in the order of the document, so that what stands inside of an element is what
lies between its start and its end, and looking for it is a bisection instead of a walk.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urldefrag, urljoin

from lxml import etree
from lxml import html as lxml_html

from aggregator.parse.feed_text import one_line, web_address
from aggregator.parse.listing.when import LONGEST_LINE, is_dated

Element = Any  # lxml ships no types

LONGEST = 3_000_000
"""Characters of a page that are looked at; the longest of 181 real pages has 1,491,126."""

MOST_ELEMENTS = 30_000
"""Elements of a page that are looked at, the first; the most of 181 real pages is 1,596."""

MOST_LINKS = 4_000
"""Links of a page that are looked at, the first, and as many headings."""

DEEPEST = 100
"""Levels of nesting that are kept; the deepest of 181 real pages has 51."""

SILENT = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "head", "select", "iframe", "object"),
        *("textarea", "canvas", "math", "audio", "video", "dialog"),
    )
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q"),
        *("s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "img", "data"),
    )
)

_NOT_LEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Parsing takes time by the square of the number of attributes: 20 s for 100,000 of them.
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{30000,}>")
_VOID = re.compile(r"<((?:source|track|embed|wbr)\b[^<>]*?)/?>", re.IGNORECASE)
_too_deep = cast("Callable[[Element], list[Element]]", etree.XPath("/*" * (DEEPEST + 1)))
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]")
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")
_DIGIT = re.compile(r"\d")
# What an element's turn or state is called: its neighbours are of the same kind.
_STATES = frozenset(
    (
        *("odd", "even", "first", "last", "active", "current", "alt", "selected", "clearfix"),
        *("row0", "row1", "row2", "open", "closed", "hidden", "visible", "sticky", "featured"),
    )
)
_HAS_PATH = re.compile(r"\s*[^\s#?][^#]*\Z")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_START = attrgetter("start")


@dataclass(slots=True, eq=False)
class Place:
    """Where an element stands. ``key`` numbers its kind: the tags and classes from the top down.

    ``aside``: it is furniture of the page; ``main``: it is where a page says its content is.
    """

    element: Element
    parent: "Place | None"
    start: int
    end: int = 0
    token: str = ""
    key: int = 0
    names: tuple[str, ...] = ()
    children: list["Place"] = field(default_factory=list)
    aside: bool = False
    main: bool = False

    @property
    def tag(self) -> str:
        """Its name."""
        return str(self.element.tag)

    def ancestors(self) -> Iterator["Place"]:
        """It, and what is around it, from the inside out."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent

    @property
    def shape(self) -> tuple[str, str]:
        """What it has in common with its like."""
        return self.tag, self.token


@dataclass(slots=True, eq=False)
class Text:
    """A run of text. ``holder`` is the element it stands in, ``block`` the one whose line it is.

    ``linked``: it leads elsewhere; ``dated``: it says when.
    """

    start: int
    said: str
    block: Place
    holder: Place
    linked: bool
    width: int
    dated: bool


@dataclass(slots=True, eq=False)
class Link:
    """A link, or a heading that can be linked to. ``start`` is its element's."""

    start: int
    url: str
    place: Place


@dataclass(slots=True, eq=False)
class Sheet:
    """A page: everything in the order of the document. ``base`` is where its addresses start.

    ``own`` are the links to the page itself, ``named`` the elements with a class or an itemprop.
    """

    url: str
    base: str
    root: Element
    language: str
    places: list[Place] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    own: list[Place] = field(default_factory=list)
    headings: list[Place] = field(default_factory=list)
    times: list[Place] = field(default_factory=list)
    images: list[Place] = field(default_factory=list)
    named: list[Place] = field(default_factory=list)


def width(text: str) -> int:
    """Give how much a text says, in Latin letters: an ideograph counts for two and a half."""
    return len(text) + (0 if text.isascii() else 3 * len(_WIDE.findall(text)) // 2)


class _Placed(Protocol):
    start: int


_T = TypeVar("_T", bound=_Placed)


def within(things: Sequence[_T], start: int, end: int) -> Sequence[_T]:
    """Give what of a sorted list starts from ``start`` on and before ``end``."""
    return things[bisect_left(things, start, key=_START) : bisect_left(things, end, key=_START)]


def words(names: Iterable[str]) -> list[str]:
    """Give the words in names of classes: ``mostRead-list`` has three."""
    return [word.lower() for name in names for word in _WORD.findall(name[:80])]


def address(link: str | None, sheet: Sheet) -> str | None:
    """Give an absolute address without its fragment, unless that says which page it is."""
    found = web_address(link, sheet.base)
    if found is None or len(found) > 4_000:  # noqa: PLR2004 - longer ones are data
        return None
    plain, fragment = urldefrag(found)
    return found if fragment.startswith(("/", "!")) else plain


def lay_out(page: str, url: str, whole: "Sheet | None" = None) -> Sheet | None:
    """Give the page as a sheet; None when there is nothing in it. Raises nothing.

    ``whole`` is the sheet of the page that this is a piece of.
    """
    root = parse(page)
    if root is None:
        return None
    base, language = (whole.base, whole.language) if whole else (_base(root, url), _language(root))
    sheet = Sheet(url=url, base=base, root=root, language=language)
    _walk(sheet, root.find("body"))
    _name_kinds(sheet.places)
    return sheet


def parse(page: str) -> Element | None:
    """Give the ``html`` element of a page, or None when there is nothing in it."""
    text = _VOID.sub(r"<\1/>", _LONG_TAG.sub("", _NOT_LEGAL.sub(" ", page[:LONGEST])))
    parser = lxml_html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml_html.document_fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError):  # nothing in it
        return None
    if root.tag != "html" or root.find("body") is None:
        return None
    for parent in dict.fromkeys(element.getparent() for element in _too_deep(root)):
        etree.strip_tags(parent, "*")
    return root


def _base(root: Element, url: str) -> str:
    base = root.find(".//base[@href]")
    try:
        return url if base is None else urljoin(url, base.get("href").strip())
    except ValueError:  # brackets that are no IPv6 address
        return url


def _language(root: Element) -> str:
    return str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")


def _walk(sheet: Sheet, body: Element) -> None:
    """Give every element and text its place."""
    walk = etree.iterwalk(body, events=("start", "end"))
    stack: list[Place] = []
    at = 0
    for event, element in islice(walk, 2 * MOST_ELEMENTS):
        at += 1
        if event == "end":
            if stack and stack[-1].element is element:
                stack.pop().end = at
            text = element.tail
        elif element.tag in SILENT or _is_hidden(element):
            walk.skip_subtree()
            continue
        else:
            stack.append(_place(sheet, element, stack[-1] if stack else None, at))
            text = element.text
        if text and stack and not text.isspace():
            at += 1
            _add_text(sheet, stack, text, at)
    for place in stack:
        place.end = at + 1


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None:
        return True
    return bool(_HIDDEN.search(element.get("style") or ""))


def _place(sheet: Sheet, element: Element, parent: Place | None, start: int) -> Place:
    place = Place(element, parent, start)
    if parent is not None:
        parent.children.append(place)
    sheet.places.append(place)
    place.names = tuple((element.get("class") or "").split()[:20])
    tag = element.tag
    if tag == "a" and len(sheet.links) < MOST_LINKS:
        url = address(element.get("href"), sheet)
        if url == urldefrag(sheet.url).url:
            if _HAS_PATH.match(element.get("href")):
                sheet.own.append(place)
        elif url:
            sheet.links.append(Link(start, url, place))
    elif tag in HEADINGS and len(sheet.headings) < MOST_LINKS:
        sheet.headings.append(place)
    elif tag == "time":
        sheet.times.append(place)
    elif tag == "img":
        sheet.images.append(place)
    if place.names or element.get("itemprop"):
        sheet.named.append(place)
    return place


def _add_text(sheet: Sheet, stack: list[Place], text: str, at: int) -> None:
    said = one_line(text)
    block = next((place for place in reversed(stack) if place.tag not in INLINE), stack[0])
    linked = any(place.tag == "a" for place in stack[-8:])
    dated = len(said) <= LONGEST_LINE and is_dated(said)
    sheet.texts.append(Text(at, said, block, stack[-1], linked, width(said), dated))


def _name_kinds(places: list[Place]) -> None:
    """Number the kinds of elements, by the class that each shares with most of the page."""
    usual = Counter(name for place in places for name in set(place.names))
    siblings = Counter((id(place.parent), place.tag) for place in places)
    kinds: dict[tuple[int, str, str], int] = {}
    for place in places:
        many = siblings[id(place.parent), place.tag] > 2  # noqa: PLR2004 - two may be columns
        place.token = _token(place, usual, many=many)
        above = place.parent.key if place.parent else 0
        place.key = kinds.setdefault((above, place.tag, place.token), len(kinds) + 1)


def _token(place: Place, usual: Counter[str], *, many: bool) -> str:
    names = [name for name in place.names if name.lower() not in _STATES]
    if many:  # a name that is one element's own tells it from its like
        names = [name for name in names if usual[name] > 1]
    if names:
        return max(names, key=lambda name: usual[name])
    own = place.element.get("id") or ""
    return "" if many or _DIGIT.search(own) else f"#{own}" if own else ""
