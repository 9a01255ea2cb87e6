"""How well, how fast and how cheaply the language of a text is told.

    python benchmarks/language.py [--sentences FOLDER]

On the project's own samples, and on a folder of ``<language>.txt`` files with a sentence a line
(such as the test data of lingua-py, github.com/pemistahl/lingua-py, language-testdata/sentences):
each as single sentences and in fours. A text is right, wrong, or left without a language.
"""

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.clean import language

SAMPLES = Path(__file__).parent / "samples"
# Norwegian's two forms get the tag of both; Chinese in traditional characters its own.
SAME = {"nb": "no", "nn": "no", "zh-Hans": "zh"}
IN_FOURS = 4


@dataclass(slots=True)
class Score:
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    none: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong.total())

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong.total() + self.none)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path)
    folder = parser.parse_args().sentences
    print_costs()
    print_scores("own paragraphs", score(samples()))
    if folder:
        print_scores("single sentences", score(sentences(folder, 1)))
        print_scores("four sentences", score(sentences(folder, IN_FOURS)))


def samples() -> Iterator[tuple[str, str]]:
    """Every paragraph of the samples, with its language."""
    for path in sorted(SAMPLES.glob("*.txt")):
        for paragraph in path.read_text("utf-8").strip().split("\n\n")[1:]:
            yield path.stem, paragraph


def sentences(folder: Path, together: int) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.txt")):
        lines = path.read_text("utf-8").split("\n")
        for start in range(0, len(lines) - together + 1, together):
            yield path.stem, " ".join(lines[start : start + together])


def score(texts: Iterator[tuple[str, str]]) -> dict[str, Score]:
    scores: dict[str, Score] = {}
    for name, text in texts:
        found = language.guess(text)
        mine = scores.setdefault(name, Score())
        if found is None:
            mine.none += 1
        elif same(found, name):
            mine.right += 1
        else:
            mine.wrong[found] += 1
    return scores


def same(found: str, expected: str) -> bool:
    expected = SAME.get(expected, expected)
    return found == expected or (expected == "zh" and found == "zh-Hant")


def total(scores: dict[str, Score]) -> Score:
    every = Score()
    for mine in scores.values():
        every.right += mine.right
        every.none += mine.none
        every.wrong += mine.wrong
    return every


def print_scores(title: str, scores: dict[str, Score]) -> None:
    every = total(scores)
    texts = every.right + every.none + every.wrong.total()
    print(f"{title}: {texts} texts in {len(scores)} languages, ", end="")
    print(f"precision {every.precision:.4f}, recall {every.recall:.3f}")
    for name, mine in scores.items():
        if mine.wrong:
            said = ", ".join(f"{found} {times}" for found, times in mine.wrong.most_common(3))
            print(f"  {name}: recall {mine.recall:.2f}, taken for {said}")
    silent = [name for name, mine in scores.items() if not mine.right]
    print(f"  never named: {' '.join(silent) or 'none'}")


def print_costs() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = (SAMPLES / "de.txt").read_text("utf-8") * 8
    start = time.perf_counter()
    language.guess(text)
    first = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"first call {first * 1e3:.1f} ms, memory +{grown / 1024:.1f} MB")
    for name in ("de", "ru", "zh-Hans"):
        text = (SAMPLES / f"{name}.txt").read_text("utf-8") * 8
        start = time.perf_counter()
        for _ in range(200):
            language.guess(text)
        print(f"{name}: {(time.perf_counter() - start) / 200 * 1e6:.0f} µs an article")


if __name__ == "__main__":
    sys.exit(main())
