import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.lists.discover import (
    common_places,
    feeds_in,
    is_challenge,
    looks_like_feed,
    looks_like_page,
)

PAGE = "https://site.example/2024/05/a-post/"

RSS = 'rel="alternate" type="application/rss+xml"'
ATOM = 'rel="alternate" type="application/atom+xml"'

# Style of the site, what it says, and the feed that is right ("" when there is none).
HEADS = {
    "WordPress, a post": (
        f'<link {RSS} title="Site &raquo; Feed" href="https://site.example/feed/" />'
        f'<link {RSS} title="Site &raquo; Comments Feed" href="/comments/feed/" />'
        f'<link {RSS} title="Site &raquo; A post Comments Feed" href="{PAGE}feed/" />'
        '<link rel="alternate" type="application/json+oembed" href="/wp-json/o" />'
        '<link rel="alternate" type="text/xml+oembed" href="/wp-json/o?format=xml" />'
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1" />',
        "https://site.example/feed/",
    ),
    "WordPress, comments first, in Portuguese": (
        f'<link {RSS} title="Feed de comentários para Site" href="/comments/feed/">'
        f'<link {RSS} title="Feed para Site" href="/feed/">',
        "https://site.example/feed/",
    ),
    "WordPress, a category": (
        f'<link {RSS} title="Site &raquo; News Category Feed" href="/category/news/feed/">'
        f'<link {RSS} title="Site &raquo; Feed" href="/feed/">',
        "https://site.example/feed/",
    ),
    "WordPress in Chinese": (
        f'<link {RSS} title="某站 &raquo; 评论 Feed" href="/comments/feed">'
        f'<link {RSS} title="某站 &raquo; Feed" href="/feed">',
        "https://site.example/feed",
    ),
    "WordPress with a plugin's feed first": (
        f'<link {RSS} title="Site &raquo; Board feed" href="/wp-content/plugins/board/rss.php">'
        f'<link {RSS} title="Site &raquo; Feed" href="/feed/">',
        "https://site.example/feed/",
    ),
    "a post's comments in the head, the feed in the body": (
        f'<link {RSS} title="A post" href="{PAGE}feed/"></head><body><a href="/feed/">RSS</a>',
        "https://site.example/feed/",
    ),
    "a magazine named Commentary": (
        f'<link {RSS} title="Other" href="/other.xml?s=1">'.replace("?s=1", "?cat=2")
        + f'<link {RSS} title="Commentary Magazine" href="/feed/">',
        "https://site.example/feed/",
    ),
    "Hugo, a section": (
        f"<link {RSS} href=https://site.example/posts/index.xml title=Site>".replace('"', ""),
        "https://site.example/posts/index.xml",
    ),
    "Hexo": (f'<link {ATOM} title="某博客" href="/atom.xml">', "https://site.example/atom.xml"),
    "Jekyll": (
        '<link type="application/atom+xml" rel="alternate" href="/feed.xml" title="S" />',
        "https://site.example/feed.xml",
    ),
    "Ghost": (f'<link {RSS} title="Ghost" href="/rss/">', "https://site.example/rss/"),
    "Discourse": (
        f'<link {RSS} title="Latest posts" href="/posts.rss" />'
        f'<link {RSS} title="Latest topics" href="/latest.rss" />',
        "https://site.example/posts.rss",
    ),
    "Medium": (
        f'<link id="feedLink" {RSS} title="RSS" href="https://medium.com/feed/@someone"/>',
        "https://medium.com/feed/@someone",
    ),
    "Blogger": (
        f'<link {ATOM} title="Blog - Atom" href="https://site.example/feeds/posts/default" />'
        f'<link {RSS} title="Blog - RSS" href="https://site.example/feeds/posts/default?alt=rss" />'
        f'<link {ATOM} title="Blog - Atom" href="https://site.example/feeds/1/comments/default" />',
        "https://site.example/feeds/posts/default",
    ),
    "other languages first": (
        f'<link {RSS} hreflang="de" href="/de/feed.xml">'
        f'<link {RSS} hreflang="en" href="/en/feed.xml">',
        "https://site.example/en/feed.xml",
    ),
    "other languages first, by their folders": (
        f'<link {RSS} href="/zh-cn/feed.xml"><link {RSS} href="/feed.xml">',
        "https://site.example/feed.xml",
    ),
    "pages in other languages": (
        '<link rel="alternate" hreflang="de" href="/de/">'
        '<link rel="alternate" hreflang="x-default" href="/">'
        f"<link {RSS} href='/feed'>",
        "https://site.example/feed",
    ),
    "pages for phones and AMP": (
        '<link rel="alternate" media="only screen and (max-width: 640px)" href="https://m.site.example/">'
        '<link rel="amphtml" href="/amp/feed"><link rel="alternate" type="text/html" href="/feed">',
        "",
    ),
    "alternate style sheet": (
        '<link rel="alternate stylesheet" type="text/xml" href="/rss.xml">'
        '<link rel="alternate stylesheet" type="text/css" href="/feed/dark.css">',
        "",
    ),
    "upper case": (
        '<LINK REL="ALTERNATE" TYPE="APPLICATION/RSS+XML" HREF="/Feed.XML">',
        "https://site.example/Feed.XML",
    ),
    "single quotes and a charset": (
        "<link rel='alternate' type='application/rss+xml; charset=UTF-8' href='/rss'>",
        "https://site.example/rss",
    ),
    "no type": (
        '<link rel="alternate" title="RSS" href="/rss.php">',
        "https://site.example/rss.php",
    ),
    "text/xml": (
        '<link rel="alternate" type="text/xml" title="RSS" href="/backend.php">',
        "https://site.example/backend.php",
    ),
    "text/xml loses against the right type": (
        f'<link rel="alternate" type="text/xml" title="RSS .92" href="/rss/092">'
        f'<link {RSS} href="/rss/2">',
        "https://site.example/rss/2",
    ),
    "application/rdf+xml": (
        '<link rel="alternate" type="application/rdf+xml" title="RSS 1.0" href="/index.rdf">',
        "https://site.example/index.rdf",
    ),
    "JSON Feed beside RSS": (
        '<link rel="alternate" type="application/feed+json" href="/feed.json">'
        f'<link {RSS} href="/feed.rss">',
        "https://site.example/feed.rss",
    ),
    "JSON Feed alone, as version 1.0 typed it": (
        '<link rel="alternate" type="application/json" title="S" href="/feed.json">',
        "https://site.example/feed.json",
    ),
    "rel=feed": ('<link rel="feed" href="/all">', "https://site.example/all"),
    "several relations": (
        '<link rel="nofollow alternate home" type="application/rss+xml" href="/f">',
        "https://site.example/f",
    ),
    "base": (
        f'<base href="https://cdn.example/x/"><link {RSS} href="f.xml">',
        "https://cdn.example/x/f.xml",
    ),
    "a relative base behind the link": (
        f'<link {RSS} href="f.xml"><base href="/blog/">',
        "https://site.example/blog/f.xml",
    ),
    "relative to the page": (f'<link {RSS} href="../../feed">', "https://site.example/2024/feed"),
    "without a scheme": (f'<link {RSS} href="//feeds.example/s">', "https://feeds.example/s"),
    "feed:": (f'<link {RSS} href="feed://site.example/f">', "http://site.example/f"),
    "no head": (f"<p>Hello<link {RSS} href=/f>", "https://site.example/f"),
    "links in the body": (
        '<body><a href="https://other.example/feed">a friend</a>'
        '<a href="https://feedly.com/i/subscription/feed/https%3A%2F%2Fsite.example%2Frss.xml">Feedly</a>'
        '<a href="/about">About</a><a href="/rss.xml"><img src="rss.png"></a>',
        "https://site.example/rss.xml",
    ),
    "feed elsewhere, in the body": (
        '<body><a href="https://feeds.feedburner.com/Site">订阅</a>',
        "https://feeds.feedburner.com/Site",
    ),
    "feed: in the body": (
        '<body><a href="feed:https://site.example/x">+</a>',
        "https://site.example/x",
    ),
    "a link in the text loses against one for programs": (
        f'<a href="/rss.xml">RSS</a><link {ATOM} href="/named">',
        "https://site.example/named",
    ),
    "podcast first": (
        f'<link {RSS} title="Podcast" href="/podcast.xml"><link {RSS} title="Blog" href="/b.xml">',
        "https://site.example/b.xml",
    ),
    "news site with many": (
        f'<link {RSS} title="Weather" href="/rss/weather"><link {RSS} title="Sport" href="/rss/s">'
        f'<link {RSS} title="Top Stories" href="/rss/top">',
        "https://site.example/rss/top",
    ),
    "in a comment": (
        f'<!-- <link {RSS} href="/old"> --><link {RSS} href="/new">',
        "https://site.example/new",
    ),
    "in a script": (f"<script>s='<link {RSS} href=\"/no\">'</script>", ""),
    "no addresses": (
        f'<link {RSS}><link {RSS} href="javascript:x"><link {RSS} href="file:///f">',
        "",
    ),
    "the page itself": (f'<link {RSS} href="{PAGE}">', ""),
    "frames": ('<frameset><frame src="top.html"></frameset>', ""),
    "search and manifest": (
        '<link rel="search" type="application/opensearchdescription+xml" href="/o.xml">'
        '<link rel="EditURI" type="application/rsd+xml" href="/xmlrpc.php?rsd">'
        '<link rel="sitemap" type="application/xml" href="/sitemap.xml">'
        '<link rel="alternate" type="text/x-opml" href="/feeds.opml">',
        "",
    ),
}


@pytest.mark.parametrize(("head", "right"), HEADS.values(), ids=HEADS)
def test_the_feed_of_a_page_comes_first(head: str, right: str) -> None:
    html = f'<!doctype html><html lang="en-GB"><head><title>Post</title>{head}'
    found = feeds_in(html, PAGE)
    assert (found[0].url if found else "") == right


def test_a_candidate_says_what_it_is_and_what_speaks_for_it() -> None:
    feed, comments = feeds_in(*HEADS["WordPress, a post"][:1], PAGE)[:2]
    assert feed.title == "Site » Feed"
    assert feed.media_type == "application/rss+xml"
    assert feed.why == "the page names it as its feed"
    assert not feed.doubtful
    assert comments.url == "https://site.example/comments/feed/"
    assert comments.doubtful


def test_a_feed_below_a_site_within_a_site_is_that_sites() -> None:
    (feed,) = feeds_in(f"<link {RSS} href=/blog/feed>", "https://site.example/blog/")
    assert not feed.doubtful


def test_each_address_comes_once() -> None:
    html = f'<a href="/feed">RSS</a><link {RSS} href="/feed"><link {RSS} href="/feed#x" title="T">'
    assert [one.url for one in feeds_in(html, PAGE)] == ["https://site.example/feed"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0",
        "<?xml version='1.0' encoding='utf-16'?><html/>",
        "<a " + " ".join(f"a{n}" for n in range(100_000)),
        "<div>" * 100_000 + f"<link {RSS} href=/f>",
        f"<link {RSS} href=/f>" * 50_000,
        "".join(f"<link {RSS} href=/{n}>" for n in range(20_000)),
        f"<a href=/feed>{'x ' * 500_000}",
        "<a href=/feed>" * 50_000,
        "<!--" * 200_000,
        "<link rel='" + "alternate " * 100_000 + "' href=/f>",
    ],
    ids=range(11),
)
def test_hostile_pages_take_bounded_time(html: str) -> None:
    began = time.process_time()
    assert len(feeds_in(html, PAGE)) <= 50
    is_challenge(html)
    assert time.process_time() - began < 8


@given(st.text("<>/=\"' &;!-[]linkreaht:#%\0\ud800é") | st.text())
def test_nothing_that_a_page_says_is_an_error(html: str) -> None:
    for text in (html, f"<link {RSS} href='{html}'><a href='{html}'>", f"<base href='{html}'>"):
        feeds_in(text, PAGE)
        is_challenge(text)
    common_places(html)
    common_places(f"https://site.example/{html}")


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("https://www.youtube.com/channel/UCabc-1/videos", "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc-1"),
        ("https://www.youtube.com/playlist?list=PLx_1", "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx_1"),
        ("https://github.com/psf/requests", "https://github.com/psf/requests/releases.atom"),
        ("https://github.com/psf/requests/releases", "https://github.com/psf/requests/releases.atom"),
        ("https://github.com/psf/requests/commits/main", "https://github.com/psf/requests/commits/main.atom"),
        ("https://github.com/psf", "https://github.com/psf.atom"),
        ("https://www.reddit.com/r/python/top/?t=day", "https://www.reddit.com/r/python/.rss"),
        ("https://social.example/@someone", "https://social.example/@someone.rss"),
        ("https://medium.com/@someone/a-story-1", "https://medium.com/feed/@someone"),
        ("https://medium.com/netflix-techblog", "https://medium.com/feed/netflix-techblog"),
        ("https://someone.medium.com/", "https://someone.medium.com/feed"),
        ("https://someone.substack.com/p/a-post", "https://someone.substack.com/feed"),
        ("http://someone.blogspot.co.uk/2020/01/x.html", "http://someone.blogspot.co.uk/feeds/posts/default"),
        ("https://site.example/", "https://site.example/feed"),
        ("https://site.example/index.html", "https://site.example/feed"),
        ("https://site.example:8443/2024/05/x", "https://site.example:8443/feed"),
        ("https://site.example/blog/2024/x", "https://site.example/blog/feed"),
        ("https://site.example/~someone/", "https://site.example/~someone/feed"),
    ],
)  # fmt: skip
def test_where_the_feed_of_an_address_is(url: str, first: str) -> None:
    found = common_places(url)
    assert found[0].url == first
    assert 1 <= len(found) <= 8
    assert len({one.url for one in found}) == len(found)
    assert all(one.why for one in found)


@pytest.mark.parametrize("url", ["", "x", "file:///etc/passwd", "http://[", "mailto:a@b"])
def test_what_is_no_web_address_has_no_places(url: str) -> None:
    assert common_places(url) == []


FEEDS = [
    '<rss version="2.0"><channel>',
    '<?xml version="1.0"?>\n<!-- made by x -->\n<?xml-stylesheet href="x"?><rss version="0.91">',
    '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x/rss.dtd"><rss version="0.91">',
    '<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "x" "y">%HTMLlat1;]><rss>',
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x">',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#">',
    '<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"/>',
    "\n\n  \t<rss>",
    "<br />\n<b>Warning</b>: x in <b>y.php</b><br /><rss>",
    '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    ' {"items":[],"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}',
]
PAGES = [
    "<!DOCTYPE html><title>x</title>",
    "<html><body><pre>&lt;rss></pre>",
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html><rss/>',
    "<!-- x --><HTML>",
    "<head>",
    "<title>Moved</title>",
]
NEITHER = [
    "",
    "hello",
    "{}",
    '{"version": "1.0", "about": "https://jsonfeed.org/version/1"}',
    '<opml version="2.0">',
    "<urlset>",
    "<svg>",
    '<rdf:RDF xmlns:foaf="x"><foaf:Person/></rdf:RDF>',
    "%PDF-1.4",
]


@pytest.mark.parametrize("text", FEEDS)
def test_feeds_are_told_by_their_content(text: str) -> None:
    # JSON is UTF-8 (RFC 8259); UTF-16 without a mark is told by its first "<".
    encodings = ["utf-8", "utf-8-sig"]
    encodings += ["utf-16"] if "{" not in text[:2] else []
    encodings += ["utf-16-le", "utf-16-be"] if text.startswith("<") else []
    for encoding in encodings:
        assert looks_like_feed(text.encode(encoding)), encoding
        assert not looks_like_page(text.encode(encoding)), encoding


@pytest.mark.parametrize("text", PAGES)
def test_pages_are_told_by_their_content(text: str) -> None:
    assert looks_like_page(text.encode())
    assert looks_like_page(text.encode("utf-16"))
    assert not looks_like_feed(text.encode())


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_feed_nor_page(text: str) -> None:
    assert not looks_like_feed(text.encode())
    assert not looks_like_page(text.encode())


@pytest.mark.parametrize(
    "body", [b" " * 10_000_000, b"<!--" * 1_000_000, b"<" * 1_000_000, b'{"version":' * 500_000]
)
def test_giant_documents_are_told_quickly(body: bytes) -> None:
    began = time.process_time()
    assert not looks_like_feed(body)
    assert not looks_like_page(body)
    assert time.process_time() - began < 4


@given(st.binary())
def test_any_bytes_are_told(body: bytes) -> None:
    looks_like_feed(body)
    looks_like_page(body)


@pytest.mark.parametrize(
    "html",
    [
        "<title>Just a moment...</title><body>Enable JavaScript and cookies to continue"
        "<script>window._cf_chl_opt={}</script>",
        "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>",
        "<html><head><title>DDoS-Guard</title></head><body>Checking your browser</body>",
        "<html><script src='/_Incapsula_Resource?SWJIYLWA=1'></script><body>",
        "<p id=cmsg>Please enable JS</p><script src=https://ct.captcha-delivery.com/c.js></script>",
        "<title>百度安全验证</title><div>网络不给力，请稍后重试</div>",
        "<title>Making sure you&#39;re not a bot!</title>",
        "<script>var arg1='0A'; document.cookie='acw_sc__v2=' + x</script>",
    ],
)
def test_riddles_for_people_are_told(html: str) -> None:
    assert is_challenge(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<title>How a CAPTCHA works</title><p>Just a moment... Checking your browser.</p>",
        "<title>Just a moment... of peace</title><p>A story",
        f"<title>A story</title><p>{'Words. ' * 400}<script src='/_Incapsula_Resource?x'></script>",
        f"<title>Just a moment...</title><p>{'A story of that name. ' * 100}",
        "<title>Comment</title><form><div class=g-recaptcha></div></form>"
        "<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>",
        "<title>404 Not Found</title>",
    ],
)
def test_pages_that_only_look_like_one_are_no_riddles(html: str) -> None:
    assert not is_challenge(html)


def test_real_pages(corpus: Path) -> None:
    """Of 181 articles: which name a feed, which link to one; none is taken for a riddle."""
    folder = corpus / "html" / "article-extraction-benchmark"
    truth = json.loads((folder / "ground-truth.json").read_text())
    named, linked, doubtful = 0, 0, []
    for path in sorted((folder / "html").glob("*.html.gz")):
        body = gzip.decompress(path.read_bytes())
        key = path.name.partition(".")[0]
        found = feeds_in(body.decode("utf-8", "replace"), truth[key]["url"])
        named += bool(found) and "names" in found[0].why
        linked += bool(found) and "links" in found[0].why
        doubtful += [key[:8]] if found and found[0].doubtful else []
        assert looks_like_page(body)
        assert not looks_like_feed(body)
        assert not is_challenge(body.decode("utf-8", "replace"))
    assert (named, linked) == (80, 30)
    # An author's page at the New York Post (twice), the comments of one article in Rolling Stone.
    assert doubtful == ["432362af", "a1fca19b", "ac1bfdd4"]


def test_real_feeds(corpus: Path) -> None:
    folder = corpus / "feeds" / "captured"
    bodies = [path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "LICENSE"]
    assert len(bodies) >= 100
    assert all(looks_like_feed(body) for body in bodies)
