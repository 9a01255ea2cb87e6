"""The plain text of a sanitised article: one line for each block."""

import re
from unicodedata import is_normalized, normalize

from aggregator.clean.characters import NO_WIDTH
from aggregator.clean.vocabulary import BLOCKS
from aggregator.nfkc import single_spaced

# Exact for what the sanitiser writes: lower-case names, values in double quotes, no comments.
_TAG = re.compile(r'<(/?[a-z1-6]+)(?:>| [^>"]*(?:"[^"]*"[^>"]*)*>)')
_LINES = (BLOCKS | {"br"}) - {"td", "th"}
# What a tag leaves: a new line, or the space between two cells.
_LEAVES = dict.fromkeys((f"{slash}{name}" for name in _LINES for slash in ("", "/")), "\n")
_LEAVES |= {"/td": " ", "/th": " "}
# All that the sanitiser escapes in text (HTML, 13.3).
_ESCAPED = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

# What stands beside the running text: it says little without its frame.
_BESIDE = re.compile(r"<(pre|figure|table|h[1-6]|sup)\b.*?(?:</\1>|\Z)", re.DOTALL)
# Characters of HTML that are looked at for a summary, which wants a few hundred of text.
_START = 4_000


def running(html: str, text: str) -> str:
    """The text that the first part of sanitised HTML runs on with; ``text`` is all of it.

    Without headings, listings, tables, figures, superior figures: a summary is whole sentences.
    """
    start = html if len(html) <= _START else html[: html.rfind("<", 0, _START)]
    rest, gaps = _BESIDE.subn(_gap, start)
    return plain(rest) or text if gaps else text


def plain(html: str) -> str:
    """The text of sanitised HTML: blocks on lines of their own, white space collapsed, NFC.

    It depends on neither markup nor addresses: what looks the same hashes the same. NFC and not
    NFKC, because ``x²`` is not ``x2``.
    """
    parts = _TAG.split(html.replace("\n", " "))
    parts[1::2] = [_LEAVES.get(name, "") for name in parts[1::2]]
    text = "".join(parts)
    if "&" in text:
        for escaped, character in _ESCAPED:
            text = text.replace(escaped, character)
    found = _collapsed(text)
    # Nearly all text is in NFC; to see that takes a tenth of composing it again.
    if found.isascii() or is_normalized("NFC", found):
        return found
    return normalize("NFC", found)


def _collapsed(text: str) -> str:
    """Text with single spaces, none around lines, no empty lines."""
    if not text.isascii():
        for character in NO_WIDTH:
            text = text.replace(character, "")
    return "\n".join(filter(None, map(single_spaced, filter(None, text.split("\n")))))


def _gap(match: re.Match[str]) -> str:
    return "" if match[1] == "sup" else "<br>"
