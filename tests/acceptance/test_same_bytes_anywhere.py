"""The same files give the same bytes: in another process, locale and time zone, and once more."""

import os
import shutil
from pathlib import Path

from program import CONFIG, run, site, write

# Dates with and without a zone, names that locales sort and fold in ways of their own.
ARTICLES = {
    "Istanbul": "date: 2026-01-02\ncategories: [İstanbul, ISTANBUL, ıssız]\n",
    "Öl": "date: 2026-01-02 23:59:59\ncategories: [Öl, Zebra, Ähre, ärger]\n",
    "新闻": "date: 2026-01-02T03:04:05+08:00\ncategories: [新浪财经－国內, 央行]\n",
    "No date": "categories: [Zebra]\n",
    "In words": "date: Fri, 02 Jan 2026 03:04:05 EST\ntags: [b, a, ß, SS]\n",
}


def made(folder: Path) -> Path:
    root = site(folder, CONFIG + "    own_feed: true\n")
    for number, (title, front) in enumerate(ARTICLES.items()):
        path = write(root, title)
        path.write_text(f"---\ntitle: {title}\n{front}---\nOf {title}, in **words**.\n", "utf-8")
        os.utime(path, (1_750_000_000 + number, 1_750_000_000 + number))
    return root


def once(root: Path, **environment: str) -> None:
    done = run(root, "once", **environment)
    assert done.returncode == 0, done.stderr


def published(root: Path) -> dict[str, bytes]:
    folder = root / "feeds"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_same_bytes_in_another_place_locale_time_zone_and_once_more(tmp_path: Path) -> None:
    here, there = made(tmp_path / "here"), made(tmp_path / "there")
    far = {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}
    once(here, TZ="Asia/Shanghai", LC_ALL="C", PYTHONHASHSEED="1")
    once(there, **far)
    first = published(here)
    assert len([name for name in first if name.endswith("feed.json")]) > len(ARTICLES)
    assert published(there) == first

    # The store alone is enough to write it all again.
    shutil.rmtree(here / "feeds")
    once(here, **far)
    assert published(here) == first
