"""The archives of feeds, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from store_samples import DAY, bring, feeds, opened, story

from aggregator.store import Choice, Store


async def file(store: Store, **choices: Choice) -> None:
    rows = await feeds(store)
    wanted = {rows[slug].id: (choice, 50) for slug, choice in choices.items()}
    await store.file(list(rows.values()), wanted)


async def titles(store: Store, slug: str, page: int = 1) -> list[str]:
    number = (await feeds(store))[slug].id
    (entries,) = await store.archived([(number, page)])
    return [entry.article.title for entry in entries]


def test_articles_are_filed_once_and_again_when_they_change(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(2, "Food"), story(1, "Food"))
            await file(store)
            await bring(store, story(0, "Food"), scan=2)
            await file(store)
            assert await titles(store, "food") == ["Story 0", "Story 2", "Story 1"]
            later = DAY + timedelta(days=9)
            edited = replace(
                story(1, "Food"), text="Edited.", html="<p>Edited.</p>", published=later
            )
            await bring(store, edited, scan=3)
            await file(store)
            await file(store)
            for slug in ("", "food"):
                number = (await feeds(store))[slug].id
                assert (await store.archives([number]))[number].filed == 4
                assert (await titles(store, slug))[0] == "Story 1"

    asyncio.run(work())


def test_pages_are_noted_and_wanted_again_when_something_is_retracted(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, *(story(n, "Food") for n in range(60)))
            await file(store)
            food = (await feeds(store))["food"]
            before = (await store.archives([food.id]))[food.id]
            assert (before.filed, before.kept, len(before.waiting)) == (60, 0, 60)
            await store.pages_kept([(food.id, 60, [1, 2])])
            kept = (await store.archives([food.id]))[food.id]
            assert (kept.kept, kept.waiting, kept.due) == (60, frozenset(), frozenset())
            assert (await feeds(store))["food"].kept == 60
            async with store.batch((await store.source_state("directory:inbox")).id) as batch:
                await batch.gone(["55.md"], DAY, retract=True)
            after = (await store.archives([food.id]))[food.id]
            assert after.due == {2}
            assert "Story 55" not in await titles(store, "food", 2)
            await store.pages_kept([(food.id, 60, [2])])
            assert (await store.archives([food.id]))[food.id].due == frozenset()

    asyncio.run(work())


def test_a_custom_feed_files_what_it_chooses(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await store.make_custom_feed("Mine", "mine")
            await bring(store, *(story(n, "Food" if n % 2 else "Sport") for n in range(6)))
            choice = Choice(any_of=((await feeds(store))["food"].id,))
            await file(store, mine=choice)
            await bring(store, story(7, "Food"), story(8, "Sport"), scan=2)
            await file(store, mine=choice)
            expected = ["Story 7", "Story 5", "Story 3", "Story 1"]
            assert await titles(store, "mine") == expected

    asyncio.run(work())
