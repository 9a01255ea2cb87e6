"""Which files that events name are read at once, and which are waited for."""

import os
import time
from pathlib import Path

from aggregator.daemon import is_growing


def _written(path: Path) -> Path:
    path.write_text("half of an art")
    return path


def test_a_file_that_was_written_just_now_may_grow(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.md")
    assert is_growing(path, path.stat().st_mtime_ns + 1_000_000)


def test_a_file_that_rests_is_whole(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.md")
    assert not is_growing(path, path.stat().st_mtime_ns + 1_000_000_000)


def test_a_file_that_was_moved_into_its_place_is_whole(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.tmp")
    time.sleep(0.03)  # file times move with the kernel's tick
    path = path.rename(tmp_path / "a.md")
    assert not is_growing(path, path.stat().st_mtime_ns + 1_000_000)


def test_a_file_whose_times_were_set_is_whole(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.md")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert not is_growing(path, 1_600_000_000_001_000_000)


def test_a_file_from_the_future_or_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.md")
    assert not is_growing(path, path.stat().st_mtime_ns - 1)
    assert not is_growing(tmp_path / "gone.md", time.time_ns())
