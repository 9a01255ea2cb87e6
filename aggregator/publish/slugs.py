"""Names of folders and addresses, made from names of categories."""

import unicodedata
from collections.abc import Sequence

# File systems allow 255 bytes to a name; 80 keep an address readable when it is percent-encoded
# (three characters a byte) and leave room for the "-2" of a collision.
MAX_BYTES = 80
# Eight levels stay far below the 4,096 bytes that Linux allows to a path.
MAX_DEPTH = 8

_NAMELESS = "category"
_OWN_NAMES = {"archive", "articles", "feeds", "healthz", "index", "static", "status", "websub"}
_WINDOWS_DEVICES = {"aux", "con", "nul", "prn"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}
RESERVED = frozenset(_OWN_NAMES | _WINDOWS_DEVICES)


def slug(name: str) -> str:
    """Return the name of a category as one path segment, not percent-encoded.

    Unicode letters, digits and the marks upon them stay, in NFKC and lower case; all else becomes
    "-". Never empty, never a reserved name, at most 80 bytes of UTF-8. Different names may get the
    same slug.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    short = _shorten(_hyphenate(folded))
    if short in RESERVED:
        return f"{_NAMELESS}-{short}"
    return short or _NAMELESS


def slug_path(path: Sequence[str]) -> str:
    """Return nested categories, outermost first, as slugs joined by "/"."""
    return "/".join(slug(name) for name in path[:MAX_DEPTH]) or _NAMELESS


def _hyphenate(text: str) -> str:
    kept = ""
    for character in text:
        # A mark belongs to the letter before it; without one (after an emoji) it is invisible.
        if character.isalnum() or (_is_mark(character) and not kept.endswith("-") and kept):
            kept += character
        elif kept and not kept.endswith("-"):
            kept += "-"
    return kept


def _is_mark(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return unicodedata.category(character) in {"Mn", "Mc"} and not selector


def _shorten(text: str) -> str:
    return text.encode()[:MAX_BYTES].decode(errors="ignore").strip("-")
