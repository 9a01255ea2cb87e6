"""Asking the bad web in tests."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

from aggregator.errors import FetchError
from aggregator.fetch import Answer, Limits, Request, open_client

QUICK = Limits(connect=2, read=0.4, total=0.9, wire=500_000, size=1_000_000)


def request(url: str, **settings: Any) -> Request:
    """A request as tests make it: inside the network, and at once."""
    return Request(url=url, **{"private": True, "delay": 0.0, **settings})


def ask(
    *requests: Request, limits: Limits = QUICK, tls: ssl.SSLContext | None = None
) -> list[Answer | FetchError]:
    """Ask with one client, one after the other."""

    async def work() -> list[Answer | FetchError]:
        async with open_client(limits, tls=tls) as client:
            said: list[Answer | FetchError] = []
            for one in requests:
                try:
                    said.append(await client.get(one))
                except FetchError as error:
                    said.append(error)
            return said

    return asyncio.run(work())


def get(url: str, tls: ssl.SSLContext | None = None, **settings: Any) -> Answer:
    """Ask once. Raises what the client raises."""
    (said,) = ask(request(url, **settings), tls=tls)
    if isinstance(said, FetchError):
        raise said
    return said


def fails(url: str, tls: ssl.SSLContext | None = None, **settings: Any) -> FetchError:
    """Ask once for what cannot be had."""
    (said,) = ask(request(url, **settings), tls=tls)
    assert isinstance(said, FetchError), said
    return said


def at_once(requests: Sequence[Request], limits: Limits = QUICK) -> list[Answer | BaseException]:
    """Ask for all at the same time, in their order."""

    async def work() -> list[Answer | BaseException]:
        async with open_client(limits) as client:
            tasks = [client.get(one) for one in requests]
            return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(work())
