"""The HTML of a message, without what is there for mail programs and for its one recipient."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from lxml import etree

from aggregator.article import Step
from aggregator.parse.mail_words import is_about_elsewhere, is_about_leaving

Element = Any  # lxml ships no types

# Characters. Programs cut messages at a tenth of this; larger ones stay as they are.
_LONGEST = 1_000_000
# libxml2 gives up at 2048 levels; to ask whether it did takes as long as to parse a message.
_NEVER_TOO_DEEP = 2000
# A parser takes time by the square of the attributes of a tag. Those of mail programs have names of
# 200 characters at most; with a tag beyond this, the message stays as it is.
_MOST_NAMES = 600
_TAG = re.compile(r"<[a-zA-Z]((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
# What fills the line that lists of messages show, so that nothing of the text is shown there:
# joiners, soft hyphens and spaces without end. U+00A0 and U+2007 alone may be meant.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff|"
    "&(?:zwn?j|shy|lrm|rlm|#(?:173|847|820[3-7]|8288|65279)|#x(?:ad|34f|200[b-f]|2060|feff));"
)
_CHARACTERS, _REFERENCES = _INVISIBLE.split("|", 1)
_FILLER = re.compile(
    rf"(?:[{_CHARACTERS}\s\u00a0\u2007]|{_REFERENCES}|&(?:nbsp|numsp|#160|#8199|#x2007);)"
    r"{6,}+",
    re.IGNORECASE,
)
_UNSEEN = re.compile(rf"[{_CHARACTERS}]|{_REFERENCES}", re.IGNORECASE)
_FEWEST_UNSEEN = 3
# Hidden in the ways that cleaning does not know: on the web these are how menus begin.
_HIDDEN = re.compile(
    r"(?:^|[;\s])(?:max-height\s*:\s*0(?:px)?|opacity\s*:\s*0(?:\.0*)?)\s*(?:;|!|\Z)", re.IGNORECASE
)
_BORDER = re.compile(r"\s*0*\s*(?:px)?\s*")
# Characters of the block around a link that goes with it.
_LONGEST_FOOTER, _LONGEST_HINT = 500, 150
# A block that is more than this part of the message is its text.
_PART = 0.5
_CID = re.compile(r"\s*cid:(.*)", re.IGNORECASE | re.DOTALL)
_BLOCKS = ("p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "img", "table", "blockquote", "hr")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rest of a message says about its text.

    ``pictures`` are the addresses of its pictures by content id (RFC 2392), "" for those that
    cannot be carried along; ``leaving`` are addresses that end the subscription (RFC 2369).
    """

    pictures: Mapping[str, str] = field(default_factory=dict)
    leaving: frozenset[str] = frozenset()


def tidy(html: str, frame: Frame) -> tuple[str, list[Step]]:
    """Give the HTML of a message for readers that are not its recipient, and what was left out.

    Filling and hidden beginnings go; so do links that would let anybody end the subscription, and
    their surroundings; tables that are only layout say so; pictures get their addresses.
    """
    html = _FILLER.sub(_without_filling, html)
    if len(html) > _LONGEST or any(map(_is_overloaded, _TAG.finditer(html))):
        return html, []
    body = _parsed(html)
    if body is None:
        return html, []
    steps = [*_pictures(body, frame), *_footers(body, frame), *_hidden(body)]
    _layout(body)
    text = etree.tostring(body, method="html", encoding="unicode", with_tail=False)
    return text.removeprefix("<body>").removesuffix("</body>").strip(), steps


def _is_overloaded(tag: re.Match[str]) -> bool:
    long = tag.end() - tag.start() > _MOST_NAMES
    return long and len(_QUOTED.sub("", tag[1])) > _MOST_NAMES


def _without_filling(run: re.Match[str]) -> str:
    return " " if len(_UNSEEN.findall(run[0])) >= _FEWEST_UNSEEN else run[0]


def _parsed(html: str) -> Element | None:
    """Give the tree; None for what is nested so deeply that the parser gives up."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    raw = f"<html><body>{html.replace(chr(0), '')}".encode("utf-8", "replace")
    try:
        root = etree.fromstring(raw, parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None or raw.count(b"<") < _NEVER_TOO_DEEP:
        return None if root is None else root.find("body")
    limits = parser.error_log.filter_types([etree.ErrorTypes.ERR_RESOURCE_LIMIT])
    return None if len(limits) else root.find("body")


# Pictures


def _pictures(body: Element, frame: Frame) -> Iterator[Step]:
    """Give pictures inside of the message an address; those that have none say what they show."""
    lost = 0
    for image in list(body.iter("img")):
        if found := _CID.match(image.get("src", "")):
            name = unquote(found[1].strip())
            if address := frame.pictures.get(name, ""):
                image.set("src", address)
            else:
                lost += 1
                image.tag, image.text = "span", image.get("alt", "")
                image.attrib.clear()
    if lost:
        yield Step("mail", "pictures inside of the message", lost)


# What is for the one who got it


def _footers(body: Element, frame: Frame) -> Iterator[Step]:
    whole = sum(len(text.strip()) for text in body.itertext())
    footers, hints = set(), set()
    for link in body.iter("a"):
        words, address = " ".join(link.itertext()), link.get("href", "").strip()
        if address in frame.leaving or is_about_leaving(words, address):
            footers.add(_around(link, min(_LONGEST_FOOTER, whole * _PART)))
        elif is_about_elsewhere(words):
            hints.add(_around(link, min(_LONGEST_HINT, whole * _PART)))
    for name, found in (("footer", footers), ("hint", hints)):
        if found:
            yield Step("mail", name, len(found))
    _drop(body, footers | hints)


def _around(link: Element, most: float) -> Element:
    """Give the largest element around a link with no more text in it than ``most``."""
    around = link
    while (parent := around.getparent()) is not None and parent.tag != "body":
        if _is_longer(parent, most):
            break
        around = parent
    return around


def _is_longer(element: Element, most: float) -> bool:
    length = 0
    for text in element.itertext():
        length += 1 + len(text.strip())  # also what is blank takes time
        if length > most:
            return True
    return False


def _hidden(body: Element) -> Iterator[Step]:
    found = {one for one in body.iter("div", "span", "p", "td") if _is_hidden(one)}
    if found:
        yield Step("mail", "preview text", len(found))
    _drop(body, found)


def _is_hidden(element: Element) -> bool:
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


def _drop(body: Element, elements: set[Element]) -> None:
    if not elements:
        return
    for element in elements:
        element.tag = "aggregator-remove"
    etree.strip_elements(body, "aggregator-remove", with_tail=False)


# Layout


def _layout(body: Element) -> None:
    """Mark tables that are only layout as cleaning knows it (ARIA, "presentation")."""
    tables = list(body.iter("table"))
    outer = {next(table.iterancestors("table"), None) for table in tables}
    for table in tables:
        if table in outer or not _holds_data(table):
            table.set("role", "presentation")


def _holds_data(table: Element) -> bool:
    """Whether a table without others in it is one: with headings, a border, or of words alone."""
    if next(table.iter("th", "caption", "thead"), None) is not None:
        return True
    if next(table.iterdescendants(*_BLOCKS), None) is not None:
        return False
    if not _BORDER.fullmatch(table.get("border", "")):
        return True
    rows = list(table.iter("tr"))
    return len(rows) > 1 and all(len(row) > 1 for row in rows)
