"""What a whole HTML document says about itself, as if it were front matter."""

import re

from lxml import etree
from lxml import html as lxml_html

# A head longer than this is a style sheet; what describes the page stands before it.
_LONGEST_HEAD = 131_072

_DOCUMENT = re.compile(
    r"(?:\s+|<!--.*?(?:-->|\Z)|<\?[^<>]*>)*+<(?:!doctype|html|head|title|meta|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_DECLARATION = re.compile(r"<\?xml[^<>]*>")
_HEAD_END = re.compile(r"</head\s*>|<body(?=[\s>])", re.IGNORECASE)
_BODY_START = re.compile(r"<body(?=[\s>])[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)

# The names of meta elements (Open Graph, Dublin Core, Pelican), and the keys of front matter that
# they stand for, squashed. The first that is there counts.
_META = {
    "og:title": "title",
    "author": "author",
    "authors": "authors",
    "dc.creator": "author",
    "article:published_time": "date",
    "date": "date",
    "dc.date": "date",
    "dc.date.issued": "date",
    "datepublished": "date",
    "article:modified_time": "updated",
    "og:updated_time": "updated",
    "modified": "updated",
    "category": "category",
    "article:section": "category",
    "tags": "tags",
    "keywords": "keywords",
    "summary": "summary",
    "description": "description",
    "og:description": "description",
    "og:image": "image",
    "twitter:image": "image",
    "og:url": "url",
    "og:locale": "locale",
    "language": "language",
}


def is_document(text: str) -> bool:
    """Tell whether ``text`` is a whole HTML document rather than a piece of one."""
    return _DOCUMENT.match(text) is not None


def page_fields(text: str) -> dict[str, object]:
    """Give the fields of an HTML document's head by squashed key; ``pagetitle`` is its title."""
    end = _HEAD_END.search(text, 0, _LONGEST_HEAD)
    head = _DECLARATION.sub("", text[: end.start() if end else _LONGEST_HEAD])
    try:
        root = lxml_html.document_fromstring(head)
    except (etree.LxmlError, ValueError):
        return {}
    found: dict[str, object] = {"pagetitle": root.findtext(".//title"), "lang": root.get("lang")}
    for link in root.iterfind(".//link[@rel='canonical']"):
        found["canonical"] = link.get("href")
    for meta in root.iter("meta"):
        _add(found, (meta.get("name") or meta.get("property") or "").lower(), meta.get("content"))
    return {key: value for key, value in found.items() if value}


def page_body(text: str) -> str:
    """Give what stands inside ``<body>``, or after the head of a document that leaves it out."""
    start = _BODY_START.search(text) or _HEAD_END.search(text)
    if not start:
        return text
    ends = [end.start() for end in _BODY_END.finditer(text, start.end())]
    return text[start.end() : ends[-1] if ends else len(text)]


def _add(found: dict[str, object], name: str, content: str | None) -> None:
    if name == "article:tag" and content:
        tags = found.setdefault("tag", [])
        if isinstance(tags, list):
            tags.append(content)
    elif name in _META:
        found.setdefault(_META[name], content)
