"""What the documentation tells people to type and to write is understood by the program."""

import json
import re
import secrets
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from aggregator.cli import app
from aggregator.config import load
from aggregator.store.connect import address

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# The README is read by a script for these two.
COMMAND = re.compile(r"<!-- command: (run|test) -->\n```sh\n(.*)\n```\n")
# No example has one of these inside quotes.
SEPARATOR = re.compile(r"&&|\|\||[;|\n]")

GROUP: Any = typer.main.get_command(app)


def blocks(language: str) -> list[tuple[str, str]]:
    """Every fenced block of a language, each with a name for the test's report."""
    return [
        (f"{page.name}:{page.read_text('utf-8')[: match.start()].count(chr(10)) + 1}", match[2])
        for page in PAGES
        for match in FENCED.finditer(page.read_text("utf-8"))
        if match[1] == language
    ]


def calls(script: str) -> list[list[str]]:
    """The calls of aggregator in a script, each as its arguments."""
    without_documents = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", script, flags=re.DOTALL | re.MULTILINE)
    commands = [shlex.split(one, comments=True) for one in SEPARATOR.split(without_documents)]
    return [words[1:] for words in commands if words and Path(words[0]).name == "aggregator"]


def unknown(arguments: list[str]) -> str:
    """Say what in a call the program does not know, or ""."""
    general = {option for parameter in GROUP.params for option in parameter.opts} | {"-h", "--help"}
    if not arguments or arguments[0].startswith("-"):
        return next((word for word in arguments if word not in general), "")
    name, *rest = arguments
    if name not in GROUP.commands:
        return name
    options = {o for p in GROUP.commands[name].params for o in p.opts} | {"-h", "--help"}
    return next((word for word in rest if word.startswith("-") and word not in options), "")


def whole_configurations() -> list[Any]:
    found = []
    for place, block in blocks("yaml"):
        value = yaml.safe_load(block)
        if isinstance(value, dict) and "sources" in value:
            found.append(pytest.param(block, id=place))
    return found


@pytest.mark.parametrize("block", whole_configurations())
def test_a_whole_configuration_loads(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = yaml.safe_load(block)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "config" / "aggregator.yaml"
    root = file.parent / value.get("root", ".")
    folders = [source["directory"] for source in value["sources"] if "directory" in source]
    for folder in (file.parent, root, *(root / f for f in folders if not f.startswith("/"))):
        folder.mkdir(parents=True, exist_ok=True)
    file.write_text(block, "utf-8")
    # As hard to guess as a secret has to be.
    named = dict.fromkeys(re.findall(r"\$\{(\w+)\}", block), secrets.token_urlsafe())
    loaded = load(file, named)
    assert len(loaded.sources) == len(value["sources"])
    assert address(loaded.config.store, loaded.root)


@pytest.mark.parametrize(
    ("place", "call"),
    [(place, call) for place, block in blocks("sh") for call in calls(block)],
)
def test_a_shell_example_names_what_there_is(place: str, call: list[str]) -> None:
    assert unknown(call) == "", f"{place}: aggregator {' '.join(call)}"


def test_what_there_is_not_is_found() -> None:
    script = "cd x && .venv/bin/aggregator onse --json; ls -a\naggregator run --fast > aggregator\n"
    assert calls(script) == [["onse", "--json"], ["run", "--fast", ">", "aggregator"]]
    assert [unknown(call) for call in calls(script)] == ["onse", "--fast"]
    assert unknown(["--version"]) == ""


@pytest.mark.parametrize(("place", "block"), blocks("json"))
def test_json_can_be_read(place: str, block: str) -> None:
    assert json.loads(block) is not None, place


def test_the_readme_has_the_two_commands() -> None:
    commands = dict(COMMAND.findall((ROOT / "README.md").read_text("utf-8")))
    assert commands["run"].endswith(".venv/bin/aggregator run")
    assert commands["test"].endswith(".venv/bin/pytest")
    assert all("\n" not in command for command in commands.values())


def test_every_command_and_option_is_described() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    assert list(sections) == list(GROUP.commands)
    for name, command in GROUP.commands.items():
        options = [option for parameter in command.params for option in parameter.opts]
        assert [o for o in options if o.startswith("-") and f"`{o}" not in sections[name]] == []
    general = [option for parameter in GROUP.params for option in parameter.opts]
    assert [option for option in general if option not in page] == []


def test_the_json_shapes_are_those_of_the_program(tmp_path: Path) -> None:
    """Keys that a documented JSON value has are those that the program prints."""
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))
    real = _printed(tmp_path)
    for name, value in real.items():
        documented = json.loads(
            next(b for kind, b in FENCED.findall(sections[name]) if kind == "json")
        )
        assert _shape(documented) == _shape(value), name


def _printed(folder: Path) -> dict[str, Any]:
    from typer.testing import CliRunner  # noqa: PLC0415 - only here

    (folder / "inbox").mkdir()
    (folder / "inbox" / "a.md").write_text(
        "---\ntitle: A\ncategories: [B]\n---\ntext\n\n<p hidden>hidden</p>\n"
    )
    (folder / "inbox" / "broken.md").write_text("")
    config = folder / "c.yaml"
    config.write_text("sources: [{directory: inbox/, name: Inbox}]\n")
    runner = CliRunner()

    def printed(*words: str) -> Any:
        return json.loads(runner.invoke(app, [*words, "--json", "-c", str(config)]).stdout)

    return {
        "once": printed("once"),
        "check": printed("check", "--online"),
        "preview": printed("preview", "Inbox"),
        "status": printed("status"),
        "explain": printed("explain", str(folder / "inbox" / "a.md")),
        "release": printed("release", "Inbox"),
    }


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value and isinstance(value[0], dict) else []
    return None
