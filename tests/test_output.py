"""What publishing costs, what it survives, and in which order it writes."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from place import Place

from aggregator.errors import AggregatorError, PublishError
from aggregator.jobs import Publish, Scan, World, perform
from aggregator.output import Selection, publish
from aggregator.publish import Site
from aggregator.troubles import troubles_files


def test_custom_feeds_follow_their_categories(place: Place) -> None:
    mine = Selection(name="Mine", categories=("food", "Winter"), limit=2)
    place.selections = (mine,)
    for n, name in enumerate(["Food", "Winter", "Food", "Sport"]):
        place.post(f"{n}.md", f"Post {n}", categories=[name], date=f"2024-05-0{n + 1}")
    place.once()
    assert place.titles("mine") == ["Post 2", "Post 1"]
    place.post("9.md", "Post 9", categories=["Winter"], date="2024-05-09")
    assert {written.slug for written in place.once().written} == {"", "winter", "mine"}
    assert place.titles("mine") == ["Post 9", "Post 2"]
    # No longer wanted: what is there stays there, and nothing more is written.
    place.selections = ()
    place.once()
    place.post("8.md", "Post 8", categories=["Winter"], date="2024-05-08")
    assert {written.slug for written in place.once().written} == {"", "winter"}


def test_a_feed_that_cannot_be_written_stops_no_other_and_stays_stale(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.post("b.md", "Coal", categories=["Winter"])
    place.put("feeds/food", "a file where a folder is to be")
    with pytest.raises(PublishError, match="food"):
        place.once()
    assert place.titles("winter") == ["Coal"]
    assert sorted(place.titles()) == ["Bread", "Coal"]
    (place.root / "feeds/food").unlink()
    assert [written.slug for written in place.once().written] == ["food"]
    assert place.titles("food") == ["Bread"]


def test_a_feed_whose_rendering_ends_its_process_stops_no_other(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.post("b.md", "Coal", categories=["Winter"])

    async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        lost = AggregatorError("its processing crashed")
        return [lost if getattr(i, "slug", "") == "food" else task(i) for i in items]

    place.compute = compute
    with pytest.raises(PublishError, match="crashed"):
        place.once()
    assert place.slugs() == {"winter"}
    place.compute = None
    assert [written.slug for written in place.once().written] == ["food"]


def test_a_crash_anywhere_in_publishing_is_made_good_at_the_next_start(place: Place) -> None:
    """Die before the first rendering, the second, and so on, until there is none left."""
    for n in range(3):
        place.post(f"{n}.md", f"Post {n}", categories=[f"C{n}"], date="2024-05-01")
    place.once()
    whole = {name: body for name, (body, _, _) in place.files().items()}
    calls = 0
    while True:
        shutil.rmtree(place.root / "feeds")
        (place.root / "data/store.db").unlink()
        place.compute = _dies_at(calls)
        try:
            place.once()
        except _KilledError:
            place.compute = None
            place.once()
            assert {name: body for name, (body, _, _) in place.files().items()} == whole
            calls += 1
        else:
            break
    assert calls > 3


class _KilledError(Exception):
    pass


def _dies_at(number: int) -> Any:
    left = number

    async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        nonlocal left
        left -= 1
        if left < 0:
            raise _KilledError
        return [task(item) for item in items]

    return compute


def test_pages_are_there_before_the_feeds_that_link_to_them(place: Place) -> None:
    seen = []

    async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        seen.extend(type(item).__name__ for item in items)
        return [task(item) for item in items]

    place.post("a.md", "Bread", categories=["Food"])
    place.compute = compute
    place.once()
    assert seen == ["Document", "Entry", "Feed", "Feed"]


def test_an_article_that_gets_an_address_loses_its_page(place: Place) -> None:
    place.post("a.md", "Bread")
    place.once()
    pages = place.root / "feeds/articles"
    assert len(list(pages.iterdir())) == 1
    place.post("a.md", "Bread", link="https://example.org/bread")
    place.once()
    assert list(pages.iterdir()) == []


def test_a_store_of_two_thousand_publishes_one_article_at_the_price_of_its_feeds(
    place: Place,
) -> None:
    """Counts, not seconds: what is rendered, and how many statements are sent."""
    rendered: list[str] = []
    statements: list[str] = []

    async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        rendered.extend(item.slug for item in items if hasattr(item, "slug"))
        return [task(item) for item in items]

    async def cost(name: str, world: World) -> tuple[int, list[str]]:
        world = replace(world, context=replace(world.context, compute=compute))
        engine = world.context.store._engine.sync_engine
        rendered.clear()
        statements.clear()
        sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        await perform(Scan("Inbox", (name,)), world)
        await perform(Publish(), world)
        return len(statements), sorted(rendered)

    def one_more(first: int, stored: int) -> tuple[int, list[str]]:
        for n in range(first, stored):
            place.post(f"{n}.md", f"Post {n}", categories=[f"C{n % 20}"], link=f"https://e.org/{n}")
        place.once()
        name = f"new-{stored}.md"
        place.post(name, name, categories=["C3", "C4"], link=f"https://e.org/{name}")
        found: tuple[int, list[str]] = place.run(partial(cost, name))
        return found

    few = one_more(0, 40)
    assert few[1] == ["", "c3", "c4"]
    assert one_more(40, 2_000) == few


def test_publishing_again_after_nothing_happened_sends_next_to_nothing(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.once()

    async def work(world: World) -> int:
        sent: list[str] = []
        engine = world.context.store._engine.sync_engine
        sa.event.listen(engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
        assert (
            await publish(world.context.store, world.output, world.context.compute, place.now) == []
        )
        return len([one for one in sent if not one.startswith("BEGIN")])

    assert place.run(work) <= 2


def test_only_the_formats_that_are_wanted_are_written(place: Place) -> None:
    place.post("a.md", "Bread")
    place.once()

    async def work(world: World) -> list[str]:
        site = Site(title="P", base_url="https://feeds.example.org/", formats=("json",))
        output = replace(world.output, folder=place.root / "json", site=site)
        await world.context.store.want_feeds([])
        await publish(world.context.store, output, world.context.compute, place.now)
        return sorted(path.name for path in (place.root / "json").iterdir())

    assert place.run(work) == ["feed.json", "feeds.opml", "icon.png", "index.html"]


def test_publishing_and_scanning_at_the_same_time(place: Place) -> None:
    for n in range(60):
        place.post(f"{n:02}.md", f"Post {n}", categories=[f"C{n % 5}"])

    async def work(world: World) -> None:
        names = [f"{n:02}.md" for n in range(60)]
        scans = [perform(Scan("Inbox", tuple(names[n : n + 5])), world) for n in range(0, 60, 5)]
        await asyncio.gather(*scans, *(perform(Publish(), world) for _ in range(5)))
        await perform(Publish(), world)

    place.limit = 100
    place.run(work)
    assert len(place.titles()) == 60
    assert sum(len(place.titles(slug)) for slug in place.slugs()) == 60


# The check before a feed is replaced


def spoil(place: Place, title: str) -> None:
    """Let an article have another id from now on, as only a mistake of this program could."""
    with contextlib.closing(sqlite3.connect(place.root / "data/store.db")) as database:
        database.execute("UPDATE articles SET entry_id = 'urn:uuid:other' WHERE title = ?", [title])
        database.commit()


def test_a_feed_that_fails_the_check_stays_as_it_was_and_is_told(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"], link="https://x.example/bread")
    place.post("b.md", "Coal", categories=["Winter"])
    place.once()
    before = place.files()
    spoil(place, "Bread")
    place.post("c.md", "Soup", categories=["Food"])
    place.post("d.md", "Wood", categories=["Winter"])
    for _ in range(2):
        with pytest.raises(PublishError, match="Food: not replaced, it fails the check"):
            place.once()
    after = place.files()
    kept = [name for name in before if name.startswith("food/")]
    assert len(kept) == 4
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert place.titles("winter") == ["Wood", "Coal"]

    async def ask(world: World) -> Any:
        store = world.context.store
        now = datetime(2024, 6, 2, tzinfo=UTC)
        told = await troubles_files(store, world.output.site, "t", now)
        return await store.feed_statuses(), told["feed.json"].decode()

    statuses, told = place.run(ask)
    faulty = {status.title for status in statuses if status.fault}
    assert faulty == {"", "Food"}
    assert "urn:uuid:other was urn:uuid:" in told
    assert "Everything: faulty" in told
    # What it compares with is what is on disk: without it, there is nothing to keep.
    for name in ("feed.json", "rss.xml", "atom.xml"):
        (place.root / "feeds/food" / name).unlink()
        (place.root / "feeds" / name).unlink()
    place.once()
    assert place.titles("food") == ["Soup", "Bread"]
    assert not any(status.fault for status in place.run(ask)[0])
