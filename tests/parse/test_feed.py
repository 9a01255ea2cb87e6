"""What each element of a feed becomes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.article import Article, Companion, Document, Enclosure, Episode, Origin
from aggregator.errors import ParseError
from aggregator.parse.feed import parse_feed
from aggregator.parse.parsed import Parsed

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def read(text: str, url: str | None = "https://example.org/feed.xml") -> Parsed:
    return parse_feed(Document(name="feed.xml", body=text.encode(), url=url))


def rss(item: str, channel: str = "") -> Article:
    parsed = read(f"<rss {SPACES}><channel>{channel}<item>{item}</item></channel></rss>")
    return parsed.articles[0]


def atom(entry: str, feed: str = "", attributes: str = "") -> Article:
    start = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>'
    return read(f"{start}{feed}<entry>{entry}</entry></feed>").articles[0]


def test_a_whole_rss_item() -> None:
    article = rss(
        """<title>Rates</title><link>https://example.org/1</link>
        <guid isPermaLink="false">tag:example.org,2026:1</guid>
        <pubDate>Mon, 02 Mar 2026 10:00:00 +0800</pubDate>
        <dc:creator>Li Na</dc:creator><category>Banks</category><category>Money</category>
        <description>&lt;p&gt;Short&lt;/p&gt;</description>
        <content:encoded><![CDATA[<p>The whole of it</p>]]></content:encoded>
        <enclosure url="/a.mp3" type="audio/mpeg" length="123"/>
        <itunes:duration>01:02:03</itunes:duration><itunes:image href="/cover.jpg"/>
        <source url="https://other.example/rss">Other</source>"""
    )
    assert article == Article(
        uid="tag:example.org,2026:1",
        title="Rates",
        url="https://example.org/1",
        entry_id="tag:example.org,2026:1",
        base="https://example.org/1",
        authors=("Li Na",),
        published=datetime(2026, 3, 2, 2, tzinfo=UTC),
        categories=("Banks", "Money"),
        html="<p>The whole of it</p>",
        summary="<p>Short</p>",
        image="https://example.org/cover.jpg",
        enclosures=(
            Enclosure(
                url="https://example.org/a.mp3",
                media_type="audio/mpeg",
                length=123,
                duration=3723,
                episode=Episode(image="https://example.org/cover.jpg"),
            ),
        ),
        origin=Origin(title="Other", feed_url="https://other.example/rss"),
    )


def test_a_whole_atom_entry() -> None:
    article = atom(
        """<id>urn:x:1</id><title type="html">A &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title>
        <link rel="alternate" type="application/json" href="post.json"/>
        <link type="text/html" href="post"/><link rel="enclosure" href="a.mp4" type="video/mp4"/>
        <updated>2026-03-02T10:00:00Z</updated><author><name>Ann</name></author>
        <author><name>Bob</name></author><category term="t1" label="Label"/><category term="t2"/>
        <summary>a &lt; b</summary>
        <content type="xhtml" xml:base="deep/"><div xmlns="http://www.w3.org/1999/xhtml"><p>x<br/>
        </p></div></content>
        <source><title>Planet</title><id>urn:s</id><link href="http://s.example/"/>
        <link rel="self" href="http://s.example/atom"/><updated>2026-01-01T00:00:00Z</updated>
        </source>""",
        attributes='xml:base="https://example.org/blog/" xml:lang="en"',
    )
    assert article == Article(
        uid="urn:x:1",
        title="A <b> c",
        url="https://example.org/blog/post",
        entry_id="urn:x:1",
        base="https://example.org/blog/deep/",
        authors=("Ann", "Bob"),
        published=datetime(2026, 3, 2, 10, tzinfo=UTC),
        updated=datetime(2026, 3, 2, 10, tzinfo=UTC),
        categories=("Label", "t2"),
        html="<p>x<br>\n        </p>",
        summary="<p>a &lt; b</p>",
        language="en",
        enclosures=(Enclosure(url="https://example.org/blog/a.mp4", media_type="video/mp4"),),
        origin=Origin(
            title="Planet",
            url="http://s.example/",
            feed_url="http://s.example/atom",
            id="urn:s",
            updated=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )


def test_rdf_has_its_items_beside_the_channel() -> None:
    parsed = read(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>F</title><link>https://example.org/</link><dc:language>zh</dc:language>
        </channel><item rdf:about="https://example.org/1"><title>One</title><dc:subject>S</dc:subject>
        <dc:date>2026-03-02T10:00:00Z</dc:date></item></rdf:RDF>"""
    )
    article = parsed.articles[0]
    assert (parsed.title, parsed.url, parsed.language) == ("F", "https://example.org/", "zh")
    assert (article.uid, article.url, article.title) == (
        "https://example.org/1",
        "https://example.org/1",
        "One",
    )
    assert (article.categories, article.language) == (("S",), "zh")
    assert article.published == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_youtube_describes_and_pictures_in_a_media_group() -> None:
    article = rss(
        """<title>V</title><media:group><media:title>V</media:title>
        <media:content url="https://v.example/1" type="video/mp4" duration="61"/>
        <media:thumbnail url="https://v.example/1.jpg"/>
        <media:description>One &lt; two

        Three</media:description></media:group>"""
    )
    assert article.html == "<p>One &lt; two</p>\n<p>Three</p>"
    assert article.image == "https://v.example/1.jpg"
    assert article.enclosures == (
        Enclosure(url="https://v.example/1", media_type="video/mp4", duration=61),
    )


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("a &lt; b", "a < b"),
        ("&lt;b&gt;bold&lt;/b&gt; move", "bold move"),
        ("std::vector&lt;int&gt;", "std::vector<int>"),
        ("<![CDATA[R&D &#8211; now]]>", "R&D – now"),
        ("two\n  lines", "two lines"),
        ("in<b>line</b>", "inline"),
    ],
)
def test_an_rss_title_is_decoded_once(title: str, text: str) -> None:
    assert rss(f"<title>{title}</title>").title == text


@pytest.mark.parametrize(
    ("attributes", "title", "text"),
    [
        ("", "AT&amp;amp;T &lt;b&gt;", "AT&amp;T <b>"),
        ('type="html"', "AT&amp;amp;T &lt;b&gt;x&lt;/b&gt;", "AT&T x"),
        ('type="xhtml"', '<div xmlns="http://www.w3.org/1999/xhtml">a <i>b</i></div>', "a b"),
        ('mode="base64" type="text/html"', "PGI+eDwvYj4=", "x"),
    ],
)
def test_an_atom_title_says_what_it_is(attributes: str, title: str, text: str) -> None:
    assert atom(f"<title {attributes}>{title}</title>").title == text


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>/1</link>", "https://example.org/1"),
        ("<guid>https://example.org/2</guid>", "https://example.org/2"),
        ('<guid isPermaLink="false">https://example.org/2</guid>', None),
        ("<guid>17</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[</link>", None),
        ('<atom:link href="https://example.org/3"/>', "https://example.org/3"),
        (
            "<link>http://f.example/x</link><feedburner:origLink>https://o.example/</feedburner:origLink>",
            "https://o.example/",
        ),
    ],
)
def test_the_link_of_an_rss_item(item: str, url: str | None) -> None:
    assert rss(f"<title>t</title>{item}").url == url


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>ann@example.org (Ann Lee)</author>", "Ann Lee"),
        ("<author>Ann Lee &lt;ann@example.org&gt;</author>", "Ann Lee"),
        ("<author>ann@example.org</author>", "ann@example.org"),
        ("<author>ann@example.org</author><dc:creator>Ann</dc:creator>", "Ann"),
        ("<itunes:author>Ann</itunes:author>", "Ann"),
    ],
)
def test_an_author_is_a_name(author: str, name: str) -> None:
    assert rss(f"<title>t</title>{author}").authors == (name,)


def test_authors_come_from_the_source_then_from_the_feed() -> None:
    feed = "<author><name>Feed</name></author>"
    source = "<source><author><name>Source</name></author></source>"
    assert atom("<id>a</id>" + source, feed).authors == ("Source",)
    assert atom("<id>a</id>", feed).authors == ("Feed",)


@pytest.mark.parametrize(
    ("identifier", "entry_id"),
    [
        ("https://example.org/1", "https://example.org/1"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("17", None),
        ("https://example.org/é", None),
        ("Note: this", None),
    ],
)
def test_an_entry_id_is_a_uri(identifier: str, entry_id: str | None) -> None:
    article = atom(f"<id> {identifier} </id>")
    assert (article.uid, article.entry_id) == (identifier, entry_id)


def test_without_id_and_link_the_title_and_date_name_an_entry() -> None:
    one, other = "<title>a</title><pubDate>{}</pubDate>", "2 Mar 2026"
    assert rss(one.format(other)).uid == rss(one.format(other) + "<category>c</category>").uid
    assert rss(one.format(other)).uid != rss(one.format("3 Mar 2026")).uid


def test_one_id_on_different_entries_loses_none() -> None:
    parsed = read(
        "<rss><channel><item><guid>a</guid><title>1</title></item>"
        "<item><guid>a</guid><title>2</title></item><item><guid>a</guid><title>2</title></item>"
        "<item><guid>b</guid><title>3</title></item></channel></rss>"
    )
    assert [article.uid for article in parsed.articles] == ["a\n1", "a\n2", "b"]


def test_an_unreadable_date_is_a_problem() -> None:
    article = rss("<title>t</title><pubDate>soon</pubDate>")
    assert article.published is None
    assert article.problems == ("The date 'soon' cannot be read.",)


def test_a_date_without_zone_is_in_the_given_one() -> None:
    body = b"<rss><channel><item><pubDate>2026-03-02 10:00</pubDate></item></channel></rss>"
    zone = timezone(timedelta(hours=8))
    article = parse_feed(Document(name="f", body=body), zone).articles[0]
    assert article.published == datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("categories", "split"),
    [
        (["linux, kernel", "linux, gpu"], [("linux", "kernel"), ("linux", "gpu")]),
        (["Food, Drink", "Food, Drink"], [("Food, Drink",), ("Food, Drink",)]),
    ],
)
def test_comma_lists_are_split_where_the_feed_means_it(
    categories: list[str], split: list[tuple[str, ...]]
) -> None:
    items = "".join(
        f"<item><guid>{number}</guid><category>{category}</category></item>"
        for number, category in enumerate(categories)
    )
    parsed = read(f"<rss><channel>{items}</channel></rss>")
    assert [article.categories for article in parsed.articles] == split


FILE = '<enclosure url="/a.mp3" type="audio/mpeg"/>'


def test_all_that_a_podcast_says_of_an_episode() -> None:
    item = rss(
        f"""{FILE}<itunes:explicit>Yes</itunes:explicit><itunes:season>2</itunes:season>
        <itunes:episode> 13 </itunes:episode><itunes:episodeType>Bonus</itunes:episodeType>
        <itunes:image href="/13.jpg"/>
        <podcast:chapters url="/13.json" type="application/json+chapters"/>
        <podcast:transcript url="/13.vtt" type="text/VTT" language="de"/>
        <podcast:transcript url="/13.srt" type="application/srt" rel="captions"/>"""
    )
    assert item.enclosures == (
        Enclosure(
            url="https://example.org/a.mp3",
            media_type="audio/mpeg",
            episode=Episode(
                number=13,
                season=2,
                kind="bonus",
                explicit=True,
                image="https://example.org/13.jpg",
                chapters=Companion(
                    url="https://example.org/13.json", media_type="application/json+chapters"
                ),
                transcripts=(
                    Companion(
                        url="https://example.org/13.vtt", media_type="text/vtt", language="de"
                    ),
                    Companion(url="https://example.org/13.srt", media_type="application/srt"),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("said", "episode"),
    [
        ("<itunes:explicit>clean</itunes:explicit>", Episode(explicit=False)),
        ("<itunes:explicit>TRUE</itunes:explicit>", Episode(explicit=True)),
        ("<itunes:explicit>maybe</itunes:explicit>", None),
        ("<itunes:episode>0</itunes:episode>", None),
        ("<itunes:episode>-1</itunes:episode>", None),
        (f"<itunes:episode>{'9' * 5000}</itunes:episode>", None),
        ("<itunes:season>two</itunes:season>", None),
        ("<itunes:episodeType>live</itunes:episodeType>", None),
        ("<podcast:episode>3.5</podcast:episode>", None),
        ("<podcast:season name='One'>1</podcast:season>", Episode(season=1)),
        ('<podcast:chapters url="javascript:alert(1)"/>', None),
        ('<podcast:chapters url="http://[/"/><podcast:transcript/>', None),
        ('<itunes:image href="file:///etc/passwd"/>', None),
        (
            '<podcast:transcript url="/t" type="text/html"/>' * 3,
            Episode(
                transcripts=(Companion(url="https://example.org/t", media_type="text/html"),),
            ),
        ),
    ],
)
def test_what_makes_no_sense_is_not_said(said: str, episode: Episode | None) -> None:
    assert rss(FILE + said).enclosures[0].episode == episode


def test_the_namespace_that_podcasts_had_first() -> None:
    space = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    chapters = f'<p:chapters xmlns:p="{space}" url="/c"/>'
    assert rss(FILE + chapters).enclosures[0].episode == Episode(
        chapters=Companion(url="https://example.org/c")
    )


def test_an_episode_is_the_first_file_that_is_played() -> None:
    picture = '<enclosure url="/a.jpg" type="image/jpeg"/>'
    said = "<itunes:duration>61</itunes:duration><itunes:episode>1</itunes:episode>"
    files = rss(picture + FILE + FILE.replace("a.mp3", "b.mp3") + said).enclosures
    assert [file.duration for file in files] == [None, 61, None]
    assert [file.episode for file in files] == [None, Episode(number=1), None]


def test_without_a_file_there_is_no_episode() -> None:
    assert rss("<itunes:episode>1</itunes:episode>").enclosures == ()


def test_media_rss_completes_an_enclosure() -> None:
    item = rss(
        """<enclosure url="/v" type="video/mp4" length="9"/>
        <media:content url="/v" medium="video" width="640" height="360" duration="61"/>
        <media:content url="/w" medium="video" width="-1" height="1e9"/>"""
    )
    assert item.enclosures == (
        Enclosure(
            url="https://example.org/v",
            media_type="video/mp4",
            length=9,
            duration=61,
            medium="video",
            width=640,
            height=360,
        ),
        Enclosure(url="https://example.org/w", media_type="video/*", medium="video"),
    )


@pytest.mark.parametrize("duration", ["1:2:3:4", "soon", "", "-5"])
def test_a_duration_that_is_none(duration: str) -> None:
    file = '<enclosure url="/a" type="audio/x" length="?"/>'
    item = rss(f"{file}<itunes:duration>{duration}</itunes:duration>")
    assert item.enclosures == (Enclosure(url="https://example.org/a", media_type="audio/x"),)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "feed.xml: the document is empty"),
        (b" \n", "feed.xml: the document is empty"),
        (b"<!DOCTYPE html><html><p>Hi", "this is a web page, not a feed"),
        (b"<opml><body/></opml>", "this is an OPML list of feeds"),
        (b"<urlset/>", "this is a sitemap"),
        (b"just words", "it begins with 'just words'"),
        (b"{", "no readable JSON"),
        (b'{"a": 1}', "not a JSON Feed"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_feed(Document(name="feed.xml", body=body))


@pytest.mark.parametrize(
    "body", ["<rss><channel><title>F</title></channel></rss>", '{"items": []}']
)
def test_a_feed_without_entries_has_no_articles(body: str) -> None:
    assert read(body).articles == ()


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16", "utf-8"])
def test_characters_are_read_as_declared(encoding: str) -> None:
    item = "<item><title>中文標題</title></item>"
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss><channel>{item}</channel></rss>'
    body = text.encode(encoding)
    assert parse_feed(Document(name="f", body=body)).articles[0].title == "中文標題"
