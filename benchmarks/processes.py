"""Run a command; tell how long it took and how much memory it and all its children held."""

import contextlib
import importlib.metadata
import os
import platform
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

# Often enough to see a peak of a run of seconds, seldom enough not to slow it: reading the maps of
# a process of 800 MB takes 2 ms.
_EVERY = 0.1

# How programs tell their versions, and packages that rivals, or what matters for speed, come in.
_PROGRAMS = {
    "Hugo": ["hugo", "version"],
    "newsboat": ["newsboat", "-v"],
    "nginx": ["nginx", "-v"],
    "wrk": ["wrk", "-v"],
    "find": ["find", "--version"],
}
_PACKAGES = ("reader", "granian", "uvicorn", "starlette", "lxml")


_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What a command and all its children took.

    Wall-clock ``seconds``; the largest sum of proportional set sizes in ``megabytes``; seconds of
    processor time as last seen, which may miss a tenth of a second of each process.
    """

    seconds: float
    megabytes: float
    processor: float


def measure(command: list[str], folder: Path) -> Run:
    """Run ``command`` in ``folder``. Raises RuntimeError with its output when it fails."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watched = _Watched()
        watching = threading.Thread(target=_watch, args=(process, watched))
        watching.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - begun
        watching.join()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{output[-3000:]}")
    return Run(seconds, watched.peak / 1024, max(sum(watched.used.values()), 1 / _TICK))


@dataclass(slots=True)
class _Watched:
    """The largest sum of kilobytes, and the seconds of processor time of each process."""

    peak: int = 0
    used: dict[int, float] = field(default_factory=dict)


def _watch(process: "subprocess.Popen[str]", watched: _Watched) -> None:
    while process.poll() is None:
        pids = tree(process.pid)
        watched.peak = max(watched.peak, sum(map(held, pids)))
        watched.used |= {pid: seconds for pid in pids if (seconds := used(pid))}
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


def used(pid: int) -> float:
    """Return the seconds of processor time of a process, 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(host: str, port: int) -> None:
    """Wait until somebody listens. Raises RuntimeError after ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host, port)):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {host}:{port}")


def as_installed() -> None:
    """Have programs in Python keep what they compile, as installed ones do."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


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
    line = first_line(command)
    number = re.search(r"\d+(\.\d+)+", line)
    return number[0] if number else line


def first_line(command: list[str]) -> str:
    """Return the first line that a command prints: usually its version, whatever it exits with."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).partition("\n")[0]
