"""One file, one article."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.article import Article, Document, Enclosure
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.parse.frontmatter import split
from aggregator.parse.post import parse_post


def read(text: str | bytes, name: str = "post.md", media_type: str = "text/markdown") -> Article:
    body = text.encode() if isinstance(text, str) else text
    (article,) = parse(Document(name=name, body=body, media_type=media_type)).articles
    return article


def with_fields(lines: str) -> Article:
    return read(f"---\ntitle: A\n{lines}\n---\nBody\n")


POST = """
---
title: 'A headline'
categories:\x20
 - Money
 - [News, Home]
 - A, B
tags: [money, Linux, 'ＬＩＮＵＸ']
headimg: 'https://img.example/a.jpg'
author: The Paper
date: Tue, 05 Apr 2022 14:45:17 GMT
updated: 2022-04-06
permalink: /2022/a/
lang: zh_CN
---

<div>\x20\x20
<p>　　First.</p>

    <p>Indented &amp; whole.</p>
<!-- more -->

<style>a&#123;b&#125;</style>
　　<p>Last <code>&#123;&#123; x &#125;&#125;</code></p>
</div>
"""


@pytest.mark.parametrize("media_type", ["text/markdown", "text/plain", "text/html"])
def test_a_generators_post(media_type):
    article = read(POST, media_type=media_type)
    assert article.uid == "post.md"
    assert article.title == "A headline"
    assert article.categories == ("Money", "News", "Home", "A, B", "Linux")
    assert article.category_paths == (("News", "Home"),)
    assert article.image == "https://img.example/a.jpg"
    assert article.authors == ("The Paper",)
    assert article.published == datetime(2022, 4, 5, 14, 45, 17, tzinfo=UTC)
    assert article.updated == datetime(2022, 4, 6, tzinfo=UTC)
    assert article.url == "/2022/a/"
    assert article.language == "zh-CN"
    assert article.html.count("<p>") == 3
    assert "    <p>Indented &amp; whole.</p>" in article.html
    assert "<style>a{b}</style>" in article.html
    assert "<code>{{ x }}</code>" in article.html
    assert "First" in article.summary
    assert "Last" not in article.summary
    assert article.problems == ()


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ("authors: Ann, Bob and Cy", "authors", ("Ann", "Bob", "Cy")),
        ("author: Ann, Bob", "authors", ("Ann, Bob",)),
        ("authors:\n- name: Ann\n- Bob\n- ann", "authors", ("Ann", "Bob")),
        ("category: Arts, Letters", "categories", ("Arts, Letters",)),
        ("tags: a, b，c、d", "categories", ("a", "b", "c", "d")),
        ("categories:\n- A: B", "categories", ("A: B",)),
        ("taxonomies: {tags: [x], categories: [y]}", "categories", ("y", "x")),
        ("tags: [2020, no, ~, 1e3]", "categories", ("2020", "no", "1e3")),
        ("link: https://a.example/?a=1&copy=2&amp;b", "url", "https://a.example/?a=1&copy=2&b"),
        ("permalink: /:year/:title/", "url", None),
        ("permalink: 2020/x/", "url", None),
        ("url: javascript:alert(1)", "url", None),
        ("cover: {image: a/b.png, alt: words}", "image", "a/b.png"),
        ("images: [{src: /c.jpg}, /d.jpg]", "image", "/c.jpg"),
        ("thumbnail: false\nbanner: /e.jpg", "image", "/e.jpg"),
        ("draft: true", "draft", True),
        ("published: false", "draft", True),
        ("status: Draft", "draft", True),
        ("published: true", "draft", False),
        ("language: 中文", "language", None),
        ("excerpt: Some  words", "summary", "Some words"),
        ("excerpt: true\ndescription: Words", "summary", "Words"),
        ("published: 2020-01-02", "published", datetime(2020, 1, 2, tzinfo=UTC)),
        ("Last-Modified-At: 2020-01-02", "updated", datetime(2020, 1, 2, tzinfo=UTC)),
        ("audio: /a.mp3", "enclosures", (Enclosure(url="/a.mp3"),)),
        (
            "enclosure: {url: 'https://a.example/a.mp3', type: audio/mpeg, length: 12}",
            "enclosures",
            (Enclosure(url="https://a.example/a.mp3", media_type="audio/mpeg", length=12),),
        ),
    ],
)
def test_the_words_of_front_matter(lines, field, value):
    assert getattr(with_fields(lines), field) == value


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Ben &amp; Co", "Ben & Co"),
        ("'&amp;lt;b&amp;gt;'", "&lt;b&gt;"),
        ("AT&T &copy no", "AT&T &copy no"),
        ("'&#123;x&#125;'", "{x}"),
        ('"two\\n lines"', "two lines"),
        ("2020", "2020"),
    ],
)
def test_titles_are_one_line_with_entities_decoded_once(written, title):
    assert read(f"---\ntitle: {written}\n---\nBody\n").title == title


@pytest.mark.parametrize(
    ("text", "name", "title", "html"),
    [
        ("# Head *line*\n\nText\n", "a.md", "Head line", "<p>Text</p>"),
        ("Text\n\n# Below\n", "a.md", "Below", "<p>Text</p>\n<h1>Below</h1>"),
        ("Head\n====\nText\n", "a.md", "Head", "<p>Text</p>"),
        ("<div><h1>Head</h1><p>Text</p></div>", "a.html", "Head", "<div><p>Text</p></div>"),
        ("Text\n", "x/2020-01-02-some-title.md", "some title", "<p>Text</p>"),
        ("Text\n", "x/my_post/index.md", "my post", "<p>Text</p>"),
        ("Text\n", "2020-01-02.md", "2020 01 02", "<p>Text</p>"),
        ("# Only\n", "a.md", "Only", ""),
        ("---\ntitle: A\n---\n# A\n", "a.md", "A", "<h1>A</h1>"),
    ],
)
def test_a_title_is_found(text, name, title, html):
    article = read(text, name=name)
    assert (article.title, article.html.strip()) == (title, html)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("2020-01-02-x.md", ""),
        ("2020-01-02-x/index.md", ""),
        ("x.md", "path: 2020/01/02/x"),
        ("x.md", "date: 2020-01-02 00:00"),
        ("2019-12-31-x.md", "date: 2020-01-02"),
    ],
)
def test_a_date_is_found_in_the_zone_of_the_source(name, lines):
    shanghai = ZoneInfo("Asia/Shanghai")
    document = Document(name=name, body=f"---\ntitle: A\n{lines}\n---\nBody".encode())
    (article,) = parse_post(document, shanghai).articles
    assert article.published == datetime(2020, 1, 2, tzinfo=shanghai)


def test_a_bad_date_is_a_problem_and_no_more():
    article = with_fields("date: Invalid Date")
    assert (article.title, article.published) == ("A", None)
    assert article.problems == ("The date 'Invalid Date' is none.",)


PAGE = """<!DOCTYPE html><html lang=en><head><title>Head &amp; line | My site</title>
<meta property="og:image" content="/i.png"><meta name="author" content="Ann">
<meta name="tags" content="x, y"><meta property="article:published_time" content="2020-01-02">
<link rel=canonical href="https://a.example/p"></head>
<body class=x><h1>Head &amp; line</h1><p>Text</p></body></html>"""


def test_a_whole_page_speaks_through_its_head():
    article = read(PAGE, "p.html", "text/html")
    assert (article.title, article.html) == ("Head & line", "<p>Text</p>")
    assert (article.authors, article.categories) == (("Ann",), ("x", "y"))
    assert (article.image, article.url) == ("/i.png", "https://a.example/p")
    assert (article.published, article.language) == (datetime(2020, 1, 2, tzinfo=UTC), "en")


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**a** <b>c</b>\n", "<p><strong>a</strong> <b>c</b></p>"),
        ("<div>\n\n**a**\n\n</div>", "<div>\n<p><strong>a</strong></p>\n</div>"),
        ("<p>a</p>\n\n**b**\n", "<p>a</p>\n<p><strong>b</strong></p>"),
        ("<p>a\n\n<p>*b*\n", "<p>a\n\n<p>*b*"),
        ("<!-- c -->\n<hr>\n\n    <p>a</p>", "<!-- c -->\n<hr>\n\n    <p>a</p>"),
        ("a {% raw %}{{ b }}{% endraw %}", "<p>a {{ b }}</p>"),
        ("`{% raw %}`", "<p><code>{% raw %}</code></p>"),
        ("see {% post_link a-b 'the other' %}.", "<p>see the other.</p>"),
        ('{{< figure src="/a.png" alt="x" >}}', '<img src="/a.png" alt="x">'),
        ("{% note %}\nb\n{% endnote %}", "<p>b</p>"),
        ("b{{% notice %}}c{{% /notice %}}", "<p>bc</p>"),
        (
            "{% highlight ruby %}\na < b\n\n    c\n{% endhighlight %}",
            '<pre><code class="language-ruby">a &lt; b\n\n    c</code></pre>',
        ),
        ("```\n&#123;%\n```", "<pre><code>{%\n</code></pre>"),
        ("a\n\n| b |\n|---|\n| ~~c~~ |", "<td><s>c</s></td>"),
    ],
)
def test_markdown_html_and_templates(body, html):
    assert html in read(f"---\ntitle: A\n---\n{body}").html


def test_plain_text_is_escaped_paragraphs():
    article = read("a < *b*\nc\n\n\nd\n", "note.txt", "text/plain")
    assert article.html == "<p>a &lt; *b*<br>\nc</p>\n<p>d</p>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "neither a title nor a text"),
        (b"---\ndate: 2020-01-02\n---\n \n", "neither a title nor a text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0", "binary data, not a text"),
    ],
)
def test_what_is_no_article_is_refused_by_name(body, reason):
    with pytest.raises(ParseError, match=f"^a/b.md: {reason}$"):
        read(body, "a/b.md")


def test_a_text_too_long_for_markdown_is_still_read():
    article = read("[" * 300_000)
    assert article.problems == ("Too long to read as Markdown (300000 characters).",)
    assert "[[[[" in article.html


pieces = st.sampled_from(
    [
        *(
            "---\n",
            "+++\n",
            "title: ",
            "date: ",
            "- ",
            "<div>",
            "</div>",
            "\n\n",
            "{% raw %}",
            "{{",
        ),
        *(
            "}}",
            "<h1>",
            "</h1>",
            "<!--",
            "-->",
            "<html>",
            "<head>",
            "<title>",
            "<meta name=date a=",
        ),
        *("'", "```\n", "&#x110000;", "&#0;", "\r", "\u3000", "[a](b)", "images: "),
        '{"title": "\\ud800"}\n',
    ]
)


@given(
    st.binary() | st.lists(pieces | st.text(max_size=9)).map(lambda parts: "".join(parts).encode()),
    st.sampled_from(["text/markdown", "text/html", "text/plain"]),
    st.text(min_size=1),
)
def test_nothing_but_parse_errors_ever_comes_out(body, media_type, name):
    try:
        (article,) = parse_post(Document(name=name, body=body, media_type=media_type)).articles
    except ParseError as raised:
        error = str(raised)
    else:
        error = f"{article.uid}: "
        (article.title + article.html + article.summary).encode()
    assert error.startswith(f"{name}: ")


MEDIA_TYPES = {".html": "text/html", ".txt": "text/plain"}


def every_file(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "LICENSE":
            name = path.relative_to(folder).as_posix()
            media_type = MEDIA_TYPES.get(path.suffix, "text/markdown")
            yield Document(name=name, body=path.read_bytes(), media_type=media_type)


def test_the_posts_made_from_feeds(corpus):
    problems, broken, whole = Counter(), 0, 0
    for document in every_file(corpus / "posts" / "derived"):
        (article,) = parse_post(document).articles
        assert article.title
        assert article.image
        assert article.html.startswith("<div>")
        assert article.html.rstrip().endswith("</div>")
        kinds = {
            "recovered": "line by line",
            "date": "The date",
            "characters": "broken before it came",
        }
        problems.update(kind for kind, word in kinds.items() if word in " ".join(article.problems))
        if "line by line" in " ".join(article.problems):
            broken += 1
            folders = {folder.replace("\r", "").casefold() for folder in document.name.split("/")}
            whole += bool(article.published) and len(article.categories) >= len(folders) - 2
    assert problems == {"recovered": 49, "date": 3, "characters": 2}
    assert whole >= 0.95 * broken


@pytest.mark.parametrize(
    ("folder", "articles", "refused", "dated"),
    [
        ("hexo-site", 466, 0, 58),
        ("rust-blog", 754, 1, 751),
        ("lib-gray-matter", 27, 1, 0),
        ("lib-python-frontmatter", 11, 0, 0),
        ("lib-hexo-front-matter", 1, 0, 0),
    ],
)
def test_real_blogs(corpus, folder, articles, refused, dated):
    found, errors = [], []
    for document in every_file(corpus / "posts" / folder):
        try:
            found.extend(parse_post(document).articles)
        except ParseError as error:
            errors.append(str(error))
    assert (len(found), len(errors)) == (articles, refused)
    assert all(article.title for article in found)
    assert sum(article.published is not None for article in found) == dated


def test_the_front_matter_of_two_thousand_posts_is_whole(corpus):
    fronts = [split(document.body.decode()) for document in every_file(corpus / "posts" / "yihui")]
    assert len(fronts) == 2047
    assert all("title" in front.fields and not front.problems for front in fronts)


def test_the_first_post_of_all(corpus):
    (path,) = (corpus / "seed").iterdir()
    article = read(path.read_bytes(), path.name, "text/plain")
    assert article.title == "吉林省委书记景俊海：紧盯社会面清零目标不放松"
    assert article.categories == ("金融", "新浪财经", "新浪财经－国內")
    assert article.authors == ("新浪财经",)
    assert article.published == datetime(2022, 4, 5, 14, 45, 17, tzinfo=UTC)
    assert article.image.endswith("bb84-88351a7db81cea84888fdb59cb6350b4.jpg")
    assert article.html.count("<p>　　") == 5
    assert article.html.count("sinakd20220405s") == 2
    assert "{border:1px solid" in article.html
    assert article.problems == ()
