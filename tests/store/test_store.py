"""One contract, kept by every database."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_samples import (
    DAY,
    INBOX,
    WIRE,
    bring,
    feeds,
    opened,
    save_in,
    shown,
    story,
    titles,
)

from aggregator.article import Article, Companion, Enclosure, Episode, Origin
from aggregator.errors import StoreError
from aggregator.identity import Changed, Duplicate, New, Unchanged
from aggregator.store import (
    Choice,
    DocumentState,
    Kept,
    Listed,
    SourceEntry,
    Store,
    Visited,
    open_store,
)
from aggregator.store.store import BODIES_KEPT

FULL = Article(
    uid="full.md",
    title="Ein „Titel“ mit 😀",
    url="https://example.org/full",
    authors=("Ada", "李"),
    published=DAY,
    updated=DAY,
    categories=("金融", "News & Views"),
    html="<p>'; DROP TABLE articles; -- %s :x \\</p>",
    text="'; DROP TABLE articles; -- %s :x \\",
    summary="Short.",
    image="https://example.org/i.jpg",
    language="zh-Hans",
    enclosures=(
        Enclosure(
            url="https://example.org/a.mp3",
            length=2**40,
            duration=61,
            width=640,
            episode=Episode(
                number=13,
                explicit=False,
                chapters=Companion(url="https://example.org/a.json"),
                transcripts=(Companion(url="https://example.org/a.vtt", language="de"),),
            ),
        ),
        Enclosure(url="https://example.org/b.mp3"),
    ),
    origin=Origin(title="Elsewhere", url="https://e.example/", updated=DAY),
    problems=("its date is odd",),
)


def test_an_article_comes_back_as_it_went_in(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, FULL)
            (entry,) = await shown(store)
            assert entry.article == FULL
            assert entry.slugs == ("金融", "news-views")
            assert (entry.source, entry.published, entry.updated) == ("Inbox", DAY, DAY)

    asyncio.run(work())


def test_the_second_opening_finds_everything(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "Food"))
            before = await shown(store, "food")
        async with opened(store_url) as store:
            assert await shown(store, "food") == before
            assert await bring(store, story(1, "Food")) == [await _only_owner(store)]

    asyncio.run(work())


async def _only_owner(store: Store) -> Unchanged:
    (decision,) = await bring(store, story(1, "Food"))
    assert isinstance(decision, Unchanged)
    return decision


def test_newest_first_then_by_id(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            same = [story(n, "A", published=DAY) for n in range(5)]
            await bring(store, story(9, "A"), *same, story(6, "B"))
            for slug in ("", "a"):
                entries = await shown(store, slug)
                keys = [(entry.published, entry.id) for entry in entries]
                assert keys == sorted(keys, reverse=True)
            assert await titles(store, "", 2) == ["Story 9", "Story 6"]
            assert await titles(store, "b") == ["Story 6"]

    asyncio.run(work())


def test_a_change_updates_in_place_and_moves_between_categories(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "Old", "Both"), story(2, "Still"))
            (before,) = await shown(store, "old")
            written = [(row, []) for row in await store.feed_rows()]
            await store.written(written)
            edited = story(1, "New", "Both", html="<p>Other.</p>", text="Other.")
            (decision,) = await bring(store, edited, scan=2)
            assert isinstance(decision, Changed)
            assert await titles(store, "old") == []
            (after,) = await shown(store, "new")
            assert (after.id, after.article.text) == (before.id, "Other.")
            stale = {slug for slug, row in (await feeds(store)).items() if row.wanted > row.written}
            assert stale == {"", "old", "new", "both"}

    asyncio.run(work())


def test_a_duplicate_adds_categories_that_a_change_of_the_first_leaves(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(store, story(1, "Food"))
            copy = story(1, "Health", "Food", uid="https://x.example/1", published=None)
            (decision,) = await bring(store, copy, source=WIRE)
            assert isinstance(decision, Duplicate)
            (entry,) = await shown(store)
            assert entry.article.categories == ("Food", "Health")
            await bring(store, story(1, "Cooking", authors=("Ada",)), scan=2)
            (entry,) = await shown(store)
            assert entry.article.categories == ("Cooking", "Health")
            assert entry.published == story(1).published

    asyncio.run(work())


def test_a_richer_copy_lends_its_markup_and_nothing_else(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(store, story(1))
            (before,) = await shown(store)
            rich = story(1, uid="x", html='<p>Rich <img src="https://i.example/"></p>', url=None)
            await bring(store, replace(rich, published=DAY), source=WIRE)
            (after,) = await shown(store)
            assert after.article == replace(before.article, html=rich.html)
            assert (after.id, after.published, after.source) == (
                before.id,
                before.published,
                "Inbox",
            )

    asyncio.run(work())


def test_the_same_article_twice_in_one_batch_is_one(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            known = await bring(store, story(1, "A"))
            assert known == [New()]
            state = await store.source_state(INBOX.key)
            async with store.batch(state.id) as batch:
                await save_in(batch, [story(2, "A")])
                (copy,) = await save_in(batch, [story(2, "B", uid="copy.md")])
                assert isinstance(copy, Duplicate)
            assert await titles(store) == ["Story 2", "Story 1"]

    asyncio.run(work())


def test_a_batch_that_fails_leaves_nothing(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            state = await store.source_state(INBOX.key)

            async def fail() -> None:
                async with store.batch(state.id) as batch:
                    await save_in(batch, [story(1, "A")])
                    await batch.remember([DocumentState(name="1.md", validators="v")])
                    raise KeyError

            with pytest.raises(KeyError):
                await fail()
            assert await titles(store) == []
            assert (await store.source_state(INBOX.key)).seen == {}
            assert set(await feeds(store)) == {""}

    asyncio.run(work())


def test_documents_are_remembered_and_forgotten(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.remember(
                    [DocumentState(name=n, validators="1") for n in ("a", "b", "c")]
                )
            async with store.batch(number) as batch:
                await batch.remember([DocumentState(name="b", validators="2", error="bad")])
                await batch.gone(["c"], DAY, retract=False)
            state = await store.source_state(INBOX.key)
            assert state.seen == {"a": "1", "b": "2"}
            some = await store.source_state(INBOX.key, frozenset({"b", "z"}))
            assert some.seen == {"b": "2"}
            (status,) = await store.source_statuses()
            assert status.problems == 1

    asyncio.run(work())


def test_more_names_than_a_statement_may_have_parameters(store_url: str) -> None:
    async def work() -> None:
        names = [f"{n}.md" for n in range(70_000)]
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.ledger(names, names, names, names)
                await batch.gone(names, DAY, retract=True)
            await store.want_feeds(range(70_000))

    asyncio.run(work())


RETRACTIONS = {
    "the only file": ([["1.md"]], []),
    "one of two copies": ([["1.md"]], ["copy.md"]),
    "both copies at once": ([["1.md", "copy.md"]], ["copy.md"]),
    "both copies, one after the other": ([["1.md"], ["copy.md"]], ["copy.md"]),
    "the further copy, then the first": ([["copy.md"], ["1.md"]], ["copy.md"]),
}


@pytest.mark.parametrize(("removals", "copies"), RETRACTIONS.values(), ids=RETRACTIONS)
def test_an_article_is_retracted_with_its_last_document(
    store_url: str, removals: list[list[str]], copies: list[str]
) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "A"), *(story(1, "A", uid=uid) for uid in copies))
            number = (await store.source_state(INBOX.key)).id
            left = {"1.md", *copies}
            for names in removals:
                async with store.batch(number) as batch:
                    await batch.gone(names, DAY, retract=True)
                left -= set(names)
                expected = ["Story 1"] if left else []
                assert (await titles(store), await titles(store, "a")) == (expected, expected)

    asyncio.run(work())


def test_a_renamed_file_that_is_removed_later_is_retracted(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1))
            (first,) = await shown(store)
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.gone(["1.md"], DAY, retract=True)
                await save_in(batch, [story(1, uid="new.md")], scan=2)
            (renamed,) = await shown(store)
            assert renamed.id == first.id
            async with store.batch(number) as batch:
                await batch.gone(["new.md"], DAY, retract=True)
            assert await titles(store) == []
            await bring(store, story(1), scan=4)
            (back,) = await shown(store)
            assert back.id == first.id

    asyncio.run(work())


def test_waiting_articles_are_released_when_their_date_comes(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "A"), story(2, "B"), state="waiting")
            assert await titles(store) == []
            first, second = (story(n).published or DAY for n in (1, 2))
            assert await store.release(first - timedelta(seconds=1)) == first
            assert await titles(store) == []
            await store.written([(row, []) for row in await store.feed_rows()])
            assert await store.release(first) == second
            assert (await titles(store), await titles(store, "a")) == (["Story 1"], ["Story 1"])
            stale = {slug for slug, row in (await feeds(store)).items() if row.wanted > row.written}
            assert stale == {"", "a"}
            assert await store.release(second) is None

    asyncio.run(work())


def test_prune_keeps_what_feeds_show_and_leaves_tombstones(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            rare = story(1, "Rare", url="https://example.org/rare")
            many = [story(n, "Many", url="https://example.org/many") for n in range(2, 10)]
            alone = story(0, url="https://example.org/alone")
            await bring(store, rare, *many, alone)
            assert await store.prune(DAY + timedelta(days=8), keep=2) == 7
            assert await titles(store) == ["Story 9", "Story 8", "Story 1"]
            assert await store.prune(DAY + timedelta(days=8), keep=2) == 0
            # By identity, even changed; by hash under another name; by address with its title.
            back = [story(3, text="New."), story(4, uid="copy.md")]
            by_address = replace(alone, uid="0b.md", text="New.")
            gone = await bring(store, *back, by_address, scan=2)
            assert gone == [Unchanged(None)] * 3
            assert await bring(store, many[0], source=WIRE) == [Unchanged(None)]
            # Another story at an address that many share is none of them.
            assert await bring(store, story(20, url="https://example.org/many")) == [New()]

    asyncio.run(work())


def test_what_retracted_articles_leave_is_kept_when_pruning(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, *(story(n, "A") for n in range(1, 6)))
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.gone(["4.md", "5.md"], DAY, retract=True)
            await store.prune(DAY + timedelta(days=100), keep=2)
            assert await titles(store, "a") == ["Story 3", "Story 2"]

    asyncio.run(work())


def test_a_text_whose_first_article_was_pruned_may_be_taken_by_one_that_lives(
    store_url: str,
) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1), story(2), story(3))
            await store.prune(DAY + timedelta(days=2), keep=1)
            text = {"title": "Story 1", "html": story(1).html, "text": story(1).text}
            (taken,) = await bring(store, story(2, **text), scan=2)
            assert isinstance(taken, Changed)
            (equal,) = await bring(store, story(3, **text), scan=2)
            assert isinstance(equal, Duplicate)

    asyncio.run(work())


def test_slugs_collide_and_stay(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "C"), story(2, "C++"), story(3, "c", "Ｃ"))
            assert {row.slug: row.name for row in await store.feed_rows()} == {
                "": "",
                "c": "C",
                "c-2": "C++",
            }
            assert await titles(store, "c") == ["Story 3", "Story 1"]
            ids = {slug: row.uri for slug, row in (await feeds(store)).items()}
            await bring(store, story(4, "C#"))
            assert {s: r.uri for s, r in (await feeds(store)).items() if s != "c-3"} == ids

    asyncio.run(work())


def test_rename_moves_articles_and_leaves_the_old_address(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "Old"), story(2, "Old", "New"), story(3, "New"))
            for _ in range(2):
                await store.rename_category("old", "New", "new")
                assert await titles(store, "new") == ["Story 3", "Story 2", "Story 1"]
                assert await titles(store, "old") == []
            await store.rename_category("nothing", "Newer", "newer")
            assert set(await feeds(store)) == {"", "old", "new"}
            await store.rename_category("New", "Newest", "newest")
            assert await titles(store, "newest", 1) == ["Story 3"]

    asyncio.run(work())


def test_custom_feeds_show_the_union(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1, "A"), story(2, "B"), story(3, "A", "B"), story(4, "C"))
            await store.make_custom_feed("Mine", "mine")
            await store.make_custom_feed("Mine", "mine")
            rows = await feeds(store)
            of = Choice(any_of=(rows["a"].id, rows["b"].id))
            found = await store.entries(rows["mine"], 50, of)
            assert [entry.article.title for entry in found] == ["Story 3", "Story 2", "Story 1"]
            assert len(await store.entries(rows["mine"], 2, of)) == 2
            assert await store.entries(rows["mine"], 2) == []

    asyncio.run(work())


def test_custom_feeds_choose_alike_in_both_databases(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(
                store,
                story(1, "A", language="zh-CN"),
                story(2, "A", "B", language="ZH"),
                story(3, "B", language="zhx"),
                story(4, "A", "B", "C"),
            )
            await bring(store, story(5, "A"), story(6, language="en"), source=WIRE)
            await store.make_custom_feed("Mine", "mine")
            rows = await feeds(store)
            a, b, c = (rows[name].id for name in "abc")
            named = {name: number for number, name in (await store.source_names()).items()}
            inbox, wire = named["Inbox"], named["Wire"]

            async def chosen(limit: int = 50, **choice: Any) -> list[int]:
                found = await store.entries(rows["mine"], limit, Choice(**choice))
                return [int(entry.article.title.split()[1]) for entry in found]

            assert await chosen(all_of=(a, b)) == [4, 2]
            assert await chosen(any_of=(a, b), none_of=(c,)) == [5, 3, 2, 1]
            assert await chosen(any_of=(a,), sources=(wire,)) == [5]
            assert await chosen(any_of=tuple(range(1000)), limit=2) == [5, 4]
            assert await chosen(any_of=()) == await chosen(sources=()) == []
            assert await chosen(sources=(inbox, wire), limit=3) == [6, 5, 4]
            assert await chosen(languages=("zh", "en")) == [6, 2, 1]
            assert await chosen(sources=(wire,), sort="updated") == [6, 5]

    asyncio.run(work())


def test_the_feed_of_a_source_outlives_its_name_and_its_target(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await store.make_source_feeds({"Inbox": "inbox"})
            before = (await feeds(store))["inbox"]
            await store.set_sources([replace(INBOX, name="Letters")])
            await store.make_source_feeds({"Letters": "letters"})
            await store.set_sources([replace(INBOX, name="Letters", key="directory:post")])
            await store.make_source_feeds({"Letters": "letters"})
            after = await feeds(store)
            assert set(after) == {"", "inbox"}
            assert after["inbox"].uri == before.uri
            assert after["inbox"].name == "Letters"
            assert after["inbox"].wanted == before.wanted + 1
            await bring(store, story(1, "A"), source=replace(INBOX, key="directory:post"))
            assert (await feeds(store))["inbox"].wanted == before.wanted + 2

    asyncio.run(work())


EDITS = {
    "nothing": (INBOX, False),
    "the name": (replace(INBOX, name="Letters"), False),
    "the target": (replace(INBOX, key="directory:post", target="post"), True),
    "what shapes its articles": (replace(INBOX, recipe="2"), True),
}


@pytest.mark.parametrize(("edited", "anew"), EDITS.values(), ids=EDITS)
def test_an_edited_source_keeps_its_articles(
    store_url: str, edited: SourceEntry, anew: bool
) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, story(1))
            before = await store.source_state(INBOX.key)
            async with store.batch(before.id) as batch:
                await batch.remember([DocumentState(name="1.md", validators="v")])
            await store.visited(before.id, visited(due=DAY))
            await store.written([(row, []) for row in await store.feed_rows()])
            await store.set_sources([edited])
            after = await store.source_state(edited.key)
            assert (after.id, after.seen) == (before.id, {"1.md": "" if anew else "v"})
            assert await store.planned() == ({} if anew else {edited.key: DAY})
            (entry,) = await shown(store)
            assert entry.source == edited.name
            (decision,) = await bring(store, story(1), source=edited, scan=2)
            assert isinstance(decision, Unchanged)

    asyncio.run(work())


def visited(**how: Any) -> Visited:
    """A visit on DAY that did not fail, but for what is said."""
    usual = {"at": DAY, "error": "", "health": "ok", "health_text": "", "failures": 0, "due": None}
    return Visited(**{**usual, **how})


def test_what_was_answered_is_kept_compressed_until_it_changes(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            assert await store.answered(number, "https://e.org/f") is None
            for body, memory in ((b"<rss/>" * 100, "1"), (None, "2")):
                async with store.batch(number) as batch:
                    await batch.keep([Kept(name="https://e.org/f", memory=memory, body=body)], DAY)
            assert await store.answered(number, "https://e.org/f") == b"<rss/>" * 100
            assert (await store.source_state(INBOX.key)).memories == {"https://e.org/f": "2"}
            # Of an address that is not asked any more only the memory stays.
            await store.tidy(DAY + BODIES_KEPT - timedelta(days=1))
            assert await store.answered(number, "https://e.org/f")
            await store.tidy(DAY + BODIES_KEPT + timedelta(days=1))
            assert await store.answered(number, "https://e.org/f") is None
            assert (await store.source_state(INBOX.key)).memories == {"https://e.org/f": "2"}
            await store.set_sources([])
            await store.set_sources([INBOX])
            assert (await store.source_state(INBOX.key)).memories == {}

    asyncio.run(work())


def test_the_feeds_of_a_list_are_noted_and_only_a_change_is_one(store_url: str) -> None:
    feeds = [Listed(url=f"https://{n}.org/f", title=n, categories=("News", n)) for n in ("b", "a")]

    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            for listed, changed in ((feeds, True), (feeds, False), (feeds[1:], True), ([], True)):
                async with store.batch(number) as batch:
                    assert await batch.list_feeds(listed) is changed
                expected = {INBOX.key: listed} if listed else {}
                assert await store.listed() == expected

    asyncio.run(work())


def test_what_is_gone_is_planned_for_never_until_it_is_edited(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            assert await store.planned() == {}
            gone = visited(health="gone", error="410", failures=1, wait_until=DAY)
            await store.visited(number, gone)
            assert await store.planned() == {INBOX.key: None}
            await store.set_sources([replace(INBOX, recipe="another")])
            assert await store.planned() == {}
            state = await store.source_state(INBOX.key)
            assert (state.health, state.failures, state.wait_until) == ("", 0, DAY)
            elsewhere = replace(INBOX, key="directory:elsewhere", target="elsewhere")
            await store.set_sources([elsewhere])
            assert (await store.source_state(elsewhere.key)).wait_until is None

    asyncio.run(work())


def test_a_source_that_is_named_anew_makes_the_feeds_that_name_it_stale(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(store, story(1, "A"))
            await bring(store, story(2, "B"), source=WIRE)
            await store.written([(row, []) for row in await store.feed_rows()])
            await store.set_sources([replace(INBOX, name="Letters"), WIRE])
            stale = {slug for slug, row in (await feeds(store)).items() if row.wanted > row.written}
            assert stale == {"", "a"}

    asyncio.run(work())


def test_a_removed_source_leaves_its_articles_to_others_and_comes_back(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            await bring(store, story(1, "A"), story(2, "A"))
            number = (await store.source_state(INBOX.key)).id
            async with store.batch(number) as batch:
                await batch.remember([DocumentState(name="2.md", validators="v")])
            ids = [entry.id for entry in await shown(store)]
            await store.set_sources([WIRE])
            assert [entry.id for entry in await shown(store)] == ids
            (taken,) = await bring(store, story(1, "B", uid="w1"), source=WIRE)
            assert isinstance(taken, Changed)
            assert [s.name for s in await store.source_statuses()] == ["Wire"]
            await store.set_sources([INBOX, WIRE])
            assert (await store.source_state(INBOX.key)).seen == {"2.md": ""}
            first, second = await bring(store, story(1, "A"), story(2, "A"), scan=2)
            assert isinstance(first, Duplicate)
            assert isinstance(second, Changed)
            assert [entry.id for entry in await shown(store)] == ids
            assert (await shown(store))[1].article.categories == ("B", "A")

    asyncio.run(work())


def test_the_health_of_a_source(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            number = (await store.source_state(INBOX.key)).id
            (new,) = await store.source_statuses()
            assert (new.status, new.since) == ("new", None)
            hours = [DAY + timedelta(hours=n) for n in range(4)]
            for at, error in zip(hours, ["", "", "no such host", "no such host"], strict=True):
                health = "unreachable" if error else "ok"
                await store.visited(number, visited(at=at, error=error, health=health))
            (status,) = await store.source_statuses()
            assert (status.status, status.error) == ("error", "no such host")
            assert (status.since, status.last_scan) == (hours[2], hours[3])
            assert (status.health, status.health_since) == ("unreachable", hours[2])
            await store.visited(number, visited(whole=False))
            assert (await store.source_state(INBOX.key)).scans == 4
            (status,) = await store.source_statuses()
            assert (status.status, status.health) == ("ok", "unreachable")

    asyncio.run(work())


def test_pages_are_due_until_they_are_written_as_they_are(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url) as store:
            await bring(store, *(story(n) for n in range(4)), story(4, url="https://e.org/4"))
            first = await store.due_pages(3)
            rest = await store.due_pages(3, after=first[-1].number)
            assert [page.entry.article.title for page in first + rest] == [
                f"Story {n}" for n in range(4)
            ]
            # Only its picture changes while the pages are being written.
            await bring(store, story(0, image="https://e.org/i"), scan=2)
            await store.pages_written(first + rest)
            (again,) = await store.due_pages(3)
            assert again.entry.article.title == "Story 0"
            await store.pages_written([again])
            await bring(store, story(1, url="https://e.org/1"), story(4), scan=3)
            assert {p.entry.article.title: p.live for p in await store.due_pages(9)} == {
                "Story 1": False,
                "Story 4": True,
            }

    asyncio.run(work())


def test_batches_at_the_same_time_take_turns(store_url: str) -> None:
    async def work() -> None:
        async with opened(store_url, INBOX, WIRE) as store:
            same = [story(n, f"C{n % 7}") for n in range(60)]
            other = [replace(one, uid=f"w{one.uid}") for one in reversed(same)]
            await asyncio.gather(
                *(bring(store, *same[n : n + 10]) for n in range(0, 60, 10)),
                *(bring(store, *other[n : n + 10], source=WIRE) for n in range(0, 60, 10)),
            )
            assert len(await titles(store, "", 100)) == 60

    asyncio.run(work())


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("mysql://localhost/x", "are supported"),
        ("nonsense", "no database address"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////proc/no/such/place.db", "place.db"),
        ("postgresql://nobody@/x?host=/nonexistent", "postgresql"),
    ],
)
def test_a_bad_address_is_explained(setting: str, said: str, tmp_path: Path) -> None:
    async def work() -> None:
        with pytest.raises(StoreError, match=said):
            async with open_store(setting, tmp_path):
                pass

    asyncio.run(work())


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"This is not a database. " * 100)

    async def work() -> None:
        with pytest.raises(StoreError, match=r"a\.db.*not a database"):
            async with open_store("sqlite:///a.db", tmp_path):
                pass

    asyncio.run(work())


def test_a_password_is_not_shown() -> None:
    async def work() -> None:
        with pytest.raises(StoreError) as caught:
            async with open_store("postgresql://me:sesame@/x?host=/nonexistent", Path("/")):
                pass
        assert "sesame" not in str(caught.value)

    asyncio.run(work())
