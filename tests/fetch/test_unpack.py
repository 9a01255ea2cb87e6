"""Content codings undone: byte for byte, or not at all; and never at the price of the memory."""

import asyncio
import contextlib
import gzip
import itertools
import random
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.unpack import ACCEPTED, UnpackError, unpacked

MB = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


async def chunks(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def unpack(data: bytes, encoding: str, most: int = 40 * MB, size: int = 16_384) -> bytes:
    async def work() -> bytes:
        return b"".join([piece async for piece in unpacked(chunks(data, size), encoding, most)])

    return asyncio.run(work())


def test_what_is_accepted_can_be_unpacked() -> None:
    for coding in ACCEPTED.split(", "):
        assert unpack(PACK[coding](b"news"), coding) == b"news"


@pytest.mark.parametrize("coding", PACK)
@given(data=st.binary(max_size=300), times=st.integers(1, 2000), size=st.integers(1, 5000))
def test_whatever_was_packed(coding: str, data: bytes, times: int, size: int) -> None:
    packed = PACK[coding](data * times)
    assert unpack(packed, coding, size=size) == data * times


@pytest.mark.parametrize("coding", PACK)
@given(data=st.binary(max_size=2000))
def test_any_bytes_unpack_or_are_refused(coding: str, data: bytes) -> None:
    with contextlib.suppress(UnpackError):
        unpack(data, coding)


@pytest.mark.parametrize(
    ("packed", "encoding", "body"),
    [
        (b"news", "", b"news"),
        (b"news", "identity", b"news"),
        (b"news", " Identity , ", b"news"),
        (gzip.compress(b"news"), "X-GZip", b"news"),
        (gzip.compress(b"a") + gzip.compress(b"b"), "gzip", b"ab"),
        (gzip.compress(b"a") + bytes(700), "gzip", b"a"),
        (gzip.compress(b"a") + b"padding", "gzip", b"a"),
        (zlib.compress(b"a") + b"padding", "deflate", b"a"),
        (raw_deflate(b"news"), "deflate", b"news"),
        (zlib.compress(b"news", wbits=9), "deflate", b"news"),
        (zstd.compress(b"a") + zstd.compress(b"b"), "zstd", b"ab"),
        (b"\x50\x2a\x4d\x18\x03\x00\x00\x00xyz" + zstd.compress(b"b"), "zstd", b"b"),
        (brotli.compress(gzip.compress(b"news")), "gzip, br", b"news"),
        (gzip.compress(brotli.compress(b"news")), "br,identity,gzip", b"news"),
        *((b"", coding, b"") for coding in PACK),
    ],
    ids=itertools.count(),
)
@pytest.mark.parametrize("size", [1, 3, 16_384])
def test_as_servers_pack(packed: bytes, encoding: str, body: bytes, size: int) -> None:
    assert unpack(packed, encoding, size=size) == body


@pytest.mark.parametrize("coding", PACK)
def test_cut_short(coding: str) -> None:
    packed = PACK[coding](random.Random(1).randbytes(100_000))
    for length in (1, 5, 50_000, len(packed) - 1):
        with pytest.raises(UnpackError, match="cut short"):
            unpack(packed[:length], coding)


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("body", [b"<rss version='2.0'/>", b"\xff" * 50])
def test_damaged(coding: str, body: bytes) -> None:
    with pytest.raises(UnpackError, match=r"the compressed body is (damaged|cut short)"):
        unpack(body, coding)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("compress", "is encoded as 'compress', which was not asked for"),
        ("gzip, lzma", "is encoded as 'lzma', which was not asked for"),
        ("gzip;q=1", "is encoded as 'gzip;q=1', which was not asked for"),
        ("gzip, gzip, gzip", "is packed 3 times over"),
        (", ".join(["br"] * 5000), "is packed 5000 times over"),
    ],
)
def test_codings_that_are_not_undone(encoding: str, said: str) -> None:
    with pytest.raises(UnpackError) as caught:
        unpack(b"x", encoding)
    assert str(caught.value) == said


@pytest.mark.parametrize("coding", ["", *PACK])
def test_too_large(coding: str) -> None:
    body = random.Random(2).randbytes(MB)
    packed = PACK[coding](body) if coding else body
    assert unpack(packed, coding, most=MB) == body
    with pytest.raises(UnpackError, match=r"^is larger than 999,999 bytes$"):
        unpack(packed, coding, most=MB - 1)


def test_what_is_between_two_codings_is_bounded_too() -> None:
    between = gzip.compress(random.Random(3).randbytes(90_000)) + bytes(10_000)
    with pytest.raises(UnpackError, match=r"^is larger than 90,000 bytes$"):
        unpack(brotli.compress(between), "gzip, br", most=90_000)


@pytest.mark.parametrize("coding", PACK)
def test_the_ratio(coding: str) -> None:
    small, large = PACK[coding](bytes(MB)), PACK[coding](bytes(MB + 1))
    assert unpack(small, coding) == bytes(MB)
    with pytest.raises(UnpackError, match=r"^unpacks to more than 250 times its size$"):
        unpack(large, coding)
    # As much as a thing that repeats itself may compress, all the same.
    body = b"".join(random.Random(n // 80).randbytes(1000) for n in range(3200))
    assert unpack(PACK[coding](body), coding) == body


@pytest.mark.parametrize("empty", [gzip.compress(b""), zstd.compress(b"")], ids=["gzip", "zstd"])
def test_endless_empty_parts(empty: bytes) -> None:
    coding = "gzip" if empty.startswith(b"\x1f") else "zstd"
    assert unpack(empty * 1000, coding) == b""
    with pytest.raises(UnpackError, match="is packed in more than 1,000 parts"):
        unpack(empty * 100_000, coding)


def test_windows_larger_than_the_standards_allow() -> None:
    options = {zstd.CompressionParameter.window_log: 24}
    packer = zstd.ZstdCompressor(options=options)
    large = packer.compress(b"news" * 100) + packer.flush()
    with pytest.raises(UnpackError, match=r"damaged: .*too much memory"):
        unpack(large, "zstd")
    # A large-window stream of brotli begins with 0x11 and six bits of its size.
    with pytest.raises(UnpackError, match="damaged"):
        unpack(b"\x11\x1e" + bytes(50), "br")


@pytest.mark.parametrize("coding", PACK)
def test_one_step_gives_little(coding: str) -> None:
    async def largest() -> int:
        pieces = unpacked(chunks(PACK[coding](bytes(MB)), MB), coding, MB)
        return max([len(piece) async for piece in pieces])

    assert asyncio.run(largest()) <= 128 * 1024


@pytest.mark.parametrize("coding", PACK)
def test_what_is_left_early_is_closed(coding: str) -> None:
    closed = []

    async def source() -> AsyncIterator[bytes]:
        try:
            yield PACK[coding](b"news")
        finally:
            closed.append(True)

    async def work() -> None:
        pieces = unpacked(source(), coding, MB)
        async for _ in pieces:
            break
        await pieces.aclose()

    asyncio.run(work())
    assert closed == [True]


# Bombs


def bombs() -> Iterator[tuple[str, AsyncIterator[bytes]]]:
    """Ten gigabytes of nothing in each coding, and in two of them one over the other."""
    for coding in PACK:
        yield coding, bomb(coding)
    yield "gzip, br", once(brotli.compress(gzip.compress(bytes(8 * MB))))


async def bomb(coding: str) -> AsyncIterator[bytes]:
    """Flushed in pieces, so that the second can be repeated for ever."""
    first, second = flushed(coding)
    yield first
    for _ in range(10_000):
        yield second


def flushed(coding: str) -> tuple[bytes, bytes]:
    block = bytes(MB)
    if coding == "br":
        br = brotli.Compressor()
        first, second = (br.process(block) + br.flush() for _ in range(2))
    elif coding == "zstd":
        zs = zstd.ZstdCompressor()
        first, second = (zs.compress(block, zs.FLUSH_BLOCK) for _ in range(2))
    else:
        z = zlib.compressobj(wbits=zlib.MAX_WBITS + (16 if coding == "gzip" else 0))
        first, second = (z.compress(block) + z.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first, second


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def drop() -> None:
    for encoding, source in bombs():
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        count = 0
        try:
            async for piece in unpacked(source, encoding, 10_000 * MB):
                count += len(piece)
        except UnpackError as error:
            peak = tracemalloc.get_traced_memory()[1] - before
            print(f"{encoding}: {error} after {count} bytes, {peak} at the peak")  # noqa: T201


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
def test_bombs_take_no_memory() -> None:
    """A process of its own drops all of them, and is asked what it took of the machine's memory."""
    done = subprocess.run(
        [sys.executable, __file__], capture_output=True, text=True, check=True, timeout=30
    )
    *lines, peak = done.stdout.splitlines()
    assert [line.partition(" after")[0] for line in lines] == [
        f"{coding}: unpacks to more than 250 times its size" for coding in (*PACK, "gzip, br")
    ]
    assert int(peak) < 100 * 1024, f"{peak} KiB"


def test_the_bombs_are_bombs() -> None:
    """What the test above drops does unpack, and goes on and on."""
    for coding in ("gzip", "deflate"):
        first, second = flushed(coding)
        got = zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(first + second * 9)
        assert len(got) == 10 * MB
    first, second = flushed("br")
    assert len(brotli.Decompressor().process(first + second * 9)) == 10 * MB
    first, second = flushed("zstd")
    assert len(zstd.ZstdDecompressor().decompress(first + second * 9)) == 10 * MB


if __name__ == "__main__":
    tracemalloc.start()
    asyncio.run(drop())
    # Not getrusage: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text("ascii")
    print(status.partition("VmHWM:")[2].split()[0])  # noqa: T201
