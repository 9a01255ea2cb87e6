"""What holds for every page: nothing raises, nothing takes long, and either text is whole."""

import random
import subprocess
import sys
import time

import pytest
from extract_samples import ADDRESS, ENGLISH, TEASER, article, page, paragraphs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.clean import Recipe, clean
from aggregator.extract import complete, is_teaser

NASTY = (
    *(
        "",
        "\x00\x0b",
        "\ud800",
        "\ufeff\u200b",
        "<!-- x",
        "]]>",
        "</body></html>",
        "<p",
        "<p title='",
    ),
    *(
        "<base href='http://['>",
        "<frameset><frame>",
        "<plaintext>",
        "<svg><script>",
        "&#0;&#xFFFE;",
    ),
    *("<script type='application/ld+json'>{", "<meta name=author content=x>", "<noscript>", "<td>"),
    *(
        "\U0001f9ca",
        "海冰",
        TEASER,
        *ENGLISH[1:],
        "<img src=a.png>",
        "<figcaption>x",
        "<h1>",
        "<br>",
    ),
)
NAMES = ("div", "p", "article", "section", "table", "tr", "td", "ul", "li", "a", "span", "h1", "h2")
CLASSES = ("", "related", "article-body", "caption", "share", "chunk", "newsletter")


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    element = st.builds(
        lambda name, names, content: f"<{name} class='{names}'>{''.join(content)}</{name}>",
        st.sampled_from(NAMES),
        st.sampled_from(CLASSES),
        st.lists(inner, max_size=5),
    )
    return element | st.lists(inner, max_size=3).map("".join)


PAGES = st.recursive(st.sampled_from(NASTY) | st.text(max_size=30), nested, max_leaves=25)
quickly = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(PAGES, st.booleans())
def test_no_page_raises_and_every_one_is_told_about(content: str, framed: bool) -> None:
    before = article()
    after = complete(before, page(content) if framed else content, ADDRESS)
    assert after.trail[0].name == "full text"
    if after.trail[0].detail.startswith("the feed's own: "):
        assert (after.html, after.text, after.base) == (before.html, before.text, before.base)
    else:
        assert len(clean(after, Recipe()).text) > len(before.text)


@quickly
@given(st.text() | PAGES, st.text())
def test_anything_may_be_a_teaser(text: str, title: str) -> None:
    assert is_teaser(article(text, title)) in (True, False)


BESIDE = st.sampled_from(
    (
        *("News", "Sport", "© 2026", "<a href=/x>What the ferry line earns</a>", "<hr>", "\n"),
        *("<img src=/a.png>", "<p>Weather: snow.</p>", "<form><input></form>", "<h3>Latest</h3>"),
    )
)


@quickly
@given(st.recursive(BESIDE, nested, max_leaves=25))
def test_whatever_stands_after_an_article_its_text_is_whole(other: str) -> None:
    content = page(paragraphs(ENGLISH), after=f"<div>{other}</div>")
    found = clean(complete(article(), content, ADDRESS), Recipe())
    assert all(text in found.text for text in ENGLISH)


def words(count: int) -> str:
    chance = random.Random(count)
    return " ".join("".join(chance.choices("abcdefghijk", k=6)) for _ in range(count))


LINE = words(12)
HOSTILE = {
    "paragraphs": f"<p>{LINE}</p>" * 7_000,
    "links": f"<p>{f'<a href=x>{LINE}</a>' * 7_000}</p>",
    "one paragraph": f"<p>{words(100_000)}</p>",
    "lines": f"<div>{f'{LINE}<br>' * 7_000}</div>",
    "deep": "<div>" * 100_000 + LINE,
    "deep and wide": "<div>" * 99 + f"<p>{LINE}</p>" * 7_000,
    "deep tables": "<table><tr><td>" * 500 + LINE,
    "pictures": f"<p>{LINE * 9}</p>" + "<noscript><img src=a></noscript>" * 7_000,
    "attributes": f"<p {' '.join(f'a{n}' for n in range(100_000))}>{LINE}</p>",
    "a long class": f"<div class='{'c ' * 14_000}'>" + f"<p>{LINE}</p>" * 7_000,
    "the same letters": f"<p>{'a' * 100}b</p>" * 7_000,
    "spaces": f"<p>{' ' * 1_400_000}x</p>",
    "dots": f"<p>{'. ' * 700_000}</p>",
    "quotes": f"<p>{'“' * 700_000}</p>",
    "elements without end": "<p>x" * 300_000,
    "junk": bytes(range(256)).decode("latin-1") * 5_000,
    "JSON without end": "<script type='application/ld+json'>" + '[{"a":' * 100_000,
    "a huge page": f"<p>{TEASER}</p>" * 60_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_page_takes_long(content: str) -> None:
    start = time.process_time()
    after = complete(article(), content, ADDRESS)
    assert after.trail[0].name == "full text"
    assert time.process_time() - start < 8  # the slowest took 0.8 s when measured


def test_who_needs_no_full_text_does_not_load_trafilatura() -> None:
    code = "import sys, aggregator.extract; sys.exit('trafilatura' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
