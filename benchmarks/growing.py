"""What one new post costs where many articles are stored: it should cost the same.

    python benchmarks/run archive

Three stores, as archive.py fills them with ten thousand to a million articles, get posts in turns.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import archive
import ours
from race import Comparison, Contender, Figures, Goal, Row, Setting, alternate, compared

from aggregator.jobs import Job, Publish, Scan

_STORED, _FEW = (10_000, 100_000, 1_000_000), (100, 200)
_CONFIG = """
base_url: https://feeds.example/
store: sqlite:///store.db
output: public/
sources:
  - directory: inbox/
    name: Inbox
"""
# Posts that one turn brings, one after the other.
_NEW = 5


def _fill(folder: Path, count: int) -> None:
    """Make a folder with a store of so many articles."""
    (folder / "inbox").mkdir(parents=True)
    (folder / ours.CONFIG).write_text(_CONFIG, "utf-8")
    # Made before it is filled: the tables, the source, and what all pages of archives depend on.
    with ours.world(folder) as do:
        do(Publish())
    archive.fill(folder / "store.db", count)


def _measure(setting: Setting) -> Iterator[Comparison]:
    stored = _FEW if setting.quick else _STORED
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, ExitStack() as stack:
        contenders: dict[str, Contender] = {}
        for count in stored:
            folder = Path(name) / str(count)
            _fill(folder, count)
            do = stack.enter_context(ours.world(folder))
            do(Publish())
            contenders[f"at {count:,}"] = partial(_taken, do, folder / "inbox")
        results = alternate(setting.runs, contenders)
    fewest, *more = contenders
    for at in more:
        task = f"one new post, {at} stored"
        yield from compared(task, results, at, fewest, {"ms": Goal(most=1.2)})


def _taken(do: Callable[[Job], Any], inbox: Path, turn: int) -> Figures:
    """Bring new posts, one after the other; return what one took, until its feeds were written."""
    begun = time.perf_counter()
    for number in range(turn * _NEW, (turn + 1) * _NEW):
        report = do(Scan("Inbox", (archive.write_post(inbox, number),)))
        written = do(Publish())
        if (report.new, len(written)) != (1, 3):
            raise RuntimeError(f"not a new post in three feeds but in {len(written)}: {report}")
    return {"ms": 1000 * (time.perf_counter() - begun) / _NEW}


ARCHIVE = Row(
    name="archive",
    measure=_measure,
    notes=(
        "no rival: the same program where fewest articles are stored, on SQLite. In a running "
        "program a post is scanned and the three feeds that have it are written. The stored "
        "articles have all that hangs on articles, the bands of the last week included."
    ),
)
