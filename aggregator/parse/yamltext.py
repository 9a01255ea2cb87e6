"""YAML as its author wrote it: every scalar stays a text.

PyYAML's loaders turn ``2020``, ``no`` and ``1e3`` into other things, keep the last of two equal
keys without a word, expand aliases without end, and compose recursively: 64 kB of ``[`` end the
process with a segmentation fault. So the values are built here from libyaml's events, which come
in half the time of ``yaml.load`` (a front matter of ten lines: 22 µs against 45 µs).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

import yaml

# The deepest front matter seen is 5 levels; the recursion below needs two frames for each.
_DEEPEST = 32
# The longest real front matter has some hundred values; an alias counts as all it stands for.
_MOST_VALUES = 20_000
# The most lines that are read without libyaml.
_MOST_LINES = 500
# "key:" or "-", and a text behind it: plain, or in quotes without an escape in it.
_LINE = re.compile(
    r"""(?:([A-Za-z_][A-Za-z0-9_-]{0,60}):|([ ]*)-)
    (?:[ ]+(?:([^\W_][^:#\n]*(?::(?=\S)[^:#\n]*)*)|'([^'\n]*)'|"([^"\\\n]*)"))?[ ]*""",
    re.VERBOSE,
)


class UnreadableError(ValueError):
    """The text is not what it should be. ``line`` counts from 1, 0 when nobody knows."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(slots=True)
class _Reading:
    events: Iterator[yaml.Event]
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)
    values: int = 0


def load_yaml(block: str) -> tuple[object, list[tuple[str, int]]]:
    """Give what the first document of ``block`` says, and its repeated keys with their lines.

    Values are str, list, dict, and None for an empty one, ``~`` and ``null``; tags are ignored. Of
    a repeated key the last value counts, lists are joined. Raises UnreadableError: no YAML, nested
    too deep, or too large.
    """
    flat = _flat(block)
    return _from_events(block) if flat is None else (flat, [])


def _flat(block: str) -> dict[str, object] | None:
    """The same for keys with texts and lists of texts, a line each; None for all else.

    Nearly every front matter is so, and libyaml's events take three times as long.
    """
    lines = block.removesuffix("\n").split("\n")
    # What is not printable may end a line, or be no YAML at all.
    if len(lines) > _MOST_LINES or not all(map(str.isprintable, lines)):
        return None
    found: dict[str, object] = {}
    items: list[object] | None = None
    level = last = ""
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        key, indent, plain, *quoted = match.groups()
        text = plain.rstrip(" ") if plain else next((q for q in quoted if q is not None), None)
        value = None if plain and text == "null" else text
        if key and key != "null" and key not in found:
            found[key], last, items = value, key, [] if text is None else None
        elif key or items is None or value is None or (items and indent != level):
            return None
        else:
            items.append(value)
            found[last], level = items, indent
    return found


def _from_events(block: str) -> tuple[object, list[tuple[str, int]]]:
    try:
        reading = _Reading(iter(yaml.parse(block, Loader=yaml.CBaseLoader)))
        for event in reading.events:
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                return _value(reading, event, 0), reading.repeated
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position) + 1
        raise UnreadableError(error.reason, line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UnreadableError(str(error.problem), mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise UnreadableError(str(error)) from error
    return None, []


def _value(reading: _Reading, event: yaml.Event, depth: int) -> object:
    _spend(reading, 1, event)
    if isinstance(event, yaml.ScalarEvent):
        value = _scalar(event)
    elif isinstance(event, yaml.AliasEvent):
        return _alias(reading, event)
    elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
        if depth == _DEEPEST:
            raise UnreadableError("nested too deep", _line(event))
        return _collection(reading, event, depth + 1)
    else:  # the end of a document without content
        return None
    if event.anchor:
        reading.anchors[event.anchor] = value, 1
    return value


def _collection(reading: _Reading, start: yaml.CollectionStartEvent, depth: int) -> object:
    before = reading.values
    value: object
    if isinstance(start, yaml.SequenceStartEvent):
        value = [
            _value(reading, event, depth) for event in _until(reading.events, yaml.SequenceEndEvent)
        ]
    else:
        value = _mapping(reading, depth)
    if start.anchor:
        reading.anchors[start.anchor] = value, reading.values - before
    return value


def _mapping(reading: _Reading, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    merged: dict[str, object] = {}
    for event in _until(reading.events, yaml.MappingEndEvent):
        key = _value(reading, event, depth)
        value = _value(reading, next(reading.events), depth)
        if key == "<<" and isinstance(value, dict):
            merged |= value
        elif isinstance(key, str):
            if key in found:
                reading.repeated.append((key, _line(event)))
            found[key] = _joined(found.get(key), value)
    return merged | found


def _joined(earlier: object, later: object) -> object:
    if isinstance(earlier, list) and isinstance(later, list):
        return earlier + later
    return earlier if later is None else later


def _scalar(event: yaml.ScalarEvent) -> str | None:
    plain = event.implicit[0]
    return None if plain and event.value in ("", "~", "null") else str(event.value)


def _alias(reading: _Reading, event: yaml.AliasEvent) -> object:
    if event.anchor not in reading.anchors:  # unknown, or around the very place where it stands
        raise UnreadableError(f"nothing is named &{event.anchor} yet", _line(event))
    value, size = reading.anchors[event.anchor]
    _spend(reading, size, event)
    return value


def _spend(reading: _Reading, values: int, event: yaml.Event) -> None:
    reading.values += values
    if reading.values > _MOST_VALUES:
        raise UnreadableError("too many values", _line(event))


def _until(events: Iterator[yaml.Event], end: type[yaml.Event]) -> Iterator[yaml.Event]:
    return takewhile(lambda event: not isinstance(event, end), events)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
