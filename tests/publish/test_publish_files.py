import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aggregator.errors import PublishError
from aggregator.publish import remove, sweep, write


def put(folder: Path, name: str, data: bytes) -> bool:
    (written,) = write(folder, [{name: data}])
    if isinstance(written, PublishError):
        raise written
    return bool(written)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_and_makes_folders(tmp_path: Path) -> None:
    assert put(tmp_path / "out", "新浪/archive/rss.xml", b"one")
    assert (tmp_path / "out/新浪/archive/rss.xml").read_bytes() == b"one"


def test_replaces_what_differs(tmp_path: Path) -> None:
    put(tmp_path, "rss.xml", b"one")
    assert put(tmp_path, "rss.xml", b"two")
    assert (tmp_path / "rss.xml").read_bytes() == b"two"
    assert names(tmp_path) == ["rss.xml"]


def test_leaves_what_is_the_same_untouched(tmp_path: Path) -> None:
    put(tmp_path, "rss.xml", b"one")
    os.utime(tmp_path / "rss.xml", ns=(1, 1))
    before = (tmp_path / "rss.xml").stat()
    assert not put(tmp_path, "rss.xml", b"one")
    after = (tmp_path / "rss.xml").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_others_may_read_it_as_the_umask_says(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        put(tmp_path, "rss.xml", b"one")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "rss.xml").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "name",
    [
        *("", "/etc/passwd", "../rss.xml", "a/../../rss.xml", "./rss.xml", "a//b", "a/"),
        *(".htaccess", "a\0b", "\ud800", "x" * 256, "汉" * 86),
    ],
)
def test_refuses_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(PublishError, match="no name for a file"):
        put(tmp_path / "out", name, b"x")
    assert names(tmp_path) == []


def test_refuses_a_folder_that_is_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "linux").symlink_to(outside)
    with pytest.raises(PublishError, match=r"out/linux/rss\.xml"):
        put(tmp_path / "out", "linux/rss.xml", b"x")
    assert names(outside) == []


def test_replaces_a_file_that_is_a_link_and_spares_its_target(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"same")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rss.xml").symlink_to(target)
    assert put(tmp_path / "out", "rss.xml", b"same")
    assert not (tmp_path / "out" / "rss.xml").is_symlink()
    assert target.read_bytes() == b"same"


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    put(tmp_path / "out", "rss.xml", b"x")
    assert (tmp_path / "real" / "rss.xml").read_bytes() == b"x"


def test_a_pipe_in_the_way_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rss.xml")
    assert put(tmp_path, "rss.xml", b"x")
    assert (tmp_path / "rss.xml").read_bytes() == b"x"


def test_names_the_path_when_a_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "rss.xml").mkdir()
    with pytest.raises(PublishError, match=r"rss\.xml: cannot write: Is a directory"):
        put(tmp_path, "rss.xml", b"x")
    assert names(tmp_path) == ["rss.xml"]


def test_names_the_path_when_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "linux").write_bytes(b"")
    with pytest.raises(PublishError, match=r"linux/rss\.xml: cannot write: Not a directory"):
        put(tmp_path, "linux/rss.xml", b"x")


def test_a_full_disk_keeps_the_old_file_and_no_rubbish(tmp_path: Path) -> None:
    put(tmp_path, "rss.xml", b"old")
    # A limit on the size of files fails as a full disk does: in the middle of the writing.
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from aggregator.publish import write\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "files = [{'json': b'x' * 100, 'rss.xml': b'x' * 100_000}, {'other': b'x'}]\n"
        "print(*write(Path(sys.argv[1]), files))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
    )
    assert f"{tmp_path}/rss.xml: cannot write: File too large ['other']" in done.stdout
    assert (tmp_path / "rss.xml").read_bytes() == b"old"
    assert names(tmp_path) == ["other", "rss.xml"]


WRITER = """
import itertools, sys
from pathlib import Path
from aggregator.publish import write
print("ready", flush=True)
for number in itertools.count():
    write(Path(sys.argv[1]), [{"rss.xml": b"%d" % (number % 10) * 3_000_000}])
"""


def test_a_killed_writer_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    for pause in (0.01, 0.013, 0.017, 0.023, 0.031):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(pause)
            writer.send_signal(signal.SIGKILL)
        if (tmp_path / "rss.xml").exists():
            data = (tmp_path / "rss.xml").read_bytes()
            assert len(data) == 3_000_000
            assert len(set(data)) == 1
    sweep(tmp_path)
    assert names(tmp_path) in ([], ["rss.xml"])


def test_sweep_removes_orphans_only(tmp_path: Path) -> None:
    put(tmp_path, "a/rss.xml", b"x")
    for orphan in (".publish-0123456789abcdef.tmp", "a/.publish-fedcba9876543210.tmp"):
        (tmp_path / orphan).write_bytes(b"half")
    for other in (".publish-notes.tmp", "a/.hidden"):
        (tmp_path / other).write_bytes(b"not ours")
    assert sweep(tmp_path) == 2
    assert names(tmp_path) == [".publish-notes.tmp", "a"]
    assert names(tmp_path / "a") == [".hidden", "rss.xml"]


def test_sweep_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / ".publish-0123456789abcdef.tmp").write_bytes(b"")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "outside")
    assert sweep(tmp_path / "out") == 0


def test_sweep_spares_a_writer_at_work(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ".publish-0123456789abcdef.tmp").write_bytes(b"half")
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from aggregator.publish import write\n"
        "os.fsync = lambda _: (print('written', flush=True), time.sleep(60))\n"
        "write(Path(sys.argv[1]), [{'a/rss.xml': b'x'}])"
    )
    command = [sys.executable, "-c", code, tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "written\n"
        assert sweep(tmp_path) == 1
        assert len(names(tmp_path / "a")) == 2
        writer.kill()
    assert sweep(tmp_path) == 2
    assert names(tmp_path / "a") == names(tmp_path / "b") == []


def test_what_cannot_be_written_stops_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    groups = [{"a/1": b"x", "a/2": b"x"}, {"a/3": b"x", "b/1": b"x"}, {"c/1": b"x"}, {"../1": b"x"}]
    first, second, third, fourth = write(tmp_path, groups)
    assert (first, third) == (["a/1", "a/2"], ["c/1"])
    assert str(second) == f"{tmp_path}/b/1: cannot write: Not a directory"
    assert "no name for a file" in str(fourth)
    assert names(tmp_path / "a") == ["1", "2"]
    assert write(tmp_path, groups[:1]) == [[]]


def test_nothing_takes_its_place_that_is_not_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after a rename finds the new bytes, and after the return the new names, too."""
    log = []

    def synced(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        log.append(f"sync {path.name if path.is_dir() else path.read_bytes().decode()}")

    def renamed(old: str, new: str, **at: int) -> None:
        log.append(f"rename {new}")
        rename(old, new, **at)

    rename = os.rename
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    write(tmp_path / "out", [{"a/1": b"one"}, {"a/2": b"two"}])
    assert log[:4] == ["sync one", "rename 1", "sync two", "rename 2"]
    assert sorted(log[4:]) == ["sync a", "sync out"]
    log.clear()
    write(tmp_path / "out", [{"a/1": b"one"}, {"a/2": b"new"}])
    assert log == ["sync new", "rename 2", "sync a"]


def test_removes_what_is_there(tmp_path: Path) -> None:
    write(tmp_path, [{"a/1": b"x", "b/2": b"x"}])
    assert remove(tmp_path, ["a/1", "a/2", "c/3"]) == 1
    assert names(tmp_path / "a") == []
    with pytest.raises(PublishError, match="b: cannot remove"):
        remove(tmp_path, ["b"])


def test_sweep_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == 0
