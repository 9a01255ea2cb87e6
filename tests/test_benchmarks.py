"""The harness of the benchmarks works, whatever the figures; how it compares is exact."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
# Apart, for they take their time: each runs the program a few times.
ROWS = (
    ("cold",),
    ("one",),
    ("unchanged",),
    ("first", "again"),
    ("served",),
    ("archive",),
    ("startup",),
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / "run"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("rows", ROWS, ids="-".join)
def test_every_row_has_figures_or_a_reason(rows: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*rows, "--quick", "--json", str(tmp_path / "j"), "--markdown", str(tmp_path / "m"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "j").read_text("utf-8"))
    assert tuple(told["rows"]) == rows
    assert told["machine"]
    assert told["versions"]["Python"]
    for row in told["rows"].values():
        assert row["notes"]
        assert row["results"]
        for result in row["results"]:
            assert result.get("skipped", "").startswith("needs ") or _has_figures(result)
    assert (tmp_path / "m").read_text("utf-8") == done.stdout
    assert all(f"| {name} |" in done.stdout and f"**{name}**" in done.stdout for name in rows)


def _has_figures(result: dict[str, Any]) -> bool:
    beside = len(result["theirs"]) == len(result["ours"]) if result["rival"] else True
    return result["task"] and result["figure"] and result["ours"] and beside


def test_an_unknown_row_is_refused_and_every_other_is_tried_above() -> None:
    done = run("cold", "colder")
    assert done.returncode == 2
    every = ", ".join(name for rows in ROWS for name in rows)
    assert f"no such row: colder; there are {every}" in done.stderr


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import race  # noqa: PLC0415 - only here is it to be found

    return race


def test_contenders_take_turns(race: Any) -> None:
    took = []

    def contender(name: str) -> Any:
        return lambda turn: took.append((name, turn)) or {"s": float(turn + 1)}

    results = race.alternate(3, {"a": contender("a"), "b": contender("b")})
    assert took == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert results["b"] == [{"s": 1.0}, {"s": 2.0}, {"s": 3.0}]


def test_the_ratio_is_the_median_of_the_pairs(race: Any) -> None:
    # The ratio of the medians would be 2 / 4; a machine that was slow in one turn was it for both.
    results = {
        "us": [{"s": 1.0}, {"s": 2.0}, {"s": 90.0}],
        "hugo": [{"s": 4}, {"s": 3}, {"s": 100}],
    }
    (one,) = race.compared("task", results, "us", "hugo", {"s": race.Goal(most=0.7)})
    assert one.ratios == [0.25, 2 / 3, 0.9]
    assert one.met
    row = race.Row(name="row", measure=lambda _: [one], notes="How.")
    text = race.markdown([row], {"row": [one]}, race.Setting(runs=3, quick=False))
    assert "| row | task | s | 2.00 | hugo | 4.00 | 0.667 | 0.250–0.900 | ≤ 0.7 | yes |" in text
    assert "Medians of 3 runs" in text
    assert text.endswith("- **row**: How.")


def test_a_goal_without_a_rival_is_about_the_figure(race: Any) -> None:
    one = race.Comparison(task="task", figure="s", ours=[3.0, 1.0, 2.5], goal=race.Goal(most=2.0))
    assert one.ratios == []
    assert one.met is False
    assert race.Comparison(task="task", figure="s", ours=[1.0]).met is None
    assert race.Goal(least=5).met(5.0)
    assert not race.Goal(least=5).met(4.9)


def test_a_row_that_cannot_be_measured_does_not_stop_the_others(race: Any) -> None:
    def missing(_: Any) -> Any:
        raise race.MissingError("hugo", "Debian package hugo")

    def broken(_: Any) -> Any:
        raise RuntimeError("other feeds")

    def fine(_: Any) -> Any:
        return [race.Comparison(task="t", figure="s", ours=[1.0])]

    made = {"missing": missing, "broken": broken, "fine": fine}
    rows = [race.Row(name=name, measure=measure, notes="") for name, measure in made.items()]
    setting = race.Setting(runs=1, quick=True)
    results = race.measured(rows, setting)
    assert results["missing"] == [race.Skipped("needs hugo (Debian package hugo)")]
    assert results["broken"] == [race.Skipped("failed: RuntimeError('other feeds')")]
    assert results["fine"][0].ours == [1.0]
    assert "| missing | *needs hugo (Debian package hugo)* |" in race.markdown(
        rows, results, setting
    )
