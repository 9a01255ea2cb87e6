"""Dates that stand in a list of articles: in text of many languages, and in addresses."""

import re
import unicodedata
from datetime import datetime, tzinfo

from aggregator.parse.dates import read_date

# A line that is longer and holds a date is prose that tells of one.
LONGEST_LINE = 160

# The beginnings of months' names that tell them apart, from CLDR: English, German, French, Spanish,
# Portuguese, Italian, Dutch, Danish, Norwegian, Swedish, Polish, Turkish, Russian,
# Ukrainian, Greek, Arabic (of Egypt and of the Levant), Indonesian.
_MONTHS = (
    "jan jän gen ene янв січ ιαν يناير كانون_الثاني sty oca",
    "feb fév fev фев лют φεβ φλεβ فبراير شباط lut şub",
    "mar mär maa мар бер μαρ μάρ مارس آذار",
    "apr avr abr апр кві απρ أبريل إبريل نيسان kwi nis",
    "may mai mag mei maj май мая тра μαΐ μάι μαι مايو أيار",
    "jun juin giu июн чер ιουν ιούν يونيو حزيران cze haz",
    "jul juil lug июл лип ιουλ ιούλ يوليو تموز lip tem",
    "aug aoû aou ago авг сер αυγ αύγ أغسطس آب sie ağu agu",
    "sep set сен вер σεπ سبتمبر أيلول wrz eyl",
    "oct okt out ott окт жов οκτ أكتوبر تشرين_الأول paź eki",
    "nov ноя лис νοε νοέ نوفمبر تشرين_الثاني lis kas",
    "dec dez déc dic дек гру δεκ ديسمبر كانون_الأول gru ara des",
)
_PREFIXES = sorted(
    (
        (prefix.rstrip("_").replace("_", " "), number)
        for number, prefixes in enumerate(_MONTHS, start=1)
        for prefix in prefixes.split()
    ),
    key=lambda pair: -len(pair[0]),
)
_MONTH = "(?:" + "|".join(re.escape(prefix) for prefix, _ in _PREFIXES) + r")[^\W\d_]{0,10}"
_ENGLISH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK = (
    r"(?:[\s,T·|-]{1,4}(?:um |at |a las |à |в )?(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?\b)?))?"
)
_YEAR = r"((?:19|20)\d{2})"
_NOT_BEFORE, _NOT_AFTER = r"(?<![\d.,:/$€£¥-])", r"(?![\d%/])"

_ISO = re.compile(
    rf"{_NOT_BEFORE}{_YEAR}-(\d{{1,2}})-(\d{{1,2}})"
    r"(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?" + _CLOCK + r"(?!\d)"
)
_CJK = re.compile(
    rf"(?<!\d){_YEAR}\s?[年년]\s?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})\s?[日號号일]"
    r"(?:\s{0,2}(\d{1,2}:\d{2}(?::\d{2})?))?"
)
_YEAR_FIRST = re.compile(rf"{_NOT_BEFORE}{_YEAR}([./])(\d{{1,2}})\2(\d{{1,2}}){_CLOCK}{_NOT_AFTER}")
_YEAR_LAST = re.compile(rf"{_NOT_BEFORE}(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}{_CLOCK}{_NOT_AFTER}")
_DAY_MONTH = re.compile(
    rf"(?<![\d.])(\d{{1,2}})(?:st|nd|rd|th|er|º|°)?[.\s-]{{0,2}}\s?(?:de |of )?({_MONTH})\.?,?"
    rf"(?:\s(?:de |del )?|-){_YEAR}(?:\s?г\.)?{_CLOCK}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b({_MONTH})\.?\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s{_YEAR}{_CLOCK}", re.IGNORECASE
)
_MONTHS_OF_YEAR = 12
# Patterns, and which of their groups are year, month, day and clock.
_FORMS = (
    (_CJK, 1, 2, 3, 4),
    (_YEAR_FIRST, 1, 3, 4, 5),
    (_DAY_MONTH, 3, 2, 1, 4),
    (_MONTH_DAY, 3, 1, 2, 4),
)
# A day without its year, a time, or how long ago: they say that something is dated, not when.
_VAGUE = re.compile(
    rf"""(?<![\d.,:/-])(?:\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일])(?![\d%/.])
    |\b\d{{1,2}}\.?\s{_ENGLISH}\b|\b{_ENGLISH}\.?\s\d{{1,2}}\b
    |\b\d{{1,3}}\s?(?:second|sec|minute|min|hour|hr|day|week|month|year)s?\s+ago\b|\b\d{{1,2}}[mhdw]\s+ago\b
    |\d{{1,3}}\s?(?:秒|分钟|分鐘|小时|小時|天|日|周|週|个月|年|分|時間)\s?前|昨天|今天|前天|刚刚|昨日|今日
    |\b(?:yesterday|today)\b|\bvor\s\d+\s\w+|\bil\sy\sa\s\d+|\bhace\s\d+|\d+\s\w+\sназад|\bвчера\b|\bсегодня\b|منذ
    |^[\s(\[]*\d{{1,2}}:\d{{2}}[\s)\]]*$""",
    re.IGNORECASE | re.VERBOSE,
)
# "Today", in a longer line, is a word of a headline.
_VAGUE_PART = 0.3
_IN_ADDRESS = re.compile(
    rf"[/_.-]{_YEAR}(?:([/-])(\d{{1,2}})\2(\d{{1,2}})|-?(\d{{2}})/?-?(\d{{2}}))(?=[/_.-]|$)"
)
_DIGITS = {
    ord(character): str(unicodedata.digit(character))
    for character in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９"
}
_SPACES = re.compile(r"\s+")
# Where the month stands first; everywhere else the day does.
_MONTH_FIRST = ("en", "en-us", "en-ph", "")


def is_dated(text: str) -> bool:
    """Tell whether a line holds a date, be it without its year or only how long ago."""
    text = _plain(text)
    if not text:
        return False
    if _find(text, month_first=False) is not None:
        return True
    vague = _VAGUE.search(text)
    return vague is not None and len(vague[0]) >= _VAGUE_PART * len(text)


def find_date(text: str, zone: tzinfo, language: str = "") -> datetime | None:
    """Give the first full date in a line, in UTC; None where there is none.

    "3 hours ago" and days without a year are none: when the page was made nobody knows. In
    ``06/07/2024`` the month comes first where ``language`` is American English or unknown.
    """
    text = _plain(text)
    found = _find(text, month_first=language.lower() in _MONTH_FIRST) if text else None
    return read_date(found, zone) if found else None


def address_date(url: str, zone: tzinfo) -> datetime | None:
    """Give the day that an address names (``/2024/06/01/``, ``/20240601/``), or None."""
    match = _IN_ADDRESS.search(url)
    if not match:
        return None
    year, month, day = match[1], match[3] or match[5], match[4] or match[6]
    return read_date(f"{year}-{month:0>2}-{day:0>2}", zone)


def _plain(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_LINE:
        return ""
    return _SPACES.sub(" ", text.translate(_DIGITS))


def _find(text: str, *, month_first: bool) -> str | None:
    """Give the first date of a line in a form that ``read_date`` knows."""
    if not any(map(str.isdigit, text)):
        return None
    if match := _ISO.search(text):
        time = match[4] or (f" {match[5]}" if match[5] else "")
        return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}{time}"
    for form, year, month, day, clock in _FORMS:
        if match := form.search(text):
            return _joined(match[year], _month(match[month]), match[day], match[clock])
    match = _YEAR_LAST.search(text)
    return _in_order(match, month_first=month_first) if match else None


def _in_order(match: re.Match[str], *, month_first: bool) -> str:
    """Give the date of ``12.06.2024`` and ``06/12/2024``; what cannot be a month is the day."""
    american = match[2] != "." and (month_first or int(match[3]) > _MONTHS_OF_YEAR)
    american = american and int(match[1]) <= _MONTHS_OF_YEAR
    day, month = (match[3], match[1]) if american else (match[1], match[3])
    return _joined(match[4], month, day, match[5])


def _joined(year: str, month: str, day: str, clock: str | None) -> str:
    clock = (clock or "").replace(".", "")
    return f"{year}-{month:0>2}-{day:0>2} {clock}".strip()


def _month(name: str) -> str:
    if name.isdigit():
        return name
    name = name.lower()
    return next((str(number) for prefix, number in _PREFIXES if name.startswith(prefix)), "0")
