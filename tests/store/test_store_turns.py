"""The order in which articles changed, and what follows it."""

import asyncio
from pathlib import Path

import pytest
from store_samples import bring, opened, story

from aggregator.errors import StoreError
from aggregator.store import Finding, Mark, Store, open_store

BEGINNING = Mark(-1, 0)


async def titles_since(store: Store, mark: Mark, until: Mark | None = None) -> list[str]:
    changed = await store.changed_since(mark, until, 10)
    return [entry.article.title for _, entry in changed]


def test_changes_come_in_their_order_and_are_followed_from_a_mark(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1), story(2))
            first = await store.changed_since(BEGINNING, None, 10)
            await bring(store, story(3))
            await bring(store, story(1, html="<p>Anew.</p>", text="Anew."), scan=2)
            end = first[-1][0]
            assert await titles_since(store, end) == ["Story 3", "Story 1"]
            assert await titles_since(store, BEGINNING) == ["Story 2", "Story 3", "Story 1"]
            assert await titles_since(store, BEGINNING, until=end) == ["Story 2"]
            await bring(store, story(3), scan=3)  # nothing of it changed
            assert await titles_since(store, end) == ["Story 3", "Story 1"]

    asyncio.run(work())


def test_what_is_asked_otherwise_is_asked_of_all_again(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1))
            await store.make_custom_feed("Mine", "mine")
            (feed,) = (row.id for row in await store.feed_rows() if row.slug == "mine")
            name = str(feed)
            await store.follow({name: "a"})
            ((mark, _),) = await store.changed_since(BEGINNING, None, 10)
            found = Finding(article=mark.article, judged=(feed,), meets=(feed,))
            await store.found([found], {name: "a"}, mark)
            await store.follow({name: "a"})
            assert await store.marks() == {name: ("a", mark)}
            await store.follow({name: "b"})
            assert await store.marks() == {name: ("b", BEGINNING)}
            await store.follow({})
            assert await store.marks() == {}

    asyncio.run(work())


def test_postgresql_says_that_it_cannot(postgresql_url: str) -> None:
    async def work() -> None:
        async with open_store(postgresql_url, Path("/")) as store:
            with pytest.raises(StoreError, match="need a SQLite store"):
                await store.follow({"words": "1"})

    asyncio.run(work())
