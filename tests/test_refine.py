"""What only the web and the source's history can add: full text, learned boilerplate; and rules."""

import json
from datetime import timedelta
from typing import Any

import pytest
from place import Place
from web import Reply, Web

from aggregator.jobs import Scan, World
from aggregator.store import Dropped, Life

WORDS = (
    *("harbour", "bridge", "ferry", "council", "engineer", "orchard", "baker", "monastery"),
    *("school", "lantern", "gate", "river", "village", "teacher", "market", "winter", "snow"),
    *("road", "train", "window", "garden", "letter", "doctor", "painter", "violin"),
)
FURNITURE = "Follow us on WeChat and share this article with your friends"


def prose(number: int, sentences: int = 6) -> str:
    """Text that no other number has."""
    made = []
    for sentence in range(sentences):
        chosen = [
            WORDS[(number * 7 + sentence * 5 + k * (number + 3)) % len(WORDS)] for k in range(9)
        ]
        made.append(f"In year {number * 31 + sentence} the {' and the '.join(chosen)} were seen.")
    return "\n\n".join(made)


def lives(place: Place, uid: str) -> list[Life]:
    async def work(world: World) -> list[Life]:
        return await world.context.store.lives(uid, [], None)

    return place.run(work)  # type: ignore[no-any-return]


def drops(place: Place, uid: str) -> list[Dropped]:
    async def work(world: World) -> list[Dropped]:
        return await world.context.store.drops(uid, None)

    return place.run(work)  # type: ignore[no-any-return]


# Learned boilerplate


def furnished(place: Place, *numbers: int) -> None:
    for number in numbers:
        text = f"{prose(number)}\n\n[{FURNITURE}](https://example.org/share)"
        place.post(f"{number:03}.md", f"Story {number}", text, date=f"2024-05-{number + 1:02}")


def html(place: Place) -> dict[str, str]:
    return {item["title"]: item["content_html"] for item in place.feed()["items"]}


def test_what_repeats_goes_from_a_first_scan_too(place: Place) -> None:
    furnished(place, *range(20))
    place.once()
    shown = html(place)
    assert len(shown) == 20
    assert [title for title, text in shown.items() if FURNITURE in text] == []
    assert all("were seen" in text for text in shown.values())
    (life,) = lives(place, "003.md")
    (step,) = [one for one in life.events[0].detail["steps"] if one[0] == "boilerplate"]
    assert FURNITURE[:40] in step[1]
    assert "Follow us" not in life.entry.article.text


def test_what_one_chunk_teaches_counts_for_those_that_were_prepared_already(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.scan.CHUNK_DOCUMENTS", 10)
    furnished(place, *range(31))
    place.once()
    assert [title for title, text in html(place).items() if FURNITURE in text] == []


def test_what_is_learned_later_cleans_what_was_published(place: Place) -> None:
    """Ids and dates stay, and the article is no changed one when its file is read again."""
    furnished(place, 0)
    place.once()
    assert FURNITURE in html(place)["Story 0"]
    before = {i["id"]: (i["date_published"], i["date_modified"]) for i in place.feed()["items"]}
    place.now += timedelta(days=1)
    furnished(place, *range(1, 20))
    place.once()
    items = {item["id"]: item for item in place.feed()["items"]}
    assert [i["title"] for i in items.values() if FURNITURE in i["content_html"]] == []
    for key, dates in before.items():
        assert (items[key]["date_published"], items[key]["date_modified"]) == dates
    files = place.files()
    furnished(place, 0)  # touched
    assert place.once().counts() == {"documents": 1, "unchanged": 1}
    assert place.files() == files
    kinds = [event.kind for event in lives(place, "000.md")[0].events]
    assert kinds == ["new", "cleaned again"]
    # A change of what was cleaned again is one, and its boilerplate stays out.
    place.post("000.md", "Story 0", f"{prose(0)} Anew.\n\n{FURNITURE}", date="2024-05-01")
    assert place.once().counts() == {"documents": 1, "changed": 1}
    assert "Anew" in html(place)["Story 0"]


def test_what_equals_an_article_that_was_cleaned_again_is_a_copy(place: Place) -> None:
    (place.root / "other").mkdir()
    place.sources["Other"] = {"directory": "other", "boilerplate": False}
    furnished(place, 0)
    place.once()
    furnished(place, *range(1, 20))
    place.once()
    place.put("other/a.md", f"---\ntitle: Story 0\ndate: 2024-05-01\n---\n{prose(0)}\n")
    assert place.once().counts(1) == {"documents": 1, "duplicates": 1}
    assert len(html(place)) == 20


def test_boilerplate_comes_back_when_it_is_to_stay(place: Place) -> None:
    furnished(place, *range(20))
    place.once()
    dates = {item["id"]: item["date_modified"] for item in place.feed()["items"]}
    place.now += timedelta(days=1)
    place.sources["Inbox"]["boilerplate"] = False
    assert place.once().counts() == {"documents": 20, "changed": 20}
    assert all(FURNITURE in text for text in html(place).values())
    assert {item["id"]: item["date_modified"] for item in place.feed()["items"]} == dates
    assert place.once().counts() == {}


def test_the_same_history_teaches_the_same(place: Place, tmp_path_factory: Any) -> None:
    other = Place(tmp_path_factory.mktemp("other"))
    (other.root / "inbox").mkdir()
    for one in (place, other):
        furnished(one, *range(16))
        one.once()
    assert html(place) == html(other)


def test_off_leaves_it(place: Place) -> None:
    place.sources["Inbox"] = {"directory": "inbox", "boilerplate": False}
    furnished(place, *range(20))
    place.once()
    assert all(FURNITURE in text for text in html(place).values())


# Rules


def test_rules_drop_sort_and_correct_and_are_noted(place: Place) -> None:
    place.rules = [
        {"if": {"title": "(?i)sponsored"}, "drop": True},
        {"if": {"text": "央行|PBOC"}, "categories": ["央行"]},
        {"if": {"source": "In*"}, "replace": {"title": {r" \| Site$": ""}}},
        {"replace": {"text": {"colour": "<color>"}}},
    ]
    place.post("a.md", "Sponsored: buy", "Now.")
    place.post("b.md", "Rates | Site", "The PBOC moved. Its colour is red.")
    done = place.once()
    assert done.counts() == {"documents": 2, "new": 1, "dropped": 1}
    (item,) = place.feed()["items"]
    assert (item["title"], item["tags"]) == ("Rates", ["央行"])
    assert item["content_html"] == "<p>The PBOC moved. Its &lt;color&gt; is red.</p>"
    assert item["summary"] == "The PBOC moved. Its <color> is red."
    assert place.titles("央行") == ["Rates"]
    steps = lives(place, "b.md")[0].events[0].detail["steps"]
    assert [step[0] for step in steps] == ["rule", "rule", "rule"]
    (dropped,) = drops(place, "a.md")
    assert (dropped.title, dropped.source) == ("Sponsored: buy", "Inbox")
    assert dropped.detail["why"].startswith("rules[0]")


def test_an_edit_of_the_rules_counts_for_what_was_read_before(place: Place) -> None:
    place.post("a.md", "Rates", "The PBOC moved.")
    place.once()
    ids = place.ids()
    place.rules = [{"if": {"text": "PBOC"}, "categories": ["Banks"]}]
    assert place.once().counts() == {"documents": 1, "changed": 1}
    assert place.titles("banks") == ["Rates"]
    # What was published stays published.
    place.rules = [{"if": {"text": "PBOC"}, "drop": True}]
    assert place.once().counts() == {"documents": 1, "dropped": 1}
    assert place.ids() == ids


def test_the_rules_of_a_source_come_first_and_only_there(place: Place) -> None:
    (place.root / "other").mkdir()
    place.sources = {
        "Inbox": {"directory": "inbox", "rules": [{"categories": ["Mine"]}]},
        "Other": {"directory": "other"},
    }
    place.rules = [{"if": {"category": "Mine"}, "set": {"author": "Me"}}]
    place.post("a.md", "Bread")
    place.put("other/b.md", "---\ntitle: Soup\n---\nHot.\n")
    place.once()
    shown = {i["title"]: (i.get("tags"), i.get("authors")) for i in place.feed()["items"]}
    assert shown == {"Bread": (["Mine"], [{"name": "Me"}]), "Soup": (None, None)}


def test_only_these_categories(place: Place) -> None:
    place.only = frozenset({"food"})
    place.post("a.md", "Bread", categories=["Food", "Winter"])
    place.once()
    assert place.slugs() == {"food"}


def test_a_noisy_source_does_not_fill_a_category(place: Place) -> None:
    (place.root / "quiet").mkdir()
    place.sources["Quiet"] = {"directory": "quiet"}
    place.quota, place.limit = 2, 4
    for number in range(6):
        place.post(
            f"{number}.md", f"Noise {number}", categories=["Town"], date=f"2024-05-1{number}"
        )
    place.put("quiet/a.md", "---\ntitle: Old\ncategories: [Town]\ndate: 2024-01-01\n---\nText.\n")
    place.once()
    assert place.titles("town") == ["Noise 5", "Noise 4", "Old"]
    assert place.titles() == ["Noise 5", "Noise 4", "Noise 3", "Noise 2"]


# Full text

TEASER = "In year 31 the harbour and the bridge were seen"


def article_page(number: int, extra: str = "") -> bytes:
    text = "".join(f"<p>{line}</p>" for line in prose(number, 12).split("\n\n"))
    return (
        f"<!doctype html><html lang=en><head><title>Story {number}</title>"
        f'<meta name="author" content="Maria Hutter"></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>Story {number}</h1>{text}{extra}</article>"
        f"<footer>© Example</footer></body></html>"
    ).encode()


def teasers(web: Web, *numbers: int, note: str = "") -> Reply:
    items = [
        {
            "id": f"urn:example:{number}",
            "title": f"Story {number}",
            "url": f"{web.url}/{number}",
            "content_text": prose(number, 1) + note,
            "date_published": f"2024-05-{number + 1:02}T00:00:00Z",
        }
        for number in numbers
    ]
    version = "https://jsonfeed.org/version/1.1"
    return Reply(json.dumps({"version": version, "title": "Wire", "items": items}).encode())


def wire(place: Place, web: Web, **more: Any) -> None:
    settings = {"feed": f"{web.url}/f", "full_text": True, "allow_private": True} | more
    place.sources = {"Wire": settings}
    page = [("Content-Type", "text/html; charset=utf-8")]
    for number in range(1, 4):
        web.replies[f"/{number}"] = Reply(article_page(number), headers=page)


def asked(web: Web) -> list[str]:
    return [path for path, _ in web.requests if path not in ("/f", "/robots.txt")]


def test_the_page_gives_what_the_feed_only_begins(place: Place, web: Web) -> None:
    wire(place, web)
    web.replies["/f"] = teasers(web, 1, 2)
    assert place.once().counts() == {"documents": 1, "new": 2}
    shown = {item["title"]: item for item in place.feed()["items"]}
    for number in (1, 2):
        item = shown[f"Story {number}"]
        last = prose(number, 12).rpartition("\n\n")[2]
        assert last in item["content_html"]
        assert "© Example" not in item["content_html"]
        assert item["authors"] == [{"name": "Maria Hutter"}]
    (life,) = lives(place, "urn:example:1")
    names = [step[0] for step in life.events[0].detail["steps"]]
    assert "full text" in names
    # Each page is fetched once: an entry that is what it was needs none.
    web.replies["/f"] = teasers(web, 1, 2, 3)
    assert place.once().counts() == {"documents": 1, "new": 1, "unchanged": 2}
    assert sorted(asked(web)) == ["/1", "/2", "/3"]


def test_a_page_that_is_gone_leaves_the_feeds_own_text(place: Place, web: Web) -> None:
    wire(place, web)
    web.replies["/1"] = Reply(status=404)
    web.replies["/f"] = teasers(web, 1)
    place.once()
    (item,) = place.feed()["items"]
    assert item["content_html"] == f"<p>{prose(1, 1)}</p>"
    detail = str(lives(place, "urn:example:1")[0].events[0].detail["steps"])
    assert "404" in detail
    web.replies["/f"] = teasers(web, 1, 2)
    place.once()
    assert sorted(asked(web)) == ["/1", "/2"]


def test_a_page_that_cannot_be_had_now_is_tried_again(place: Place, web: Web) -> None:
    wire(place, web)
    web.replies["/1"] = Reply(status=503)
    web.replies["/f"] = teasers(web, 1)
    place.once()
    assert place.feed()["items"][0]["content_html"] == f"<p>{prose(1, 1)}</p>"
    web.replies["/1"] = Reply(article_page(1), headers=[("Content-Type", "text/html")])
    web.replies["/f"] = teasers(web, 1, 2)
    place.once()
    assert prose(1, 12).rpartition("\n\n")[2] in html(place)["Story 1"]
    # And what is whole stays so while a page cannot be had.
    web.replies["/1"] = Reply(status=503)
    web.replies["/f"] = teasers(web, 1, 2, note=" Anew.")
    place.once()
    assert prose(1, 12).rpartition("\n\n")[2] in html(place)["Story 1"]


def test_a_page_inside_the_network_is_not_asked_for(place: Place, web: Web) -> None:
    wire(place, web, allow_private=False)
    place.do(Scan("Wire", pushed=teasers(web, 1).body))
    assert web.requests == []
    assert "inside the network" in str(lives(place, "urn:example:1")[0].events[0].detail)


def test_auto_asks_only_for_what_is_a_beginning(place: Place, web: Web) -> None:
    wire(place, web, full_text="auto")
    web.replies["/f"] = teasers(web, 1)
    whole = teasers(web, 2).body.replace(
        json.dumps(prose(2, 1)).encode(), json.dumps(prose(2, 40)).encode()
    )
    both = json.loads(web.replies["/f"].body)
    both["items"] += json.loads(whole)["items"]
    both["items"][0]["content_text"] = prose(1, 1)[:80] + "…"
    web.replies["/f"] = Reply(json.dumps(both).encode())
    place.once()
    assert asked(web) == ["/1"]


def test_rules_wait_for_the_whole_text(place: Place, web: Web) -> None:
    wire(place, web)
    place.rules = [
        {"if": {"length": "<300"}, "drop": True},
        {"if": {"title": "Story 2"}, "drop": True},
    ]
    web.replies["/f"] = teasers(web, 1, 2)
    assert place.once().counts() == {"documents": 1, "new": 1, "dropped": 1}
    assert place.titles() == ["Story 1"]
    assert asked(web) == ["/1"]  # no page for what goes by its title
