"""All that benchmarks/run measures, in the order of the table."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import growing
import hugo
import ours
import server
import startup
import unchanged
from processes import held, measure, tree, used
from race import (
    Comparison,
    Figures,
    Goal,
    Row,
    Setting,
    alternate,
    figures,
)

import feeds


def _startup(setting: Setting) -> Iterator[Comparison]:
    sources, articles = setting.size(10_000, 20), setting.size(1_000_000, 100)
    idle, seconds = setting.size(1_000, 10), setting.size(30, 1)
    with _stores(large=(sources, articles), small=(idle, 0)) as (large, small):
        startup.start(large / ours.CONFIG)  # the first publishes what the store was filled with
        contenders = {
            "start": lambda _: _started(large / ours.CONFIG),
            "status": lambda _: figures(measure(ours.command("status"), small)),
        }
        results = alternate(setting.runs, contenders)
        resting = _resting(small, seconds)
    amount = f"{sources:,} sources, {articles:,} articles"
    yield _alone(f"the daemon answers, {amount}", "s", results["start"], Goal(most=2.0))
    yield _alone(f"the daemon answers, {amount}", "s until it is ready", results["start"], None)
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


def _started(config: Path) -> Figures:
    answered, ready = startup.start(config)
    return {"s": answered, "s until it is ready": ready}


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


_STARTUP = Row(
    name="startup",
    measure=_startup,
    notes=(
        "no rival: what is aimed at is a figure itself. The daemon is timed from its start as a "
        "process to its first answer on /healthz, and until it says that it is ready, which is "
        "once all is published; its feeds are on disk already, as after any restart. "
        "`aggregator status` is a whole process."
    ),
)

ROWS = (
    hugo.COLD,
    hugo.ONE,
    unchanged.UNCHANGED,
    feeds.FIRST,
    feeds.AGAIN,
    server.SERVED,
    growing.ARCHIVE,
    _STARTUP,
)
