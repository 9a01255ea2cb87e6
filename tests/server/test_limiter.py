"""Clients that ask too often."""

import functools
import itertools
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server import limiter
from aggregator.server.limiter import Limiter, subscriber
from aggregator.terms import Rate

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)

SECOND = 1_000_000_000


def test_a_burst_is_fine_and_then_it_goes_on_evenly() -> None:
    ask = functools.partial(Limiter().wait, "a", Rate(60, 60))
    assert [ask(0) for _ in range(60)] == [0] * 60
    assert [ask(0), ask(SECOND // 4), ask(SECOND)] == [SECOND, SECOND * 3 // 4, 0]
    assert ask(SECOND) == SECOND
    assert [ask(100 * SECOND) for _ in range(61)] == [0] * 60 + [SECOND]


def test_each_client_has_its_own() -> None:
    limits = Limiter()
    assert [limits.wait(client, Rate(1, 60), 0) > 0 for client in "abab"] == [0, 0, 1, 1]


def test_an_edited_rate_holds_for_what_was_asked_before() -> None:
    limits = Limiter()
    assert [limits.wait("a", Rate(3, 60), 0) for _ in range(3)] == [0, 0, 0]
    assert limits.wait("a", Rate(60, 60), 0) == SECOND
    assert limits.wait("a", Rate(1, 1), 0) == 60 * SECOND


@given(
    steps=st.lists(st.integers(0, 20 * SECOND), max_size=60),
    rate=st.builds(Rate, st.integers(1, 7), st.sampled_from([1, 60])),
)
def test_nobody_gets_more_than_twice_the_rate_nor_waits_for_nothing(
    steps: list[int], rate: Rate
) -> None:
    limits, got = Limiter(), []
    for now in itertools.accumulate(steps):
        wait = limits.wait("a", rate, now)
        if wait == 0:
            got.append(now)
            span = [one for one in got if one > now - rate.seconds * SECOND]
            assert len(span) <= 2 * rate.requests
        else:
            assert wait <= rate.seconds * SECOND
            assert limits.wait("a", rate, now + wait - 1) == 1


def test_only_so_many_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "_CLIENTS", 3)
    limits, rate = Limiter(), Rate(1, 60)
    assert limits.wait("flood", rate, 0) == 0
    for client in "abcdef":
        assert limits.wait(client, rate, 0) == 0
        # Whoever goes on asking is not forgotten among those who come once.
        assert limits.wait("flood", rate, 0) > 0
    assert len(limits._full) == 3
    assert limits.wait("a", rate, 0) == 0


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", ""),
        ("x" * 60_000, ""),
    ],
)
def test_what_a_client_is_known_by(host: str, expected: str) -> None:
    assert subscriber(host) == expected


def test_too_much_gets_429_and_when_to_come_again(site) -> None:  # type: ignore[no-untyped-def]
    (site.root / "rss.xml").write_text("<rss/>")
    assert [FETCH(f"{site.url}/rss.xml").status_code for _ in range(5)] == [200] * 5
    site.terms = replace(site.terms, rate=Rate(2, 3600))
    answers = [FETCH(f"{site.url}/{path}") for path in ("rss.xml", "nothing", "rss.xml", "status")]
    assert [answer.status_code for answer in answers] == [200, 404, 429, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 1800
    assert answers[2].headers["cache-control"] == "no-store"
    assert "too much in too short a time" in answers[2].text
    assert FETCH(f"{site.url}/healthz").status_code == 200
    site.terms = replace(site.terms, rate=None)
    assert FETCH(f"{site.url}/rss.xml").status_code == 200
