"""What the gate lets through, and what it keeps out and why."""

import pytest
from extract_samples import (
    ADDRESS,
    CHINESE,
    ENGLISH,
    TEASER,
    TEASER_ZH,
    article,
    page,
    paragraphs,
)

from aggregator.extract import complete

PAYWALL = (
    "<p>Subscribe to continue reading.</p><p>Already a subscriber? Sign in to read this story.</p>"
)
PAYWALL_ZH = "<p>本文为付费内容，剩余 72%，订阅后可继续阅读。</p>"
LEAD, LEAD_ZH = paragraphs(ENGLISH[:2]), paragraphs(CHINESE[:2])
COOKIES = paragraphs(
    (
        "We and our 842 partners use technologies such as cookies to store and access personal "
        "data on your device, in order to show advertising that interests you.",
        "By choosing “Accept all cookies” you consent to the use of your data. You can change your "
        "mind at any time in the cookie settings at the bottom of every page.",
    )
)
COOKIES_ZH = paragraphs(
    ("本网站使用cookie来改善您的浏览体验，并分析访问情况。请在继续之前阅读我们的cookie政策。" * 2,)
)
ROBOT = paragraphs(
    (
        "Checking your browser before accessing paper.example.org. This process is automatic, and "
        "you will be redirected shortly. Please allow up to five seconds.",
        "To continue, please verify you are not a robot by completing the captcha below.",
    )
)
ROBOT_ZH = paragraphs(
    ("您的访问过于频繁，为了保障网站安全，请完成验证后继续访问。请拖动滑块完成拼图。",)
)
LOGIN = paragraphs(
    (
        "Please log in to see this page. You need an account of The Paper for that.",
        "Forgot your password? We send you a link with which you can choose another one.",
    )
)
LOGIN_ZH = paragraphs(("请先登录后再查看此内容。还没有账号？点击注册，忘记密码请联系客服。",))
MISSING = paragraphs(
    ("Sorry, the page you are looking for could not be found. It may have been moved or deleted.",)
)
MISSING_ZH = paragraphs(("抱歉，您访问的页面不存在或已被删除，请返回首页查看其他内容。",))
OTHER = paragraphs(
    (
        "Interest rates stay where they are for another quarter, the bank's governor announced. He "
        "pointed to prices that have risen less than most had expected in the autumn.",
        "Builders had hoped for a cut, as the number of new houses has halved within two years and "
        "several firms have had to let people go since the summer.",
        "The next decision is due in February. Until then, the governor said, nothing speaks for a "
        "change, unless the currency should lose more of its value than it already has.",
    )
)
OTHER_ZH = paragraphs(
    (
        "央行行长周三宣布，基准利率将再维持一个季度不变，并指出秋季以来物价涨幅低于多数人的预期，"
        "这为政策留下了余地，市场对此反应平静。",
        "建筑企业原本期待降息，因为两年来新建住宅数量减少了一半，夏天以来已有多家公司裁员，"
        "下一次议息会议定于明年二月举行。",
    )
)

REFUSED = {
    "paywall": (TEASER, page(LEAD, after=PAYWALL), "a paywall's preview"),
    "paywall without a preview": (TEASER, page(PAYWALL), "a paywall"),
    "cookie wall": (TEASER, page(COOKIES, "Before you continue"), "a cookie wall"),
    "robot check": (TEASER, page(ROBOT, "Just a moment..."), "a check for robots"),
    "login": (TEASER, page(LOGIN, "Log in"), "a login page"),
    "soft 404": (TEASER, page(MISSING, "Page not found"), "nothing any more"),
    "Chinese paywall": (TEASER_ZH, page(LEAD_ZH, after=PAYWALL_ZH), "a paywall's preview"),
    "Chinese cookie wall": (TEASER_ZH, page(COOKIES_ZH, "继续之前"), "a cookie wall"),
    "Chinese robot check": (TEASER_ZH, page(ROBOT_ZH, "安全验证"), "a check for robots"),
    "Chinese login": (TEASER_ZH, page(LOGIN_ZH, "用户登录"), "a login page"),
    "Chinese soft 404": (TEASER_ZH, page(MISSING_ZH, "出错了"), "nothing any more"),
}


@pytest.mark.parametrize(("teaser", "html", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_stands_in_the_articles_place_is_refused(teaser: str, html: str, reason: str) -> None:
    before = article(teaser)
    after = complete(before, html, ADDRESS)
    assert after.html == before.html
    assert after.trail[0].name == "full text"
    assert after.trail[0].detail.startswith("the feed's own: the page is ")
    assert reason in after.trail[0].detail
    assert len(after.problems) == 1
    assert reason in after.problems[0]


KEPT = {
    "another text": (TEASER, page(OTHER), "does not contain it"),
    "another Chinese text": (TEASER_ZH, page(OTHER_ZH), "does not contain it"),
    "a front page that lists it": (
        TEASER,
        page(
            OTHER, after="<p>x</p>" * 12 + f"<div><h3>Ice closes harbour</h3><p>{TEASER}</p></div>"
        ),
        "does not contain it",
    ),
    "the same text": ("\n".join(ENGLISH), page(paragraphs(ENGLISH)), "no longer"),
    "less of it": ("\n".join(CHINESE), page(paragraphs(CHINESE[:3])), "no longer"),
    "nothing": (TEASER, "", "empty"),
    "no article": (
        TEASER,
        "<html><body><ul><li><a href=/>Home</a></ul></body></html>",
        "no article",
    ),
    "no text": (TEASER, "<html><head><title>x</title></head></html>", "the feed's own"),
}


@pytest.mark.parametrize(("teaser", "html", "reason"), KEPT.values(), ids=KEPT)
def test_the_feeds_own_stays_where_the_reader_misses_nothing(
    teaser: str, html: str, reason: str
) -> None:
    before = article(teaser)
    after = complete(before, html, ADDRESS)
    assert (after.html, after.base, after.problems) == (before.html, before.base, ())
    assert reason in after.trail[0].detail


FULL = page(paragraphs(ENGLISH))
FULL_ZH = page(paragraphs(CHINESE), "海冰封港", lang="zh-CN")
CONTAINED = {
    "as it is": (TEASER, FULL),
    "in capitals": (TEASER.upper(), FULL),
    "cut": (TEASER[:100] + "…", FULL),
    "cut with brackets": (TEASER[:100] + " [...]", FULL),
    "with a link": (TEASER + "\nRead more", FULL),
    "with a longer link": (TEASER[:90] + "... Continue reading Ice closes harbour →", FULL),
    "with WordPress's line": (
        TEASER + "\nThe post Ice closes harbour appeared first on The Paper.",
        FULL,
    ),
    "with other quotes and dashes": (TEASER.replace(",", " —").replace("'", "’"), FULL),
    "with a place before it": ("NORDVIK (Paper) – " + TEASER, FULL),
    "Chinese": (TEASER_ZH, FULL_ZH),
    "Chinese, cut": (TEASER_ZH[:40] + "……", FULL_ZH),
    "Chinese, with a link": (TEASER_ZH[:40] + "...[阅读全文]", FULL_ZH),
    "Chinese, half-width": (TEASER_ZH.replace("，", ",").replace("。", "."), FULL_ZH),
    "a few words": ("Ice.", FULL),
    "nothing but the title": ("", FULL),
    "only in the description": (
        "A frozen fjord, a late icebreaker, lessons over the radio: an island waits for its ferry.",
        page(
            paragraphs(ENGLISH),
            head='<meta name="description" content="A frozen fjord, a late icebreaker, lessons '
            'over the radio: an island waits for its ferry.">',
        ),
    ),
}


@pytest.mark.parametrize(("teaser", "html"), CONTAINED.values(), ids=CONTAINED)
def test_a_page_with_the_teaser_is_taken(teaser: str, html: str) -> None:
    title = "海冰封港" if html is FULL_ZH else "Ice closes harbour"
    after = complete(article(teaser, title), html, ADDRESS)
    assert after.trail[0].detail.startswith("the page's, ")
    assert after.base == ADDRESS
    assert not after.problems
    for text in ENGLISH if html is not FULL_ZH else CHINESE:
        assert text in after.html


def test_the_lengths_are_told() -> None:
    after = complete(article(), FULL, ADDRESS)
    length = len("\n".join(ENGLISH))
    assert after.trail[0].detail == f"the page's, {length} characters against {len(TEASER)}"


def test_a_long_article_may_speak_of_cookies_and_subscriptions() -> None:
    more = (
        *ENGLISH,
        "The mayor's web site asks visitors to accept cookies, which the ferry line calls absurd.",
        *(f"{number}. {text}" for number, text in enumerate(ENGLISH * 3)),
    )
    after = complete(article(), page(paragraphs(more), after=PAYWALL), ADDRESS)
    assert after.trail[0].detail.startswith("the page's, ")


def test_a_banner_on_an_articles_page_is_no_wall() -> None:
    after = complete(article(), page(paragraphs(ENGLISH), after=COOKIES), ADDRESS)
    assert after.trail[0].detail.startswith("the page's, ")
    assert "cookies" not in after.html


def test_a_page_that_is_not_free_by_its_own_words_is_a_preview() -> None:
    head = """<script type="application/ld+json">
    {"@type": "NewsArticle", "isAccessibleForFree": "False", "author": "Ida Holm"}</script>"""
    after = complete(article(), page(LEAD, head=head), ADDRESS)
    assert "paywall" in after.problems[0]
    assert after.authors == ("Ida Holm",)  # the page is the article's all the same


def test_an_invitation_to_comment_is_no_login() -> None:
    after = complete(
        article(), page(LEAD, after="<p>You must log in to post a comment.</p>"), ADDRESS
    )
    assert after.trail[0].detail.startswith("the page's, ")
