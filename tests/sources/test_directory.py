"""The folder source on real files, however odd."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.fetch import open_client
from aggregator.sources import Failure, Found, Gone, Visit
from aggregator.sources.directory import DirectorySettings, documents, touched

LONG_AGO = 1_700_000_000


def put(path: Path, body: str | bytes = "text", at: float = LONG_AGO) -> Path:
    """Write a file with a time at which its clock certainly moved on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(path, (at, at))
    return path


def visit(
    folder: Path, seen: dict[str, str] | None = None, only: tuple[str, ...] = (), **settings: Any
) -> list[Found]:
    """What a visit yields; ``seen`` is brought up to date as a scan does."""

    async def work() -> list[Found]:
        async with open_client() as client:
            chosen = DirectorySettings(directory=str(folder), **settings)
            known = {} if seen is None else seen
            asked = Visit(root=Path("/"), seen=dict(known), client=client, only=frozenset(only))
            return [found async for found in documents(chosen, asked)]

    found = asyncio.run(work())
    for one in found if seen is not None else []:
        match one:
            case Gone(names=names):
                for name in names:
                    seen.pop(name)
            case (
                Document(name=name, validators=validators)
                | Failure(name=name, validators=validators)
            ):
                seen[name] = validators
    return found


def names(found: list[Found]) -> list[str]:
    return [one.name for one in found if isinstance(one, Document)]


def failures(found: list[Found]) -> dict[str, str]:
    return {one.name: one.error for one in found if isinstance(one, Failure)}


def test_a_file(tmp_path: Path) -> None:
    put(tmp_path / "a.md", "text")
    (document,) = visit(tmp_path)
    assert isinstance(document, Document)
    assert (document.name, document.body, document.media_type) == ("a.md", b"text", "text/markdown")
    assert document.modified
    assert document.modified.timestamp() == LONG_AGO


def test_what_is_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    put(tmp_path / "b" / "c.md")
    seen: dict[str, str] = {}
    assert names(visit(tmp_path, seen)) == ["a.md", "b/c.md"]
    assert visit(tmp_path, seen) == []


def _grow(path: Path) -> None:
    put(path, "longer text")


def _touch(path: Path) -> None:
    os.utime(path, (LONG_AGO + 1, LONG_AGO + 1))


def _replace(path: Path) -> None:
    put(path.with_name("other"), "TEXT").replace(path)


@pytest.mark.parametrize("change", [_grow, _touch, _replace], ids=["size", "mtime", "inode"])
def test_what_changed_is_read_again(tmp_path: Path, change: Any) -> None:
    path = put(tmp_path / "a.md")
    put(tmp_path / "b.md")
    seen: dict[str, str] = {}
    visit(tmp_path, seen)
    change(path)
    assert names(visit(tmp_path, seen)) == ["a.md"]
    assert visit(tmp_path, seen) == []


def test_what_changed_a_moment_before_it_was_read_is_read_once_more(tmp_path: Path) -> None:
    seen: dict[str, str] = {}
    ahead = -0.03
    while seen.get("a.md") != "":  # until it is read within a tick of its time
        assert ahead < 1
        ahead += 0.002
        put(tmp_path / "a.md", at=time.time() + ahead)
        seen.clear()
        visit(tmp_path, seen)
    time.sleep(0.03)
    assert names(visit(tmp_path, seen)) == ["a.md"]
    assert visit(tmp_path, seen) == []


def test_a_file_from_the_future_is_not_read_for_ever(tmp_path: Path) -> None:
    put(tmp_path / "a.md", at=time.time() + 90_000)
    seen: dict[str, str] = {}
    visit(tmp_path, seen)
    assert visit(tmp_path, seen) == []


def test_removed_and_renamed(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    put(tmp_path / "b.md")
    seen: dict[str, str] = {}
    visit(tmp_path, seen)
    (tmp_path / "a.md").unlink()
    (tmp_path / "b.md").rename(tmp_path / "c.md")
    gone, moved = visit(tmp_path, seen)
    assert gone == Gone(names=("a.md", "b.md"))
    assert isinstance(moved, Document)
    assert (moved.name, moved.moved_from) == ("c.md", "b.md")
    assert list(seen) == ["c.md"]


def test_a_file_that_vanishes_between_listing_and_reading(tmp_path: Path) -> None:
    """The first of two trips to the reading thread has 64 files; meanwhile the 65th goes."""
    for n in range(65):
        put(tmp_path / f"{n:02}.md")

    async def work() -> list[str]:
        async with open_client() as client:
            settings = DirectorySettings(directory=str(tmp_path))
            asked = Visit(root=Path("/"), seen={}, client=client)
            got = []
            async for one in documents(settings, asked):
                (tmp_path / "64.md").unlink(missing_ok=True)
                got.append(one.name if isinstance(one, Document) else repr(one))
            return got

    assert asyncio.run(work()) == [f"{n:02}.md" for n in range(64)]


def test_a_file_that_changes_between_listing_and_reading_waits(tmp_path: Path) -> None:
    for n in range(65):
        put(tmp_path / f"{n:02}.md")
    seen: dict[str, str] = {}

    async def work() -> Found:
        async with open_client() as client:
            settings = DirectorySettings(directory=str(tmp_path))
            asked = Visit(root=Path("/"), seen={}, client=client)
            got = []
            async for one in documents(settings, asked):
                put(tmp_path / "64.md", "half-wri")
                got.append(one)
            return got[-1]

    last = asyncio.run(work())
    assert isinstance(last, Failure)
    assert (last.name, last.validators) == ("64.md", "")
    assert "still being written" in last.error
    put(tmp_path / "64.md", "half-written, now whole")
    seen = {f"{n:02}.md": "" for n in range(65)}
    assert b"now whole" in [f.body for f in visit(tmp_path, seen) if isinstance(f, Document)][-1]


def test_a_file_that_is_too_large_is_named_once(tmp_path: Path) -> None:
    put(tmp_path / "big.md", b"x" * 5001)
    put(tmp_path / "fits.md", b"x" * 5000)
    seen: dict[str, str] = {}
    found = visit(tmp_path, seen, max_size=5000)
    assert names(found) == ["fits.md"]
    assert "larger than 5,000 bytes (5,001); see max_size" in failures(found)["big.md"]
    assert visit(tmp_path, seen, max_size=5000) == []


def test_binary_and_empty_files_are_for_the_parser_to_judge(tmp_path: Path) -> None:
    put(tmp_path / "a.md", bytes(range(256)))
    put(tmp_path / "b.md", b"")
    assert [one.body for one in visit(tmp_path) if isinstance(one, Document)] == [
        bytes(range(256)),
        b"",
    ]


def test_links(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    put(inside / "a.md")
    put(outside / "secret.md")
    put(outside / "note.pdf")
    (inside / "again.md").symlink_to("a.md")
    (inside / "loop").symlink_to(".")
    (inside / "circle.md").symlink_to("circle.md")
    (inside / "nowhere.md").symlink_to("nothing")
    (inside / "out.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "note.pdf").symlink_to(outside / "note.pdf")
    seen: dict[str, str] = {}
    found = visit(inside, seen)
    assert names(found) == ["a.md"]
    assert {name: error.split(",")[0] for name, error in failures(found).items()} == {
        "circle.md": "is a link that leads nowhere",
        "nowhere.md": "is a link that leads nowhere",
        "out.md": "is a link out of the folder",
        "folder": "is a link out of the folder",
    }
    assert visit(inside, seen) == []


def test_a_source_may_itself_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real" / "a.md")
    (tmp_path / "link").symlink_to("real")
    assert names(visit(tmp_path / "link")) == ["a.md"]


def test_pipes_and_sockets_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    put(tmp_path / "folder.md" / "a.md")
    found = visit(tmp_path, only=("pipe.md", "folder.md"))
    assert found == []
    assert names(visit(tmp_path)) == ["folder.md/a.md"]


def test_a_pipe_that_takes_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    for n in range(65):
        put(tmp_path / f"{n:02}.md")

    async def work() -> Found:
        async with open_client() as client, asyncio.timeout(5):
            settings = DirectorySettings(directory=str(tmp_path))
            got = []
            async for one in documents(settings, Visit(root=Path("/"), seen={}, client=client)):
                got.append(one)
                if not (tmp_path / "64.md").is_fifo():
                    (tmp_path / "64.md").unlink()
                    os.mkfifo(tmp_path / "64.md")
            return got[-1]

    assert isinstance(asyncio.run(work()), Failure)


def test_hidden_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / ".hidden.md")
    put(tmp_path / ".git" / "a.md")
    put(tmp_path / "a" / ".b" / "c.md")
    hidden = (".hidden.md", ".git/a.md", "a/.b/c.md")
    assert visit(tmp_path) == visit(tmp_path, only=hidden) == []


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    path = put(tmp_path / os.fsdecode(b"caf\xe9.md"))
    put(tmp_path / "\u65b0\u805e\nnew line.md")
    seen: dict[str, str] = {}
    assert sorted(names(visit(tmp_path, seen))) == ["caf\\xe9.md", "\u65b0\u805e\nnew line.md"]
    assert visit(tmp_path, seen) == []
    path.unlink()
    assert visit(tmp_path, seen) == [Gone(names=("caf\\xe9.md",))]


def test_a_path_that_is_too_long_is_named(tmp_path: Path) -> None:
    deep = "/".join(["x" * 250] * 5)
    put(tmp_path / deep / "a.md")
    put(tmp_path / "b.md")
    seen: dict[str, str] = {}
    found = visit(tmp_path, seen)
    assert names(found) == ["b.md"]
    assert list(failures(found).values()) == ["its path is too long"]
    assert visit(tmp_path, seen) == []


GLOBS = [
    ("**/*.{md,txt}", ["a.md", "b.txt", "d/e.md", "d/f/g.md"]),
    ("*.md", ["a.md"]),
    ("d/**", ["d/e.md", "d/f/g.md", "d/h.html"]),
    ("**/f/*", ["d/f/g.md"]),
    ("{a,d/e}.md", ["a.md", "d/e.md"]),
    ("**", ["a.md", "b.txt", "c.HTML", "d/e.md", "d/f/g.md", "d/h.html"]),
]


@pytest.mark.parametrize(("glob", "expected"), GLOBS)
def test_globs(tmp_path: Path, glob: str, expected: list[str]) -> None:
    for name in ("a.md", "b.txt", "c.HTML", "d/e.md", "d/f/g.md", "d/h.html"):
        put(tmp_path / name)
    assert sorted(names(visit(tmp_path, glob=glob))) == expected


def test_only_some_files(tmp_path: Path) -> None:
    seen: dict[str, str] = {}
    for name in ("a.md", "b.md", "c/d.md", "e.pdf"):
        put(tmp_path / name)
    visit(tmp_path, seen)
    put(tmp_path / "a.md", "changed")
    put(tmp_path / "b.md", "changed")
    (tmp_path / "c" / "d.md").unlink()
    put(tmp_path / "new.md")
    (tmp_path / "link").symlink_to("c")
    only = ("a.md", "c/d.md", "new.md", "e.pdf", "never.md", "link/d.md", "../x.md")
    gone, *rest = visit(tmp_path, seen, only)
    assert gone == Gone(names=("c/d.md",))
    assert names(rest) == ["a.md", "new.md"]
    assert names(visit(tmp_path, seen)) == ["b.md"]


def test_what_is_gone_comes_with_what_is_there_and_what_was_only_renamed(tmp_path: Path) -> None:
    seen: dict[str, str] = {}
    for name in "abcd":
        put(tmp_path / f"{name}.md")
    visit(tmp_path, seen)
    (tmp_path / "a.md").unlink()
    (tmp_path / "b.md").rename(tmp_path / "e.md")
    gone = visit(tmp_path, seen)[0]
    assert isinstance(gone, Gone)
    assert (gone.names, gone.moved, gone.there) == (("a.md", "b.md"), 1, 3)


@pytest.mark.parametrize("there", ["nothing", "a file"])
def test_a_folder_that_is_none(tmp_path: Path, there: str) -> None:
    if there == "a file":
        put(tmp_path / "in")
    with pytest.raises(FetchError, match="is not there, or is no folder"):
        visit(tmp_path / "in")


UNREADABLE = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from test_directory import *
seen = {"shut/old.md": "1"}
found = visit(Path(sys.argv[1]), seen)
print(names(found), failures(found), [f for f in found if isinstance(f, Gone)])
print(visit(Path(sys.argv[1]), seen))
"""


def test_what_may_not_be_read_is_named_and_not_taken_for_gone(tmp_path: Path) -> None:
    """As another user where we are root, whom no permission stops."""
    place = Path("/tmp") if os.geteuid() == 0 else tmp_path
    folder = place / f"aggregator-test-{os.getpid()}"
    become = (
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    )
    if become and not shutil.which("setpriv"):
        pytest.skip("setpriv is needed to become a user whom permissions stop")
    try:
        put(folder / "a.md")
        put(folder / "b.md").chmod(0)
        put(folder / "shut" / "c.md").parent.chmod(0)
        code = [sys.executable, "-B", "-c", UNREADABLE, folder, Path(__file__).parent]
        env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": "/"}
        ended = subprocess.run(
            [*become, *code], capture_output=True, text=True, env=env, check=False
        )
        started = not ended.returncode or "Traceback" in ended.stderr
        unread = "ModuleNotFoundError" in ended.stderr or "PermissionError" in ended.stderr
        if unread or not started:
            pytest.skip("the other user may not read the program either")
        first, second = ended.stdout.splitlines()
        assert (
            first
            == str(["a.md"])
            + " "
            + str(
                {
                    "shut/": "cannot be read: Permission denied",
                    "b.md": "cannot be read: Permission denied",
                }
            )
            + " []"
        )
        assert second == "[]"
    finally:
        (folder / "shut").chmod(0o755)
        shutil.rmtree(folder)


def message(box: Path, name: str, part: str = "cur") -> Path:
    for each in ("cur", "new", "tmp"):
        (box / each).mkdir(parents=True, exist_ok=True)
    return put(box / part / name)


def test_a_maildir(tmp_path: Path) -> None:
    message(tmp_path, "1.M1P2.host:2,S")
    message(tmp_path, "2.M1P2.host,S=12", "new")
    message(tmp_path, "3.M1P2.host", "tmp")
    message(tmp_path, ".hidden")
    message(tmp_path, "4.draft:2,DS")
    message(tmp_path, "5.trashed:2,ST")
    put(tmp_path / "dovecot-uidlist")
    put(tmp_path / "note.md")
    found = visit(tmp_path)
    assert [(one.name, one.media_type) for one in found if isinstance(one, Document)] == [
        ("cur/1.M1P2.host", "message/rfc822"),
        ("cur/2.M1P2.host,S=12", "message/rfc822"),
        ("note.md", "text/markdown"),
    ]


@pytest.mark.parametrize("separator", [":", ";", "!"])
def test_to_read_and_to_flag_a_message_is_no_event(tmp_path: Path, separator: str) -> None:
    path = message(tmp_path, "1.host", "new")
    seen: dict[str, str] = {}
    assert names(visit(tmp_path, seen)) == ["cur/1.host"]
    for flags in ("", "S", "RS"):
        path = path.rename(tmp_path / "cur" / f"1.host{separator}2,{flags}")
        assert visit(tmp_path, seen) == visit(tmp_path, seen, only=("cur/1.host",)) == []
    path.rename(f"{path}T")
    assert visit(tmp_path, seen) == [Gone(names=("cur/1.host",))]


def test_folders_of_maildirs(tmp_path: Path) -> None:
    message(tmp_path, "1")
    message(tmp_path / ".Lists.Python", "2")
    message(tmp_path / ".Trash", "3")
    message(tmp_path / ".Lists.Junk", "4")
    message(tmp_path / "Work", "5")
    message(tmp_path / "Sent", "6")
    message(tmp_path / ".git" / "deep", "7")
    put(tmp_path / ".nothing" / "a.md")
    put(tmp_path / "Work" / "cur" / "folder" / "a.md")
    assert names(visit(tmp_path)) == ["cur/1", ".Lists.Python/cur/2", "Work/cur/5"]
    some = ("cur/1", ".Lists.Python/cur/2", ".Trash/cur/3", ".git/deep/cur/7", "Sent/cur/6")
    assert sorted(names(visit(tmp_path, only=some))) == [".Lists.Python/cur/2", "cur/1"]
    assert names(visit(tmp_path / "Sent")) == ["cur/6"]


def test_what_only_looks_like_a_maildir(tmp_path: Path) -> None:
    put(tmp_path / "new" / "a.md")
    put(tmp_path / "new" / "1.host:2,S")
    put(tmp_path / "b" / "cur" / "b.md")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "b" / "new").symlink_to(tmp_path / "elsewhere")
    assert names(visit(tmp_path)) == ["b/cur/b.md", "new/a.md"]
    assert names(visit(tmp_path, only=("new/a.md", "b/cur/b.md"))) == ["b/cur/b.md", "new/a.md"]


def test_a_glob_takes_a_message_for_a_file_of_mail(tmp_path: Path) -> None:
    message(tmp_path / "News", "1")
    message(tmp_path / "Work", "2")
    put(tmp_path / "a.eml")
    put(tmp_path / "b.md")
    globs = ("**/*.md", "News/**", "**/*.eml", "*.eml")
    assert [names(visit(tmp_path, glob=glob)) for glob in globs] == [
        ["b.md"],
        ["News/cur/1"],
        ["a.eml", "News/cur/1", "Work/cur/2"],
        ["a.eml"],
    ]


TOUCHED: list[tuple[str, bool, frozenset[str] | None]] = [
    ("note.md", False, frozenset({"note.md"})),
    ("note.md", True, frozenset({"note.md"})),
    ("note.pdf", False, frozenset()),
    ("folder", False, None),
    ("what-was-a-folder", True, None),
    ("", False, None),
    (".hidden/a.md", False, frozenset()),
    ("mail/new/1.host", True, frozenset({"mail/cur/1.host"})),
    ("mail/cur/1.host:2,S", False, frozenset({"mail/cur/1.host"})),
    ("mail/tmp/1.host", True, frozenset()),
    ("mail/dovecot-uidlist.lock", True, frozenset()),
    ("mail/.Sub/new/2.host", False, frozenset({"mail/.Sub/cur/2.host"})),
    ("mail/.Sub/dovecot.index.log", True, frozenset()),
    ("mail/.Trash/cur/3.host", False, frozenset()),
    ("mail/.Sub", False, None),
    ("mail/.Was", True, None),
    ("mail/.Was/cur", True, frozenset()),
]


@pytest.mark.parametrize(("path", "gone", "expected"), TOUCHED)
def test_what_a_change_touches(
    tmp_path: Path, path: str, gone: bool, expected: frozenset[str] | None
) -> None:
    put(tmp_path / "note.md")
    put(tmp_path / "folder" / "a.md")
    message(tmp_path / "mail", "1.host:2,S")
    message(tmp_path / "mail" / ".Sub", "2.host", "new")
    message(tmp_path / "mail" / ".Trash", "3.host")
    assert touched(DirectorySettings(directory="."), tmp_path, [(path, gone)]) == expected
