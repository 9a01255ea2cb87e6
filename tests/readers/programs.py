"""Real feed readers, driven without a person: each polls when told to, and says what it has."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

PATIENCE = 20.0  # seconds; what waits polls, so only a failure takes as long


class Reader(Protocol):
    """A reader with one subscription. ``takes_edits``: whether it shows an entry's later text."""

    takes_edits: ClassVar[bool]

    def poll(self) -> None:
        """Ask the server for news."""

    def shown(self) -> list[tuple[str, str]]:
        """Return the ids and texts of the entries that it has."""

    def unread(self) -> int:
        """Count the entries that nobody has read."""

    def read_all(self) -> None:
        """Mark all entries as read."""


def until(holds: Callable[[], bool], what: Callable[[], object]) -> None:
    """Wait until something holds; fail with what there is instead."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what()
        time.sleep(0.02)


def query(database: Path, sql: str) -> list[Any]:
    """Return the rows that a program's database answers with; the change is made, if it is one."""
    with contextlib.closing(sqlite3.connect(database, timeout=PATIENCE)) as connection:
        rows = connection.execute(sql).fetchall()
        connection.commit()
        return rows


# Newsboat


@dataclass
class Newsboat:
    """Newsboat, started for each poll."""

    takes_edits: ClassVar = True
    home: Path

    def poll(self) -> None:
        self._run("reload")

    def shown(self) -> list[tuple[str, str]]:
        return query(self.home / "cache.db", "SELECT guid, content FROM rss_item")

    def unread(self) -> int:
        return int(self._run("print-unread").split()[0])

    def read_all(self) -> None:
        query(self.home / "cache.db", "UPDATE rss_item SET unread = 0")

    def _run(self, *commands: str) -> str:
        command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", *commands]
        done = subprocess.run(command, cwd=self.home, check=True, capture_output=True, timeout=60)
        return done.stdout.decode()


@contextlib.contextmanager
def newsboat(home: Path, url: str) -> Iterator[Reader]:
    """Subscribe with Newsboat."""
    (home / "urls").write_text(f"{url}\n", "utf-8")
    (home / "config").touch()
    reader = Newsboat(home)
    # It keeps the validators of feeds that it knows, and this one it knows from the first poll on.
    reader.poll()
    reader.poll()
    yield reader


# lemon24/reader


@dataclass
class Lemon24:
    """The library behind lemon24/reader's web application."""

    takes_edits: ClassVar = True
    library: Any
    url: str

    def poll(self) -> None:
        self.library.update_feed(self.url)  # all feeds would be updated when they are due

    def shown(self) -> list[tuple[str, str]]:
        return [(one.id, one.get_content().value) for one in self.library.get_entries()]

    def unread(self) -> int:
        return len(list(self.library.get_entries(read=False)))

    def read_all(self) -> None:
        for entry in self.library.get_entries():
            self.library.mark_entry_as_read(entry)


@contextlib.contextmanager
def lemon24(home: Path, url: str) -> Iterator[Reader]:
    """Subscribe with lemon24/reader."""
    from reader import make_reader  # noqa: PLC0415 - takes a third of a second

    library = make_reader(str(home / "reader.db"))
    with contextlib.closing(library):
        library.add_feed(url)
        reader = Lemon24(library, url)
        reader.poll()
        yield reader


# Liferea

_NO_FEEDS = '<?xml version="1.0"?><opml version="1.0"><head/><body/></opml>'
_START = 'echo "$$ $DBUS_SESSION_BUS_ADDRESS"; exec liferea --mainwindow-state=hidden'
_OBJECT = ("--dest=org.gnome.feed.Reader", "/org/gnome/feed/Reader")


@dataclass
class Liferea:
    """Liferea under a display that nobody sees, spoken to over D-Bus."""

    takes_edits: ClassVar = False  # what has an id that it knows it leaves as it was, as of 1.14
    home: Path
    environment: dict[str, str]

    def poll(self) -> None:
        self.call("Refresh")

    def shown(self) -> list[tuple[str, str]]:
        return query(self.database, "SELECT source_id, description FROM items")

    def unread(self) -> int:
        return int(query(self.database, "SELECT count(*) FROM items WHERE NOT read")[0][0])

    def read_all(self) -> None:
        query(self.database, "UPDATE items SET read = 1")

    @property
    def database(self) -> Path:
        return self.home / ".local/share/liferea/liferea.db"

    def call(self, method: str, *arguments: str) -> bool:
        """Call a method; return whether somebody is there to answer."""
        command = ["dbus-send", "--session", "--print-reply", *_OBJECT]
        command += [f"org.gnome.feed.Reader.{method}", *arguments]
        done = subprocess.run(
            command, env=self.environment, check=False, capture_output=True, timeout=60
        )
        return done.returncode == 0


@contextlib.contextmanager
def liferea(home: Path, url: str) -> Iterator[Reader]:
    """Subscribe with Liferea."""
    environment = _alone(home)
    lists = home / ".config/liferea"
    lists.mkdir(parents=True)
    (lists / "feedlist.opml").write_text(_NO_FEEDS, "utf-8")  # or it subscribes to some of its own
    with subprocess.Popen(
        ["dbus-run-session", "--", "xvfb-run", "-a", "sh", "-c", _START],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout
            pid, bus = process.stdout.readline().decode().split()
            reader = Liferea(home, environment | {"DBUS_SESSION_BUS_ADDRESS": bus})
            until(lambda: reader.call("Ping"), lambda: "Liferea did not start")
            assert reader.call("Subscribe", f"string:{url}")
            yield reader
            # Its display and its bus end with it, and leave nothing behind.
            os.kill(int(pid), signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:  # now and then it hangs at its end
                os.kill(int(pid), signal.SIGKILL)
                process.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _alone(home: Path) -> dict[str, str]:
    """Return an environment in which a program of the desktop finds nobody but the server."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "GSETTINGS_BACKEND": "memory",
        "NO_AT_BRIDGE": "1",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "no_proxy": "127.0.0.1",
    }


def missing(*commands: str) -> str:
    """Return why a reader cannot be driven here, or ""."""
    absent = [command for command in commands if shutil.which(command) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""
