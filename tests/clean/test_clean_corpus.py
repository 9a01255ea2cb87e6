"""Cleaning what the world really sends: the seed, posts, web pages, attacks."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from test_clean_laws import assert_safe

from aggregator.article import Article
from aggregator.clean import Recipe, clean

RECIPE = Recipe(remove=(".appendQr_wrap", ".article-editor"), base="https://example.org/blog/post")


def body(path: Path) -> str:
    return path.read_text("utf-8", "replace").partition("---\n")[2].partition("\n---\n")[2]


def cleaned(html: str) -> Article:
    return clean(Article(uid="1", title="T", html=html), RECIPE)


def assert_settled(html: str) -> None:
    once = cleaned(html)
    assert clean(once, RECIPE) == once
    assert_safe(once.html)


def test_the_seed(corpus: Path) -> None:
    [seed] = (corpus / "seed").glob("*.txt")
    article = cleaned(body(seed))
    for gone in ("appendQr", "<style", "<!--", "责任编辑", "海量资讯", "class=", "{", "&#123;"):
        assert gone not in article.html
    assert article.html.count("<img") == 2
    assert article.html.count('referrerpolicy="no-referrer"') == 2
    assert len(article.text.split("\n")) == 5
    assert article.text.startswith("来源：彩练新闻\n今天（4月5日）下午")
    assert article.summary.startswith("今天（4月5日）下午")
    assert article.image is not None
    assert "bb84-88351a7db81cea84888fdb59cb6350b4" in article.image
    assert article.language == "zh"


def test_posts_settle(corpus: Path) -> None:
    posts = sorted(path for path in (corpus / "posts/derived").rglob("*") if path.is_file())
    for post in posts[::4]:
        assert_settled(body(post))


def test_web_pages_settle(corpus: Path) -> None:
    pages = sorted((corpus / "html/article-extraction-benchmark/html").glob("*.gz"))
    for page in pages[::6]:
        assert_settled(gzip.decompress(page.read_bytes()).decode("utf-8", "replace"))


def attacks(corpus: Path) -> Iterator[str]:
    for path in sorted((corpus / "html/xss-payload-list/Intruder").iterdir()):
        yield from path.read_text("utf-8", "replace").splitlines()
    yield from json.loads((corpus / "security/blns/blns.json").read_text("utf-8"))


def test_attacks_are_harmless(corpus: Path) -> None:
    for attack in sorted(set(attacks(corpus)))[::4]:  # tests/readers shows all of them to a browser
        assert_settled(attack)
