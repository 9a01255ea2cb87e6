"""Flat YAML is read without libyaml, and says what libyaml would have said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import yamltext

PIECES = st.sampled_from(
    [
        *("a", "key", "1", "é", "中", "：", "null", "~", "true", "2020-01-01 10:00:00", "<<"),
        *(":", ": ", " ", "  ", "\t", "-", "- ", "\n", "\n- ", "\n - ", "\nb: ", "\nc:", "\n\n"),
        *("'", '"', "'s'", '"q"', '"\\n"', "''", "#", " #", "[", "]", "{", "}", ",", "&", "*"),
        *("!", "%", "@", "`", "|", ">", "?", "? ", "---", "...", "\\", "\u3000", "\xa0", "\u2028"),
    ]
)
BLOCKS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "a: ", "k:", "k:\n- ", "k:\n  - a\n"]),
    st.lists(PIECES, max_size=12).map("".join),
)


@given(BLOCKS)
def test_what_is_read_without_libyaml_is_the_same(block: str) -> None:
    found = yamltext._flat(block)
    if found is not None:
        assert yamltext._from_events(block) == (found, [])


@pytest.mark.parametrize(
    ("block", "found"),
    [
        pytest.param("a: b\nc:\n", {"a": "b", "c": None}, id="texts"),
        pytest.param(
            "t:\n  - a b\n  - 'c: d'\nu: \"e\"", {"t": ["a b", "c: d"], "u": "e"}, id="list"
        ),
        pytest.param("d: 2020-01-01 10:00:00 ", {"d": "2020-01-01 10:00:00"}, id="date"),
        pytest.param("a: null\nb: 'null'", {"a": None, "b": "null"}, id="null"),
    ],
)
def test_flat(block: str, found: dict[str, object]) -> None:
    assert yamltext._flat(block) == found
    assert yamltext.load_yaml(block) == (found, [])


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("a: b: c", id="colon"),
        pytest.param("a: b # c", id="comment"),
        pytest.param("a: b\n  c", id="text on two lines"),
        pytest.param("a: [b]", id="in brackets"),
        pytest.param("a: b\na: c", id="a key again"),
        pytest.param("a:\n - b\n  - c", id="uneven list"),
        pytest.param("a: b\n- c", id="list after a text"),
        pytest.param("a: 'it''s'", id="quote in quotes"),
    ],
)
def test_not_flat(block: str) -> None:
    assert yamltext._flat(block) is None
