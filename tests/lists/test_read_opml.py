import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.lists.opml import Outline, read_opml, write_opml


def opml(outlines: str, head: str = "<title>Mine</title>") -> bytes:
    return f'<opml version="2.0"><head>{head}</head><body>{outlines}</body></opml>'.encode()


def read(outlines: str, base: str | None = None) -> tuple[Outline, ...]:
    return read_opml(opml(outlines), base).outlines


def urls(outlines: str, base: str | None = None) -> list[str]:
    return [one.url for one in read(outlines, base)]


def test_an_outline_is_a_feed_with_its_site_its_path_and_its_categories() -> None:
    found = read_opml(
        opml(
            '<outline text="Tech"><outline text="Linux &amp; BSD">'
            '<outline type="rss" text="LWN" title="LWN.net" xmlUrl="https://lwn.net/rss?a=1&amp;b=2"'
            ' htmlUrl="https://lwn.net/" category="/Kernel/Scheduler,News"/>'
            '</outline></outline><outline text="Other" xmlUrl="https://other.example.org/feed"/>'
        )
    )
    assert found.title == "Mine"
    assert found.problems == ()
    assert found.outlines == (
        Outline(
            url="https://lwn.net/rss?a=1&b=2",
            title="LWN.net",
            site="https://lwn.net/",
            path=("Tech", "Linux & BSD"),
            categories=("Kernel", "Scheduler", "News"),
        ),
        Outline(url="https://other.example.org/feed", title="Other"),
    )


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://e.org/?a=1&amp;b=2", "https://e.org/?a=1&b=2"),
        ("https://e.org/?a=1&b=2", "https://e.org/?a=1&b=2"),
        ("https://e.org/?page=backend&lang=en", "https://e.org/?page=backend&lang=en"),
        ("https://e.org/?a=1&copy=2&amp;reg=3", "https://e.org/?a=1&copy=2&reg=3"),
        ("https://e.org/?a=1&amp;amp;b=2", "https://e.org/?a=1&amp;b=2"),
        ("https://e.org/?q=%26amp%3B", "https://e.org/?q=%26amp%3B"),
        (" https://E.org/A\n", "https://e.org/A"),
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("https://e.org/feed#top", "https://e.org/feed"),
        ("feed://e.org/rss", "http://e.org/rss"),
        ("feed:https://e.org/rss", "https://e.org/rss"),
        ("feed://https://e.org/rss", "https://e.org/rss"),
        ("https://例子.org/订阅", "https://例子.org/订阅"),
        ("/rss", "https://base.example/rss"),
        ("//e.org/rss", "https://e.org/rss"),
    ],
)
@pytest.mark.parametrize("ill_formed", ["", '<outline text="R & D"/>'])
def test_an_address_is_unescaped_once_also_in_a_file_that_is_no_xml(
    written: str, url: str, ill_formed: str
) -> None:
    outline = f'<outline type="rss" text="x" xmlUrl="{written}"/>'
    assert urls(ill_formed + outline, "https://base.example/list.opml") == [url]


@pytest.mark.parametrize(
    "written",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "ftp://e.org/rss", "data:text/xml,x"),
        *(
            "mailto:a@e.org",
            "https://",
            "http://[::1",
            "rss.xml",
            "https://e.org:99999/",
            "gopher:x",
        ),
        "https://user:secret@e.org/rss",
    ],
)
def test_what_is_no_web_address_is_left_out_and_named(written: str) -> None:
    found = read_opml(opml(f'<outline text="Bad" xmlUrl="{written}"/>'))
    assert found.outlines == ()
    assert len(found.problems) == 1
    assert "Bad" in found.problems[0]
    assert written in found.problems[0]


@pytest.mark.parametrize(
    ("outline", "title"),
    [
        ('title="The "best" blog" text="x" xmlUrl="U" type="rss"', 'The "best" blog'),
        ('text="Газета "Ъ". Главное" xmlUrl="U"', 'Газета "Ъ". Главное'),
        ("text='it's' xmlUrl='U'", "it's"),
        ('text="a < b" xmlUrl="U"', "a < b"),
        ('text="R & D" xmlUrl="U"', "R & D"),
        ('text="Caf&eacute;&nbsp;&amp; more & so" xmlUrl="U"', "Café & more & so"),
        ('text="A" description="<a href="https://x.org" rel="n">b</a>, c" xmlUrl="U"', "A"),
        ('text="A" fooBar="y & z" xmlUrl="U" another="1"', "A"),
        ('text="A" xmlUrl="U" fooBar="y & z"', "A"),
        ('text="A" text="B" xmlUrl="U"', "A"),
        ('TEXT="A & B" XMLURL="U"', "A & B"),
        ('text="&undefined;" xmlUrl="U"', "&undefined;"),
        ('text="" title="" description="a "b"" xmlUrl="U"', ""),
        ('text="control \x08character" xmlUrl="U"', "control character"),
    ],
)
def test_broken_attributes_are_read_as_they_were_meant(outline: str, title: str) -> None:
    outline = outline.replace('"U"', '"https://e.org/a?b&c"').replace(
        "'U'", "'https://e.org/a?b&c'"
    )
    found = read_opml(opml(f'<outline text="In"><outline {outline}/></outline>'))
    expected = Outline(url="https://e.org/a?b&c", title=title, path=("In",))
    assert found.outlines == (expected,)
    assert "read as well as possible" in found.problems[0]
    assert found.title == "Mine"


@pytest.mark.parametrize(
    "broken",
    [
        '<outline text="In"><outline xmlUrl="https://e.org/1">'
        '<outline xmlUrl="https://e.org/2"></outline></outline>',  # one end tag is missing
        '<outline text="In"><outline xmlUrl="https://e.org/1" <outline xmlUrl="https://e.org/2"/>',
        '<outline text="In"><outline xmlUrl="https://e.org/1"/><outline xmlUrl="https://e.org/2',
        '</outline></outline><outline xmlUrl="https://e.org/1"/><!-- & --><p>'
        '<outline xmlUrl="https://e.org/2"/>',
    ],
)
def test_broken_tags_lose_no_feed(broken: str) -> None:
    body = opml(broken).partition(b"</body>")[0]
    assert [one.url for one in read_opml(body).outlines] == ["https://e.org/1", "https://e.org/2"]


def test_line_of_the_damage_is_that_of_the_file() -> None:
    body = b'<?xml version="1.0"?>\n\n' + opml('\n<outline text="a & b" xmlUrl="https://e.org/"/>')
    assert read_opml(body).problems[0].startswith("line 4: ")


@pytest.mark.parametrize(
    "body",
    [
        opml('<outline text="新闻" xmlUrl="https://e.org/"/>'),
        b"\xef\xbb\xbf" + opml('<outline text="新闻" xmlUrl="https://e.org/"/>'),
        opml('<outline text="新闻" xmlUrl="https://e.org/"/>').decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="gb2312"?>'
        + opml('<outline text="新闻" xmlUrl="https://e.org/"/>').decode().encode("gbk"),
        b'<?xml version="1.0" encoding="utf-8"?>'
        + opml(
            '<outline text="新闻" xmlUrl="https://e.org/"/>', "<title>每周技术与生活评论</title>"
        )
        .decode()
        .encode("gbk"),
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1:1/opml.dtd">'
        + opml('<outline text="新闻" xmlUrl="https://e.org/"/>'),
        b"<br/>Warning: x in y.php<br/>" + opml('<outline text="新闻" xmlUrl="https://e.org/"/>'),
        opml('<outline text="新闻" x:y="1" xmlUrl="https://e.org/"/>'),
        b'<opml xmlns="http://opml.org/spec2"><body><outline title="\n\xe6\x96\xb0\xe9\x97\xbb" '
        b'xmlUrl="https://e.org/"/></body></opml>',
    ],
)
def test_character_sets_marks_document_types_and_what_was_printed_before(body: bytes) -> None:
    assert [(one.url, one.title) for one in read_opml(body).outlines] == [
        ("https://e.org/", "新闻")
    ]


@pytest.mark.parametrize("encoding", ["zlib", "windows-1259", "iso-8859-99", "idna", "utf-7", "x"])
def test_an_encoding_that_is_none_is_passed_over(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    body = declared + opml('<outline text="x" xmlUrl="https://e.org/"/>') + b"<!--\xff\xfe-->"
    assert [one.url for one in read_opml(body).outlines] == ["https://e.org/"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "no XML"),
        (b'{"a": 1}', "no XML"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "<html> in line 2"),
        (b'<rss version="2.0"><channel/></rss>', "<rss> in line 1"),
        (b"<urlset/>", "<urlset>"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "declares entities"),
        (b'<!DOCTYPE opml [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]><opml/>', "entities"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml/>'.encode("utf-16"), "declares entities"),
    ],
)
def test_what_is_no_list_is_an_error_that_says_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=re.escape(said)):
        read_opml(body)


def test_an_outline_without_attributes_costs_no_feed_where_the_list_is_no_xml() -> None:
    assert urls('R & D<outline><outline/><outline xmlUrl="https://e.org/rss"/>') == [
        "https://e.org/rss"
    ]


def test_an_empty_list_is_a_list() -> None:
    assert read_opml(opml("")).outlines == ()
    assert read_opml(b"<opml/>").outlines == ()


def test_a_feed_that_is_there_twice_comes_once_with_both_places() -> None:
    found = read(
        '<outline text="A"><outline xmlUrl="https://e.org/f" category="x"/></outline>'
        '<outline text="B"><outline xmlUrl="https://E.org/f" text="T" category="y,A"/></outline>'
    )
    assert [(one.url, one.path, one.categories) for one in found] == [
        ("https://e.org/f", ("A",), ("x", "B", "y"))
    ]


def test_included_lists_are_named_and_not_followed() -> None:
    found = read_opml(
        opml(
            '<outline type="include" text="Rest" url="https://e.org/rest.opml"/>'
            '<outline type="link" text="Page" url="https://e.org/"/>'
            '<outline type="rss" text="By link" url="https://e.org/feed"/>'
            '<outline type="rss" text="Nothing"/><outline text="A note"/>'
        )
    )
    assert [one.url for one in found.outlines] == ["https://e.org/feed"]
    assert found.problems == (
        "Rest: the list https://e.org/rest.opml is not read along with this one",
        "Nothing: has no address",
    )


def test_what_is_commented_out_is_not_there_nor_what_is_inside_of_it() -> None:
    assert urls(
        '<outline text="x" isComment="true"><outline><outline xmlUrl="https://e.org/1"/></outline>'
        '</outline><!-- <outline xmlUrl="https://e.org/2"/> --><outline xmlUrl="https://e.org/3"/>'
    ) == ["https://e.org/3"]


@pytest.mark.parametrize(
    "body",
    [
        opml('<outline text="x" xmlUrl="javascript:1"/>' * 100_000),
        opml("".join(f'<outline xmlUrl="https://e.org/{n}"/>' for n in range(100_000))),
        opml("".join(f'<outline category="{n}" xmlUrl="https://e.org/"/>' for n in range(50_000))),
        opml('<outline text="x">' * 10_000 + '<outline xmlUrl="https://e.org/"/>'),
        opml(f'<outline text="{"t" * 1000}" xmlUrl="https://e.org/&">' * 10_000),
        opml("<outline " + 'text="a" ' * 100_000),
        opml("<outline " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"),
        opml("<!--" * 100_000),
        opml(">" + " " * 1_000_000 + ">" + "&" * 100_000),
        b"<opml>" + b"<![CDATA[" * 100_000,
        b"<!DOCTYPE [" * 100_000,
        b" " * 1_000_000 + b"<" * 1_000_000,
        b"<outline " + b'text=" ' * 200_000,
    ],
    ids=lambda body: body[-60:].decode().replace(" ", "")[:12],
)
def test_hostile_lists_take_bounded_time(body: bytes) -> None:
    began = time.process_time()
    try:
        found = read_opml(body)
    except ParseError:
        pass
    else:
        assert len(found.problems) <= 22
        assert all(len(one.path) <= 20 for one in found.outlines)
    assert time.process_time() - began < 10


def test_deep_nesting_loses_no_feed() -> None:
    inside = '<outline text="x">' * 10_000 + '<outline text="In" xmlUrl="https://e.org/"/>'
    (found,) = read(inside + "</outline>" * 10_000)
    assert (found.url, found.path) == ("https://e.org/", ("x",) * 20)


_TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], max_codepoint=0xD7FF
    )
)
_NAME = _TEXT.filter(bool)
_OUTLINES = st.lists(
    st.builds(
        Outline,
        url=st.from_regex(r"https://[a-z]{1,9}\.org/[a-zA-Z0-9&?=;+%/_-]{0,20}", fullmatch=True),
        title=_NAME,
        site=st.none() | st.just("https://site.org/?a=1&b=2"),
        path=st.lists(_NAME, max_size=3).map(tuple),
        categories=st.lists(
            _NAME.filter(lambda name: not set(name) & set(",/")), unique=True, max_size=3
        ).map(tuple),
    ),
    unique_by=lambda one: one.url,
    max_size=8,
)


@given(_OUTLINES, _NAME)
def test_what_was_written_is_read_again(outlines: list[Outline], title: str) -> None:
    written = write_opml(title, outlines)
    found = read_opml(written)
    assert found.title == title
    assert found.problems == ()
    # A category that the way to the feed names, too, comes once.
    expected = [
        replace(one, categories=tuple(name for name in one.categories if name not in one.path))
        for one in outlines
    ]
    assert sorted(found.outlines, key=lambda one: one.url) == sorted(
        expected, key=lambda one: one.url
    )


@given(st.binary() | st.text("<>/=\"' &;!-[]outlinexmrpUR").map(str.encode))
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes) -> None:
    for wrapped in (body, b'<opml><outline xmlUrl="https://e.org/"' + body):
        try:
            read_opml(wrapped, "https://e.org/")
        except ParseError:
            continue


def test_characters_that_xml_forbids_are_left_out_when_writing() -> None:
    outline = Outline(url="https://e.org/", title="a\x00b\x08", path=("c\x0b",))
    (found,) = read_opml(write_opml("t\x01", [outline])).outlines
    assert (found.title, found.path) == ("ab", ("c",))


def test_the_files_of_a_public_collection(corpus: Path) -> None:
    """Every address that a regular expression finds comes out, none other, from all 118 files."""
    attribute = re.compile(r'xmlUrl\s*=\s*"([^"]*)"')
    loaded, well_formed, upper_bound, feeds = 0, 0, 0, 0
    for path in sorted((corpus / "opml" / "awesome-rss-feeds").rglob("*.opml")):
        body = path.read_bytes()
        raw = {one.replace("&amp;", "&") for one in attribute.findall(body.decode())}
        found = read_opml(body)
        assert {one.url for one in found.outlines} == raw, path
        assert not any("xmlUrl" in one.title for one in found.outlines), path
        try:
            ET.fromstring(body)
            well_formed += 1
        except ET.ParseError:
            assert found.problems, path
        loaded += bool(found.outlines)
        upper_bound += len(raw)
        feeds += len(found.outlines)
    assert (loaded, well_formed, feeds, upper_bound) == (118, 38, 1572, 1572)
