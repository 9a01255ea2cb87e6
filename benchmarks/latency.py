"""Time what one new post takes in a running daemon, from the file's name to the feed that has it.

    python benchmarks/latency.py --posts 10000 --runs 20

A post is written beside the folder and moved into it, as editors and sync programs do. The feed of
one of its categories is looked at every millisecond until it holds the post.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import generate
from processes import as_installed, machine
from startup import ready, running

_CONFIG = """
base_url: https://feeds.example/
store: sqlite:///aggregator.db
output: public/
serve: {port: 0}
sources:
  - directory: content/
    every: 1d
publish: {limit: 50, formats: [rss, atom, json]}
"""
# Seconds between two posts: the daemon has come to rest by then.
_QUIET = 0.5
# Seconds that the daemon gets to look at all posts once.
_REST = 5
_PATIENCE = 30.0


def prepare(folder: Path, posts: int) -> Path:
    """Make a folder of posts that are published already; return its configuration."""
    (folder / "content").mkdir()
    for name, text in generate.posts(posts):
        (folder / "content" / name).write_text(text)
    config = folder / "aggregator.yaml"
    config.write_text(_CONFIG)
    once = [sys.executable, "-m", "aggregator", "once", "-c", str(config)]
    subprocess.run(once, check=True, stdout=subprocess.DEVNULL)
    return config


def latencies(config: Path, runs: int, first: int) -> list[float]:
    """Return the milliseconds that each of ``runs`` new posts takes; ``first`` is its number."""
    with running(config) as daemon:
        ready(daemon)
        time.sleep(_REST)
        return [_latency(config.parent, first + number) for number in range(runs)]


def _latency(folder: Path, number: int) -> float:
    text = _post(number)
    feed = folder / "public" / _category(text) / "rss.xml"
    before = _state(feed)
    new = folder / "new"
    new.write_text(text)
    time.sleep(_QUIET)
    begun = time.perf_counter()
    new.rename(folder / "content" / f"new-{number}.md")
    while _state(feed) == before:
        if time.perf_counter() - begun > _PATIENCE:
            raise RuntimeError(f"post {number} did not come to {feed}")
        time.sleep(0.001)
    return 1000 * (time.perf_counter() - begun)


def _post(number: int) -> str:
    """Return a post that is newer than all others."""
    return re.sub(r"(?m)^date: .*$", "date: 2024-01-01 00:00:00", generate.post(number), count=1)


def _category(text: str) -> str:
    return re.findall(r"(?m)^ +- (.+)$", text)[0].strip().lower()


def _state(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return 0, 0
    return state.st_ino, state.st_mtime_ns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20)
    given = parser.parse_args()
    as_installed()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        taken = latencies(prepare(Path(folder), given.posts), given.runs, given.posts)
    low, high = min(taken), max(taken)
    print(f"one new post among {given.posts:,}: median {statistics.median(taken):.0f} ms")
    print(f"from {low:.0f} to {high:.0f}")


if __name__ == "__main__":
    main()
