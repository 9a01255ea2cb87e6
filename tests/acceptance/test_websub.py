"""Told of news by a hub: subscribed to, pushed by, renewed and left by the daemon as a process."""

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hub import Hub, hub, send, signature
from program import Daemon, daemon, reconfigure, run_json, site, until, write

CONFIG = """\
title: Test
base_url: http://127.0.0.1:{port}/
root: .
serve: {{host: 127.0.0.1, port: {port}}}
defaults: {{allow_private: true, delay: 0}}
sources:
  - feed: {url}/feed.xml
    name: Elsewhere
    every: {every}
    websub: {websub}
  - directory: inbox
"""


def feed(hub_url: str, topic: str, *titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{title}</guid>"
        f"<pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate>"
        f"<description>What {title} has to say and no other article says.</description></item>"
        for title in titles
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Elsewhere</title><a:link rel='hub' href='{hub_url}'/>"
        f"<a:link rel='self' href='{topic}'/>{items}</channel></rss>"
    )


@pytest.fixture
def relay() -> Iterator[Hub]:
    with hub() as one:
        yield one


class Published:
    """A feed with a hub, and a folder with a configuration that reads it."""

    def __init__(self, folder: Path, web: Any, relay: Hub, every: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.web, self.relay, self.every = web, relay, every
        # The feed's own name for itself is another than it was asked for at.
        self.topic = f"{web.url}/feed.xml?self=1&a=%C3%A4"
        web.pages["/feed.xml"] = self.feed("First")
        self.root = site(folder, self.config())

    def config(self, websub: str = "true") -> str:
        return CONFIG.format(port=self.port, url=self.web.url, every=self.every, websub=websub)

    def feed(self, *titles: str) -> str:
        return feed(self.relay.url, self.topic.replace("&", "&amp;"), *titles)

    def database(self, statement: str) -> list[Any]:
        path = self.root / "data" / "aggregator.db"
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as database, database:
            return database.execute(statement).fetchall()

    def subscribed(self) -> None:
        until(lambda: self.relay.subscribers)

    def shown(self, running: Daemon, *titles: str) -> bool:
        return set(running.titles()) == set(titles)

    def status(self) -> Any:
        return next(
            one for one in run_json(self.root, "status")["sources"] if one["name"] == "Elsewhere"
        )


def test_pushed_news_appears_at_once_and_a_restart_changes_nothing(
    tmp_path: Path, web: Any, relay: Hub
) -> None:
    place = Published(tmp_path, web, relay, every="1h")
    with daemon(place.root) as running:
        place.subscribed()
        (form,) = relay.asked
        assert form["hub.mode"] == "subscribe"
        assert form["hub.topic"] == place.topic
        assert form["hub.lease_seconds"] == "864000"
        assert form["hub.callback"].startswith(f"http://127.0.0.1:{place.port}/websub/")
        assert 32 <= len(form["hub.secret"]) < 200

        began = time.monotonic()
        assert relay.push(place.feed("Second", "First").encode()).status == 202
        until(lambda: place.shown(running, "First", "Second"))
        assert time.monotonic() - began < 4

        forged = place.feed("Forged").encode()
        assert relay.push(forged, secret="guessed").status == 202
        assert send("POST", form["hub.callback"], forged).status == 202
        said = signature(forged, form["hub.secret"]).replace("sha256", "md5")
        assert send("POST", form["hub.callback"], forged, {"X-Hub-Signature": said}).status == 202
        # Only what is new, as some hubs deliver; what is not in it stays.
        assert relay.push(place.feed("Third").encode(), "sha512").status == 202
        until(lambda: place.shown(running, "First", "Second", "Third"))
        assert "not signed" in running.logged()
        assert running.stop() == 0
    told = place.status()
    assert told["hub"] == "127.0.0.1"
    lasts = datetime.fromisoformat(told["hub_until"]) - datetime.now(UTC)
    assert timedelta(days=9) < lasts <= timedelta(days=10)

    with daemon(place.root) as running:
        assert relay.push(place.feed("Fourth").encode(), "sha1").status == 202
        until(lambda: place.shown(running, "First", "Second", "Third", "Fourth"))
        assert len(relay.asked) == 1
        assert web.asked["/feed.xml"] == 1
        assert running.stop() == 0

    # Most of the lease has passed; and something was delivered that could not be read any more.
    place.database("UPDATE subscriptions SET due = 1")
    place.database("UPDATE sources SET last_scan = 1")
    with daemon(place.root) as running:
        until(lambda: web.asked["/feed.xml"] == 2)
        until(lambda: len(relay.confirmed) == 2)
        assert relay.asked[1] == relay.asked[0]
        until(lambda: place.database("SELECT due, tries FROM subscriptions")[0][0] > 1)
        assert running.stop() == 0


def test_polls_become_rare_while_pushes_come_and_resume_when_it_is_switched_off(
    tmp_path: Path, web: Any, relay: Hub
) -> None:
    place = Published(tmp_path, web, relay, every="1s")
    with daemon(place.root) as running:
        place.subscribed()
        ((callback, _),) = relay.subscribers.items()
        assert relay.push(place.feed("Second").encode()).status == 202

        def polled_in() -> timedelta:
            told = place.database("SELECT next_scan FROM sources WHERE kind = 'feed'")[0][0]
            return timedelta(microseconds=told or 0) - timedelta(seconds=time.time())

        until(lambda: polled_in() > timedelta(hours=5))
        polls = web.asked["/feed.xml"]

        # What cannot be read, and nothing at all, only tells that there is something to be read.
        web.pages["/feed.xml"] = place.feed("Second", "First", "Polled")
        assert relay.push(b"<rss><channel><title>torn").status == 202
        until(lambda: place.shown(running, "First", "Second", "Polled"))
        web.pages["/feed.xml"] = place.feed("Pinged", "Polled")
        assert relay.push(b"").status == 202
        until(lambda: place.shown(running, "First", "Second", "Polled", "Pinged"))
        assert web.asked["/feed.xml"] == polls + 2

        # More at once than is kept for reading: all of it is in the feed itself, too.
        burst = [f"Burst {number}" for number in range(30)]
        web.pages["/feed.xml"] = place.feed(*burst)
        with ThreadPoolExecutor(8) as pool:
            told = pool.map(lambda title: relay.push(place.feed(title).encode()), burst)
            assert {one.status for one in told} == {202}
        until(lambda: set(burst) <= set(running.titles()))
        assert web.asked["/feed.xml"] < polls + 12

        reconfigure(place.root, place.config(websub="false"))
        until(lambda: not relay.subscribers)
        assert [form["hub.mode"] for form in relay.asked] == ["subscribe", "unsubscribe"]
        assert "hub.secret" not in relay.asked[1]
        until(lambda: not place.database("SELECT * FROM subscriptions"))
        assert send("POST", callback, b"late").status == 410

        reconfigure(place.root, place.config())
        place.subscribed()
        assert callback not in relay.subscribers
        reconfigure(place.root, place.config().split("  - feed")[0] + "  - directory: inbox\n")
        until(lambda: not relay.subscribers)
        assert json.loads(running.get("healthz"))["sources"] == 1
        assert running.stop() == 0


def test_our_own_feeds_are_pushed_from_one_daemon_to_another(tmp_path: Path, relay: Hub) -> None:
    """The hub fetches what it is told of, and delivers it to who subscribed to it."""
    top = CONFIG.partition("sources:")[0]
    with socket.socket() as free, socket.socket() as other:
        for one in (free, other):
            one.bind(("127.0.0.1", 0))
        port, port_of_reader = free.getsockname()[1], other.getsockname()[1]
    publish = f"publish: {{hub: {relay.url}}}\nsources:\n  - directory: inbox\n"
    publisher = site(tmp_path / "publisher", top.format(port=port) + publish, First="One.")
    topic = f"http://127.0.0.1:{port}/atom.xml"
    subscribe = f"sources:\n  - {{feed: '{topic}', every: 1d, websub: true}}\n"
    reader = site(tmp_path / "reader", top.format(port=port_of_reader) + subscribe)
    relay.deliver = True
    with daemon(publisher) as publishing, daemon(reader) as reading:
        until(lambda: relay.subscribers)
        until(lambda: set(reading.titles()) == {"First"})
        relay.asked.clear()
        write(publisher, "Second")
        until(lambda: set(reading.titles()) == {"First", "Second"})
        told = {form["hub.url"] for form in relay.asked if form["hub.mode"] == "publish"}
        assert topic in told
        until(lambda: run_json(publisher, "status")["hub"]["waiting"] == 0)
        assert publishing.stop() == reading.stop() == 0
