"""A web of many hosts that answers in every way there is, and logs each request.

All hosts are of this machine, 127.0.0.2 and those after it, and listen on one port. Which address
answers how is the same at every start: ``plan`` says it to the server, to whoever writes a
configuration, and to whoever judges the log.
"""

import asyncio
import contextlib
import functools
import gzip
import json
import multiprocessing
import os
import random
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import brotli
from backports import zstd

# Sources of a host, again and again: a quarter of all hosts have one, a tenth twenty; 4.7 in all.
_PER_HOST = (1, 1, 1, 2, 2, 3, 3, 4, 10, 20)

# The seconds that answers of these kinds say: how long to be left alone, how long they stand.
RETRY, FRESH, TTL = 40, 60, 60


@dataclass(frozen=True)
class Spot:
    """A source: the kind of its answers, its host, and the seconds between requests to that."""

    number: int
    kind: str
    host: str
    delay: int

    @property
    def path(self) -> str:
        return f"/{self.kind}/{self.number}"

    @property
    def listed(self) -> bool:
        """Whether it is the OPML source that names it, not the configuration."""
        plain = source_kind(self.kind) == "feed" and self.kind != "auto"
        return plain and self.number % 9 == 3 and not self.delay


@dataclass(frozen=True)
class Asked:
    """One request: wall-clock seconds of its coming and of the end of its answer."""

    host: str
    path: str
    begin: float
    end: float
    status: int
    validators: str
    sent: str

    @property
    def number(self) -> int:
        """The source that it is for, -1 for robots.txt."""
        parts = self.path.split("/")
        return int(parts[2]) if len(parts) > 2 else -1

    @property
    def first(self) -> bool:
        """Whether it is for the address of the source itself."""
        return self.path.count("/") == 2


@dataclass
class Reply:
    """An answer; ``pause`` before the head, ``drip`` for the body, in seconds."""

    body: bytes = b""
    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    drip: float = 0.0
    fault: str = ""  # "silence", "reset" or "cut"


@dataclass(frozen=True)
class Ask:
    """What an answer is made from: ``times`` counts the requests for the address before it."""

    number: int
    rest: tuple[str, ...]
    times: int
    base: str
    sent: dict[str, str]


def _source(weight: int, kind: str = "feed") -> Callable[[Callable[[Ask], Reply]], Any]:
    def note(answer: Callable[[Ask], Reply]) -> Callable[[Ask], Reply]:
        _ANSWERS[answer.__name__.strip("_")] = (weight, kind, answer)
        return answer

    return note


_ANSWERS: dict[str, tuple[int, str, Callable[[Ask], Reply]]] = {}


# What there is to read

_BEGUN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)


@functools.cache
def _words() -> list[str]:
    chance = random.Random(1)
    parts = ["ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ri", "su", "ta", "vo", "xe", "zi"]
    return ["".join(chance.choices(parts, k=chance.randint(2, 4))) for _ in range(3000)]


def _text(seed: str, count: int) -> str:
    return " ".join(random.Random(seed).choices(_words(), k=count)).capitalize() + "."


def _date(edition: int) -> datetime:
    return _BEGUN + timedelta(minutes=edition)


def _feed(number: int, edition: int, items: int = 5, words: int = 80, more: str = "") -> bytes:
    """Return a feed; each edition has one item that the one before has not."""
    told = [
        f"<item><title>{_text(f't{number}/{at}', 7)}</title>"
        f"<link>https://www.example/{number}/{at}</link><category>{number % 20}</category>"
        f"<pubDate>{format_datetime(_date(at))}</pubDate>"
        f"<description>{_text(f'{number}/{at}', words)}</description></item>"
        for at in range(edition + items, edition, -1)
    ]
    head = f"<title>Source {number}</title><link>http://127.0.0.1/{number}</link>{more}"
    return f'<rss version="2.0"><channel>{head}{"".join(told)}</channel></rss>'.encode()


def _tagged(ask: Ask, edition: int, make: Callable[[], bytes], weak: str = "") -> Reply:
    tag = f'{weak}"{ask.number}-{edition}"'
    if ask.sent.get("if-none-match") == tag:
        return Reply(status=304, fields={"ETag": tag})
    return Reply(make(), fields={"ETag": tag})


# Well


@_source(100)
def _changing(ask: Ask) -> Reply:
    return _tagged(ask, ask.times, lambda: _feed(ask.number, ask.times))


@_source(110)
def _sometimes(ask: Ask) -> Reply:
    edition = ask.times // 5
    return _tagged(ask, edition, lambda: _feed(ask.number, edition), "W/")


@_source(210)
def _etag(ask: Ask) -> Reply:
    return _tagged(ask, 0, lambda: _feed(ask.number, 0))


@_source(110)
def _dated(ask: Ask) -> Reply:
    date = format_datetime(_BEGUN, usegmt=True)
    if ask.sent.get("if-modified-since") == date:
        return Reply(status=304)
    return Reply(_feed(ask.number, 0), fields={"Last-Modified": date})


@_source(80)
def _same(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0))


@_source(30)
def _fresh(ask: Ask) -> Reply:
    reply = _tagged(ask, ask.times, lambda: _feed(ask.number, ask.times))
    reply.fields["Cache-Control"] = f"max-age={FRESH}"
    return reply


@_source(15)
def _ttl(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, ask.times, more=f"<ttl>{TTL // 60}</ttl>"))


@_source(10)
def _skips(ask: Ask) -> Reply:
    now = datetime.now(UTC).hour
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24) if hour != (now + 3) % 24)
    return Reply(_feed(ask.number, ask.times, more=f"<skipHours>{hours}</skipHours>"))


@_source(15)
def _auto(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, ask.times))


@_source(15)
def _gzip(ask: Ask) -> Reply:
    return Reply(gzip.compress(_feed(ask.number, ask.times // 3)), fields=_coded("gzip"))


@_source(10)
def _br(ask: Ask) -> Reply:
    return Reply(brotli.compress(_feed(ask.number, ask.times // 3)), fields=_coded("br"))


@_source(10)
def _zstd(ask: Ask) -> Reply:
    return Reply(zstd.compress(_feed(ask.number, ask.times // 3)), fields=_coded("zstd"))


def _coded(name: str) -> dict[str, str]:
    return {"Content-Encoding": name}


@_source(5)
def _huge(ask: Ask) -> Reply:
    return Reply(_huge_feed(ask.number))


@functools.lru_cache(8)
def _huge_feed(number: int) -> bytes:
    return _feed(number, 0, 200, 1600)


@_source(30, "page")
def _page(ask: Ask) -> Reply:
    edition = ask.times // 4
    items = [
        f'<article><h2><a href="{ask.number}/{at}">{_text(f"t{ask.number}/{at}", 8)}</a></h2>'
        f'<time datetime="{_date(at).isoformat()}">{_date(at):%d %B %Y}</time>'
        f"<p>{_text(f'{ask.number}/{at}', 30)}</p></article>"
        for at in range(edition + 10, edition, -1)
    ]
    return _tagged(ask, edition, lambda: _html(f"Front {ask.number}", "".join(items)))


@_source(20, "sitemap")
def _sitemap(ask: Ask) -> Reply:
    if ask.rest:
        text = "".join(f"<p>{_text(f'{ask.number}/{ask.rest}/{n}', 60)}</p>" for n in range(4))
        title = _text(f"t{ask.number}/{ask.rest}", 8)
        return Reply(_html(title, f"<article><h1>{title}</h1>{text}</article>"))
    edition = ask.times // 4
    urls = [
        f"<url><loc>{ask.base}/sitemap/{ask.number}/{at}</loc>"
        f"<lastmod>{_date(at).isoformat()}</lastmod></url>"
        for at in range(edition + 3)
    ]
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return Reply(f'<urlset xmlns="{space}">{"".join(urls)}</urlset>'.encode())


def _html(title: str, main: str) -> bytes:
    head = f"<!doctype html><html lang=la><title>{title}</title>"
    return f"{head}<body><nav><a href=/>Home</a></nav><main>{main}</main></body></html>".encode()


# Well, and elsewhere


@_source(25)
def _chain(ask: Ask) -> Reply:
    hops = len(ask.rest)
    if hops < 3:
        to = f"{ask.base}/chain/{ask.number}{'/x' * (hops + 1)}"
        return Reply(status=301, fields={"Location": to})
    return _tagged(ask, 0, lambda: _feed(ask.number, 0))


@_source(10)
def _elsewhere(ask: Ask) -> Reply:
    if ask.rest:
        return _tagged(ask, 0, lambda: _feed(ask.number, 0))
    port = ask.base.rpartition(":")[2]
    to = f"http://127.0.0.2:{port}/elsewhere/{ask.number}/there"
    return Reply(status=302, fields={"Location": to})


# Slow


@_source(20)
def _slowhead(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, ask.times // 5), pause=1.0 + ask.number % 3)


@_source(10)
def _slowbody(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0), drip=3.0)


@_source(10)
def _silent(_: Ask) -> Reply:
    return Reply(fault="silence")


@_source(4)
def _drips(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0), drip=300.0)


# Ill


@_source(15)
def _reset(_: Ask) -> Reply:
    return Reply(fault="reset")


@_source(15)
def _cut(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0), fault="cut")


@_source(20)
def _404(_: Ask) -> Reply:
    return Reply(status=404)


@_source(20)
def _410(_: Ask) -> Reply:
    return Reply(status=410)


@_source(12)
def _403(_: Ask) -> Reply:
    return Reply(status=403)


@_source(6)
def _429(ask: Ask) -> Reply:
    return Reply(status=429, fields=_retry(ask))


@_source(15)
def _500(_: Ask) -> Reply:
    return Reply(status=500)


@_source(4)
def _503(ask: Ask) -> Reply:
    return Reply(status=503, fields=_retry(ask))


def _retry(ask: Ask) -> dict[str, str]:
    """Both forms of Retry-After (RFC 9110, 10.2.3)."""
    date = formatdate(time.time() + RETRY + 1, usegmt=True)
    return {"Retry-After": date if ask.number % 2 else str(RETRY)}


@_source(10)
def _recovers(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0)) if ask.times else Reply(status=502)


@_source(8)
def _loop(ask: Ask) -> Reply:
    to = f"{ask.base}/loop/{ask.number}{'' if ask.rest else '/x'}"
    return Reply(status=302, fields={"Location": to})


@_source(12)
def _malformed(ask: Ask) -> Reply:
    return Reply(b"\x00\x01 no feed " + str(ask.number).encode() * 50)


@_source(12)
def _empty(ask: Ask) -> Reply:
    return Reply(_feed(ask.number, 0, 0))


@_source(6, "page")
def _forbidden(_: Ask) -> Reply:
    return Reply(_html("Not for programs", ""))


ROBOTS = b"User-agent: *\nDisallow: /forbidden/\n"


def source_kind(kind: str) -> str:
    """Return what a configuration calls a source of this kind."""
    return "opml" if kind == "opml" else _ANSWERS[kind][1]


def plan(count: int, without: frozenset[str] = frozenset()) -> list[Spot]:
    """Return so many sources, each kind as often as its weight says, spread over the hosts."""
    weights = {name: weight for name, (weight, _, _) in _ANSWERS.items() if name not in without}
    share = (count - 1 - len(weights)) / sum(weights.values())
    kinds = [name for name, weight in weights.items() for _ in range(int(weight * share))]
    kinds += (list(weights) * count)[: count - 1 - len(kinds)]
    random.Random(3).shuffle(kinds)
    spots, host = [], 0
    while len(spots) < count - 1:
        place = host % len(_PER_HOST)
        for kind in kinds[len(spots) : len(spots) + _PER_HOST[place]]:
            spots.append(Spot(len(spots), kind, _name(host), _delay(host)))
        host += 1
    return [*spots, Spot(count - 1, "opml", _name(host), 0)]


def _delay(host: int) -> int:
    """Return how long a host is left alone: most not at all.

    Two of ten for a second, one of them with ten sources. So is one of forty with twenty, which is
    too little time for them if they are due more often than every twenty seconds.
    """
    return int(host % 10 in (3, 8) or host % 40 == 39)


def _name(host: int) -> str:
    return f"127.0.{(host + 2) // 256}.{(host + 2) % 256}"


def _opml(spots: Sequence[Spot], port: int) -> bytes:
    outlines = (
        f'<outline type="rss" text="{spot.kind} {spot.number}" '
        f'xmlUrl="{escape(f"http://{spot.host}:{port}{spot.path}")}"/>'
        for spot in spots
        if spot.listed
    )
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'.encode()


# The server


@dataclass
class _Web:
    spots: Sequence[Spot]
    port: int
    log: Any
    times: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # the end is when all has been handed over
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._talk(reader, writer):
                pass
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        begin, path = time.time(), lines[0].split(" ")[1]
        sent = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
        host = writer.get_extra_info("sockname")[0]
        reply = self._reply(host, path, sent)
        try:
            open_still = await _answer(reply, reader, writer)
        finally:
            fields = reply.fields
            validators = sent.get("if-none-match", "") or sent.get("if-modified-since", "")
            given = fields.get("ETag", "") or fields.get("Last-Modified", "")
            asked = Asked(host, path, begin, time.time(), reply.status, validators, given)
            self.log.write(json.dumps(asdict(asked)) + "\n")
        return open_still and sent.get("connection") != "close"

    def _reply(self, host: str, path: str, sent: dict[str, str]) -> Reply:
        if path == "/robots.txt":
            return Reply(ROBOTS)
        _, kind, number, *rest = path.split("/")
        if kind == "opml":
            return Reply(_opml(self.spots, self.port))
        base = f"http://{host}:{self.port}"
        ask = Ask(int(number), tuple(rest), self.times[path], base, sent)
        self.times[path] += 1
        return _ANSWERS[kind][2](ask)


async def _answer(reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Write an answer; tell whether another may follow."""
    await asyncio.sleep(reply.pause)
    if reply.fault == "silence":
        await reader.read(1)
        return False
    if reply.fault == "reset":
        _reset_connection(writer)
        return False
    length = {} if reply.status == 304 else {"Content-Length": str(len(reply.body))}
    fields = "".join(f"{name}: {value}\r\n" for name, value in (reply.fields | length).items())
    writer.write(f"HTTP/1.1 {reply.status} Reason\r\n{fields}\r\n".encode())
    await writer.drain()
    size = len(reply.body) // (2 if reply.fault == "cut" else 1)
    step = max(1, size // 30) if reply.drip else max(size, 1)
    for at in range(0, size, step):
        writer.write(reply.body[at : min(at + step, size)])
        await writer.drain()
        if reply.drip and await _hung_up(reader, reply.drip / 30):
            return False
    return not reply.fault


async def _hung_up(reader: asyncio.StreamReader, within: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            return not await reader.read(1)
    return False


def _reset_connection(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _serve(spots: Sequence[Spot], log: Path, told: Any) -> None:
    sockets = list(_listening(sorted({spot.host for spot in spots})))
    port = sockets[0].getsockname()[1]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with log.open("w", buffering=1) as lines:
        web = _Web(spots, port, lines)
        for one in sockets:
            await asyncio.start_server(web.serve, sock=one)
        told.send(port)
        await stop.wait()
        os._exit(0)  # the lines are written, and what is under way is none


def _listening(hosts: Sequence[str]) -> Iterator[socket.socket]:
    port = 0
    for host in hosts:
        one = socket.create_server((host, port), backlog=100)
        port = one.getsockname()[1]
        yield one


def _main(spots: Sequence[Spot], log: Path, told: Any) -> None:
    asyncio.run(_serve(spots, log, told))


@contextlib.contextmanager
def serving(spots: Sequence[Spot], log: Path) -> Iterator[int]:
    """Serve in a process of its own until the block ends; yield the port."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(spots, log, there), daemon=True)
    process.start()
    try:
        if not here.poll(20):
            raise RuntimeError("the web does not start")
        yield int(here.recv())
    finally:
        process.terminate()
        process.join()


def requests(log: Path) -> list[Asked]:
    """Return the requests that were answered until now, as they came."""
    lines = log.read_text().splitlines()
    found = [Asked(**json.loads(line)) for line in lines if line.endswith("}")]
    return sorted(found, key=lambda one: one.begin)


def configuration(spots: Sequence[Spot], port: int, every: int) -> str:
    """Return the configuration that has all of the sources."""
    lines = [
        "title: Soak",
        "root: .",
        "serve: {host: 127.0.0.1, port: 0}",
        f"defaults: {{every: {every}s, allow_private: true}}",
        "sources:",
    ]
    for spot in spots:
        if not spot.listed:
            every_ = ", every: auto" if spot.kind == "auto" else ""
            delay = f"{spot.delay}s" if spot.delay else "0"
            kind, url = source_kind(spot.kind), f"http://{spot.host}:{port}{spot.path}"
            name = f"{spot.kind} {spot.number}"
            lines.append(f"  - {{{kind}: '{url}', name: '{name}', delay: {delay}{every_}}}")
    return "\n".join(lines) + "\n"
