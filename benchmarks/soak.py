"""Run one daemon with many sources that answer in every way there is, and judge what it does.

    python benchmarks/soak.py --sources 1000 --rounds 50

A web of some 200 hosts runs beside it, on this machine (soak_web.py), and logs every request. Most
sources are due again ``--every`` seconds after a visit, which makes a round; those that fail,
forbid, or are fresh for longer are due later. After each round a row is printed: requests; how long
what was due had waited when it was asked for; memory, processor time, open files and threads of
the daemon with all its processes; and the size of the store. In the end the log is held against
the rules (soak_rules.py). Exits with 1 if one was broken or somebody starved. Linux only.
"""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import ours
from processes import held, machine, tree, used
from soak_rules import Due, broken, unasked, waits
from soak_web import Asked, Spot, configuration, plan, requests, serving

# Seconds between two looks at the store; a source is not visited twice within.
_LOOK = 1.0
# Rounds after which memory must be flat: before, caches fill and pools start.
_SETTLED = 10


@dataclass
class Round:
    """What was seen in a round. Seconds and megabytes."""

    number: int
    requests: int = 0
    waits: list[float] = field(default_factory=list)
    memory: float = 0.0
    main: float = 0.0
    cpu: float = 0.0
    files: int = 0
    threads: int = 0
    store: float = 0.0
    ill: int = 0


@dataclass
class Watch:
    """What is read from the running daemon, from one look to the next."""

    pid: int
    folder: Path
    dues: dict[tuple[int, float], Due] = field(default_factory=dict)
    ill: int = 0

    def look(self) -> None:
        """Note what the store says of each source: it is written after every visit."""
        query = "SELECT target, last_scan, next_scan, failures FROM sources WHERE active"
        path = self.folder / "data" / "aggregator.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute(query).fetchall()
        self.ill = sum(failures > 0 for *_, failures in rows)
        for target, visited, due, _ in rows:
            if visited is not None:
                number, at = int(target.rsplit("/", 1)[1]), visited / 1e6
                self.dues[number, at] = Due(number, at, due / 1e6 if due is not None else None)

    def measured(self, number: int, cpu: float) -> Round:
        """Return the state of the processes, without what the log tells."""
        pids = tree(self.pid)
        return Round(
            number=number,
            memory=sum(map(held, pids)) / 1024,
            main=held(self.pid) / 1024,
            cpu=sum(map(used, pids)) - cpu,
            files=len(os.listdir(f"/proc/{self.pid}/fd")),  # noqa: PTH208 - no paths are needed
            threads=sum(len(list(Path(f"/proc/{pid}/task").glob("*"))) for pid in pids),
            store=sum(one.stat().st_size for one in (self.folder / "data").iterdir()) / 1e6,
            ill=self.ill,
        )


def watch(pid: int, folder: Path, rounds: int, every: int) -> list[Round]:
    """Let the daemon work for so many rounds, and print what is seen of each."""
    seen, done, begun, cpu = Watch(pid, folder), [], time.time(), 0.0
    print(_HEAD, flush=True)
    for number in range(1, rounds + 1):
        since, until = begun + (number - 1) * every, begun + number * every
        while time.time() < until:
            time.sleep(min(_LOOK, max(0.0, until - time.time())))
            seen.look()
        one = seen.measured(number, cpu)
        cpu += one.cpu
        _add_log(one, requests(folder / "web.log"), list(seen.dues.values()), since)
        done.append(one)
        print(_row(one), flush=True)
    (folder / "dues.json").write_text(json.dumps([asdict(due) for due in seen.dues.values()]))
    return done


def _add_log(one: Round, log: Sequence[Asked], dues: Sequence[Due], since: float) -> None:
    one.requests = sum(asked.begin >= since for asked in log)
    found = _waits(log, [due for due in dues if due.visited > since - 3600])
    one.waits = [late for begin, _, late in found if begin >= since]


def _waits(log: Sequence[Asked], dues: Sequence[Due]) -> list[tuple[float, int, float]]:
    """Return when a source was asked for, which, and how long after it was due."""
    by_spot: dict[int, list[Asked]] = defaultdict(list)
    for one in log:
        if one.first:
            by_spot[one.number].append(one)
    return [
        (begin, due.number, begin - due.due)
        for due, begin in waits(by_spot, dues)
        if due.due is not None
    ]


_HEAD = (
    f"{'round':>5} {'requests':>8} {'due':>5} {'wait p50':>8} {'p99':>6} {'max s':>6} "
    f"{'MB':>6} {'main':>6} {'cpu s':>6} {'files':>5} {'threads':>7} {'store':>6} {'ill':>4}"
)


def _row(one: Round) -> str:
    p50, p99, most = _spread(one.waits)
    return (
        f"{one.number:5} {one.requests:8} {len(one.waits):5} {p50:8.2f} {p99:6.2f} {most:6.2f} "
        f"{one.memory:6.1f} {one.main:6.1f} {one.cpu:6.1f} {one.files:5} {one.threads:7} "
        f"{one.store:6.1f} {one.ill:4}"
    )


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    if not values:
        return 0.0, 0.0, 0.0
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]


def slope(values: Sequence[float]) -> float:
    """Return by how much values grow from one to the next, by least squares."""
    return statistics.linear_regression(range(len(values)), values).slope


def verdict(folder: Path, spots: Sequence[Spot], rounds: Sequence[Round]) -> dict[str, Any]:
    """Return what all rounds together show."""
    log = requests(folder / "web.log")
    dues = [Due(**one) for one in json.loads((folder / "dues.json").read_text())]
    found = list(broken(spots, log, dues))
    settled = rounds[_SETTLED:] if len(rounds) > _SETTLED + 1 else rounds
    full = _full_hosts(spots)
    late: dict[bool, list[float]] = {False: [], True: []}
    for _, number, wait in _waits(log, dues):
        late[spots[number].host in full].append(wait)
    logged = (folder / "daemon.log").read_text()
    return {
        "machine": machine(),
        "sources": len(spots),
        "hosts": len({spot.host for spot in spots}),
        "rounds": len(rounds),
        "requests": len(log),
        "statuses": dict(Counter(one.status for one in log).most_common()),
        "broken": dict(Counter(said.partition(":")[0] for said in found)),
        "examples": found[:40],
        "waited s (median, 99 %, most)": _rounded(_spread(late[False])),
        "the same on hosts that have too little time": _rounded(_spread(late[True])),
        "due and not asked at the end, for s": _rounded(
            sorted(unasked(log, dues, max(one.end for one in log)))[-3:]
        ),
        "MB a round": round(slope([one.memory for one in settled]), 3),
        "MB of the main process a round": round(slope([one.main for one in settled]), 3),
        "MB at the most": round(max(one.memory for one in rounds), 1),
        "files a round": round(slope([one.files for one in settled]), 3),
        "threads a round": round(slope([one.threads for one in settled]), 3),
        "store MB a round": round(slope([one.store for one in settled]), 3),
        "cpu s a round": round(statistics.mean(one.cpu for one in settled), 2),
        "tracebacks": logged.count("Traceback"),
    }


def _full_hosts(spots: Sequence[Spot]) -> set[str]:
    """Return the hosts with which a round is too short: many pauses, or silence for a minute."""
    counts = Counter(spot.host for spot in spots if spot.delay)
    silent = {spot.host for spot in spots if spot.kind in ("drips", "silent")}
    return silent | {host for host, count in counts.items() if count >= 20}


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 2) for value in values]


def soak(folder: Path, sources: int, rounds: int, every: int) -> dict[str, Any]:
    """Run it all in a folder; return the verdict."""
    spots = plan(sources)
    with serving(spots, folder / "web.log") as port:
        (folder / "aggregator.yaml").write_text(configuration(spots, port, every))
        with ours.daemon(folder) as pid:
            done = watch(pid, folder, rounds, every)
    return verdict(folder, spots, done) | {"every s": every, "per round": [asdict(r) for r in done]}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sources", type=int, default=1000)
    asked.add_argument("--rounds", type=int, default=50)
    asked.add_argument("--every", type=int, default=15, help="seconds of a round")
    asked.add_argument("--json", type=Path, help="a file for all figures")
    asked.add_argument("--keep", type=Path, help="a folder for logs and store, to look into")
    given = asked.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        told = soak(folder.resolve(), given.sources, given.rounds, given.every)
    finally:
        if not given.keep:
            shutil.rmtree(folder)
    if given.json:
        given.json.write_text(json.dumps(told, indent=1))
    for name, value in told.items():
        if name not in ("per round", "examples"):
            print(f"{name}: {value}")
    print(*told["examples"], sep="\n")
    return int(bool(told["broken"] or told["tracebacks"]))


if __name__ == "__main__":
    raise SystemExit(main())
