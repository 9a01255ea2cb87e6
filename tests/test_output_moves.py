"""What becomes of the addresses of a category that is renamed."""

import json
import re

from place import Place

from aggregator.output import Selection


def titles(place: Place, slug: str) -> list[str]:
    items = json.loads((place.root / "feeds" / slug / "feed.json").read_text())["items"]
    return sorted(item["title"] for item in items)


def moves(place: Place) -> str:
    file = place.root / "feeds" / "_redirects"
    return file.read_text() if file.exists() else ""


def test_the_old_address_shows_what_the_new_one_does_and_leads_there(place: Place) -> None:
    place.post("a.md", "A", categories=["Old"])
    place.once()
    assert moves(place) == ""
    place.rename = {"Old": "New"}
    place.once()
    assert moves(place) == "/old/* /new/:splat 301\n"
    assert titles(place, "old") == titles(place, "new") == ["A"]
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert (place.root / "feeds/old" / name).read_bytes() == (
            place.root / "feeds/new" / name
        ).read_bytes()
    place.post("b.md", "B", categories=["New"])
    place.once()
    assert titles(place, "old") == titles(place, "new") == ["A", "B"]
    assert 'href="old/' not in (place.root / "feeds/index.html").read_text()
    assert place.once().written == []


def test_renamed_twice_both_lead_to_the_last(place: Place) -> None:
    place.post("a.md", "A", categories=["Old"])
    place.once()
    place.rename = {"Old": "New"}
    place.once()
    place.rename = {"Old": "New", "New": "Newest"}
    place.once()
    place.rename = {"Old": "Newest", "New": "Newest"}
    place.once()
    assert moves(place) == "/new/* /newest/:splat 301\n/old/* /newest/:splat 301\n"
    assert titles(place, "old") == titles(place, "new") == titles(place, "newest") == ["A"]


def test_the_address_stays_moved_when_the_setting_goes(place: Place) -> None:
    place.post("a.md", "A", categories=["Old"])
    place.once()
    place.rename = {"Old": "New"}
    place.once()
    place.sources, place.rename = {}, {}
    place.once()
    assert moves(place) == "/old/* /new/:splat 301\n"


def test_a_category_that_is_back_is_where_it_was(place: Place) -> None:
    place.post("a.md", "A", categories=["Old"])
    place.once()
    place.rename = {"Old": "New"}
    place.once()
    place.rename = {}
    place.post("b.md", "B", categories=["Old"])
    place.once()
    assert moves(place) == ""
    assert "B" in titles(place, "old")
    place.rename = {"New": "Old"}
    place.once()
    assert moves(place) == "/new/* /old/:splat 301\n"
    assert titles(place, "new") == titles(place, "old") == ["A", "B"]


def test_the_page_at_an_old_address_of_another_depth_leads_where_it_says(place: Place) -> None:
    place.nested = True
    place.post("a.md", "A", categories=[["Deep", "Old"]])
    place.once()
    place.rename = {"Deep/Old": "New"}
    place.once()
    assert moves(place) == "/deep/old/* /new/:splat 301\n"
    page = (place.root / "feeds/deep/old/index.html").read_text()
    assert set(re.findall(r'href="((?:\.\./)*)index.html"', page)) == {"../../"}


def test_a_custom_feed_goes_on_with_the_category_that_it_names(place: Place) -> None:
    place.selections = (Selection(name="Mine", categories=("Old",), limit=50),)
    place.post("a.md", "A", categories=["Old"])
    place.once()
    place.rename = {"Old": "New"}
    place.once()
    place.post("b.md", "B", categories=["New"])
    place.once()
    assert titles(place, "mine") == ["A", "B"]
