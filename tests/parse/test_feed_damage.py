"""Feeds that their authors broke, or somebody built to do harm."""

import contextlib
import resource
import time

import pytest

from aggregator.article import Article, Document, Origin
from aggregator.errors import ParseError
from aggregator.parse.feed import parse_feed


def articles(text: str) -> tuple[Article, ...]:
    return parse_feed(Document(name="f", body=text.encode(), url="https://example.org/f")).articles


def titles(text: str) -> list[str]:
    return [article.title for article in articles(text)]


RSS = "<rss><channel>{}</channel></rss>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff \n\n" + RSS.format("<item><title>a</title></item>"), ["a"]),
        ("<br />\n<b>Error</b>: x <?xml version='1.0'?><rss><item><title>a</title></item>", ["a"]),
        (RSS.format("<item><title>a\x08b</title></item>"), ["ab"]),
        (RSS.format("<item><title>caf&eacute;&nbsp;&hellip;</title></item>"), ["café …"]),
        (RSS.format("<item><title>AT&T &amp; R&D &bogus;</title></item>"), ["AT&T & R&D &bogus;"]),
        (RSS.format("<item><title>a < b</title></item><item><id>c</id></item>"), ["a < b", ""]),
        (RSS.format("<item><title>a ]]> b</title></item>"), ["a ]]> b"]),
        ("<rss><channel><item><title>a</title></item><item><title>b", ["a", "b"]),
        ("<rss><channel><item><title>a</title></item><item><title><![CDATA[b", ["a", "b"]),
        (RSS.format("<item><title>a</item><item><title>b</title></item>"), ["a", "b"]),
        (RSS.format("<item><title>a<link>x</link></item><item><id>b</id></item>"), ["a", ""]),
        (RSS.format("<item></b><title>a</title></item><item><title>b</title></item>"), ["a", "b"]),
    ],
)  # fmt: skip
def test_the_entries_that_are_there_are_read(text: str, expected: list[str]) -> None:
    assert titles(text) == expected


def test_html_that_nobody_escaped_stays_in_its_field() -> None:
    item = "<description>one<br>two &amp; <p>three</description><link>https://example.org/1</link>"
    article = articles(RSS.format(f"<item>{item}</item><item><title>b</title></item>"))[0]
    assert article.html == "one<br>two &amp; <p>three</p>"
    assert article.url == "https://example.org/1"


def test_the_source_survives_damage_elsewhere() -> None:
    item = '<item><title>a<source url="http://s.example/">S</source></item>'
    assert articles(RSS.format(item))[0].origin == Origin(title="S", feed_url="http://s.example/")


def test_what_had_to_be_guessed_is_a_problem_on_each_article() -> None:
    broken = articles(RSS.format("<item><title>a</item><item><title>b</title></item>"))
    mended = articles(RSS.format("<item><title>a&nbsp;& b</title></item>"))
    assert all("not well-formed XML" in article.problems[0] for article in broken)
    assert [article.problems for article in mended] == [()]


def test_references_survive_damage_elsewhere() -> None:
    text = RSS.format('<item x=1><link>https://example.org/?a=1&amp;b=2</link></item><item y="<">')
    assert articles(text)[0].url == "https://example.org/?a=1&b=2"


LAUGHS = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1000}">{LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">',
        '<!DOCTYPE rss [<!ENTITY % i SYSTEM "http://127.0.0.1:9/rss.dtd"> %i;]>',
    ],
)
def test_entities_are_never_expanded_or_fetched(doctype: str) -> None:
    text = f"<?xml version='1.0'?>{doctype}" + RSS.format("<item><title>a &i;</title></item>")
    assert titles(text) == ["a &i;"]


MANY = " ".join(f'a{number}="1"' for number in range(50_000))
ITEM = "<item><title>t</title>{}</item>"


@pytest.mark.parametrize(
    "text",
    [
        RSS.format(ITEM.format("<div>" * 50_000)),
        "<rss><channel>" + "<item><b>" * 5_000,
        "<rss><channel><item><title>" + "&" * 200_000,
        "<rss><channel><item><title>" + "<" * 200_000,
        "<rss>" + "<![CDATA[" * 200_000,
        "<rss>" + "<!--" * 200_000,
        "<?" * 200_000,
        "<!DOCTYPE [" * 100_000,
        RSS.format(ITEM.format("<author>" + "a@" * 200_000 + "</author>")),
        RSS.format(ITEM.format("<description>" + "\n \n" * 200_000 + "</description>")),
        RSS.format("<item><title>" + "&lt;b " * 200_000 + "</title></item>"),
        RSS.format("".join(f"<item><guid>a</guid><title>{n}</title></item>" for n in range(5_000))),
        RSS.format(
            f"<item {MANY}><title>t</title><description><b {MANY}>x</b></description></item>"
        ),
        '{"items":' + "[" * 200_000,
        '{"items":[{"id":' + "9" * 200_000 + "}]}",
    ],
    ids=lambda text: text[:40],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ParseError):
        articles(text)
    assert time.process_time() - started < 3  # measured: at most 0.4 s


def test_published_xml_bombs_end_fast(corpus) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for file in sorted((corpus / "security" / "xml-bombs").glob("*.xml")):
        started = time.process_time()
        with pytest.raises(ParseError):
            parse_feed(Document(name=file.name, body=file.read_bytes()))
        assert time.process_time() - started < 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
