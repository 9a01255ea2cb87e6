"""Dates as people and programs write them."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from dateutil import parser as dateutil_parser

# Nothing that anybody publishes is older, or due later; both ends are placeholders in real feeds
# (0001-01-01 is .NET's empty date, 9999-12-31 its largest).
_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - compared with what a text says, in no zone

# The longest real form is JavaScript's, "Tue Apr 05 2022 14:45:17 GMT+0800 (China Standard Time)"
# (59); longer zone names exist. Everything beyond is prose.
_LONGEST = 100

# As seconds this is 1973-03-03. A smaller number is rather a year, a day or a count.
_SMALLEST_EPOCH = 100_000_000
# As seconds this is the year 5138, as milliseconds 1973-03-03.
_SMALLEST_EPOCH_MS = 100_000_000_000
_LARGEST_EPOCH_MS = 10_000_000_000_000
_COMPACT_DATE = 8  # digits in YYYYMMDD
_COMPACT_TIMES = (12, 14)  # digits in YYYYMMDDhhmm and YYYYMMDDhhmmss

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(_MONTH_NAMES, start=1)
    for length in range(3, len(name) + 1)
}

# RFC 5322 names the American ones; it would have every other name read as
# UTC, but these stand in real feeds and have one common meaning.
_HOURS_EAST: dict[str, float] = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("cst", "mdt"), -6),
    **dict.fromkeys(("mst", "pdt"), -7),
    **dict.fromkeys(("pst", "akdt"), -8),
    **dict.fromkeys(("bst", "west", "cet", "met"), 1),
    **dict.fromkeys(("cest", "eet"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **dict.fromkeys(("hkt", "sgt"), 8),
    **dict.fromkeys(("jst", "kst"), 9),
    "edt": -4,
    "akst": -9,
    "hst": -10,
    "ist": 5.5,
    "acst": 9.5,
    "aest": 10,
    "acdt": 10.5,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
}
_ZONES: dict[str, tzinfo] = {
    name: timezone(timedelta(hours=hours)) for name, hours in _HOURS_EAST.items()
}

_ZONE = r"(?:(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{1,5})"
_TIME = rf"(\d{{1,2}}):(\d{{1,2}})(?::(\d{{1,2}})(?:[.,](\d{{1,9}})\d*)?)?\s*([AP]M)?\s*({_ZONE})?"
_RFC822 = re.compile(
    rf"(?:[A-Z]{{2,9}}\.?,?\s*)?(\d{{1,2}})[\s-]+([A-Z]{{3,9}})\.?,?[\s-]+(\d{{2,4}})(?:,?\s+{_TIME})?",
    re.ASCII | re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:[T\s,]+{_TIME})?", re.ASCII | re.IGNORECASE
)
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_CJK = re.compile(
    r"""(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]
    [\s,(]*(?:(?:星期|周|週)?[一二三四五六日天月火水木金土월화수목금토일](?:曜日|요일)?)?[\s,)]*
    (上午|下午|晚上|凌晨|午前|午後|中午|오전|오후)?\s*
    (?:(\d{1,2})\s*[时時点點시:]\s*(?:(\d{1,2})\s*[分분:]?\s*(?:(\d{1,2})\s*[秒초]?)?)?)?""",
    re.ASCII | re.VERBOSE,
)
_AFTERNOON = ("下午", "晚上", "午後", "中午", "오후")
# JavaScript's "GMT+0800 (China Standard Time)": a remark, and a name that makes dateutil turn the
# sign round, as POSIX has it.
_REMARK = re.compile(r"\([^()]*\)?|\b(?:GMT|UTC)(?=[+-]\d)")
# What dateutil gets to see has a day, an English month or two separators, and a year: it reads
# "May" and "12" alone as dates of today.
_FREE_FORM = re.compile(
    r"(?=.*\b\d{4}\b)(?:.*\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
    r"|\s*\d{1,2}([/.-])\d{1,2}\1\d{4}\b)",
    re.IGNORECASE | re.ASCII,
)


def read_date(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Give the moment that ``value`` names, aware and in UTC, or None if it names none.

    Reads datetimes and dates, RFC 822/5322 with obsolete zone names, RFC 3339 and ISO 8601, the
    forms of Hexo and Jekyll, Chinese, Japanese and Korean dates, epoch seconds and milliseconds,
    and English dates in free form. What names no zone is in ``zone``; a day alone is its midnight.
    Placeholders are no dates: the epoch itself, and years before 1900 or after 2200.
    """
    try:
        moment = _read(value)
        if moment is None or not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
            return None
        if moment.replace(tzinfo=None) == _NAIVE_EPOCH:
            return None
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment == _EPOCH else moment


def _read(value: object) -> datetime | None:
    """Give a datetime, naive where ``value`` names no zone."""
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - read_date adds the zone
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_digits(str(int(value)))
    return None


def _from_text(text: str) -> datetime | None:
    if len(text) > _LONGEST:
        return None
    if text[4:5] == "-":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return _from_other_text(text)
    if match := _RFC822.fullmatch(text):
        day, month, year, *time = match.groups()
        return _build(_full_year(year), _MONTHS.get(month.lower(), 0), int(day), time)
    return _from_other_text(text)


def _from_other_text(text: str) -> datetime | None:
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isdecimal():
        return _from_digits(text)
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day, *time = match.groups()
        return _build(int(year), int(month), int(day), time)
    if match := _YEAR_MONTH.fullmatch(text):  # W3CDTF, the form of dc:date
        return _build(int(match[1]), int(match[2]), 1, [])
    if match := _CJK.fullmatch(text):
        return _from_cjk(match)
    if text[:8].isdecimal() and text[8:9] in ("T", " "):
        return datetime.fromisoformat(text)
    return _from_free_form(_REMARK.sub(" ", text))


def _from_digits(digits: str) -> datetime | None:
    if len(digits) == _COMPACT_DATE:
        return datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - read_date adds the zone
    if len(digits) in _COMPACT_TIMES and digits.startswith(("19", "20")):
        return datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007
    number = int(digits)
    if not _SMALLEST_EPOCH <= number < _LARGEST_EPOCH_MS:
        return None
    milliseconds = number if number >= _SMALLEST_EPOCH_MS else number * 1000
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _from_cjk(match: re.Match[str]) -> datetime:
    year, month, day, half, hour, minute, second = match.groups()
    hours = int(hour or 0)
    if half in _AFTERNOON and hours < 12:  # noqa: PLR2004 - hours of a half day
        hours += 12
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))  # noqa: DTZ001


def _from_free_form(text: str) -> datetime | None:
    """Leave it to dateutil, twice: what comes out differently was not in the text."""
    if not _FREE_FORM.match(text):
        return None
    day_first = "." in text.split(":", 1)[0]
    readings = {
        dateutil_parser.parse(text, default=default, dayfirst=day_first, tzinfos=_named_zone)
        for default in (datetime(2001, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001
    }
    return readings.pop() if len(readings) == 1 else None


def _named_zone(name: str | None, seconds: int | None) -> tzinfo | None:
    if seconds is not None:
        return timezone(timedelta(seconds=seconds))
    return _zone(name) if name else None


def _build(year: int, month: int, day: int, time: list[str | None]) -> datetime:
    """Join the parts as the patterns give them; ValueError when they make no date."""
    if not time or time[0] is None:
        return datetime(year, month, day)  # noqa: DTZ001 - read_date adds the zone
    hour, minute, second, fraction, half, zone = time
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    seconds = min(int(second or 0), 59)  # a leap second is the second before
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    tz = _zone(zone) if zone else None
    return datetime(year, month, day, hours, int(minute or 0), seconds, microseconds, tz)


def _full_year(year: str) -> int:
    """Read two and three digits as RFC 5322, section 4.3, has it."""
    number = int(year)
    if len(year) == 4:  # noqa: PLR2004 - digits of a full year
        return number
    return number + (2000 if len(year) == 2 and number < 50 else 1900)  # noqa: PLR2004


def _zone(name: str) -> tzinfo:
    """Read ``+0800``, ``GMT+8`` or a zone's name; an unknown name is UTC, as RFC 5322 says."""
    if named := _ZONES.get(name.lower()):
        return named
    sign = "-" if "-" in name else "+"
    digits = name.partition(sign)[2].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) < 3 else (digits[:-2], digits[-2:])  # noqa: PLR2004
    distance = timedelta(hours=int(hours or 0), minutes=int(minutes))
    return timezone(-distance if sign == "-" else distance)
