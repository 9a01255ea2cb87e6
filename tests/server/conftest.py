"""A real server on a free port, in a thread with a loop of its own, for all tests together."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.server import Health, Status, build, health_route, serve
from aggregator.terms import Terms

STARTED = datetime(2026, 3, 1, tzinfo=UTC)
QUIET = Status(sources=(), feeds=(), config_error="", started=STARTED)


@dataclass
class Site:
    """A served folder, and what its report tells: a Status, or an exception to raise."""

    root: Path
    port: int
    told: Status | Exception = QUIET
    terms: Terms = Terms()  # noqa: RUF009 - frozen

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def report(self) -> Status:
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    async def health(self) -> Health:
        return (await self.report()).health


@dataclass
class Host:
    """The server, and the application that the test of the moment put into it."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    ready: threading.Event = field(default_factory=threading.Event)
    ends: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app
        await self.app(scope, receive, send)

    async def run(self) -> None:
        served = await serve(self, "127.0.0.1", 0)
        self.port = served.port
        self.ready.set()
        await self.ends.wait()
        await served.stop()


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    host = Host()
    thread = threading.Thread(target=host.loop.run_until_complete, args=(host.run(),))
    thread.start()
    assert host.ready.wait(5)
    yield host
    host.loop.call_soon_threadsafe(host.ends.set)
    thread.join(10)
    assert not thread.is_alive()
    host.loop.run_until_complete(host.loop.shutdown_default_executor())
    host.loop.close()


@pytest.fixture
def site(host: Host, tmp_path: Path) -> Site:
    root = tmp_path / "feeds"
    root.mkdir()
    site = Site(root, host.port)
    host.app = build(root, site.report, health_route(site.health), terms=lambda: site.terms)
    return site
