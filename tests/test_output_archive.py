"""The archives of feeds (RFC 5005): complete, and immutable once a page is."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from place import Place

from aggregator import output
from aggregator.output import Selection
from aggregator.store import archive

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://feeds.example.org/"
CLOSED = "{http://purl.org/syndication/history/1.0}archive"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, place: Place) -> Place:
    """A place whose feeds have three entries, and whose archives have three on a page."""
    monkeypatch.setattr(archive, "PAGE", 3)
    monkeypatch.setattr(output, "PAGE", 3)
    place.limit = 3
    return place


def read(place: Place, address: str) -> Any:
    return etree.parse(place.root / "feeds" / address.removeprefix(SITE)).getroot()


def related(document: Any) -> dict[str, str]:
    """The links of a feed by relation, of Atom and of RSS."""
    place = document.find("channel") if document.tag == "rss" else document
    return {link.get("rel"): link.get("href") for link in place.iterfind(f"{ATOM}link")}


def chain(place: Place, slug: str = "", name: str = "atom.xml") -> list[Any]:
    """The feed and all pages of its archive, the newest first, as a reader follows them."""
    at = f"{SITE}{slug}/{name}" if slug else SITE + name
    documents = [read(place, at)]
    while at := related(documents[-1]).get("prev-archive", ""):
        documents.append(read(place, at))
    return documents


def titles(document: Any) -> list[str]:
    found = document.iter(f"{ATOM}entry", "item")
    return [entry.findtext(f"{ATOM}title") or entry.findtext("title") for entry in found]


def pages(place: Place, slug: str = "") -> dict[str, bytes]:
    folder = place.root / "feeds" / slug / "archive"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def posts(place: Place, numbers: range, **front: Any) -> None:
    for n in numbers:
        place.post(f"{n:03}.md", f"Post {n}", date=f"2024-03-01 00:{n:02}:00", **front)


def test_a_small_feed_has_no_archive(short: Place) -> None:
    posts(short, range(3))
    short.once()
    assert pages(short) == {}
    assert set(related(read(short, "atom.xml"))) == {"self", "alternate"}
    assert "next_url" not in json.loads((short.root / "feeds" / "feed.json").read_text())


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_readers_find_everything_by_following_the_pages(short: Place, name: str) -> None:
    posts(short, range(8), categories=["Food"])
    short.once()
    for slug in ("", "food"):
        live, *older = chain(short, slug, name)
        assert titles(live) == ["Post 7", "Post 6", "Post 5"]
        assert [titles(page) for page in older] == [
            ["Post 7", "Post 6"],
            ["Post 5", "Post 4", "Post 3"],
            ["Post 2", "Post 1", "Post 0"],
        ]
        assert live.find(f".//{CLOSED}") is None
        base = f"{SITE}{slug}/" if slug else SITE
        stem = name.partition(".")[0]
        for number, page in zip((3, 2, 1), older, strict=True):
            assert page.find(f".//{CLOSED}") is not None
            links = related(page)
            assert links["self"] == f"{base}archive/{stem}-{number}.xml"
            assert links["current"] == base + name
            newer = f"{base}archive/{stem}-{number + 1}.xml" if number < 3 else None
            assert links.get("next-archive") == newer


def test_json_feeds_go_on_with_next_url(short: Place) -> None:
    posts(short, range(8))
    short.once()
    found = []
    at = f"{SITE}feed.json"
    while at:
        document = json.loads((short.root / "feeds" / at.removeprefix(SITE)).read_text())
        assert document["feed_url"] == at
        found.append([item["title"] for item in document["items"]])
        at = document.get("next_url", "")
    assert found[1:] == [
        ["Post 7", "Post 6"],
        ["Post 5", "Post 4", "Post 3"],
        ["Post 2", "Post 1", "Post 0"],
    ]


def test_a_page_that_is_complete_never_changes_again(short: Place) -> None:
    posts(short, range(8))
    short.once()
    before = pages(short)
    closed = {name: data for name, data in before.items() if "-3." not in name}
    short.post("000.md", "Post 0", "Edited.", date="2024-03-01 00:00:00")
    short.title = "Another title"
    posts(short, range(8, 12))
    short.once()
    after = pages(short)
    assert closed.items() <= after.items()
    # Whoever has both takes the newer (RFC 5005, 4): the edited one came again.
    assert sum(titles(page).count("Post 0") for page in chain(short)[1:]) == 2


def test_one_more_article_writes_no_page_until_one_is_complete(short: Place) -> None:
    posts(short, range(7))
    short.once()
    for number, changed in ((7, set()), (8, set()), (9, {"3", "4"}), (10, set())):
        before = pages(short)
        posts(short, range(number, number + 1))
        short.once()
        after = pages(short)
        differing = {name for name in after if before.get(name) != after[name]}
        assert {name.partition(".")[0][-1] for name in differing} == changed, number


def test_what_comes_late_with_an_old_date_is_on_a_page_at_once(short: Place) -> None:
    posts(short, range(10, 14))
    short.once()
    posts(short, range(1))
    short.once()
    assert "Post 0" not in titles(chain(short)[0])
    assert "Post 0" in titles(chain(short)[1])


def test_what_leaves_a_category_comes_to_no_page_of_it(short: Place) -> None:
    posts(short, range(3), categories=["Food"])
    short.once()
    posts(short, range(1), categories=["Sport"])
    short.once()
    assert pages(short, "food") == {}
    posts(short, range(3, 6), categories=["Food"])
    short.once()
    found = {title for page in chain(short, "food") for title in titles(page)}
    assert found == {f"Post {n}" for n in range(1, 6)}


def test_what_is_retracted_leaves_the_pages(short: Place) -> None:
    short.sources = {"Inbox": {"directory": "inbox", "on_delete": "retract"}}
    posts(short, range(8))
    short.once()
    before = pages(short)
    (short.root / "inbox" / "001.md").unlink()
    short.once()
    after = pages(short)
    assert {name for name in after if before[name] != after[name]} == {
        "atom-1.xml",
        "feed-1.json",
        "rss-1.xml",
    }
    assert b"Post 1" not in b"".join(after.values())
    posts(short, range(1, 2))
    short.once()
    assert "Post 1" in [title for page in chain(short)[1:] for title in titles(page)]


def test_lost_pages_come_back_and_all_follow_another_address(short: Place) -> None:
    posts(short, range(8))
    short.once()
    before = pages(short)
    (short.root / "feeds" / "archive" / "rss-2.xml").unlink()
    short.once()
    assert pages(short) == before
    shutil.rmtree(short.root / "feeds")
    short.once()
    assert pages(short) == before


def test_custom_feeds_and_renamed_categories_have_archives(short: Place) -> None:
    short.selections = (Selection(name="Mine", limit=2, categories=("Food",)),)
    posts(short, range(8), categories=["Food"])
    posts(short, range(20, 24), categories=["Sport"])
    short.once()
    everything = {title for page in chain(short, "mine") for title in titles(page)}
    assert everything == {f"Post {n}" for n in range(8)}
    short.rename = {"Food": "Meals"}
    short.once()
    everything = {title for page in chain(short, "meals") for title in titles(page)}
    assert everything == {f"Post {n}" for n in range(8)}
    # The old folder leads its readers there.
    assert related(read(short, "food/atom.xml"))["prev-archive"].startswith(f"{SITE}meals/")


def test_what_makes_a_feed_too_large_becomes_a_summary_and_is_whole_on_a_page(
    short: Place,
) -> None:
    for n in range(3):
        short.post(f"{n}.md", f"Post {n}", f"Word{n}. " * 10_000, date=f"2024-03-0{n + 1}")
    short.most = 150_000
    short.once()
    live, page = chain(short)
    for name in ("atom.xml", "rss.xml", "feed.json"):
        assert (short.root / "feeds" / name).stat().st_size < 150_000
    sizes = [len(entry.findtext(f"{ATOM}content")) for entry in live.iter(f"{ATOM}entry")]
    assert min(sizes[:2]) > 65_000
    assert sizes[2] < 2_000
    assert "Read on" in live.findall(f".//{ATOM}content")[-1].text
    assert all(len(e.findtext(f"{ATOM}content")) > 65_000 for e in page.iter(f"{ATOM}entry"))


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["new", "edit", "delete", "scan"]), st.integers(0, 9)), max_size=10
)


@given(OPERATIONS)
@settings(max_examples=8, deadline=None)
def test_whatever_comes_changes_and_goes_all_that_is_shown_is_found(
    operations: list[tuple[str, int]],
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "PAGE", 3)
        patch.setattr(output, "PAGE", 3)
        place = Place(Path(folder), limit=3)
        place.sources = {"Inbox": {"directory": "inbox", "on_delete": "retract"}}
        place.put("inbox/keep.md", "---\ntitle: Keep\ndate: 2020-01-01\n---\nKeep.\n")
        there = {"Keep": "Keep."}
        closed: dict[str, bytes] = {}
        for turn, (operation, number) in enumerate([*operations, ("scan", 0)]):
            name, title = f"{number}.md", f"Post {number}"
            if operation == "scan":
                place.once()
                closed = check(place, there, closed)
            elif operation == "delete" and title in there:
                (place.root / "inbox" / name).unlink()
                del there[title]
                # Its pages are written anew.
                closed = {}
            elif operation == "new" or (operation == "edit" and title in there):
                there[title] = f"Text {number} of turn {turn}."
                place.post(name, title, there[title], date=f"2024-03-01 00:{number:02}:00")


def check(place: Place, there: dict[str, str], closed: dict[str, bytes]) -> dict[str, bytes]:
    """All that is there is found as it is now; return the pages that are complete."""
    documents = chain(place)
    newest: dict[str, tuple[str, str]] = {}
    for document in documents:
        entries = list(document.iter(f"{ATOM}entry"))
        known = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(known) == len(set(known))
        for entry in entries:
            title, updated, text = (
                entry.findtext(f"{ATOM}{name}") for name in ("title", "updated", "content")
            )
            # Of two that are dated alike, the one in the newer document.
            if title not in newest or newest[title][0] < updated:
                newest[title] = (updated, text)
    assert {title: text for title, (_, text) in newest.items()} == {
        title: f"<p>{text}</p>" for title, text in there.items()
    }
    now = pages(place)
    assert closed.items() <= now.items()
    newest_page = f"-{len(documents) - 1}."
    return {name: data for name, data in now.items() if newest_page not in name}
