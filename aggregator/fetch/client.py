"""Asking for web documents: conditionally, within limits, and without a trace of who reads them."""

import asyncio
import contextlib
import json
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from aggregator import __version__
from aggregator.errors import FetchError
from aggregator.fetch.guard import NotPublicError, public_socket
from aggregator.fetch.request import Answer, Request

USER_AGENT = f"aggregator/{__version__} (feed aggregator; polls conditionally)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may take: seconds, redirects, and bytes after decompression.

    A feed that has not arrived whole after a minute is tried again when it is next due. The largest
    of a hundred captured feeds has 4 MB.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    redirects: int = 5
    size: int = 32 * 1024 * 1024


class Client:
    """One connection pool for all addresses that the operator named, one for those of strangers."""

    def __init__(self, http: httpx.AsyncClient, guarded: httpx.AsyncClient, limits: Limits) -> None:
        self._http = http
        self._guarded = guarded
        self._limits = limits

    async def get(self, request: Request) -> Answer:
        """Return what is at an http(s) address, if it has changed since the validators.

        Raises FetchError, which names the address and says what happened.
        """
        http = self._http if request.private else self._guarded
        return await self._get(http, request.url, request.validators)

    async def post(self, request: Request, form: Mapping[str, str]) -> Answer:
        """Send a form, as browsers encode it, and return the answer; redirects are not followed.

        Raises FetchError for every answer but 2xx.
        """
        http = self._http if request.private else self._guarded
        try:
            response = await http.post(request.url, data=form, follow_redirects=False)
        except httpx.HTTPError as error:
            raise FetchError(f"{request.url}: {_said(error)}") from error
        if not response.is_success:
            said = f"{request.url}: the server answered {response.status_code}"
            raise FetchError(said, response.status_code)
        return Answer(
            url=request.url,
            body=response.content,
            media_type=_media_type(response),
            charset=response.charset_encoding,
            validators="",
        )

    async def _get(self, http: httpx.AsyncClient, url: str, validators: str) -> Answer:
        """Return what a client is told at an address.

        Raises FetchError, which names the address and says what happened.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise FetchError(f"{url}: only http and https addresses are fetched")
        limits = self._limits
        try:
            async with asyncio.timeout(limits.total):
                return await self._ask(http, url, validators)
        except TimeoutError as error:
            raise FetchError(f"{url}: no whole answer within {limits.total:g} s") from error
        except httpx.TimeoutException as error:
            raise FetchError(f"{url}: the server is silent: {_said(error)}") from error
        except httpx.TooManyRedirects as error:
            raise FetchError(f"{url}: more than {limits.redirects} redirects") from error
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
            raise FetchError(f"{url}: {_said(error)}") from error
        except ValueError as error:  # what the libraries below raise for odd addresses and headers
            raise FetchError(f"{url}: cannot be asked for: {_said(error)}") from error

    async def _ask(self, http: httpx.AsyncClient, url: str, validators: str) -> Answer:
        async with http.stream("GET", url, headers=_conditions(validators)) as response:
            unchanged = response.status_code == HTTPStatus.NOT_MODIFIED and bool(validators)
            if response.status_code != HTTPStatus.OK and not unchanged:
                reason = response.reason_phrase
                said = f"{url}: the server answered {response.status_code} {reason}"
                raise FetchError(said, response.status_code)
            return Answer(
                url=str(response.url),
                body=None if unchanged else await _body(response, url, self._limits.size),
                media_type=_media_type(response),
                charset=response.charset_encoding,
                validators=_validators(response) or (validators if unchanged else ""),
            )


@contextlib.asynccontextmanager
async def open_client(
    limits: Limits | None = None, contact: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Client]:
    """Open the client. No cookies are kept and no referrer is sent."""
    limits = limits or Limits()
    async with _http(limits, None) as http, _http(limits, public_socket) as guarded:
        yield Client(http, guarded, limits)


def _http(
    limits: Limits, sockets: Callable[[aiohttp.AddrInfoType], socket.socket] | None
) -> httpx.AsyncClient:
    transport = AiohttpTransport(
        # Never used, for the session below brings its own; by default 40 ms go into making one.
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        client=lambda: aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=sockets),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        ),
    )
    return httpx.AsyncClient(
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip"},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=True,
        max_redirects=limits.redirects,
        timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=None),
        event_hooks={"request": [_without_body]},
    )


_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
)


_CONDITIONS = {"etag": b"If-None-Match", "last-modified": b"If-Modified-Since"}


async def _without_body(request: httpx.Request) -> None:
    """Let the transport see that there is no body: after a redirect it would send an empty one."""
    await request.aread()


def _conditions(validators: str) -> dict[bytes, bytes]:
    """Validators go back byte for byte as they came (RFC 9110, 13.1)."""
    known = json.loads(validators) if validators else {}
    return {_CONDITIONS[name]: value.encode() for name, value in known.items()}


def _validators(response: httpx.Response) -> str:
    kept = {}
    for name, value in response.headers.raw:
        # What is not UTF-8 cannot be sent back byte for byte, and would match nothing otherwise.
        with contextlib.suppress(UnicodeDecodeError):
            if (key := name.decode().lower()) in _CONDITIONS:
                kept[key] = value.decode()
    return json.dumps(kept) if kept else ""


def _media_type(response: httpx.Response) -> str:
    declared: str = response.headers.get("content-type", "")
    return declared.partition(";")[0].strip().lower()


async def _body(response: httpx.Response, url: str, limit: int) -> bytes:
    """Return the decompressed body. Raises FetchError for one that is too large or cut short.

    Decompressed here, in steps: httpx unpacks every chunk whole, and in as many layers as the
    server says, which may take a thousand times the memory for each.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise FetchError(f"{url}: is encoded as {encoding!r}, which was not asked for")
    unpack = _gunzip if _ENCODINGS[encoding] else _as_it_is
    body = bytearray()
    async for piece in unpack(response.aiter_raw(), url):
        body += piece
        if len(body) > limit:
            raise FetchError(f"{url}: is larger than {limit:,} bytes")
    return bytes(body)


# Whether a content encoding is gzip (RFC 9110, 8.4.1.3).
_ENCODINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True}
_GZIP = 16 + zlib.MAX_WBITS  # how zlib is told to expect a gzip header
_STEP = 64 * 1024


async def _as_it_is(chunks: AsyncIterator[bytes], _url: str) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield chunk


async def _gunzip(chunks: AsyncIterator[bytes], url: str) -> AsyncIterator[bytes]:
    """Unpack gzip members one after the other (RFC 1952, 2.2) in steps of limited size."""
    member = zlib.decompressobj(_GZIP)
    try:
        async for chunk in chunks:
            rest = chunk
            while rest:
                if member.eof:
                    if not rest.startswith(b"\x1f"):
                        return  # padding
                    member = zlib.decompressobj(_GZIP)
                yield member.decompress(rest, _STEP)
                rest = member.unused_data if member.eof else member.unconsumed_tail
        while piece := member.decompress(b"", _STEP):
            yield piece
    except zlib.error as error:
        raise FetchError(f"{url}: the compressed body is damaged: {error}") from error
    if not member.eof:
        raise FetchError(f"{url}: the compressed body is cut short")


def _refused(error: BaseException | None) -> NotPublicError | None:
    """Return the guard's own words, which the libraries wrap into several of theirs."""
    while error is not None and not isinstance(error, NotPublicError):
        error = error.__cause__ or error.__context__
    return error


def _said(error: Exception) -> str:
    if refused := _refused(error):
        return str(refused)
    return str(error) or type(error).__name__
