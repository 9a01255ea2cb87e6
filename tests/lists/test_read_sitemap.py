import contextlib
import gzip
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.lists.sitemap import (
    MOST_BYTES,
    MOST_LOCATIONS,
    Location,
    fresh,
    newest,
    read_sitemap,
    write_fragment,
)

URL = "https://site.example/sitemap.xml"
PLAIN = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(inside: str) -> bytes:
    return f'<?xml version="1.0"?><urlset xmlns="{PLAIN}">{inside}</urlset>'.encode()


def urls(body: bytes) -> list[str]:
    return [page.url for page in read_sitemap(body, URL).pages]


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2024, 5, number, hour, tzinfo=UTC)


NEWS = """<url><loc>https://site.example/a</loc><lastmod>2024-05-02T10:00:00+08:00</lastmod>
<news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication>
<news:name>Paper</news:name><news:language>zh-cn</news:language></news:publication>
<news:publication_date>2024-05-01</news:publication_date><news:title>甲 &amp;  乙</news:title>
<news:keywords>a, b,, a</news:keywords></news:news>
<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<image:loc>/i.png</image:loc></image:image><image:image
 xmlns:image="x"><image:loc>/second.png</image:loc></image:image></url>"""


def test_everything_that_is_said_of_a_page() -> None:
    assert read_sitemap(urlset(NEWS), URL).pages == (
        Location(
            url="https://site.example/a",
            modified=day(2, 2),
            title="甲 & 乙",
            published=day(1),
            image="https://site.example/i.png",
            language="zh-cn",
            keywords=("a", "b"),
        ),
    )


def test_an_index_lists_maps() -> None:
    found = read_sitemap(
        f'<sitemapindex xmlns="{PLAIN}"><sitemap><loc>/1.xml.gz</loc><lastmod>2024-05-01</lastmod>'
        "</sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>".encode(),
        URL,
    )
    assert found.pages == ()
    assert found.maps == (
        Location(url="https://site.example/1.xml.gz", modified=day(1)),
        Location(url="https://site.example/2.xml"),
    )


PAGE = "<url><loc>https://site.example/a?b=1&amp;c=2</loc></url>"


@pytest.mark.parametrize(
    "body",
    [
        urlset(PAGE),
        gzip.compress(urlset(PAGE)),
        f"<urlset>{PAGE}</urlset>".encode(),
        f'<urlset xmlns="http://www.google.com/schemas/sitemap/0.84">{PAGE}</urlset>'.encode(),
        f'<s:urlset xmlns:s="{PLAIN}">{PAGE.replace("<", "<s:").replace("<s:/", "</s:")}'
        "</s:urlset>".encode(),
        b"\xef\xbb\xbf" + urlset(PAGE),
        f"\n<!-- x --><urlset>{PAGE}</urlset>".encode("utf-16"),
        urlset(PAGE.replace("&amp;", "&")),
        urlset(PAGE.replace("https:", "\n <![CDATA[https:").replace("</loc", "]]>\n</loc")).replace(
            b"&amp;", b"&"
        ),
        urlset(PAGE + PAGE + PAGE.replace("</loc>", "#x</loc>")),
        urlset(PAGE.replace("</url>", "<image:image><image:loc>x</image:loc></image:image></url>")),
        urlset(PAGE.replace("</url>", "<title>a < b &nbsp; & c \x0b</title></url>")),
        urlset(PAGE) + b"<script>1</script>",
        f"<!DOCTYPE urlset SYSTEM 'http://127.0.0.1:1/x.dtd'><urlset>{PAGE}</urlset>".encode(),
        b"https://site.example/a?b=1&c=2\r\n",
        b"\xef\xbb\xbf\nhttps://site.example/a?b=1&c=2\n\nhttps://site.example/a?b=1&c=2",
    ],
)
def test_forms_of_a_sitemap(body: bytes) -> None:
    assert urls(body) == ["https://site.example/a?b=1&c=2"]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-05", day(1)),
        ("2024-05-01", day(1)),
        ("2024-05-01T10:00Z", day(1, 10)),
        ("2024-05-01t10:00:00z", day(1, 10)),
        ("2024-05-01T18:00:00+08:00", day(1, 10)),
        ("2024-05-01 18:00:00 +0800", day(1, 10)),
        ("2024-05-01T10:00:00.123456789Z", day(1, 10).replace(microsecond=123456)),
        ("2024-05-01 10:00:00 UTC", day(1, 10)),
        ("Wed, 01 May 2024 10:00:00 GMT", day(1, 10)),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00Z", None),
        ("0000-00-00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("1714557600", None),
        ("2024-13-45", None),
        ("2" * 5000, None),
    ],
)
def test_dates(written: str, moment: datetime | None) -> None:
    (page,) = read_sitemap(
        urlset(PAGE.replace("</url>", f"<lastmod>{written}</lastmod></url>")), URL
    ).pages
    assert page.modified == moment
    assert moment is None or (page.modified and page.modified.tzinfo is UTC)


def test_dates_without_a_zone_are_in_the_one_given() -> None:
    body = urlset(PAGE.replace("</url>", "<lastmod>2024-05-01T18:00:00</lastmod></url>"))
    (page,) = read_sitemap(body, URL, ZoneInfo("Asia/Shanghai")).pages
    assert page.modified == day(1, 10)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"hello", "neither XML nor a list"),
        (b"<!doctype html><html>", "<html>"),
        (b'<rss version="2.0"/>', "is a feed"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "is a feed"),
        (b"<opml/>", "<opml>"),
        (b"\x1f\x8b\x08nonsense", "gzip"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', "declares entities"),
        (b"<urlset><url><loc>https://site.example/cut-o", "without an address"),
        (gzip.compress(b" " * (MOST_BYTES + 1)), "larger than the 52,428,800 bytes"),
        (b"<urlset><url>" + b"<a>" * 100_000, "without an address"),
    ],
    ids=range(11),
)
def test_what_is_no_sitemap_is_an_error_that_says_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=re.escape(said)):
        read_sitemap(body, URL)


@pytest.mark.parametrize("cut", range(1, 41, 4))
def test_of_one_that_is_cut_off_comes_what_is_whole(cut: int) -> None:
    pages = "".join(f"<url><loc>https://site.example/{n:04}</loc></url>" for n in range(1000))
    body = urlset(pages).removesuffix(b"</url></urlset>")[:-cut]
    found = read_sitemap(body, URL)
    assert [page.url for page in found.pages] == [
        f"https://site.example/{n:04}" for n in range(999)
    ]
    assert "what comes before is read" in found.problems[0]


def test_of_gzip_that_is_cut_off_comes_what_is_whole() -> None:
    pages = "".join(f"<url><loc>https://site.example/{n:04}</loc></url>" for n in range(1000))
    body = gzip.compress(urlset(pages))
    found = urls(body[: len(body) // 2])
    assert 0 < len(found) < 1000
    assert found == [f"https://site.example/{n:04}" for n in range(len(found))]


def test_addresses_that_are_none_are_counted() -> None:
    found = read_sitemap(urlset(PAGE + "<url><loc>javascript:1</loc></url><url></url>"), URL)
    assert len(found.pages) == 1
    assert found.problems == ("2 entries without a web address, as 'javascript:1'",)


def test_more_than_the_protocol_allows_is_left_out_and_said() -> None:
    text = "\n".join(f"https://site.example/{n}" for n in range(MOST_LOCATIONS + 5))
    found = read_sitemap(text.encode(), URL)
    assert len(found.pages) == MOST_LOCATIONS
    assert found.problems == ("of more than 50,000 addresses the first are read",)


@pytest.mark.parametrize(
    "body",
    [
        urlset(
            "".join(f"<url><loc>/{n}</loc><lastmod>2024</lastmod></url>" for n in range(60_000))
        ),
        urlset("<url>" + "<x/>" * 300_000 + "</url>"),
        urlset("<url>" + "<x>" * 200 + "</x>" * 200 + "</url>" * 50_000),
        urlset("<url " + " ".join(f'a{n}="1"' for n in range(100_000)) + "><loc>/a</loc></url>"),
        urlset("<other/>" * 500_000),
        urlset("&" * 1_000_000),
        b"<urlset>" + b"<![CDATA[" * 500_000,
        b"<!DOCTYPE [" * 500_000,
    ],
    ids=range(8),
)
def test_hostile_sitemaps_take_bounded_time(body: bytes) -> None:
    began = time.process_time()
    with contextlib.suppress(ParseError):
        read_sitemap(body, URL)
    assert time.process_time() - began < 12


@given(st.binary() | st.text("<>/&;![]urlsetoc").map(str.encode))
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes) -> None:
    for wrapped in (body, b"<urlset><url><loc>" + body, b"\x1f\x8b" + body):
        try:
            read_sitemap(wrapped, URL)
        except ParseError:
            continue


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20)
_MOMENTS = st.none() | st.datetimes(
    datetime(1991, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2199, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
_PAGES = st.lists(
    st.builds(
        Location,
        url=st.from_regex(r"https://[a-z]{1,9}\.org/[a-zA-Z0-9&?=;+%/_-]{0,20}", fullmatch=True),
        modified=_MOMENTS,
        title=_WORDS,
        published=_MOMENTS,
        image=st.none() | st.just("https://i.org/?a=1&b=2"),
        language=st.none() | st.just("zh-cn"),
        keywords=st.lists(
            _WORDS.filter(lambda word: word and "," not in word), unique=True, max_size=3
        ).map(tuple),
    ),
    unique_by=lambda page: page.url,
    max_size=8,
)


@given(_PAGES)
def test_what_was_written_is_read_again(pages: list[Location]) -> None:
    assert read_sitemap(write_fragment(pages), URL).pages == tuple(pages)


def test_characters_that_xml_forbids_are_left_out_when_writing() -> None:
    (page,) = read_sitemap(write_fragment([Location(url=URL, title="a\x00b\x08")]), "").pages
    assert page.title == "ab"


def page(
    name: str, modified: datetime | None = None, published: datetime | None = None
) -> Location:
    return Location(url=f"https://site.example/{name}", modified=modified, published=published)


def names(pages: list[Location]) -> str:
    return "".join(page.url[-1] for page in pages)


def test_the_newest_come_first_and_the_undated_last_in_their_order() -> None:
    pages = [page("x"), page("a", day(1)), page("c", day(3)), page("y"), page("b", day(9), day(2))]
    assert names(newest(pages, 9)) == "cbaxy"
    assert names(newest(pages, 2)) == "cb"
    assert newest([], 5) == []


def test_fresh_is_what_was_not_there_or_is_newer() -> None:
    before = [page("a", day(1)), page("b", day(2)), page("c"), page("d", day(4))]
    now = [page("a", day(1)), page("b", day(3)), page("c", day(3)), page("d", day(2)), page("e")]
    assert names(fresh(now, before)) == "be"
    assert fresh(now, now) == []
    assert fresh(now, None) == now
    assert fresh([], before) == []


def test_the_time_at_which_a_site_was_built_is_no_news() -> None:
    def built(moment: datetime) -> list[Location]:
        return [page(chr(97 + n), moment + timedelta(seconds=n)) for n in range(12)]

    before, now = built(day(1, 3)), [*built(day(2, 3)), page("z", day(2, 3)), page("y", day(9))]
    assert names(fresh(now, before)) == "zy"
    assert [one.modified for one in fresh(now, before)] == [None, day(9)]
    assert names(newest(now, 3)) == "yab"


def test_a_few_pages_of_one_hour_are_believed() -> None:
    before = [page("a", day(1)), page("b", day(1))]
    now = [page("a", day(2)), page("b", day(2))]
    assert fresh(now, before) == now


@given(_PAGES, _PAGES)
def test_fresh_and_newest_invent_nothing(now: list[Location], before: list[Location]) -> None:
    known = {one.url for one in before}
    chosen = {one.url for one in fresh(now, before)}
    assert {one.url for one in now} - known <= chosen <= {one.url for one in now}
    assert {one.url for one in newest(now, 100)} == {one.url for one in now}


def test_moments_are_compared_across_zones() -> None:
    east = timezone(timedelta(hours=8))
    before = [page("a", day(1, 10))]
    assert fresh([page("a", datetime(2024, 5, 1, 18, tzinfo=east))], before) == []
