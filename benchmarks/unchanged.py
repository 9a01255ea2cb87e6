"""Nothing new among many files, against walking them.

    python benchmarks/run unchanged

A folder of a hundred folders of small posts is visited again and again, and nothing has changed.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ours
from processes import measure
from race import Comparison, Figures, Goal, MissingError, Row, Setting, alternate, compared, figures

from aggregator.jobs import Job, Scan

_FILES, _FEW = 100_000, 300
_FOLDERS = 100
_CONFIG = """
base_url: https://feeds.example/
store: sqlite:///aggregator.db
output: public/
sources:
  - directory: posts/
    name: Benchmark
"""


def _write_posts(count: int, folder: Path) -> None:
    for number in range(count):
        path = folder / f"{number % _FOLDERS:02d}" / f"{number:06d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        date = f"2024-05-{1 + number % 28:02d}"
        path.write_text(f"---\ntitle: Post {number}\ndate: {date}\n---\nText {number}.\n", "utf-8")


@contextmanager
def _known(count: int) -> Iterator[Path]:
    """Yield a folder in which the aggregator knows so many posts."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        _write_posts(count, folder / "posts")
        (folder / ours.CONFIG).write_text(_CONFIG, "utf-8")
        (folder / "mark").touch()
        measure(ours.command("once"), folder)
        yield folder


def _measure(setting: Setting) -> Iterator[Comparison]:
    if not shutil.which("find"):
        raise MissingError("find", "Debian package findutils")
    count = setting.size(_FILES, _FEW)
    with _known(count) as folder:
        rivals = {"find -newer": partial(_find, folder), "os.walk and stat": partial(_walk, folder)}
        with ours.world(folder) as do:
            scan = partial(_scan, do)
            scan(0)
            scans = alternate(setting.runs, {"scan": scan} | rivals)
        # Not at once: the store is for one process alone.
        onces = alternate(setting.runs, {"once": partial(_once, folder)} | rivals)
    for rival in rivals:
        task = f"nothing new among {count:,} files, a scan in a running program"
        yield from compared(task, scans, "scan", rival, {"s": Goal(most=2.0)})
        task = f"nothing new among {count:,} files, `once`"
        yield from compared(task, onces, "once", rival, {"s": None})


def _scan(do: Callable[[Job], Any], _turn: int) -> Figures:
    begun = time.perf_counter()
    report = do(Scan("Benchmark"))
    seconds = time.perf_counter() - begun
    if report.status != "unchanged":
        raise RuntimeError(f"a scan of nothing new: {report}")
    return {"s": seconds}


def _once(folder: Path, _turn: int) -> Figures:
    return figures(measure(ours.command("once"), folder))


def _find(folder: Path, _turn: int) -> Figures:
    return figures(measure(["find", "posts", "-newer", "mark"], folder))


def _walk(folder: Path, _turn: int) -> Figures:
    begun = time.perf_counter()
    for at, _, names in os.walk(folder / "posts"):
        for name in names:
            os.stat(os.path.join(at, name))  # noqa: PTH116, PTH118 - the fastest there is
    return {"s": time.perf_counter() - begun}


UNCHANGED = Row(
    name="unchanged",
    measure=_measure,
    notes=(
        "small files in 100 folders, all known and all in the kernel's caches. A scan is what a "
        "daemon does when a folder is due: it walks, compares each file with what the store has of "
        "it, and notes the visit; `once` is a whole process, Python's start and all, and looks for "
        "stale feeds. `find` and `os.walk` know nothing of single files: they cannot tell one that "
        "is gone, renamed, or newly come with an old date."
    ),
)
