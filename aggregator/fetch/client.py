"""Asking for web documents: conditionally, in turn, within limits, without a trace of who reads."""

import asyncio
import contextlib
import functools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from aggregator import __version__
from aggregator.errors import FetchError
from aggregator.fetch import body, failures, headers
from aggregator.fetch.guard import NotPublicError, checked
from aggregator.fetch.pools import Origin, Pools, proxy_fields
from aggregator.fetch.request import Answer, Limits, Request
from aggregator.fetch.robots import MOST, PRODUCT, Robots
from aggregator.fetch.turns import Turns
from aggregator.fetch.unpack import ACCEPTED

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
)

_FOR_GOOD = frozenset((HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT))
_FOR_NOW = frozenset((HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT))
_WANT_REST = frozenset((HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE))

# Bytes of a page in which it says that it is a challenge; the title stands at its beginning.
_TITLE = 8 * 1024

_T = TypeVar("_T")
_Read = Callable[[httpx.Response], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    to: str
    status: int


@dataclass(slots=True)
class _Trip:
    """One document's way: the addresses that were asked for, and the seconds that are left."""

    total: float
    left: float
    chain: list[str] = field(default_factory=list)
    home: bool = True
    permanent: bool = True

    def visit(self, url: str, redirects: int) -> None:
        """Note where the way leads now. Raises FetchError when it leads nowhere."""
        known, self.chain = self.chain, [*self.chain, url]
        # Not errors of the last server alone, but it is known what they answered.
        if url in known:
            raise FetchError("the redirects go round in a circle", HTTPStatus.FOUND)
        if len(known) > redirects:
            raise FetchError(f"there are more than {redirects} redirects", HTTPStatus.FOUND)
        self.home = self.home and _origin(url) == _origin(self.chain[0])

    @contextlib.asynccontextmanager
    async def time(self) -> AsyncIterator[None]:
        """Let the seconds run."""
        loop = asyncio.get_running_loop()
        begun, limit = loop.time(), asyncio.timeout(self.left)
        try:
            async with limit:
                yield
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise FetchError(f"no whole answer within {self.total:g} s") from error
        finally:
            self.left -= loop.time() - begun


class Client:
    """Asks politely, for all parts of the program together."""

    def __init__(self, pools: Pools, limits: Limits, agent: str) -> None:
        self._pools = pools
        self._limits = limits
        # The same for all requests: built for each, they are a tenth of the work.
        self._fields = {
            "Accept": _ACCEPT.encode(),
            "Accept-Encoding": ACCEPTED.encode(),
            "User-Agent": agent.encode(),
        }
        self._timeout = httpx.Timeout(limits.read, connect=limits.connect, pool=None).as_dict()
        self._turns = Turns()
        self._robots = Robots(self._robots_txt)

    async def get(self, request: Request) -> Answer:
        """Return what is at an address, if it has changed since the validators of the request.

        Redirects are followed, each after the same checks. Raises FetchError, which names the
        address and all that it was led to, and says what happened.
        """
        return await self._follow(request, functools.partial(body.whole, limits=self._limits))

    async def post(self, request: Request, form: Mapping[str, str]) -> Answer:
        """Send a form, encoded as browsers do, and return the answer, which may be any 2xx.

        Redirects are not followed. Raises FetchError.
        """
        trip = self._trip()

        async def accepted(response: httpx.Response) -> Answer:
            if not response.is_success:
                raise failures.answered(response)
            return _answer(response, await body.whole(response, self._limits), "")

        with _named(request, trip):
            trip.visit(_checked(request.url, request), 0)
            return await self._ask(request, trip, accepted, form)

    def _trip(self) -> _Trip:
        return _Trip(self._limits.total, self._limits.total)

    async def _robots_txt(self, request: Request) -> Answer:
        return await self._follow(request, functools.partial(body.beginning, most=MOST))

    async def _follow(self, request: Request, read: _Read) -> Answer:
        trip, url = self._trip(), request.url
        use = functools.partial(_understood, read=read, sent=request.validators)
        with _named(request, trip):
            while True:
                trip.visit(_checked(url, request), self._limits.redirects)
                said = await self._ask(request, trip, use)
                if isinstance(said, Answer):
                    moved = trip.permanent and len(trip.chain) > 1
                    return replace(said, moved=said.url if moved else "")
                trip.permanent = trip.permanent and said.status in _FOR_GOOD
                url = said.to

    async def _ask(
        self,
        request: Request,
        trip: _Trip,
        use: Callable[[httpx.Response], Awaitable[_T]],
        form: Mapping[str, str] | None = None,
    ) -> _T:
        """Ask for the last address of a trip when its host's turn comes, and use the answer."""
        url = trip.chain[-1]
        delay = request.delay
        if request.robots:
            delay = max(delay, await self._robots.delay(url, request))
        http = await self._pools.pool(private=request.private, proxy=request.proxy)
        async with self._turns.turn(_origin(url)[1], delay) as host:
            try:
                asked = self._asked(request, trip, form)
                # Not by httpx's client: it reads where a redirect leads even if it is not to go.
                async with trip.time(), _sent(http, asked) as response:
                    retry = headers.retry_after(response.headers)
                    if response.status_code in _WANT_REST and retry is not None:
                        host.leave_alone(retry, response.status_code)
                    return await use(response)
            except failures.EXPECTED as error:
                raise failures.happened(error) from error

    def _asked(
        self, request: Request, trip: _Trip, form: Mapping[str, str] | None
    ) -> httpx.Request:
        """Return what is sent: the source's own fields go to the origin they were written for."""
        own = request.headers if trip.home else ()
        fields = {
            **self._fields,
            "Connection": b"keep-alive" if self._pools.keeps(_origin(trip.chain[-1])) else b"close",
            **headers.conditions(request.validators),
        }
        if request.proxy and trip.chain[-1].startswith("http:"):  # else they are for the tunnel
            fields |= proxy_fields(request.proxy)
        named = {name.lower(): (name.encode(), value) for name, value in fields.items()}
        named |= {name.lower(): (name.encode(), value.encode()) for name, value in own}
        return httpx.Request(
            "GET" if form is None else "POST",
            trip.chain[-1],
            headers=list(named.values()),
            data=form,
            extensions={"timeout": self._timeout},
        )


@contextlib.asynccontextmanager
async def open_client(
    limits: Limits | None = None, contact: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Client]:
    """Open the client. No cookies are kept and no referrer is sent.

    ``contact`` is where the operator can be reached by those who find this program in their logs:
    a web or mail address. ``tls`` is for authorities other than the system's.
    """
    agent = f"{PRODUCT}/{__version__} ({f'+{contact}' if contact else _ANONYMOUS})"
    async with contextlib.AsyncExitStack() as stack:
        limits = limits or Limits()
        yield Client(Pools(limits, tls, stack), limits, agent)


_ANONYMOUS = "feed aggregator; polls conditionally"


@contextlib.asynccontextmanager
async def _sent(
    http: httpx.AsyncBaseTransport, request: httpx.Request
) -> AsyncIterator[httpx.Response]:
    response = await http.handle_async_request(request)
    try:
        yield response
    finally:
        await response.aclose()


@contextlib.contextmanager
def _named(request: Request, trip: _Trip) -> Iterator[None]:
    """Have errors name all addresses."""
    try:
        yield
    except FetchError as error:
        raise failures.told(error, trip.chain or [request.url]) from error


def _checked(url: str, request: Request) -> str:
    try:
        return checked(url, private=request.private)
    except (NotPublicError, ValueError) as error:
        raise failures.refused(error) from error


def _origin(url: str) -> Origin:
    """Return the origin of an address that was checked, and so is written in the one way."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


async def _understood(response: httpx.Response, read: _Read, sent: str) -> Answer | _Redirect:
    """Return a document or the way to it. Raises FetchError for all other answers."""
    status = response.status_code
    if status in _FOR_GOOD | _FOR_NOW:
        return _redirect(response)
    if status == HTTPStatus.NOT_MODIFIED and sent:
        return _answer(response, None, sent)
    if status == HTTPStatus.OK:
        return _answer(response, await read(response), "")
    if await _is_challenge(response):
        raise failures.challenged(response)
    raise failures.answered(response)


def _answer(response: httpx.Response, document: bytes | None, before: str) -> Answer:
    url = str(response.url)
    return Answer(
        url=url,
        body=document,
        media_type=headers.media_type(response.headers),
        charset=response.charset_encoding,
        validators=headers.validators(response.headers, before),
        fresh=headers.fresh(response.headers),
        links=headers.links(response.headers, url),
    )


def _redirect(response: httpx.Response) -> _Redirect:
    """Return where a redirect leads. The field is in no character set; browsers take UTF-8."""
    found = [value for name, value in response.headers.raw if name.lower() == b"location"]
    if not found or not found[0].strip():
        said = f"the server redirects ({response.status_code}) without saying where to"
        raise FetchError(said, response.status_code, "malformed")
    try:
        to = urljoin(str(response.url), found[0].decode("utf-8", "replace").strip())
    except ValueError as error:
        said = f"the server redirects to {failures.shown(repr(found[0]))}, which is no address"
        raise FetchError(said, response.status_code, "malformed") from error
    return _Redirect(to=to, status=response.status_code)


async def _is_challenge(response: httpx.Response) -> bool:
    """Tell whether a riddle came in place of the document, as Cloudflare poses them."""
    if response.status_code not in (HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE):
        return False
    if response.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return True
    if response.headers.get("server", "").strip().lower() != "cloudflare":
        return False
    try:
        return b"Just a moment..." in await body.beginning(response, _TITLE)
    except failures.EXPECTED:  # the status says enough
        return False
