"""From files and feeds to published feeds, on a real store."""

import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from place import NOON, Place
from web import Reply, Web

from aggregator.article import Document
from aggregator.engines import open_engine
from aggregator.jobs import Prune, Publish, Scan, World, perform
from aggregator.prepare import Prepared, prepare


def feed(*items: dict[str, Any]) -> Reply:
    """A JSON Feed of these items; each gets a text made from its title."""
    full = [{"content_text": f"The text of {item.get('title')}.", **item} for item in items]
    version = "https://jsonfeed.org/version/1.1"
    return Reply(json.dumps({"version": version, "title": "Wire", "items": full}).encode())


def with_wire(place: Place, web: Web) -> None:
    place.sources["Wire"] = {"feed": f"{web.url}/f"}


# What a scan reports


def test_a_first_run_and_a_second_that_finds_nothing(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.post("b.md", "Soup", categories=["Food", "Winter"])
    done = place.once()
    assert (done.report.status, done.counts()) == ("ok", {"documents": 2, "new": 2})
    assert {(w.slug, w.entries) for w in done.written} == {("", 2), ("food", 2), ("winter", 1)}
    assert place.slugs() == {"food", "winter"}
    assert place.titles("food") == ["Soup", "Bread"]
    before = place.files()
    again = place.once()
    assert (again.report.status, again.counts(), again.written) == ("unchanged", {}, [])
    assert place.files() == before


def test_bad_documents_are_named_and_cost_nothing_else(place: Place) -> None:
    place.post("good.md", "Good")
    (place.root / "inbox/nowhere.md").symlink_to("nothing")
    place.put("inbox/empty.md", "")
    place.put("inbox/binary.md", "\0\1\2\3" * 100)
    done = place.once()
    assert done.report.status == "ok"
    assert "nowhere.md" in {name for name, _ in done.report.errors}
    assert "Good" in place.titles()
    # They are remembered: until they change there is nothing more to say.
    assert place.once().report.errors == []
    place.post("empty.md", "Full")
    assert place.once().counts() == {"documents": 1, "new": 1}
    assert set(place.titles()) >= {"Full", "Good"}


def test_a_parse_error_is_the_documents_alone(place: Place, web: Web) -> None:
    with_wire(place, web)
    place.post("a.md", "Bread")
    web.replies["/f"] = Reply(b"<html><body>Not found</body></html>")
    inbox, wire = place.once().reports
    assert (inbox.status, wire.status) == ("ok", "error")
    assert "leads to no feed" in wire.errors[0][1]
    assert place.titles() == ["Bread"]
    # A source that is one document is asked again as if it had never been read.
    web.replies["/f"] = feed({"id": "1", "title": "Soup"})
    assert place.once().counts(1) == {"documents": 1, "new": 1}


def test_a_feed_that_cannot_be_had(place: Place, web: Web) -> None:
    with_wire(place, web)
    place.post("a.md", "Bread")
    done = place.once()
    assert [report.status for report in done.reports] == ["ok", "error"]
    assert "answered 404" in done.reports[1].errors[0][1]
    assert place.titles() == ["Bread"]


def _prepare_or_break(document: Document, task: Any) -> Prepared:
    if document.name == "break.md":
        document = _Odd()  # type: ignore[assignment]
    return prepare(document, task)


class _Odd:
    """A document that no parser expects."""

    name, validators, media_type, body = "break.md", "v", "text/markdown", 7


def test_an_unexpected_exception_is_a_named_problem(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        if getattr(task, "func", None) is prepare:
            task = functools.partial(_prepare_or_break, **task.keywords)  # type: ignore[attr-defined]
        return [task(item) for item in items]

    place.compute = compute
    place.post("a.md", "Bread")
    place.post("break.md", "Broken")
    report = place.once().report
    ((name, error),) = report.errors
    assert name == "break.md"
    assert error.startswith("break.md: unexpected ")
    assert "Traceback" in caplog.text
    assert place.titles() == ["Bread"]


def _prepare_or_die(document: Document, task: Any) -> Prepared:
    if document.name == "13.md":
        os._exit(1)
    return prepare(document, task)


def test_a_document_that_ends_its_process_is_the_only_one_lost(place: Place) -> None:
    for n in range(30):
        place.post(f"{n:02}.md", f"Post {n}")

    async def run(world: World) -> Any:
        async with open_engine() as engine:

            async def compute(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
                if getattr(task, "func", None) is prepare:
                    task = functools.partial(_prepare_or_die, **task.keywords)  # type: ignore[attr-defined]
                return await engine.compute(task, items)

            hurt = replace(world, context=replace(world.context, compute=compute))
            report = await perform(Scan("Inbox"), hurt)
            await perform(Publish(), hurt)
            return report

    report = place.run(run)
    assert [name for name, _ in report.errors] == ["13.md"]
    assert sorted(place.titles()) == sorted(f"Post {n}" for n in range(30) if n != 13)


# Changes


def test_an_edit_keeps_the_id_and_rewrites_only_the_feeds_concerned(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"], date="2024-05-01")
    place.post("b.md", "Coal", categories=["Winter"], date="2024-05-02")
    place.once()
    ids, before = place.ids(), place.files()
    place.post("a.md", "Bread", "Now with salt.", categories=["Food"], date="2024-05-01")
    place.now = NOON + timedelta(hours=1)
    done = place.once()
    assert done.counts() == {"documents": 1, "changed": 1}
    assert {written.slug for written in done.written} == {"", "food"}
    assert place.touched(before) == {"", "food", "articles"}
    assert place.ids() == ids
    (bread,) = place.feed("food")["items"]
    assert bread["date_published"].startswith("2024-05-01T00:00:00")
    assert bread["date_modified"].startswith("2024-06-01T13:00:00")
    # Only the author: shown, and no change that a reader is told of.
    place.post(
        "a.md", "Bread", "Now with salt.", categories=["Food"], date="2024-05-01", author="A"
    )
    place.now = NOON + timedelta(hours=2)
    place.once()
    (again,) = place.feed("food")["items"]
    assert (again["authors"], again["date_modified"]) == ([{"name": "A"}], bread["date_modified"])


def test_a_renamed_file_is_the_same_article(place: Place) -> None:
    first = place.post("a.md", "Bread", categories=["Food"])
    place.once()
    ids, before = place.ids(), place.files()
    (place.root / "inbox/sub").mkdir()
    first.rename(place.root / "inbox/sub/b.md")
    done = place.once()
    assert (done.report.new, done.report.changed) == (0, 1)
    assert (place.ids(), place.files()) == (ids, before)
    # And edited at once.
    (place.root / "inbox/sub/b.md").rename(place.root / "inbox/c.md")
    with (place.root / "inbox/c.md").open("a", encoding="utf-8") as file:
        file.write("More.\n")
    assert place.once().report.new == 0
    assert place.ids() == ids


def test_two_copies_of_a_renamed_file_do_not_both_lead(place: Place) -> None:
    first = place.post("a.md", "Bread")
    place.once()
    ids = place.ids()
    (place.root / "inbox/b.md").write_bytes(first.read_bytes())
    first.rename(place.root / "inbox/c.md")
    done = place.once()
    assert (done.report.new, done.report.changed, done.report.duplicates) == (0, 1, 1)
    assert place.ids() == ids


def test_duplicates_across_a_folder_and_a_feed(place: Place, web: Web) -> None:
    with_wire(place, web)
    place.post("a.md", "Bread", categories=["Food"])
    web.replies["/f"] = feed(
        {"id": "https://x.example/1", "title": "Bread", "tags": ["News"]},
        {"id": "https://x.example/2", "title": "Soup"},
    )
    done = place.once()
    assert done.counts(1) == {"documents": 1, "new": 1, "duplicates": 1}
    assert sorted(place.titles()) == ["Bread", "Soup"]
    assert place.titles("news") == place.titles("food") == ["Bread"]
    ids = place.ids()
    assert ids["Soup"] == "https://x.example/2"
    # The file goes, and the feed has it still: the feed stands for it from its next edit on.
    (place.root / "inbox/a.md").unlink()
    web.replies["/f"] = feed(
        {"id": "https://x.example/1", "title": "Bread", "content_text": "New."}
    )
    assert place.once().counts(1) == {"documents": 1, "changed": 1}
    assert place.ids() == ids


def test_the_same_guid_in_two_feeds(place: Place, web: Web) -> None:
    place.sources = {name: {"feed": f"{web.url}/{name}"} for name in ("a", "b")}
    web.replies["/a"] = feed({"id": "tag:x,2024:1", "title": "Bread"})
    web.replies["/b"] = feed({"id": "tag:x,2024:1", "title": "Soup"})
    place.once()
    ids = place.ids()
    assert ids["Bread"] == "tag:x,2024:1"
    assert ids["Soup"].startswith("urn:uuid:")
    assert place.once().written == []


def test_a_frozen_entry_is_reported_and_thaws(place: Place, web: Web) -> None:
    place.sources = {"Wire": {"feed": f"{web.url}/f"}}

    def visit(text: str) -> Any:
        web.replies["/f"] = feed({"id": "1", "title": "Clock", "content_text": text})
        return place.once()

    async def tick(world: World) -> None:
        for n in range(25):
            web.replies["/f"] = feed({"id": "1", "title": "Clock", "content_text": f"It is {n}."})
            assert (await perform(Scan("Wire"), world)).errors == []  # type: ignore[union-attr]

    place.run(tick)
    done = visit("It is 25.")
    ((_, error),) = done.report.errors
    assert "'Clock' changes at every scan; frozen" in error
    assert "It is 24." in place.feed()["items"][0]["content_html"]
    # It has come to rest, and what it says then is taken.
    assert visit("It is 25.").counts() == {"documents": 1, "changed": 1}
    assert "It is 25." in place.feed()["items"][0]["content_html"]
    assert visit("It is 25.").report.status == "unchanged"


# What is not, not yet or no longer published


def test_drafts(place: Place) -> None:
    place.sources["Inbox"]["on_delete"] = "retract"
    place.post("a.md", "Bread", draft=True)
    place.post("b.md", "Soup")
    assert place.once().counts() == {"documents": 2, "new": 1, "dropped": 1}
    place.post("a.md", "Bread")
    place.once()
    ids = place.ids()
    place.post("a.md", "Bread", draft=True)
    place.once()
    assert place.titles() == ["Soup"]
    place.post("a.md", "Bread")
    place.once()
    assert place.ids() == ids


def test_a_date_to_come_is_waited_for_in_a_folder(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"], date="2024-06-01 13:00:00")
    place.post("b.md", "Soup")
    place.once()
    assert (place.titles(), place.slugs()) == (["Soup"], set())
    place.now = NOON + timedelta(minutes=59)
    assert place.once().written == []
    place.now = NOON + timedelta(minutes=60)
    assert {written.slug for written in place.once().written} == {"", "food"}
    (bread,) = place.feed("food")["items"]
    assert bread["date_published"] == bread.get("date_modified", bread["date_published"])
    assert bread["date_published"].startswith("2024-06-01T13:00:00")


def test_an_article_that_waits_may_be_given_an_earlier_date(place: Place) -> None:
    place.post("a.md", "Bread", date="2024-06-03")
    place.once()
    place.post("a.md", "Bread", date="2024-05-03")
    place.once()
    (bread,) = place.feed()["items"]
    assert {bread["date_published"][:10], bread.get("date_modified", "2024-05-03")[:10]} == {
        "2024-05-03"
    }


def test_a_date_to_come_is_a_mistake_in_a_feed(place: Place, web: Web) -> None:
    place.sources = {"Wire": {"feed": f"{web.url}/f"}}
    item = {"id": "1", "title": "Bread", "date_published": "2031-01-01T00:00:00Z"}
    web.replies["/f"] = feed(item)
    place.once()
    assert place.feed()["items"][0]["date_published"].startswith("2024-06-01T12:00:00")
    place.now = NOON + timedelta(days=1)
    web.replies["/f"] = feed({**item, "content_text": "New."})
    assert place.once().report.changed == 1
    assert place.feed()["items"][0]["date_published"].startswith("2024-06-01T12:00:00")


def test_a_removed_file_stays_unless_it_is_to_be_retracted(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.post("b.md", "Soup", categories=["Winter"])
    place.once()
    ids = place.ids()
    (place.root / "inbox/a.md").unlink()
    assert place.once().written == []
    place.sources["Inbox"]["on_delete"] = "retract"
    (place.root / "inbox/b.md").rename(place.root / "b.md")
    place.post("c.md", "Coal")
    place.once()
    assert sorted(place.titles()) == ["Bread", "Coal"]
    assert (place.titles("winter"), place.titles("food")) == ([], ["Bread"])
    pages = {path.stem for path in (place.root / "feeds/articles").iterdir()}
    assert ids["Soup"].removeprefix("urn:uuid:") not in pages
    (place.root / "b.md").rename(place.root / "inbox/b.md")
    place.once()
    assert place.ids()["Soup"] == ids["Soup"]
    assert place.titles("winter") == ["Soup"]


def test_a_folder_that_seems_empty_retracts_nothing(place: Place) -> None:
    place.sources["Inbox"]["on_delete"] = "retract"
    path = place.post("a.md", "Bread")
    place.once()
    path.unlink()
    done = place.once()
    assert "is it mounted?" in done.report.errors[0][1]
    assert place.status("Inbox").health == "held"
    assert place.titles() == ["Bread"]


def test_pruned_articles_do_not_come_back(place: Place) -> None:
    place.limit = 1
    old = place.post("a.md", "Bread", date="2024-01-01")
    place.post("b.md", "Soup", date="2024-05-31")
    place.once()

    async def prune(world: World) -> Any:
        return await perform(Prune(), replace(world, keep=timedelta(days=30)))

    assert place.run(prune) == 1
    place.limit = 50
    place.post("c.md", "Bread", date="2024-01-01")
    old.write_text(old.read_text(encoding="utf-8") + "Edited.", encoding="utf-8")
    assert place.once().report.new == 0
    assert place.titles() == ["Soup"]


# Only some files


def test_file_events_visit_only_the_files_they_name(place: Place) -> None:
    place.post("a.md", "Bread")
    place.post("b.md", "Soup")
    assert place.once("a.md").counts() == {"documents": 1, "new": 1}
    (place.root / "inbox/a.md").unlink()
    place.post("c.md", "Coal")
    assert place.once("a.md", "c.md").counts() == {"documents": 1, "new": 1}
    assert sorted(place.titles()) == ["Bread", "Coal"]
    assert place.once().counts() == {"documents": 1, "new": 1}


def test_a_file_that_is_edited_thirty_times_between_two_scans_is_not_frozen(place: Place) -> None:
    place.post("a.md", "Bread", "0")
    place.once()

    async def edit(world: World) -> None:
        for n in range(1, 31):
            place.post("a.md", "Bread", f"Version {n}.")
            assert (await perform(Scan("Inbox", ("a.md",)), world)).errors == []  # type: ignore[union-attr]
        await perform(Publish(), world)

    place.run(edit)
    assert "Version 30." in place.feed()["items"][0]["content_html"]


# Categories


def test_nested_categories(place: Place) -> None:
    place.nested = True
    place.post("a.md", "Bread", categories=[["Food", "Baking"]])
    place.post("b.md", "Soup", categories=[["Food", "Cooking"], ["Winter"]])
    place.once()
    assert place.slugs() == {"food", "food/baking", "food/cooking", "winter"}
    assert (place.titles("food/baking"), place.titles("food")) == (["Bread"], ["Soup", "Bread"])


def test_spellings_of_a_category_are_one(place: Place) -> None:
    for n, name in enumerate(["Linux", "linux", "LINUX ", "Ｌinux"]):
        place.post(f"{n}.md", f"Post {n}", categories=[name])
    place.once()
    assert (place.slugs(), len(place.titles("linux"))) == ({"linux"}, 4)


def test_slugs_that_collide_are_told_apart_and_kept(place: Place) -> None:
    place.post("a.md", "Pointers", categories=["C"])
    place.post("b.md", "Templates", categories=["C++"])
    place.once()
    assert {slug: place.titles(slug) for slug in place.slugs()} == {
        "c": ["Pointers"],
        "c-2": ["Templates"],
    }
    place.post("0.md", "Sharp", categories=["C#"])
    place.post("c.md", "Lambdas", categories=["C++"])
    place.once()
    assert place.titles("c-2") == ["Lambdas", "Templates"]
    assert place.titles("c-3") == ["Sharp"]


def test_a_renamed_category_takes_its_articles_along(place: Place) -> None:
    gone = place.post("a.md", "Bread", categories=["Food"])
    place.post("b.md", "Soup", categories=["Food", "Winter"])
    place.once()
    gone.unlink()
    place.rename = {"Food": "Kitchen"}
    place.once()
    assert place.titles("kitchen") == ["Soup", "Bread"]
    assert place.titles("food") == ["Soup", "Bread"]  # where its readers still are
    before = place.files()
    assert (place.once().written, place.files()) == ([], before)


# Starting again


@pytest.mark.parametrize("lost", ["", "food", "food/rss.xml", "feeds.opml", "articles"])
def test_what_is_missing_is_written_at_the_next_start(place: Place, lost: str) -> None:
    place.post("a.md", "Bread", categories=["Food"], date="2024-05-01")
    place.post("b.md", "Coal", categories=["Winter"], date="2024-05-01")
    place.once()
    before = {name: body for name, (body, _, _) in place.files().items()}
    path = place.root / "feeds" / lost
    moved = path.rename(place.root / "moved")
    assert moved.exists()
    place.once()
    assert {name: body for name, (body, _, _) in place.files().items()} == before


def test_what_was_saved_before_a_kill_is_published_at_the_next_start(place: Place) -> None:
    place.post("a.md", "Bread", categories=["Food"])
    place.scan()
    assert place.slugs() == set()
    done = place.once()
    assert done.report.status == "unchanged"
    assert place.titles("food") == ["Bread"]


def test_a_change_of_settings_reads_and_writes_anew(place: Place) -> None:
    place.post("a.md", "Bread", '<p class="ad">Buy!</p>\n\nText.')
    place.once()
    ids = place.ids()
    place.sources["Inbox"]["remove"] = [".ad"]
    place.sources["Inbox"]["categories"] = ["Food"]
    assert place.once().counts() == {"documents": 1, "changed": 1}
    assert "Buy!" not in place.feed("food")["items"][0]["content_html"]
    place.title = "Evening papers"
    assert {written.slug for written in place.once().written} == {"", "food"}
    assert place.ids() == ids


def test_a_store_and_its_feeds_are_the_same_every_time(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name / "inbox").mkdir(parents=True)
        place = Place(tmp_path / name)
        for n in range(20):
            same = "2024-05-01" if n % 2 else f"2024-04-{n + 1:02}"
            place.post(f"{n}.md", f"Post {n}", categories=[f"C{n % 3}"], date=same)
        place.once()
        made.append({path: body for path, (body, _, _) in place.files().items()})
    assert made[0] == made[1]
