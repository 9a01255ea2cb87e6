"""Mending of XML that authors and servers broke, in linear time and before any parser sees it."""

import html
import re
from html.entities import html5

_REFERENCE = r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});"
# What never ends is taken to end with the document; a pattern that could fail there would search
# the rest again at every start.
_OPAQUE = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
_ESCAPABLE = re.compile(
    rf"{_OPAQUE}|{_REFERENCE}|&|<(?![a-z_/!?])|\]\]>", re.DOTALL | re.IGNORECASE
)
_TOKEN = re.compile(
    rf"{_OPAQUE}|<(?P<end>/?)(?P<name>[a-z_][\w.:-]*)(?P<rest>[^<>]*)>",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:.-])([a-z_][\w:.-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""", re.IGNORECASE | re.ASCII
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Deeper than any feed nests; what opens beyond is left out, so that no tag has a long way to look.
_DEEPEST = 200

# By number, for once libxml2 has met an error it drops every named reference, &amp; included.
_NUMERIC = {ord(character): f"&#{ord(character)};" for character in "&<>\"'"}

_ENTRIES = ("item", "entry")
# HTML's elements without content that no feed uses for something else, as it does with source.
_VOID = ("area", "br", "hr", "img", "input", "wbr")
# Fields that hold text alone: when another field begins, an open one of these was never closed.
_SHORT = ("title", "guid", "id", "pubdate", "category", "updated", "published", "name", "date")
_BLOCKS = ("link", "description", "content", "summary", "author", "creator", "encoded", "source")
_FIELDS = (*_SHORT, *_BLOCKS)


def legal(text: str) -> str:
    """Drop the characters that XML 1.0 (section 2.2) forbids."""
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


def escape_strays(text: str) -> str:
    """Escape bare ``&`` and ``<``, resolve HTML's named references, drop forbidden characters.

    CDATA sections stay as they are. Well-formed XML keeps its meaning.
    """
    return _ESCAPABLE.sub(_escaped, legal(text))


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("<![CDATA["):
        return found if found.endswith("]]>") else found + "]]>"
    if found.startswith(("<!", "<?")):
        return ""
    if len(found) > 1 and (found[1] == "#" or found[1:] in html5):
        found = legal(html.unescape(found))
    return found.translate(_NUMERIC)


def balance(text: str) -> str:
    """Close what was left open and drop end tags that end nothing.

    An entry ends where the next one begins. Takes what ``escape_strays`` gives.
    """
    out: list[str] = []
    stack: list[str] = []
    at = 0
    for token in _TOKEN.finditer(text):
        out.append(text[at : token.start()].replace("<", "&#60;"))
        at = token.end()
        if not token["name"]:
            out.append(token[0])
        elif token["end"]:
            out.append(_close(stack, token["name"]))
        else:
            out.append(_make_room(stack, _local(token["name"])))
            out.append(_open(stack, token))
    out.append(text[at:].partition("<")[0])
    out.extend(f"</{name}>" for name in reversed(stack))
    return "".join(out)


def _open(stack: list[str], token: re.Match[str]) -> str:
    name, attributes = token["name"], _attributes(token["rest"])
    if token["rest"].endswith("/") or name.lower() in _VOID:
        return f"<{name}{attributes}/>"
    if len(stack) == _DEEPEST:
        return ""
    stack.append(name)
    return f"<{name}{attributes}>"


def _attributes(rest: str) -> str:
    """Write attributes quoted and each once; libxml2 drops the whole tag otherwise."""
    found = {name: value.strip("\"'") for name, value in _ATTRIBUTE.findall(rest)}
    escaped = {name: value.replace('"', "&#34;") for name, value in found.items()}
    return "".join(f' {name}="{value}"' for name, value in escaped.items())


def _make_room(stack: list[str], local: str) -> str:
    """Close what cannot hold an element of this name."""
    if local in _ENTRIES:
        open_entries = [name for name in stack if _local(name) in _ENTRIES]
        return _close(stack, open_entries[0]) if open_entries else ""
    if local in _FIELDS and stack and _local(stack[-1]) in _SHORT:
        return f"</{stack.pop()}>"
    return ""


def _close(stack: list[str], name: str) -> str:
    """Close everything down to the innermost open ``name``; nothing if there is none."""
    if name not in stack:
        return ""
    closed: list[str] = []
    while not closed or closed[-1] != name:
        closed.append(stack.pop())
    return "".join(f"</{element}>" for element in closed)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
