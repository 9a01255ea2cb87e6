"""Feeds that search: what they find, now and after every change."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from place import Place

from aggregator.jobs import Prune, Publish, World, perform
from aggregator.output import Selection


def seeking(query: str, **more: Any) -> Selection:
    return Selection(name="Mine", limit=50, search=query, **more)


@pytest.fixture
def papers(place: Place) -> Place:
    place.post("1.md", "央行下调利率", "周三宣布。", date="2024-05-01")
    place.post("2.md", "Rates", "The central bank (央行) cuts.", date="2024-05-02")
    place.post("3.md", "Football", "A bank of the river.", categories=["X"], date="2024-05-03")
    return place


def test_a_feed_finds_what_is_searched_for(papers: Place) -> None:
    papers.selections = (
        seeking("央行"),
        replace(seeking("央行 利率"), name="Both"),
        replace(seeking('"central bank" OR river'), name="Either"),
        replace(seeking("bank", categories=("X",)), name="In X"),
        replace(seeking("-央行"), name="Not"),
    )
    papers.once()
    assert papers.titles("mine") == ["Rates", "央行下调利率"]
    assert papers.titles("both") == ["央行下调利率"]
    assert papers.titles("either") == ["Football", "Rates"]
    assert papers.titles("in-x") == papers.titles("not") == ["Football"]


def test_what_changes_is_found_as_it_is_now(papers: Place) -> None:
    papers.selections = (seeking("央行"),)
    papers.once()
    papers.post("1.md", "Renamed", "Nothing of it.", date="2024-05-01")
    papers.post("4.md", "New", "央行。", date="2024-05-04")
    papers.once()
    assert papers.titles("mine") == ["New", "Rates"]


def test_a_search_that_is_added_finds_what_was_there_and_goes_again(papers: Place) -> None:
    papers.once()
    assert tables(papers) == set()
    papers.selections = (seeking("央行"),)
    papers.once()
    assert papers.titles("mine") == ["Rates", "央行下调利率"]
    assert tables(papers) == {"words", "word_rows"}
    papers.selections = ()
    papers.once()
    assert tables(papers) == set()


def tables(place: Place) -> set[str]:
    """The tables that only searching needs."""

    async def work(world: World) -> set[str]:
        async with world.context.store._read() as connection:
            rows = await connection.exec_driver_sql("SELECT name FROM sqlite_master")
            return set(rows.scalars()) & {"words", "word_rows"}

    return place.run(work)  # type: ignore[no-any-return]


def test_an_index_that_was_interrupted_goes_on_where_it_was(
    papers: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.weighing._AT_ONCE", 2)
    papers.scan()
    papers.selections = (seeking("央行"),)
    seen: list[str] = []

    async def work(world: World) -> None:
        async def once(task: Any, items: Any) -> list[Any]:
            if seen:
                raise RuntimeError
            seen.extend(entry.article.title for entry in items)
            return [task(item) for item in items]

        with pytest.raises(RuntimeError):
            await perform(Publish(), replace(world, context=replace(world.context, compute=once)))

    papers.run(work)
    assert len(seen) == 2

    async def rest(world: World) -> int:
        marks = await world.context.store.marks()
        (mark,) = (mark for _, mark in marks.values())
        left = len(await world.context.store.changed_since(mark, None, 10))
        await perform(Publish(), world)
        return left

    assert papers.run(rest) == 1
    assert papers.titles("mine") == ["Rates", "央行下调利率"]


def test_a_story_is_found_by_the_text_that_is_shown_of_it(place: Place) -> None:
    """That of the fullest copy; and by its own again once the copy is gone."""
    place.sources = {"A": {"directory": "a"}, "B": {"directory": "b", "on_delete": "retract"}}
    place.selections = (seeking("pelican"),)
    told = " ".join(f"The ferry number {n} left the harbour at {n} o'clock." for n in range(40))
    place.post("../a/1.md", "Ferries leave the harbour earlier", told, date="2024-05-01")
    more = f"{told} {'A pelican stood by. ' * 30}"
    copy = place.post("../b/1.md", "Ferries leave the harbour earlier", more, date="2024-05-01")
    place.post("../b/2.md", "Another", date="2024-05-01")
    place.once()
    assert place.titles("mine") == ["Ferries leave the harbour earlier"]
    copy.unlink()
    place.once()
    assert "pelican" not in str(place.feed())
    assert place.titles("mine") == []


def test_what_is_pruned_leaves_the_index(papers: Place) -> None:
    papers.limit = 1
    papers.selections = (replace(seeking("football"), limit=1),)
    papers.once()

    async def work(world: World) -> list[Any]:
        await perform(Prune(), replace(world, keep=timedelta(days=1)))
        async with world.context.store._read() as connection:
            rows = await connection.exec_driver_sql("SELECT count(*) FROM word_rows")
            return list(rows.scalars())

    assert papers.run(work) == [1]


def test_a_stale_index_is_made_anew_at_a_start(
    papers: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.findings._MOST_STALE", 2)
    papers.selections = (seeking("state"),)
    for state in range(6):
        papers.post("1.md", "Often", f"In state {state}.", date="2024-05-01")
        papers.now += timedelta(hours=1)
        papers.once()
    assert papers.titles("mine") == ["Often"]

    async def work(world: World) -> int:
        async with world.context.store._read() as connection:
            rows = await connection.exec_driver_sql("SELECT max(row) FROM word_rows")
            return int(rows.scalar_one())

    assert papers.run(work) < 6
