"""Elements by names free of prefix, version and letter case; their text and HTML."""

import base64
import binascii
import copy
from collections.abc import Mapping, Sequence
from functools import lru_cache

from lxml import etree

from aggregator.parse.feed_text import distinct, is_html, one_line, paragraphs, plain
from aggregator.parse.mojibake import mend

Fields = Mapping[str, Sequence[etree._Element]]
"""The children of an element by canonical name: ``title``, ``atom:title``, ``dc:creator``."""

XML = "{http://www.w3.org/XML/1998/namespace}"
# Without scheme and closing mark, in lower case: feeds write https for http, and forget the slash.
_SPACES = {
    "": "",
    "purl.org/rss/1.0": "",
    "purl.org/net/rss1.1": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "www.w3.org/2005/atom": "atom:",
    "purl.org/atom/ns": "atom:",
    "purl.org/dc/elements/1.1": "dc:",
    "purl.org/dc/elements/1.0": "dc:",
    "purl.org/dc/terms": "dcterms:",
    "purl.org/rss/1.0/modules/content": "content:",
    "purl.org/rss/1.0/modules/syndication": "sy:",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "podcastindex.org/namespace/1.0": "podcast:",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    "search.yahoo.com/mrss": "media:",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "www.w3.org/1999/xhtml": "xhtml:",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
}
# libxml2 looks for an attribute by going through all; no element of HTML has that many.
_MOST_ATTRIBUTES = 100
_PREFIXES = frozenset(_SPACES.values())
_HTML_TYPES = frozenset(("html", "xhtml", "text/html", "application/xhtml+xml"))


def mend_texts(element: etree._Element) -> str:
    """Put right, in place, what was read in a wrong character set; give a sentence on it, or ""."""
    said = []
    for node in element.iter(etree.Element):
        if node.text and not node.text.isascii():
            node.text, broken = mend(node.text)
            said.append(broken)
        if node.tail and not node.tail.isascii():
            node.tail, broken = mend(node.tail)
            said.append(broken)
    return " ".join(distinct(said))


def spaces_of(root: etree._Element) -> Mapping[str, str]:
    """Map namespaces to prefixes; one that only the root of a document has counts as its own."""
    space, local = _split(str(root.tag))
    atom = local in ("feed", "entry")
    if space in _SPACES and (space or not atom):
        return _SPACES
    return {**_SPACES, space: "atom:" if atom else ""}


def canonical(tag: object, spaces: Mapping[str, str]) -> str:
    """Give an element's canonical name, "" for what is not an element or not known here."""
    if not isinstance(tag, str):
        return ""
    space, local = _split(tag)
    if not space and ":" in local:  # an undeclared prefix, which libxml2 leaves in the name
        prefix, _, local = local.rpartition(":")
        return f"{prefix}:{local}" if f"{prefix}:" in _PREFIXES else local
    known = spaces.get(space)
    return "" if known is None else known + local


@lru_cache(1024)  # a feed has a few for all of its entries
def _split(tag: str) -> tuple[str, str]:
    space, _, local = tag.rpartition("}")
    space = space.lower().removeprefix("{http").removeprefix("s").removeprefix("://")
    return space.rstrip("/#"), local.lower()


def fields_of(element: etree._Element, spaces: Mapping[str, str]) -> Fields:
    """Sort the children of ``element`` by canonical name."""
    fields: dict[str, list[etree._Element]] = {}
    for child in element:
        if name := canonical(child.tag, spaces):
            fields.setdefault(name, []).append(child)
    return fields


def elements(fields: Fields, *names: str) -> list[etree._Element]:
    """Give the children of these names, in the order of the names."""
    return [element for name in names for element in fields.get(name, ())]


def texts(fields: Fields, *names: str) -> list[str]:
    """Give the text of the children of these names, stripped, without the empty ones."""
    found = (text_of(element).strip() for element in elements(fields, *names))
    return [text for text in found if text]


def first_text(fields: Fields, *names: str) -> str:
    """Give the first text among the children of these names, or ""."""
    for name in names:
        for element in fields.get(name, ()):
            if text := text_of(element).strip():
                return text
    return ""


def text_of(element: etree._Element) -> str:
    """Give all text in ``element``, markup inside it left out."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def line_of(element: etree._Element) -> str:
    """Give a title or name as plain text: Atom text constructs (RFC 4287, section 3.1) and RSS.

    Atom's default type is text and is believed; RSS says nothing, so that its text counts as HTML
    where it looks like it.
    """
    if len(element):
        return one_line(text_of(element))
    text = _decoded(element)
    declared = _type(element)
    if declared in _HTML_TYPES or (not declared and not _is_atom(element)):
        return plain(text)
    return one_line(text)


def html_of(element: etree._Element) -> str:
    """Give a content or description as HTML, whether it came as text, escaped or inline markup."""
    if len(element):
        return _inner_html(element)
    text = _decoded(element).strip()
    declared = _type(element)
    if declared in _HTML_TYPES:
        return text
    if declared in ("text", "text/plain") and _is_atom(element):
        return paragraphs(text)
    if "/" in declared and _is_atom(element) and not declared.startswith("text/"):
        return ""  # a document of another kind inside an entry: nothing to read
    return text if is_html(text) else paragraphs(text)


def _type(element: etree._Element) -> str:
    return (element.get("type") or "").partition(";")[0].strip().lower()


def _is_atom(element: etree._Element) -> bool:
    return canonical(element.tag, _SPACES).startswith("atom:")


def _decoded(element: etree._Element) -> str:
    """Undo Atom 0.3's ``mode="base64"``; what is not base64 stays as it is."""
    text = element.text or ""
    if element.get("mode") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except binascii.Error:
        return text


def _inner_html(element: etree._Element) -> str:
    # A copy, for what is serialised in place carries every namespace of the feed.
    holder = etree.Element("div")
    holder.text = element.text
    holder.extend(copy.deepcopy(element))
    for node in holder.iter(etree.Element):
        _forget_namespaces(node)
    etree.cleanup_namespaces(holder)
    if _is_atom(element) and len(holder) == 1 and holder[0].tag == "div":
        holder = holder[
            0
        ]  # the div that Atom wraps around xhtml is no part of it (section 3.1.1.3)
        holder.tail = None
        holder.attrib.clear()
    markup = etree.tostring(holder, method="html", encoding="unicode")
    return markup[markup.index(">") + 1 : markup.rindex("</div>")].strip()


def _forget_namespaces(node: etree._Element) -> None:
    name = str(node.tag).rpartition("}")[2].rpartition(":")[2]
    node.tag = name if name[:1].isalpha() else "span"
    if language := node.get(XML + "lang"):
        node.set("lang", language)
    keys = node.keys()
    if len(keys) > _MOST_ATTRIBUTES:
        node.attrib.clear()
        return
    for key in keys:
        if "}" in key:
            del node.attrib[key]
