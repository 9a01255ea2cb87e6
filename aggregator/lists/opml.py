"""Subscription lists: OPML 2.0 (http://opml.org/spec2.opml), and what real programs write as it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from aggregator.errors import ParseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list.

    ``url`` is its absolute address, http or https. ``path`` holds the titles of the outlines around
    it, outermost first; ``categories`` the names in its own ``category`` attribute.
    """

    url: str
    title: str = ""
    site: str | None = None
    path: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineFile:
    """A whole list, each feed once; ``problems`` say, for people, what was wrong or left out."""

    title: str = ""
    outlines: tuple[Outline, ...] = ()
    problems: tuple[str, ...] = ()


def read_opml(body: bytes, base: str | None = None) -> OutlineFile:
    """Read a list; relative addresses start from ``base``. ParseError when it is no OPML at all."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"no OPML: {error}") from error
    urls = dict.fromkeys(str(url) for url in root.xpath("//outline/@xmlUrl"))
    return OutlineFile(outlines=tuple(Outline(url=url) for url in urls))


def write_opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """Write a list as OPML 2.0."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    inside = etree.SubElement(root, "body")
    for one in outlines:
        etree.SubElement(inside, "outline", type="rss", text=one.title, xmlUrl=one.url)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
