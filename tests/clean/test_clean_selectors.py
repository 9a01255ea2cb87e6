"""Simple selectors are matched on the tree at hand: with the results that soupsieve gives."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.clean import Recipe, clean_html, selectors, tree

NAMES = st.sampled_from(["div", "p", "b", "DIV", "*", "section", "o", "a"])
WORDS = st.sampled_from(["a", "b", "ad", "x-1", "广告", r"a\.b", r"a\'b"])
ATTRIBUTES = st.sampled_from(
    [
        *("[title]", "[title=a]", "[TITLE='a b']", '[title^="a"]', "[title$=b]", "[title|=a]"),
        *(
            '[class*="d b"]',
            "[class~=ad]",
            "[class='']",
            "[title=A i]",
            "[title!=a]",
            "[title='É' i]",
        ),
        *("[rel~=a]", '[rel="ad b"]', "[type=A]"),
    ]
)


@st.composite
def compounds(draw: st.DrawFn) -> str:
    """A name, classes, ids, attributes, or some of these."""
    name = draw(st.just("") | NAMES)
    rest = draw(
        st.lists(
            st.builds(".{}".format, WORDS) | st.builds("#{}".format, WORDS) | ATTRIBUTES,
            min_size=0 if name else 1,
            max_size=2,
        )
    )
    return name + "".join(rest)


CHAINS = st.lists(compounds(), min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([" ", " > "]).map(lambda between: between.join(parts))
)
SELECTORS = st.lists(CHAINS, min_size=1, max_size=2).map(", ".join)

VALUES = st.sampled_from(
    [
        "a",
        "b",
        "ad",
        "x-1 a",
        "a b",
        "广告",
        "ad b",
        " ad\n b ",
        "a\xa0b",
        "A",
        "",
        "a.b",
        "a'b",
        "é",
    ]
)
KEYS = st.sampled_from(["class", "id", "title", "Title", "rel", "type"])


@st.composite
def markup(draw: st.DrawFn, depth: int = 4) -> str:
    """Elements with the classes, ids and attributes that the selectors above ask for."""
    parts = []
    for _ in range(draw(st.integers(0, 3 if depth else 0))):
        name = draw(st.sampled_from(["div", "p", "b", "section", "o", "a"]))
        pairs = draw(st.dictionaries(KEYS, VALUES, max_size=2))
        said = "".join(f' {key}="{value}"' for key, value in pairs.items())
        parts.append(f"<{name}{said}>{draw(markup(depth - 1))}</{name}>t")
    return "".join(parts)


@settings(deadline=None)
@given(markup(), SELECTORS)
def test_a_simple_selector_matches_what_soupsieve_matches(html: str, selector: str) -> None:
    if not selectors.are_simple([selector]):
        return
    body = tree.parse(html)
    soup = BeautifulSoup(f"<html><body>{tree.serialise(body)}</body></html>", "lxml")
    expected = soup.select(selector)
    for tag in expected:
        tag.decompose()

    steps = selectors.remove(body, [selector])

    assert _content(body) == _content(tree.parse(str(soup)))
    assert [step.detail for step in steps] == [selector] * bool(expected)


def _content(body: tree.Element) -> list[tuple[object, ...]]:
    """What is in a tree, without the white space that BeautifulSoup makes one space in lists."""
    return [
        (one.tag, {k: v.split() for k, v in one.attrib.items()}, one.text or "", one.tail or "")
        for one in body.iter()
    ]


@pytest.mark.parametrize(
    "selector",
    [
        pytest.param(".ad", id="class"),
        pytest.param("div.ad, p#x > b", id="alternatives"),
        pytest.param("DIV [title^=a] .b", id="descendants"),
        pytest.param("* > p", id="any parent"),
        pytest.param("a[rel=sponsored], [type=X]", id="values in any case"),
    ],
)
def test_simple(selector: str) -> None:
    assert selectors.are_simple([selector])


@pytest.mark.parametrize(
    "selector",
    ["p:first-child", "a + b", "a ~ b", "p:not(.x)", "body", "*", "html, .x", "[title!=x]", "x|p"],
)
def test_not_simple(selector: str) -> None:
    assert not selectors.are_simple([selector])


@pytest.mark.parametrize("other", [(), ("i:last-child",)], ids=["simple", "with BeautifulSoup"])
def test_both_ways_take_out_the_same(other: tuple[str, ...]) -> None:
    html = '<p>a<b class="ad">b</b> c<i>d</i></p><div id="x"><p class="ad">e</p>f</div>g'
    recipe = Recipe(remove=(".ad", "#x > p", ".ad b", "div", *other))

    clean, _, steps = clean_html(html if other else html.replace("<i>d</i>", ""), None, recipe)

    assert clean == "<p>a c</p>g"
    expected = [(".ad", 2), ("div", 1), *((detail, 1) for detail in other)]
    assert [(step.detail, step.blocks) for step in steps] == expected


def test_what_many_levels_hold_is_found_in_time() -> None:
    deep = "<div>" * 190 + '<b class="x">t</b>' * 500
    body = tree.parse(deep)

    assert selectors.remove(body, ["p div div div div div .x"]) == ()
    (step,) = selectors.remove(body, ["div div div div div div .x"])

    assert step.blocks == 500
