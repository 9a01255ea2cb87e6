"""YAML as it is written: values, lines, variables, and what is refused."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.yamlfile import MOST_VALUES, YamlError, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("name: 2024", {"name": "2024"}),
        ("[2024, on, 1.0, 0x10, 2024-01-02]", ["2024", "on", "1.0", "0x10", "2024-01-02"]),
        ("a:\nb: ~\nc: null\nd: ''", {"a": None, "b": None, "c": None, "d": ""}),
        ('"~"', "~"),
        ("2024: x\ntrue: y", {"2024": "x", "true": "y"}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}",
         {"a": {"b": "1", "c": "2"}, "d": {"c": "3", "b": "1"}}),
        ("a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}",
         {"a": {"b": "1"}, "c": {"b": "2", "d": "3"}, "e": {"b": "1", "d": "3"}}),
        ("a: &t text\nb: *t", {"a": "text", "b": "text"}),
        ("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}),
        ("", None),
        ("# only a comment", None),
    ],
)  # fmt: skip
def test_values_are_what_the_author_wrote(text: str, value: object) -> None:
    tree = read(text, {})
    assert (tree.value, tree.problems) == (value, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "1"),
        ("x${A}y${A}", "x1y1"),
        ("${NONE:-b}", "b"),
        ("${NONE:-}", ""),
        ("${EMPTY:-b}", "b"),
        ("${EMPTY}", ""),
        ("$${A}", "${A}"),
        ("$A $", "$A $"),
        ("'${A}'", "1"),
        ("{b: '${A}'}", {"b": "1"}),
    ],
)
def test_variables_come_from_the_environment(text: str, value: object) -> None:
    tree = read(text, {"A": "1", "EMPTY": ""})
    assert (tree.value, tree.problems) == (value, [])


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("a: ${NONE}", ("a",), "the environment has no NONE; set it, or write ${NONE:-default}"),
        ("a: [x, '${A-b}']", ("a", 1), "'${' begins ${NAME} or ${NAME:-default}"),
        ("a: 1\na: 2", ("a",), "is given twice, the second time on line 2"),
        ("a: !!python/object:os.system x", ("a",), "the tag 'tag:yaml.org,2002:python/object"),
        ("a: !ENV x", ("a",), "the tag '!ENV' means nothing here"),
        ("a: {<<: text}", ("a", "<<"), "is to be followed by *anchor of a mapping"),
    ],
)
def test_problems_are_told_with_their_place(text: str, path: tuple[str, ...], said: str) -> None:
    ((place, problem),) = read(text, {}).problems
    assert place == path
    assert problem.startswith(said)


def test_every_value_has_its_line() -> None:
    tree = read("a: 1\nb:\n  - c: x\n    d: y\n  - z\n", {})
    assert [tree.line(path) for path in [("a",), ("b", 0, "d"), ("b", 1), ("b", 9, "q")]] == [
        1,
        4,
        5,
        2,
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a:\n\t- b", 2, "is indented with a tab; YAML wants spaces"),
        ("a: 1\nb: c: d", 2, "holds ': ' where no setting can be"),
        ("a: @x", 1, "text that begins with @, ` or % is to be put in quotes"),
        ("glob: **/*.md", 1, "names an anchor (*) that is not there; put text that begins with *"),
        ("a: *b", 1, "names an anchor (*) that is not there"),
        ("a: 1\n---\nb: 2", 2, "begins a second document (---)"),
        ("a: [1, 2\nb: 3", 2, "is not YAML: "),
        ("a: 'x", 1, "is not YAML: "),
        ("a: 1\nb: \x00", 2, "the character U+0000 has no place in a text file"),
        ("a: &a [*a]", 1, "aliases multiply"),
        ("a: &a {<<: *a}", 1, "aliases multiply"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlError) as caught:
        read(text, {})
    assert caught.value.line == line
    assert str(caught.value).startswith(said)


LAUGHS = "a0: &a0 lol\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}]\n" for n in range(9))
DEEP_BY_ALIAS = "- &a0 x\n" + "".join(f"- &a{n + 1} {'[' * 50}*a{n}{']' * 50}\n" for n in range(9))


@pytest.mark.parametrize(
    "bomb",
    [
        LAUGHS,
        DEEP_BY_ALIAS,
        f"- &t {'x' * 100_000}\n" + "- *t\n" * 10_000,
        "a0: &a0 {x: 1}\n"
        + "".join(f"a{n + 1}: &a{n + 1} {{<<: [*a{n}, *a{n}]}}\n" for n in range(40)),
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "- x\n" * 3 * MOST_VALUES,
    ],
    ids=["laughs", "deep by alias", "text", "merge", "lists", "mappings", "items", "many"],
)
def test_what_would_explode_is_refused_quickly(bomb: str) -> None:
    _refused_quickly(bomb)


def test_bombs_of_the_corpus_are_refused(corpus: Path) -> None:
    bombs = sorted((corpus / "security" / "yaml-bombs").glob("*.yaml"))
    assert bombs
    for bomb in bombs:
        _refused_quickly(bomb.read_text())


def _refused_quickly(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(YamlError):
        read(bomb, {})
    # A hundredth of that, but for the last, which is no bomb but merely long.
    assert time.process_time() - began < 2.5


@pytest.mark.parametrize("text", ["${" * 50_000, "${a:-" * 50_000, "${" + "a" * 100_000])
def test_text_full_of_variables_takes_no_longer_than_other_text(text: str) -> None:
    began = time.process_time()
    read(f"a: '{text}'", {})
    assert time.process_time() - began < 1


@example("{")  # what is missing at the end is missing on the last line
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    lines = len(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text))
    try:
        named = read(text, {}).lines.values()
    except YamlError as error:
        named = [error.line]
    assert all(1 <= line <= lines for line in named)


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C"]))


@given(st.dictionaries(PRINTABLE, st.integers()))
def test_what_json_writes_is_read(value: dict[str, int]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if "${" not in text:
        assert read(text, {}).value == {key: str(number) for key, number in value.items()}
