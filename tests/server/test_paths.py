import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server.paths import names, opened


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"/", ("",)),
        (b"/rss.xml", ("rss.xml",)),
        (b"/news/", ("news", "")),
        (b"/a/b/feed.json", ("a", "b", "feed.json")),
        (b"/%E9%87%91%E8%9E%8D/", ("金融", "")),
        (b"/a%20b", ("a b",)),
        (b"/%2561", ("%61",)),
        (b"//evil.example/", None),
        (b"/a//b", None),
        (b"/..", None),
        (b"/a/../b", None),
        (b"/%2e%2e/b", None),
        (b"/%2E/b", None),
        (b"/a%2fb", None),
        (b"/a%5Cb", None),
        (b"/a\\b", None),
        (b"/a%00", None),
        (b"/.hidden", None),
        (b"/%2ehidden", None),
        (b"/.git/config", None),
        (b"/%ff", None),
        (b"/%c0%ae%c0%ae/", None),
    ],
)
def test_names(raw: bytes, expected: tuple[str, ...] | None) -> None:
    assert names(raw) == expected


@given(st.binary())
def test_a_name_never_leads_anywhere_else(raw: bytes) -> None:
    for name in names(raw) or ():
        assert name not in {".", ".."}
        assert "/" not in name
        assert "\0" not in name


def read(root: Path, *parts: str) -> bytes:
    with opened(root, parts) as descriptor:
        return os.read(descriptor, 100)


def test_opened_reads_below_the_root_only(tmp_path: Path) -> None:
    root = tmp_path / "out"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "index.html").write_text("inside")
    (tmp_path / "secret").write_text("outside")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "folder").symlink_to(tmp_path)
    assert read(root, "a", "b", "") == b"inside"
    for parts in [("link",), ("folder", "secret"), ("absent",), ("a", "b", "index.html", "")]:
        with pytest.raises(OSError):
            read(root, *parts)


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with opened(tmp_path, ("pipe",)) as descriptor:
        assert descriptor > 0


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").touch()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for parts in [("a", "x"), ("a", "y"), ("a", "x", "z"), ("b", "c", "d")] * 5:
        with contextlib.suppress(OSError):
            read(tmp_path, *parts)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
