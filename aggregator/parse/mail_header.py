"""The header fields of a message, as people read them (RFC 5322; RFC 2047)."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses

from aggregator.parse.decode import decode
from aggregator.parse.feed_text import one_line

# Characters of a field. A subject has some hundred; the patterns here take the square at worst.
_LONGEST = 4_000
# Authors of a message that are named.
_MOST = 10

# More than RFC 2047 allows: spaces and question marks in it, which some programs leave as they are.
_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,40})?\?([bq])\?(.*?)\?=", re.IGNORECASE)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def raw_header(message: Message, name: str) -> str:
    """Give the first field of this name as it came, on one line, "" if there is none.

    Bytes beyond ASCII are lone surrogates in it.
    """
    for key, value in message.raw_items():
        if key.lower() == name:
            return re.sub(r"[\r\n]+", "", str(value)[:_LONGEST])
    return ""


def header(message: Message, name: str) -> str:
    """Give the text of the first field of this name, on one line, "" if there is none."""
    return decoded(raw_header(message, name))


def phrases(message: Message, name: str) -> Iterator[str]:
    """Give the people in a field of addresses: the name of each, or its address without one."""
    raw = raw_header(message, name)
    try:
        found = getaddresses([raw])[:_MOST] if "@" in raw or "<" in raw else []
    except Exception:  # it is nowhere said what a damaged field raises
        found = []
    people = [decoded(phrase) or decoded(address) for phrase, address in found]
    yield from people if any(people) else [decoded(raw)]


def decoded(raw: str) -> str:
    """Decode the encoded words of a field, and what was written in bytes beyond ASCII.

    Neighbours of one character set are joined first: programs cut characters in two.
    """
    pieces: list[tuple[str, bytes]] = []
    position = 0
    for word in _WORD.finditer(raw):
        between = raw[position : word.start()]
        if between.strip() or not pieces:
            pieces.append(("", _escaped(between)))
        _append(pieces, word[1].lower(), _payload(word[2], word[3]))
        position = word.end()
    pieces.append(("", _escaped(raw[position:])))
    return one_line("".join(decode(body, charset or None)[0] for charset, body in pieces if body))


def _append(pieces: list[tuple[str, bytes]], charset: str, body: bytes) -> None:
    if pieces and pieces[-1][0] == charset:
        body = pieces.pop()[1] + body
    pieces.append((charset, body))


def _payload(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return quopri.decodestring(_escaped(text), header=True)
    digits = _NOT_BASE64.sub("", text)
    digits = digits[:-1] if len(digits) % 4 == 1 else digits  # cut off in the middle
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4))
    except binascii.Error:
        return _escaped(text)


def _escaped(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
