"""What would flood subscribers is held until a person lets it through; what only looks so is not.

On a real store, from a real server; the clock is set.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from place import NOON, Place
from web import Reply, Web

from aggregator.flood import vanished
from aggregator.jobs import Publish, Scan, World, perform
from aggregator.scan import Report
from aggregator.store import Life, Released, SourceStatus

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Item = dict[str, Any]


def item(number: int, *, era: str = "", date: datetime | None = None, **more: Any) -> Item:
    """An entry; those of another era have other ids, addresses and texts under the same title."""
    found = {
        "id": f"tag:x.example,{era}{number}",
        "url": f"https://x.example/{era}{number}",
        "title": f"Story {number}",
        "content_text": f"The {era or 'first'} telling of number {number}.",
    }
    return found | ({"date_published": date.isoformat()} if date else {}) | more


def daily(*numbers: int, era: str = "") -> list[Item]:
    """Entries that came a day apart, the last of number 30 a day before noon."""
    return [item(n, era=era, date=NOON - DAY * (31 - n)) for n in numbers]


class Wire:
    """A feed that is visited every hour, and what is published of it."""

    status: SourceStatus

    def __init__(self, place: Place, web: Web) -> None:
        self.place, self.web, self.errors = place, web, list[str]()
        place.sources = {"Wire": {"feed": f"{web.url}/f", "every": "1h"}}

    def visit(self, *items: Item, after: timedelta = HOUR) -> list[str]:
        """Serve these entries, let time pass and visit; return the titles published."""
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "items": items}
        self.web.replies["/f"] = Reply(json.dumps(feed).encode())
        self.place.now += after
        return self.look()

    def look(self) -> list[str]:
        """Visit; return the titles published."""

        async def work(world: World) -> tuple[list[str], SourceStatus]:
            report = await perform(Scan("Wire"), world)
            await perform(Publish(), world)
            assert isinstance(report, Report)
            (status,) = await world.context.store.source_statuses()
            return [said for _, said in report.errors], status

        self.errors, self.status = self.place.run(work)
        return self.place.titles()

    @property
    def health(self) -> str:
        """How the source was after the last visit."""
        return self.status.health

    def release(self) -> Released:
        async def ask(world: World) -> Released:
            (done,) = await world.context.store.let_through(["Wire"], self.place.now)
            return done

        return self.place.run(ask)  # type: ignore[no-any-return]

    def life(self, address: str) -> Life:
        async def ask(world: World) -> Life:
            (life,) = await world.context.store.lives(address, [address], None)
            return life

        return self.place.run(ask)  # type: ignore[no-any-return]


@pytest.fixture
def wire(place: Place, web: Web) -> Wire:
    return Wire(place, web)


# What is held


def test_renewed_ids_flood_nobody_until_they_are_let_through(wire: Wire) -> None:
    wire.visit(*daily(*range(10, 25)))
    before = wire.visit(*daily(*range(11, 26)))
    files = wire.place.files()
    assert wire.visit(*daily(*range(11, 26), era="new-")) == before
    assert wire.place.files() == files
    status = wire.status
    assert (status.health, status.held, status.status) == ("held", 15, "ok")
    assert status.held_since == status.health_since == wire.place.now
    assert "15 articles came as new" in status.health_text
    assert "aggregator release Wire" in wire.errors[0]
    life = wire.life("tag:x.example,new-12")
    assert (life.state, life.feeds) == ("held", ())
    assert [event.kind for event in life.events] == ["new", "held"]
    # Nothing is said twice, and since when stays.
    wire.visit(*daily(*range(11, 26), era="new-"))
    assert (wire.errors, wire.status.held_since) == ([], status.held_since)
    assert wire.release() == Released(name="Wire", articles=15)
    assert len(wire.look()) == len(before) + 15
    assert wire.health == "ok"
    assert [e.kind for e in wire.life("tag:x.example,new-12").events][-1] == "released"
    assert wire.release() == Released(name="Wire")


def test_news_of_a_source_that_is_held_passes_and_what_is_held_stays(wire: Wire) -> None:
    wire.visit(*daily(*range(10, 25)))
    before = wire.visit(*daily(*range(10, 25), era="new-"))
    # Edited, dropped from the feed, or turned normal again: what is held is kept, and held.
    edited = {**daily(12, era="new-")[0], "content_text": "Edited meanwhile."}
    assert wire.visit(edited, *daily(26, 27, era="new-")) == ["Story 27", "Story 26", *before]
    assert wire.life("tag:x.example,new-12").state == "held"
    wire.visit(*daily(*range(20, 29)))
    assert (wire.health, wire.status.held) == ("held", 15)
    wire.release()
    wire.place.once()
    assert {"Edited meanwhile."} <= {i["content_html"][3:-4] for i in wire.place.feed()["items"]}


def test_renewed_ids_without_dates_are_known_by_their_titles(wire: Wire) -> None:
    before = wire.visit(*(item(n) for n in range(12)))
    assert wire.visit(*(item(n, era="new-") for n in range(12))) == before
    assert wire.health == "held"


def test_new_articles_that_are_all_dated_now_are_held(wire: Wire) -> None:
    before = wire.visit(*daily(*range(10, 25)))
    now = NOON + 2 * HOUR
    new = [item(n, date=now + n * timedelta(seconds=1)) for n in range(40, 52)]
    assert wire.visit(*new, *daily(*range(10, 25))) == before
    assert "12 new articles came at once, all dated 2024-06-01 14:00" in wire.errors[0]


def test_old_articles_that_are_all_dated_now_keep_their_dates(wire: Wire) -> None:
    before = wire.visit(*daily(*range(10, 25)))
    for hour in range(2, 4):
        now = NOON + hour * HOUR
        new = [item(30 + hour, date=now)]
        shown = wire.visit(*new, *(item(n, date=now) for n in range(10, 25)))
        before = [f"Story {30 + hour}", *before]
        assert (shown, wire.health) == (before, "held")
    assert wire.release() == Released(name="Wire", next_visit=True)
    now += HOUR
    wire.visit(*(item(n, date=now) for n in range(10, 25)))
    dates = {i["date_published"] for i in wire.place.feed()["items"] if i["title"] == "Story 10"}
    assert (dates, wire.health) == ({now.isoformat()}, "ok")


def test_dates_that_are_right_again_end_it(wire: Wire) -> None:
    before = wire.visit(*daily(*range(10, 25)))
    wire.visit(*(item(n, date=NOON + HOUR) for n in range(10, 25)))
    assert wire.health == "held"
    assert (wire.visit(*daily(*range(10, 25))), wire.health) == (before, "ok")


def test_what_another_source_has_too_is_shown_as_its_own(wire: Wire) -> None:
    wire.visit(*daily(*range(10, 25)))
    wire.visit(*daily(*range(10, 25), era="new-"))
    wire.place.post("a.md", "Story 12", "The new- telling of number 12.")
    wire.place.sources["Inbox"] = {"directory": "inbox"}
    wire.place.once()
    life = wire.life("tag:x.example,new-12")
    assert (life.state, life.entry.source) == ("live", "Inbox")
    assert wire.place.status("Wire").held == 14


# What is not


def test_a_first_visit_is_not_held(wire: Wire) -> None:
    assert len(wire.visit(*(item(n, date=NOON) for n in range(40)))) == 40


def test_a_busy_feed_after_a_pause_is_not_held(wire: Wire) -> None:
    wire.visit(*daily(*range(1, 11)))
    assert len(wire.visit(*daily(*range(11, 31)))) == 30
    assert wire.health == "ok"


def test_a_busy_feed_without_dates_is_not_held(wire: Wire) -> None:
    wire.visit(*(item(n) for n in range(10)))
    assert len(wire.visit(*(item(n) for n in range(10, 30)))) == 30


def test_a_feed_that_always_dates_by_the_clock_is_not_held(wire: Wire) -> None:
    for hour in range(1, 3):
        wire.visit(*(item(n, date=NOON + hour * HOUR) for n in range(hour, hour + 10)))
    shown = wire.visit(*(item(n, date=NOON + 3 * HOUR) for n in range(3, 23)))
    assert (len(shown), wire.health) == (22, "ok")


def test_three_articles_that_moved_are_not_held(wire: Wire) -> None:
    wire.visit(*daily(*range(10, 25)))
    shown = wire.visit(*daily(22, 23, 24, era="new-"), *daily(*range(10, 22)))
    assert (len(shown), wire.health) == (18, "ok")
    assert len(wire.visit(*daily(22, 23, 24, era="newer-"))) == 21


def test_older_articles_that_a_feed_lists_besides_are_not_held(wire: Wire) -> None:
    wire.visit(*daily(*range(20, 31)))
    assert len(wire.visit(*daily(*range(1, 31)))) == 30


def test_an_edit_of_the_configuration_holds_nothing(wire: Wire) -> None:
    wire.place.rules = [{"if": {"title": "Story 1."}, "drop": True}]
    assert len(wire.visit(*daily(*range(1, 30)))) == 19
    wire.place.rules = []
    assert len(wire.visit(*daily(*range(1, 30)))) == 29
    # Another address of the same source, where everything has other ids.
    wire.web.replies["/g"] = Reply(wire.web.replies["/f"].body.replace(b"x.example", b"y.example"))
    wire.place.sources = {"Wire": {"feed": f"{wire.web.url}/g", "every": "1h"}}
    wire.look()
    assert wire.health == "ok"


def test_a_feed_that_is_empty_takes_nothing_out(wire: Wire) -> None:
    before = wire.visit(*daily(*range(10, 25)))
    assert (wire.visit(), wire.health) == (before, "empty")
    assert wire.visit(*daily(*range(10, 25), era="new-")) == before
    assert wire.health == "held"


# Folders


@pytest.fixture
def folder(place: Place) -> Place:
    place.sources = {"Inbox": {"directory": "inbox", "on_delete": "retract"}}
    for n in range(12):
        place.post(f"{n}.md", f"Post {n}")
    place.once()
    return place


def test_a_folder_whose_files_vanish_keeps_its_articles_until_they_are_back(folder: Place) -> None:
    before = folder.files()
    (folder.root / "inbox").rename(folder.root / "unmounted")
    (folder.root / "inbox").mkdir()
    for _ in range(2):
        assert "all its 12 files are gone at once" in folder.once().report.errors[0][1]
        assert folder.status("Inbox").health == "held"
    (folder.root / "inbox").rmdir()
    (folder.root / "unmounted").rename(folder.root / "inbox")
    assert folder.once().report.errors == []
    assert (folder.status("Inbox").health, folder.files()) == ("ok", before)


def test_files_that_are_meant_to_be_gone_are_let_through(folder: Place) -> None:
    for n in range(7):
        (folder.root / f"inbox/{n}.md").unlink()
    assert "7 of its 12 files are gone at once" in folder.once().report.errors[0][1]
    assert len(folder.titles()) == 12

    async def ask(world: World) -> list[Released]:
        return await world.context.store.let_through(["Inbox"], folder.now)

    assert folder.run(ask) == [Released(name="Inbox", next_visit=True)]
    folder.once()
    assert (len(folder.titles()), folder.status("Inbox").health) == (5, "ok")
    # It was for once.
    for n in range(7, 12):
        (folder.root / f"inbox/{n}.md").unlink()
    folder.once()
    assert (len(folder.titles()), folder.status("Inbox").health) == (5, "held")


def test_files_that_are_renamed_or_few_are_no_loss(folder: Place) -> None:
    (folder.root / "inbox/sub").mkdir()
    for n in range(10):
        (folder.root / f"inbox/{n}.md").rename(folder.root / f"inbox/sub/{n}.md")
    assert folder.once().report.errors == []
    for n in range(6):
        (folder.root / f"inbox/sub/{n}.md").unlink()
    folder.once()
    assert (len(folder.titles()), folder.status("Inbox").health) == (6, "ok")


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_greater_loss_is_no_better(gone: int, left: int, more: int) -> None:
    known = gone + left
    if vanished(gone, known, left):
        less = min(more, left)
        assert vanished(gone + less, known, left - less)
    assert not vanished(0, known, left)
