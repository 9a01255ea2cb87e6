"""The same articles give the same bytes, wherever and whenever they are published."""

import hashlib
import locale
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from publish_samples import EMPTY, ENTRIES, EVERYTHING, FEED, LINKS, MEDIA, SITE

from aggregator.publish import render, render_article, render_index

PRINT = "import test_feeds_same_bytes; print(test_feeds_same_bytes.digest())"


def digest() -> str:
    files = [
        *render(FEED, SITE).items(),
        *render(EMPTY, SITE).items(),
        *render(EVERYTHING, SITE).items(),
        *render(MEDIA, SITE).items(),
        *render_index(EVERYTHING, LINKS, SITE).items(),
        *((entry.key, render_article(entry, SITE)) for entry in ENTRIES),
    ]
    return hashlib.sha256(repr(files).encode()).hexdigest()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "3", "TZ": "UTC", "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_in_another_process(environment: dict[str, str]) -> None:
    folder = Path(__file__).parent
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", PRINT],
        env=os.environ | environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


def test_a_site_travels_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(SITE)) == SITE


def test_the_locale_stays_as_it_was() -> None:
    before = locale.setlocale(locale.LC_ALL)
    render(FEED, SITE)
    assert locale.setlocale(locale.LC_ALL) == before
