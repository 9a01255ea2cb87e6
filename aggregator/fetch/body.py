"""Reading the body of an answer, within bounds."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx

from aggregator.fetch.request import Limits
from aggregator.fetch.unpack import UnpackError, unpacked


async def whole(response: httpx.Response, limits: Limits) -> bytes:
    """Return the body without its content codings. Raises UnpackError for one that is too large."""
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limits.wire:
        raise UnpackError(f"is larger than {limits.wire:,} bytes")
    body = bytearray()
    async with aclosing(_pieces(response, limits.wire, limits.size)) as pieces:
        async for piece in pieces:
            body += piece
    return bytes(body)


async def beginning(response: httpx.Response, most: int) -> bytes:
    """Return so many bytes of the body, or all if it is shorter."""
    body = bytearray()
    # What is unpacked in one step may be more than is wanted.
    async with aclosing(_pieces(response, 2 * most, 4 * most)) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) >= most:
                break
    return bytes(body[:most])


async def _pieces(response: httpx.Response, wire: int, size: int) -> AsyncGenerator[bytes, None]:
    encoding = response.headers.get("content-encoding", "")
    async with (
        aclosing(_counted(response, wire)) as sent,
        aclosing(unpacked(sent, encoding, size)) as pieces,
    ):
        async for piece in pieces:
            yield piece


async def _counted(response: httpx.Response, most: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for chunk in response.aiter_raw():
        seen += len(chunk)
        if seen > most:
            raise UnpackError(f"is larger than {most:,} bytes")
        yield chunk
