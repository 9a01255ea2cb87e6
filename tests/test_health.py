"""How a source is whose visit did not fail: what is remembered -> the word for it."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import Trouble
from aggregator.health import ADVICE, Health, healthy
from aggregator.sources import Memory

NOON = datetime(2024, 6, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ELSEWHERE = "https://new.example/f"
A_YEAR_OF_SECONDS = 365 * 86_400.0

TABLE = [
    (Memory(), "ok"),  # nothing was read yet
    (Memory(entries=3, newest=NOON), "ok"),
    (Memory(entries=3), "ok"),  # entries without dates
    (Memory(entries=0), "empty"),
    (Memory(entries=0, newest=NOON), "empty"),  # it had some
    (Memory(entries=3, newest=NOON - 59 * DAY), "ok"),
    (Memory(entries=3, newest=NOON - 61 * DAY), "quiet"),
    (Memory(entries=3, newest=NOON - 61 * DAY, rhythm=86_400.0), "quiet"),
    (Memory(entries=3, newest=NOON - 61 * DAY, rhythm=7 * 86_400.0), "ok"),
    (Memory(entries=3, newest=NOON - 71 * DAY, rhythm=7 * 86_400.0), "quiet"),
    (Memory(entries=3, newest=NOON - 3000 * DAY, rhythm=A_YEAR_OF_SECONDS), "ok"),
    (Memory(entries=3, newest=NOON + DAY), "ok"),
    (Memory(entries=3, newest=NOON, moved=ELSEWHERE, moved_since=NOON - DAY), "moved"),
    (Memory(entries=0, moved=ELSEWHERE, url=ELSEWHERE), "moved"),
]


@pytest.mark.parametrize(("memory", "kind"), TABLE)
def test_how_a_source_is(memory: Memory, kind: str) -> None:
    found = healthy(memory, NOON)
    assert found.kind == kind
    assert bool(found.text) == (kind != "ok")


def test_the_words_name_what_a_person_needs() -> None:
    moved = Memory(moved=ELSEWHERE, moved_since=NOON - DAY)
    assert healthy(moved, NOON).text == f"it leads to {ELSEWHERE} for good since 2024-06-04"
    quiet = Memory(entries=1, newest=datetime(2023, 2, 1, tzinfo=UTC))
    assert healthy(quiet, NOON).text == "its newest article is of 2023-02-01"
    assert healthy(Memory(), NOON) == Health("ok", "")


def test_there_is_advice_for_all_that_may_ail_a_source() -> None:
    assert ADVICE.keys() == {*get_args(Trouble), "moved", "empty", "quiet", "held"}
    assert {kind for _, kind in TABLE} - {"ok"} <= ADVICE.keys()


@given(st.timedeltas(timedelta(), 20_000 * DAY), st.floats(0, 1e9))
def test_who_is_quiet_stays_quiet(silence: timedelta, rhythm: float) -> None:
    memory = Memory(entries=1, newest=NOON, rhythm=rhythm)
    if healthy(memory, NOON + silence).kind == "quiet":
        assert silence > 60 * DAY
        assert healthy(memory, NOON + silence + DAY).kind == "quiet"
