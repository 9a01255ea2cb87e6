"""What is held, and what was wrong with feeds, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import DAY, INBOX, WIRE, bring, feeds, opened, shown, story, titles

from aggregator.dedupe import candidate
from aggregator.errors import StoreError
from aggregator.store import Past, Released, Store, Visited
from aggregator.store.store import Batch

LATER = DAY + timedelta(days=30)


async def number_of(store: Store) -> int:
    return (await store.source_state(INBOX.key)).id


async def visit(store: Store, *, error: str = "", held: bool = False) -> None:
    visited = Visited(
        at=LATER,
        error=error,
        health="unreachable" if error else "ok",
        health_text="",
        failures=0,
        due=None,
        held=held,
    )
    await store.visited(await number_of(store), visited)


async def hold(store: Store, text: str) -> None:
    async with store.batch(await number_of(store)) as batch:
        await batch.hold(text, DAY)


async def health(store: Store) -> tuple[str, str, int]:
    (status,) = await store.source_statuses()
    return status.health, status.health_text, status.held


def test_held_articles_are_in_no_feed_until_they_are_let_through(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "News"))
            await bring(store, story(2, "News"), replace(story(3), url="/3"), state="held")
            await hold(store, "too many")
            await visit(store, held=True)
            assert await titles(store) == await titles(store, "news") == ["Story 1"]
            assert await health(store) == ("held", "too many", 2)
            assert await store.prune(LATER, 1) == 0
            await visit(store, error="no answer")
            assert await health(store) == ("unreachable", "", 2)
            await visit(store)
            assert await health(store) == ("held", "too many", 2)
            assert [status.held_since for status in await store.troubles()] == [DAY]
            pages = await store.due_pages(10)
            await store.pages_written(pages)
            before = (await feeds(store))["news"].wanted
            assert await store.let_through(["Inbox"], LATER) == [Released(name="Inbox", articles=2)]
            assert (await feeds(store))["news"].wanted > before
            assert await titles(store, "news") == ["Story 2", "Story 1"]
            # It has a page now; the other one has an address.
            assert [page.entry.article.title for page in await store.due_pages(10)] == ["Story 2"]
            assert (await health(store), await store.troubles()) == (("ok", "", 0), [])
            assert not (await store.source_state(INBOX.key)).released
            with pytest.raises(StoreError, match="no source 'Nobody'"):
                await store.let_through(["Nobody"], LATER)

    asyncio.run(work())


def test_what_is_no_article_is_over_with_a_visit_or_let_through_at_one(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await hold(store, "lost files")
            await visit(store, held=True)
            assert await health(store) == ("held", "lost files", 0)
            await visit(store)
            assert await health(store) == ("ok", "", 0)
            await hold(store, "lost files")
            assert await store.let_through(["Inbox"], LATER) == [
                Released(name="Inbox", next_visit=True)
            ]
            assert (await store.source_state(INBOX.key)).released
            await visit(store)
            assert not (await store.source_state(INBOX.key)).released

    asyncio.run(work())


def test_what_a_source_brought_before(store_url: str) -> None:
    async def past(store: Store) -> Past:
        async with store.batch(await number_of(store)) as batch:
            assert isinstance(batch, Batch)
            assert await batch.documents() == 0
            known = [one.content_hash for one in await shown(store)]
            assert len(known) == len(set(known))
            return await batch.past()

    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            assert await past(store) == Past(articles=0)
            await bring(store, *map(story, range(4)))
            await bring(store, *map(story, range(4, 9)), state="held")
            await bring(store, replace(story(20), uid="x"), source=WIRE)
            assert await past(store) == Past(
                articles=4,
                titles=frozenset(candidate(story(n)).title_key for n in range(4)),
                newest=DAY + timedelta(days=3),
                pause=timedelta(days=1),
            )

    asyncio.run(work())


def test_another_source_takes_over_what_is_held(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(store, story(1), state="held")
            await bring(store, replace(story(1), uid="other"), source=WIRE)
            (entry,) = await shown(store)
            assert (entry.source, entry.article.uid) == ("Wire", "other")
            # The first stands for it no longer.
            await bring(store, replace(story(1), text="Edited."), scan=2)
            assert [one.article.text for one in await shown(store)] != ["Edited."]

    asyncio.run(work())


def test_what_is_wrong_with_a_feed_stays_until_it_is_written(store_url: str) -> None:
    async def faults(store: Store) -> list[tuple[str, str, object]]:
        return [(f.title, f.fault, f.fault_since) for f in await store.feed_statuses()]

    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "News"))
            row = (await feeds(store))["news"]
            assert await faults(store) == []
            await store.faulty({row.id: "no id"}, DAY)
            await store.faulty({row.id: "no date"}, LATER)
            assert await faults(store) == [("News", "no date", DAY)]
            await store.written([(row, await shown(store, "news"))])
            assert await faults(store) == [("News", "", None)]

    asyncio.run(work())
