"""How well full text is found: F1 on the article extraction benchmark, by its own method.

    python benchmarks/full_text.py FOLDER

FOLDER holds ``ground-truth.json`` and ``html/*.html.gz`` of
https://github.com/scrapinghub/article-extraction-benchmark (181 pages). What is scored is what a
reader gets: the extraction, cleaned, as text. Words in shingles of four; precision and recall for
each page; F1 of their means over the pages.
"""

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aggregator.article import Article
from aggregator.clean import Recipe, clean
from aggregator.extract.page import read_page

_WORD = re.compile(r"\w+")
_CAPTION = re.compile(r"<figcaption\b.*?</figcaption>", re.DOTALL)
_SHINGLE = 4


@dataclass(frozen=True)
class Page:
    """One page of the benchmark: its decoded HTML, and the text that it must yield."""

    id: str
    html: str
    address: str
    truth: str


@dataclass(frozen=True)
class Yield:
    """What a page yielded: the extraction's text, the reader's, that without captions; seconds."""

    raw: str
    read: str
    without_captions: str
    seconds: float


@dataclass(frozen=True)
class Score:
    """Means over the pages."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def load(folder: Path) -> list[Page]:
    """The pages of the benchmark, in the order of their ids."""
    truths = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Page(
            id=name,
            html=gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()).decode(),
            address=truth.get("url") or "http://example.org/",
            truth=truth["articleBody"],
        )
        for name, truth in sorted(truths.items())
    ]


def read(page: Page) -> Yield:
    """Take a page the way that an article of a feed goes, without the gate."""
    start = time.perf_counter()
    reading = read_page(page.html, page.address)
    seconds = time.perf_counter() - start
    if reading is None:
        return Yield("", "", "", seconds)
    article = Article(uid=page.id, html=reading.html, base=page.address)
    without = Article(uid=page.id, html=_CAPTION.sub(" ", reading.html), base=page.address)
    texts = (clean(one, Recipe()).text for one in (article, without))
    return Yield(reading.text, *texts, seconds)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every four words in a row; all of them if there are fewer."""
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - _SHINGLE + 1)) if words else ()
    return Counter(tuple(words[start : start + _SHINGLE]) for start in starts)


def compare(truth: str, found: str) -> tuple[float | None, float | None]:
    """Precision and recall of a page; None where nothing was found, or nothing is to be found."""
    true, predicted = shingles(truth), shingles(found)
    common = (true & predicted).total()
    return (
        common / predicted.total() if predicted else None,
        common / true.total() if true else None,
    )


def score(pages: Iterable[Page], texts: Mapping[str, str]) -> Score:
    """The score of texts by the ids of their pages."""
    pairs = [compare(page.truth, texts[page.id]) for page in pages]
    return Score(
        statistics.mean(precision for precision, _ in pairs if precision is not None),
        statistics.mean(recall for _, recall in pairs if recall is not None),
    )


def half(page: Page) -> str:
    """Which half a page belongs to: rules were found on the first and tried on the second."""
    return "second" if int(page.id[-1], 16) % 2 else "first"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    pages = load(parser.parse_args().folder)
    with ProcessPoolExecutor() as pool:
        found = dict(zip((page.id for page in pages), pool.map(read, pages), strict=True))
    rows: dict[str, Callable[[Yield], str]] = {
        "extraction": lambda one: one.raw,
        "what the reader gets": lambda one: one.read,
        "the same without captions": lambda one: one.without_captions,
    }
    print(f"{'':<28}{'pages':<8}{'F1':>7}{'precision':>11}{'recall':>8}")
    for name, text in rows.items():
        texts = {key: text(one) for key, one in found.items()}
        for part in ("all", "first", "second"):
            chosen = [page for page in pages if part in ("all", half(page))]
            result = score(chosen, texts)
            numbers = f"{result.f1:>7.4f}{result.precision:>11.4f}{result.recall:>8.4f}"
            print(f"{name:<28}{part:<8}{numbers}")
    seconds = [one.seconds for one in found.values()]
    print(
        f"{1000 * statistics.mean(seconds):.1f} ms a page, the slowest {1000 * max(seconds):.0f} ms"
    )


if __name__ == "__main__":
    main()
