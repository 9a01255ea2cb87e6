"""Front matter that no parser takes, read line by line.

Generators that write front matter without quoting produce ``author: Al-Monitor: The Pulse``,
``title: 'it's'``, and list items that run over into the next line. A reader sees at once what was
meant: each ``key:`` at the left margin begins a value, which ends before the next one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from aggregator.parse.fields import KNOWN, squash
from aggregator.parse.yamltext import UnreadableError, load_yaml

_KEY = re.compile(r"[\"']?([A-Za-z_][\w.-]{0,40})[\"']?[ \t]*[:=](?:[ \t]+|$)(.*)")
_TIGHT_KEY = re.compile(r"([A-Za-z_]{1,40}):(.*)")  # title:without a space
_FENCE = re.compile(r"(?:-{3,}|\+{3,}|;{3,}|\.{3})[ \t]*")
_TABLE = re.compile(r"\[\[?[\w.\"-]{1,80}\]?\][ \t]*")
_ITEM = re.compile(r"[ \t]*-(?:[ \t]+|$)(.*)")
# A value from a feed that had line breaks in it runs over so many lines at most; more is the text
# of an article whose front matter was never closed (the longest in real posts is 2).
_RUN_OVER = 3
_QUOTED_ITEMS = re.compile(r"(?<=[\"'])[ \t]*,[ \t]*(?=[\"'])")
_COMMA = re.compile(",")
_BLOCK_SCALARS = frozenset(("|", ">", "|-", ">-", "|+", ">+"))


@dataclass(slots=True)
class _Chunk:
    key: str
    first: str
    more: list[str] = field(default_factory=list)


def recover(block: str) -> tuple[dict[str, object], int]:
    """Give the fields of ``block``, by squashed key, and the offset where they end.

    Beyond the offset stands text, or the closing fence if ``block`` contains it. A value that is
    valid YAML by itself is read as such; any other loses its quotes and is joined to one line.
    """
    chunks, end = _chunks(block.split("\n"))
    fields: dict[str, object] = {}
    for chunk in chunks:
        value = _value(chunk)
        if value not in (None, "", []):
            fields[squash(chunk.key)] = value
    return fields, end


def _chunks(lines: list[str]) -> tuple[list[_Chunk], int]:
    chunks: list[_Chunk] = []
    end = offset = 0
    table = after = ""
    for number, line in enumerate(lines):
        if key := _key(line, after):
            if table in ("", "taxonomies"):
                chunks.append(key)
        elif _TABLE.fullmatch(line):
            table = line.strip("[] \t")
        elif not _continues(lines, number):
            break
        elif chunks:
            chunks[-1].more.append(line.replace("\r", " "))
        offset += len(line) + 1
        end = offset if line.strip() else end
        after = line
    return chunks, min(end, sum(map(len, lines)) + len(lines) - 1)


def _key(line: str, after: str) -> _Chunk | None:
    """Read a line that begins a value; below a blank line only with a key that is known."""
    match = _KEY.fullmatch(line) or _TIGHT_KEY.fullmatch(line)
    if not match:
        return None
    unsure = match.re is _TIGHT_KEY or not after.strip()
    if unsure and squash(match[1]) not in KNOWN:
        return None
    return _Chunk(match[1], match[2].replace("\r", " "))


def _continues(lines: list[str], number: int) -> bool:
    """Tell whether a line that begins no value belongs to the one before it."""
    line = lines[number]
    if _FENCE.fullmatch(line):
        return False
    if not line.strip() or line[0] in " \t" or _ITEM.fullmatch(line):
        return True
    following = lines[number + 1 : number + 1 + _RUN_OVER]
    return any(_FENCE.fullmatch(later) or _key(later, "") for later in following)


def _value(chunk: _Chunk) -> object:
    try:
        value, _ = load_yaml("\n".join((f"value: {chunk.first}", *chunk.more)))
    except UnreadableError:
        return _by_hand(chunk)
    return value.get("value") if isinstance(value, dict) else None


def _by_hand(chunk: _Chunk) -> object:
    lines = [line.strip() for line in chunk.more if not line.startswith("#")]
    first = chunk.first.strip()
    if not first and any(_ITEM.fullmatch(line) for line in lines):
        return [_unquoted(item) for item in _list_items(lines) if item]
    if first in _BLOCK_SCALARS:
        first = ""
    whole = " ".join(part for part in (first, *lines) if part and not _ITEM.fullmatch(part))
    if whole.startswith("["):
        inner = whole.strip("[], \t")
        between = _QUOTED_ITEMS if inner[:1] in "\"'" else _COMMA
        return [_unquoted(item) for item in between.split(inner)]
    return _unquoted(whole)


def _list_items(lines: list[str]) -> Iterator[str]:
    """Join what ran over to the item before it."""
    item: list[str] = []
    for line in lines:
        if match := _ITEM.fullmatch(line):
            yield " ".join(item)
            item = [match[1].strip()]
        elif line:
            item.append(line)
    yield " ".join(item)


def _unquoted(text: str) -> str:
    text = " ".join(text.split())
    bare = text.removesuffix(",")  # JSON's
    quote = bare[:1]
    if quote not in ("'", '"'):
        return text
    if len(bare) > 1 and bare.endswith(quote):
        bare = bare[:-1]
    return bare[1:].replace("''", "'") if quote == "'" else bare[1:].replace('\\"', '"')
