"""The JSON Schema that editors check the file with, and the files that come with the program."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from aggregator.config import load, schema

ROOT = Path(__file__).resolve().parents[2]
STARTER = Path(str(resources.files("aggregator").joinpath("starter.yaml")))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    described = schema()
    assert described["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(described)
    return Draft202012Validator(described)


@pytest.mark.parametrize(
    "path", [ROOT / "config" / "aggregator.yaml", STARTER], ids=["ours", "first"]
)
def test_files_that_come_with_the_program_are_right(
    path: Path, validator: Draft202012Validator, tmp_path: Path
) -> None:
    text = path.read_text("utf-8")
    assert list(validator.iter_errors(yaml.safe_load(text))) == []
    (tmp_path / "config").mkdir()
    for folder in ("inbox", "examples/inbox"):
        (tmp_path / folder).mkdir(parents=True)
    copy = tmp_path / "config" / "aggregator.yaml"
    copy.write_text(text, "utf-8")
    assert load(copy).root == tmp_path


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"sources": []},
        {"sources": [{"directory": "x", "feed": "https://x/"}]},
        {"sources": [{"name": "x"}]},
        {"sources": [{"feed": "https://x/", "glob": "*"}]},
        {"sources": [{"directory": "x"}], "titel": "x"},
        {"sources": [{"directory": "x"}], "publish": {"formats": ["atm"]}},
        {"sources": [{"directory": "x"}], "defaults": {"name": "x"}},
    ],
)
def test_editors_mark_what_the_program_refuses(
    wrong: dict[str, Any], validator: Draft202012Validator
) -> None:
    assert not validator.is_valid(wrong)


def test_every_setting_says_what_it_is_for() -> None:
    described = schema()
    silent = [
        f"{owner}.{name}"
        for owner, model in [("", described), *described["$defs"].items()]
        for name, setting in model.get("properties", {}).items()
        if not setting.get("description")
    ]
    assert silent == []


def test_every_setting_is_reached(validator: Draft202012Validator) -> None:
    described = schema()
    reached = {reference.rpartition("/")[2] for reference in _references(described)}
    assert reached == set(described["$defs"])


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
