"""Small rules that every kind of feed shares: text, addresses, names, identifiers."""

import hashlib
import html
import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from lxml.html import defs

_TAG = re.compile(r"</?([a-z][a-z0-9]*)(?=[\s/>])[^<>]*>", re.IGNORECASE | re.ASCII)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_BREAKING = frozenset(defs.block_tags) | {"br", "li", "td", "th", "tr"}
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII
)
# Absolute, and nothing in it to be resolved or left out.
_ORDINARY = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w./%+~-]*(?:\?[\w./%+~=&-]+)?", re.ASCII
)
# A mail address has at most 254 characters (RFC 5321), and the patterns take the square of these.
_LONGEST_NAME = 500
_MAIL_FIRST = re.compile(r"\S+@\S+\s+\(([^()]+)\)")
_MAIL_LAST = re.compile(r"([^<>()]+)[<(][^<>()\s]+@[^<>()\s]+[>)]")


def is_html(text: str) -> bool:
    """Tell whether text that names no type holds HTML: a tag that HTML has, or a reference."""
    tags = _TAG.finditer(text)
    return any(tag[1].lower() in defs.tags for tag in tags) or bool(_REFERENCE.search(text))


def plain(markup: str) -> str:
    """Give the text of a line of HTML, on one line; ``<`` that begins no HTML tag stays."""
    text = _TAG.sub(_without_tag, markup) if "<" in markup else markup
    return one_line(_REFERENCE.sub(lambda match: html.unescape(match[0]), text))


def _without_tag(tag: re.Match[str]) -> str:
    name = tag[1].lower()
    if name not in defs.tags:
        return tag[0]
    return " " if name in _BREAKING else ""


def one_line(text: str) -> str:
    """Collapse white space."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """Give plain text as HTML: blank lines part paragraphs, other line ends are kept."""
    blocks = (block.strip() for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n")))
    lines = (html.escape(block, quote=False).replace("\n", "<br>") for block in blocks if block)
    return "\n".join(f"<p>{line}</p>" for line in lines)


def web_address(link: str | None, base: str | None) -> str | None:
    """Give ``link`` as an absolute http(s) address, seen from ``base``, or None."""
    link = (link or "").strip()
    if not link or _ORDINARY.fullmatch(link):  # by which half of the time for an entry's is saved
        return link or None
    link = re.sub(r"[\t\n\r]", "", link)
    try:
        address = urljoin(base or "", link)
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def person(text: str) -> str:
    """Give the name beside a mail address, ``mail (Name)`` or ``Name <mail>``, else all of it."""
    text = one_line(text)
    if "@" not in text or len(text) > _LONGEST_NAME:
        return text
    match = _MAIL_FIRST.fullmatch(text) or _MAIL_LAST.fullmatch(text)
    return match[1].strip(" \"'") or text if match else text


def distinct(values: Iterable[str]) -> tuple[str, ...]:
    """Keep the first of each, in order, without the empty ones."""
    return tuple(dict.fromkeys(value for value in values if value))


def uri(identifier: str) -> str | None:
    """Give ``identifier`` if it is a URI with a scheme (RFC 3986, section 3), else None."""
    return identifier if _URI.fullmatch(identifier) else None


def digest(*parts: str) -> str:
    """Give a name for an entry that has none: the same for the same ``parts``, for ever."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def count(value: object) -> int | None:
    """Read a number of bytes or seconds that is at least 0, else None."""
    try:
        number = int(str(value).strip())
    except ValueError:
        return None
    # SQL's largest integer; more is no size of anything.
    return number if 0 <= number < 2**63 else None
