"""The text of an XML document from its root element on: no document type, so nothing to expand."""

import codecs
import contextlib
import html
import re
from html.entities import html5
from typing import NamedTuple

from chardetng_py import EncodingDetector  # type: ignore[import-untyped]  # no py.typed in it
from lxml import etree

from aggregator.errors import ParseError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark the first character, which is "<" or "{", tells.
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
# Other codecs that Python has (idna, utf-7, unicode_escape) are no character sets, and slow on
# purpose-made input.
_CHARACTER_SET = re.compile(
    rb"(?:iso-?8859-\d+|(?:windows-|cp)125\d|koi8-[ru]|gb(?:2312|k|18030)|big5|euc-\w+|shift_jis)",
    re.IGNORECASE,
)
# Enough for a detector to tell character sets apart.
_SAMPLE = 65_536

# Declarations, comments, a DOCTYPE with its internal subset: what may stand before the root.
_PROLOG = re.compile(
    r"[\s\ufeff]+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+([\w:.-]+)[^\[>]*(?:\[.*?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_ELEMENT = re.compile(r"<([a-z_][\w.:-]*)", re.IGNORECASE | re.ASCII)
# How far to look for the root behind what a server printed before it: warnings, banners.
JUNK = 65_536

# What never ends is taken to end with the document.
_STRAY = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(?![a-z_/!?])|&(?:(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);|([a-z][a-z0-9]{1,31};)?)",
    re.DOTALL | re.IGNORECASE,
)
# Where a message names a second line; that is counted without those that were cut off.
_OTHER_LINE = re.compile(r" line \d+")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Opening(NamedTuple):
    """How a document begins: its first element, in lower case, and where that starts.

    ``name`` is "" when there is none. ``doctype`` is the name in the document type, "" without one;
    ``entities``: it declares some of its own.
    """

    name: str
    at: int
    doctype: str
    entities: bool


def xml_text(body: bytes) -> str:
    """Decode a document: by its byte order mark, as UTF-8, as it declares, as it looks."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode(_encoding(body), "replace")


def beginning(body: bytes) -> str:
    """Decode the first 64 KiB as far as it takes to see the markup."""
    start = body[:JUNK]
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "latin-1")
    return start.decode(encoding, "replace").removeprefix("\ufeff")


def _encoding(body: bytes) -> str:
    declared = _DECLARED.match(body)
    if declared and _CHARACTER_SET.fullmatch(declared[1]):
        with contextlib.suppress(LookupError):
            name = codecs.lookup(declared[1].decode()).name
            # Whoever says GB 2312 means its superset, as browsers read it (WHATWG Encoding).
            return "gb18030" if name in ("gb2312", "gbk") else name
    detector = EncodingDetector()
    detector.feed(body[:_SAMPLE], last=len(body) <= _SAMPLE)
    return str(detector.guess(tld=None, allow_utf8=True))


def opening(text: str) -> Opening:
    """Find the first element."""
    at, doctype, entities = 0, "", False
    while match := _PROLOG.match(text, at):
        if match[1]:
            doctype, entities = match[1].lower(), "<!entity" in match[0].lower()
        at = match.end()
    element = _ELEMENT.search(text, at, at + JUNK)
    name, at = (element[1].lower(), element.start()) if element else ("", at)
    return Opening(name, at, doctype, entities)


def safe_opening(text: str) -> Opening:
    """Find the first element. Raises ParseError when the document declares entities.

    No list needs any, and a few of them can stand for gigabytes (CWE-776).
    """
    first = opening(text)
    if first.entities:
        raise ParseError("declares entities of its own, which no honest list needs")
    return first


def line(text: str, at: int) -> int:
    """Count in which line, from 1, a position is."""
    return text.count("\n", 0, at) + 1


def damage(error: etree._LogEntry, before: int) -> str:
    """Say what is wrong and where; ``before`` lines were cut off before parsing."""
    return f"line {error.line + before}: {_OTHER_LINE.sub('', error.message)}"


def escape_strays(text: str) -> str:
    """Escape each ``&`` and ``<`` that begins nothing, and resolve HTML's named references.

    A reference counts only with its semicolon: ``&lang=en`` and ``&copy=1`` are parts of addresses.
    """
    return _STRAY.sub(_escaped, legal(text))


def _escaped(match: re.Match[str]) -> str:
    if match[0] in ("&", "<"):
        return html.escape(match[0])
    if match[1] is None:
        return match[0] if match[0].startswith("<") else match[0].lower()
    if match[1] not in html5:
        return "&amp;" + match[1]
    return html.escape(html.unescape(match[0]), quote=False)


def legal(text: str) -> str:
    """Drop the characters that XML 1.0 (section 2.2) forbids."""
    return _FORBIDDEN.sub("", text)
