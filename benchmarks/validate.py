"""Run the program over every collection of a data folder and have all its feeds judged.

    FEEDVALIDATOR=…/feedvalidator/src FEEDVALIDATOR_PYTHON=…/bin/python \\
        python benchmarks/validate.py FOLDER [--only NAME…]

Each collection goes through ``aggregator once`` as a person would run it, with a feed for every
category and every source, feeds of one's own choice, all three formats. Then the W3C's validator
reads each RSS and Atom file, whole and as the delta (RFC 3229) that a reader gets who has the older
half, and each page of an archive (RFC 5005); JSON Feed is held against a schema of version 1.1.
Prints what they find by kind; exits with 1 at an error or at a warning that has no reason in
docs/feeds.md.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lxml import etree
from validate_inputs import collections, serving
from validate_judges import Complaint, Judge, json_feed, unexplained, w3c

from aggregator.server.deltas import Deltas

_SITE = "https://feeds.example.org/"
_XML = ("rss.xml", "atom.xml")
# Pages of archives (RFC 5005), named by the feed that they belong to.
_PAGE = re.compile(r"(rss|atom|feed)-\d+\.(?:xml|json)")
# Of each kind of complaint that is not explained, so many are shown.
_SHOWN = 3
_ENTRY = "{http://www.w3.org/2005/Atom}entry"


@dataclass
class Tally:
    """What the judges said of a collection: how many files by name, complaints by file."""

    name: str
    articles: int = 0
    files: Counter[str] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    found: list[tuple[str, Complaint]] = field(default_factory=list)

    def add(self, name: str, at: str, entries: int, found: Sequence[Complaint]) -> None:
        """Count a file that was judged."""
        self.files[name] += 1
        self.entries[name] += entries
        self.found += [(at, one) for one in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder with feeds, posts, html, security")
    parser.add_argument("--only", nargs="+", help="the collections to run; default: all")
    given = parser.parse_args()
    with w3c() as judge:
        if judge is None:
            parser.error(
                "FEEDVALIDATOR does not name the src folder of github.com/w3c/feedvalidator"
            )
        tallies = list(judged(given.data.resolve(), given.only, judge))
    print(table(tallies))
    bad = [(at, one) for tally in tallies for at, one in tally.found if unexplained([one])]
    print(examples(bad))
    return 1 if bad else 0


def judged(data: Path, only: Sequence[str] | None, judge: Judge) -> Iterator[Tally]:
    """Run the collections and judge each, telling of it on standard error."""
    with (
        tempfile.TemporaryDirectory() as work,
        serving(data) as url,
        serving(Path(work)) as made,
    ):
        known = collections(data, Path(work), url, made)
        for name in only or known:
            folder = Path(work) / f"run-{name}"
            folder.mkdir()
            begun = time.monotonic()
            tally = Tally(name, run(folder, known[name]()))
            ran = time.monotonic()
            judge_files(folder / "feeds", tally, judge)
            judged_in = time.monotonic() - ran
            print(f"{name}: {ran - begun:.0f} s, judged in {judged_in:.0f} s", file=sys.stderr)
            yield tally


def run(folder: Path, sources: Sequence[dict[str, Any]]) -> int:
    """Run the program on sources; return how many articles it has. JSON is YAML."""
    config = {
        "title": "Everything & more <b>",
        "base_url": _SITE,
        "sources": sources,
        "defaults": {"allow_private": True, "delay": 0, "own_feed": True},
        "feeds": [
            {"name": "English, latest changes", "language": "en", "sort": "updated"},
            {"name": "Chinese", "language": "zh", "limit": 500},
            {"name": "All but the even", "sources": ["*"], "not_categories": ["Even 0"]},
            {"name": "Nothing at all", "all_categories": ["Nowhere", "Nobody"]},
        ],
        "publish": {"also_in": True},
    }
    (folder / "aggregator.yaml").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "aggregator", "once", "--json", "-c", "aggregator.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if b"Traceback" in done.stderr or not done.stdout:
        raise SystemExit(done.stderr.decode())
    return sum(source["new"] for source in json.loads(done.stdout)["sources"])


def judge_files(output: Path, tally: Tally, judge: Judge) -> None:
    """Judge every feed below the output folder."""
    for file in sorted(output.rglob("*")):
        at = quote(file.relative_to(output).as_posix())
        page = _PAGE.fullmatch(file.name)
        kind = "archive" if page else file.name
        if file.name in _XML:
            whole = file.read_bytes()
            judge_xml(tally, at, {kind: whole, "delta": delta(whole)}, judge)
        elif page and file.suffix == ".xml":
            judge_xml(tally, at, {kind: file.read_bytes()}, judge)
        elif page or file.name == "feed.json":
            feed = file.read_bytes()
            entries = len(json.loads(feed)["items"])
            tally.add(kind, at, entries, json_feed(_SITE + at, feed))


def judge_xml(tally: Tally, at: str, forms: dict[str, bytes | None], judge: Judge) -> None:
    for name, feed in forms.items():
        if feed is not None:
            entries = len(list(etree.fromstring(feed).iter("item", _ENTRY)))
            tally.add(name, at, entries, judge(_SITE + at, feed))


def delta(feed: bytes) -> bytes | None:
    """Return what a reader gets who has the older half of a feed; None if there is no half."""
    tree = etree.fromstring(feed)
    entries = list(tree.iter("item", _ENTRY))
    for entry in entries[: len(entries) // 2]:
        entry.getparent().remove(entry)
    deltas = Deltas()
    deltas.between((), etree.tostring(tree), "older", [])
    return deltas.between((), feed, "now", ["older"])


def table(tallies: Sequence[Tally]) -> str:
    """Return Markdown: a row for each collection, and one for each kind of complaint."""
    names = [*_XML, "delta", "feed.json", "archive"]
    lines = [
        f"| collection | articles | {' | '.join(names)} | entries | errors | warnings |",
        f"|---|{'--:|' * (len(names) + 4)}",
    ]
    for tally in tallies:
        errors = sum(one.is_error for _, one in tally.found)
        figures = [
            tally.articles,
            *(tally.files[name] for name in names),
            tally.entries.total(),
            errors,
            len(tally.found) - errors,
        ]
        lines.append(f"| {tally.name} | {' | '.join(f'{one:,}' for one in figures)} |")
    return "\n".join([*lines, "", *kinds(tallies)])


def kinds(tallies: Sequence[Tally]) -> Iterator[str]:
    """Yield Markdown: how often each kind of complaint was made, and in how many files."""
    found = [(tally.name, at, one) for tally in tallies for at, one in tally.found]
    yield "| complaint | times | feeds | collections |\n|---|--:|--:|---|"
    for kind, times in Counter(one.kind for _, _, one in found).most_common():
        feeds = {(name, at) for name, at, one in found if one.kind == kind}
        where = ", ".join(sorted({name for name, _ in feeds}))
        yield f"| `{kind}` | {times:,} | {len(feeds):,} | {where} |"


def examples(bad: Sequence[tuple[str, Complaint]]) -> str:
    """Return some of each kind of complaint that the docs give no reason for."""
    shown: Counter[str] = Counter()
    lines = []
    for at, one in bad:
        shown[one.kind] += 1
        if shown[one.kind] <= _SHOWN:
            lines.append(f"{'ERROR' if one.is_error else 'warning'} {one.kind} {at}: {one.said}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
