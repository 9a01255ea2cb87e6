"""What every kind of source shares: its settings, and what a visit is given and yields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import soupsieve
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregator.article import Document
from aggregator.fetch import Client
from aggregator.rules import Rule

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# What a web address consists of (RFC 3986), and letters of all scripts, which browsers allow.
_PLAIN = re.compile(r"[\w:/?#\[\]@!$&'()*+,;=.~%-]+")
# Seconds, a hundred years: beyond, no calendar follows.
_LONGEST = 36_500 * 86_400


def seconds(duration: str) -> int:
    """Return the seconds of "90s", "15m", "6h" or "1d". Raises ValueError."""
    number, unit = duration[:-1], duration[-1:]
    if not (number.isascii() and number.isdigit() and int(number) and unit in _UNITS):
        raise ValueError("is no duration; write 90s, 15m, 6h or 1d")
    if int(number) * _UNITS[unit] > _LONGEST:
        raise ValueError("is longer than a hundred years")
    return int(number) * _UNITS[unit]


def trigger(every: str, zone: str) -> BaseTrigger:
    """Return when a source is due, from a duration or a cron line. Raises ValueError."""
    if len(every.split()) > 1:
        try:
            return CronTrigger.from_crontab(every, timezone=ZoneInfo(zone))
        except ValueError as error:
            raise ValueError(f"is no cron line ({error}); five fields, like 0 7 * * mon") from error
    # A tenth of jitter keeps sources that were configured together from coming due together.
    span = seconds(every)
    return IntervalTrigger(seconds=span, jitter=span // 10 or None)


def _every(value: str) -> str:
    trigger(value, "UTC")
    return value


def _duration(value: str) -> str:
    seconds(value)
    return value


def _selector(value: str) -> str:
    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(f"is no CSS selector: {str(error).splitlines()[0]}") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no time zone; write it like Asia/Shanghai or UTC") from error
    return value


def _folder_address(value: str) -> str:
    if "?" in value or "#" in value:
        raise ValueError("is to end with a folder, without ? and #")
    return value if value.endswith("/") else f"{value}/"


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is no web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host or not _PLAIN.fullmatch(value):
        raise ValueError("is no web address; write it like https://feeds.example.org/")
    if parts.username is not None:
        raise ValueError("holds a user name or password, which is not supported")
    return value


Every = Annotated[
    str,
    AfterValidator(_every),
    Field(description="90s, 15m, 6h, 1d, or a cron line such as '0 7 * * mon'"),
]
Duration = Annotated[str, AfterValidator(_duration), Field(description="90s, 15m, 6h or 1d")]
Selector = Annotated[str, AfterValidator(_selector), Field(description="a CSS selector")]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebFolder = Annotated[WebAddress, AfterValidator(_folder_address)]
Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]


class Common(BaseModel):
    """The settings that every source has; ``defaults:`` sets them for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: Every = Field("30m", description="how often the source is scanned")
    categories: tuple[str, ...] = Field((), description="added to those of the articles")
    remove: tuple[Selector, ...] = Field(
        (), description="CSS selectors of what is taken out of every article"
    )
    drop_images: tuple[str, ...] = Field(
        (), description="globs of image addresses that are placeholders"
    )
    boilerplate: bool = Field(
        True,
        description="what repeats across a source's articles (share lines, adverts, footers) is "
        "found and taken out; off leaves it",
    )
    language: str | None = Field(None, description="of articles that name none, like zh-CN")
    timezone: Zone | None = Field(None, description="for dates that name none")


class Settings(Common):
    """One source: the common settings, its name, and in a subclass the key of its kind."""

    kind: ClassVar[str]
    # A date in the future is waited for; otherwise it is taken for a mistake.
    holds_future: ClassVar[bool] = False
    # A visit costs somebody else: after a restart it waits until it is due.
    remote: ClassVar[bool] = True
    # The source is one document: when that cannot be read, the source has failed.
    single: ClassVar[bool] = False

    name: str | None = Field(None, description="shown to readers; default: the target")
    rules: tuple[Rule, ...] = Field(
        (), description="what to do with its articles, before the rules for all"
    )

    @property
    def target(self) -> str:
        """The folder or address, as configured."""
        return str(getattr(self, self.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A document that could not be read. It is read again when its validators change."""

    name: str
    error: str
    validators: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document that is what it was, with the validators that are to be shown next time."""

    name: str
    validators: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Documents that the source had and no longer has."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a source is given when it is scanned.

    ``root`` is where relative paths start, ``seen`` maps the names of known documents to their
    validators, ``only`` limits the visit to some of a folder's files (paths relative to it), for
    file events.
    """

    root: Path
    seen: Mapping[str, str]
    client: Client
    only: frozenset[str] = frozenset()


Found = Document | Failure | Known | Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured source, ready to be scanned. ``zone`` is where its naive dates are."""

    name: str
    settings: Settings
    zone: str

    @property
    def key(self) -> str:
        """Kind and target: what the store knows it by."""
        return f"{self.settings.kind}:{self.settings.target}"

    @property
    def trigger(self) -> BaseTrigger:
        """When it is due."""
        return trigger(self.settings.every, self.zone)


def first_due(source: Source, planned: datetime | None, now: datetime) -> datetime:
    """Return when a source is due after a start: as planned; at once when new or at hand."""
    if planned is None or not source.settings.remote:
        return now
    latest = source.trigger.get_next_fire_time(None, now)
    return min(planned, latest) if latest else planned
