"""The order in which articles changed, and what follows it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import DAY, bring, feeds, opened, story

from aggregator.article import Digest, Headline
from aggregator.errors import StoreError
from aggregator.store import Choice, Finding, Mark, Store, open_store

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


def test_members_and_periods_choose_articles(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await store.make_custom_feed("Mine", "mine")
            mine = (await feeds(store))["mine"]
            await bring(store, story(1), story(2))
            await bring(store, story(3), state="waiting")
            await store.close_periods(DAY + timedelta(hours=1))
            await bring(store, story(4))
            marks = [mark for mark, _ in await store.changed_since(BEGINNING, None, 10)]
            made = [Finding(article=m.article, judged=(mine.id,), meets=(mine.id,)) for m in marks]
            await store.found(made[:1], {str(mine.id): ""}, marks[-1])

            async def titles(choice: Choice) -> list[str]:
                return [e.article.title for e in await store.entries(mine, 10, choice)]

            assert await titles(Choice(members_of=mine.id)) == ["Story 1"]
            first = (DAY, DAY + timedelta(hours=1))
            assert await titles(Choice(period=first)) == ["Story 2", "Story 1"]
            assert await store.count(Choice(period=first)) == 2
            later = (first[1], DAY + timedelta(days=9))
            assert await titles(Choice(period=later)) == ["Story 4"]
            await store.release(DAY + timedelta(days=4))
            assert await titles(Choice(period=later)) == ["Story 4", "Story 3"]

    asyncio.run(work())


def test_a_digest_is_kept_as_it_was_written_first(store_url: str) -> None:
    told = Headline(title="One", url="", key="k", source="S", published=DAY, language="zh")
    digest = Digest(label="2024-05-01", ends=DAY, total=1, headlines=(told,))
    empty = Digest(label="2024-05-02", ends=DAY + timedelta(days=1), total=0, headlines=())

    async def work() -> None:
        async with opened(store_url) as store:
            await store.make_custom_feed("Mine", "mine")
            feed = (await feeds(store))["mine"].id
            assert await store.digested(feed) is None
            for one in (digest, replace(digest, total=2), empty):
                await store.add_digest(feed, one)
            assert await store.digests(feed, 10) == [digest]
            assert await store.digested(feed) == (empty.ends, empty.label)

    asyncio.run(work())


def test_postgresql_says_that_it_cannot(postgresql_url: str) -> None:
    async def work() -> None:
        async with open_store(postgresql_url, Path("/")) as store:
            with pytest.raises(StoreError, match="need a SQLite store"):
                await store.follow({"words": "1"})

    asyncio.run(work())
