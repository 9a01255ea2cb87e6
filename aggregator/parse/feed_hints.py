"""What a feed says about when to ask for it, and who tells of its news."""

from lxml import etree

from aggregator.article import Hints
from aggregator.parse.feed_element import Fields, elements, first_text, text_of
from aggregator.parse.feed_text import web_address

# Seconds (https://web.resource.org/rss/1.0/modules/syndication/).
_PERIODS = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS, _WEEK = 24, 7


def read_hints(fields: Fields, base: str | None) -> Hints:
    """Return the hints among the children of a channel; what makes no sense counts as absent."""
    return Hints(
        every=max(_ttl(fields), _period(fields)),
        hours=_sensible(_hours(fields), _HOURS),
        days=_sensible(_days(fields), _WEEK),
        hub=_link(fields, "hub", base),
        topic=_link(fields, "self", base),
    )


def _ttl(fields: Fields) -> int:
    """RSS 2.0 gives minutes."""
    return 60 * (_number(first_text(fields, "ttl")) or 0)


def _period(fields: Fields) -> int:
    period = first_text(fields, "sy:updateperiod").lower()
    times = _number(first_text(fields, "sy:updatefrequency")) or 1
    return _PERIODS.get(period, 0) // times


def _hours(fields: Fields) -> set[int]:
    """RSS 0.91 counts from 1 to 24, RSS 2.0 from 0 to 23: 24 is midnight."""
    said = (_number(text) for text in _inside(fields, "skiphours"))
    return {hour % _HOURS for hour in said if hour is not None and hour <= _HOURS}


def _days(fields: Fields) -> set[int]:
    return {
        _DAYS.index(day) for text in _inside(fields, "skipdays") if (day := text.lower()) in _DAYS
    }


def _inside(fields: Fields, name: str) -> list[str]:
    return [
        text_of(one).strip()
        for outer in elements(fields, name)
        for one in outer.iter(etree.Element)
        if one is not outer
    ]


def _sensible(skipped: set[int], every: int) -> tuple[int, ...]:
    """All the day, or all the week, is no hint."""
    return tuple(sorted(skipped)) if len(skipped) < every else ()


def _link(fields: Fields, relation: str, base: str | None) -> str:
    for link in elements(fields, "atom:link"):
        if relation in (link.get("rel") or "").lower().split():
            return web_address(link.get("href"), base) or ""
    return ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None  # noqa: PLR2004
