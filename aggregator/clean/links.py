"""Links: absolute, without tracking; those inside the article lead to a prefixed ``id``."""

from collections.abc import Set
from urllib.parse import quote, unquote

from lxml import etree

from aggregator.article import Step
from aggregator.clean.characters import is_blank
from aggregator.clean.tree import UNWRAP, Element, find, mark, prune, xpath
from aggregator.clean.urls import absolute, web_address, without_tracking
from aggregator.clean.vocabulary import MEDIA, PREFIX

_NESTED = xpath("descendant::a/descendant::a | descendant::a[descendant::table]")
_WITH_ID = xpath("descendant::*[@id or @name]")
_CITING = ("blockquote", "del", "ins", "q")


def mend(body: Element, written: Set[str], base: str | None) -> tuple[Step, ...]:
    """Mends every link and citation; a link without a usable address gives way to its text.

    ``written`` are the names of attributes. Expects that pictures without an address are gone. An
    ``id`` stays only where a link of the article leads to it, which is what footnotes need and
    nothing else does.
    """
    if nested := _nested(body):  # parsers take a link inside a link apart, each in its own way
        mark(nested, UNWRAP)
        prune(body)
    page = base.partition("#")[0] + "#" if base else "#"
    links = [(link, link.get("href", "").strip()) for link in body.iter("a")]
    wanted = {name for link, to in links if "#" in to and (name := _fragment(link, to, page))}
    present = _keep_ids(body, wanted) if wanted else set()
    if not wanted and "id" in written:
        etree.strip_attributes(body, "id")
    taken_off = [
        _mend(link, to, base, _fragment(link, to, page) if present and "#" in to else "", present)
        for link, to in links
    ]
    if "cite" in written:
        for quotation in find(body, *_CITING):
            _set(quotation, "cite", web_address(quotation.get("cite"), base))
    if any(link.tag == UNWRAP for link, _ in links):
        prune(body)
    count, size = sum(map(bool, taken_off)), sum(taken_off)
    return (Step("links", "tracking parameters", count, size),) if count else ()


def _nested(body: Element) -> list[Element]:
    """Links inside of links, and links around tables; most articles have none of either."""
    holding = (link for link in body.iter("a") if len(link))
    around = (next(link.iterdescendants("a", "table"), None) for link in holding)
    return _NESTED(body) if any(inside is not None for inside in around) else []


def _fragment(link: Element, address: str, page: str) -> str:
    """The name that a link with something to click on leads to inside the article, or "".

    ``page`` is the article's own address, with "#".
    """
    if not address.startswith(("#", page)) or _is_empty(link):
        return ""
    return unquote(address.partition("#")[2]).removeprefix(PREFIX)


def _is_empty(link: Element) -> bool:
    return all(map(is_blank, link.itertext())) and next(link.iter(*MEDIA), None) is None


def _keep_ids(body: Element, wanted: set[str]) -> set[str]:
    present: set[str] = set()
    for element in _WITH_ID(body):
        name = (element.get("id") or element.get("name", "")).removeprefix(PREFIX)
        if name in wanted and name not in present:
            present.add(name)
            element.set("id", PREFIX + name)
        else:
            element.attrib.pop("id", "")
    return present


def _mend(link: Element, address: str, base: str | None, name: str, present: Set[str]) -> int:
    """Returns the bytes of tracking parameters that went.

    ``name`` is what the link leads to inside the article, ``present`` what there is.
    """
    if name and name in present:
        found: str | None = "#" + PREFIX + quote(name)
    elif address.startswith("#"):
        found = None
    else:
        found = absolute(address, base)
    kept = found and without_tracking(found)
    if kept is None or kept != address:
        _set(link, "href", kept)
    elif link.get("href") != address:
        link.set("href", address)
    if found is None and link.get("id") is None:
        link.tag = UNWRAP
    return len(found or "") - len(kept or "")


def _set(element: Element, name: str, value: str | None) -> None:
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, "")
