"""How well lists of articles are found in web pages: items, precision and recall.

    python benchmarks/listing.py [--articles FOLDER]

The pages are those of tests/parse/listing. FOLDER holds ``ground-truth.json`` and
``html/*.html.gz`` of https://github.com/scrapinghub/article-extraction-benchmark: single articles,
which should be refused.
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.listing import Listing, Selectors, read_listing

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/parse/listing"))
import listing_pages_held_out
import listing_pages_known
from listing_kit import Page


@dataclass(frozen=True)
class Result:
    """How one page was read; ``titles`` and ``dates`` are how many of the right ones are right."""

    page: Page
    found: int
    right: int
    titles: int
    dates: int
    confidence: float
    said: str
    seconds: float


def read(url: str, body: bytes) -> tuple[Listing | None, str, float]:
    document = Document(name=url, url=url, body=body, media_type="text/html")
    begin = time.perf_counter()
    try:
        listing = read_listing(document, Selectors(), UTC)
    except ParseError as error:
        return None, str(error), time.perf_counter() - begin
    return listing, listing.how, time.perf_counter() - begin


def measure(page: Page) -> Result:
    listing, said, seconds = read(page.url, page.html.encode())
    articles = listing.articles if listing else ()
    truth = {url: (title, day) for url, title, day in page.expected}
    right = [article for article in articles if article.uid in truth]
    days = [(a.published and a.published.date().isoformat()) or "" for a in right]
    return Result(
        page=page,
        found=len(articles),
        right=len(right),
        titles=sum(a.title == truth[a.uid][0] for a in right),
        dates=sum(day == truth[a.uid][1] for a, day in zip(right, days, strict=True)),
        confidence=listing.confidence if listing else 0.0,
        said=said,
        seconds=seconds,
    )


def table(title: str, results: list[Result]) -> None:
    print(f"\n{title}\n{'page':28} items found right titles dates  conf      ms")
    for r in results:
        print(
            f"{r.page.name:28} {len(r.page.expected):5} {r.found:5} {r.right:5} {r.titles:6} "
            f"{r.dates:5}  {r.confidence:.2f}  {1000 * r.seconds:6.1f}  {r.said[:120]}"
        )
    items = sum(len(r.page.expected) for r in results)
    found, right = sum(r.found for r in results), sum(r.right for r in results)
    whole = sum(r.found == r.right == len(r.page.expected) for r in results)
    print(
        f"precision {right / (found or 1):.3f}  recall {right / (items or 1):.3f}  "
        f"titles {sum(r.titles for r in results) / (right or 1):.3f}  "
        f"dates {sum(r.dates for r in results) / (right or 1):.3f}  "
        f"pages without any error {whole} of {len(results)}"
    )


def articles(folder: Path) -> None:
    """Print how many single articles pass for lists."""
    truth = json.loads((folder / "ground-truth.json").read_text())
    confidences, seconds = {}, []
    for name, fields in truth.items():
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        listing, said, took = read(fields["url"], body)
        seconds.append(took)
        confidences[name] = listing.confidence if listing else 0.0
        if listing:
            print(f"  {listing.confidence:.2f} {len(listing.articles):3} {fields['url'][:90]} {said}")
    accepted = [c for c in confidences.values() if c]
    print(
        f"of {len(truth)} articles' pages {len(truth) - len(accepted)} are refused; "
        f"{1000 * statistics.median(seconds):.0f} ms each in the median, "
        f"{1000 * max(seconds):.0f} at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path)
    folder = parser.parse_args().articles
    known = [measure(make()) for make in listing_pages_known.PAGES]
    held_out = [measure(make()) for make in listing_pages_held_out.PAGES]
    table("Pages that the rules were made with", known)
    table("Pages written after the rules", held_out)
    table("All", known + held_out)
    if folder:
        articles(folder)


if __name__ == "__main__":
    main()
