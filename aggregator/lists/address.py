"""Web addresses as documents write them."""

import re
from urllib.parse import quote, urljoin, urlsplit

# RFC 3986, section 2, and letters of all scripts, which browsers allow.
_LEGAL = re.compile(r"[\w:/?#\[\]@!$&'()*+,;=.~%-]+")
# What is illegal in an address and stands in many; browsers escape it.
_ESCAPED = re.compile(r"[ \"<>^`{|}]")
# Browsers drop these wherever they stand in an address (WHATWG URL Standard, section 4.4).
_BREAKS = re.compile(r"[\t\r\n]")
# The scheme that programs register to be opened with feeds: "feed://host/" and "feed:https://host/".
_FEED_SCHEME = re.compile(r"feed:(?://(?=[^/])|(?=https?:))", re.IGNORECASE)
_HTTP = re.compile(r"https?://", re.IGNORECASE)
# No server takes more (RFC 9110, section 4.1, asks for 8,000 octets).
_LONGEST = 8_000


def absolute(written: str, base: str | None = None) -> str | None:
    """Return the http(s) address that is meant, or None.

    None when it is of another scheme, has no host or holds a user's name. Scheme and host come out
    in lower case, the fragment not at all.
    """
    address = _BREAKS.sub("", written.strip())
    address = _ESCAPED.sub(lambda match: quote(match[0]), address)
    if not address or len(address) > _LONGEST or not _LEGAL.fullmatch(address):
        return None
    if feed := _FEED_SCHEME.match(address):
        rest = address[feed.end() :]
        address = rest if _HTTP.match(rest) else f"http://{rest}"
    address = address.partition("#")[0]
    try:
        # What is whole is not joined: that would drop an empty query.
        whole = address if base is None or _HTTP.match(address) else urljoin(base, address)
        parts = urlsplit(whole)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    behind = whole.partition("//")[2].removeprefix(parts.netloc)
    return f"{parts.scheme}://{parts.netloc.lower()}{behind}"
