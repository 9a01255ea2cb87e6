"""What may replace a published feed, and what may not: the bytes -> what is wrong with them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publish_samples import EMPTY, ENGLISH, EVERYTHING, FEED, MEDIA, SITE

from aggregator.article import Feed
from aggregator.publish import faults, render

FILES = render(FEED, SITE)
ID = ENGLISH.id.encode()


@pytest.mark.parametrize("feed", [FEED, EVERYTHING, EMPTY, MEDIA], ids=lambda feed: feed.title)
def test_what_is_rendered_passes(feed: Feed) -> None:
    files = render(feed, SITE)
    assert faults(files, {}) == faults(files, files) == []
    for name in files:
        assert faults({name: files[name]}, files) == []


BROKEN = [
    ("rss.xml", b"</channel>", b"", "is not well-formed: mismatched tag"),
    ("rss.xml", b"<guid", b"<guid>&nbsp;</guid><guid", "is not well-formed: undefined entity"),
    ("rss.xml", b"Bold", b"\x01", "is not well-formed: not well-formed (invalid token)"),
    ("rss.xml", b'version="2.0"', b'version="0.91"', "is no RSS 2.0"),
    ("rss.xml", b"<description>News &amp; views</description>", b"", "has no description"),
    ("rss.xml", b">" + ID + b"<", b"><", "1 of its entries have no id"),
    ("rss.xml", b"Fri, 17 May 2024 01:30", b"Yesterday", "'Yesterday:00 +0000' is no date"),
    (
        "rss.xml",
        b"Fri, 17 May 2024 01:30:00 +0000",
        b"Fri, 17 May 2024 01:30:00 -0000",
        "is no date",
    ),
    ("rss.xml", ID, b"urn:uuid:other", "feed.json: its ids are not those of rss.xml"),
    ("atom.xml", b"http://www.w3.org/2005/Atom", b"http://x.example/", "is no Atom 1.0"),
    ("atom.xml", FEED.id.encode(), b"", "has no id"),
    ("atom.xml", ID, b"urn:uuid:00000000-0000-5000-8000-000000000002", "is the id of 2 entries"),
    ("atom.xml", b"<updated>2024-05-17T01:35:00+00:00</updated>", b"", "entry 1 has no updated"),
    ("atom.xml", b"2024-05-17T01:35:00+00:00", b"2024-05-17T01:35:00", "is no date"),
    ("atom.xml", b"2024-05-17T01:35:00+00:00", b"2024-05-99T01:35:00+00:00", "is no date"),
    ("feed.json", b'"items":[', b'"items":', "is no JSON"),
    ("feed.json", b"version/1.1", b"version/9", "is no JSON Feed 1.1"),
    ("feed.json", b'"items"', b'"entries"', "has no title, or no items"),
    ("feed.json", b'"items":[', b'"items":[1,', "has no title, or no items"),
    ("feed.json", b"content_html", b"content", "has no content"),
    ("feed.json", b'"' + ID + b'"', b"12", "1 of its entries have no id"),
    ("feed.json", b'"2024-05-17T01:30:00+00:00"', b"1715909400", "1715909400 is no date"),
]


@pytest.mark.parametrize(("name", "part", "instead", "said"), BROKEN)
def test_what_is_wrong_is_named(name: str, part: bytes, instead: bytes, said: str) -> None:
    assert part in FILES[name]
    found = faults(FILES | {name: FILES[name].replace(part, instead)}, FILES)
    assert any(said in fault for fault in found), found
    assert all(fault.startswith(("rss.xml: ", "atom.xml: ", "feed.json: ")) for fault in found)


def test_an_entry_may_not_come_back_under_another_id() -> None:
    other = replace(ENGLISH, id="urn:uuid:other")
    files = render(replace(FEED, entries=(other, *FEED.entries[1:])), SITE)
    (said,) = faults(files, FILES)
    assert f"urn:uuid:other was {ENGLISH.id} before" in said
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert len(faults({name: files[name]}, {name: FILES[name]})) == 1
    # What was there before could not be read: nothing to compare with.
    assert faults(files, {"feed.json": b"{", "rss.xml": b"<"}) == []


def test_what_only_looks_alike_may_come_and_go() -> None:
    other = replace(ENGLISH, id="urn:uuid:other")
    both = render(replace(FEED, entries=(other, *FEED.entries)), SITE)
    assert faults(both, FILES) == []  # both are there
    assert faults(FILES, both) == []
    titled = replace(other, article=replace(other.article, title="Another"))
    assert faults(render(replace(FEED, entries=(titled,)), SITE), FILES) == []
    # Of what leads to a front page nobody can tell.
    for url in ("https://example.org/", "https://example.org", "http://[1.2.3]"):
        front = replace(ENGLISH.article, url=url)
        old, new = (replace(FEED, entries=(replace(e, article=front),)) for e in (ENGLISH, other))
        assert faults(render(new, SITE), render(old, SITE)) == []


def test_one_mistake_in_every_entry_is_told_shortly() -> None:
    broken = FILES | {"feed.json": FILES["feed.json"].replace(b"+00:00", b"")}
    found = faults(broken, {})
    assert len(found) == 4
    assert found[-1].endswith("more of the kind")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["rss.xml", "atom.xml", "feed.json"]), st.data())
def test_half_a_feed_never_passes(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    cut = data.draw(st.integers(0, len(whole.rstrip()) - 1))
    assert faults(FILES | {name: whole[:cut]}, {})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["rss.xml", "atom.xml", "feed.json"]), st.binary(max_size=60))
def test_whatever_is_there_is_judged_and_nothing_raised(name: str, data: bytes) -> None:
    assert faults({name: data}, {})
    faults(FILES, {name: data})
    faults({name: FILES[name][:-20] + data}, {})
