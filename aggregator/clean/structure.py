"""Nesting that every HTML parser reads alike.

A tree that breaks the content model of HTML changes when it is written out and read again, and
each parser changes it in its own way: browsers move text out of tables and end a paragraph where a
list begins, libxml2 ends ``<b>`` where a paragraph begins. An article passes through three parsers
(ours, the sanitiser's, the reader's), so its tree is brought into a form that all of them leave
alone. This is also what makes cleaning idempotent, and takes away what mutation XSS lives on.
"""

from collections.abc import Set

from aggregator.clean.characters import is_blank
from aggregator.clean.tree import REMOVE, UNWRAP, Element, find, mark, prune, xpath
from aggregator.clean.vocabulary import BLOCKS, HEADINGS, MATH, MATH_TOKENS, TABLE_PARTS

_GROUPS = frozenset({"tbody", "thead", "tfoot"})
_CHILDREN = {
    "table": _GROUPS | {"caption", "colgroup", "tr"},
    "tbody": frozenset({"tr"}),
    "thead": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "colgroup": frozenset({"col"}),
}
_PARENTS = {
    "caption": {"table"},
    "colgroup": {"table"},
    "tbody": {"table"},
    "thead": {"table"},
    "tfoot": {"table"},
    "tr": _GROUPS,
    "td": {"tr"},
    "th": {"tr"},
    "li": {"ul", "ol"},
}
# Where these begin directly inside of those, libxml2 (or, for headings, a browser) ends those.
_ENDED_BY = dict.fromkeys(HEADINGS, HEADINGS) | {
    "p": HEADINGS | {"b", "i", "s", "small", "u"},
    "pre": frozenset({"ul"}),
}
_ENDING = (*_ENDED_BY, "dl", "table", "ul")
_MATH = tuple(MATH)
_PLACED = TABLE_PARTS | {"li", "dt", "dd", "rt", "rp"}
_MAY_BE_BARE = frozenset({"span", "rt", "rp"})
# A span says nothing without one of these, and code is often full of them.
_BARE = xpath(
    "descendant::span[not(@id or @lang or @title or @dir='ltr' or @dir='rtl' or @dir='auto')]"
    " | descendant::rt[not(ancestor::ruby)] | descendant::rp[not(ancestor::ruby)]"
)
_ALIEN_TO_MATH = xpath("descendant::math/descendant::*")


def settle(body: Element, present: Set[str]) -> None:
    """Renames, moves and wraps elements until their nesting is what the standard allows.

    ``present`` are the names of the elements there are.
    """
    if not present.isdisjoint(MATH):
        _settle_math(body)
    bare = () if present.isdisjoint(_MAY_BE_BARE) else _BARE(body)
    if bare:
        mark(bare, UNWRAP)
        prune(body)
    if "table" in present or not present.isdisjoint(TABLE_PARTS):
        _settle_tables(body)
    if not present.isdisjoint(_PLACED):
        for element in find(body, *_PLACED):
            _settle_item(element)
    _settle_blocks(body)
    if "pre" in present:
        for block in find(body, "pre"):
            block.text = block.text and block.text.lstrip("\n")  # parsers drop the first one
    if "col" in present:
        prune(body)


def _settle_tables(body: Element) -> None:
    for part in find(body, *_CHILDREN):
        _settle_table_part(part)
    for table in find(body, "table"):
        _wrap_rows(table)


def _settle_math(body: Element) -> None:
    for part in find(body, *_MATH):
        for name in [name for name in part.attrib if ":" in name]:
            del part.attrib[name]  # xlink:href and its kind: parsers make namespaces of them
    for element in _ALIEN_TO_MATH(body):
        inside = element.getparent().tag
        if element.tag not in MATH or element.tag == "math" or inside in MATH_TOKENS:
            element.tag = UNWRAP
    mark((part for part in find(body, *(MATH - {"math"})) if not _is_in(part, "math")), UNWRAP)
    prune(body)


def _is_in(element: Element, *names: str) -> bool:
    return next(element.iterancestors(*names), None) is not None


def _settle_table_part(part: Element) -> None:
    """Moves what may not stand between rows and cells to before the table, as browsers do."""
    table = part if part.tag == "table" else next(part.iterancestors("table"), None)
    if table is None:
        return
    _move_text(part, part.text, table)
    part.text = None
    for child in list(part):
        if not is_blank(child.tail):
            _move_text(part, child.tail, table)
        child.tail = None
        if child.tag not in _CHILDREN[part.tag]:
            table.addprevious(child)


def _move_text(part: Element, text: str | None, table: Element) -> None:
    if not is_blank(text):
        paragraph = part.makeelement("div")
        paragraph.text = text
        table.addprevious(paragraph)


def _wrap_rows(table: Element) -> None:
    """Puts rows that are children of a table into a ``tbody``, where parsers would put them."""
    group = None
    for child in list(table):
        if child.tag != "tr":
            group = None
            continue
        if group is None:
            group = table.makeelement("tbody")
            child.addprevious(group)
        group.append(child)


def _settle_item(element: Element) -> None:
    parent = element.getparent()
    name = element.tag
    if name in {"rt", "rp"}:
        if parent.tag in {"rt", "rp"}:
            parent.addnext(element)  # its end tag was left out, and libxml2 does not know these
    elif name == "col":
        element.tag = name if parent.tag == "colgroup" else REMOVE
    elif name in {"dt", "dd"}:
        _settle_term(element, parent)
    elif parent.tag not in _PARENTS[name]:
        element.tag = "div"


def _settle_term(element: Element, parent: Element) -> None:
    if parent.tag in {"dt", "dd"} and element.getnext() is None and is_blank(element.tail):
        parent.addnext(element)  # its end tag was left out, which libxml2 does not always see
        parent = element.getparent()
    above = parent.getparent()
    grouped = parent.tag == "div" and above is not None and above.tag == "dl"
    if parent.tag != "dl" and not grouped:
        element.tag = "div"


def _settle_blocks(body: Element) -> None:
    for paragraph in find(body, "p"):
        if len(paragraph) and not BLOCKS.isdisjoint([e.tag for e in paragraph.iterdescendants()]):
            paragraph.tag = "div"
    for element in find(body, *_ENDING):
        name, parent = element.tag, element.getparent()
        if parent is body:
            continue
        if parent.tag in _ENDED_BY.get(name, ()):
            element.tag = "div"
        elif name == "dl" and parent.tag == "dt":
            parent.tag = "dd"
        _release(element, name)


def _release(element: Element, name: str) -> None:
    """Lists and tables do not stand directly in headings or preformatted text for libxml2."""
    if name == "table":
        for above in element.iterancestors("pre", *HEADINGS):
            above.tag = "div"
    elif name in {"ul", "dl"}:
        for above in element.iterancestors("pre"):
            above.tag = "div"
