"""XML from strangers as a tree: nothing is looked up outside, nothing expanded, and it is bounded.

Give it a document from its root element on. Without a document type there are no entities to expand
and no DTD to fetch; where one comes all the same, libxml2 leaves both alone.
"""

import re
from typing import Any

from lxml import etree

from aggregator.errors import ParseError

# Elements and attributes of one document. libxml2 and lxml take 200 bytes for each, so that this is
# 60 MB; the largest of a hundred captured feeds has 4,192.
MOST_NODES = 300_000
# An element with more attributes than any has. In the order of their number, each is looked for.
_CROWDED = re.compile(r"""<[^<>"']*+(?:(?:"[^"<]*+"|'[^'<]*+')[^<>"']*+){1000}""")
# Bytes that are parsed before nodes are counted again: they can make 20,000 at most.
_STEP = 64 * 1024


def parse_xml(text: str) -> tuple[etree._Element | None, str]:
    """Parse XML as far as it goes; give its root, and libxml2's words for what is broken or "".

    The root is None when there is nothing to parse. Elements nest up to 2,048 deep, which is
    libxml2's limit; what is deeper is damage. Raises ParseError for more than ``MOST_NODES``
    elements and attributes, or 1,000 attributes on one element.
    """
    try:
        # Neither can be fewer in the text than in the tree, and counting them there takes longer.
        if text.count("<") + text.count("=") > MOST_NODES:
            root, log = _counted(text)
        else:
            parser = etree.XMLParser(**_SETTINGS)
            root, log = etree.fromstring(text.encode("utf-8", "replace"), parser), parser.error_log
    except etree.XMLSyntaxError as error:
        return None, str(error)
    fatal = log.filter_from_fatals()
    return root, str(fatal[0].message) if len(fatal) else ""


def _counted(text: str) -> tuple[etree._Element | None, etree._ListErrorLog]:
    if _CROWDED.search(text):
        raise ParseError("an element has more than 1,000 attributes")
    parser = etree.XMLPullParser(("start",), **_SETTINGS)
    data = text.encode("utf-8", "replace")
    nodes = 0
    for start in range(0, len(data), _STEP):
        parser.feed(data[start : start + _STEP])
        started = (one for _, one in parser.read_events() if isinstance(one, etree._Element))
        nodes += sum(1 + len(element.attrib) for element in started)
        if nodes > MOST_NODES:
            raise ParseError(f"there are more than {MOST_NODES:,} elements and attributes")
    return parser.close(), parser.feed_error_log


# huge_tree lifts libxml2's limit of 10 MB for one text.
_SETTINGS: dict[str, Any] = {
    "recover": True,
    "huge_tree": True,
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
