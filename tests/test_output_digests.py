"""Digests: one entry for each day or week, written once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from place import Place

from aggregator.article import Digest, Headline
from aggregator.digests import Every, Period, period
from aggregator.jobs import Publish, World, perform
from aggregator.output import Selection, next_digest
from aggregator.publish import Site, digest_entry

DAY = timedelta(days=1)


def at(day: int, hour: int = 12) -> datetime:
    """A time in June 2024; the 3rd is a Monday."""
    return datetime(2024, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def papers(place: Place) -> Place:
    place.selections = (Selection(name="Mine", limit=50, digest="daily"),)
    place.now = at(3)
    place.once()
    return place


def tree(markup: str) -> Any:
    return lxml.html.fromstring(markup)


def links(place: Place, slug: str = "mine") -> dict[str, list[str]]:
    """The headlines of each digest by its title, as the feed has them."""
    return {
        item["title"]: tree(item["content_html"]).xpath("//a/text()")
        for item in place.feed(slug)["items"]
    }


def test_a_day_that_is_over_is_an_entry(papers: Place) -> None:
    papers.post("1.md", "One", date="2024-05-01")
    papers.post("2.md", "Two", date="2024-06-03T10:00:00Z")
    papers.once()
    assert links(papers) == {}
    papers.now = at(4, 0)
    papers.once()
    assert links(papers) == {"Mine 2024-06-03": ["Two", "One"]}
    (item,) = papers.feed("mine")["items"]
    assert item["date_published"] == "2024-06-04T00:00:00+00:00"
    page = papers.root / "feeds" / "articles" / item["url"].rpartition("/")[2]
    assert "Two" in page.read_text("utf-8")
    # Nothing came on the 4th; on the 5th what came late.
    papers.now = at(5)
    papers.post("3.md", "Late", date="2024-06-03T11:00:00Z")
    papers.once()
    papers.now = at(6)
    papers.once()
    assert links(papers) == {
        "Mine 2024-06-05": ["Late"],
        "Mine 2024-06-03": ["Two", "One"],
    }


def test_a_digest_never_changes(papers: Place) -> None:
    path = papers.post("1.md", "One", date="2024-06-03")
    papers.sources = {"Inbox": {"directory": "inbox", "on_delete": "retract"}}
    papers.post("2.md", "Two", date="2024-06-03")
    papers.once()
    papers.now = at(4)
    papers.once()
    before = {n: f[0] for n, f in papers.files().items() if n.startswith("mine/")}
    papers.post("2.md", "Two, corrected", date="2024-06-03")
    path.unlink()
    papers.once()
    papers.title = "Papers"
    papers.once()
    assert papers.titles() == ["Two, corrected"]
    assert {n: f[0] for n, f in papers.files().items() if n.startswith("mine/")} == before


def test_what_is_saved_when_a_day_was_closed_is_of_the_next_one(papers: Place) -> None:
    """A scan that began before midnight and saved after it loses nothing."""
    papers.now = at(4, 1)
    papers.once()
    papers.now = at(3, 23)
    papers.post("1.md", "Slow", date="2024-06-03")
    papers.scan()
    papers.now = at(5)
    papers.once()
    assert links(papers) == {"Mine 2024-06-04": ["Slow"]}


def test_an_article_of_the_future_is_of_the_day_on_which_it_is_shown(papers: Place) -> None:
    papers.post("1.md", "Soon", date="2024-06-05T10:00:00Z")
    papers.post("2.md", "Sooner than it was", date="2024-06-20T10:00:00Z")
    papers.once()
    papers.post("2.md", "Sooner than it was", date="2024-06-03T10:00:00Z")
    papers.once()
    papers.now = at(7)
    papers.once()
    assert links(papers) == {
        "Mine 2024-06-05": ["Soon"],
        "Mine 2024-06-03": ["Sooner than it was"],
    }


def test_weeks_begin_on_monday_where_the_reader_is(papers: Place) -> None:
    papers.zone = "Asia/Shanghai"
    papers.selections = (
        Selection(name="Mine", limit=50, digest="weekly", categories=("X",)),
        Selection(name="Daily", limit=1, digest="daily"),
    )
    papers.now = at(9, 15)  # 23 o'clock on Sunday
    papers.post("1.md", "Sunday", categories=["X"], date="2024-06-09")
    papers.post("2.md", "Other", date="2024-06-09")
    papers.once()
    papers.now = at(9, 16)
    papers.post("3.md", "Monday", categories=["X"], date="2024-06-09")
    papers.once()
    assert links(papers) == {"Mine 2024-W23 (2024-06-03 – 2024-06-09)": ["Sunday"]}
    assert links(papers, "daily") == {"Daily 2024-06-09": ["Sunday", "Other"]}
    papers.now = at(10, 16)
    papers.once()
    assert links(papers, "daily") == {"Daily 2024-06-10": ["Monday"]}
    assert len(links(papers)) == 1


def test_a_digest_that_is_added_begins_with_the_last_period(place: Place) -> None:
    for day in range(1, 5):
        place.now = at(day)
        place.post(f"{day}.md", f"Of {day}", date="2024-05-01")
        place.once()
    place.selections = (Selection(name="Mine", limit=50, digest="daily"),)
    place.once()
    assert links(place) == {"Mine 2024-06-03": ["Of 3"]}


def test_a_crash_between_closing_a_day_and_writing_it_changes_nothing(papers: Place) -> None:
    papers.post("1.md", "One", date="2024-06-03")
    papers.once()
    papers.now = at(4)

    async def work(world: World) -> Any:
        store = world.context.store
        await store.close_periods(at(4, 0))
        assert await next_digest(store, world.output, papers.now) == at(4, 0)
        await perform(Publish(), world)
        assert await next_digest(store, world.output, papers.now) == at(5, 0)
        return await perform(Publish(), world)

    assert papers.run(work) == []
    assert links(papers) == {"Mine 2024-06-03": ["One"]}


def test_more_than_an_entry_lists_is_counted(
    papers: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.digests._MOST", 2)
    for number in range(5):
        papers.post(f"{number}.md", f"No. {number}", date="2024-06-03")
    papers.once()
    papers.now = at(4)
    papers.once()
    (item,) = papers.feed("mine")["items"]
    assert len(links(papers)["Mine 2024-06-03"]) == 2
    assert item["content_html"].endswith('<p dir="ltr">… + 3</p>')


def test_headlines_keep_their_language_and_direction(papers: Place) -> None:
    papers.post("1.md", 'שלום <b> & "co"', language="he", date="2024-06-03T01:00:00Z")
    papers.post("2.md", "央行下调利率", language="zh-CN", date="2024-06-03T02:00:00Z")
    papers.once()
    papers.now = at(4)
    papers.once()
    entry = feedparser.parse(papers.root / "feeds" / "mine" / "atom.xml", sanitize_html=False)
    (value,) = (one.content[0].value for one in entry.entries)
    list_ = tree(value)
    assert [
        (item.get("lang"), item.get("dir"), item.text_content()) for item in list_.xpath("//li")
    ] == [
        ("zh-CN", "auto", "央行下调利率 · Inbox · 2024-06-03 02:00"),
        ("he", "auto", 'שלום <b> & "co" · Inbox · 2024-06-03 01:00'),
    ]


def test_an_entry_is_the_same_whenever_it_is_made() -> None:
    told = Headline(title="One", url="https://x.example/a b", key="k", source="S", published=at(3))
    digest = Digest(label="2024-06-03", ends=at(4, 0), total=1, headlines=(told,))
    site = Site(title="P", base_url="https://feeds.example.org/")
    entry = digest_entry(digest, ("urn:f", "Mine"), site, "America/New_York")
    assert entry.id == "urn:uuid:2a68f9f8-5be3-5d66-ace0-8903e5973217"
    assert entry.article.html == (
        '<ul><li lang="" dir="auto"><a href="https://x.example/a%20b">One</a> · <bdi>S</bdi> · '
        '<time datetime="2024-06-03T08:00:00-04:00" dir="ltr">2024-06-03 08:00</time></li></ul>'
    )


ZONES = st.sampled_from(
    ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Asia/Beirut", "Asia/Gaza"]
)
EVERY: st.SearchStrategy[Every] = st.sampled_from(["daily", "weekly"])


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), ZONES, EVERY)  # noqa: DTZ001
def test_periods_follow_one_another_without_a_gap(naive: datetime, zone: str, every: Every) -> None:
    start = naive.replace(tzinfo=UTC)
    found: list[Period] = []
    after, last = start, ""
    for _ in range(5):
        found.append(period(after, every, zone, last))
        after, last = found[-1].ends, found[-1].label
    assert [one.begins for one in found[1:]] == [one.ends for one in found[:-1]]
    labels = [one.label for one in found]
    assert labels == sorted(set(labels))
    if every == "weekly":
        assert labels[1] == (start + 7 * DAY).strftime("%G-W%V") or zone != "UTC"
    else:
        days = [date.fromisoformat(label) for label in labels]
        assert days == [days[0] + number * DAY for number in range(5)]


def test_where_the_zone_changes_no_date_ends_twice() -> None:
    one = period(at(3), "daily", "Pacific/Kiritimati")
    assert one == Period(at(3), at(3) + timedelta(hours=22), "2024-06-04")
    after = period(one.ends, "daily", "Pacific/Niue", one.label)
    assert (after.begins, after.label) == (one.ends, "2024-06-05")
