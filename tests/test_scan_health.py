"""What ails a source is told apart, and what follows from it, against a real server."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from place import NOON, Place
from web import Reply, Web

from aggregator.jobs import Scan, World, perform
from aggregator.scan import Report
from aggregator.store import SourceStatus
from aggregator.store.connect import WRITING


def feed(*days: int) -> Reply:
    """A feed with an article of each of some days of May 2024."""
    items = [
        {
            "id": str(day),
            "title": f"Day {day}",
            "content_text": f"What there was on day {day}.",
            "date_published": f"2024-05-{day:02}T00:00:00Z",
        }
        for day in days
    ]
    version = "https://jsonfeed.org/version/1.1"
    return Reply(json.dumps({"version": version, "title": "Wire", "items": items}).encode())


def wire(place: Place, web: Web, reply: Reply, kind: str = "feed", **more: Any) -> SourceStatus:
    """Visit a source once; return how it is then."""
    place.sources = {"Wire": {kind: f"{web.url}/f", "every": "1h", **more}}
    web.replies["/f"] = reply
    place.once()
    return place.status("Wire")


def ahead(status: SourceStatus, since: datetime = NOON) -> timedelta:
    """How far away the next visit is."""
    assert status.next_scan
    return status.next_scan - since


PAGE = b"<!doctype html><html><head><title>x</title></head><body><p>x</p></body></html>"
CUT = [("Content-Length", "999")]
CHALLENGE = [("cf-mitigated", "challenge"), ("Server", "cloudflare")]


@pytest.mark.parametrize(
    ("reply", "health", "said"),
    [
        (feed(30, 31), "ok", ""),
        (feed(), "empty", "it lists no article"),
        (Reply(status=404), "missing", "404"),
        (Reply(status=410), "gone", "410"),
        (Reply(status=401), "blocked", "401"),
        (Reply(status=403), "blocked", "403"),
        (Reply(status=429), "blocked", "429"),
        (Reply(PAGE, status=503, headers=CHALLENGE), "blocked", "a person in a browser"),
        (Reply(status=500), "unreachable", "500"),
        (Reply(write=lambda served: None, headers=CUT), "unreachable", ""),
        (Reply(b"\x89PNG\r\n"), "malformed", "not a feed"),
        (Reply(PAGE), "malformed", "leads to no feed"),
        (Reply(status=302, headers=[("Location", "file:///etc/passwd")]), "refused", ""),
    ],
)
def test_what_ails_a_feed(place: Place, web: Web, reply: Reply, health: str, said: str) -> None:
    status = wire(place, web, reply)
    assert status.health == health
    assert said in status.health_text
    assert status.health_since == NOON
    assert status.status == ("ok" if health in ("ok", "empty") else "error")


def test_an_address_inside_the_network_is_refused(place: Place, web: Web) -> None:
    status = wire(place, web, feed(31), allow_private=False)
    assert (status.health, web.requests) == ("refused", [])
    assert "inside the network" in status.health_text


def test_a_server_that_does_not_answer(place: Place, web: Web) -> None:
    place.sources = {"Wire": {"feed": "http://127.0.0.1:9/f"}}
    place.once()
    assert place.status("Wire").health in ("unreachable", "refused")


def test_a_page_without_items_any_more(place: Place, web: Web) -> None:
    status = wire(place, web, Reply(PAGE), "page", items="article")
    assert status.health == "selector"


def test_where_the_feed_of_a_page_was_found_is_told(place: Place, web: Web) -> None:
    link = b'<link rel="alternate" type="application/feed+json" href="/feed.json">'
    web.replies["/feed.json"] = feed(31)
    status = wire(place, web, Reply(PAGE.replace(b"<title>", link + b"<title>")))
    assert status.health == "ok"
    assert f"{web.url}/feed.json" in status.health_text


def test_quiet_and_since_when(place: Place, web: Web) -> None:
    assert wire(place, web, feed(30, 31)).health == "ok"
    place.now = NOON + timedelta(days=58)
    assert wire(place, web, feed(30, 31)).health == "ok"
    place.now = NOON + timedelta(days=61)
    status = wire(place, web, feed(30, 31))
    assert (status.health, status.health_since) == ("quiet", place.now)
    assert "2024-05-31" in status.health_text


def test_moved_until_the_configuration_says_so(place: Place, web: Web) -> None:
    web.replies["/new"] = feed(31)
    moved = Reply(status=301, headers=[("Location", "/new")])
    for day in range(5):
        place.now = NOON + timedelta(days=day)
        status = wire(place, web, moved)
        assert (status.health, status.health_since) == ("moved", NOON)
        assert f"{web.url}/new" in status.health_text
    assert [path for path, _ in web.requests][-1:] == ["/new"]


def test_what_is_gone_is_not_asked_for_again_but_by_a_person(place: Place, web: Web) -> None:
    assert wire(place, web, Reply(status=410)).next_scan is None
    place.now = NOON + timedelta(days=30)
    done = place.once()
    assert (done.report.status, len(web.requests)) == ("unchanged", 1)
    assert "gone for good" in done.report.errors[0][1]
    web.replies["/f"] = feed(31)
    (report,) = place.do(Scan("Wire", forced=True))
    assert report.new == 1
    assert place.status("Wire").next_scan


def test_a_server_that_asks_to_be_left_alone_is(place: Place, web: Web) -> None:
    status = wire(place, web, Reply(status=429, headers=[("Retry-After", "7200")]))
    assert ahead(status) >= timedelta(hours=2)
    place.now = NOON + timedelta(hours=1)
    done = place.once()
    assert (done.report.status, len(web.requests)) == ("error", 1)
    assert "left alone until 2024-06-01 14:00" in done.report.errors[0][1]
    place.now = NOON + timedelta(hours=3)
    assert wire(place, web, feed(31)).health == "ok"


def test_failures_are_counted_and_put_off(place: Place, web: Web) -> None:
    waits = []
    for failures in range(1, 5):
        status = wire(place, web, Reply(status=500))
        assert status.failures == failures
        waits.append(ahead(status, place.now))
        place.now += waits[-1]
    assert waits[0] <= timedelta(minutes=5)
    assert waits[0] < waits[2] < timedelta(hours=1)
    assert wire(place, web, feed(31)).failures == 0


def test_what_a_feed_wishes_counts(place: Place, web: Web) -> None:
    rss = (
        b'<rss version="2.0"><channel><title>x</title><ttl>240</ttl><item><title>A</title>'
        b"<description>B</description></item></channel></rss>"
    )
    assert ahead(wire(place, web, Reply(rss))) >= timedelta(hours=4)
    fresh = Reply(b"<rss/>", headers=[("Cache-Control", "max-age=18000")])
    fresh.body = rss.replace(b"<ttl>240</ttl>", b"")
    assert ahead(wire(place, web, fresh)) >= timedelta(hours=5)
    # It is a Saturday.
    place.now += timedelta(hours=6)
    skip = b"<skipDays><day>Saturday</day><day>Sunday</day></skipDays><skipHours><hour>0</hour>"
    monday = rss.replace(b"<ttl>240</ttl>", skip + b"<hour>1</hour></skipHours>")
    status = wire(place, web, Reply(monday))
    assert status.next_scan
    assert status.next_scan.weekday() == 0
    assert status.next_scan.hour >= 2


@pytest.mark.parametrize(
    ("days", "least", "most"),
    [((1, 8, 15, 22, 29), 12, 24), ((27, 28, 29, 30, 31), 2, 4), ((31,), 0, 2)],
)
def test_auto_follows_the_rhythm(
    place: Place, web: Web, days: tuple[int, ...], least: int, most: int
) -> None:
    status = wire(place, web, feed(*days), every="auto")
    assert timedelta(hours=least) <= ahead(status) <= timedelta(hours=most)


def test_an_answer_that_stands_is_not_asked_for_and_a_person_is_not_put_off(
    place: Place, web: Web
) -> None:
    reply = feed(31)
    reply.headers = [("Cache-Control", "max-age=3600")]
    wire(place, web, reply)
    place.now += timedelta(minutes=30)
    assert place.once().report.status == "unchanged"
    assert len(web.requests) == 1
    place.do(Scan("Wire", forced=True))
    assert len(web.requests) == 2


def test_a_document_that_cannot_be_read_stays_an_error_while_it_is_what_it_was(
    place: Place, web: Web
) -> None:
    bad = Reply(b"\x89PNG\r\n", headers=[("ETag", '"1"')])
    assert wire(place, web, bad).health == "malformed"
    place.now += timedelta(hours=2)
    assert wire(place, web, Reply(status=304)).health == "malformed"
    assert web.sent()["if-none-match"] == '"1"'


def test_a_visit_without_news_costs_two_transactions(place: Place, web: Web) -> None:
    """One to read what must be known, one to note how it went."""
    wire(place, web, feed(1, 2))
    begun: list[bool] = []

    async def again(world: World) -> Report:
        engine = world.context.store._engine.sync_engine
        sa.event.listen(engine, "begin", lambda one: begun.append(_is_writing(one)))
        report = await perform(Scan("Wire"), world)
        assert isinstance(report, Report)
        return report

    assert place.run(again).status == "unchanged"
    assert sorted(begun) == [False, True]
    assert ahead(place.status("Wire")) >= timedelta(minutes=54)


def _is_writing(connection: sa.Connection) -> bool:
    return WRITING.keys() <= connection.get_execution_options().keys()
