"""Everything of an article that is plain text, and its addresses."""

import pytest

from aggregator.article import Article, Companion, Enclosure, Episode
from aggregator.clean import Recipe, clean
from aggregator.clean.characters import legal
from aggregator.clean.urls import absolute, without_tracking

NOTHING = Recipe()


def words(html: str) -> str:
    return clean(Article(uid="1", html=html), NOTHING).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>　　来源：彩练</p><p>一<b>二</b>\n三</p>", "来源：彩练\n一二 三"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<p>x<sup>2</sup> ﬁ e\u0301<br>y</p>", "x2 ﬁ é\ny"),
        ("so\u00adft &amp;lt; <a title='>' href=http://e.org>l</a>", "soft &lt; l"),
        ('<img src="http://e.org/a" alt="not text">', ""),
    ],
)
def test_text(html: str, text: str) -> None:
    assert words(html) == text


def test_what_may_not_go_on_is_found_in_text_that_may() -> None:
    ends = [plane << 16 | end for plane in range(17) for end in (0xFFFE, 0xFFFF)]
    controls = [*range(9), 11, 12, *range(14, 32), *range(0x7F, 0xA0)]
    forbidden = [*controls, *range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), *ends]
    for character in map(chr, forbidden):
        assert legal(f"中\n\u3000{character}\xa0") == "中\n\u3000\xa0"
    assert legal("中\r\nй\r") == "中\nй\n"


def test_text_depends_on_neither_markup_nor_pictures() -> None:
    plain = "<p>One two.</p><p>Three.</p>"
    rich = '<div><p>One <em>two</em>.</p></div><img src="http://e.org/?t=1"><div>Three.</div>'
    assert words(plain) == words(rich)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&T", "AT&T"),
        ("a &amp;#123; b", "a { b"),
        ("Generic <T> types", "Generic <T> types"),
        (" two\n lines\x00 ", "two lines"),
        ("", "First line of it"),
    ],
)
def test_title(title: str, expected: str) -> None:
    article = Article(uid="1", title=title, html="<p>First line of it</p><p>second</p>")
    assert clean(article, NOTHING).title == expected


LONG = "Dr. No paid 3.5 million in the U.S. for it, e.g. in May. " + "Next one is here! " * 20


@pytest.mark.parametrize(
    ("given", "html", "expected"),
    [
        ("<p>Given &amp;amp; kept [&#8230;]</p>", "<p>x</p>", "Given & kept"),
        ("Use vector<int>. Read more…", "", "Use vector<int>."),
        ("The Title", "<h1>The Title</h1><p>来源：彩练新闻</p><p>Body.</p>", "Body."),
        ("", "<p>来源：彩练新闻</p>", "来源：彩练新闻"),
        ("", f"<p>{LONG}</p>", (LONG[:57] + "Next one is here! " * 12).strip()),
        ("", "央行降准。" + "很" * 200 + "。", "央行降准。"),
        ("", "word " * 100, "word " * 55 + "word…"),
        ("", "👩‍🚀" * 200, None),
        ("A text cut in a tag <img src='http", "", "A text cut in a tag"),
    ],
)
def test_summary(given: str, html: str, expected: str | None) -> None:
    summary = clean(Article(uid="1", title="The Title", html=html, summary=given), NOTHING).summary
    if expected is None:
        assert summary.rstrip("…").replace("👩‍🚀", "") == ""
    else:
        assert summary == expected


@pytest.mark.parametrize(
    ("declared", "recipe", "text", "expected"),
    [
        ("zh_CN", None, "x", "zh-CN"),
        ("en-us", None, "x", "en-US"),
        ("ZH-hant-tw", None, "x", "zh-Hant-TW"),
        ("de_DE.UTF-8", None, "x", "de-DE"),
        ("english", "EN", "x", "en"),
        (None, None, "央行今天宣布降准", "zh"),
        (None, None, "今日は銀行へ行きます", "ja"),
        (None, None, "안녕하세요 여러분", "ko"),
        (None, None, "Καλημέρα κόσμε", "el"),
        (None, None, "שלום עולם", "he"),
        (None, None, "Привет, мир", None),
        (None, None, "Bonjour 東京", None),
    ],
)
def test_language(
    declared: str | None, recipe: str | None, text: str, expected: str | None
) -> None:
    article = Article(uid="1", html=text, language=declared)
    assert clean(article, Recipe(language=recipe)).language == expected


@pytest.mark.parametrize(
    ("image", "html", "expected"),
    [
        ("/lead.jpg", "", "https://e.org/lead.jpg"),
        (
            "https://picsum.photos/9",
            "<img src=/emoji/1.png><img src=i.png width=16><img src=/a.jpg>",
            "https://e.org/a.jpg",
        ),
        (None, "<p>none</p>", None),
        ("data:image/png;base64,x", "", None),
    ],
)
def test_lead_image(image: str | None, html: str, expected: str | None) -> None:
    article = Article(uid="1", url="https://e.org/p/", html=html, image=image)
    assert clean(article, Recipe(drop_images=("https://picsum.photos/*",))).image == expected


def test_addresses_and_labels() -> None:
    article = Article(
        uid="1",
        url="https://e.org/p?utm_source=x&id=1",
        authors=(" Ann\n B ", "ann b", ""),
        categories=("ＡＩ", "ai", "\x00News"),
        category_paths=((" a ", ""), ("",)),
        enclosures=(Enclosure(url="/a.mp3?utm_x=signed"), Enclosure(url="file:///etc/passwd")),
    )
    found = clean(article, NOTHING)
    assert found.url == "https://e.org/p?id=1"
    assert found.authors == ("Ann B",)
    assert found.categories == ("ＡＩ", "News")
    assert found.category_paths == (("a",),)
    assert found.enclosures == (Enclosure(url="https://e.org/a.mp3?utm_x=signed"),)


def test_what_goes_with_an_episode_has_an_address_or_goes() -> None:
    said = Episode(
        number=1,
        image="/cover one.jpg",
        chapters=Companion(url="javascript:alert(1)"),
        transcripts=(Companion(url="data:text/plain,x"), Companion(url="a.vtt", language="de")),
    )
    article = Article(
        uid="1", url="https://e.org/p", enclosures=(Enclosure(url="/a.mp3", episode=said),)
    )
    (file,) = clean(article, NOTHING).enclosures
    assert file.episode == Episode(
        number=1,
        image="https://e.org/cover%20one.jpg",
        transcripts=(Companion(url="https://e.org/a.vtt", language="de"),),
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a b.html", "https://e.org/d/a%20b.html"),
        ("//x.org/y", "https://x.org/y"),
        ("?q", "https://e.org/d/c?q"),
        ("HTTP://X.org", "http://X.org"),
        ("https://例子.测试/路", "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("  https://x.org/\n a ", "https://x.org/%20a"),
        ("javascript:alert(1)", None),
        ("data:image/png,x", None),
        ("https://1.2.3.4.5/", None),
        ("https://x.org:99999/", None),
        ("https://[bad/", None),
        ("https:///", None),
        ("", None),
    ],
)
def test_absolute(address: str, expected: str | None) -> None:
    assert absolute(address, "https://e.org/d/c") == expected
    assert expected is None or absolute(expected, None) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://e.org/?a=%20&&utm_id=1&b", "https://e.org/?a=%20&&b"),
        ("https://e.org/?utm_id=1", "https://e.org/"),
        ("https://e.org/?FBCLID=1#x", "https://e.org/#x"),
        ("https://e.org/p#utm_source=rss", "https://e.org/p"),
        ("https://e.org/?outm_x=1", "https://e.org/?outm_x=1"),
    ],
)
def test_without_tracking(address: str, expected: str) -> None:
    assert without_tracking(address) == expected


def test_a_summary_is_running_text_without_listings_tables_and_notes() -> None:
    html = (
        "<h2>Method</h2><p>Three corrections are due.<sup><a href='https://e.example/#n1'>1</a></sup>"
        "</p><pre>1 | 2\n| 3</pre><figure><img src='https://e.example/a.png' alt=''><figcaption>"
        "The plate.</figcaption></figure><table><tr><td>4</td></tr></table><p>Then read it.</p>"
    )
    found = clean(Article(uid="u", title="Sundial", html=html), Recipe())
    assert found.summary == "Three corrections are due. Then read it."
    assert "1 | 2 | 3" in " ".join(found.text.split())


def test_a_summary_of_a_listing_alone_is_better_than_none() -> None:
    assert clean(Article(uid="u", title="T", html="<pre>make all</pre>"), Recipe()).summary == (
        "make all"
    )


def test_paragraphs_of_chinese_are_joined_without_a_space() -> None:
    found = clean(Article(uid="u", title="篮", html="<p>不用尺。</p><p>也不用笔。</p>"), Recipe())
    assert found.summary == "不用尺。也不用笔。"
