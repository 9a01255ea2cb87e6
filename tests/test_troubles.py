"""The private feed of what is wrong."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from aggregator.health import ADVICE
from aggregator.publish import Site, render
from aggregator.store import SourceStatus
from aggregator.troubles import address, troubles_feed

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SITE = Site(title="Papers", base_url="https://feeds.example.org/")


def ill(health: str, *, failures: int = 1, hours: float = 1, **more: str) -> SourceStatus:
    """A source that is not well since some hours."""
    about = {"name": "Wire", "kind": "feed", "target": "https://e.org/f", "status": "error"}
    since = NOON - timedelta(hours=hours)
    text = f"https://e.org/f: <b>{health}</b>"
    return SourceStatus(
        **(about | more), health=health, health_since=since, health_text=text, failures=failures
    )


def titles(*statuses: SourceStatus) -> list[str]:
    return [e.article.title for e in troubles_feed(statuses, SITE, "t", NOON).entries]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (ill("gone"), True),
        (ill("selector"), True),
        (ill("moved"), True),
        (ill("unreachable"), False),
        (ill("unreachable", failures=3), True),
        (ill("blocked", hours=7), True),
    ],
)
def test_what_may_pass_by_itself_is_told_when_it_has_not(status: SourceStatus, told: bool) -> None:
    assert titles(status) == ([f"Wire: {status.health}"] if told else [])


def test_newest_first_and_the_same_id_for_as_long_as_it_lasts() -> None:
    old, new = ill("gone", hours=50), ill("malformed", hours=2, name="Other", target="x")
    assert titles(old, new) == ["Other: malformed", "Wire: gone"]
    first = troubles_feed([old], SITE, "t", NOON).entries[0]
    later = troubles_feed([old], SITE, "t", NOON + timedelta(days=1)).entries[0]
    again = troubles_feed([ill("gone", hours=1)], SITE, "t", NOON).entries[0]
    assert first == later
    assert first.id != again.id


@pytest.mark.parametrize("health", sorted(ADVICE))
def test_readers_understand_it(health: str) -> None:
    files = render(troubles_feed([ill(health, failures=9)], SITE, "secret", NOON), SITE)
    read = feedparser.parse(files["atom.xml"])
    (entry,) = read.entries
    assert not read.bozo
    assert entry.title == f"Wire: {health}"
    assert "<b>" not in entry.content[0].value
    assert f"&lt;b&gt;{health}" in entry.content[0].value
    assert entry.link.startswith("https://feeds.example.org/status/secret/#")
    assert ADVICE[health][1:20] in entry.content[0].value


def test_where_it_is() -> None:
    assert address(SITE.base_url, "t") == "https://feeds.example.org/status/t/rss.xml"
