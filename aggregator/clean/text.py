"""The plain text of a sanitised article: one line for each block."""

import re
from html import unescape
from unicodedata import normalize

from aggregator.clean.characters import visible
from aggregator.clean.vocabulary import BLOCKS

# Exact for what the sanitiser writes: lower-case names, values in double quotes, no comments.
_ATTRIBUTES = r'\b[^>"]*(?:"[^"]*"[^>"]*)*>'
_CELL_END = re.compile(r"</t[dh]>")
_BREAK = re.compile(f"</?(?:br|{'|'.join(sorted(BLOCKS - {'td', 'th'}))}){_ATTRIBUTES}")
_TAG = re.compile(r"</?[a-z]" + _ATTRIBUTES.removeprefix(r"\b"))


def plain(html: str) -> str:
    """The text of sanitised HTML: blocks on lines of their own, white space collapsed, NFC.

    It depends on neither markup nor addresses: what looks the same hashes the same. NFC and not
    NFKC, because ``x²`` is not ``x2``.
    """
    text = " ".join(html.split())
    text = _BREAK.sub("\n", _CELL_END.sub(" ", text))
    text = visible(unescape(_TAG.sub("", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return normalize("NFC", "\n".join(filter(None, lines)))
