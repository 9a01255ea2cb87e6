"""From the text of a feed to its tree, whatever is wrong with it, and without a look outside."""

import re

from lxml import etree

from aggregator.parse.feed_repair import balance, escape_strays

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
    The root is None when there is nothing to parse.
    """
    root, damage = _parse(text)
    if not damage:
        return root, ""
    mended = escape_strays(text)
    root, damage = _parse(mended)
    return (_parse(balance(mended))[0], damage) if damage else (root, "")


def _parse(text: str) -> tuple[etree._Element | None, str]:
    # huge_tree lifts libxml2's limit of 10 MB for one text; its limit of 2,048 levels stays.
    parser = etree.XMLParser(
        recover=True,
        huge_tree=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, str(error)
    fatal = parser.error_log.filter_from_fatals()
    return root, str(fatal[0].message) if len(fatal) else ""
