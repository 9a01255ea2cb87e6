"""A real feed reader subscribes."""

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

NEWSBOAT = shutil.which("newsboat")


@pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed")
@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
def test_newsboat_shows_what_was_published(
    site: tuple[str, Path], file: str, tmp_path: Path
) -> None:
    url, output = site
    (tmp_path / "urls").write_text(f"{url}{file}\n", "utf-8")
    (tmp_path / "config").write_text("", "utf-8")
    command = [str(NEWSBOAT), "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)

    with sqlite3.connect(tmp_path / "cache.db") as cache:
        shown = set(cache.execute("SELECT title, url FROM rss_item"))
        (feed_title,) = cache.execute("SELECT title FROM rss_feed").fetchone()
    cache.close()
    items = json.loads((output / "feed.json").read_bytes())["items"]
    assert feed_title == "Samples"
    assert len(items) == 12
    assert shown == {(item["title"], item["url"]) for item in items}
