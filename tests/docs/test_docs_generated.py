"""The tables of settings and commands say what the program says, and their examples are right."""

import importlib.util
import secrets
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _load()
EXAMPLES = [
    (table, name, example)
    for table, examples in generate.EXAMPLES.items()
    for name, example in examples.items()
]


@pytest.mark.parametrize("name", generate.PAGES)
def test_the_page_is_what_is_generated(name: str) -> None:
    """Run ``python docs/generate.py`` when this fails."""
    page = (DOCS / name).read_text("utf-8")
    assert page == generate.renewed(page, generate.PAGES[name]())


def test_the_schema_beside_the_samples_is_what_is_generated() -> None:
    """Run ``python docs/generate.py`` when this fails."""
    assert generate.SCHEMA.read_text("utf-8") == generate.schema()


@pytest.mark.parametrize("name", generate.PAGES)
def test_every_table_has_its_place(name: str) -> None:
    page = (DOCS / name).read_text("utf-8")
    placed = [match[2] for match in generate.GENERATED.finditer(page)]
    assert sorted(placed) == sorted(generate.PAGES[name]())


def test_every_setting_has_an_example_and_every_example_its_setting() -> None:
    known = {table: set(names) for table, (_, names) in generate.models().items()}
    assert {table: set(examples) for table, examples in generate.EXAMPLES.items()} == known


@pytest.mark.parametrize(("table", "name", "example"), EXAMPLES)
def test_an_example_is_right(table: str, name: str, example: str) -> None:
    model, _ = generate.models()[table]
    field = model.model_fields[name]
    # No example of a token is good enough to be one.
    written = yaml.safe_load(example.replace("${ANNAS_TOKEN}", secrets.token_urlsafe()))
    called = field.alias or name
    assert list(written) == [called]
    TypeAdapter(field.rebuild_annotation()).validate_python(written[called])
