import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.publish import slug, slug_path
from aggregator.publish.slugs import RESERVED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Linux", "linux"),
        ("新浪财经－国內", "新浪财经-国內"),
        ("  C++ & Rust!  ", "c-rust"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full-width"),
        ("Ünïcödé", "ünïcödé"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("ثقافة", "ثقافة"),
        ("①②", "12"),
        ("İstanbul", "i̇stanbul"),
        ("❤️ love", "love"),
        ("a/b\\c", "a-b-c"),
        ("..", "category"),
        (".", "category"),
        ("", "category"),
        ("🙂", "category"),
        ("\ud800\0", "category"),
        ("Archive", "category-archive"),
        ("feeds", "category-feeds"),
        ("CON", "category-con"),
        ("Com¹", "category-com1"),
        ("x" * 100, "x" * 80),
        ("汉" * 40, "汉" * 26),
        ("y" * 79 + " z", "y" * 79),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(st.characters()))
def test_any_name_becomes_a_safe_segment(name: str) -> None:
    made = slug(name)
    assert 0 < len(made.encode()) <= 80 + len("category-")
    assert not set(made) & set('/\\.\0 %?#:*"<>|')
    assert made.isprintable()
    assert made not in RESERVED
    assert not made.startswith("-")
    assert not made.endswith("-")
    assert slug(made) == made


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (["金融", "新浪财经"], "金融/新浪财经"),
        (["..", "etc"], "category/etc"),
        (["a/b", "c"], "a-b/c"),
        ([], "category"),
        (["x"] * 1000, "x/x/x/x/x/x/x/x"),
    ],
)
def test_slug_path(path: list[str], expected: str) -> None:
    assert slug_path(path) == expected
