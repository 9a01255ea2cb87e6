"""What every kind of source shares: its settings, and what a visit is given and yields."""

import base64
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, ParamSpec, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from aggregator.article import Document
from aggregator.fetch import Request
from aggregator.rules import Rule
from aggregator.sources.memory import Memory

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

    from aggregator.fetch import Client
    from aggregator.lists.opml import Outline

P = ParamSpec("P")
T = TypeVar("T")

# In the place of validators: it was read, and is to be read anew all the same. An edit of the
# configuration leaves "" there.
AGAIN = "again"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The name of a header (RFC 9110, 5.1), and those that belong to the program.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = frozenset(
    (
        *("accept-encoding", "connection", "content-length", "content-type", "expect", "host"),
        *("if-modified-since", "if-none-match", "te", "transfer-encoding", "upgrade"),
    )
)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# What a web address consists of (RFC 3986), and letters of all scripts, which browsers allow.
_PLAIN = re.compile(r"[\w:/?#\[\]@!$&'()*+,;=.~%-]+")
# Seconds, a hundred years: beyond, no calendar follows.
_LONGEST = 36_500 * 86_400


# The setting by which a source is visited as often as it has news, and how often it is, in seconds,
# until that is known.
AUTO = "auto"
_MEANWHILE = 3600


def seconds(duration: str) -> int:
    """Return the seconds of "90s", "15m", "6h" or "1d". Raises ValueError."""
    number, unit = duration[:-1], duration[-1:]
    if not (number.isascii() and number.isdigit() and int(number) and unit in _UNITS):
        raise ValueError("is no duration; write 90s, 15m, 6h or 1d")
    if int(number) * _UNITS[unit] > _LONGEST:
        raise ValueError("is longer than a hundred years")
    return int(number) * _UNITS[unit]


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what blocks in a thread, so that all else goes on."""
    # Imported here: it takes 15 ms, and a look at the configuration visits nothing.
    import asyncio  # noqa: PLC0415

    return await asyncio.to_thread(work, *args, **kwargs)


def interval_of(every: str) -> int:
    """Return about how many seconds lie between two visits."""
    return _MEANWHILE if every == AUTO or len(every.split()) > 1 else seconds(every)


def trigger(every: str, zone: str) -> "BaseTrigger":
    """Return when a source is due, from a duration or a cron line. Raises ValueError."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    if every == AUTO:
        return IntervalTrigger(seconds=_MEANWHILE, jitter=_MEANWHILE // 10)
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


def selector(value: str) -> str:
    """Return a CSS selector that can be used. Raises ValueError."""
    import soupsieve  # noqa: PLC0415

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


def web_address(value: str) -> str:
    """Return an address that can be asked for. Raises ValueError."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is no web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host or not _PLAIN.fullmatch(value):
        raise ValueError("is no web address; write it like https://feeds.example.org/")
    if parts.username is not None:
        raise ValueError("holds a user name or password; those of a source go into auth")
    return value


def _pause(value: str) -> str:
    if value != "0":
        seconds(value)
    return value


def _login(value: SecretStr) -> SecretStr:
    if ":" not in value.get_secret_value():
        raise ValueError("is to be user:password")
    return value


def _proxy(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        right = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        right = False
    if not right:
        raise ValueError("is no proxy; write it like http://proxy.example.org:3128")
    return value


def _headers(value: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, secret in value.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"has {name!r}, which is no name of a header")
        if name.lower() in _OURS:
            raise ValueError(f"has {name}, a header that the program itself sends")
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in secret.get_secret_value()):  # noqa: PLR2004
            raise ValueError(f"has a line break or control character in {name}")
    return value


Every = Annotated[
    str,
    AfterValidator(_every),
    Field(
        description="90s, 15m, 6h, 1d, a cron line such as '0 7 * * mon', or auto: by how often it "
        "has news"
    ),
]
Pause = Annotated[
    str,
    BeforeValidator(lambda value: "0" if value == 0 else value),  # YAML takes 0 for a number
    AfterValidator(_pause),
    Field(description="0, 2s or 1m"),
]
Login = Annotated[SecretStr, AfterValidator(_login)]
Proxy = Annotated[SecretStr, AfterValidator(_proxy)]
Headers = Annotated[dict[str, SecretStr], AfterValidator(_headers)]
Duration = Annotated[str, AfterValidator(_duration), Field(description="90s, 15m, 6h or 1d")]
Selector = Annotated[str, AfterValidator(selector), Field(description="a CSS selector")]
WebAddress = Annotated[str, AfterValidator(web_address)]
WebFolder = Annotated[WebAddress, AfterValidator(_folder_address)]
FullText = Annotated[
    bool | Literal["auto"],
    Field(
        description="fetch the web page of each new article for its whole text; auto: of those "
        "that are only a beginning"
    ),
]
Zone = Annotated[str, AfterValidator(_zone), Field(description="an IANA time zone")]


class Common(BaseModel):
    """The settings that every source has; ``defaults:`` sets them for all."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

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
    own_feed: bool = Field(
        False, description="its articles are a feed of their own too, with the source's name"
    )


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


class Remote(Settings):
    """A source on the web: how its server is asked."""

    single: ClassVar[bool] = True

    allow_private: bool = Field(
        False,
        description="it, and the pages of its articles, may be at addresses inside the network",
    )
    delay: Pause = Field(
        "1s", description="how long a server is left alone between two requests; 0 for your own"
    )
    headers: Headers = Field({}, description="sent with each request to the source's own server")
    auth: Login | None = Field(
        None, description="user:password for the source's own server, like feeds:${PASSWORD}"
    )
    proxy: Proxy | None = Field(
        None, description="the HTTP proxy to go through, like http://proxy.example.org:3128"
    )

    def request(self, url: str, validators: str = "", *, robots: bool = False) -> Request:
        """Return how to ask for an address on behalf of this source.

        Its headers go to its own server only.
        """
        return Request(
            url=url,
            validators=validators,
            private=self.allow_private,
            robots=robots,
            delay=float(seconds(self.delay)) if self.delay != "0" else 0.0,
            headers=tuple(self._own_headers()) if _origin(url) == _origin(self.target) else (),
            proxy=self.proxy.get_secret_value() if self.proxy else "",
        )

    def _own_headers(self) -> Iterator[tuple[str, str]]:
        for name, value in self.headers.items():
            yield name, value.get_secret_value()
        if self.auth:
            told = base64.b64encode(self.auth.get_secret_value().encode()).decode()
            yield "Authorization", f"Basic {told}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port (RFC 6454): whom a request goes to."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


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
    """Documents that the source had and no longer has.

    ``moved`` of them have other names now; ``there`` counts the documents that were found.
    """

    names: tuple[str, ...]
    moved: int = field(default=0, compare=False)
    there: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is to be remembered of an address; ``body`` is what it held, None if as before."""

    name: str
    memory: Memory
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """The feeds that an OPML source lists."""

    outlines: "tuple[Outline, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong with a part of a document, the rest of which is read."""

    name: str
    text: str


async def _nothing(_name: str) -> bytes | None:
    return None


async def _none_known(_uids: Sequence[str]) -> frozenset[str]:
    return frozenset()


class Settled(NamedTuple):
    """A folder whose ``files`` were all as remembered; the digest moves when one is not any more.

    No digest: they are to be compared again.
    """

    digest: str
    files: int


UNSETTLED = Settled("", 0)

Recall = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a source is given when it is scanned.

    ``root`` is where relative paths start, ``seen`` maps the names of known documents to their
    validators, ``only`` limits the visit to some of a folder's files (paths relative to it), for
    file events. ``memories`` is what is remembered of addresses, ``body`` returns what one held
    when it was asked last, ``known`` which of some articles the store has. ``forced``: a person
    asks, so that an answer that still stands is asked for anew. ``pushed`` is what a hub delivered
    in place of the source's own answer. ``zone`` is where dates without one are.

    ``settled`` is what a source of files keeps from one whole visit to the next: its folders by
    their paths. Once that is known, ``recall`` gives in place of ``seen`` the documents in some.
    """

    root: Path
    seen: Mapping[str, str]
    client: "Client"
    only: frozenset[str] = frozenset()
    memories: Mapping[str, Memory] = field(default_factory=dict)
    body: Callable[[str], Awaitable[bytes | None]] = _nothing
    known: Callable[[Sequence[str]], Awaitable[frozenset[str]]] = _none_known
    now: datetime = EPOCH
    forced: bool = False
    pushed: bytes | None = None
    zone: str = "UTC"
    settled: dict[str, Settled] = field(default_factory=dict)
    recall: Recall | None = None


Found = Document | Failure | Known | Gone | Answered | Outlines | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source, ready to be scanned. ``zone`` is where its naive dates are.

    ``listed_in`` is the name of the source that lists it, "" if it is configured itself.
    """

    name: str
    settings: Settings
    zone: str
    listed_in: str = ""

    @property
    def key(self) -> str:
        """Kind and target: what the store knows it by."""
        return f"{self.settings.kind}:{self.settings.target}"

    @property
    def trigger(self) -> "BaseTrigger":
        """When it is due."""
        return trigger(self.settings.every, self.zone)
