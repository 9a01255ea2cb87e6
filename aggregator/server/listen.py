"""The HTTP server, inside the loop of whoever starts it."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aggregator.errors import AggregatorError
from aggregator.websub import PLACE

# One request, from connecting or the end of the one before to the end of its answer: enough for
# 2 MB over a poor telephone line (35 kB/s). A client that sends or reads a byte now and then, to
# hold a connection for ever, loses it.
_REQUEST_SECONDS = 60.0
# Browsers keep a connection for the page they are on; feed readers do not come back in time anyway.
_IDLE_SECONDS = 5
# What one request may send; browsers send less than 4 kB, and only what hubs deliver is a body that
# matters. The largest of a hundred captured feeds has 4 MB; a larger one comes with the next poll.
_REQUEST_BYTES = 64 << 10
DELIVERED = 8 << 20
# How long answers under way may take when the daemon ends, which must be a matter of seconds.
_GRACE_SECONDS = 2.0


class _Connection(HttpToolsProtocol):
    """A connection that ends when a request takes too long or too many bytes."""

    _deadline: asyncio.TimerHandle | None = None
    _received = 0
    _allowed = _REQUEST_BYTES

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._received += len(data)
        if self._received > self._allowed:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.scope["method"] == "POST" and self.scope["path"].startswith(f"/{PLACE}"):
            self._allowed = _REQUEST_BYTES + DELIVERED

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        super().connection_lost(exc)

    def _expect_request(self) -> None:
        self._received, self._allowed = 0, _REQUEST_BYTES
        self._end_deadline()
        self._deadline = self.loop.call_later(_REQUEST_SECONDS, self.transport.abort)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()


class _Server(Server):
    """Leaves signals to the daemon."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs. ``port`` is the real one, also when 0 was asked for."""

    url: str
    port: int
    _server: _Server
    _running: asyncio.Task[None]

    async def stop(self) -> None:
        """Stop listening, let answers under way end for two seconds, close every connection."""
        self._server.should_exit = True
        await asyncio.wait({self._running}, timeout=_GRACE_SECONDS)
        for connection in tuple(self._server.server_state.connections):
            connection.transport.abort()
        await self._running


async def serve(app: ASGIApp, host: str, port: int) -> Served:
    """Serve ``app`` in the running loop; connections are accepted on return.

    ``port`` 0 takes any free one. Installs no signal handler. Raises AggregatorError when the
    address cannot be had.
    """
    listener = await _listen(host, port)
    config = Config(
        app,
        http=_Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # a stranger's malformed request is no event; a failure of ours is
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]), name="http server")
    bound = listener.getsockname()[1]
    return Served(_url(host, bound), bound, server, running)


async def _listen(host: str, port: int) -> socket.socket:
    """Bind here and not in the server, which would end the process when it fails."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return _bound(*found[0])
    except OSError as error:
        hint = "; something else listens there already" if error.errno == errno.EADDRINUSE else ""
        raise AggregatorError(f"cannot serve on {host} port {port}: {error}{hint}") from error


def _bound(family: int, kind: int, protocol: int, _name: str, address: Any) -> socket.socket:
    # Only on sockets that name their protocol does asyncio turn Nagle's algorithm off; with it
    # every answer on a connection kept alive waits 40 ms for an acknowledgement.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _url(host: str, port: int) -> str:
    """An address to open in a browser on this machine, for which "every interface" is none."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - binds nothing
    return f"http://[{reachable}]:{port}/" if ":" in reachable else f"http://{reachable}:{port}/"
