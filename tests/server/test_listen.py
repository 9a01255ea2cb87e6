import asyncio
import logging
import os
import resource
import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from aggregator.errors import AggregatorError
from aggregator.server import Status, build, listen, serve


async def report() -> Status:
    return Status(sources=(), feeds=(), config_error="", started=datetime.now(UTC))


async def fetch(port: int, path: str = "/") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """An answer larger than any socket buffer."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(64):
        await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})


def test_many_starts_and_stops_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")

    async def cycles() -> None:
        port = 0
        for _ in range(10):
            served = await serve(build(tmp_path, report), "127.0.0.1", port)
            port = served.port  # the same one again: nothing lingers on it
            assert served.url == f"http://127.0.0.1:{port}/"
            assert (await fetch(port)).endswith(b"hello")
            await served.stop()
            with pytest.raises(ConnectionRefusedError):
                await fetch(port)

    asyncio.run(cycles())
    before = len(list(Path("/proc/self/fd").iterdir()))
    asyncio.run(cycles())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    async def twice() -> None:
        served = await serve(build(tmp_path, report), "127.0.0.1", 0)
        try:
            with pytest.raises(AggregatorError, match=f"127.0.0.1 port {served.port}: .*in use"):
                await serve(build(tmp_path, report), "127.0.0.1", served.port)
        finally:
            await served.stop()

    asyncio.run(twice())


def test_an_unknown_host_is_said(tmp_path: Path) -> None:
    with pytest.raises(AggregatorError, match=r"no\.such\.host\.invalid"):
        asyncio.run(serve(build(tmp_path, report), "no.such.host.invalid", 0))


def test_signals_stay_with_the_daemon(tmp_path: Path) -> None:
    async def run() -> bool:
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        served = await serve(build(tmp_path, report), "127.0.0.1", 0)
        await fetch(served.port)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(told.wait(), 2)
        still_there = (await fetch(served.port)).startswith(b"HTTP/1.1 404")
        await served.stop()
        return still_there and signal.getsignal(signal.SIGINT) is interrupted

    before = signal.getsignal(signal.SIGTERM)
    interrupted = signal.getsignal(signal.SIGINT)
    try:
        # A runner replaces SIGINT's handler itself; a plain loop shows what the server does.
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(run())
        loop.close()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_stop_lets_an_answer_end_and_waits_for_no_idle_connection(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"whole"})

    async def run() -> tuple[bytes, float]:
        served = await serve(slow, "127.0.0.1", 0)
        idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(20)]
        under_way = asyncio.create_task(fetch(served.port))
        await asked.wait()
        begun = time.monotonic()
        await served.stop()
        for connection in idle:
            connection.close()
        return await under_way, time.monotonic() - begun

    answer, seconds = asyncio.run(run())
    assert b"whole" in answer
    assert seconds < 2


def test_stop_does_not_wait_for_who_does_not_read(caplog) -> None:
    async def run() -> float:
        served = await serve(endless, "127.0.0.1", 0)
        with socket.create_connection(("127.0.0.1", served.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            await served.stop()
            return time.monotonic() - begun

    assert asyncio.run(run()) < 4
    assert caplog.text == ""


def test_slow_and_idle_clients_lose_their_connection_and_hinder_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "_REQUEST_SECONDS", 1.0)
    (tmp_path / "index.html").write_text("hello")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))

    async def trickle(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for byte in b"GET / HTTP/1.1\r\nX: " + b"y" * 1000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            return b""
        finally:
            writer.close()
        return await reader.read()

    async def tick(lags: list[float]) -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            lags.append(time.monotonic() - begun - 0.01)

    async def run() -> None:
        lags: list[float] = []
        served = await serve(build(tmp_path, report), "127.0.0.1", 0)
        ticking = asyncio.create_task(tick(lags))
        idle = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(500)]
        loris = asyncio.create_task(trickle(served.port))
        begun = time.monotonic()
        for _ in range(50):
            assert (await fetch(served.port)).endswith(b"hello")
        assert time.monotonic() - begun < 2
        ends = [reader.read() for reader, _ in idle]
        results = await asyncio.wait_for(asyncio.gather(*ends, return_exceptions=True), 5)
        assert all(r == b"" or isinstance(r, ConnectionError) for r in results)
        assert await asyncio.wait_for(loris, 5) == b""
        for _, writer in idle:
            writer.close()
        ticking.cancel()
        await served.stop()
        assert max(lags) < 0.5

    try:
        asyncio.run(run())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_endless_head_is_cut_off(tmp_path: Path) -> None:
    async def run() -> int:
        served = await serve(build(tmp_path, report), "127.0.0.1", 0)
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(b"GET / HTTP/1.1\r\n")
        sent = 0
        try:
            while sent < 8 << 20:
                writer.write(b"X-Y: " + b"z" * 10_000 + b"\r\n")
                await writer.drain()
                sent += 10_000
        except ConnectionError:
            pass
        writer.close()
        await served.stop()
        return sent

    assert asyncio.run(run()) < 8 << 20


def test_the_log_stays_quiet_and_tells_failures(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/boom":
            raise ValueError("the reason")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> None:
        served = await serve(broken, "127.0.0.1", 0)
        await fetch(served.port, "/fine")
        await fetch(served.port, "/a b")
        assert caplog.text == ""
        assert (await fetch(served.port, "/boom")).startswith(b"HTTP/1.1 500")
        await served.stop()

    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.WARNING, "asyncio")
        asyncio.run(run())
    assert "the reason" in caplog.text


def test_answers_on_a_kept_connection_do_not_wait_for_acknowledgements() -> None:
    delayed: list[int] = []

    async def hello(scope: Scope, receive: Receive, send: Send) -> None:
        (connection,) = served._server.server_state.connections
        accepted = connection.transport.get_extra_info("socket")
        delayed.append(not accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    async def run() -> None:
        nonlocal served
        served = await serve(hello, "127.0.0.1", 0)
        assert (await fetch(served.port)).endswith(b"hello")
        await served.stop()

    served: Any = None
    asyncio.run(run())
    assert delayed == [False]


def test_ipv6_has_an_address_too(tmp_path: Path) -> None:
    async def run() -> int:
        try:
            served = await serve(build(tmp_path, report), "::1", 0)
        except AggregatorError:
            pytest.skip("no IPv6 here")
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.get(f"{served.url}status")
        await served.stop()
        return answer.status_code

    assert asyncio.run(run()) == 200
