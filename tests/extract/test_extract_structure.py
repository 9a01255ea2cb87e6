"""The page's own markup of an article survives; what stands around it does not."""

import pytest
from extract_samples import ADDRESS, ENGLISH, article, page, paragraphs

from aggregator.article import Article
from aggregator.clean import Recipe, clean
from aggregator.extract import complete

FIGURE = """<figure class="wide"><img src="ice.jpg" width="800" height="500" alt="Ice">
<figcaption>The harbour on Monday. <span class="credit">Photo: Ida Holm</span></figcaption>
</figure>"""
TABLE = """<table><thead><tr><th>Day</th><th>Ice</th></tr></thead><tbody>
<tr><td>Monday</td><td>31 cm</td></tr><tr><td>Tuesday</td><td>34 cm</td></tr></tbody></table>"""
CODE = """<pre><code class="language-python">def thickness(day):
    return 31 + 3 * day</code></pre>"""
LIST = """<ul><li>Bread for ten days</li><li>Milk for four</li></ul>
<ol><li>Tankers go first</li><li>Then the ferries</li></ol>"""
QUOTE = "<blockquote><p>“Not before Christmas.”</p></blockquote>"
VIDEO = '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="The icebreaker"></iframe>'
MATH = (
    "<p>The load is <math><mi>p</mi><mo>=</mo><mn>3</mn></math> times that of a usual winter.</p>"
)
TERMS = "<dl><dt>Fast ice</dt><dd>Ice that is attached to the shore.</dd></dl>"
RUBY = "<p>Her ship is called <ruby>氷<rt>こおり</rt></ruby>, <em>ice</em>, H<sub>2</sub>O.</p>"
HEADING = "<h2>What is on its way</h2>"


def full(content: str, after: str = "", head: str = "") -> Article:
    """The article that a page yields, cleaned as scanning would."""
    found = complete(article(), page(content, after=after, head=head), ADDRESS)
    assert found.trail[0].detail.startswith("the page's, ")
    return clean(found, Recipe())


def around(piece: str) -> str:
    """An article with a piece in its middle."""
    return paragraphs(ENGLISH[:2]) + piece + paragraphs(ENGLISH[2:])


SURVIVES = {
    "figure": (FIGURE, ['src="https://paper.example.org/2026/11/ice.jpg"', "<figcaption>"]),
    "table": (TABLE, ["<th>Day</th>", "<td>31 cm</td>", "<td>34 cm</td>"]),
    "code": (CODE, ['<pre><code class="language-python">def thickness(day):\n    return']),
    "lists": (LIST, ["<li>Bread for ten days</li>", "<ol>", "<li>Then the ferries</li>"]),
    "quotation": (QUOTE, ["<blockquote>", "“Not before Christmas.”"]),
    "video": (VIDEO, ["https://www.youtube.com/watch?v=abcdefghijk", "The icebreaker"]),
    "formula": (MATH, ["<math><mi>p</mi><mo>=</mo><mn>3</mn></math>"]),
    "terms": (TERMS, ["<dt>Fast ice</dt>", "<dd>Ice that is attached to the shore.</dd>"]),
    "ruby and subscript": (
        RUBY,
        ["<ruby>氷<rt>こおり</rt></ruby>", "<em>ice</em>", "<sub>2</sub>"],
    ),
    "heading": (HEADING, ["<h2>What is on its way</h2>"]),
    "lazy picture": (
        '<p><img src="data:image/gif;base64,R0" data-src="/big.jpg"></p>'
        '<noscript><img src="/big.jpg"></noscript>',
        ['src="https://paper.example.org/big.jpg"'],
    ),
    "picture without scripts": (
        '<div><noscript><img src="/big.jpg"></noscript></div>',
        ['src="https://paper.example.org/big.jpg"'],
    ),
    "picture with sources": (
        '<picture><source srcset="/a.webp" type="image/webp"><img src="/a.jpg"></picture>',
        ['srcset="https://paper.example.org/a.webp"', 'src="https://paper.example.org/a.jpg"'],
    ),
    "picture in a frame with a linked credit": (
        '<figure><picture><source srcset="/a.webp"><source srcset="/b.webp"><img src="/a.jpg">'
        '</picture><span><a href="/x">Berkeley Earth</a></span></figure>',
        ['src="https://paper.example.org/a.jpg"', "b.webp"],
    ),
    "line breaks": (
        "<p>Far from the ice<br>lies the sea.</p>",
        ["Far from the ice<br>lies the sea."],
    ),
    "link": (
        '<p>See <a href="/map">the map of the ice in the whole of the fjord</a>.</p>',
        ["/map"],
    ),
}


@pytest.mark.parametrize(("piece", "wanted"), SURVIVES.values(), ids=SURVIVES)
def test_what_articles_consist_of_survives(piece: str, wanted: list[str]) -> None:
    found = full(around(piece))
    for markup in wanted:
        assert found.html.count(markup) == 1, found.html
    assert all(text in found.text for text in ENGLISH)


def test_a_picture_before_the_text_survives_and_the_sites_logo_does_not() -> None:
    found = full(FIGURE + paragraphs(ENGLISH))
    assert "ice.jpg" in found.html
    assert "logo.png" not in found.html


RELATED = """<div class="related"><h3>Related</h3>
<a href="/a"><img src="/a.jpg">Ferry line sold</a></div>"""
UNNAMED = """<div class="x7"><a href="/b"><img src="/b.jpg"></a>
<h4><a href="/b">Ferry line sold to a bank in the capital</a></h4></div>"""
FURNITURE = {
    "related stories": (RELATED, ["Ferry line", "a.jpg"]),
    "related stories by no name": (UNNAMED, ["Ferry line", "b.jpg"]),
    "share buttons": ('<ul class="social-share"><li>Tweet</li><li>Pin it</li></ul>', ["Tweet"]),
    "newsletter": (
        '<div class="newsletter-box"><p>Our best stories, every morning at seven.</p>'
        '<input type="email"><button>Sign up</button></div>',
        ["every morning", "Sign up"],
    ),
    "advert": (
        '<div class="ad-slot"><span>Advertisement</span><img src="/ad.jpg"></div>',
        ["ad.jpg"],
    ),
    "author": (
        '<div class="author-bio"><img src="/ida.jpg"><p>Ida Holm writes about the sea, and has '
        "done so for eleven years. She lives in Nordvik.</p></div>",
        ["eleven years", "ida.jpg"],
    ),
    "read also": ('<p>Read also: <a href="/c">The winter of 1966</a></p>', ["1966</a>"]),
    "Chinese read also": ('<p>延伸阅读：<a href="/c">一九六六年的冬天</a></p>', ["延伸阅读"]),
    "Chinese QR code": ("<p>长按二维码关注我们的公众号</p>", ["公众号"]),
    "icon": ('<p><img src="/icon.png" width="16" height="16"></p>', ["icon.png"]),
    "comments": (
        '<div id="comments"><p>First! What a story, thank you for it.</p></div>',
        ["First!"],
    ),
}


@pytest.mark.parametrize(("piece", "unwanted"), FURNITURE.values(), ids=FURNITURE)
@pytest.mark.parametrize("place", ["within", "after"])
def test_furniture_goes(piece: str, unwanted: list[str], place: str) -> None:
    content = around(piece) if place == "within" else paragraphs(ENGLISH) + piece
    found = full(content)
    for text in unwanted:
        assert text not in found.html
    assert all(text in found.text for text in ENGLISH)


def test_title_and_author_line_do_not_stand_in_the_text() -> None:
    found = full(paragraphs(ENGLISH))
    assert found.text == "\n".join(ENGLISH)


def test_pieces_between_adverts_are_one_article() -> None:
    pieces = [f'<div class="chunk">{paragraphs((text,) * 1)}</div>' for text in ENGLISH]
    found = full('<div class="ad">Advertisement</div>'.join(pieces))
    assert found.text == "\n".join(ENGLISH)


def test_a_paragraph_that_stands_twice_is_there_once() -> None:
    long = " ".join(ENGLISH[1:3])
    found = full(paragraphs((*ENGLISH, long)) + f'<div class="mobile"><p>{long}</p></div>')
    assert found.text.count(long) == 1


def test_a_caption_goes_with_its_picture() -> None:
    gone = FIGURE.replace('width="800"', 'width="20"')
    assert "Photo: Ida Holm" not in full(around(gone)).html


def test_the_teaser_is_found_where_the_page_sets_it_apart() -> None:
    body = "".join(f"<p>{text}</p>" for text in ENGLISH[1:])
    content = f'<div class="intro"><p>{ENGLISH[0]}</p></div><div class="text">{body}</div>'
    assert full(content).text == "\n".join(ENGLISH)


def test_relative_addresses_start_from_the_pages_base() -> None:
    found = complete(
        article(),
        page(around(FIGURE), head='<base href="https://cdn.example.org/x/">'),
        ADDRESS,
    )
    assert found.base == "https://cdn.example.org/x/"
    assert 'src="https://cdn.example.org/x/ice.jpg"' in clean(found, Recipe()).html
