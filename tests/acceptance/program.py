"""Running the program as people do: as a process, with files, signals and addresses."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

COMMAND = (sys.executable, "-m", "aggregator")
PATIENCE = 60.0  # seconds; what waits polls, so only a failure takes as long

# The last one would have every process compile the program anew, for half a second.
_UNWANTED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONDONTWRITEBYTECODE")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in _UNWANTED}

CONFIG = """\
title: Test
root: .
serve: {host: 127.0.0.1, port: 0}
sources:
  - directory: inbox
    name: Inbox
"""


# Settings of a source whose server is on this machine, and in no hurry to be spared.
NEAR = "    allow_private: true\n    delay: 0\n"


def site(folder: Path, config: str = CONFIG, **articles: str) -> Path:
    """Make a folder with a configuration and an inbox of articles; return it."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "aggregator.yaml").write_text(config.replace("root: .", "root: .."))
    (folder / "inbox").mkdir()
    for title, text in articles.items():
        write(folder, title, text)
    return folder


def write(folder: Path, title: str, text: str = "", more: str = "") -> Path:
    """Write an article into the inbox."""
    path = folder / "inbox" / f"{title}.md"
    body = text or f"The text of {title}, which no other article has."
    path.write_text(
        f"---\ntitle: {title}\ndate: 2026-01-02 03:04:05\ncategories: [News]\n{more}---\n{body}\n"
    )
    return path


def reconfigure(folder: Path, config: str) -> None:
    """Replace the configuration as editors do."""
    path = folder / "config" / "aggregator.yaml"
    new = path.with_name("aggregator.yaml.new")
    new.write_text(config.replace("root: .", "root: .."))
    new.replace(path)


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_json(folder: Path, *arguments: str, exits: int = 0) -> Any:
    """Run a command that prints JSON; return it."""
    done = run(folder, *arguments, "--json")
    assert done.returncode == exits, done.stderr
    return json.loads(done.stdout)


def until(holds: Callable[[], Any], within: float = PATIENCE) -> Any:
    """Ask until the answer is true; return it."""
    end = time.monotonic() + within
    while not (answer := holds()):
        assert time.monotonic() < end, f"not within {within:.0f} s: {holds}"
        time.sleep(0.02)
    return answer


@dataclass
class Daemon:
    """A daemon that runs."""

    folder: Path
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def get(self, path: str = "") -> str:
        """Return a page."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def titles(self, path: str = "feed.json") -> list[str]:
        """Return the titles in a feed, [] while there is none."""
        try:
            return [item["title"] for item in json.loads(self.get(path))["items"]]
        except urllib.error.HTTPError:
            return []

    def health(self) -> Any:
        """Return what /healthz says."""
        return json.loads(self.get("healthz"))

    def logged(self) -> str:
        """Return the log."""
        return self.log.read_text()

    def send(self, number: int) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it; return its exit code."""
        self.send(number)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def daemon(folder: Path, *arguments: str) -> Iterator[Daemon]:
    """Run a daemon until the block ends."""
    log = folder / "daemon.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [*COMMAND, "run", *arguments],
            cwd=folder,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        ) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline().decode()
            assert "http://" in line, log.read_text()
            url = next(word for word in line.split() if word.startswith("http://"))
            yield Daemon(folder, process, url, log)
        finally:
            # Whatever it started goes with it, also when it was killed itself.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def ids(folder: Path) -> dict[str, str]:
    """Return the ids of the published articles by title; each title once, alike in all formats."""
    items = json.loads((folder / "feeds" / "feed.json").read_text())["items"]
    found = {item["title"]: item["id"] for item in items}
    assert len(found) == len(items) == len(set(found.values()))
    for name in ("rss.xml", "atom.xml"):
        xml = ElementTree.parse(folder / "feeds" / name)
        assert len([*xml.iter("item"), *xml.iter("{http://www.w3.org/2005/Atom}entry")]) == len(
            found
        )
    return found


def stored(folder: Path) -> dict[str, str]:
    """Return the ids of all articles in the store by title; each title once."""
    path = folder / "data" / "aggregator.db"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT title, entry_id FROM articles").fetchall()
    assert len(dict(rows)) == len(rows)
    return dict(rows)
