"""A glance at the store shows the same with SQLAlchemy and without it."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import DAY, INBOX, WIRE, bring, feeds, opened, story

from aggregator.errors import StoreError
from aggregator.store import Counts, DocumentState, Glance, Subscription, Visited, address
from aggregator.store.glance import file_of, glance_at

HOUR = timedelta(hours=1)


async def _filled(url: str) -> Glance:
    """Make a store in which there is something of everything that is shown; look at it."""
    async with opened(url, INBOX, WIRE) as store:
        await bring(store, story(1, "News"), story(2, "News"))
        await bring(store, story(3), state="held")
        inbox = (await store.source_state(INBOX.key)).id
        wire = (await store.source_state(WIRE.key)).id
        async with store.batch(inbox) as batch:
            await batch.remember([DocumentState(name="b", validators="2", error="bad")])
            await batch.hold("too many", DAY)
        await store.visited(
            wire,
            Visited(
                at=DAY,
                error="no answer",
                health="unreachable",
                health_text="it does not answer",
                failures=3,
                due=DAY + HOUR,
            ),
        )
        asked = Subscription(
            token="t" * 43,
            callback="https://feeds.example.org/websub/t",
            hub="https://hub.example.org:8443/",
            topic=WIRE.target,
            secret="s",
            state="active",
            asked=DAY,
            due=DAY + HOUR,
            tries=1,
        )
        await store.subscribe(wire, asked)
        await store.resubscribe(asked.token, until=DAY + HOUR)
        await store.faulty({(await feeds(store))["news"].id: "cannot be rendered"}, DAY)
        await store.set_note("troubles", "secret")
        await store.expect_pings(["https://feeds.example.org/a", "https://feeds.example.org/b"])
        await store.settle_pings(["https://feeds.example.org/a"], [])
        return await store.glance()


def test_everything_is_shown(store_url: str) -> None:
    seen = asyncio.run(_filled(store_url))
    inbox, wire = seen.sources
    assert (inbox.name, inbox.articles, inbox.problems, inbox.held) == ("Inbox", 3, 1, 1)
    assert (inbox.status, inbox.health, inbox.held_since) == ("new", "held", DAY)
    assert (wire.name, wire.kind, wire.target) == ("Wire", WIRE.kind, WIRE.target)
    assert (wire.status, wire.error, wire.since, wire.last_scan) == ("error", "no answer", DAY, DAY)
    assert (wire.health, wire.health_text) == ("unreachable", "it does not answer")
    assert (wire.health_since, wire.failures, wire.next_scan) == (DAY, 3, DAY + HOUR)
    assert (wire.hub, wire.hub_until) == ("hub.example.org", DAY + HOUR)
    (news,) = seen.feeds
    assert (news.slug, news.title, news.fault) == ("news", "News", "cannot be rendered")
    assert news.fault_since == DAY
    assert seen.notes["troubles"] == "secret"
    assert seen.waiting == 1


def test_everything_is_counted(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX) as store:
            assert await store.counts() == Counts(sources=1, failing=0, held=0, faulty=0)
        await _filled(store_url)
        async with opened(store_url, INBOX, WIRE) as store:
            assert await store.counts() == Counts(sources=2, failing=1, held=1, faulty=1)
            # What is configured no longer is nobody's trouble.
            await store.set_sources([INBOX])
            assert await store.counts() == Counts(sources=1, failing=0, held=1, faulty=1)

    asyncio.run(work())


def test_a_file_shows_the_same_without_sqlalchemy(tmp_path: Path) -> None:
    seen = asyncio.run(_filled(f"sqlite:///{tmp_path}/store.db"))
    assert glance_at(tmp_path / "store.db") == seen


def test_a_file_is_looked_at_while_another_writes(tmp_path: Path) -> None:
    seen = asyncio.run(_filled(f"sqlite:///{tmp_path}/store.db"))
    writer = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM feeds")
    assert glance_at(tmp_path / "store.db") == seen
    writer.close()


def test_what_the_store_is_to_see_to_is_left_to_it(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    assert glance_at(file) is None
    assert not file.exists()
    file.write_bytes(b"")
    assert glance_at(file) is None
    file.write_text("no database at all, " * 100)
    assert glance_at(file) is None
    file.unlink()
    asyncio.run(_filled(f"sqlite:///{file}"))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert glance_at(file) is None


@pytest.mark.parametrize(
    "store",
    ["sqlite:///data/aggregator.db", "sqlite:////srv/a b/store.db", "sqlite:///新闻.db"],
)
def test_the_file_of_a_plain_address_is_what_sqlalchemy_says(store: str) -> None:
    root = Path("/root/of/it")
    assert str(file_of(store, root)) == address(store, root).database


@pytest.mark.parametrize(
    "store",
    [
        *("postgresql:///feeds", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql:///a"),
        *("sqlite:///a.db?mode=ro", "sqlite:///%61.db", "sqlite://host/a.db", "", "a.db"),
    ],
)
def test_other_addresses_are_left_to_sqlalchemy(store: str) -> None:
    assert file_of(store, Path("/root")) is None


def test_an_address_that_is_none_is_still_refused() -> None:
    with pytest.raises(StoreError):
        address("sqlite:///:memory:", Path("/root"))
