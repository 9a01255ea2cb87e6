"""Reading YAML with the line of every value, and refusing what would explode."""

import itertools
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]

# What a document may stand for once its aliases are resolved, in values, each 64 characters of text
# counting as one more. A configuration of 10,000 sources has 60,000; a bomb of nine lines has a
# thousand million. Reading as many as are allowed takes a second.
MOST_VALUES = 250_000
_TEXT = 64
# Levels. A configuration has six.
_DEEPEST = 64

_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool")}
_TAGS |= {f"tag:yaml.org,2002:{name}" for name in ("null", "timestamp", "value", "merge")}
_NULL, _MERGE = "tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"

# What ends a line in YAML 1.1.
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_VARIABLE = re.compile(
    r"\$\$\{|\$\{(?P<name>[A-Za-z_]\w*)(?::-(?P<default>[^{}]*))?\}|(?P<stray>\$\{)", re.ASCII
)


@dataclass(slots=True)
class Tree:
    """A YAML document as plain values.

    ``lines`` maps the path of each value to its line, from 1; ``problems`` are (path, what is
    wrong).
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[tuple[Path, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class YamlError(ValueError):
    """The text is no YAML. ``line`` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def read(text: str, environment: Mapping[str, str] = os.environ) -> Tree:
    """Read a document; every scalar is text as its author wrote it, or None where nothing is.

    What a setting means by ``on``, ``1.0`` or ``2024`` is for the setting to say. ``${VAR}`` and
    ``${VAR:-default}`` are replaced. Raises YamlError.
    """
    node = _composed(text)
    tree = Tree()
    if node is not None:
        # Without aliases nothing multiplies: what was counted on the way here stands. Measuring
        # takes a fifth of the time of reading 10,000 sources.
        if "*" in text:
            _refuse_multiples(node)
        tree.value = _Reader(tree, environment).value(node, ())
    return tree


def _composed(text: str) -> yaml.Node | None:
    try:
        _refuse_vastness(text)
        return yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.problem, error.context) if part)
        # The end of a text without a line break at its end counts as a line to libyaml.
        number = min(mark.line if mark else 0, len(_BREAK.split(text)) - 1)
        raise YamlError(number + 1, _explained(said, text, number)) from error
    except yaml.reader.ReaderError as error:
        # libyaml counts bytes.
        line = text.encode()[: error.position].count(b"\n") + 1
        said = f"the character U+{error.character:04X} has no place in a text file"
        raise YamlError(line, said) from error
    except yaml.YAMLError as error:
        raise YamlError(1, str(error)) from error


def _refuse_vastness(text: str) -> None:
    """Look at the events first: libyaml composes by recursion and dies of 64 kB of brackets."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _too_deep(event.start_mark.line + 1 if event.start_mark else 1)
        if count > 2 * MOST_VALUES:
            raise YamlError(1, "holds more values than any configuration has")


def _refuse_multiples(node: yaml.Node) -> None:
    extent = _extent(node, {})
    line = node.start_mark.line + 1
    if extent.values > MOST_VALUES:
        raise YamlError(line, "aliases multiply to more values than any configuration has")
    if extent.depth > _DEEPEST:
        raise _too_deep(line)


def _too_deep(line: int) -> YamlError:
    return YamlError(line, f"nested deeper than {_DEEPEST} levels")


class _Extent(NamedTuple):
    """How much a node stands for with its aliases resolved."""

    values: float
    depth: int


def _extent(node: yaml.Node, known: dict[int, _Extent]) -> _Extent:
    """Measure a node. Each is looked at once, however many aliases lead to it."""
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, yaml.ScalarNode):
        measured = _Extent(1 + len(node.value) // _TEXT, 0)
    else:
        known[id(node)] = _Extent(math.inf, 0)  # met again inside itself, it has no end
        inner = [_extent(part, known) for part in _parts(node)]
        values = 1 + sum(part.values for part in inner)
        measured = _Extent(values, 1 + max((part.depth for part in inner), default=0))
    known[id(node)] = measured
    return measured


def _parts(node: yaml.Node) -> Iterable[yaml.Node]:
    pairs = isinstance(node, yaml.MappingNode)
    return (part for pair in node.value for part in pair) if pairs else node.value


def _explained(said: str, text: str, number: int) -> str:
    line = next(itertools.islice(text.splitlines(), number, None), "")
    if "cannot start any token" in said:
        if line[: len(line) - len(line.lstrip())].count("\t"):
            return "is indented with a tab; YAML wants spaces"
        return "text that begins with @, ` or % is to be put in quotes"
    if "mapping values are not allowed" in said:
        return (
            "holds ': ' where no setting can be; put such text in quotes, or mend the indentation"
        )
    if "alias" in said:
        return "names an anchor (*) that is not there; put text that begins with * in quotes"
    if "another document" in said:
        return "begins a second document (---); a configuration is one"
    return f"is not YAML: {said}"


class _Reader:
    """Turns composed nodes into values."""

    def __init__(self, tree: Tree, environment: Mapping[str, str]) -> None:
        self._tree = tree
        self._environment = environment

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._tree.lines.setdefault(path, node.start_mark.line + 1)
        if node.tag not in _TAGS:
            self._problem(path, f"the tag {node.tag!r} means nothing here; leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return None if node.tag == _NULL else self._substituted(node.value, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        """Return the pairs of a mapping; its own come before those that ``<<`` merges in."""
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                continue
            name, line = _name(key), key.start_mark.line + 1
            if name in found:
                said = f"is given twice, the second time on line {line}; keep one"
                self._problem((*path, name), said)
            else:
                self._tree.lines.setdefault((*path, name), line)
                found[name] = self.value(value, (*path, name))
        for key, value in node.value:
            if key.tag == _MERGE:
                self._merge(value, path, found)
        return found

    def _merge(self, value: yaml.Node, path: Path, found: dict[str, Any]) -> None:
        """Add what one or several mappings have and ``found`` has not; the first one counts."""
        for part in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if not isinstance(part, yaml.MappingNode):
                self._problem((*path, "<<"), "is to be followed by *anchor of a mapping")
                continue
            for name, merged in self._mapping(part, path).items():
                found.setdefault(name, merged)

    def _substituted(self, text: str, path: Path) -> str:
        return _VARIABLE.sub(lambda match: self._variable(match, path), text)

    def _variable(self, match: re.Match[str], path: Path) -> str:
        name, default = match["name"], match["default"]
        if match["stray"]:
            self._problem(path, "'${' begins ${NAME} or ${NAME:-default}; for the text write '$${'")
        if name is None:
            return "${"
        # As in the shell, a variable that is empty takes its default as one that is not set does.
        value = self._environment.get(name)
        if value is None and default is None:
            self._problem(
                path, f"the environment has no {name}; set it, or write ${{{name}:-default}}"
            )
        return value or default or ""

    def _problem(self, path: Path, said: str) -> None:
        self._tree.problems.append((path, said))


def _name(key: yaml.Node) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
