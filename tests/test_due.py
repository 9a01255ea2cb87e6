"""When a source is visited next: what went on -> when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Hints
from aggregator.due import Fared, first_due, next_due
from aggregator.errors import Trouble
from aggregator.sources import KINDS, Memory, Source

NOON = datetime(2024, 6, 5, 12, 30, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# A tenth of jitter is added to intervals.
NEARLY = 0.1

TROUBLES = [one for one in get_args(Trouble) if one != "gone"]
PASSING = ["unreachable", "certificate", "missing"]


def source(every: str = "30m", kind: str = "feed", zone: str = "UTC") -> Source:
    target = "inbox" if kind == "directory" else "https://e.org/f"
    given = {kind: target, "every": every}
    return Source(name="S", settings=KINDS[kind][0].model_validate(given), zone=zone)


def wait(every: str = "30m", chance: float = 0.5, **fared: object) -> timedelta:
    """How long after NOON a feed is due."""
    due = next_due(source(every), Fared(**fared), NOON, chance)  # type: ignore[arg-type]
    assert due
    return due - NOON


def about(expected: timedelta) -> object:
    return pytest.approx(expected / MINUTE, rel=NEARLY)


# What went on -> minutes until the next visit of a feed that is due every half hour.
WELL = [
    (Memory(), 30),
    (Memory(fresh=NOON + 5 * MINUTE), 30),
    (Memory(fresh=NOON - DAY), 30),
    (Memory(fresh=NOON + 2 * HOUR), 120),
    (Memory(fresh=NOON + 365 * DAY), 1440),
    (Memory(hints=Hints(every=3600)), 60),
    (Memory(hints=Hints(every=60)), 30),
    (Memory(hints=Hints(every=10**9)), 1440),
    (Memory(hints=Hints(every=3600), fresh=NOON + 3 * HOUR), 180),
    (Memory(hints=Hints(hours=(12, 13, 14))), 150),
    (Memory(hints=Hints(days=(2,))), 720),  # Wednesday is the third day, from 0
    (Memory(hints=Hints(days=(2, 3), hours=(0,))), 2220),
    (Memory(hints=Hints(hours=tuple(range(24)))), 30),
    (Memory(hints=Hints(days=tuple(range(7)))), 30),
]


@pytest.mark.parametrize(("memory", "minutes"), WELL)
def test_after_a_visit_that_went_well(memory: Memory, minutes: int) -> None:
    # What is moved out of an hour keeps its minutes, wherever the jitter put them.
    spread = 60 if memory.hints.hours or memory.hints.days else 4
    assert abs(wait(memory=memory) - minutes * MINUTE) <= spread * MINUTE


# Trouble, failures in a row, Retry-After in seconds -> minutes at the least and at the most, for a
# source that is due every hour.
ILL = [
    ("unreachable", 1, 0, 2.5, 5),
    ("certificate", 1, 0, 2.5, 5),
    ("missing", 2, 0, 5, 10),
    ("unreachable", 5, 0, 40, 80),
    ("unreachable", 99, 0, 720, 1440),
    ("unreachable", 1, 600, 10, 10),
    ("unreachable", 1, 10**9, 1440, 1440),
    ("blocked", 1, 0, 54, 66),
    ("blocked", 1, 7200, 120, 120),
    ("malformed", 2, 0, 54, 132),
    ("selector", 3, 0, 108, 264),
    ("refused", 99, 0, 720, 1440),
]


@pytest.mark.parametrize(("trouble", "failures", "retry", "least", "most"), ILL)
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_after_failures(
    trouble: Trouble, failures: int, retry: int, least: float, most: float, chance: float
) -> None:
    found = wait("1h", chance, trouble=trouble, failures=failures, retry=float(retry)) / MINUTE
    assert least <= found <= most


def test_what_is_gone_is_never_due() -> None:
    assert next_due(source(), Fared(trouble="gone", failures=1), NOON, 0.5) is None


def test_who_was_not_asked_is_due_when_the_wait_of_the_others_is_over() -> None:
    fared = {"trouble": "blocked", "failures": 7, "retry": 40.0, "asked": False}
    assert wait("1h", **fared) == timedelta(seconds=40)
    assert wait("1d", memory=Memory(hints=Hints(hours=(12,))), **fared) == HOUR + MINUTE * 2 / 3


def test_a_folder_is_due_at_its_own_interval_however_it_fared() -> None:
    fared = Fared(trouble="malformed", failures=9, memory=Memory(fresh=NOON + DAY))
    due = next_due(source("10m", "directory"), fared, NOON, 0.5)
    assert due
    assert due - NOON <= 11 * MINUTE


@pytest.mark.parametrize(
    ("every", "zone", "due"),
    [
        ("0 7 * * *", "UTC", datetime(2024, 6, 6, 7, tzinfo=UTC)),
        ("0 21 * * *", "Asia/Shanghai", datetime(2024, 6, 5, 13, tzinfo=UTC)),
        ("0 7 * * mon", "UTC", datetime(2024, 6, 10, 7, tzinfo=UTC)),
        ("0 0 30 2 *", "UTC", NOON + DAY),  # a day that never comes
    ],
)
def test_cron_lines(every: str, zone: str, due: datetime) -> None:
    assert next_due(source(every, zone=zone), Fared(), NOON, 0.5) == due


def test_a_long_interval_is_not_shortened_by_failing_in_a_way_that_lasts() -> None:
    assert wait("7d", trouble="blocked", failures=1) >= 6 * DAY
    assert wait("7d", trouble="blocked", failures=20) >= 6 * DAY
    assert wait("7d", trouble="unreachable", failures=20) <= DAY


# every: auto


@pytest.mark.parametrize(
    ("memory", "minutes"),
    [
        (Memory(), 60),  # nothing is known yet
        (Memory(rhythm=60.0, newest=NOON), 5),
        (Memory(rhythm=8 * 3600.0, newest=NOON), 60),
        (Memory(rhythm=8 * 3600.0, newest=NOON - DAY), 60),
        (Memory(rhythm=8 * 3600.0, newest=NOON - 4 * DAY), 180),
        (Memory(rhythm=30 * 86400.0, newest=NOON), 1440),
        (Memory(rhythm=60.0, newest=NOON - 365 * DAY), 1440),
        (Memory(rhythm=3600.0, newest=NOON + DAY), 7.5),
    ],
)
def test_auto_follows_the_sources_own_rhythm(memory: Memory, minutes: float) -> None:
    assert wait("auto", memory=memory) / MINUTE == about(minutes * MINUTE)


@given(
    st.floats(0.001, 1e9), st.timedeltas(-DAY, 9999 * DAY), st.floats(0, 1), st.sampled_from((0, 1))
)
def test_auto_stays_between_five_minutes_and_a_day(
    rhythm: float, silence: timedelta, chance: float, more: int
) -> None:
    memory = Memory(rhythm=rhythm, newest=NOON - silence)
    found = wait("auto", chance, memory=memory)
    assert 5 * MINUTE <= found <= DAY
    if more:
        slower = memory.model_copy(update={"rhythm": rhythm * 2})
        assert wait("auto", chance, memory=slower) >= found


def test_auto_does_not_bring_all_together() -> None:
    memory = Memory(rhythm=30 * 86400.0, newest=NOON)
    assert len({wait("auto", n / 10, memory=memory) for n in range(10)}) == 10


# While a hub tells of news


def test_while_a_hub_tells_of_news_polling_is_slow() -> None:
    assert 6 * HOUR <= wait(pushed=NOON - DAY, chance=0) < 7 * HOUR
    assert 17 * HOUR < wait(pushed=NOON - DAY, chance=1) <= 18 * HOUR
    assert wait(pushed=NOON - 4 * DAY) / MINUTE == about(30 * MINUTE)
    assert wait("2d", pushed=NOON - DAY) > DAY
    assert wait(pushed=NOON, trouble="unreachable", failures=1) <= 5 * MINUTE


# Laws


def instants(first: int, last: int) -> st.SearchStrategy[datetime]:
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (first, last))
    return st.timedeltas(timedelta(), end - begin).map(lambda passed: begin + passed)


memories = st.builds(
    Memory,
    fresh=st.none() | instants(2000, 2100),
    rhythm=st.floats(0, 1e10),
    newest=st.none() | instants(1990, 2100),
    hints=st.builds(Hints, every=st.integers(0, 10**12)),
)
fared = st.builds(
    Fared,
    trouble=st.sampled_from(TROUBLES),
    failures=st.integers(1, 10**6),
    retry=st.floats(0, 1e9),
    asked=st.booleans(),
    memory=memories,
)
well = st.builds(Fared, memory=memories, pushed=st.none() | st.just(NOON))
EVERY = st.sampled_from(["1s", "90s", "30m", "6h", "auto", "1d"])


@given(EVERY, fared, st.floats(0, 1))
def test_never_before_retry_after_and_never_later_than_a_day(
    every: str, how: Fared, chance: float
) -> None:
    due = next_due(source(every), how, NOON, chance)
    assert due
    assert due - NOON >= min(timedelta(seconds=how.retry), DAY)
    assert due - NOON <= DAY * (1 + NEARLY)


@given(EVERY, well, st.floats(0, 1))
def test_never_while_the_last_answer_stands_and_never_later_than_a_day(
    every: str, how: Fared, chance: float
) -> None:
    due = next_due(source(every), how, NOON, chance)
    assert due
    assert due >= min(how.memory.fresh or NOON, NOON + DAY)
    assert due - NOON >= min(timedelta(seconds=how.memory.hints.every), DAY)
    assert NOON < due <= NOON + DAY * (1 + NEARLY)


@given(
    st.frozensets(st.integers(0, 23), max_size=23),
    st.frozensets(st.integers(0, 6), max_size=6),
    instants(2020, 2030),
    well | fared,
)
def test_never_in_hours_and_on_days_that_the_feed_leaves_out(
    hours: frozenset[int], days: frozenset[int], now: datetime, how: Fared
) -> None:
    hints = Hints(hours=tuple(hours), days=tuple(days))
    how = replace(how, memory=how.memory.model_copy(update={"hints": hints}))
    due = next_due(source("15m"), how, now, 0.5)
    assert due
    assert due.hour not in hours
    assert due.weekday() not in days


@given(st.sampled_from(TROUBLES), st.integers(1, 40), st.floats(0, 1), st.floats(0, 1))
def test_who_fails_is_left_alone_for_longer_and_longer_and_not_in_step(
    trouble: Trouble, failures: int, one: float, other: float
) -> None:
    def after(count: int, chance: float) -> timedelta:
        return wait("1s", chance, trouble=trouble, failures=count)

    assert after(failures, one) <= after(failures + 1, one)
    assert after(failures + 1, 1.0) >= min(2 * after(failures, 1.0), DAY)
    assert (after(failures, one) < after(failures, other)) == (one < other) or abs(
        one - other
    ) < 1e-6


# After a start


@pytest.mark.parametrize(
    ("kind", "planned", "due"),
    [
        ("feed", {}, NOON),
        ("feed", {"feed:https://e.org/f": NOON + DAY}, NOON + DAY),
        ("feed", {"feed:https://e.org/f": NOON - DAY}, NOON - DAY),
        ("feed", {"feed:https://e.org/f": None}, None),
        ("feed", {"page:https://e.org/f": None}, NOON),
        ("directory", {"directory:inbox": NOON + DAY}, NOON),
    ],
)
def test_after_a_start(
    kind: str, planned: dict[str, datetime | None], due: datetime | None
) -> None:
    assert first_due(source(kind=kind), planned, NOON) == due
