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
from itertools import pairwise
from pathlib import Path

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.decode import decode
from aggregator.parse.listing import Listing, Selectors, furniture, read_listing
from aggregator.parse.listing.found import find
from aggregator.parse.listing.sheet import lay_out

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


def confidence(url: str, body: bytes) -> float:
    """Return it also for a page that is refused."""
    sheet = lay_out(decode(body)[0], url)
    if sheet is None:
        return 0.0
    furniture.mark(sheet)
    found = find(sheet)
    return found.confidence if found else 0.0


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
        confidence=listing.confidence if listing else confidence(page.url, page.html.encode()),
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
    lists = [r.confidence for r in results if r.page.expected]
    others = [r.confidence for r in results if not r.page.expected]
    print(
        f"confidence of lists {min(lists):.2f} and more, of other pages {max(others):.2f} and less"
    )


def articles(folder: Path) -> None:
    """Print how many single articles pass for lists."""
    truth = json.loads((folder / "ground-truth.json").read_text())
    confidences, seconds, accepted = [], [], 0
    for name, fields in truth.items():
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        listing, said, took = read(fields["url"], body)
        seconds.append(took)
        confidences.append(confidence(fields["url"], body))
        if listing:
            print(
                f"  {listing.confidence:.2f} {len(listing.articles):3} {fields['url'][:90]} {said}"
            )
    print(
        f"of {len(truth)} articles' pages {len(truth) - accepted} are refused; "
        f"{1000 * statistics.median(seconds):.0f} ms each in the median, "
        f"{1000 * max(seconds):.0f} at most"
    )
    steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 1]
    counts = [sum(a <= c < b for c in confidences) for a, b in pairwise(steps)]
    print(f"their confidence from {', '.join(map(str, steps[:-1]))}: {counts}")


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
