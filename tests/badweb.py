"""The web at its worst, on this machine: real sockets, many hosts, TLS, and a log of every request.

    with badweb() as web:                       # or the fixture ``bad``
        web.at("/feed", reply(b"<rss/>", ("ETag", 'W/"1"')))
        web.at("/feed", drip(b"x" * 99, 0.1), host=2)           # another host: 127.0.0.2
        web.at("/", reply(b""), host="expired")                 # https, see CERTIFICATES
        ... ask for web.url("/feed"), web.url("/feed", host=2) ...
        assert gaps(web.asked(host=2)) ...

What is at a path is a script: an ``async`` function that is given a Talk and writes what it likes.
``reply``, ``raw``, ``drip`` and so on make the usual ones; ``first(a, b, c)`` answers the first
request with a, the second with b, and all further ones with c. A path without a script, looked for
without and then with its query, is a 404. Hosts are numbers, for http at 127.0.0.<number>, or a
kind of certificate, for https at 127.0.0.1; ``web.tls`` believes the authority of the good one.

The log holds for each request the monotonic time at which its head was there (``begin``) and at
which the last byte of the answer was written or the connection broke (``end``).
"""

import asyncio
import contextlib
import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import trustme

Host = int | str
Field = tuple[str, str | bytes]
CERTIFICATES = ("good", "expired", "self-signed", "wrong name", "unknown authority")


@dataclass
class Asked:
    """One request as it came. ``fields`` are in their order, names in lower case."""

    host: Host
    method: str
    path: str
    fields: list[tuple[str, bytes]]
    body: bytes
    begin: float
    end: float = float("inf")

    def sent(self, name: str) -> bytes | None:
        """The value of a field; None if it was not sent."""
        return dict(self.fields).get(name.lower())


@dataclass
class Talk:
    """What a script has: the request, and the connection. Whoever sets ``close`` hangs up."""

    asked: Asked
    writer: asyncio.StreamWriter
    close: bool = False

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, *fields: Field) -> None:
        lines = [f"HTTP/1.1 {status} Reason".encode()]
        for name, value in fields:
            lines.append(name.encode() + b": " + _bytes(value))
        await self.send(b"\r\n".join(lines) + b"\r\n\r\n")

    def reset(self) -> None:
        """Break the connection without a word (RST)."""
        linger = struct.pack("ii", 1, 0)
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Script = Callable[[Talk], Awaitable[None]]


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


# Scripts


def reply(body: bytes = b"", *fields: Field, status: int = 200) -> Script:
    """A whole answer. Content-Length is right unless it is among the fields."""

    async def script(talk: Talk) -> None:
        length: tuple[Field, ...] = (("Content-Length", str(len(body))),)
        if {name.lower() for name, _ in fields} & {"content-length", "transfer-encoding"}:
            length, talk.close = (), True
        await talk.head(status, *fields, *length)
        if status != 304:
            await talk.send(body)

    return script


def status(code: int, *fields: Field) -> Script:
    return reply(b"", *fields, status=code)


def redirect(to: str | bytes, code: int = 302, *fields: Field) -> Script:
    return status(code, ("Location", to), *fields)


def tagged(body: bytes, *fields: Field) -> Script:
    """A document with validators: 304 for who sends one of them back byte for byte."""
    known = {name.lower(): _bytes(value) for name, value in fields}

    async def script(talk: Talk) -> None:
        match, since = talk.asked.sent("if-none-match"), talk.asked.sent("if-modified-since")
        same = match == known.get("etag") if match else since == known.get("last-modified")
        unchanged = same and (match or since)
        await (status(304, *fields) if unchanged else reply(body, *fields))(talk)

    return script


def raw(*pieces: bytes, pause: float = 0.0) -> Script:
    """Bytes as they are, HTTP or not, then the end of the connection."""

    async def script(talk: Talk) -> None:
        talk.close = True
        for number, piece in enumerate(pieces):
            await asyncio.sleep(pause if number else 0)
            await talk.send(piece)

    return script


def drip(body: bytes, pause: float) -> Script:
    """A body of the right length, byte by byte."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    return raw(head, *(body[at : at + 1] for at in range(len(body))), pause=pause)


def slow(seconds: float, then: Script) -> Script:
    """Silence before an answer."""

    async def script(talk: Talk) -> None:
        await asyncio.sleep(seconds)
        await then(talk)

    return script


def endless(begin: bytes, again: bytes) -> Script:
    """Bytes without end."""

    async def script(talk: Talk) -> None:
        await talk.send(begin)
        while not talk.writer.is_closing():
            await talk.send(again)

    return script


def broken(*pieces: bytes) -> Script:
    """Some bytes, then the connection breaks (RST)."""

    async def script(talk: Talk) -> None:
        for piece in pieces:
            await talk.send(piece)
        await asyncio.sleep(0.05)  # let them arrive
        talk.reset()

    return script


def first(*scripts: Script) -> Script:
    """One script after the other, the last one for ever."""
    rest = list(scripts)

    async def script(talk: Talk) -> None:
        await (rest.pop(0) if len(rest) > 1 else rest[0])(talk)

    return script


# The server


@dataclass
class BadWeb:
    """Servers in a loop and thread of their own."""

    loop: asyncio.AbstractEventLoop
    authority: trustme.CA
    log: list[Asked] = field(default_factory=list)
    scripts: dict[tuple[Host, str], Script] = field(default_factory=dict)
    servers: dict[Host, asyncio.Server] = field(default_factory=dict)
    talks: set[asyncio.Task[Any]] = field(default_factory=set)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def tls(self) -> ssl.SSLContext:
        """What believes in the authority of this web, and in none else."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def at(self, path: str, script: Script, host: Host = 1) -> None:
        """Put a script at a path of a host."""
        self.scripts[host, path] = script

    def url(self, path: str = "/", host: Host = 1) -> str:
        """The address of a path; what listens there is started when it is first asked for."""
        if host not in self.servers:
            starting = asyncio.run_coroutine_threadsafe(self._start(host), self.loop)
            self.servers[host] = starting.result(5)
        name, port = self.servers[host].sockets[0].getsockname()
        return f"{'http' if isinstance(host, int) else 'https'}://{name}:{port}{path}"

    def asked(self, path: str | None = None, host: Host | None = None) -> list[Asked]:
        """The requests for a path or all, to a host or all, in the order of coming."""
        return [
            one
            for one in self.log
            if path in (None, one.path) and (host is None or one.host == host)
        ]

    async def _start(self, host: Host) -> asyncio.Server:
        tls = None if isinstance(host, int) else _certificate(self.authority, host)
        address = f"127.0.0.{host}" if isinstance(host, int) else "127.0.0.1"

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self.talks.add(task)
            task.add_done_callback(self.talks.discard)
            self.writers.add(writer)
            try:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    while await self._talk(host, reader, writer):
                        pass
            finally:
                writer.transport.abort() if task.cancelling() else writer.close()

        return await asyncio.start_server(serve, address, 0, ssl=tls)

    async def _talk(
        self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; tell whether another may follow."""
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
        method, path, _ = head[0].decode().split(" ", 2)
        pairs = [line.split(b":", 1) for line in head[1:]]
        fields = [(name.decode().lower(), value.strip(b" \t")) for name, value in pairs]
        body = await reader.readexactly(int(dict(fields).get("content-length", b"0")))
        asked = Asked(host, method, path, fields, body, time.monotonic())
        self.log.append(asked)
        talk = Talk(asked, writer, close=asked.sent("connection") == b"close")
        plain = path.partition("?")[0]
        script = self.scripts.get((host, path)) or self.scripts.get((host, plain)) or status(404)
        try:
            await script(talk)
        finally:
            asked.end = time.monotonic()
        return not (talk.close or writer.is_closing())


def _certificate(authority: trustme.CA, kind: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    now = datetime.now(UTC)
    if kind == "self-signed":
        alone = trustme.CA()
        both = trustme.Blob(alone.private_key_pem.bytes() + alone.cert_pem.bytes())
        with both.tempfile() as path:
            context.load_cert_chain(path)
        return context
    name = "elsewhere.example" if kind == "wrong name" else "127.0.0.1"
    since, until = now - timedelta(days=2), now + timedelta(days=-1 if kind == "expired" else 1)
    signer = trustme.CA() if kind == "unknown authority" else authority
    signer.issue_cert(name, not_before=since, not_after=until).configure_cert(context)
    return context


@contextlib.contextmanager
def badweb() -> Iterator[BadWeb]:
    """Serve until the block ends."""
    loop = asyncio.new_event_loop()
    # A connection that a test breaks is what the test is about, not news.
    loop.set_exception_handler(lambda *_: None)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    web = BadWeb(loop, trustme.CA())
    try:
        yield web
    finally:
        asyncio.run_coroutine_threadsafe(_stop(web), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(web: BadWeb) -> None:
    # Nothing new is accepted, and what is being accepted arrives before the servers close: asyncio
    # loses a connection whose server is closed meanwhile.
    for server in web.servers.values():
        for listening in server.sockets:
            web.loop.remove_reader(listening.fileno())
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others & web.talks:
            task.cancel()
        await asyncio.wait(others, timeout=0.01)
    for server in web.servers.values():
        server.close()
    for writer in web.writers:
        writer.transport.abort()  # one that was closed still waits for who does not read
    await asyncio.sleep(0.002)  # transports close in the loop's next rounds


# Reading the log

# Seconds: on a busy machine the server notes the end of an answer that long after it was there.
JITTER = 0.02


def gaps(log: list[Asked]) -> list[float]:
    """Seconds from the end of each answer to the next request; negative if they overlap."""
    ordered = sorted(log, key=lambda one: one.begin)
    return [after.begin - before.end for before, after in itertools.pairwise(ordered)]


def most_at_once(log: list[Asked]) -> int:
    """How many requests were being answered at the same time, at the worst."""
    events = sorted([(one.begin, 1) for one in log] + [(one.end, -1) for one in log])
    most = now = 0
    for _, change in events:
        now += change
        most = max(most, now)
    return most
