from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server.headers import coding_for, failed, not_modified, wants_deltas

MODIFIED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.000", False),
        ("gzip ; q=0.5", True),
        ("identity", False),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("identity;q=0", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=inf", False),
        ("gzipped", False),
        ("br", False),
        (",,;,", False),
    ],
)
def test_gzip_only_for_who_wants_it(header: str, expected: bool) -> None:
    assert (coding_for(header, ["gzip"]) == "gzip") is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1, br;q=0.9", "gzip"),
        ("br;q=0, *", "zstd"),
        ("br;q=0, zstd;q=0, x-gzip", "gzip"),
        ("identity, br;q=0.9", ""),
        ("deflate", ""),
    ],
)
def test_the_coding_that_is_liked_most_and_then_the_smallest(header: str, expected: str) -> None:
    assert coding_for(header, ["br", "zstd", "gzip"]) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("feed", True),
        ("diffe, feed;q=0.5", True),
        ("feed;q=0", False),
        ("", False),
        ("feeds", False),
    ],
)
def test_who_wants_deltas(header: str, expected: bool) -> None:
    assert wants_deltas(header) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b",W/"a"', True),
        ("*", True),
        (" * ", True),
        ('"b"', False),
        ('"A"', False),
        ("a", False),
        ('"a-gzip"', False),
        ('"x, "', False),
        ("", False),
    ],
)
def test_if_none_match(tags: str, expected: bool) -> None:
    assert not_modified(tags, None, '"a"', MODIFIED) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("Sun, 01 Mar 2026 12:00:00 GMT", True),
        ("Sun, 01 Mar 2026 11:59:59 GMT", False),
        ("Sun, 01 Mar 2026 12:00:01 GMT", True),
        ("Sunday, 01-Mar-26 12:00:00 GMT", True),
        ("Sun Mar  1 12:00:00 2026", True),
        ("yesterday", False),
        ("", False),
        ("Sun, 99 Mar 2026 12:00:00 GMT", False),
        ("Sun, 01 Mar 99999 12:00:00 GMT", False),
    ],
)
def test_if_modified_since(since: str, expected: bool) -> None:
    assert not_modified(None, since, '"a"', MODIFIED) is expected


def test_if_none_match_makes_if_modified_since_void() -> None:
    assert not not_modified('"b"', "Sun, 01 Mar 2026 12:00:00 GMT", '"a"', MODIFIED)


@pytest.mark.parametrize(
    ("tags", "since", "expected"),
    [
        (None, None, False),
        ('"a"', None, False),
        ('"b", "a"', None, False),
        ("*", None, False),
        ('"b"', None, True),
        ('W/"a"', None, True),
        ('"a-gzip"', None, True),
        ("", None, True),
        (None, "Sun, 01 Mar 2026 12:00:00 GMT", False),
        (None, "Sun, 01 Mar 2026 11:59:59 GMT", True),
        (None, "yesterday", False),
        ('"a"', "Sun, 01 Mar 2026 11:59:59 GMT", False),
        ('"b"', "Sun, 01 Mar 2026 12:00:00 GMT", True),
    ],
)
def test_if_match_and_if_unmodified_since(
    tags: str | None, since: str | None, expected: bool
) -> None:
    assert failed(tags, since, '"a"', MODIFIED) is expected


@given(tags=st.none() | st.text(), since=st.none() | st.text(), encoding=st.text())
def test_no_header_breaks_anything(tags: str | None, since: str | None, encoding: str) -> None:
    assert not_modified(tags, since, '"a"', MODIFIED) in {True, False}
    assert failed(tags, since, '"a"', MODIFIED) in {True, False}
    assert coding_for(encoding, ["br", "gzip"]) in {"br", "gzip", ""}
    assert wants_deltas(encoding) in {True, False}
