"""Asking for web documents: conditionally, within limits, and without a trace of who reads them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from aggregator import __version__
from aggregator.errors import FetchError

USER_AGENT = f"aggregator/{__version__} (feed aggregator; polls conditionally)"

# Seconds. A feed that has not arrived whole after a minute is tried again when it is next due.
CONNECT, READ, TOTAL = 10.0, 20.0, 60.0
REDIRECTS = 5
# Bytes after decompression: the largest of a hundred captured feeds has 4 MB.
LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. ``validators`` is to be given back, unread, with the next request.

    ``body`` is None when the document has not changed since the validators that were sent.
    ``url`` is where it came from in the end; ``media_type`` is lower case, without parameters.
    """

    url: str
    body: bytes | None
    media_type: str
    charset: str | None
    validators: str


class Client:
    """One connection pool for all sources."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, url: str, validators: str = "") -> Answer:
        """Return what is at an http(s) address, if it has changed since ``validators``.

        Raises FetchError, which names the address and says what happened.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise FetchError(f"{url}: only http and https addresses are fetched")
        try:
            async with asyncio.timeout(TOTAL):
                return await self._ask(url, validators)
        except TimeoutError as error:
            raise FetchError(f"{url}: no whole answer within {TOTAL:.0f} s") from error
        except httpx.TooManyRedirects as error:
            raise FetchError(f"{url}: more than {REDIRECTS} redirects") from error
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
            raise FetchError(f"{url}: {str(error) or type(error).__name__}") from error

    async def _ask(self, url: str, validators: str) -> Answer:
        async with self._http.stream("GET", url, headers=_conditions(validators)) as response:
            unchanged = response.status_code == HTTPStatus.NOT_MODIFIED
            if response.status_code != HTTPStatus.OK and not unchanged:
                reason = response.reason_phrase
                raise FetchError(f"{url}: the server answered {response.status_code} {reason}")
            return Answer(
                url=str(response.url),
                body=None if unchanged else await _body(response, url),
                media_type=_media_type(response),
                charset=response.charset_encoding,
                validators=_validators(response) or (validators if unchanged else ""),
            )


@contextlib.asynccontextmanager
async def open_client() -> AsyncIterator[Client]:
    """Open the client. No cookies are kept and no referrer is sent."""
    transport = AiohttpTransport(
        client=lambda: aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
    )
    async with httpx.AsyncClient(
        transport=transport,
        headers={"User-Agent": USER_AGENT, "Accept": _ACCEPT},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=True,
        max_redirects=REDIRECTS,
        timeout=httpx.Timeout(READ, connect=CONNECT, pool=None),
    ) as http:
        yield Client(http)


_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
)


def _conditions(validators: str) -> dict[str, str]:
    """Validators go back byte for byte as they came (RFC 9110, 13.1)."""
    known = json.loads(validators) if validators else {}
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[name]: value for name, value in known.items() if name in names}


def _validators(response: httpx.Response) -> str:
    kept = {n: response.headers[n] for n in ("etag", "last-modified") if n in response.headers}
    return json.dumps(kept) if kept else ""


def _media_type(response: httpx.Response) -> str:
    declared: str = response.headers.get("content-type", "")
    return declared.partition(";")[0].strip().lower()


async def _body(response: httpx.Response, url: str) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LIMIT:
            raise FetchError(f"{url}: larger than {LIMIT // 1024 // 1024} MB")
    return bytes(body)
