"""What was agreed on with hubs, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from store_samples import DAY, INBOX, WIRE, opened

from aggregator.store import Kept, Store, Subscription, Visited

HOUR = timedelta(hours=1)
ASKED = Subscription(
    token="t" * 43,
    callback=f"https://feeds.example.org/websub/{'t' * 43}",
    hub="https://hub.example.org:8443/",
    topic=WIRE.target,
    secret="s",
    state="asked",
    asked=DAY,
    due=DAY + HOUR,
    tries=1,
)


async def _wire(store: Store) -> int:
    return (await store.source_state(WIRE.key)).id


def test_a_subscription_is_kept_found_by_its_token_and_looked_at_when_it_is_due(
    store_url: str,
) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            number = await _wire(store)
            async with store.batch(number) as batch:
                await batch.keep([Kept(name=WIRE.target, memory="{}")], DAY)
            await store.subscribe(number, ASKED)
            assert await store.standings([], DAY) == []
            (due,) = await store.standings([], DAY + HOUR)
            assert due.subscription == ASKED
            assert (due.key, due.name, due.memory, due.active) == (WIRE.key, "Wire", "{}", True)
            assert await store.standing(ASKED.token) == due
            assert await store.standing("u" * 43) is None
            named = await store.standings([INBOX.key, WIRE.key, "feed:unknown"], DAY)
            assert [one.subscription for one in named] == [None, ASKED]

            await store.subscribe(number, replace(ASKED, token="n" * 43))
            assert await store.standing(ASKED.token) is None
            await store.unsubscribe("n" * 43)
            assert await store.standings([], DAY + HOUR) == []

    asyncio.run(work())


def test_what_is_due_and_who_pushes_is_told(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, WIRE) as store:
            number = await _wire(store)
            visited = Visited(
                at=DAY, error="", health="ok", health_text="", failures=0, due=DAY + 9 * HOUR
            )
            await store.visited(number, visited)
            await store.subscribe(number, ASKED)
            (status,) = await store.source_statuses()
            assert (status.hub, status.hub_until) == ("", None)
            assert await store.planned() == {WIRE.key: DAY + 9 * HOUR}

            lasts = DAY + 5 * HOUR
            await store.resubscribe(ASKED.token, state="active", until=lasts, pushed=DAY - HOUR)
            (status,) = await store.source_statuses()
            assert (status.hub, status.hub_until) == ("hub.example.org", lasts)
            assert (await store.source_state(WIRE.key)).pushed == DAY - HOUR
            assert await store.planned() == {WIRE.key: DAY + 9 * HOUR}

            # Delivered after the last scan: nobody has read it.
            await store.resubscribe(ASKED.token, pushed=DAY + HOUR)
            assert await store.planned() == {WIRE.key: DAY + HOUR}

    asyncio.run(work())
