"""The subscriber: what hubs are asked and answered, and what the lies of hubs come to."""

import asyncio
import functools
import http.client
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hub import Hub, Told, hub, send, signature
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Hints
from aggregator.errors import AggregatorError
from aggregator.fetch import Client, open_client
from aggregator.lists.opml import Outline
from aggregator.server import Served, Status, build, hubs_route, serve
from aggregator.sources import Memory, Source
from aggregator.sources.feed import FeedSettings
from aggregator.sources.opml import OpmlSettings, expand
from aggregator.store import Kept, SourceEntry, Standing, Store, Subscription, open_store
from aggregator.websub import PLACE, Callbacks, Desk, is_signed, lease, tend, wanted

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOPIC = "http://127.0.0.1/feed.xml?own=1&a=%C3%A4"
FEED = "http://127.0.0.1/feed.xml"


@dataclass
class Subscriber:
    """A subscriber with one source, as the daemon sets it up, with a clock to set."""

    store: Store
    client: Client
    address: str
    relay: Hub
    now: datetime = NOON
    news: list[tuple[str, bytes]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    takes: bool = True
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> Source:
        given = {"feed": FEED, "websub": True, "allow_private": True, "delay": 0} | self.settings
        return Source(name="Wire", settings=FeedSettings.model_validate(given), zone="UTC")

    async def configure(self, *, there: bool = True, **settings: Any) -> None:
        """Take a configuration with these settings of the source, or without it."""
        self.settings = settings
        key, target = self.source.key, self.source.settings.target
        entry = SourceEntry(key=key, name="Wire", kind="feed", target=target, recipe="1")
        await self.store.set_sources([entry] if there else [])

    async def found(self, hub_url: str, topic: str = TOPIC) -> None:
        """Remember that the feed names a hub."""
        memory = Memory(hints=Hints(hub=hub_url, topic=topic)).model_dump_json()
        state = await self.store.source_state(self.source.key)
        async with self.store.batch(state.id) as batch:
            await batch.keep([Kept(name=FEED, memory=memory)], self.now)

    async def look(self, **after: float) -> None:
        """Let time pass, see what is due, and let the hub do what it does then."""
        self.now += timedelta(**after)
        before = len(self.relay.confirmed)
        asked = len(self.relay.asked)
        desk = Desk(
            store=self.store,
            client=self.client,
            address=self.address,
            sources={self.source.key: self.source},
            now=lambda: self.now,
            chance=lambda: 0.0,
        )
        await tend(desk, [self.source.key])
        if self.relay.verifies and self.relay.status < 300:
            new = len(self.relay.asked) - asked
            while len(self.relay.confirmed) < before + new:  # noqa: ASYNC110 - by its threads
                await asyncio.sleep(0.01)

    async def standing(self) -> Standing:
        (standing,) = await self.store.standings([self.source.key], self.now)
        return standing

    async def subscription(self) -> Subscription | None:
        return (await self.standing()).subscription

    async def active(self) -> Subscription:
        subscription = await self.subscription()
        assert subscription
        assert subscription.state == "active"
        return subscription

    def heard(self, name: str, body: bytes) -> bool:
        if self.takes:
            self.news.append((name, body))
        return self.takes


@asynccontextmanager
async def subscriber(folder: Path, relay: Hub) -> AsyncIterator[Subscriber]:
    async def report() -> Status:
        raise AggregatorError("nobody asks")

    async with open_store("sqlite:///store.db", folder) as store, open_client() as client:
        one = Subscriber(store, client, "", relay)
        callbacks = Callbacks(
            store=store,
            news=one.heard,
            changed=one.changed.append,
            now=lambda: one.now,
            chance=lambda: 0.0,
        )
        served: Served = await serve(build(folder, report, hubs_route(callbacks)), "127.0.0.1", 0)
        one.address = f"{served.url}{PLACE}"
        try:
            await one.configure()
            await one.found(relay.url)
            yield one
        finally:
            await served.stop()


Work = Callable[[Subscriber, Hub], Awaitable[None]]
Run = Callable[[Work], None]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Run a test with a subscriber and a hub."""
    with hub() as relay:

        async def inside(work: Work) -> None:
            async with subscriber(tmp_path, relay) as one:
                await work(one, relay)

        yield lambda work: asyncio.run(inside(work))


def in_thread(call: Callable[..., Told], *args: Any, **more: Any) -> Awaitable[Told]:
    return asyncio.to_thread(functools.partial(call, *args, **more))


# Asking


def test_a_subscription_is_asked_for_once_and_renewed_when_most_of_its_lease_has_passed(
    run: Run,
) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        first = await one.active()
        assert first.until == NOON + timedelta(days=10)
        assert first.due == NOON + timedelta(days=8)
        await one.look(days=7)
        assert len(relay.asked) == 1
        await one.look(days=1, seconds=1)
        second = await one.active()
        assert relay.asked[0] == relay.asked[1]
        assert second.until == NOON + timedelta(days=18, seconds=1)
        assert len(relay.subscribers) == 1

    run(work)


def test_what_identifies_the_source_is_not_told_to_its_hub(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.configure(headers={"X-Key": "secret"}, auth="me:secret")
        # Even one on the source's own server.
        port = relay.url.split(":")[2].split("/")[0]
        one.settings |= {"feed": f"http://127.0.0.1:{port}/feed.xml"}
        await one.configure(**one.settings)
        state = await one.store.source_state(one.source.key)
        async with one.store.batch(state.id) as batch:
            memory = Memory(hints=Hints(hub=relay.url, topic=TOPIC)).model_dump_json()
            await batch.keep([Kept(name=one.source.settings.target, memory=memory)], one.now)
        await one.look()
        (fields,) = relay.fields
        assert not {"x-key", "authorization", "cookie", "referer"} & fields.keys()
        assert fields["content-type"] == "application/x-www-form-urlencoded"

    run(work)


@pytest.mark.parametrize(
    "hints", [Hints(hub="HUB"), Hints(topic=TOPIC), Hints(hub="HUB", topic="feed.xml")]
)
def test_a_hub_without_an_address_that_the_feed_calls_its_own_is_not_asked(
    run: Run, hints: Hints
) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.found(hints.hub and relay.url, hints.topic)
        await one.look()
        assert relay.asked == []

    run(work)


def test_without_base_url_nobody_is_asked(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        one.address = ""
        await one.look()
        assert relay.asked == []

    run(work)


def test_a_hub_inside_the_network_is_not_asked_unless_the_source_may_be_there(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.configure(allow_private=False)
        relay.verifies = False
        await one.look()
        assert relay.asked == []
        subscription = await one.subscription()
        assert subscription
        assert subscription.state == "asked"

    run(work)


@pytest.mark.parametrize(
    ("status", "headers"), [(500, {}), (404, {}), (302, {"Location": "/elsewhere"}), (202, {})]
)
def test_a_hub_that_fails_or_never_verifies_is_asked_again_after_an_hour_then_more_rarely(
    run: Run, status: int, headers: dict[str, str]
) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        relay.status, relay.headers, relay.verifies = status, headers, False
        asked = []
        for hour in range(80):
            before = len(relay.asked)
            await one.look(hours=1 if hour else 0)
            if len(relay.asked) > before:
                asked.append(hour)
        assert asked == [0, 1, 3, 7, 15, 31, 55, 79]

    run(work)


def test_the_old_lease_counts_until_it_ends_when_a_hub_does_not_renew_it(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        await one.store.resubscribe((await one.active()).token, pushed=one.now)
        relay.status = 503
        await one.look(days=9)
        assert (await one.active()).until == NOON + timedelta(days=10)
        await one.look(days=2)
        ended = await one.subscription()
        assert ended
        assert (ended.state, ended.until, ended.pushed) == ("asked", None, None)
        relay.status = 202
        await one.look(days=1)
        assert (await one.active()).token == ended.token

    run(work)


def test_another_hub_or_topic_means_a_goodbye_and_a_new_subscription(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        first = await one.active()
        await one.found(relay.url, "http://127.0.0.1/other")
        await one.look()
        assert one.changed == [one.source.key]
        await one.look()
        second = await one.active()
        assert [form["hub.mode"] for form in relay.asked] == [
            *("subscribe", "unsubscribe", "subscribe")
        ]
        assert second.topic == "http://127.0.0.1/other"
        assert (second.token, second.secret) != (first.token, first.secret)
        assert list(relay.subscribers) == [second.callback]

    run(work)


@pytest.mark.parametrize("change", ["off", "gone", "moved"])
def test_a_hub_is_told_when_it_is_not_wanted_any_more(run: Run, change: str) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        if change == "moved":
            one.address = one.address.replace("127.0.0.1", "localhost")
        else:
            await one.configure(websub=change != "off", there=change != "gone")
        await one.look()
        assert relay.asked[1]["hub.mode"] == "unsubscribe"
        assert relay.asked[1]["hub.callback"] == relay.asked[0]["hub.callback"]
        assert relay.subscribers == {}
        assert await one.subscription() is None

    run(work)


def test_a_hub_that_does_not_verify_a_goodbye_is_forgotten(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        await one.configure(websub=False)
        relay.verifies = False
        await one.look()
        subscription = await one.subscription()
        assert subscription
        assert subscription.state == "leaving"
        await one.look(minutes=11)
        assert await one.subscription() is None
        assert len(relay.asked) == 2

    run(work)


def test_a_hub_that_was_not_told_goodbye_in_time_is_told_when_it_delivers(run: Run) -> None:
    """The source left the configuration while the program did not run."""

    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        await one.configure(there=False)
        assert (await in_thread(relay.push, b"<rss/>")).status == 410
        assert (await _ask(one, relay)).status == 404
        assert one.news == []
        # As it is when it comes back: the hub has not forgotten.
        await one.configure()
        await one.found(relay.url)
        await one.look()
        assert (await in_thread(relay.push, b"<rss/>")).status == 202
        assert len(relay.asked) == 1

    run(work)


def test_the_feeds_of_a_list_are_subscribed_to_if_the_list_says_so() -> None:
    for websub in (True, False):
        settings = OpmlSettings(opml="https://x.example/list.opml", websub=websub)
        listing = Source(name="List", settings=settings, zone="UTC")
        outline = Outline(url=FEED, title="Wire", categories=())
        (listed,) = expand(listing, [outline], set(), set())
        assert wanted(listed) == websub
        assert not wanted(listing)


# Answering


async def _ask(one: Subscriber, relay: Hub, **changes: str | None) -> Told:
    subscription = await one.subscription()
    assert subscription
    query = {"hub_mode": "subscribe", "hub_topic": TOPIC, "hub_challenge": "c", **changes}
    return await in_thread(relay.ask, subscription.callback, **query)


LIES: tuple[dict[str, str | None], ...] = (
    {"hub_topic": TOPIC.replace("%C3%A4", "ä")},
    {"hub_topic": f"{TOPIC}/"},
    {"hub_topic": None},
    {"hub_mode": "unsubscribe"},
    {"hub_mode": None},
    {"hub_mode": "publish"},
    {"hub_challenge": None},
    {"hub_challenge": "c" * 5000},
)


def test_what_was_not_asked_for_is_not_confirmed(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        relay.verifies = False
        await one.look()
        for lies in LIES:
            assert (await _ask(one, relay, **lies)).status == 404, lies
        subscription = await one.subscription()
        assert subscription
        assert (subscription.state, subscription.until) == ("asked", None)
        assert (await _ask(one, relay)).status == 200
        await one.active()

    run(work)


def test_an_unsubscription_is_only_confirmed_when_it_was_asked_for(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        assert (await _ask(one, relay, hub_mode="unsubscribe")).status == 404
        await one.active()
        await one.configure(websub=False)
        relay.verifies = False
        await one.look()
        assert (await _ask(one, relay)).status == 404
        assert (await _ask(one, relay, hub_mode="unsubscribe")).status == 200
        assert await one.subscription() is None

    run(work)


def test_a_challenge_is_echoed_as_it_is_and_as_nothing_but_text(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        told = await _ask(one, relay, hub_challenge="<script>alert('ä & +')</script>")
        assert told.body.decode() == "<script>alert('ä & +')</script>"
        assert told.headers["content-type"] == "text/plain; charset=utf-8"
        assert told.headers["x-content-type-options"] == "nosniff"

    run(work)


LEASES = {
    "3600": timedelta(hours=1),
    "0": timedelta(minutes=5),
    "9" * 5000: timedelta(days=30),
    "": timedelta(days=10),
    "-1": timedelta(days=10),
    "1e9": timedelta(days=10),
    "²": timedelta(days=10),
}


def test_a_hub_decides_on_the_lease_within_bounds(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        for told, lasts in LEASES.items():
            assert (await _ask(one, relay, hub_lease_seconds=told)).status == 200
            subscription = await one.active()
            assert subscription.until == NOON + lasts, told
            assert subscription.due == NOON + lasts * 0.8

    run(work)


def test_a_denial_ends_a_subscription_and_polling_resumes(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        relay.verifies = False
        await in_thread(relay.push, b"<rss/>")
        assert one.news.pop() == ("Wire", b"<rss/>")
        told = await _ask(one, relay, hub_mode="denied", hub_reason="too\nmany \x1b[31m feeds")
        assert (told.status, told.body) == (200, b"")
        subscription = await one.subscription()
        assert subscription
        assert (subscription.state, subscription.until) == ("denied", None)
        assert (await one.store.source_state(one.source.key)).pushed is None
        assert one.news == [("Wire", b"")]
        assert "'too\\nmany \\x1b[31m feeds'" in caplog.text
        assert (await in_thread(relay.push, b"<rss/>")).status == 202
        assert one.news == [("Wire", b"")]
        await one.look(hours=23)
        assert len(relay.asked) == 1
        await one.look(hours=2)
        assert len(relay.asked) == 2

    run(work)


# Deliveries


def test_what_is_signed_by_any_method_is_taken(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        for method in ("sha1", "sha256", "sha384", "sha512"):
            one.now += timedelta(hours=1)
            assert (await in_thread(relay.push, b"<rss/>", method)).status == 202
            assert one.news.pop() == ("Wire", b"<rss/>")
            assert (await one.store.source_state(one.source.key)).pushed == one.now

    run(work)


FORGED = (
    *("", "=", "sha256", "sha256=", "sha256=" + 64 * "0", "md5=RIGHT", "sha1=RIGHT"),
    *("new=RIGHT", "RIGHT", "sha256=RIGHTRIGHT", "sha256=\xe4"),
)


def test_what_is_not_signed_rightly_is_acknowledged_and_ignored(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        subscription = await one.active()
        right = signature(b"<rss/>", subscription.secret).partition("=")[2]
        for said in FORGED:
            headers = {"X-Hub-Signature": said.replace("RIGHT", right)} if said else {}
            told = await in_thread(send, "POST", subscription.callback, b"<rss/>", headers)
            assert (told.status, told.body) == (202, b""), said
        assert one.news == []
        assert (await one.active()).pushed is None
        # The first time, and the tenth.
        assert caplog.text.count("not signed") == 2

    run(work)


def test_what_is_delivered_before_a_hub_verified_is_ignored(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        relay.verifies = False
        await one.look()
        relay.subscribers = {relay.asked[0]["hub.callback"]: relay.asked[0]}
        assert (await in_thread(relay.push, b"<rss/>")).status == 202
        assert one.news == []

    run(work)


def test_a_hub_is_asked_to_come_back_when_news_cannot_be_taken(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        one.takes = False
        told = await in_thread(relay.push, b"<rss/>")
        assert (told.status, told.headers["retry-after"]) == (503, "60")
        assert (await one.active()).pushed is None

    run(work)


def test_strangers_are_told_that_nothing_is_there(run: Run) -> None:
    async def work(one: Subscriber, _: Hub) -> None:
        for token in ("x", "x" * 43, "x" * 10_000, "..%5c..%5cetc", "%00"):
            url = one.address + token
            assert (await in_thread(send, "GET", f"{url}?hub.mode=denied")).status == 404
            assert (await in_thread(send, "POST", url, b"x")).status == 410
            assert (await in_thread(send, "PUT", url, b"x")).status == 405
        assert (await in_thread(send, "POST", one.address, b"x")).status == 405
        root = one.address.removesuffix(PLACE)
        assert (await in_thread(send, "POST", f"{root}status", b"x")).status == 405

    run(work)


def _chunked(url: str, size: int) -> int:
    """Send a body that does not say how long it is; return the answer's status, 0 without one."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    pieces = iter([b"x" * 65_536] * (size // 65_536))
    try:
        with suppress(ConnectionError):
            connection.request("POST", urlsplit(url).path, pieces, encode_chunked=True)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def test_large_bodies_are_taken_here_alone_and_within_bounds(run: Run) -> None:
    async def work(one: Subscriber, relay: Hub) -> None:
        await one.look()
        url = (await one.active()).callback
        largest = b"x" * (8 << 20)
        assert (await in_thread(relay.push, largest)).status == 202
        assert one.news == [("Wire", largest)]
        declared = {"Content-Length": str((8 << 20) + 1)}
        told = await in_thread(send, "POST", url, b"", declared)
        assert told.status == 413
        assert await asyncio.to_thread(_chunked, url, 9 << 20) in (413, 0)
        root = one.address.removesuffix(PLACE)
        assert await asyncio.to_thread(_chunked, f"{root}feed.xml", 1 << 20) in (405, 0)
        assert (await in_thread(relay.push, b"<rss/>")).status == 202
        assert len(one.news) == 2

    run(work)


# Signatures


def test_a_signature_is_the_one_of_rfc_2104() -> None:
    """RFC 2202, case 2 of HMAC-SHA-1, and RFC 4231, case 2 of the others."""
    text, key = b"what do ya want for nothing?", "Jefe"
    for right in (
        "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "SHA256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843",
        "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
        "8e2240ca5e69e2c78b3239ecfab21649",
        "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ):
        assert is_signed(text, right, key)
        assert not is_signed(text + b" ", right, key)
        assert not is_signed(text, right, "jefe")
        assert not is_signed(text, right[:-1], key)


@given(st.binary(max_size=50), st.text(max_size=80), st.text(st.characters(codec="utf-8")))
def test_only_what_the_secret_gives_is_right(body: bytes, said: str, secret: str) -> None:
    right = signature(body, secret, "sha384")
    assert is_signed(body, right, secret)
    assert not is_signed(body, right, f"{secret}x")
    assert not is_signed(body, said, secret)


@given(st.text())
def test_every_lease_is_within_bounds(told: str) -> None:
    assert timedelta(minutes=5) <= lease(told) <= timedelta(days=30)


def test_a_secret_is_not_shown() -> None:
    subscription = Subscription(
        token="t", callback="c", hub="h", topic="t", secret="hidden", state="asked"
    )
    assert "hidden" not in repr(replace(subscription, state="active"))
