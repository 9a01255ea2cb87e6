"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from place import Place
from web import Web, serving

ROOT = Path(__file__).resolve().parent.parent


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a third of the time is waiting for others."""
    return max(2, os.cpu_count() or 1) * 3 // 2


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real-world test data, which is not part of the project."""
    folder = Path(os.environ.get("AGGREGATOR_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder} (set AGGREGATOR_TEST_DATA)")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A whole aggregator with an empty inbox."""
    (tmp_path / "inbox").mkdir()
    return Place(tmp_path)


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server that answers what it is told to."""
    with serving() as served:
        yield served
