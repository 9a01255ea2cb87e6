"""Reading YAML with the line of every value, and refusing what would explode."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]

# Values after aliases are resolved. A configuration of 10,000 sources has 60,000; a bomb of nine
# lines has a thousand million.
MOST_VALUES = 1_000_000
_DEEPEST = 64

_VARIABLE = re.compile(r"\$(?:\$\{|\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\})")


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
    """Read a document, ``${VAR}`` and ``${VAR:-default}`` replaced. Raises YamlError."""
    tree = Tree()
    try:
        _refuse_depth(text)
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(mark.line + 1 if mark else 1, _explained(said)) from error
    except yaml.YAMLError as error:
        raise YamlError(1, str(error)) from error
    if node is not None:
        if _weight(node, {}) > MOST_VALUES:
            line = node.start_mark.line + 1
            raise YamlError(line, "aliases multiply to more values than any configuration has")
        tree.value = _Reader(tree, environment).value(node, ())
    return tree


def _refuse_depth(text: str) -> None:
    """Look at the events first: libyaml composes by recursion and dies of 64 kB of brackets."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise YamlError(line, f"nested deeper than {_DEEPEST} levels")


def _weight(node: yaml.Node, known: dict[int, float]) -> float:
    """Return how many values a node stands for with its aliases resolved; each is seen once."""
    if id(node) not in known:
        known[id(node)] = float("inf")  # found again inside itself, it has no end
        inner = [part for pair in node.value for part in pair] if _is_mapping(node) else node.value
        parts = inner if isinstance(node, yaml.CollectionNode) else []
        known[id(node)] = 1 + sum(_weight(part, known) for part in parts)
    return known[id(node)]


def _is_mapping(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _explained(said: str) -> str:
    if "\\t" in said or "tab" in said:
        return f"{said}; indent with spaces, not tabs"
    if "mapping values are not allowed" in said:
        return f"{said}; put text that holds ': ' in quotes"
    return said


class _Reader:
    """Turns composed nodes into values."""

    def __init__(self, tree: Tree, environment: Mapping[str, str]) -> None:
        self._tree = tree
        self._environment = environment
        self._plain = Loader("")

    def value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self._tree.lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        own = [(key, value) for key, value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        seen = set()
        for key, value in own:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                line = key.start_mark.line + 1
                said = f"is given twice, the second time on line {line}; keep one"
                self._tree.problems.append(((*path, name), said))
                continue
            seen.add(name)
            self._tree.lines[(*path, name)] = key.start_mark.line + 1
            yield name, self.value(value, (*path, name))
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                yield from self._merged(value, path, seen)

    def _merged(self, value: yaml.Node, path: Path, seen: set[str]) -> Iterator[tuple[str, Any]]:
        for part in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(part, yaml.MappingNode):
                for name, merged in self._pairs(part, path):
                    if name not in seen:
                        seen.add(name)
                        yield name, merged

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if node.tag == "tag:yaml.org,2002:str":
            return self._substituted(node.value, path)
        try:
            value = self._plain.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node.value
        # A date or a binary has no place in the configuration: what was written is what is meant.
        return value if isinstance(value, str | int | float | bool | None) else node.value

    def _substituted(self, text: str, path: Path) -> str:
        def replaced(match: re.Match[str]) -> str:
            name = match["name"]
            if name is None:
                return "${"
            if name in self._environment:
                return self._environment[name]
            if match["default"] is None:
                said = f"the environment has no {name}; set it, or write ${{{name}:-default}}"
                self._tree.problems.append((path, said))
                return ""
            return match["default"]

        return _VARIABLE.sub(replaced, text)
