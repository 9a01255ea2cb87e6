"""Compare the aggregator with Hugo: posts in a folder to feeds per category.

    python benchmarks/hugo.py --posts 10000 --runs 5

The aggregator reads, cleans and deduplicates the posts and writes RSS, Atom and JSON Feed; Hugo
reads and renders them and writes RSS. Both write one feed for everything and one per category, of
the newest 50. Runs alternate. Memory is the peak of all processes of a run together.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import generate
from processes import Run, first_line, machine, measure

_HUGO_SITE = """
baseURL = "https://feeds.example/"
title = "Benchmark"
disableKinds = ["section", "taxonomy", "sitemap", "robotsTXT", "404"]
ignoreErrors = ["error-disable-taxonomy"]  # which only says that the word changed its meaning
[taxonomies]
category = "categories"
[outputs]
home = ["RSS"]
term = ["RSS"]
[services.rss]
limit = 50
[markup.goldmark.renderer]
unsafe = true
[[cascade]]  # no page for each post: feeds only
_target = {kind = "page"}
_build = {render = "never"}
"""
_AGGREGATOR_CONFIG = """
title: Benchmark
base_url: https://feeds.example/
store: sqlite:///aggregator.db
output: public/
sources:
  - directory: content/
    name: Benchmark
    remove: [.appendQr_wrap, .article-editor]
publish: {limit: 50, formats: [rss, atom, json]}
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program in a folder of its own, ``made`` names what it leaves behind."""

    name: str
    folder: Path
    command: list[str]
    made: tuple[str, ...]

    def forget(self) -> None:
        """Take away everything that runs made."""
        for pattern in self.made:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def run(self) -> Run:
        return measure(self.command, self.folder)

    def feeds(self) -> int:
        """How many RSS feeds lie there."""
        return sum(1 for name in ("rss.xml", "index.xml") for _ in self.folder.rglob(name))


def hugo(folder: Path) -> Contender:
    folder.mkdir()
    (folder / "hugo.toml").write_text(_HUGO_SITE)
    command = ["hugo", "--config", "hugo.toml", "--cacheDir", str(folder / "cache")]
    return Contender("hugo", folder, command, ("public", "resources", "cache", ".hugo*"))


def aggregator(folder: Path) -> Contender:
    folder.mkdir()
    (folder / "aggregator.yaml").write_text(_AGGREGATOR_CONFIG)
    command = [sys.executable, "-m", "aggregator", "once", "-c", str(folder / "aggregator.yaml")]
    return Contender("aggregator", folder, command, ("public", "aggregator.db*"))


def cold(contender: Contender, _turn: int) -> Run:
    """Everything from nothing."""
    contender.forget()
    return contender.run()


def one_more(contender: Contender, turn: int, posts: int) -> Run:
    """One new post; the aggregator knows the others, Hugo builds everything again."""
    number = posts + turn
    (contender.folder / "content" / f"{number:06d}.md").write_text(generate.post(number))
    return contender.run()


def alternate(
    contenders: list[Contender], runs: int, task: Callable[[Contender, int], Run]
) -> dict[str, list[Run]]:
    """Do the task in turns, so that whatever else the machine does meets everybody."""
    results: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for turn in range(runs):
        for contender in contenders:
            results[contender.name].append(task(contender, turn))
            print(
                f"{contender.name} {turn + 1}/{runs}: {results[contender.name][-1]}",
                file=sys.stderr,
            )
    return results


def median(runs: list[Run], value: str) -> float:
    return float(statistics.median(getattr(run, value) for run in runs))


def table(tasks: dict[str, dict[str, list[Run]]]) -> str:
    """Medians as a Markdown table; with two contenders, their ratio too."""
    lines = ["| task | program | seconds | range | peak memory, MB |", "|---|---|--:|--:|--:|"]
    for task, results in tasks.items():
        for name, runs in results.items():
            seconds = [run.seconds for run in runs]
            lines.append(
                f"| {task} | {name} | {median(runs, 'seconds'):.2f} | {min(seconds):.2f}–"
                f"{max(seconds):.2f} | {median(runs, 'megabytes'):.0f} |"
            )
        if len(results) > 1:
            ours, theirs = results["aggregator"], results["hugo"]
            ratios = (median(ours, v) / median(theirs, v) for v in ("seconds", "megabytes"))
            lines.append("| {} | **ratio** | **{:.3f}** | | **{:.2f}** |".format(task, *ratios))
    return "\n".join(lines)


def compare(contenders: list[Contender], posts: int, runs: int) -> dict[str, dict[str, list[Run]]]:
    for contender in contenders:
        generate.write_posts(posts, contender.folder / "content")
    first = alternate(contenders, runs, cold)
    for contender in contenders:
        print(f"{contender.name}: {contender.feeds()} RSS feeds", file=sys.stderr)
    more = alternate(contenders, runs, lambda c, turn: one_more(c, turn, posts))
    return {f"{posts:,} posts, cold": first, "one more post": more}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["hugo", "aggregator"])
    parser.add_argument("--json", action="store_true", help="print every run as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        contenders = [
            make(Path(name) / make.__name__)
            for make in (aggregator, hugo)
            if arguments.only in {None, make.__name__}
        ]
        tasks = compare(contenders, arguments.posts, arguments.runs)
    if arguments.json:
        every = {t: {n: [asdict(r) for r in rs] for n, rs in d.items()} for t, d in tasks.items()}
        print(json.dumps({"machine": machine(), "tasks": every}, indent=2))
        return
    print(f"{machine()}; Python {sys.version.split()[0]}; {first_line(['hugo', 'version'])}\n")
    print(table(tasks))


if __name__ == "__main__":
    main()
