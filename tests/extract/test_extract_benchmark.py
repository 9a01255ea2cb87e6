"""The quality of full text on 181 real pages does not fall."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "benchmark_full_text", ROOT / "benchmarks" / "full_text.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their module
    spec.loader.exec_module(module)
    return module


def test_what_readers_get_from_the_article_extraction_benchmark(
    benchmark: ModuleType, corpus: Path
) -> None:
    """trafilatura 2.0.0 alone has 0.958, the best that was published 0.970."""
    pages = benchmark.load(corpus / "html" / "article-extraction-benchmark")
    found = [benchmark.read(page) for page in pages]
    read = benchmark.score(pages, {p.id: one.read for p, one in zip(pages, found, strict=True)})
    raw = benchmark.score(pages, {p.id: one.raw for p, one in zip(pages, found, strict=True)})
    assert len(pages) == 181
    assert read.f1 >= 0.972
    assert read.precision >= 0.964
    assert read.recall >= 0.978
    assert raw.f1 >= 0.975


@pytest.mark.parametrize(
    ("truth", "found", "wanted"),
    [
        ("one two three four five", "one two three four five", (1, 1)),
        ("one two three four five", "One two three four five", (0.5, 0.5)),
        ("one two three four five six", "one two three four", (1, 1 / 3)),
        ("one two three four", "x one two three four y", (1 / 3, 1)),
        ("one two", "one two", (1, 1)),
        ("one two three four", "", (None, 0)),
        ("", "one two three four", (0, None)),
    ],
)
def test_the_published_method(
    benchmark: ModuleType, truth: str, found: str, wanted: tuple[float | None, float | None]
) -> None:
    assert benchmark.compare(truth, found) == pytest.approx(wanted)
