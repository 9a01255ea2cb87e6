"""The language that a text is in, and which declarations to believe."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.clean import language

SAMPLES = Path(__file__).parents[2] / "benchmarks" / "samples"
PARAGRAPHS = [
    (path.stem, paragraph)
    for path in sorted(SAMPLES.glob("*.txt"))
    for paragraph in path.read_text("utf-8").strip().split("\n\n")[1:]
]
# Too near to Malay to be told from it.
UNTOLD = ("id",)


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize(("name", "paragraph"), PARAGRAPHS)
def test_a_paragraph_is_enough(name, paragraph):
    expected = None if name in UNTOLD else name.replace("zh-Hans", "zh")
    assert language.guess(paragraph) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("Rust 1.80", None),
        ("Neue Regeln für alle", None),  # German, but six words are a name as often as not
        ("12 345 678 90 " * 20, None),
        ("沿海城市", "zh"),
        ("臺灣", "zh"),  # too little to tell the two kinds of writing apart
        ("東京の天気", "ja"),
        ("바닷가 도시", "ko"),
    ],
)
def test_short_texts_have_a_language_only_where_the_script_says_so(text, expected):
    assert language.guess(text) == expected


@pytest.mark.parametrize(
    ("declared", "usual", "text", "expected"),
    [
        ("en-US", None, "zh-Hans", "zh"),  # what blog software declares by default
        ("en", None, "zh-Hant", "zh-Hant"),
        ("en", None, "ru", "ru"),
        ("zh-CN", None, "en", "en"),
        ("de", None, "ja", "ja"),
        ("en-GB", None, "en", "en-GB"),
        ("en", None, "de", "en"),  # the same script: the author may know better
        ("zh-TW", None, "zh-Hant", "zh-TW"),
        ("ja", None, "zh-Hans", "ja"),  # both write Han
        ("ru-Latn", None, "en", "ru-Latn"),
        ("sr", None, "de", "sr"),  # written in both
        ("tlh", None, "zh-Hans", "tlh"),  # nothing is known about it
        (None, "en", "zh-Hans", "en"),  # set by hand
        (None, None, "fr", "fr"),
        ("und", None, "pl", "pl"),
        (None, None, "id", None),
    ],
)
def test_a_declaration_counts_unless_the_script_contradicts_it(declared, usual, text, expected):
    assert language.of(declared, usual, sample(text))[0] == expected


def test_what_was_done_is_said():
    chinese = sample("zh-Hans")
    assert language.of("zh-CN", None, chinese) == ("zh-CN", "")
    assert language.of(None, None, chinese) == ("zh", "detected as zh")
    said = "declared as en-US, but not written in its script; detected as zh"
    assert language.of("en_US", None, chinese) == ("zh", said)


def test_serbian_is_told_from_macedonian_by_its_own_letters():
    assert language.guess(sample("sr")) == "sr"
    assert language.guess(sample("sr").replace("ћ", "ќ").replace("ђ", "ѓ")) != "sr"


@given(st.none() | st.text(max_size=40), st.none() | st.text(max_size=40), st.text())
def test_anything_has_a_tag_or_none(declared, usual, text):
    tag, note = language.of(declared, usual, text)
    assert tag is None or language.normalise(tag) == tag
    assert (tag, note) == language.of(declared, usual, text)


@example("0" * 35 + "A" * 40 + "\U0002fffe")
@given(st.text(st.characters(codec=None), min_size=40).map(lambda text: text * 10))
def test_no_characters_are_refused(text):
    language.guess(text)
