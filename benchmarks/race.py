"""Race programs fairly: in turns, so that whatever else the machine does meets everybody.

The rows of `benchmarks/run` are made of what stands here: contenders that alternate, comparisons of
their figures, and the table and the JSON that these become.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from processes import Run, as_installed, machine, versions

Figures = Mapping[str, float]
"""What one run of one contender measured, by the name of the figure, which ends with its unit."""

# Characters of what a row failed with; all of it is on standard error.
_TOLD = 200

Contender = Callable[[int], Figures]
"""Runs once, when it is its turn; is given the turn's number, from 0."""


class MissingError(Exception):
    """A rival, or what measures it, is not installed."""

    def __init__(self, what: str, package: str) -> None:
        super().__init__(f"needs {what} ({package})")


@dataclass(frozen=True, slots=True)
class Setting:
    """How often everything is run, and whether inputs are small: to see that it works."""

    runs: int
    quick: bool

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aimed at: of the ratio to the rival, or of the figure itself if there is none."""

    most: float | None = None
    least: float | None = None

    def met(self, value: float) -> bool:
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        return f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One figure of ours, of every turn, beside a rival's of the same turns."""

    task: str
    figure: str
    ours: Sequence[float]
    rival: str = ""
    theirs: Sequence[float] = ()
    goal: Goal | None = None

    @property
    def ratios(self) -> list[float]:
        """Ours by theirs, turn by turn; none where there is no rival."""
        pairs = zip(self.ours, self.theirs, strict=True) if self.rival else ()
        return [ours / theirs for ours, theirs in pairs]

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached, None where there is none."""
        judged = self.ratios or self.ours
        return self.goal.met(statistics.median(judged)) if self.goal else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a row that cannot be measured here, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A task that programs are raced at.

    ``measure`` may raise MissingError; ``notes`` say how, and what the rival does less or more.
    """

    name: str
    measure: Callable[[Setting], Iterable[Comparison | Skipped]]
    notes: str


Results = Mapping[str, Sequence[Comparison | Skipped]]
"""What came out, by the name of the row."""


# Racing


def alternate(runs: int, contenders: Mapping[str, Contender]) -> dict[str, list[Figures]]:
    """Let the contenders run in turns; return the figures of each, of every turn."""
    results: dict[str, list[Figures]] = {name: [] for name in contenders}
    for turn in range(runs):
        for name, run in contenders.items():
            results[name].append(run(turn))
            told = ", ".join(f"{value:.4g} {of}" for of, value in results[name][-1].items())
            print(f"  {name} {turn + 1}/{runs}: {told}", file=sys.stderr, flush=True)
    return results


def figures(run: Run) -> Figures:
    """Return what is compared of the run of a command."""
    return {"s": run.seconds, "MB": run.megabytes, "processor s": run.processor}


def compared(
    task: str,
    results: Mapping[str, Sequence[Figures]],
    ours: str,
    theirs: str,
    goals: Mapping[str, Goal | None],
) -> Iterator[Comparison]:
    """Yield a comparison of two contenders for each figure that ``goals`` names."""
    for figure, goal in goals.items():
        yield Comparison(
            task=task,
            figure=figure,
            ours=[one[figure] for one in results[ours]],
            rival=theirs,
            theirs=[one[figure] for one in results[theirs]],
            goal=goal,
        )


def measured(rows: Iterable[Row], setting: Setting) -> dict[str, list[Comparison | Skipped]]:
    """Measure all rows. One that cannot be measured, or fails, does not stop the others."""
    results = {}
    for row in rows:
        print(f"{row.name}:", file=sys.stderr, flush=True)
        results[row.name] = _measured(row, setting)
    return results


def _measured(row: Row, setting: Setting) -> list[Comparison | Skipped]:
    try:
        return list(row.measure(setting))
    except MissingError as error:
        return [Skipped(str(error))]
    except Exception as error:
        traceback.print_exc()
        return [Skipped(f"failed: {error!r}"[:_TOLD])]


# What comes out


_HEAD = """\
| row | task | unit | aggregator | rival | its figure | ratio | range | goal | reached |
|---|---|---|--:|---|--:|--:|---|--:|---|"""


def markdown(rows: Sequence[Row], results: Results, setting: Setting) -> str:
    """Return the machine and its programs, the table, and the notes on each row."""
    told = "; ".join([machine(), platform.platform(), *(f"{n} {v}" for n, v in versions().items())])
    lines = [f"{told}.", "", _told(setting), "", _HEAD]
    for name, found in results.items():
        lines += [_line(name, one) for one in found]
    lines += ["", *(f"- **{row.name}**: {row.notes}" for row in rows)]
    return "\n".join(lines)


def _told(setting: Setting) -> str:
    if setting.quick:
        return "A smoke test with small inputs: the figures mean nothing."
    return (
        f"Medians of {setting.runs} runs that alternate; the ratio is the median of the ratios of "
        "the runs of each turn, with the smallest and the largest."
    )


def _line(row: str, one: Comparison | Skipped) -> str:
    if isinstance(one, Skipped):
        return f"| {row} | *{one.reason}* |{' |' * 8}"
    ratios = one.ratios
    cells = [
        row,
        one.task,
        one.figure,
        _short(statistics.median(one.ours)),
        one.rival,
        _short(statistics.median(one.theirs)) if one.rival else "",
        _short(statistics.median(ratios)) if ratios else "",
        _range(ratios or one.ours),
        str(one.goal or ""),
        {True: "yes", False: "no", None: ""}[one.met],
    ]
    return f"| {' | '.join(cells)} |"


def _short(value: float) -> str:
    """Return three digits, and no power of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def _range(values: Sequence[float]) -> str:
    return f"{_short(min(values))}–{_short(max(values))}"


def as_json(rows: Sequence[Row], results: Results, setting: Setting) -> dict[str, Any]:
    """Return every single figure, and on what machine by what programs it came about."""
    notes = {row.name: row.notes for row in rows}
    return {
        "machine": machine(),
        "system": platform.platform(),
        "load": os.getloadavg(),
        "versions": versions(),
        **asdict(setting),
        "rows": {
            name: {"notes": notes[name], "results": [_json(one) for one in found]}
            for name, found in results.items()
        },
    }


def _json(one: Comparison | Skipped) -> dict[str, Any]:
    if isinstance(one, Skipped):
        return {"skipped": one.reason}
    ratio = statistics.median(one.ratios) if one.ratios else None
    goal = str(one.goal) if one.goal else None
    return asdict(one) | {"ratio": ratio, "ratios": one.ratios, "goal": goal, "reached": one.met}


# The command


def main(rows: Sequence[Row], about: str) -> int:
    """Measure the rows that the command line asks for. Returns 1 if one of them failed."""
    given = _arguments(rows, about)
    as_installed()
    wanted = [row for row in rows if row.name in (given.rows or [row.name])]
    setting = Setting(runs=1 if given.quick else given.runs, quick=given.quick)
    results = measured(wanted, setting)
    table = markdown(wanted, results, setting)
    print(table)
    if given.markdown:
        given.markdown.write_text(f"{table}\n", "utf-8")
    if given.json:
        told = as_json(wanted, results, setting)
        given.json.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    skipped = [one for found in results.values() for one in found if isinstance(one, Skipped)]
    return int(any(one.reason.startswith("failed") for one in skipped))


def _arguments(rows: Sequence[Row], about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [row.name for row in rows]
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these: {', '.join(names)}")
    parser.add_argument("--runs", type=int, default=5, help="of everything, in turns; default 5")
    parser.add_argument("--quick", action="store_true", help="small inputs, once: does it work?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every figure of every run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="what is printed")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(names):
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return given
