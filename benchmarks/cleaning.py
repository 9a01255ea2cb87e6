"""Compare cleaning an article with what lxml and nh3 alone take on the same HTML.

    python benchmarks/cleaning.py FOLDER…

FOLDER holds posts (.md, .markdown, .html) and feeds (any other name). For each article: the
time of lxml.html reading and writing it and nh3 cleaning it with its own defaults; of
``clean_html``, which makes safe HTML of HTML as they do; of ``clean``, which also draws text,
summary, lead image and language from it; and of that with a source's own selectors of
the simple kind. Each works through all articles several times, and the best time of each
article counts. Told are the medians over the articles and the medians of the ratios.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lxml.html
import nh3

from aggregator.article import Article, Document
from aggregator.clean import Recipe, clean, clean_html
from aggregator.errors import ParseError
from aggregator.parse import parse

_PASSES = 4
_POSTS = {".md", ".markdown", ".html"}
_PLAIN = Recipe(base="https://example.org/")
# Names that occur in many articles, so that these have to be looked for.
_PICKY = Recipe(base="https://example.org/", remove=("p.advert", "a[rel=sponsored]"))


def articles(folder: Path) -> Iterator[Article]:
    """Yield the raw articles of all documents of a folder that hold some HTML."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        media_type = "text/markdown" if path.suffix in _POSTS else ""
        document = Document(name=path.name, body=path.read_bytes(), media_type=media_type)
        try:
            yield from (one for one in parse(document).articles if one.html.strip())
        except ParseError:
            continue


def bare(article: Article) -> None:
    """Do what any program does at least: read the HTML, write it, make it safe."""
    root = lxml.html.fragment_fromstring(article.html, create_parent="div")
    nh3.clean(lxml.html.tostring(root, encoding="unicode"))


def html_only(article: Article) -> None:
    """Make safe HTML of HTML."""
    clean_html(article.html, article.base or article.url or _PLAIN.base, _PLAIN)


_WORKS: dict[str, Callable[[Article], object]] = {
    "lxml and nh3 alone": bare,
    "clean_html": html_only,
    "clean": lambda one: clean(one, _PLAIN),
    "clean, selectors": lambda one: clean(one, _PICKY),
}


def measure(work: Callable[[Article], object], found: list[Article]) -> list[float]:
    """Return the seconds that each article takes: the best of several passes over all of them."""
    best = [math.inf] * len(found)
    for _ in range(_PASSES):
        for number, article in enumerate(found):
            begun = time.perf_counter_ns()
            work(article)
            best[number] = min(best[number], (time.perf_counter_ns() - begun) / 1e9)
    return best


def readable(article: Article) -> bool:
    """Whether lxml.html and nh3 alone manage the article at all."""
    try:
        bare(article)
    except (ValueError, AssertionError, lxml.etree.LxmlError):
        return False
    return True


def report(folder: Path) -> None:
    """Measure and print one folder."""
    found = [article for article in articles(folder) if readable(article)]
    alone = measure(bare, found)
    print(f"{folder}: {len(found)} articles, medians in µs, and medians of the ratios")
    for name, work in _WORKS.items():
        took = measure(work, found)
        ratio = statistics.median(mine / least for mine, least in zip(took, alone, strict=True))
        print(f"  {name:20} {statistics.median(took) * 1e6:6.0f}  {ratio:5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        report(folder)


if __name__ == "__main__":
    main()
