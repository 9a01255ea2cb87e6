"""robots.txt (RFC 9309): asked for once a day and origin, and obeyed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf

import httpx
from protego import Protego

from aggregator.errors import FetchError, RestingError, Trouble
from aggregator.fetch.request import Answer, Request

# The name by which robots.txt may speak to this program (RFC 9309, 2.2.1).
PRODUCT = "aggregator"
# Bytes that are read; the RFC asks for as many at least (2.5).
MOST = 500 * 1024

# Seconds for which an answer stands (2.4), and for which it is believed that there is none: a site
# of a thousand pages is not to be asked a thousand times while it is in trouble.
_STANDS, _FAILED = 86_400.0, 600.0
# Seconds between requests that a site may ask for; some ask for hours.
_LONGEST_DELAY = 60.0
# Bytes of all files that are remembered. What they are read into takes up to 40 times that: 20 MB
# for a file of the largest size that is nothing but wildcards.
_REMEMBERED = 2_000_000
# What remembering takes even for an empty file.
_LEAST = 1_000

# Troubles that are those of the page, too. All others mean that there is no answer.
_SHARED: frozenset[Trouble] = frozenset(("blocked", "certificate", "refused"))

_Fetch = Callable[[Request], Awaitable[Answer]]
_Origin = tuple[str, bool, str]


@dataclass(slots=True)
class _Site:
    """What an origin's robots.txt says, or why it cannot be had, until a time of the loop."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: float = -inf
    size: int = _LEAST
    rules: Protego | FetchError | None = None


class Robots:
    """The rules of the origins that were asked lately; ``fetch`` gets a robots.txt."""

    def __init__(self, fetch: _Fetch) -> None:
        self._fetch = fetch
        self._sites: dict[_Origin, _Site] = {}  # the longest unused first

    async def delay(self, url: str, request: Request) -> float:
        """Return the seconds that the origin of ``url`` wants between requests, 0 if none.

        Raises FetchError when it does not allow ``url`` to be asked for, or cannot say.
        """
        asked = httpx.URL(url)
        address = str(asked.copy_with(raw_path=b"/robots.txt", fragment=None))
        key = (address, request.private, request.proxy)
        site = self._sites.pop(key, None) or _Site()
        self._sites[key] = site
        async with site.lock:  # those who come first together have it fetched once
            if site.until <= asyncio.get_running_loop().time():
                await self._renew(site, address, request)
        self._forget()
        if isinstance(site.rules, FetchError):
            error = site.rules
            raise FetchError(str(error), error.status, error.trouble, error.retry)
        if site.rules is None:
            return 0.0
        if not site.rules.can_fetch(url, PRODUCT):
            raise FetchError(f"{address} does not allow it", trouble="refused")
        return min(site.rules.crawl_delay(PRODUCT) or 0.0, _LONGEST_DELAY)

    async def _renew(self, site: _Site, address: str, request: Request) -> None:
        asked = Request(
            url=address, private=request.private, delay=request.delay, proxy=request.proxy
        )
        stands = _STANDS
        try:
            text = (await self._fetch(asked)).body or b""
            # A file of the largest size takes a third of a second.
            site.rules = await asyncio.to_thread(Protego.parse, text.decode("utf-8-sig", "replace"))
            site.size = _LEAST + len(text)
        except RestingError:
            raise  # nothing was learned that would stand
        except FetchError as error:
            allowed = _is_unavailable(error.status)
            site.rules = None if allowed else _unreachable(error)
            stands = _STANDS if allowed else _FAILED
        site.until = asyncio.get_running_loop().time() + stands

    def _forget(self) -> None:
        total = sum(site.size for site in self._sites.values())
        while total > _REMEMBERED and len(self._sites) > 1:
            total -= self._sites.pop(next(iter(self._sites))).size


def _is_unavailable(status: int) -> bool:
    """Tell whether there are no rules (2.3.1.3), redirects without end among it (2.3.1.2).

    A server that has had enough requests for now has said nothing about its rules.
    """
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR and (
        status != HTTPStatus.TOO_MANY_REQUESTS
    )


def _unreachable(error: FetchError) -> FetchError:
    """Return why nothing of an origin is asked for while its rules cannot be had (2.3.1.4)."""
    trouble = error.trouble if error.trouble in _SHARED else "unreachable"
    said = f"not asked, for robots.txt cannot be had: {error}"
    return FetchError(said, error.status, trouble, error.retry)
