"""Dates as files and feeds write them."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.dates import read_date

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Tue, 05 Apr 2022 14:45:17 GMT", "2022-04-05T14:45:17"),
        ("Tue, 5 April 2022 14:45:17 +0200", "2022-04-05T12:45:17"),
        ("5 Apr 22 14:45 EDT", "2022-04-05T18:45:00"),
        ("5 Apr 1999 14:45 PST", "1999-04-05T22:45:00"),
        ("5 Apr 99 14:45 XYZ", "1999-04-05T14:45:00"),
        ("Tue, 17 Feb 2026 11:55 AM EST", "2026-02-17T16:55:00"),
        ("2026-02-17T17:01:40-0500", "2026-02-17T22:01:40"),
        ("2022-04-05T14:45:17Z", "2022-04-05T14:45:17"),
        ("2022-04-05T14:45:17.1234567Z", "2022-04-05T14:45:17.123456"),
        ("2022-04-05T14:45:60Z", "2022-04-05T14:45:59"),
        ("20220405T144517Z", "2022-04-05T14:45:17"),
        ("2020-01-02 03:04:05 +0800", "2020-01-01T19:04:05"),
        ("2001-12-14 21:59:43.10 -5", "2001-12-15T02:59:43.100000"),
        ("2022-04-05 14:45:17 UTC", "2022-04-05T14:45:17"),
        ("1649169917", "2022-04-05T14:45:17"),
        (1649169917, "2022-04-05T14:45:17"),
        ("1649169917250", "2022-04-05T14:45:17.250000"),
        ("Tue Apr 05 2022 14:45:17 GMT+0800 (China Standard Time)", "2022-04-05T06:45:17"),
        ("Tue Apr  5 14:45:17 EST 2022", "2022-04-05T19:45:17"),
        ("Apr 5th, 2022 at 2:45 PM PST", "2022-04-05T22:45:00"),
    ],
)
def test_what_names_its_zone_is_the_same_everywhere(written, utc):
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert read_date(written) == expected
    if "XYZ" not in str(written):
        assert read_date(written, SHANGHAI) == expected


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2020-01-02", "2020-01-02"),
        ("20200102", "2020-01-02"),
        ("2020/1/2 3:04", "2020-01-02T03:04"),
        ("2020.01.02", "2020-01-02"),
        ("2020-01", "2020-01-01"),
        ("20200102030405", "2020-01-02T03:04:05"),
        ("2022年4月5日 14:45", "2022-04-05T14:45"),
        ("２０２２年４月５日", "2022-04-05"),
        ("2022年4月5日 下午2:45", "2022-04-05T14:45"),
        ("2022年4月5日(火) 14時45分30秒", "2022-04-05T14:45:30"),
        ("2022년 4월 5일 화요일 오후 2:45", "2022-04-05T14:45"),
        ("April 5, 2022", "2022-04-05"),
        ("05-Apr-2022", "2022-04-05"),
        ("5.4.2022", "2022-04-05"),
        ("4/5/2022 2:45:17 PM", "2022-04-05T14:45:17"),
        (date(2020, 1, 2), "2020-01-02"),
        (
            datetime(2020, 1, 2, 3),  # noqa: DTZ001 - naive is the case
            "2020-01-02T03:00",
        ),
    ],
)
def test_what_names_no_zone_is_in_that_of_the_source(written, local):
    expected = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    found = read_date(written, SHANGHAI)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        *("", "Invalid Date", "yesterday", "3 apples", "May", "12", "May 12", "May 2020", "2020"),
        *("12:30", "in May 2020 I ate 3 apples", "today 2020", "2020-13-45", "2020-02-30", "0"),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1899-12-31", "2201-01-01"),
        *("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01", 0, 12, 2020),
        *("Wed, 31 Dec 1969 19:00:00 -0500", True, None, [], 3.5, float("nan"), float("inf")),
        *(10**400, "1" * 5000, "5 Apr 2022 25:00 GMT", "5 Apr 2022 10:00 +9999", "5 Foo 2022"),
    ],
)
def test_what_is_no_date_is_none(written):
    assert read_date(written) is None


moments = st.datetimes(*map(datetime.fromisoformat, ("1971-01-01", "2199-12-30"))).map(
    lambda moment: moment.replace(microsecond=0)
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moments, offsets)
def test_reads_back_what_the_standards_write(moment, offset):
    aware = moment.replace(tzinfo=offset)
    assert read_date(aware.isoformat()) == aware
    assert read_date(aware.isoformat(" ")) == aware
    assert read_date(format_datetime(aware)) == aware
    assert read_date(aware.strftime("%Y-%m-%d %H:%M:%S %z")) == aware


@given(st.text() | st.text("0123456789:-/. TZ年月日aprilmon+,", max_size=40))
def test_no_text_breaks_it(text):
    found = read_date(text, SHANGHAI)
    assert found is None or (found.tzinfo is UTC and 1899 <= found.year <= 2201)
