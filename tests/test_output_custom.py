"""Feeds of one's own choice: what is in them, when they are written, and what stays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from place import NOON, Place

from aggregator.jobs import Prune, Publish, World, perform
from aggregator.output import Selection

TWO = {"Sina A": {"directory": "a"}, "Sina B": {"directory": "b"}, "Other": {"directory": "c"}}
OLD = {"date": "2024-05-01"}


def post(place: Place, name: str, title: str, text: str = "", **front: Any) -> None:
    """Write a post into the folder of any source."""
    place.post(f"../{name}", title, text, **front)


def select(**more: Any) -> Selection:
    return Selection(name="Mine", limit=50, **more)


@pytest.fixture
def papers(place: Place) -> Place:
    """Three sources, a post of each language and category, a day apart."""
    place.sources = dict(TWO)
    post(place, "a/1.md", "One", categories=["X"], language="zh-CN", date="2024-05-01")
    post(place, "a/2.md", "Two", categories=["X", "Y"], language="en", date="2024-05-02")
    post(place, "b/3.md", "Three", categories=["Y"], language="zh", date="2024-05-03")
    post(place, "b/4.md", "Four", categories=["X", "Y", "Z"], language="fr", date="2024-05-04")
    post(place, "c/5.md", "Five", language="zhx", date="2024-05-05")
    return place


CHOICES: Mapping[str, tuple[dict[str, Any], list[str]]] = {
    "any": ({"categories": ("x", "Z")}, ["Four", "Two", "One"]),
    "all": ({"all_categories": ("X", "y")}, ["Four", "Two"]),
    "all, one unknown": ({"all_categories": ("X", "Nothing")}, []),
    "none": ({"categories": ("X",), "not_categories": ("Z", "Nothing")}, ["Two", "One"]),
    "a source": ({"sources": ("other",)}, ["Five"]),
    "a glob": ({"sources": ("SINA*",)}, ["Four", "Three", "Two", "One"]),
    "no such source": ({"sources": ("Sina",)}, []),
    "a language": ({"languages": ("ZH",)}, ["Three", "One"]),
    "languages": ({"languages": ("zh-CN", "fr")}, ["Four", "One"]),
    "a source and a category": ({"sources": ("Sina A",), "categories": ("Y",)}, ["Two"]),
    "all of it": (
        {"sources": ("Sina*",), "not_categories": ("Z",), "languages": ("zh", "en")},
        ["Three", "Two", "One"],
    ),
}


@pytest.mark.parametrize(("chosen", "titles"), CHOICES.values(), ids=CHOICES)
def test_a_feed_holds_what_is_all_of_its_choice(
    papers: Place, chosen: dict[str, Any], titles: list[str]
) -> None:
    papers.selections = (select(**chosen),)
    papers.once()
    assert papers.titles("mine") == titles


def test_an_edit_of_the_choice_shows_under_the_same_id(papers: Place) -> None:
    papers.selections = (select(sources=("Other",)),)
    papers.once()
    before = papers.feed("mine")
    papers.selections = (replace(select(languages=("fr",)), name="MINE"),)
    papers.once()
    assert papers.titles("mine") == ["Four"]
    assert papers.feed("mine")["feed_url"] == before["feed_url"]
    assert papers.slugs() == {"mine", "x", "y", "z"}


def test_the_newest_change_comes_first_where_that_is_asked_for(papers: Place) -> None:
    papers.selections = (select(sources=("Sina*",), sort="updated"),)
    papers.once()
    assert papers.titles("mine") == ["Four", "Three", "Two", "One"]
    post(papers, "a/1.md", "One", "It was told anew.", categories=["X"], date="2024-05-01")
    papers.once()
    assert papers.titles("mine") == ["One", "Four", "Three", "Two"]


def test_a_feed_is_written_when_what_it_draws_from_changed(papers: Place) -> None:
    of_x = replace(select(categories=("X",), sources=("Sina*",)), name="Of X")
    of_other = replace(select(sources=("Other",)), name="Of other")
    papers.selections = (of_x, of_other)
    papers.once()
    assert papers.once().written == []
    before = papers.files()
    post(papers, "b/6.md", "Six", categories=["Y"], date="2024-05-06")
    # Of a source, and so looked at when anything changed; but not a byte of it differs.
    assert {one.slug: one.written > 0 for one in papers.once().written} == {
        "": True,
        "y": True,
        "of-other": False,
    }
    assert not {"of-x", "of-other"} & papers.touched(before)
    post(papers, "c/7.md", "Seven", categories=["X"], date="2024-05-07")
    assert {one.slug for one in papers.once().written} == {"", "x", "of-x", "of-other"}
    assert papers.titles("of-other") == ["Seven", "Five"]


def test_a_feed_that_was_left_unwritten_is_written_next_time(papers: Place) -> None:
    """Also when what it draws from was written before it, and does not change again."""
    papers.selections = (select(categories=("X",)),)
    papers.once()
    post(papers, "a/6.md", "Six", categories=["X"], date="2024-05-06")
    papers.scan()

    async def work(world: World) -> Any:
        store = world.context.store
        lost, rows = "mine", {row.slug: row for row in await store.feed_rows()}
        assert rows[lost].wanted == rows[lost].written
        with pytest.raises(RuntimeError):
            await perform(Publish(), replace(world, context=_failing(world, lost)))
        return await perform(Publish(), world)

    papers.run(work)
    assert papers.titles("mine")[0] == "Six"


def _failing(world: World, lost: str) -> Any:
    """A world in which the machine stops when a feed is rendered; those before it are written."""

    async def compute(task: Any, items: Any) -> list[Any]:
        if any(getattr(item, "slug", "") == lost for item in items):
            kept = [item for item in items if getattr(item, "slug", "") != lost]
            assert kept
            raise RuntimeError
        return [task(item) for item in items]

    return replace(world.context, compute=compute)


def test_what_a_source_tells_after_another_one_is_in_its_feed_too(place: Place) -> None:
    """The same article to the byte, and a copy that was merged."""
    place.sources = dict(TWO)
    place.selections = (select(sources=("Sina B",)),)
    told = " ".join(f"The ferry number {n} left the harbour at {n} o'clock." for n in range(40))
    post(place, "a/1.md", "Ferries leave the harbour earlier", told, **OLD)
    post(place, "a/2.md", "The same", "The same to the byte, and longer than a line of it.", **OLD)
    post(place, "a/3.md", "Mine alone", **OLD)
    place.once()
    assert place.titles("mine") == []
    post(place, "b/1.md", "Ferries leave the harbour earlier", f"{told} And so on.", **OLD)
    post(place, "b/2.md", "The same", "The same to the byte, and longer than a line of it.", **OLD)
    place.once()
    assert len(place.titles()) == 3
    assert sorted(place.titles("mine")) == ["Ferries leave the harbour earlier", "The same"]


def test_articles_of_a_source_that_is_gone_stay(papers: Place) -> None:
    papers.selections = (select(sources=("Other",)),)
    papers.once()
    assert papers.titles("mine") == ["Five"]
    del papers.sources["Other"]
    papers.title = "New"  # everything is written again
    papers.once()
    assert papers.titles("mine") == ["Five"]


def test_a_source_has_a_feed_of_its_own(papers: Place) -> None:
    papers.selections = (Selection(kind="source", name="Sina A", limit=50),)
    papers.once()
    assert papers.titles("sina-a") == ["Two", "One"]
    before, files = papers.feed("sina-a"), papers.files()
    # Nothing of it changed: nothing of it is even rendered.
    post(papers, "b/6.md", "Six", date="2024-05-06")
    assert {one.slug for one in papers.once().written} == {""}
    assert "sina-a" not in papers.touched(files)
    post(papers, "a/7.md", "Seven", date="2024-05-07")
    assert {one.slug for one in papers.once().written} == {"", "sina-a"}
    assert papers.titles("sina-a") == ["Seven", "Two", "One"]
    # Renamed, it is the same feed at the same address.
    papers.sources = {"Sina Z": papers.sources["Sina A"], **papers.sources}
    del papers.sources["Sina A"]
    papers.selections = (Selection(kind="source", name="Sina Z", limit=50),)
    papers.once()
    after = papers.feed("sina-a")
    assert after["title"] == "Sina Z – Papers"
    assert (after["feed_url"], after["items"][0]["id"]) == (
        before["feed_url"],
        papers.ids("sina-a")["Seven"],
    )
    assert "sina-z" not in papers.slugs()


def test_a_source_and_a_category_of_the_same_name_have_two_feeds(papers: Place) -> None:
    papers.sources["X"] = {"directory": "x"}
    papers.selections = (Selection(kind="source", name="X", limit=50),)
    post(papers, "x/1.md", "Own", date="2024-05-09")
    papers.once()
    assert papers.titles("x") == ["Own"]
    assert papers.titles("x-2") == ["Four", "Two", "One"]


def test_what_a_custom_feed_shows_is_not_forgotten(papers: Place) -> None:
    papers.limit = 1
    papers.selections = (select(sources=("Sina A",)),)
    papers.once()

    async def work(world: World) -> Any:
        return await perform(Prune(), replace(world, keep=timedelta(days=1)))

    papers.now = NOON
    # Three is in no feed's newest; One and Two are in that of their source alone.
    assert papers.run(work) == 1
    papers.selections = ()
    assert papers.run(work) == 2
