"""The plain text of a sanitised article: one line for each block."""

import re
from html import unescape
from unicodedata import is_normalized, normalize

from aggregator.clean.characters import visible
from aggregator.clean.vocabulary import BLOCKS

# Exact for what the sanitiser writes: lower-case names, values in double quotes, no comments.
_ATTRIBUTES = r'\b[^>"]*(?:"[^"]*"[^>"]*)*>'
_CELL_END = re.compile(r"</t[dh]>")
_BREAK = re.compile(f"</?(?:br|{'|'.join(sorted(BLOCKS - {'td', 'th'}))}){_ATTRIBUTES}")
_TAG = re.compile(r"</?[a-z]" + _ATTRIBUTES.removeprefix(r"\b"))

# What stands beside the running text: it says little without its frame.
_BESIDE = re.compile(r"<(pre|figure|table|h[1-6]|sup)\b.*?(?:</\1>|\Z)", re.DOTALL)
# Characters of HTML that are looked at for a summary, which wants a few hundred of text.
_START = 6_000


def running(html: str) -> str:
    """The text that the first part of sanitised HTML runs on with, as ``plain`` gives it.

    Without headings, listings, tables, figures, superior figures: a summary is whole sentences.
    """
    start = html if len(html) <= _START else html[: html.rfind("<", 0, _START)]
    return plain(_BESIDE.sub(_gap, start))


def plain(html: str) -> str:
    """The text of sanitised HTML: blocks on lines of their own, white space collapsed, NFC.

    It depends on neither markup nor addresses: what looks the same hashes the same. NFC and not
    NFKC, because ``x²`` is not ``x2``.
    """
    text = " ".join(html.split())
    text = _BREAK.sub("\n", _CELL_END.sub(" ", text))
    text = visible(unescape(_TAG.sub("", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    found = "\n".join(filter(None, lines))
    # Nearly all text is in NFC; to see that takes a tenth of composing it again.
    return found if is_normalized("NFC", found) else normalize("NFC", found)


def _gap(match: re.Match[str]) -> str:
    return "" if match[1] == "sup" else "<br>"
