"""What cleaning says that it took out, and an article from which more is taken out later."""

import pytest

from aggregator.article import Article, Step
from aggregator.clean import Recipe, clean, recut

RECIPE = Recipe(
    remove=(".ad", "#sponsor > p", ".never"),
    drop_images=("*/placeholder/*",),
    base="https://example.org/",
)


def trail(html: str) -> tuple[Step, ...]:
    return clean(Article(uid="1", html=html), RECIPE).trail


@pytest.mark.parametrize(
    ("html", "steps"),
    [
        pytest.param("<p>x <a href='https://a.org/?b=1'>y</a></p>", [], id="nothing"),
        pytest.param(
            "<p class=ad>é</p><div id=sponsor><p class=ad>a</p><p>b</p></div>x",
            [
                Step("selectors", ".ad", 2, len('<p class="ad">é</p><p class="ad">a</p>') + 1),
                Step("selectors", "#sponsor > p", 1, len("<p>b</p>")),
                Step("empty", "", 1, len("<div></div>")),
            ],
            id="one step for each selector",
        ),
        pytest.param(
            '<div style="display:none">a<b hidden>b</b></div>x',
            [Step("hidden", "", 1, len('<div style="display:none">a<b hidden>b</b></div>'))],
            id="what is inside does not count again",
        ),
        pytest.param(
            'x<img src="p.gif" width="1" height="1">',
            [Step("tracking pixels", "", 1, len('<img src="p.gif" width="1" height="1">'))],
            id="tracking pixel",
        ),
        pytest.param(
            "x<form><input></form>",
            [Step("forms", "", 1, len("<form><input></form>"))],
            id="form",
        ),
        pytest.param(
            'x<img src="data:,a"><img src="/placeholder/1.png">',
            [
                Step("pictures", "without a usable address", 1, len('<img src="data:,a">')),
                Step("pictures", "placeholders", 1, len('<img src="/placeholder/1.png">')),
            ],
            id="pictures",
        ),
        pytest.param(
            "x<script>1</script><style>p{}</style><script>2</script>",
            [
                Step(
                    "scripts and frames",
                    "2 × script, 1 × style",
                    3,
                    len("<script>1</script><style>p{}</style><script>2</script>"),
                )
            ],
            id="scripts",
        ),
        pytest.param(
            '<iframe src="https://player.vimeo.com/video/1"></iframe>',
            [
                Step(
                    "embedded video",
                    "a link instead",
                    1,
                    len('<iframe src="https://player.vimeo.com/video/1"></iframe>'),
                )
            ],
            id="video",
        ),
        pytest.param(
            '<a href="https://a.org/?utm_source=x&amp;b=1">a</a> <a href="https://a.org/?b=1">b</a>',
            [Step("links", "tracking parameters", 1, len("utm_source=x&"))],
            id="links",
        ),
        pytest.param(
            "<p>x</p><div><p>\u3000</p><p></p></div>",
            [Step("empty", "", 1, len("<div><p>\u3000</p><p></p></div>") + 2)],
            id="empty",
        ),
    ],
)
def test_steps(html: str, steps: list[Step]) -> None:
    assert list(trail(html)) == steps


def test_steps_follow_those_that_were_there() -> None:
    before = Step("rule", "replaced")
    found = clean(Article(uid="1", html="x<p></p>", trail=(before,)), RECIPE)
    assert [step.name for step in found.trail] == ["rule", "empty"]
    assert clean(found, RECIPE) == found


def test_a_language_that_was_detected_is_told_once() -> None:
    text = "<p>今天下午，中国人民银行宣布下调存款准备金率，释放长期资金。</p>"
    found = clean(Article(uid="1", html=text, language="en-US"), Recipe())
    assert found.language == "zh"
    assert [step.name for step in found.trail] == ["language"]
    assert clean(found, Recipe()) == found


BODY = "<p>The first sentence of it.</p>"
FOOT = '<p>Follow us! <img src="https://example.org/qr?a=1&amp;b=2"></p>'


def test_what_is_left_is_as_if_it_had_been_cleaned_alone() -> None:
    whole = clean(Article(uid="1", title="T", html=BODY + FOOT), RECIPE)
    assert whole.image == "https://example.org/qr?a=1&b=2"
    assert recut(whole, BODY) == clean(Article(uid="1", title="T", html=BODY), RECIPE)


@pytest.mark.parametrize("given", ["Written by the editor.", "The first sentence of it."])
def test_a_given_summary_stays(given: str) -> None:
    whole = clean(Article(uid="1", title="T", html=FOOT + BODY, summary=given), RECIPE)
    assert recut(whole, BODY).summary == given


def test_a_given_image_stays_unless_it_went() -> None:
    given = clean(Article(uid="1", html=BODY + FOOT, image="https://example.org/lead.png"), RECIPE)
    assert recut(given, BODY).image == "https://example.org/lead.png"
    other = '<p><img src="https://example.org/2.png"></p>'
    whole = clean(Article(uid="1", html=FOOT + other + BODY), RECIPE)
    assert recut(whole, other + BODY).image == "https://example.org/2.png"
