"""Telling a hub which feeds changed (WebSub, the publisher's side)."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hub import Hub, hub
from lxml import etree
from place import Place
from web import Reply, Web

from aggregator.fetch import open_client
from aggregator.jobs import Publish, Scan, World, perform
from aggregator.pings import HubStatus, Teller, hub_status, tell
from aggregator.store import open_store

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)
SITE = "https://feeds.example.org/"
FILES = ("atom.xml", "feed.json", "rss.xml")


@pytest.fixture
def told() -> Iterator[Hub]:
    with hub() as one:
        one.verifies = False
        yield one


@pytest.fixture
def site(place: Place, told: Hub) -> Place:
    """A place whose feeds have a hub."""
    place.hub = told.url
    return place


def telling(place: Place, now: datetime = NOON) -> tuple[datetime | None, HubStatus | None]:
    """Tell the hub; return when it is to be told again, and how it goes with it."""

    async def work() -> tuple[datetime | None, HubStatus | None]:
        async with open_store(place.store, place.root) as store, open_client() as client:
            teller = Teller(
                store=store, client=client, hub=place.hub, now=lambda: now, chance=lambda: 0.0
            )
            return await tell(teller), hub_status(place.hub, await store.glance())

    return asyncio.run(work())


def topics(one: Hub) -> list[str]:
    assert all(form["hub.mode"] == "publish" for form in one.asked)
    assert all(form["hub.topic"] == form["hub.url"] for form in one.asked)
    found = sorted(form["hub.url"] for form in one.asked)
    one.asked.clear()
    return found


def addresses(*slugs: str) -> list[str]:
    return sorted(f"{SITE}{slug}{name}" for slug in slugs for name in FILES)


def test_exactly_the_documents_that_changed_are_told(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread", categories=["Food"])
    site.post("b.md", "Coal", categories=["Winter"])
    site.once()
    assert telling(site) == (None, HubStatus(url=told.url, waiting=0))
    assert topics(told) == addresses("", "food/", "winter/")
    telling(site)
    assert topics(told) == []
    site.post("c.md", "Cheese", categories=["Food"])
    site.once()
    telling(site)
    assert topics(told) == addresses("", "food/")
    # Written again, and found to be the same.
    site.run(lambda world: world.context.store.want_feeds([1, 2, 3]))
    site.once()
    telling(site)
    assert topics(told) == []


def test_what_changed_twice_before_it_was_told_is_told_once(site: Place, told: Hub) -> None:
    for number in range(3):
        site.post(f"{number}.md", f"Post {number}")
        site.once()
    telling(site)
    assert topics(told) == addresses("")


def test_a_hub_that_fails_is_told_later_and_more_rarely(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread")
    site.once()
    told.status = 503
    due, status = telling(site)
    assert due == NOON + timedelta(minutes=1)
    assert status is not None
    assert (status.waiting, status.since) == (3, NOON.isoformat())
    assert "503" in status.error
    assert len(topics(told)) == 1  # the others are spared
    assert telling(site) == (due, status)
    assert topics(told) == []
    due, _ = telling(site, due)
    assert due == NOON + timedelta(minutes=3)
    told.headers = {"Retry-After": "7200"}
    due, _ = telling(site, due)
    assert due == NOON + timedelta(hours=2, minutes=3)
    told.status, told.headers = 204, {}
    topics(told)
    assert telling(site, due) == (None, HubStatus(url=told.url, waiting=0))
    assert topics(told) == addresses("")


def test_what_a_hub_refuses_is_not_told_for_ever(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread")
    site.once()
    told.status = 404
    due: datetime | None = NOON
    turns = 0
    while due:
        due, status = telling(site, due)
        turns += 1
        assert len(topics(told)) == 3
    assert turns == 5
    assert status is not None
    assert "404" in status.error


def test_a_crash_between_writing_and_telling_loses_nothing(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread")

    async def dies(world: World) -> None:
        store = world.context.store
        await perform(Scan("Inbox"), world)

        async def crash(*_: Any) -> None:
            raise KeyboardInterrupt

        # The feeds are written, and nobody lives to note it.
        store.settle_pings = crash  # type: ignore[method-assign]
        await perform(Publish(), world)

    with pytest.raises(KeyboardInterrupt):
        site.run(dies)
    assert (site.root / "feeds" / "feed.json").exists()
    site.once()
    telling(site)
    assert topics(told) == addresses("")


def test_without_a_hub_nobody_is_told_and_nothing_is_kept(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread")
    site.once()
    site.hub = ""
    site.once()
    site.hub = told.url
    assert telling(site) == (None, HubStatus(url=told.url, waiting=0))
    assert topics(told) == []
    assert b"hub" not in (site.root / "feeds" / "rss.xml").read_bytes()


def test_documents_name_the_hub_and_themselves(site: Place, told: Hub) -> None:
    site.post("a.md", "Bread", categories=["Food"])
    site.once()
    atom = "{http://www.w3.org/2005/Atom}link"
    for name in ("atom.xml", "rss.xml"):
        root = etree.parse(site.root / "feeds" / "food" / name).getroot()
        links = {one.get("rel"): one.get("href") for one in root.iter(atom)}
        assert links["hub"] == told.url
        assert links["self"] == f"{SITE}food/{name}"
    feed = json.loads((site.root / "feeds" / "food" / "feed.json").read_text())
    assert feed["hubs"] == [{"type": "WebSub", "url": told.url}]


UPSTREAM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:example:up</id><title>Up</title>
<updated>2024-05-01T00:00:00Z</updated><link rel="self" href="https://up.example/self"/>
<link rel="hub" href="https://hub.up.example/"/>
<entry><id>urn:example:1</id><title>One</title><updated>2024-05-01T00:00:00Z</updated>
<link rel="hub" href="https://hub.up.example/"/><link rel="self" href="https://up.example/one"/>
<source><id>urn:example:s</id><title>S</title><updated>2024-05-01T00:00:00Z</updated>
<link rel="self" href="https://s.example/self"/><link rel="hub" href="https://hub.s.example/"/>
</source><content type="text">Text.</content></entry></feed>
"""


def address(web: Web) -> str:
    kind = [("Content-Type", "application/atom+xml")]
    web.replies["/feed"] = Reply(UPSTREAM.encode(), headers=[*kind])
    return f"{web.url}/feed"


@pytest.mark.parametrize("mine", [True, False])
def test_hubs_of_others_never_leak_through(site: Place, web: Web, told: Hub, mine: bool) -> None:
    site.hub = told.url if mine else ""
    site.sources = {"Up": {"feed": address(web)}}
    site.once()
    written = [path.read_text() for path in (site.root / "feeds").rglob("*.[xjh]*")]
    assert any("One" in text for text in written)
    assert not [text for text in written if "hub.up.example" in text or "hub.s.example" in text]
    assert not [text for text in written if "up.example/self" in text]
