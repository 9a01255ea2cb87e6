"""Show that looking for near-duplicates costs the same in a small and in a large archive.

    python benchmarks/rivals.py [ARTICLES…]

A store is filled with so many articles of one source, each with eight bands of its own; then an
article of another source that shares two bands with one of them is looked for, again and again.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from aggregator.store import SourceEntry, open_store
from aggregator.store.schema import EPOCH, articles, bands

_BANDS, _TRIES = 8, 200


def rows(count: int) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return articles and their bands, the same ones every time."""
    chance = random.Random(7)
    told, keys = [], []
    for number in range(1, count + 1):
        made = {"key": f"k{number}", "entry_id": f"urn:{number}", "content_hash": f"h{number}"}
        empty = {"authors": [], "enclosures": [], "problems": []}
        told.append(
            made | empty | {"id": number, "source_id": 1, "state": "live", "text": "x" * 3000}
        )
        keys += [
            {"band": chance.getrandbits(62), "article_id": number, "seen": None}
            for _ in range(_BANDS)
        ]
    return told, keys


async def measure(count: int) -> float:
    """Return the median milliseconds of one search among ``count`` articles."""
    told, keys = rows(count)
    sources = [SourceEntry(key=k, name=k, kind="feed", target=k, recipe="") for k in ("a", "b")]
    with tempfile.TemporaryDirectory() as folder:
        async with open_store("sqlite:///store.db", Path(folder)) as store:
            await store.set_sources(sources)
            async with store._write() as connection:
                when = {"published": EPOCH, "updated": EPOCH}
                await connection.execute(sa.insert(articles), [one | when for one in told])
                await connection.execute(sa.insert(bands), [one | {"seen": EPOCH} for one in keys])
            took = []
            for turn in range(_TRIES):
                mine = [one["band"] for one in keys[turn * _BANDS : turn * _BANDS + 2]]
                async with store.batch(2) as batch:
                    begun = time.perf_counter()
                    found = await batch.rivals({"x": [*mine, 1, 2, 3]})
                    took.append(time.perf_counter() - begun)
                assert len(found["x"]) == 1
    return statistics.median(took) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    for count in parser.parse_args().articles:
        print(f"{count:9,} articles  {asyncio.run(measure(count)):6.2f} ms")


if __name__ == "__main__":
    main()
