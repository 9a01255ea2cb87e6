"""Thirty hard articles before and after, in tests/clean/golden/."""

import os
from pathlib import Path

import pytest

from aggregator.article import Article
from aggregator.clean import Recipe, clean

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.in.html"))
RECIPE = Recipe(remove=(".appendQr_wrap", ".article-editor"), base="https://example.org/post")


def test_there_are_thirty() -> None:
    assert len(GOLDEN) == 30


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name.partition(".")[0])
def test_before_and_after(path: Path) -> None:
    """Set UPDATE_GOLDEN=1 to write what comes out, and read the difference before you keep it."""
    before = Article(
        uid="1", title="T", url="https://example.org/post", html=path.read_text("utf-8")
    )
    cleaned = clean(before, RECIPE)
    after = path.with_name(path.name.replace(".in.", ".out."))
    if os.environ.get("UPDATE_GOLDEN"):
        after.write_text(cleaned.html + "\n", "utf-8")
    assert cleaned.html + "\n" == after.read_text("utf-8")
    assert clean(cleaned, RECIPE) == cleaned
