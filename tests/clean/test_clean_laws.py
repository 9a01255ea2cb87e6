"""What holds for every input: nothing raises, cleaning twice changes nothing, nothing is unsafe."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.article import Article, Enclosure
from aggregator.clean import Recipe, clean
from aggregator.clean.vocabulary import ATTRIBUTES, MATH, REMOVED, RENAMED, TAGS, VALUES

RECIPE = Recipe(
    remove=(".ad", "#sponsor"), drop_images=("*placeholder*",), base="https://example.org/blog/"
)

NAMES = sorted(TAGS | set(RENAMED) | REMOVED | {"body", "html", "noscript", "blink", "o:p", "wbr"})
NASTY = [
    "",
    " ",
    "\u3000",
    "&nbsp;",
    "<",
    "a < b",
    "&lt;script&gt;",
    "&#1;&#13;&#xFFFE;",
    "\x00\x0b\ud800",
    "\ufeff\u200b",
    "<!-- x",
    "]]>",
    "]]&gt;",
    "</body></html>",
    "<p",
    "<p title='",
    "&amp;amp;lt;b&gt;",
    "\n\nx",
    "Read more",
    "U.S. 3.5 e.g. this. That!",
    "来源：彩练新闻",
    "央行。降准！",
    "<![CDATA[x]]>",
    "<?php echo 1 ?>",
]
ADDRESSES = [
    "",
    "#x",
    "#user-content-x",
    "/a b?utm_source=x&b=é#y",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:image/gif;base64,R0",
    "//cdn.example.org/x,y.png 2x, z.png",
    "http://[bad",
    "http://1.2.3.4.5/",
    "https://xn--/",
    "https://ex ample.org/",
    "https://例子.测试/路",
    "mailto:a@b.c",
    "https://example.org:99999/",
    "\\\\host\\path",
    "https://player.vimeo.com/video/1",
    "https://www.youtube.com/embed/abcdefghijk",
    "placeholder.png",
    "vbscript:x",
    "http:///x",
    "?q=1;utm_x=2",
]
ATTRIBUTE_NAMES = [
    *[
        "id",
        "class",
        "style",
        "title",
        "lang",
        "dir",
        "href",
        "src",
        "srcset",
        "data-src",
        "width",
        "height",
        "cite",
        "name",
    ],
    *["hidden", "poster", "datetime", "colspan", "onclick", "xml:lang"],
]
VALUES_OF = st.one_of(
    st.sampled_from(
        [*ADDRESSES, "x", "1", "0", "ltr", "language-py b", "ad", "display:none", "<b>", "a'b"]
    ),
    st.text(max_size=6),
)


def _attributes(values: dict[str, str]) -> str:
    return "".join(
        f' {name}="{value.replace(chr(34), "&quot;")}"' for name, value in values.items()
    )


LEAF = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=8),
    st.builds(
        lambda name, values: f"<{name}{_attributes(values)}>",
        st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(ATTRIBUTE_NAMES), VALUES_OF, max_size=3),
    ),
    st.builds("</{}>".format, st.sampled_from(NAMES)),
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, values, inside: f"<{name}{_attributes(values)}>{''.join(inside)}</{name}>",
        st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(ATTRIBUTE_NAMES), VALUES_OF, max_size=3),
        st.lists(children, max_size=4),
    )


HTML = st.lists(st.recursive(LEAF, _element, max_leaves=14), max_size=4).map("".join)
TEXT = st.one_of(st.sampled_from([*NASTY, *ADDRESSES]), st.text(max_size=30), HTML)
ARTICLES = st.builds(
    Article,
    uid=st.just("1"),
    title=TEXT,
    url=st.none() | st.sampled_from(ADDRESSES),
    base=st.none() | st.sampled_from(ADDRESSES),
    image=st.none() | st.sampled_from(ADDRESSES),
    language=st.none()
    | st.sampled_from(["zh_CN", "en-us", "EN", "x", "de-1996", "de_DE.UTF-8"])
    | st.text(max_size=9),
    html=HTML,
    summary=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    categories=st.lists(TEXT, max_size=3).map(tuple),
    category_paths=st.lists(st.lists(TEXT, max_size=2).map(tuple), max_size=2).map(tuple),
    enclosures=st.lists(
        st.builds(Enclosure, url=st.sampled_from(ADDRESSES), title=TEXT), max_size=2
    ).map(tuple),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(ARTICLES)
@example(Article(uid="1", html="<plaintext>\n\nx"))
@example(Article(uid="1", html="<listing>\n\nx</listing><xmp>\n\ny</xmp>"))
def test_cleaning_twice_changes_nothing(article: Article) -> None:
    once = clean(article, RECIPE)
    assert clean(once, RECIPE) == once


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ARTICLES)
def test_only_the_vocabulary_is_left_and_only_legal_characters(article: Article) -> None:
    cleaned = clean(article, RECIPE)
    assert_safe(cleaned.html)
    legal = re.compile("[\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
    strings = [cleaned.html, cleaned.text, cleaned.title, cleaned.summary]
    strings += [*cleaned.authors, *cleaned.categories, cleaned.url or "", cleaned.image or ""]
    assert all(legal.fullmatch(string) for string in strings)


def assert_safe(html: str) -> None:
    """Only elements and attributes of the vocabulary, and only addresses that cannot run code."""
    root = etree.fromstring(f"<html><body><div>{html}</div>", etree.HTMLParser(huge_tree=True))
    for element in root[0][0].iterdescendants():
        assert element.tag in TAGS
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(element.tag, set())
        allowed |= {"dir", "rel"} | set(VALUES.get(element.tag, ()))
        assert set(element.keys()) <= allowed, etree.tostring(element)
        for name in ("href", "src", "cite", "poster", "srcset"):
            value = element.get(name)
            assert value is None or re.match(
                r"(?:https?://|mailto:|tel:|magnet:|#user-content-)", value
            )


@pytest.mark.parametrize("tag", sorted(TAGS - MATH))
def test_every_pair_of_elements_is_left_alone_at_the_second_time(tag: str) -> None:
    for child in sorted(TAGS):
        html = f"<{tag}>x<{child}>y</{child}>z</{tag}>w"
        once = clean(Article(uid="1", html=html), RECIPE)
        assert clean(once, RECIPE) == once, html
