"""Run a command; tell how long it took and how much memory it and all its children held."""

import contextlib
import importlib.metadata
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# Often enough to see a peak of a run of seconds, seldom enough not to slow it: reading the maps of
# a process of 800 MB takes 2 ms.
_EVERY = 0.1

# Children run the program that this script belongs to, wherever they are started.
_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(_ROOT)}

# How programs tell their versions, and packages that rivals, or what matters for speed, come in.
_PROGRAMS = {
    "Hugo": ["hugo", "version"],
    "newsboat": ["newsboat", "-v"],
    "nginx": ["nginx", "-v"],
    "wrk": ["wrk", "-v"],
    "find": ["find", "--version"],
}
_PACKAGES = ("reader", "granian", "uvicorn", "starlette", "lxml")


@dataclass(frozen=True, slots=True)
class Run:
    """Wall-clock ``seconds`` and the largest sum of proportional set sizes in ``megabytes``."""

    seconds: float
    megabytes: float


def measure(command: list[str], folder: Path) -> Run:
    """Run ``command`` in ``folder``. Raises RuntimeError with its output when it fails."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        peak = [0]
        watching = threading.Thread(target=_watch, args=(process, peak))
        watching.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - begun
        watching.join()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output[-3000:]}")
    return Run(seconds, peak[0] / 1024)


def _watch(process: "subprocess.Popen[str]", peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(held(pid) for pid in tree(process.pid)))
        time.sleep(_EVERY)


def tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def held(pid: int) -> int:
    """Proportional: what processes share counts once in all. 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def machine() -> str:
    """Name processor, cores and memory."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    total = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    return f"{models[0] if models else 'unknown'}, {len(models)} cores, {total:.0f} GB"


def versions() -> dict[str, str]:
    """Return the versions of what is installed of all that takes part."""
    found = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    for name, command in _PROGRAMS.items():
        if shutil.which(command[0]):
            found[name] = _version(command)
    for name in _PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _version(command: list[str]) -> str:
    """Return the first number with a dot in what a command prints first."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    line = (done.stdout or done.stderr).partition("\n")[0]
    number = re.search(r"\d+(\.\d+)+", line)
    return number[0] if number else line
