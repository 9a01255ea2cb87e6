"""One story told by several sources: merged, marked, kept; split and joined; and their ends."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from place import NOON, Place

from aggregator.errors import StoreError
from aggregator.jobs import Prune, Publish, World, perform
from aggregator.store import Life

PARAGRAPHS = (
    "The harbour bridge of Lindau was closed on Thursday morning after divers found a crack in the "
    "second pier, and the town expects that repairs will take until the middle of December.",
    "Ferries now leave every twenty minutes from the old customs house, where volunteers of the "
    "fire brigade help passengers with prams and bicycles over the narrow gangway.",
    "The engineer in charge, Maria Hutter, said that the crack had probably been there for years "
    "and that nobody had been in danger at any time, because the load was limited long ago.",
    "Shopkeepers on the island fear for their trade before Christmas and have asked the council "
    "for a second ferry in the evening, which would have to be paid by the district.",
)
STORY = "\n\n".join(PARAGRAPHS)
MORE = STORY + (
    "\n\nThe council will meet on Tuesday evening in the school, where the engineers are going to "
    "show photographs of the pier and answer the questions of those who live on the island."
)
OTHER = (
    "Nobody remembers who planted the pear trees behind the monastery, but every autumn half the "
    "village climbs over the wall to shake them, and the monks look the other way.\n\n"
    "This year the harvest was so large that the baker sold tarts for a week and the priest "
    "preached about gluttony, with a napkin still tucked into his collar."
)


@pytest.fixture
def place(tmp_path: Path, store_url: str) -> Place:
    for folder in ("alpha", "beta", "gamma"):
        (tmp_path / folder).mkdir()
    return Place(
        tmp_path,
        store=store_url,
        sources={
            "Alpha": {"directory": "alpha"},
            "Beta": {"directory": "beta", "on_delete": "retract"},
            "Gamma": {"directory": "gamma"},
        },
    )


def tell(place: Place, name: str, title: str, text: str = STORY, **front: str) -> Path:
    """Write a post, dated the day before the clock unless it says otherwise."""
    front = {"date": f"{place.now - timedelta(days=1):%Y-%m-%d %H:%M}"} | front
    head = "\n".join(f"{key}: {value}" for key, value in {"title": title, **front}.items())
    return place.put(name, f"---\n{head}\n---\n{text}\n")


def both(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge", categories="Town")
    place.once()
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE, categories="Traffic")


def items(place: Place, slug: str = "") -> list[dict[str, Any]]:
    return place.feed(slug)["items"]


def life(place: Place, uid: str) -> Life:
    async def work(world: World) -> list[Life]:
        return await world.context.store.lives(uid, [], None)

    (found,) = place.run(work)
    return found


def test_merge_keeps_the_first_id_and_date_and_the_fullest_text(place: Place) -> None:
    both(place)
    (first,) = items(place)
    place.now += timedelta(hours=1)
    assert place.once().counts(1) == {"documents": 1, "duplicates": 1}
    (item,) = items(place)
    assert (item["id"], item["title"]) == (first["id"], "Lindau closes its bridge")
    assert item["date_published"] == first["date_published"]
    assert "The council will meet" in item["content_html"]
    # For readers the text has changed.
    assert item["date_modified"] == place.now.isoformat()
    assert item["_also_in"] == [{"source": "Beta"}]
    assert item["tags"] == ["Town", "Traffic"]
    assert place.slugs() == {"town", "traffic"}
    assert place.titles("traffic") == ["Lindau closes its bridge"]
    # Its page shows the fullest text too, and where else it is.
    page = (place.root / "feeds" / "articles" / f"{_key(item)}.html").read_text("utf-8")
    assert "The council will meet" in page
    assert "Also in <bdi>Beta</bdi>" in page


def test_nothing_changes_when_nothing_did(place: Place) -> None:
    both(place)
    place.once()
    before = place.files()
    assert place.once().written == []
    assert place.files() == before


def test_mark_shows_both_with_each_other(place: Place) -> None:
    place.duplicates = "mark"
    both(place)
    assert place.once().counts(1) == {"documents": 1, "new": 1}
    shown = {item["title"]: item.get("_also_in") for item in items(place)}
    assert shown == {
        "Lindau closes its bridge": [{"source": "Beta"}],
        "Bridge in Lindau is closed": [{"source": "Alpha"}],
    }


def test_keep_does_not_look(place: Place) -> None:
    place.duplicates = "keep"
    both(place)
    place.once()
    assert ["_also_in" in item for item in items(place)] == [False, False]


def test_what_one_source_tells_twice_is_two(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    place.once()
    tell(place, "alpha/b.md", "Bridge in Lindau is closed", MORE)
    place.once()
    assert len(items(place)) == 2
    # And of a third that is like both, the two stay two.
    tell(place, "beta/b.md", "The bridge is closed")
    place.once()
    assert len(items(place)) == 2


def test_a_week_apart_are_two(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge", date="2024-05-20")
    tell(place, "beta/b.md", "Bridge in Lindau is closed", date="2024-05-28")
    place.once()
    assert len(items(place)) == 2


def test_what_was_seen_longer_ago_than_the_window_is_forgotten(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge", date="2024-05-31")
    place.once()
    place.now += timedelta(days=8)
    place.do(Prune())
    tell(place, "beta/b.md", "Bridge in Lindau is closed", date="2024-05-31")
    place.once()
    assert len(items(place)) == 2


def test_split_and_back(place: Place) -> None:
    both(place)
    place.once()
    copy, merged = life(place, "b.md"), items(place)

    async def split(world: World) -> None:
        await world.context.store.split(copy.entry.key, place.now)
        await perform(Publish(), world)

    async def join(world: World) -> None:
        await world.context.store.join(copy.entry.key, "", place.now)
        await perform(Publish(), world)

    place.run(split)
    shown = {item["title"]: item for item in items(place)}
    assert set(shown) == {"Lindau closes its bridge", "Bridge in Lindau is closed"}
    assert shown["Lindau closes its bridge"]["tags"] == ["Town"]
    assert "council will meet" not in shown["Lindau closes its bridge"]["content_html"]
    assert shown["Bridge in Lindau is closed"]["id"] == copy.entry.id
    assert ["_also_in" in item for item in shown.values()] == [False, False]
    # What a person said stays, also when the file is touched.
    served = MORE + " Tea will be served."
    tell(place, "beta/b.md", "Bridge in Lindau is closed", served, categories="Traffic")
    place.once()
    assert len(items(place)) == 2
    place.run(join)
    (item,) = items(place)
    assert {k: item[k] for k in ("id", "title", "tags", "_also_in")} == {
        k: merged[0][k] for k in ("id", "title", "tags", "_also_in")
    }
    assert "Tea will be served" in item["content_html"]
    kinds = [event.kind for event in life(place, "b.md").events]
    assert kinds == ["new", "merged", "split", "changed", "joined"]


def test_feeds_are_stale_from_a_split_until_they_are_written(place: Place) -> None:
    both(place)
    place.once()
    key = life(place, "b.md").entry.key

    async def work(world: World) -> list[bool]:
        store = world.context.store
        stale = [await store.stale()]
        await store.split(key, place.now)
        stale.append(await store.stale())
        await perform(Publish(), world)
        return [*stale, await store.stale()]

    assert place.run(work) == [False, True, False]


def test_what_cannot_be_split_or_merged_says_why(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    place.once()
    key = life(place, "a.md").entry.key

    async def split(world: World) -> None:
        await world.context.store.split(key, place.now)

    async def join(world: World) -> None:
        await world.context.store.join(key, "", place.now)

    async def join_itself(world: World) -> None:
        await world.context.store.join(key, key, place.now)

    for work, said in (
        (split, "shown by itself already"),
        (join, "name the one to merge it with"),
        (join_itself, "with itself"),
    ):
        with pytest.raises(StoreError, match=said):
            place.run(work)


def test_an_exact_copy_of_a_merged_copy_belongs_to_the_story(place: Place) -> None:
    both(place)
    place.once()
    tell(place, "gamma/c.md", "Bridge in Lindau is closed", MORE, categories="Lake")
    place.once()
    (item,) = items(place)
    assert item["tags"] == ["Town", "Traffic", "Lake"]
    assert item["_also_in"] == [{"source": "Beta"}, {"source": "Gamma"}]


def test_an_edited_exact_copy_is_a_copy_still(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    tell(place, "beta/b.md", "Lindau closes its bridge")
    place.once()
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE)
    place.once()
    (item,) = items(place)
    assert item["_also_in"] == [{"source": "Beta"}]
    assert "council will meet" in item["content_html"]


def test_an_edited_exact_copy_of_the_same_source_is_two(place: Place) -> None:
    for name in ("a.md", "b.md"):
        tell(place, f"alpha/{name}", "Lindau closes its bridge")
    place.once()
    assert len(items(place)) == 1
    tell(place, "alpha/b.md", "Bridge in Lindau is closed", MORE)
    place.once()
    assert len(items(place)) == 2


def test_an_edit_of_the_copy_that_is_shown_is_an_edit_of_the_article(place: Place) -> None:
    both(place)
    place.once()
    place.now += timedelta(hours=1)
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE + " Tea will be served.")
    place.once()
    (item,) = items(place)
    assert "Tea will be served" in item["content_html"]
    assert item["date_modified"] == place.now.isoformat()
    assert item["tags"] == ["Town"]  # the edit took the copy's category away


def test_a_copy_that_tells_another_story_now_is_an_article_of_its_own(place: Place) -> None:
    both(place)
    place.once()
    key = life(place, "b.md").entry.id
    tell(place, "beta/b.md", "Pears", OTHER)
    place.once()
    shown = {item["title"]: item for item in items(place)}
    assert set(shown) == {"Lindau closes its bridge", "Pears"}
    assert shown["Pears"]["id"] == key
    assert "_also_in" not in shown["Lindau closes its bridge"]
    assert "council will meet" not in shown["Lindau closes its bridge"]["content_html"]


def test_a_retracted_copy_leaves_the_article(place: Place) -> None:
    both(place)
    place.once()
    tell(place, "beta/other.md", "Pears", OTHER)  # a folder that is empty at once is an error
    place.once()
    (place.root / "beta/b.md").unlink()
    place.once()
    item = next(i for i in items(place) if i["title"].startswith("Lindau"))
    assert "council will meet" not in item["content_html"]
    assert "_also_in" not in item
    # It comes back as the copy that it was.
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE, categories="Traffic")
    place.once()
    assert len(items(place)) == 2
    assert life(place, "b.md").state == "merged"


def test_an_article_whose_file_is_gone_stays_while_a_copy_is_there(place: Place) -> None:
    tell(place, "beta/b.md", "Bridge in Lindau is closed")
    tell(place, "beta/other.md", "Pears", OTHER)
    place.once()
    tell(place, "alpha/a.md", "Lindau closes its bridge", MORE)
    place.once()
    ids = place.ids()
    (place.root / "beta/b.md").unlink()
    place.once()
    assert place.ids() == ids


def test_pruning_takes_the_copies_along_and_none_comes_back(place: Place) -> None:
    both(place)
    place.once()
    place.limit = 1
    tell(place, "gamma/new.md", "Pears", OTHER, date="2024-06-01 11:00")
    place.once()

    async def prune(world: World) -> int:
        store = world.context.store
        return await store.prune(NOON - timedelta(hours=3), keep=0)

    assert place.run(prune) == 1
    for source in ("alpha/a.md", "beta/b.md"):
        (place.root / source).touch()
    place.once()
    assert place.titles() == ["Pears"]


def test_both_at_once_are_merged_too(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    tell(place, "beta/b.md", "Bridge in Lindau is closed")
    tell(place, "gamma/c.md", "No way to Lindau")
    place.once()
    (item,) = items(place)
    assert item["_also_in"] == [{"source": "Beta"}, {"source": "Gamma"}]


def test_copies_go_on_when_the_first_tells_another_story(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE)
    tell(place, "gamma/c.md", "No way to Lindau", MORE + " Tea will be served.")
    place.once()
    (first,) = items(place)
    tell(place, "alpha/a.md", "Pears", OTHER)
    place.once()
    shown = {item["title"]: item for item in items(place)}
    assert set(shown) == {"Pears", "Bridge in Lindau is closed"}
    assert shown["Pears"]["id"] == first["id"]
    assert "monastery" in shown["Pears"]["content_html"]
    assert shown["Bridge in Lindau is closed"]["_also_in"] == [{"source": "Gamma"}]
    assert "_also_in" not in shown["Pears"]


def retractable(place: Place) -> None:
    """Beta tells the story first, Gamma tells it too; both take out what is deleted."""
    place.sources["Gamma"]["on_delete"] = "retract"
    for folder in ("beta", "gamma"):
        tell(place, f"{folder}/own.md", folder, date="2024-05-01", text=folder)
    tell(place, "beta/b.md", "Lindau closes its bridge", categories="Town")
    tell(place, "gamma/c.md", "Bridge in Lindau is closed", MORE, categories="Traffic")
    place.once()


def test_what_a_copy_kept_in_the_feeds_leaves_with_it(place: Place) -> None:
    retractable(place)
    for file in ("beta/b.md", "gamma/c.md"):
        assert len(items(place)) == 3
        (place.root / file).unlink()
        place.once()
    assert len(items(place)) == 2


@pytest.mark.parametrize("order", [("gamma/c.md", "beta/b.md"), ("beta/b.md", "gamma/c.md")])
def test_a_story_comes_back_with_a_copy_under_its_old_id(
    place: Place, order: tuple[str, str]
) -> None:
    retractable(place)
    before = {item["id"] for item in items(place)}
    for file in order:
        (place.root / file).unlink()
        place.once()
    tell(place, "gamma/c.md", "Bridge in Lindau is closed", MORE, categories="Traffic")
    place.once()
    assert {item["id"] for item in items(place)} == before
    tell(place, "beta/b.md", "Lindau closes its bridge", categories="Town")
    place.once()
    assert {item["id"] for item in items(place)} == before


def test_all_feeds_of_a_story_are_written_when_a_copy_leaves(place: Place) -> None:
    retractable(place)
    (item,) = place.feed("town")["items"]
    assert "council will meet" in item["content_html"]
    (place.root / "gamma/c.md").unlink()
    place.once()
    (item,) = place.feed("town")["items"]
    assert "council will meet" not in item["content_html"]
    assert "_also_in" not in item
    assert place.feed("traffic")["items"] == []


def test_two_at_once_of_one_source_are_two(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge")
    place.once()
    tell(place, "beta/b.md", "Bridge in Lindau is closed", MORE)
    tell(place, "beta/c.md", "No way to Lindau", MORE + " Tea will be served.")
    place.once()
    assert len(items(place)) == 2


def test_an_edit_below_a_fuller_copy_is_none_for_readers(place: Place) -> None:
    both(place)
    place.once()
    (before,) = items(place)
    shorter, date = "\n\n".join(PARAGRAPHS[:3]), f"{place.now - timedelta(days=1):%Y-%m-%d %H:%M}"
    place.now += timedelta(hours=1)
    tell(place, "alpha/a.md", "Lindau closes its bridge", shorter, date=date, categories="Town")
    assert place.once().counts() == {"documents": 1, "changed": 1}
    assert items(place) == [before]


def test_an_edit_that_makes_the_first_the_fullest_shows_it(place: Place) -> None:
    both(place)
    place.once()
    place.now += timedelta(hours=1)
    longer = f"{MORE}\n\n{PARAGRAPHS[0]} That was in 1904. {PARAGRAPHS[3]} That was in 1905."
    tell(place, "alpha/a.md", "Lindau closes its bridge", longer, categories="Town")
    place.once()
    (item,) = items(place)
    assert "That was in 1904" in item["content_html"]
    assert item["date_modified"] == place.now.isoformat()


def test_what_waited_for_its_date_is_found(place: Place) -> None:
    tell(place, "alpha/a.md", "Lindau closes its bridge", date="2024-06-03")
    place.once()
    assert items(place) == []
    place.now += timedelta(days=3)
    place.do(Prune(), Publish())
    tell(place, "beta/b.md", "Bridge in Lindau is closed")
    place.once()
    (item,) = items(place)
    assert item["_also_in"] == [{"source": "Beta"}]


def test_what_leads_brings_its_copies_along(place: Place) -> None:
    both(place)
    tell(place, "gamma/c.md", "Pears", OTHER)
    place.once()
    keys = [life(place, uid).entry.key for uid in ("a.md", "c.md")]

    async def join(world: World) -> None:
        await world.context.store.join(*keys, place.now)
        await perform(Publish(), world)

    place.run(join)
    (item,) = items(place)
    assert item["title"] == "Pears"
    assert item["_also_in"] == [{"source": "Alpha"}, {"source": "Beta"}]
    assert item["tags"] == ["Town", "Traffic"]


def _key(item: dict[str, Any]) -> str:
    return str(item["id"]).removeprefix("urn:uuid:")
