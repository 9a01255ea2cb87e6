"""Content codings (RFC 9110, 8.4.1): bodies unpacked in steps, so that none takes the memory."""

import sys
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import brotli  # type: ignore[import-untyped]  # ships no types

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"

# Bytes that are fed and bytes that are unpacked in one step, whatever the input promises.
_FED, _STEP = 16 * 1024, 64 * 1024
# Codings one over the other. A server that packs what a program behind it has packed makes two.
_LAYERS = 2
# Members of gzip and frames of zstd in one body. Empty ones cost their sender 20 bytes each.
_MEMBERS = 1000
# How many times its size a body may unpack to, once it has given as many bytes.
_RATIO, _FROM = 250, 1_000_000
# The largest window of a zstd content coding, 8 MB (RFC 9659, 3). Brotli's has 16 MB at most
# (RFC 7932, 9.1); larger ones are no standard, and not enabled here.
_ZSTD = {int(zstd.DecompressionParameter.window_log_max): 23}

_GZIP = 16 + zlib.MAX_WBITS  # how zlib is told to expect the header of gzip (RFC 1952)
_RAW = -zlib.MAX_WBITS  # and none at all (RFC 1951)

_Pieces = Callable[[Any, bytes], Iterator[bytes]]
_Unpack = Callable[[AsyncIterator[bytes]], AsyncGenerator[bytes, None]]


class UnpackError(ValueError):
    """A body cannot be unpacked: damaged, cut short, too large, or in a coding not asked for."""


async def unpacked(
    chunks: AsyncIterator[bytes], encoding: str, most: int
) -> AsyncGenerator[bytes, None]:
    """Yield a body without its content codings, piece by piece.

    ``encoding`` is the Content-Encoding field, "" without one; ``most`` the bytes that the body,
    and what is between two codings, may have. No bytes at all are an empty body in every coding.
    Raises UnpackError.
    """
    stream = chunks
    for unpack in _codings(encoding) or [_as_it_is]:
        stream = _bounded(stream, unpack, most)
    async for piece in stream:
        yield piece


def _codings(encoding: str) -> list[_Unpack]:
    """Return how to undo the codings of a field, the last one applied first."""
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _LAYERS:
        raise UnpackError(f"is packed {len(names)} times over")
    for name in names:
        if name not in _CODINGS:
            raise UnpackError(f"is encoded as {name[:40]!r}, which was not asked for")
    return [_CODINGS[name] for name in reversed(names)]


async def _bounded(
    chunks: AsyncIterator[bytes], unpack: _Unpack, most: int
) -> AsyncGenerator[bytes, None]:
    fed = given = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal fed
        async for chunk in chunks:
            for start in range(0, len(chunk), _FED):
                piece = chunk[start : start + _FED]
                fed += len(piece)
                yield piece

    try:
        async with aclosing(unpack(counted())) as pieces:
            async for piece in pieces:
                given += len(piece)
                if given > most:
                    raise UnpackError(f"is larger than {most:,} bytes")
                if given > max(_FROM, fed * _RATIO):
                    raise UnpackError(f"unpacks to more than {_RATIO} times its size")
                yield piece
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise UnpackError(f"the compressed body is damaged: {error}") from error


async def _as_it_is(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        yield chunk


async def _gunzip(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Unpack members one after the other (RFC 1952, 2.2); what follows and is none is padding."""
    async for piece in _members(chunks, lambda _: zlib.decompressobj(_GZIP), _inflated, b"\x1f"):
        yield piece


async def _inflate(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Unpack deflate, which is zlib (RFC 9110, 8.4.1.2), and without its header in the wild."""

    def start(first: bytes) -> Any:
        # The method's number in zlib's first byte; no packer begins so without the header, for it
        # would be the padding of an uncompressed block.
        return zlib.decompressobj(zlib.MAX_WBITS if first[0] & 15 == zlib.DEFLATED else _RAW)

    async for piece in _members(chunks, start, _inflated, b""):
        yield piece


async def _unzstd(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Unpack frames one after the other (RFC 8878, 3.1)."""

    def start(_: bytes) -> Any:
        return zstd.ZstdDecompressor(options=_ZSTD)

    async for piece in _members(chunks, start, _zstd_pieces, None):
        yield piece


async def _unbrotli(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    stream, fed = brotli.Decompressor(), False
    async for chunk in chunks:
        fed = True
        yield stream.process(chunk, output_buffer_limit=_STEP)
        while piece := stream.process(b"", output_buffer_limit=_STEP):
            yield piece
    if fed and not stream.is_finished():
        raise UnpackError(_CUT)


_CUT = "the compressed body is cut short"


async def _members(
    chunks: AsyncIterator[bytes],
    start: Callable[[bytes], Any],
    pieces: _Pieces,
    sign: bytes | None,
) -> AsyncGenerator[bytes, None]:
    """Unpack what may come in several parts, each begun with ``start``.

    Parts after the first begin with ``sign``, or whatever with None; with "" there are none.
    """
    member: Any = None
    count = 0
    async for chunk in chunks:
        rest = chunk
        while rest:
            if member is None:
                if count and sign is not None and (not sign or not rest.startswith(sign)):
                    return
                member, count = start(rest), count + 1
                if count > _MEMBERS:
                    raise UnpackError(f"is packed in more than {_MEMBERS:,} parts")
            for piece in pieces(member, rest):
                yield piece
            rest, member = (member.unused_data, None) if member.eof else (b"", member)
    if member is not None:
        raise UnpackError(_CUT)


def _inflated(member: Any, data: bytes) -> Iterator[bytes]:
    yield member.decompress(data, _STEP)
    # Asked once more with nothing, it gives what it had no room for.
    while not member.eof and (piece := member.decompress(member.unconsumed_tail, _STEP)):
        yield piece


def _zstd_pieces(frame: Any, data: bytes) -> Iterator[bytes]:
    yield frame.decompress(data, _STEP)
    while not (frame.eof or frame.needs_input):
        yield frame.decompress(b"", _STEP)


_CODINGS: dict[str, _Unpack] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
