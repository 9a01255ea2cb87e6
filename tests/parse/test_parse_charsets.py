"""The matrix of benchmarks/charsets.py: what is read exactly, and what is never left unsaid."""

import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import charsets

pytestmark = pytest.mark.skipif(not charsets.SAMPLES.is_dir(), reason="no samples")


@pytest.fixture(scope="module")
def outcomes():
    found = defaultdict(Counter)
    for case in charsets.cases():
        if case.kind in ("post", "rss"):  # Atom and pages are decoded by the same function
            found[case.declared][charsets.read(case)] += 1
    return found


@pytest.mark.parametrize("declared", ["rightly", "undeclared", "contradicting"])
def test_what_is_not_wrong_outside_is_read_exactly(outcomes, declared):
    assert outcomes[declared]["exact"] == outcomes[declared].total() > 300


def test_wrong_declarations_are_seen_through_or_named(outcomes):
    wrongly = outcomes["wrongly"]
    assert wrongly["exact"] / wrongly.total() >= 0.84
    assert wrongly["silent"] / wrongly.total() <= 0.055


def test_what_stays_silent_is_one_latin_set_for_another():
    silent = {
        (case.encoding, case.header or case.own)
        for case in charsets.cases()
        if case.kind == "rss" and case.declared == "wrongly" and charsets.read(case) == "silent"
    }
    latin = ("cp1250", "cp1252", "cp1254", *(f"iso8859-{part}" for part in (1, 2, 9, 15)))
    assert {encoding for encoding, _ in silent} <= set(latin)
    assert {label for _, label in silent} <= {"windows-1250", "iso-8859-1"}
