"""The command source with real programs, however badly behaved."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.fetch import open_client
from aggregator.sources.base import Found, Known, Visit
from aggregator.sources.command import CommandSettings, documents


def settings(*words: str, timeout: str = "20s") -> CommandSettings:
    return CommandSettings(command=words, timeout=timeout)


def shell(script: str, timeout: str = "20s") -> CommandSettings:
    return settings("sh", "-c", script, timeout=timeout)


async def run(chosen: CommandSettings, root: Path, seen: dict[str, str] | None = None) -> Found:
    async with open_client() as client:
        asked = Visit(root=root, seen=seen or {}, client=client)
        (found,) = [one async for one in documents(chosen, asked)]
        return found


def body(chosen: CommandSettings, root: Path) -> bytes:
    found = asyncio.run(run(chosen, root))
    assert isinstance(found, Document)
    return found.body


def is_running(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(path: Path) -> bool:
    """Whether the processes whose numbers a file holds end within a second."""
    pids = [int(pid) for pid in path.read_text().split()]
    assert pids
    until = time.monotonic() + 1
    while any(map(is_running, pids)) and time.monotonic() < until:
        time.sleep(0.01)
    return not any(map(is_running, pids))


KINDS = [
    ("<rss/>", "application/xml"),
    ("\ufeff\n <feed/>", "application/xml"),
    ('{"version": "https://jsonfeed.org/version/1.1",\n "items": []}', "application/feed+json"),
    ('{"title": "a"}\n{"title": "b"}\n', "application/jsonl"),
    ('{"title": "a"}', "application/jsonl"),
    ('{"title": broken\n{"title": "b"}', "application/jsonl"),
    ("", "application/jsonl"),
    ("[" * 100_000, "application/jsonl"),
]


@pytest.mark.parametrize(("printed", "kind"), KINDS, ids=range(len(KINDS)))
def test_what_it_prints_tells_what_it_is(tmp_path: Path, printed: str, kind: str) -> None:
    (tmp_path / "out").write_text(printed)
    found = asyncio.run(run(settings("cat", "out"), tmp_path))
    assert isinstance(found, Document)
    assert (found.name, found.body.decode(), found.media_type) == ("cat out", printed, kind)


def test_the_same_output_is_known(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("<rss/>")
    chosen = settings("cat", "out")
    first = asyncio.run(run(chosen, tmp_path))
    assert isinstance(first, Document)
    seen = {first.name: first.validators}
    assert asyncio.run(run(chosen, tmp_path, seen)) == Known(
        name="cat out", validators=seen["cat out"]
    )
    (tmp_path / "out").write_text("<rss></rss>")
    assert isinstance(asyncio.run(run(chosen, tmp_path, seen)), Document)


def test_a_text_is_split_and_never_seen_by_a_shell(tmp_path: Path) -> None:
    chosen = CommandSettings(command="echo 'a b' $HOME; `id` > x | y && *")
    assert body(chosen, tmp_path) == b"a b $HOME; `id` > x | y && *\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("written", ["echo 'a b' c", ("echo", "a b", "c")])
def test_both_ways_to_write_it_are_one_source(written: str | tuple[str, ...]) -> None:
    assert CommandSettings.model_validate({"command": written}).target == "echo 'a b' c"


@pytest.mark.parametrize("written", ["", "  ", "echo 'a", [], [""], ["a", "b\0"], 7, None])
def test_what_is_no_command(written: object) -> None:
    with pytest.raises(ValueError, match="command"):
        CommandSettings.model_validate({"command": written})


def test_it_runs_in_the_root_with_its_own_input(tmp_path: Path) -> None:
    (tmp_path / "say").write_text("#!/bin/sh\npwd\ncat\n")
    (tmp_path / "say").chmod(0o755)
    assert body(settings("./say"), tmp_path) == f"{tmp_path}\n".encode()


def test_it_learns_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "MY_TOKEN", "LD_PRELOAD_X"):
        monkeypatch.setenv(name, "secret")
    for name in ("AGGREGATOR_KEY", "TZ", "LANG", "HOME"):
        monkeypatch.setenv(name, "C")
    code = "import os; print(*sorted(os.environ))"
    names = body(settings(sys.executable, "-c", code), tmp_path).decode().split()
    assert {*names} - {"LC_CTYPE"} == {"AGGREGATOR_KEY", "HOME", "LANG", "PATH", "TZ"}


def test_output_need_not_be_text(tmp_path: Path) -> None:
    assert body(shell(r"printf '\377\000\376'"), tmp_path) == b"\xff\x00\xfe"


FAILURES = [
    ("exit 3", "the command ended with exit code 3"),
    ("echo out; echo one >&2; echo two >&2; echo >&2; exit 1", "ended with exit code 1: two"),
    (r"printf 'caf\351 \033[31mred\000' >&2; exit 1", "exit code 1: caf\ufffd [31mred"),
    ("head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1", f"exit code 1: {'x' * 300}"),
    ("kill -9 $$", "was killed by SIGKILL"),
    ("kill -40 $$", "was killed by signal 40"),
]


@pytest.mark.parametrize(("script", "said"), FAILURES, ids=range(len(FAILURES)))
def test_how_it_failed(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(FetchError) as caught:
        asyncio.run(run(shell(script), tmp_path))
    assert str(caught.value).endswith(said)


@pytest.mark.parametrize("name", ["no-such-program", "./none", "./folder", "./text"])
def test_what_cannot_be_started(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no program")
    with pytest.raises(FetchError, match=r"cannot be started \(.*: (No such|Permission)"):
        asyncio.run(run(settings(name), tmp_path))


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="cannot be started"):
        asyncio.run(run(settings("true"), tmp_path / "none"))


# Each writes the numbers of its processes to "pids" before it goes on for ever.
ENDLESS = {
    "sleeps": "echo $$ > pids; exec sleep 100",
    "has children": "sleep 100 & sleep 100 & echo $$ $(jobs -p) > pids; wait",
    "children outlive it": "sleep 100 & echo $! > pids; exit 0",
    "will not end": "trap '' TERM; sleep 100 & echo $$ $! > pids; wait; sleep 100",
    "prints slowly": "echo $$ > pids; while :; do echo x; sleep 0.1; done",
}


@pytest.mark.parametrize("script", ENDLESS.values(), ids=ENDLESS)
def test_out_of_time(tmp_path: Path, script: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError, match="still ran after 1s"):
        asyncio.run(run(shell(script, timeout="1s"), tmp_path))
    assert time.monotonic() - began < 20
    assert gone(tmp_path / "pids")


def test_a_flood_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="more than 32,000,000 bytes"):
        asyncio.run(run(shell("echo $$ > pids; exec cat /dev/zero"), tmp_path))
    assert gone(tmp_path / "pids")


def test_a_flood_of_complaints_costs_nothing(tmp_path: Path) -> None:
    script = "head -c 50000000 /dev/zero >&2; echo '<rss/>'"
    assert body(shell(script), tmp_path) == b"<rss/>\n"


def test_what_a_program_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    script = "sleep 100 >/dev/null 2>&1 & echo $! > pids; echo '<rss/>'"
    assert body(shell(script), tmp_path) == b"<rss/>\n"
    assert gone(tmp_path / "pids")


def test_one_that_leaves_its_session_is_not_waited_for(tmp_path: Path) -> None:
    """It keeps the pipe open and is out of reach."""
    code = (
        "import os, time\n"
        "if os.fork(): os._exit(0)\n"
        "os.setsid(); open('pids', 'w').write(str(os.getpid())); time.sleep(60)\n"
    )
    began = time.monotonic()
    with pytest.raises(FetchError, match="still ran after 1s"):
        asyncio.run(run(settings(sys.executable, "-c", code, timeout="1s"), tmp_path))
    assert time.monotonic() - began < 30
    os.kill(int((tmp_path / "pids").read_text()), 9)


def _written(path: Path) -> None:
    while not (path.exists() and path.read_text()):
        time.sleep(0.01)


@pytest.mark.parametrize("steps", range(1, 9))
def test_cancelling_it_while_it_starts_ends_what_it_has_started(tmp_path: Path, steps: int) -> None:
    async def work() -> None:
        task = asyncio.create_task(run(shell(ENDLESS["has children"]), tmp_path))
        for _ in range(steps):
            await asyncio.sleep(0)
            time.sleep(0.01)  # noqa: ASYNC251 - the program goes on, and this loop does not
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    pids = tmp_path / "pids"
    assert not pids.exists() or gone(pids)


def test_cancelling_ends_it(tmp_path: Path) -> None:
    async def work() -> None:
        task = asyncio.create_task(run(shell(ENDLESS["has children"]), tmp_path))
        async with asyncio.timeout(5):
            await asyncio.to_thread(_written, tmp_path / "pids")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert gone(tmp_path / "pids")
