"""From the text of a feed to its tree, whatever is wrong with it, and without a look outside."""

import re

from lxml import etree

from aggregator.parse.feed_repair import balance, escape_strays
from aggregator.xmlsafe import parse_xml

# Declarations, comments, a DOCTYPE with its internal subset: what may stand before the root. It is
# cut off: a tree without a document type has no entities to expand and no DTD to fetch.
_PROLOG = re.compile(
    r"[\s\ufeff]+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(
    r"<(?:[a-z_][\w.-]*:)?(?:rss|feed|rdf|channel|entry)(?=[\s/>])", re.IGNORECASE | re.ASCII
)
_ELEMENT = re.compile(r"<([a-z_][\w.:-]*)", re.IGNORECASE | re.ASCII)
# How far to look for a feed behind what a server printed before it: warnings, banners.
_JUNK = 65_536
# Tags and references of what is mended, which takes 3 µs and 70 bytes for each. The most in a
# hundred captured feeds is 196,000.
_MENDED = 500_000


def find_feed(text: str) -> tuple[str, str]:
    """Give ``text`` from the feed's root element on, and the name of the first element.

    The first part is "" when there is no feed in it; the name then tells what it is instead.
    """
    at = 0
    while match := _PROLOG.match(text, at):
        at = match.end()
    element = _ELEMENT.search(text, at, at + _JUNK)
    name = element[1].lower() if element else ""
    if name in ("html", "head", "body"):
        return "", name
    root = _ROOT.search(text, at, at + _JUNK)
    return (text[root.start() :], name) if root else ("", name)


def parse_tree(text: str) -> tuple[etree._Element | None, str]:
    """Parse XML that begins with its root element; give the root and what was broken.

    Well-formed text is parsed once. Other text is first mended as far as no meaning is lost; where
    tags then still do not match, the damage comes back as libxml2's message, "" when there is none.
    The root is None when there is nothing to parse. Raises ParseError for trees without bounds.
    """
    root, damage = parse_xml(text)
    if not damage or text.count("<") + text.count("&") > _MENDED:
        return root, damage
    del root  # before there is another one
    mended = escape_strays(text)
    root, damage = parse_xml(mended)
    return (parse_xml(balance(mended))[0], damage) if damage else (root, "")
