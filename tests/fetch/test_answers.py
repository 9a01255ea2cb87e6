"""What is made of an answer's fields: validators, freshness, links."""

import json
import time
from email.utils import formatdate

import httpx
import pytest
from asking import get
from badweb import BadWeb, first, reply, status, tagged
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import headers

ETAGS = [
    b'"abc"',
    b'W/"abc"',
    b"abc",
    b'w/"abc"',
    b'"abc',
    b'"a b, \\"c\\""',
    b'""',
    b"0",
    b'"abc-gzip"',
    '"é中"'.encode(),
    b'"a:b;c=d"',
    b"'abc'",
    b'"' + b"x" * 8_000 + b'"',
]
DATES = [b"Wed, 01 May 2024 10:00:00 GMT", b"2024-05-01", b"yesterday", b"-1"]


@pytest.mark.parametrize("tag", ETAGS)
@pytest.mark.parametrize("date", [None, *DATES[:2]])
def test_validators_go_back_byte_for_byte(bad: BadWeb, tag: bytes, date: bytes | None) -> None:
    dated = (("Last-Modified", date),) if date else ()
    bad.at("/f", tagged(b"x", ("ETag", tag), *dated))
    got = get(bad.url("/f"))
    again = get(bad.url("/f"), validators=got.validators)
    third = get(bad.url("/f"), validators=again.validators)
    assert (got.body, again.body, third.body) == (b"x", None, None)
    assert [one.sent("if-none-match") for one in bad.log] == [None, tag, tag]
    assert [one.sent("if-modified-since") for one in bad.log] == [None, date, date]


@pytest.mark.parametrize("date", DATES)
def test_dates_alone(bad: BadWeb, date: bytes) -> None:
    bad.at("/f", tagged(b"x", ("Last-Modified", date)))
    got = get(bad.url("/f"))
    assert get(bad.url("/f"), validators=got.validators).body is None
    assert bad.log[1].sent("if-modified-since") == date
    assert bad.log[1].sent("if-none-match") is None


@pytest.mark.parametrize("tag", [b'"caf\xe9"', b'"\xff\xfe"', b'"a\x01b"', b'"a\tb"', b'"\x7f"'])
def test_what_cannot_be_sent_back_as_it_came_is_not_kept(bad: BadWeb, tag: bytes) -> None:
    bad.at("/f", reply(b"x", ("ETag", tag), ("Last-Modified", "d")))
    kept = get(bad.url("/f")).validators
    assert json.loads(kept) == {"last-modified": "d"}
    assert get(bad.url("/f"), validators=kept).body == b"x"


def test_304_may_bring_some_new_validators_and_keeps_the_others(bad: BadWeb) -> None:
    bad.at("/f", first(status(304, ("ETag", '"2"')), status(304)))
    sent = '{"etag": "\\"1\\"", "last-modified": "d"}'
    after = get(bad.url("/f"), validators=sent).validators
    assert json.loads(after) == {"etag": '"2"', "last-modified": "d"}
    assert get(bad.url("/f"), validators=after).validators == after


def test_a_changed_document_brings_its_own_validators_only(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x", ("Last-Modified", "d")))
    after = get(bad.url("/f"), validators='{"etag": "1"}').validators
    assert json.loads(after) == {"last-modified": "d"}


# Freshness

NOW = formatdate(time.time(), usegmt=True)
LATER = formatdate(time.time() + 600, usegmt=True)
EARLIER = formatdate(time.time() - 600, usegmt=True)
FRESH: list[tuple[dict[str, str], float]] = [
    ({}, 0),
    ({"Cache-Control": "max-age=300"}, 300),
    ({"Cache-Control": "public, MAX-AGE=300, s-maxage=9"}, 300),
    ({"Cache-Control": 'max-age="300"'}, 300),
    ({"Cache-Control": 'private="x, max-age=1", max-age=300'}, 300),
    ({"Cache-Control": "max-age=300", "Age": "100"}, 200),
    ({"Cache-Control": "max-age=300", "Age": "400"}, 0),
    ({"Cache-Control": "max-age=300", "Age": "old"}, 300),
    ({"Cache-Control": "max-age=300", "Age": "-100"}, 300),
    ({"Cache-Control": "max-age=300, max-age=5"}, 300),
    ({"Cache-Control": "max-age=300, must-revalidate"}, 300),
    ({"Cache-Control": "no-cache, max-age=300"}, 0),
    ({"Cache-Control": 'no-cache="Set-Cookie", max-age=300'}, 300),
    ({"Cache-Control": "no-store, max-age=300"}, 0),
    ({"Cache-Control": "max-age=-1"}, 0),
    ({"Cache-Control": "max-age=soon"}, 0),
    ({"Cache-Control": "max-age"}, 0),
    ({"Cache-Control": "max-age=1.5"}, 0),
    ({"Cache-Control": "max-age=9999999999"}, 2**31),
    ({"Cache-Control": "max-age=" + "9" * 5_000}, 0),
    ({"Expires": LATER, "Date": NOW}, 600),
    ({"Expires": LATER, "Date": LATER}, 0),
    ({"Expires": NOW, "Date": EARLIER, "Age": "100"}, 500),
    ({"Expires": EARLIER, "Date": NOW}, 0),
    ({"Expires": "0", "Date": NOW}, 0),
    ({"Expires": "-1"}, 0),
    ({"Expires": LATER, "Date": NOW, "Cache-Control": "max-age=5"}, 5),
    ({"Expires": LATER, "Date": NOW, "Cache-Control": "max-age=x"}, 0),
    ({"Expires": "Wed, 01 Jan 99999 00:00:00 GMT"}, 0),
]


@pytest.mark.parametrize(("fields", "expected"), FRESH)
@pytest.mark.parametrize("code", [200, 304])
def test_how_long_an_answer_stands(
    bad: BadWeb, fields: dict[str, str], expected: float, code: int
) -> None:
    bad.at("/f", reply(b"x", *fields.items(), status=code))
    assert get(bad.url("/f"), validators='{"etag": "x"}').fresh == pytest.approx(expected, abs=1)


def test_a_clock_that_is_wrong_makes_no_difference() -> None:
    said = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "Retry-After": "Wed, 01 Jan 2020 00:01:00 GMT"}
    assert headers.retry_after(httpx.Headers(said)) == 60
    said["Expires"] = "Wed, 01 Jan 2020 00:02:00 GMT"
    assert headers.fresh(httpx.Headers(said)) == 120


# Links

BASE = "https://x.example/blog/feed"
LINKS: list[tuple[str, list[tuple[str, str]]]] = [
    ('<https://hub.example/>; rel="hub"', [("hub", "https://hub.example/")]),
    ("<../hub>;rel=HUB", [("hub", "https://x.example/hub")]),
    ('<a>; rel="hub self"', [("hub", f"{BASE[:-4]}a"), ("self", f"{BASE[:-4]}a")]),
    ('<a>; title="x, <b>; rel=no"; rel=self, <c>; rel="hub"', None),
    ('<a>; rel=self; rel=hub', [("self", f"{BASE[:-4]}a")]),
    ('<a>; title="\\"; rel=no"; rel=hub', [("hub", f"{BASE[:-4]}a")]),
    ('<a>; rel="hub"; anchor="https://else.example/"', []),
    (f'<a>; rel="hub"; anchor="{BASE}"', [("hub", f"{BASE[:-4]}a")]),
    ("<a>", []),
    ("a; rel=hub", []),
    ("<http://[::1/>; rel=hub, <b>; rel=hub", [("hub", f"{BASE[:-4]}b")]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("field", "expected"), LINKS)
def test_links(field: str, expected: list[tuple[str, str]] | None) -> None:
    if expected is None:
        expected = [("self", f"{BASE[:-4]}a"), ("hub", f"{BASE[:-4]}c")]
    assert list(headers.links(httpx.Headers({"Link": field}), BASE)) == expected


def test_links_of_several_fields_and_of_304(bad: BadWeb) -> None:
    hub, own = ("Link", "<http://hub.example/>; rel=hub"), ("Link", "<f>; rel=self")
    bad.at("/f", status(304, hub, own))
    expected = (("hub", "http://hub.example/"), ("self", bad.url("/f")))
    assert get(bad.url("/f"), validators='{"etag": "x"}').links == expected


HOSTILE = [
    "<" * 16_000,
    "<a>" * 5_000,
    "<a>;" * 4_000,
    '<a>; rel="' + "\\" * 16_000,
    '<a>; x="' * 2_000,
    "<a>" + "; a" * 5_000,
    "<a>; rel=" + "x " * 8_000,
    "<a>; rel='" + "a=" * 8_000,
    "<a>" + " " * 16_000,
    "max-age=" * 2_000,
    'a="' * 5_000,
    'a="' + "\\" * 16_000,
    "=," * 8_000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_fields_take_no_time(value: str) -> None:
    fields = httpx.Headers([("Link", value), ("Cache-Control", value)] * 64)
    begun = time.process_time()
    assert len(headers.links(fields, BASE)) <= 100
    headers.fresh(fields)
    assert time.process_time() - begun < 5


@given(st.lists(st.tuples(st.sampled_from(sorted(("link", "cache-control", "age", "expires", "date",
    "retry-after", "etag"))), st.text(st.characters(codec="latin-1"), max_size=60))))  # fmt: skip
def test_no_field_is_too_odd(fields: list[tuple[str, str]]) -> None:
    odd = httpx.Headers([(name, value.encode("latin-1")) for name, value in fields])
    assert 0 <= headers.fresh(odd) <= 2**31
    assert 0 <= (headers.retry_after(odd) or 0) <= 86_400
    assert all(rel == rel.lower() for rel, _ in headers.links(odd, BASE))
    headers.conditions(headers.validators(odd))


def test_charset_and_type(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x", ("Content-Type", 'Text/XML; charset="GBK"')))
    answer = get(bad.url("/f"))
    assert (answer.media_type, answer.charset, answer.validators) == ("text/xml", "gbk", "")
