"""How well near-duplicates are found and told apart: python near_duplicates.py FOLDER.

FOLDER is one of feeds and posts (feeds/captured, posts/derived, …). Prints the labelled pairs by
kind, then every pair of real articles from two sources that share a band, then whether bulletins
crowd each other out, and the time it takes.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median

from near_pairs import Item, Pair, crowd, footer, pairs, real_items

from aggregator.near import Story, Verdict, compare, sketch


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a labelled pair: whether it shares a band, and the verdict."""

    pair: Pair
    shares: bool
    verdict: Verdict

    @property
    def found(self) -> bool:
        return self.shares and self.verdict.same


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of a set of outcomes. ``found`` and ``sharing`` include what should not be."""

    pairs: int
    same: int
    found: int
    right: int
    sharing: int
    sharing_right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.same if self.same else 1.0

    @property
    def bands_precision(self) -> float:
        return self.sharing_right / self.sharing if self.sharing else 1.0

    @property
    def bands_recall(self) -> float:
        return self.sharing_right / self.same if self.same else 1.0


def judge(labelled: Iterable[Pair]) -> list[Outcome]:
    return [Outcome(pair, _share(pair), compare(pair.left, pair.right)) for pair in labelled]


def quality(outcomes: Sequence[Outcome]) -> Quality:
    found = [outcome for outcome in outcomes if outcome.found]
    sharing = [outcome for outcome in outcomes if outcome.shares]
    return Quality(
        pairs=len(outcomes),
        same=_same(outcomes),
        found=len(found),
        right=_same(found),
        sharing=len(sharing),
        sharing_right=_same(sharing),
    )


def _same(outcomes: Iterable[Outcome]) -> int:
    return sum(outcome.pair.same for outcome in outcomes)


def _share(pair: Pair) -> bool:
    left, right = (set(sketch(story.title, story.text)) for story in (pair.left, pair.right))
    return not left.isdisjoint(right)


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes by kind, then by language and half, as a Markdown table."""
    rows = [
        "| pairs | are | number | share a band | found | precision | recall | bands' precision "
        "| bands' recall |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    kinds = dict.fromkeys((outcome.pair.kind, outcome.pair.same) for outcome in outcomes)
    for kind, same in kinds:
        rows.append(
            _row(kind, "same" if same else "apart", [o for o in outcomes if o.pair.kind == kind])
        )
    groups: dict[str, Callable[[Pair], bool]] = {
        "all English": lambda pair: not pair.chinese,
        "all Chinese": lambda pair: pair.chinese,
        "half developed on": lambda pair: pair.half == 0,
        "half held out": lambda pair: pair.half == 1,
        "all": lambda _: True,
    }
    rows += [_row(name, "both", [o for o in outcomes if of(o.pair)]) for name, of in groups.items()]
    return "\n".join(rows)


def _row(name: str, are: str, outcomes: Sequence[Outcome]) -> str:
    q = quality(outcomes)
    both = are == "both"
    figures = [
        f"{q.precision:.4f}" if both else "",
        f"{q.recall:.3f}" if q.same else "",
        f"{q.bands_precision:.3f}" if both else "",
        f"{q.bands_recall:.3f}" if q.same else "",
    ]
    return f"| {name} | {are} | {q.pairs} | {q.sharing} | {q.found} | {' | '.join(figures)} |"


def mistakes(outcomes: Sequence[Outcome], of_half: int) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.pair.half == of_half and outcome.found != outcome.pair.same:
            why = outcome.verdict.reason if outcome.shares else "no band shared"
            yield f"{outcome.pair.kind}: {outcome.pair.left.title!r}: {why}"


def encounters(items: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Every two articles of different sources that share a band and are not equal."""
    holders = defaultdict(list)
    for number, item in enumerate(items):
        for key in sketch(item.story.title, item.story.text):
            holders[key].append(number)
    met = {
        pair
        for numbers in holders.values()
        for pair in combinations(numbers, 2)
        if items[pair[0]].source != items[pair[1]].source
    }
    return [(items[a], items[b]) for a, b in sorted(met)]


def ranks(stories: Sequence[tuple[Story, Story]]) -> list[int]:
    """At which place a copy finds its original among all, by shared bands and then the newest."""
    sketches = [set(sketch(one.title, one.text)) for one, _ in stories]
    found = []
    for place, (_, copy) in enumerate(stories):
        keys = set(sketch(copy.title, copy.text))
        order = sorted(range(len(stories)), key=lambda n: (-len(keys & sketches[n]), -n))
        found.append(order.index(place) + 1)
    return found


def milliseconds(of: Callable[[Story], object], stories: Sequence[Story]) -> float:
    """The median over stories of the best of three."""
    return median(min(_timed(of, story) for _ in range(3)) for story in stories)


def _timed(of: Callable[[Story], object], story: Story) -> float:
    start = time.perf_counter()
    of(story)
    return 1000 * (time.perf_counter() - start)


def report_pairs(folder: Path, listed: bool) -> None:
    outcomes = judge(pairs(folder))
    print(table(outcomes))
    if listed:
        print("", *mistakes(outcomes, of_half=0), sep="\n")


def report_real(folder: Path) -> None:
    items = real_items(folder)
    met = [(a, b, compare(a.story, b.story)) for a, b in encounters(items)]
    equal = [verdict.same for a, b, verdict in met if a.story.text == b.story.text]
    print(f"\n{len(items)} real articles, {len(met)} pairs of two sources share a band")
    print(f"{sum(equal)} of {len(equal)} with equal texts are found to be the same; the others:\n")
    for a, b, verdict in met:
        if a.story.text != b.story.text:
            same = "same " if verdict.same else "apart"
            print(f"{same} {verdict.reason}: {a.story.title!r} / {b.story.title!r}")


def report_crowds() -> None:
    print("\nCopies whose original is among the first of 1,000 bulletins of one template:\n")
    for chinese in (False, True):
        places = ranks(crowd(chinese, 1_000))
        within = ", ".join(f"{n}: {sum(p <= n for p in places)}" for n in (1, 5, 20, 100))
        print(f"{'Chinese' if chinese else 'English'}  {within}")


def report_time(folder: Path) -> None:
    print(
        "\nMilliseconds (median of articles of 4,500 to 5,500 letters, Chinese 2,200 to 2,800):\n"
    )
    items = real_items(folder)
    for name, chinese, least, most in (
        ("English", False, 4500, 5500),
        ("Chinese", True, 2200, 2800),
    ):
        found = [item.story for item in items if item.chinese is chinese]
        fitting = [story for story in found if least <= len(story.text) <= most][:40]
        sketching = milliseconds(lambda story: sketch(story.title, story.text), fitting)
        copying = milliseconds(lambda story: compare(story, footer(story, Random(1))), fitting)
        print(f"{name}  sketch {sketching:.2f}, compare with a copy {copying:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mistakes", action="store_true", help="list those of the first half")
    arguments = parser.parse_args()
    report_pairs(arguments.folder, arguments.mistakes)
    report_real(arguments.folder)
    report_crowds()
    report_time(arguments.folder)


if __name__ == "__main__":
    main()
