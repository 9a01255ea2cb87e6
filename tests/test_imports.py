"""What commands that only look do not import: most of a second of their time is imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_HEAVY = {
    *(
        "aiohttp",
        "alembic",
        "apscheduler",
        "bs4",
        "feedgen",
        "httpx",
        "jinja2",
        "lxml",
        "markdown_it",
    ),
    *("psycopg", "regex", "soupsieve", "starlette", "trafilatura", "uvicorn", "watchfiles"),
}
_SCRIPT = """
import sys
from aggregator.cli import app
app(sys.argv[1:], standalone_mode=False)
print("IMPORTED", *{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    path = tmp_path / "aggregator.yaml"
    path.write_text(
        "store: sqlite:///a.db\nsources:\n  - directory: inbox\n  - feed: https://example.org/feed\n"
    )
    return path


def _imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    line = done.stdout.splitlines()[-1]
    assert line.startswith("IMPORTED")
    return set(line.split())


def test_status_imports_neither_a_database_nor_what_reads_or_writes_feeds(config: Path) -> None:
    _imported("status", "-c", str(config))  # which makes the store, with SQLAlchemy and Alembic
    assert _imported("status", "-c", str(config)) & (_HEAVY | {"asyncio", "sqlalchemy"}) == set()


def test_check_imports_no_database_either(config: Path) -> None:
    assert _imported("check", "-c", str(config)) & (_HEAVY | {"asyncio", "sqlalchemy"}) == set()


def test_the_command_line_itself_needs_no_configuration() -> None:
    heavy = (_HEAVY | {"sqlalchemy", "pydantic", "yaml"}) - {"markdown_it"}  # rich has that
    assert _imported("--help") & heavy == set()
