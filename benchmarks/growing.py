"""What one new article costs where many are stored: it should cost the same.

    python benchmarks/run archive

Three stores, with ten thousand to a million articles in a hundred categories, get new posts in
turns.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import ours
import startup
from race import Comparison, Contender, Figures, Goal, Row, Setting, alternate, compared

from aggregator.jobs import Job, Publish, Scan

_STORED, _FEW = (10_000, 100_000, 1_000_000), (100, 200, 400)
_SOURCE = """  - directory: posts/
    name: Posts
"""
# Posts that one turn brings, one after the other.
_NEW = 3
# By what an article is known again, as the ledger has it: three of each.
_ALIASES = """
INSERT INTO aliases (kind, scope, value, article_id, here, lead)
SELECT kind, CASE kind WHEN 'identity' THEN articles.source_id ELSE 0 END,
       lower(hex(randomblob(16))), articles.id, 1, 1
FROM articles, (SELECT 'identity' AS kind UNION SELECT 'hash' UNION SELECT 'address')
"""


def _fill(folder: Path, count: int) -> None:
    """Make a store of so many articles, and a source of posts that has none."""
    folder.mkdir()
    config = startup.prepare(folder, 10, count)
    config.write_text(config.read_text("utf-8") + _SOURCE, "utf-8")
    with closing(sqlite3.connect(folder / "data" / "aggregator.db")) as database, database:
        database.execute(_ALIASES)
    (folder / "posts").mkdir()


def _measure(setting: Setting) -> Iterator[Comparison]:
    stored = _FEW if setting.quick else _STORED
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, ExitStack() as stack:
        contenders: dict[str, Contender] = {}
        for count in stored:
            folder = Path(name) / str(count)
            _fill(folder, count)
            do = stack.enter_context(ours.world(folder))
            do(Publish())
            contenders[f"at {count:,}"] = partial(_taken, do, folder)
            contenders[f"at {count:,}"](-1)
        results = alternate(setting.runs, contenders)
    fewest, *more = contenders
    for name in more:
        task = f"one new post, {name} stored"
        yield from compared(task, results, name, fewest, {"ms": Goal(most=1.2)})


def _taken(do: Callable[[Job], Any], folder: Path, turn: int) -> Figures:
    """Bring new posts, one after the other; return what one took, until its feeds were written."""
    begun = time.perf_counter()
    for number in range(_NEW):
        post = folder / "posts" / f"{turn} {number}.md"
        text = f"Text {turn} of {number}, which nobody else has.\n\nIts second paragraph.\n"
        post.write_text(f"---\ntitle: Post {turn} {number}\ncategories: [c7]\n---\n{text}", "utf-8")
        report, written = do(Scan("Posts", only=(post.name,))), do(Publish())
        if (report.new, len(written)) != (1, 2):
            raise RuntimeError(f"not a new post in two feeds but in {len(written)}: {report}")
    return {"ms": 1000 * (time.perf_counter() - begun) / _NEW}


ARCHIVE = Row(
    name="archive",
    measure=_measure,
    notes=(
        "no rival: the same program where fewest articles are stored. A post is scanned and the "
        "two feeds that have it are written, in a running program, on SQLite. The stored articles "
        "have categories and keys, but none was told within a week: what searching for "
        "near-duplicates costs, rivals.py says."
    ),
)
