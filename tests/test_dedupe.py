"""What an article is: every case of the decision, and what the keys see and do not see."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Article, Companion, Enclosure, Episode
from aggregator.dedupe import (
    FREEZE_AFTER,
    addresses,
    candidate,
    decide,
    entry_id,
    entry_key,
    fingerprint,
    own_id,
)
from aggregator.identity import (
    Candidate,
    Changed,
    Duplicate,
    Frozen,
    Ledger,
    New,
    Owner,
    Trace,
    Unchanged,
)

DAY = datetime(2024, 5, 1, tzinfo=UTC)
SCAN = 7

BREAD = Article(uid="bread.md", title="Bread", html="<p>Rises slowly.</p>", text="Rises slowly.")
LINKED = replace(BREAD, url="https://example.org/bread")
PHOTO = Article(uid="p", html='<img src="https://example.org/1.jpg">')


def owner(article: Article, key: str = "A", **more: bool) -> Owner:
    seen = candidate(article)
    return Owner(
        key=key,
        content_hash=seen.content_hash,
        plain_hash=seen.plain_hash,
        title_key=seen.title_key,
        text_key=seen.text_key,
        richness=seen.richness,
        published=DAY,
        updated=DAY,
        **more,
    )


def ledger(*owners: Owner, **identities: Trace) -> Ledger:
    """What is known after these articles: their hashes, and traces by uid (dots as _)."""
    return Ledger(
        owners={one.key: one for one in owners},
        identities={uid.replace("_", "."): trace for uid, trace in identities.items()},
        hashes={one.content_hash: one.key for one in owners},
    )


def trace(article: Article, key: str | None = "A", **more: int) -> Trace:
    return Trace(key=key, revision=candidate(article).revision, **{"changed_in": SCAN - 1, **more})


def edited(article: Article, text: str) -> Article:
    return replace(article, html=f"<p>{text}</p>", text=text)


RICH = replace(BREAD, uid="rich.md", html='<p>Rises slowly.<img src="https://x.example/l.jpg"></p>')
OTHER = Article(uid="soup.md", title="Soup", html="<p>Simmers.</p>", text="Simmers.")
MOVED = replace(edited(BREAD, "Rises fast."), uid="new.md")

A, ORPHAN = owner(BREAD), owner(BREAD, orphan=True)
LINK = {"example.org/bread?": "A"}
GONE = Ledger(hashes={A.content_hash: None})

DECISIONS = {
    "first sight": (BREAD, ledger(), New()),
    "unchanged": (BREAD, ledger(A, bread_md=trace(BREAD)), Unchanged(A)),
    "text changed": (
        edited(BREAD, "Rises fast."),
        ledger(A, bread_md=trace(BREAD)),
        Changed(A, content=True, streak=1),
    ),
    "only the author changed": (
        replace(BREAD, authors=("Ada",)),
        ledger(A, bread_md=trace(BREAD)),
        Changed(A, content=False, streak=1),
    ),
    "only the categories changed": (
        replace(BREAD, categories=("Food",)),
        ledger(A, bread_md=trace(BREAD)),
        Changed(A, content=False, streak=1),
    ),
    "an image's query string is nothing new": (
        replace(RICH, html=RICH.html.replace("l.jpg", "l.jpg?token=2")),
        ledger(owner(RICH), rich_md=trace(RICH)),
        Unchanged(owner(RICH)),
    ),
    "the same under another identity": (
        replace(BREAD, uid="copy.md"),
        ledger(A, bread_md=trace(BREAD)),
        Duplicate(A, A, richer=False),
    ),
    "the same from a source that knows nothing of the first": (
        replace(BREAD, uid="https://feed.example/1"),
        ledger(A),
        Duplicate(A, A, richer=False),
    ),
    "a richer copy": (RICH, ledger(A), Duplicate(A, A, richer=True)),
    "a poorer copy": (
        replace(BREAD, uid="poor.md"),
        ledger(owner(RICH)),
        Duplicate(owner(RICH), owner(RICH), richer=False),
    ),
    "a copy with more markup around another text does not win": (
        replace(RICH, url=LINKED.url, text="Rises slowly. More."),
        replace(ledger(owner(LINKED)), addresses=LINK),
        Duplicate(owner(LINKED), owner(LINKED), richer=False),
    ),
    "the second copy gains an author": (
        replace(BREAD, uid="copy.md", authors=("Ada",)),
        ledger(A, copy_md=trace(BREAD, primary=False)),
        Duplicate(A, A, richer=False),
    ),
    "the second copy is edited under the same title": (
        replace(edited(BREAD, "Rises fast."), uid="copy.md"),
        ledger(A, copy_md=trace(BREAD, primary=False)),
        Duplicate(A, A, richer=False),
    ),
    "the second copy follows the first, which was edited before": (
        replace(edited(BREAD, "Rises fast."), uid="copy.md"),
        ledger(owner(edited(BREAD, "Rises fast.")), copy_md=trace(BREAD, primary=False)),
        Duplicate(*[owner(edited(BREAD, "Rises fast."))] * 2, richer=False),
    ),
    "the second copy becomes another story": (
        replace(OTHER, uid="copy.md"),
        ledger(A, copy_md=trace(BREAD, primary=False)),
        New(),
    ),
    "the second copy becomes a story that is there": (
        replace(OTHER, uid="copy.md"),
        ledger(A, owner(OTHER, "B"), copy_md=trace(BREAD, primary=False)),
        Duplicate(owner(OTHER, "B"), owner(OTHER, "B"), richer=False),
    ),
    "the second copy becomes a story that was pruned": (
        replace(BREAD, uid="copy.md"),
        Ledger(
            owners={"B": owner(OTHER, "B")},
            identities={"copy.md": trace(OTHER, "B", primary=False)},
            hashes={A.content_hash: None},
        ),
        Unchanged(None),
    ),
    "the second copy changes when the first is gone": (
        replace(edited(OTHER, "Boils."), uid="copy.md"),
        ledger(ORPHAN, copy_md=trace(BREAD, primary=False)),
        Changed(ORPHAN, content=True, streak=1),
    ),
    "the second copy is read again, unchanged, when the first is gone": (
        replace(BREAD, uid="copy.md"),
        ledger(ORPHAN, copy_md=trace(BREAD, primary=False)),
        Changed(ORPHAN, content=False, streak=0),
    ),
    "a renamed file": (
        replace(BREAD, uid="new.md"),
        ledger(ORPHAN, bread_md=trace(BREAD, primary=False)),
        Changed(ORPHAN, content=False, streak=0),
    ),
    "removed, and brought by another source": (
        replace(BREAD, uid="https://feed.example/1"),
        ledger(ORPHAN),
        Changed(ORPHAN, content=False, streak=0),
    ),
    "removed, then restored": (
        BREAD,
        ledger(ORPHAN, bread_md=trace(BREAD, primary=False)),
        Changed(ORPHAN, content=False, streak=0),
    ),
    "retracted, then restored": (
        BREAD,
        ledger(replace(ORPHAN, live=False), bread_md=trace(BREAD, primary=False)),
        Changed(replace(ORPHAN, live=False), content=False, streak=0),
    ),
    "a copy that was removed and is there again": (
        replace(BREAD, uid="copy.md"),
        ledger(A, copy_md=trace(BREAD, primary=False, here=False)),
        Duplicate(A, A, richer=False),
    ),
    "removed, then another story at its place": (
        replace(OTHER, uid="bread.md"),
        ledger(ORPHAN, bread_md=trace(BREAD, primary=False)),
        Changed(ORPHAN, content=True, streak=1),
    ),
    "pruned, by identity": (
        edited(BREAD, "Rises fast."),
        ledger(bread_md=trace(BREAD, None)),
        Unchanged(None),
    ),
    "pruned, by hash": (replace(BREAD, uid="copy.md"), GONE, Unchanged(None)),
    "pruned, by address": (
        edited(LINKED, "Rises fast."),
        Ledger(buried={"example.org/bread?": A.title_key}),
        Unchanged(None),
    ),
    "pruned, and another story at the same address": (
        replace(OTHER, url=LINKED.url),
        Ledger(buried={"example.org/bread?": A.title_key}),
        New(),
    ),
    "same link, other title and text": (
        replace(OTHER, url=LINKED.url),
        replace(ledger(owner(LINKED)), addresses=LINK),
        New(),
    ),
    "same link and title": (
        replace(edited(LINKED, "Rises fast."), uid="2"),
        replace(ledger(owner(LINKED)), addresses=LINK),
        Duplicate(owner(LINKED), owner(LINKED), richer=False),
    ),
    "same link and text, no title": (
        replace(LINKED, title="", uid="2"),
        replace(ledger(owner(LINKED)), addresses=LINK),
        Duplicate(owner(LINKED), owner(LINKED), richer=False),
    ),
    "an empty title is not the same title": (
        replace(LINKED, title="", uid="2", text="Something else."),
        replace(ledger(owner(replace(LINKED, title=""))), addresses=LINK),
        New(),
    ),
    "becomes equal to another article": (
        replace(OTHER, uid="bread.md"),
        ledger(A, owner(OTHER, "B"), bread_md=trace(BREAD)),
        Duplicate(owner(OTHER, "B"), A, richer=False),
    ),
    "back to a text it had before": (
        BREAD,
        replace(
            ledger(owner(edited(BREAD, "Y")), bread_md=trace(edited(BREAD, "Y"))),
            hashes={A.content_hash: "A", owner(edited(BREAD, "Y")).content_hash: "A"},
        ),
        Changed(owner(edited(BREAD, "Y")), content=True, streak=1),
    ),
}


@pytest.mark.parametrize(("article", "known", "expected"), DECISIONS.values(), ids=DECISIONS)
def test_decision(article: Article, known: Ledger, expected: object) -> None:
    assert decide(candidate(article), known, SCAN) == expected


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        pytest.param(MOVED, Changed(ORPHAN, content=True, streak=1), id="same title"),
        pytest.param(replace(OTHER, uid="new.md"), New(), id="another title: an inode used again"),
    ],
)
def test_renamed_and_edited_at_once(article: Article, expected: object) -> None:
    known = ledger(ORPHAN, bread_md=trace(BREAD, primary=False))
    assert decide(replace(candidate(article), moved_from="bread.md"), known, SCAN) == expected


def _visits(texts: list[str | None]) -> list[object]:
    """Decide an entry's text at every scan, None for a scan that does not see it."""
    known, decisions, first = ledger(A), [], candidate(BREAD)
    now = Trace(key="A", revision=first.revision)
    for scan, text in enumerate(texts, 1):
        if text is None:
            continue
        seen = candidate(edited(BREAD, text))
        known.identities = {"bread.md": now}
        decision = decide(seen, known, scan)
        decisions.append(decision)
        if isinstance(decision, Changed | Frozen):
            now = Trace(key="A", revision=seen.revision, streak=decision.streak, changed_in=scan)
        if isinstance(decision, Changed):
            known.owners["A"] = replace(A, content_hash=seen.content_hash)
    return decisions


def _kinds(decisions: list[object]) -> list[str]:
    return [type(decision).__name__ for decision in decisions]


def test_a_clock_is_frozen_after_24_updates() -> None:
    kinds = _kinds(_visits([f"It is {n}." for n in range(30)]))
    assert kinds == ["Changed"] * FREEZE_AFTER + ["Frozen"] * (30 - FREEZE_AFTER)
    assert FREEZE_AFTER == 24


def test_what_was_frozen_is_taken_when_it_comes_to_rest_and_may_change_again() -> None:
    clock = [f"It is {n}." for n in range(26)]
    *_, still, rest, same, later = _visits([*clock, clock[-1], clock[-1], "New."])
    assert isinstance(still, Frozen)
    assert (rest.content, rest.streak) == (True, 0)
    assert isinstance(same, Unchanged)
    assert (type(later), later.streak) == (Changed, 1)


def test_a_clock_that_a_scan_did_not_see_starts_anew() -> None:
    texts = [*(f"It is {n}." for n in range(26)), None, "Later."]
    assert _kinds(_visits(texts))[-1] == "Changed"


def test_a_file_that_a_person_edits_thirty_times_is_not_frozen_when_scans_lie_between() -> None:
    texts = [text for n in range(30) for text in (f"Draft {n}.", None)]
    assert set(_kinds(_visits(texts))) == {"Changed"}


SAME_STORY = {
    "white space": replace(BREAD, text="Rises\n\n  slowly. "),
    "full-width letters": replace(BREAD, title="\uff22read"),
    "markup": replace(BREAD, html="<div><b>Rises</b> slowly.</div>"),
    "dates": replace(BREAD, published=DAY, updated=DAY),
    "head image": replace(BREAD, image="https://example.org/2.jpg"),
    "identity": replace(BREAD, uid="another"),
    "address": LINKED,
}
OTHER_STORY = {
    "title": replace(BREAD, title="Bred"),
    "text": replace(BREAD, text="Rises."),
    "what is title and what is text": replace(BREAD, title="", text="Bread Rises slowly."),
}


@pytest.mark.parametrize("article", SAME_STORY.values(), ids=SAME_STORY)
def test_the_content_hash_does_not_see(article: Article) -> None:
    assert fingerprint(article) == fingerprint(BREAD)


@pytest.mark.parametrize("article", OTHER_STORY.values(), ids=OTHER_STORY)
def test_the_content_hash_sees(article: Article) -> None:
    assert fingerprint(article) != fingerprint(BREAD)


WITHOUT_TEXT = [
    PHOTO,
    replace(PHOTO, html='<img src="https://example.org/2.jpg">'),
    Article(uid="a", url="https://example.org/1"),
    Article(uid="b", url="https://example.org/2"),
    Article(uid="c", enclosures=(Enclosure(url="https://example.org/1.mp3"),)),
    Article(uid="d", enclosures=(Enclosure(url="https://example.org/2.mp3"),)),
    Article(uid="e"),
    Article(uid="f"),
]


def test_photos_bare_links_and_empty_articles_stay_apart() -> None:
    assert len({fingerprint(article) for article in WITHOUT_TEXT}) == len(WITHOUT_TEXT)


def test_a_photo_is_the_same_whatever_its_query_string() -> None:
    again = replace(PHOTO, html='<img src="https://example.org/1.jpg?size=2">')
    assert fingerprint(again) == fingerprint(PHOTO)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Example.org/a/", ["example.org/a?"]),
        ("http://example.org/a", ["example.org/a?"]),
        ("https://example.org/?p=1", ["example.org?p=1"]),
        ("https://example.org/", []),
        ("https://example.org", []),
        (None, []),
    ],
)
def test_addresses(url: str | None, expected: list[str]) -> None:
    assert addresses(replace(BREAD, url=url)) == expected


def test_feeds_that_link_everything_to_the_front_page_keep_their_entries() -> None:
    front = "https://example.org/"
    known = replace(ledger(owner(replace(BREAD, url=front))), addresses={})
    again = replace(edited(BREAD, "Second loaf."), uid="2", url=front)
    assert decide(candidate(again), known, SCAN) == New()


def test_an_entry_id_is_kept_and_otherwise_made_from_source_and_uid() -> None:
    assert entry_id(replace(BREAD, entry_id="tag:x,2024:1"), "feed:a") == "tag:x,2024:1"
    made = entry_id(BREAD, "feed:a")
    assert made == own_id(BREAD, "feed:a") == "urn:uuid:264252c9-1855-5484-be82-a0cee0461641"
    assert made != own_id(BREAD, "feed:b")
    assert entry_key(made) == made.removeprefix("urn:uuid:")
    assert entry_key("tag:x,2024:1") == entry_key("tag:x,2024:1") != entry_key("tag:x,2024:2")


def test_keys_fit_into_an_index_however_long_their_source_makes_them() -> None:
    long = "https://example.org/" + "é" * 5000
    seen = candidate(Article(uid=long, url=long, entry_id=long))
    assert seen.article.entry_id is None
    assert candidate(Article(uid=long + "!")).article.uid != seen.article.uid
    assert max(len(key.encode()) for key in [seen.article.uid, *addresses(seen.article)]) < 2000


TEXTS = st.text(st.sampled_from("ab \n\u3000\uff21"), max_size=4)
ARTICLES = st.builds(Article, uid=st.sampled_from("xyz"), title=TEXTS, text=TEXTS, html=TEXTS)


@given(ARTICLES)
def test_what_was_just_stored_is_unchanged(article: Article) -> None:
    seen: Candidate = candidate(article)
    known = ledger(owner(article))
    known.identities[article.uid] = trace(article)
    assert isinstance(decide(seen, known, SCAN), Unchanged)


TALK = Enclosure(
    url="https://e.org/a.mp3?x=1", media_type="audio/mpeg", length=5, title="t", duration=7
)


def with_file(file: Enclosure) -> Article:
    return Article(uid="a", title="T", enclosures=(file,))


def revision(file: Enclosure) -> str:
    return candidate(with_file(file)).revision


def test_the_digest_of_a_plain_file_stays_what_earlier_releases_kept() -> None:
    assert revision(TALK) == "bb7da089c7bcd05c01c2df6b7e7a0500"
    assert revision(replace(TALK, medium="audio", width=640, height=360)) == revision(TALK)


@pytest.mark.parametrize(
    "more",
    [
        {"episode": Episode(explicit=False)},
        {"episode": Episode(number=2)},
        {"episode": Episode(chapters=Companion(url="https://e.org/c"))},
        {"episode": Episode(transcripts=(Companion(url="https://e.org/c", language="de"),))},
    ],
)
def test_what_is_known_of_an_episode_later_changes_it_and_makes_no_news(
    more: dict[str, object],
) -> None:
    before, now = with_file(TALK), with_file(replace(TALK, **more))
    known = ledger(owner(before), a=trace(before))
    assert decide(candidate(now), known, SCAN) == Changed(owner(before), content=False, streak=1)
    settled = ledger(owner(before), a=trace(now))
    assert decide(candidate(now), settled, SCAN) == Unchanged(owner(before))
    pruned = Ledger(identities={"a": trace(before, key=None)})
    assert decide(candidate(now), pruned, SCAN) == Unchanged(None)


def test_the_signature_of_a_transcript_s_address_changes_nothing() -> None:
    signed = [
        replace(TALK, episode=Episode(chapters=Companion(url=f"https://e.org/c?s={number}")))
        for number in range(2)
    ]
    assert len({revision(file) for file in signed}) == 1
