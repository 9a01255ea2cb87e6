"""What holds for every feed: bad ones raise ParseError at most, good ones are read back."""

import contextlib
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from feedgen.feed import FeedGenerator
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.article import Article, Document
from aggregator.errors import ParseError
from aggregator.parse.feed import parse_feed
from aggregator.parse.feed_text import web_address
from aggregator.parse.mojibake import mend

SEED = b"""<?xml version="1.0"?><rss xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>F</title><link>https://example.org/</link><item><guid>1</guid><title>a &amp; b</title>
<description><![CDATA[<p>x</p>]]></description><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>
<author>a@b.c (D)</author><media:content url="u" medium="image"/></item><item><title>b</title>
<enclosure url="/x" length="1" type="a/b"/></item></channel></rss>"""
SCRAPS = st.sampled_from(
    [b"<", b">", b"&", b"<![CDATA[", b"]]>", b"</item>", b"<item>", b'"', b"<!--", b"\x00", b"\xff",
     b"<entry", b"<a:b ", b"xmlns=''", b"&#xD800;", b"<o:1>", b"<?x"]
)  # fmt: skip
# What looks broken by a wrong character set is mended, which has tests of its own.
LINES = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40
    )
    .map(lambda text: " ".join(text.split()) or "x")
    .filter(lambda text: mend(text) == (text, ""))
)


def parse_or_refuse(body: bytes) -> None:
    articles: tuple[Article, ...] = ()
    with contextlib.suppress(ParseError):
        articles = parse_feed(Document(name="f", body=body, url="https://example.org/f")).articles
    assert len({article.uid for article in articles}) == len(articles)
    assert all(article.uid for article in articles)


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    parse_or_refuse(body)


@given(st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 20), SCRAPS), max_size=6))
def test_any_damage(cuts: list[tuple[int, int, bytes]]) -> None:
    body = SEED
    for at, length, scrap in cuts:
        body = body[:at] + scrap + body[at + length :]
    parse_or_refuse(body)


@settings(max_examples=50)
@given(
    title=LINES,
    html=LINES,
    author=LINES,
    tags=st.lists(LINES, max_size=3, unique=True),
    published=st.integers(10**8, 4 * 10**9),
)
def test_a_written_feed_is_read_back(
    title: str, html: str, author: str, tags: list[str], published: int
) -> None:
    moment = datetime.fromtimestamp(published, UTC)
    feed = FeedGenerator()
    feed.id("https://example.org/")
    feed.title("F")
    feed.link(href="https://example.org/")
    feed.description("d")
    entry = feed.add_entry()
    entry.id("urn:x:1")
    entry.title(title)
    entry.link(href="https://example.org/1")
    entry.author(name=author)
    entry.content(f"<p>{html}</p>", type="html")
    entry.category([{"term": tag} for tag in tags])
    entry.published(moment)
    entry.updated(moment)
    body = feed.atom_str()
    assert parse_feed(Document(name="f", body=body)).articles == (
        Article(
            uid="urn:x:1",
            title=title,
            url="https://example.org/1",
            entry_id="urn:x:1",
            base="https://example.org/1",
            authors=(author,),
            published=moment,
            updated=moment,
            categories=tuple(tags),
            html=f"<p>{html}</p>",
        ),
    )


ADDRESSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", "https:", ""]),
    st.sampled_from(["www.example.org", "example", "b.example:80", "[", ""]),
    st.text("/.a%~-é", max_size=6),
    st.text("?#;&=a/", max_size=4),
)


@given(ADDRESSES)
def test_an_address_is_what_it_is_seen_from_its_feed(address: str) -> None:
    base = "https://www.example.org/feed/"
    try:
        joined = urljoin(base, address)
        expected = joined if address and urlsplit(joined).hostname else None
    except ValueError:
        expected = None
    assert web_address(address, base) == expected
