"""What generators write in ways of their own, brought into plain HTML before anything else.

AMP's elements, maths that is there twice, line numbers, task lists, tables that are only layout.
"""

import re
from collections.abc import Callable, Set

from aggregator.article import Step
from aggregator.clean.characters import is_blank
from aggregator.clean.tree import UNWRAP, Element, find, mark, prune, take_out, xpath

Change = Callable[[Element], tuple[Step, ...] | None]

_AMP = {
    "amp-anim": "img",
    "amp-audio": "audio",
    "amp-iframe": "iframe",
    "amp-img": "img",
    "amp-video": "video",
}
_DOT = {"0", "1"}
_PLAYERS = {
    "amp-dailymotion": "https://www.dailymotion.com/embed/video/{}",
    "amp-vimeo": "https://player.vimeo.com/video/{}",
    "amp-youtube": "https://www.youtube.com/embed/{}",
    "lite-vimeo": "https://player.vimeo.com/video/{}",
    "lite-youtube": "https://www.youtube.com/embed/{}",
}
# What is drawn for the eye beside MathML, which says the same (KaTeX, MathJax 2 and 3).
_DRAWN = xpath(
    "descendant::math/ancestor::span[1]/parent::*/*[@aria-hidden='true'][not(descendant::math)]"
    " | descendant::math/ancestor::*[2]/*[@aria-hidden='true'][not(descendant::math)]"
    " | descendant::*[starts-with(name(), 'mjx-')][@aria-hidden='true']"
)
_TEX = xpath("descendant::script[starts-with(@type, 'math/tex')]")
_DRAWN_BEFORE = re.compile(r"\bMathJax(?:_Display|_SVG\w*)?(?=\s|$)")
_GUTTER = ("td", "pre", "span", "code")
_NUMBERS = re.compile(
    r"(?:^|\s)(?:gutter|line-?no|linenos?|line-?numbers?|lnt|blob-num)(?:$|[\s-])"
)
_ONLY_NUMBERS = re.compile(r"[\d\s]*")
_TASK = xpath("descendant::li/descendant::input[@type='checkbox'][@disabled]")
_LAYOUT = xpath("descendant::table[@role='presentation' or @role='none']")
_PARTS = ("tbody", "thead", "tfoot", "tr", "td", "th")
_EMPHASIS = xpath(
    "descendant::span[contains(@style, 'font-')][not(ancestor::pre or ancestor::code)]"
)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)\b")
_ITALIC = re.compile(r"font-style\s*:\s*italic\b")


def needed(written: Set[str], present: Set[str]) -> list[Change]:
    """The changes that bring a tree into plain HTML, one after the other; most often, none.

    ``written`` are the names of its attributes, ``present`` those of its elements.
    """
    return [
        change
        for elements, clues, change in _DIALECTS
        if not elements.isdisjoint(present) and not (clues and clues.isdisjoint(written))
    ]


def _amp(body: Element) -> None:
    for element in find(body, *_AMP):
        name = _AMP[element.tag]
        if name in {"img", "iframe"}:  # its content is for those that do not know it
            for child in list(element):
                element.remove(child)
            element.text = None
        if element.get("layout") == "responsive" and element.get("width") not in _DOT:
            for side in ("width", "height"):  # a ratio, no size
                element.attrib.pop(side, "")
        element.tag = name


def _players(body: Element) -> None:
    for element in find(body, *_PLAYERS):
        video = element.get("data-videoid") or element.get("videoid", "")
        element.set("src", _PLAYERS[element.tag].format(video))
        element.tag = "iframe"


def _drawn_maths(body: Element) -> tuple[Step, ...]:
    return take_out(_DRAWN(body), "maths", "drawn beside MathML")


def _tex(body: Element) -> None:
    """TeX that a script was to draw is text that readers know, unless it was drawn already."""
    for script in _TEX(body):
        before = script.getprevious()
        if before is None or not _DRAWN_BEFORE.search(before.get("class", "")):
            source, display = script.text or "", "mode=display" in script.get("type", "")
            script.tag, script.text = "span", f"\\[{source}\\]" if display else f"\\({source}\\)"


def _fences(body: Element) -> None:
    """``mfenced`` is no part of MathML Core; a row with its fences in it says the same."""
    for fenced in find(body, "mfenced"):
        separators = fenced.get("separators", ",").replace(" ", "")
        for number, child in enumerate(list(fenced)[1:]):
            if separators:
                child.addprevious(_operator(fenced, separators[min(number, len(separators) - 1)]))
        fenced.insert(0, _operator(fenced, fenced.get("open", "(")))
        fenced.append(_operator(fenced, fenced.get("close", ")")))
        fenced.tag = "mrow"


def _operator(beside: Element, text: str) -> Element:
    operator = beside.makeelement("mo")
    operator.text = text
    return operator


def _line_numbers(body: Element) -> tuple[Step, ...]:
    numbers = [
        element
        for element in find(body, *_GUTTER)
        if _NUMBERS.search(element.get("class", ""))
        and _ONLY_NUMBERS.fullmatch("".join(element.itertext()))
    ]
    if not numbers:
        return ()
    tables = {table for element in numbers for table in element.iterancestors("table")}
    steps = take_out(numbers, "line numbers")
    prune(body)
    for table in tables:
        _release_listing(table)
    return steps


def _release_listing(table: Element) -> None:
    """A table of one cell around a listing gives way to it."""
    cells = list(table.iter("td", "th"))
    if len(cells) == 1 and [child.tag for child in cells[0]] == ["pre"]:
        mark((table, *table.iter(*_PARTS)), UNWRAP)


def _tasks(body: Element) -> None:
    for box in _TASK(body):
        box.tag, box.text = "span", "☐" if box.get("checked") is None else "☑"


def _layout(body: Element) -> None:
    """Tables that are said to be only layout become blocks."""
    for table in _LAYOUT(body):
        for part in find(table, *_PARTS):
            if next(part.iterancestors("table")) is table:
                part.tag = "div"
        table.tag = "div"


def _emphasis(body: Element) -> None:
    """Emphasis that was only a style, as word processors write it."""
    for span in _EMPHASIS(body):
        style = span.get("style")
        if is_blank("".join(span.itertext())):
            continue
        if _BOLD.search(style):
            span.tag = "b"
        elif _ITALIC.search(style):
            span.tag = "i"


_MATHS = frozenset({"math", "mjx-container", "mjx-assistive-mml"})

# Which elements there must be, and attributes of which name, for a change to be worth a look at the
# tree; where none is named, all may be without.
_DIALECTS: tuple[tuple[frozenset[str], frozenset[str], Change], ...] = (
    (frozenset(_AMP), frozenset(), _amp),
    (frozenset(_PLAYERS), frozenset({"data-videoid", "videoid"}), _players),
    (_MATHS, frozenset({"aria-hidden"}), _drawn_maths),
    (frozenset({"script"}), frozenset({"type"}), _tex),
    (frozenset({"mfenced"}), frozenset(), _fences),
    (frozenset(_GUTTER), frozenset({"class"}), _line_numbers),
    (frozenset({"input"}), frozenset({"type"}), _tasks),
    (frozenset({"table"}), frozenset({"role"}), _layout),
    (frozenset({"span"}), frozenset({"style"}), _emphasis),
)
