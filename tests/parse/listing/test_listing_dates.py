"""Dates in lists."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.listing.when import address_date, find_date, is_dated


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Posted on June 1, 2024 by Ida", "en", "2024-06-01 00:00"),
        ("Sept. 3rd, 2024 at 4:05 p.m.", "en", "2024-09-03 16:05"),
        ("1 May 2024, 10:30", "en", "2024-05-01 10:30"),
        ("v1.2.3 (2024-06-01)", "en", "2024-06-01 00:00"),
        ("2024-06-01T10:00:00+02:00", "", "2024-06-01 08:00"),
        ("2024.06.01 |", "", "2024-06-01 00:00"),
        ("发布时间：2024年6月1日 10:30", "zh", "2024-06-01 10:30"),
        ("2024年06月01日", "ja", "2024-06-01 00:00"),
        ("2024년 6월 1일", "ko", "2024-06-01 00:00"),
        ("1 июня 2024 г., 09:15", "ru", "2024-06-01 09:15"),
        ("3. März 2024", "de", "2024-03-03 00:00"),
        ("1er juin 2024", "fr", "2024-06-01 00:00"),
        ("12 de junio de 2024", "es", "2024-06-12 00:00"),
        ("12 maj 2024", "pl", "2024-05-12 00:00"),
        ("١ يونيو ٢٠٢٤", "ar", "2024-06-01 00:00"),
        ("06/07/2024", "en-US", "2024-06-07 00:00"),
        ("06/07/2024", "fr", "2024-07-06 00:00"),
        ("13/06/2024", "en-US", "2024-06-13 00:00"),
        ("06/13/2024", "fr", "2024-06-13 00:00"),
    ],
)
def test_dates_are_found_in_text(text: str, language: str, expected: str) -> None:
    found = find_date(text, UTC, language)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("text", ["3 hours ago", "昨天", "06-12", "Jun 12", "5分钟前", "10:30"])
def test_what_names_no_year_dates_a_list_but_no_article(text: str) -> None:
    assert is_dated(text)
    assert find_date(text, UTC) is None


@pytest.mark.parametrize("text", ["", "Chapter 12", "3.5", "$12.50", "24/7", "30/2/2024x", "今日"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert find_date(text, UTC) is None


def test_a_date_without_a_zone_is_in_that_of_the_source() -> None:
    found = find_date("2024-06-01 08:00", ZoneInfo("Asia/Shanghai"))
    assert str(found) == "2024-06-01 00:00:00+00:00"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2024/06/01/x", "2024-06-01"),
        ("https://a.example/20240601/c_1.html", "2024-06-01"),
        ("https://a.example/2024-06-01/doc.shtml", "2024-06-01"),
        ("https://a.example/2024-06/01/c.htm", "2024-06-01"),
        ("https://a.example/2024/06/x", None),
        ("https://a.example/2024/13/41/x", None),
        ("https://a.example/120240601", None),
    ],
)
def test_addresses_name_days(url: str, expected: str | None) -> None:
    found = address_date(url, UTC)
    assert (found.date().isoformat() if found else None) == expected


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    found = find_date(text, UTC)
    assert found is None or found.tzinfo is not None
    assert is_dated(text) or found is None
