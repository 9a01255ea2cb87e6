"""All that benchmarks/run measures, in the order of the table."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import hugo
import ours
import server
import startup
import unchanged
from processes import Run, held, measure, tree, used
from race import (
    Comparison,
    Figures,
    Goal,
    MissingError,
    Row,
    Setting,
    Skipped,
    alternate,
    compared,
    figures,
)

import feeds

# Feeds, against feed readers

_READERS = {
    "newsboat": ("Debian package newsboat", lambda: which("newsboat")),
    "reader": ("PyPI package reader", lambda: find_spec("reader")),
}
_Race = Callable[[int, int, Sequence[str]], Mapping[str, Sequence[Run]]]


def _first(setting: Setting) -> Iterator[Comparison | Skipped]:
    goals = {"newsboat": Goal(least=1.0), "reader": Goal(least=8.0)}
    count = setting.size(300, 3)
    task = f"{count:,} feeds of 20 entries, for the first time"
    yield from _read(task, count, setting.runs, feeds.first_time, goals)


def _again(setting: Setting) -> Iterator[Comparison | Skipped]:
    goals = {"newsboat": Goal(least=5.0)}
    count = setting.size(1_000, 3)
    yield from _read(f"{count:,} feeds, all 304", count, setting.runs, feeds.unchanged, goals)


def _read(
    task: str, count: int, runs: int, race: _Race, goals: Mapping[str, Goal]
) -> Iterator[Comparison | Skipped]:
    """Race the aggregator with the readers that are there; say which are not."""
    if not which("nginx"):
        raise MissingError("nginx", "Debian package nginx-light")
    there = {name: goal for name, goal in goals.items() if _READERS[name][1]()}
    for name in goals.keys() - there.keys():
        yield Skipped(str(MissingError(name, _READERS[name][0])))
    if there:
        raced = race(count, runs, ("aggregator", *there))
        results = {name: [_rate(count, run) for run in done] for name, done in raced.items()}
        for name, goal in there.items():
            wanted = {"feeds/s": goal, "MB": None, "processor s": None}
            yield from compared(task, results, "aggregator", name, wanted)


def _rate(count: int, run: Run) -> Figures:
    return {"feeds/s": count / run.seconds, **figures(run)}


# What the aggregator promises by itself


def _startup(setting: Setting) -> Iterator[Comparison]:
    sources, articles = setting.size(10_000, 20), setting.size(1_000_000, 100)
    idle, seconds = setting.size(1_000, 10), setting.size(30, 1)
    with _stores(large=(sources, articles), small=(idle, 0)) as (large, small):
        contenders = {
            "start": lambda _: {"s": startup.start(large / ours.CONFIG)},
            "status": lambda _: figures(measure(ours.command("status"), small)),
        }
        results = alternate(setting.runs, contenders)
        resting = _resting(small, seconds)
    began = f"the daemon answers, {sources:,} sources, {articles:,} articles"
    yield _alone(began, "s", results["start"], Goal(most=2.0))
    for figure, goal in {"s": Goal(most=0.2), "processor s": None}.items():
        yield _alone(f"`aggregator status`, {idle:,} sources", figure, results["status"], goal)
    goals = {
        "% of a core": Goal(most=0.5),
        "MB": Goal(most=120),
        "MB more at the end": Goal(most=1),
    }
    for figure, goal in goals.items():
        task = f"daemon with {idle:,} sources, none due, for {seconds} s"
        yield _alone(task, figure, [resting], goal)


@contextmanager
def _stores(**sizes: tuple[int, int]) -> Iterator[list[Path]]:
    """Yield a folder for each size: of so many sources and articles, nothing is due."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folders = [Path(name) / size for size in sizes]
        for folder, (sources, articles) in zip(folders, sizes.values(), strict=True):
            folder.mkdir()
            startup.prepare(folder, sources, articles)
        yield folders


def _resting(folder: Path, seconds: int) -> Figures:
    """Return what a daemon takes that has nothing to do for so long."""
    with ours.daemon(folder) as pid:
        time.sleep(seconds / 3)  # until it has come to rest
        memory, processor = _memory(pid), sum(map(used, tree(pid)))
        time.sleep(seconds)
        took = sum(map(used, tree(pid))) - processor
        after = _memory(pid)
    return {"% of a core": 100 * took / seconds, "MB": after, "MB more at the end": after - memory}


def _memory(pid: int) -> float:
    return sum(map(held, tree(pid))) / 1024


def _alone(task: str, figure: str, runs: Sequence[Figures], goal: Goal | None) -> Comparison:
    return Comparison(task=task, figure=figure, ours=[one[figure] for one in runs], goal=goal)


_FIRST = Row(
    name="first",
    measure=_first,
    notes=(
        "entries of about 5 kB, from nginx on loopback, one address of 127/8 for each feed, as if "
        "each had a host of its own. Whole processes with nothing stored before; 64 feeds at once "
        "by all (newsboat: reload-threads, by default 1; reader: workers). All store all entries, "
        "which is checked. Only the aggregator cleans them, finds duplicates and publishes feeds."
    ),
)
_AGAIN = Row(
    name="again",
    measure=_again,
    notes=(
        "as first, when all is known, with validators that each server answers with 304. Whole "
        "processes, their start and all."
    ),
)
_STARTUP = Row(
    name="startup",
    measure=_startup,
    notes=(
        "no rival: what is aimed at is a figure itself. The daemon is timed from its start as a "
        "process to its first answer on /healthz; `aggregator status` is a whole process."
    ),
)

ROWS = (hugo.COLD, hugo.ONE, unchanged.UNCHANGED, _FIRST, _AGAIN, server.SERVED, _STARTUP)
