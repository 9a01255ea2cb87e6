"""Compare ways of serving a feed, and see how they behave when it gets difficult.

    python benchmarks/run served        the aggregator and nginx
    python benchmarks/server.py         with two bare servers, and how these and we behave

Needs wrk, nginx and, beside the project, the second one granian. One feed of 36 articles, about
300 kB, compressed as all of them compress it: nginx sends a file compressed beforehand. Runs
alternate, on loopback.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import generate
from processes import free_port, machine, wait_for
from race import (
    Comparison,
    Contender,
    Figures,
    Goal,
    MissingError,
    Row,
    Setting,
    alternate,
    compared,
)

from aggregator.server import Status, build, serve

_CONNECTIONS = 64
_SECONDS, _SHORTLY = 3, 1
_NGINX = """
daemon off; worker_processes 1; error_log /dev/null; pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  open_file_cache max=100 inactive=1h;
  types {{ application/rss+xml xml; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; gzip_static on; gzip_vary on; }}
}}
"""


def _make_site(folder: Path) -> None:
    """Write rss.xml, and its compressed twin for nginx."""
    folder.chmod(0o755)  # nginx's worker is another user
    items = "".join(
        f"<item><description>{generate.post(n)}</description></item>" for n in range(36)
    )
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    (folder / "site").mkdir()
    (folder / "site" / "rss.xml").write_bytes(body)
    (folder / "site" / "rss.xml.gz").write_bytes(gzip.compress(body, 6, mtime=0))


async def _report() -> Status:
    return Status(sources=(), feeds=(), config_error="", started=datetime.now(UTC))


async def _aggregator(folder: Path, port: int) -> None:
    await serve(build(folder / "site", _report), "127.0.0.1", port)
    await asyncio.Event().wait()


def _bare(folder: Path):  # type: ignore[no-untyped-def]
    """The least that an application can do: what a server makes of it is its own limit."""
    body = (folder / "site" / "rss.xml.gz").read_bytes()
    length = str(len(body)).encode()

    async def app(_scope, _receive, send) -> None:  # type: ignore[no-untyped-def]
        headers = [(b"content-type", b"application/rss+xml"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def _uvicorn(folder: Path, port: int) -> None:
    await serve(_bare(folder), "127.0.0.1", port)
    await asyncio.Event().wait()


def _embedded(app, port: int):  # type: ignore[no-untyped-def]
    from granian.constants import Interfaces  # noqa: PLC0415 - no part of the project
    from granian.server.embed import Server  # noqa: PLC0415

    return Server(
        app,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )


async def _granian(folder: Path, port: int) -> None:
    await _embedded(_bare(folder), port).serve()


@contextmanager
def _nginx(folder: Path, port: int) -> Iterator[None]:
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port))
    with subprocess.Popen(["nginx", "-c", config, "-p", folder]) as process:
        try:
            yield
        finally:
            process.terminate()


_Served = Callable[[Path, int], Coroutine[Any, Any, None]]


def _in_loop(task: _Served, folder: Path, port: int) -> None:
    asyncio.run(task(folder, port))


@contextmanager
def _forked(task: _Served, folder: Path, port: int) -> Iterator[None]:
    process = multiprocessing.Process(target=_in_loop, args=(task, folder, port))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


_SERVERS: Mapping[str, Callable[[Path, int], AbstractContextManager[None]]] = {
    "aggregator": partial(_forked, _aggregator),
    "nginx": _nginx,
    "uvicorn": partial(_forked, _uvicorn),
    "granian": partial(_forked, _granian),
}


def _throughput(url: str, seconds: int, _turn: int) -> Figures:
    """Requests per second, all of them answered with 200."""
    options = ["-t1", f"-c{_CONNECTIONS}", f"-d{seconds}", "-H", "Accept-Encoding: gzip"]
    done = subprocess.run(["wrk", *options, url], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    return {"requests/s": float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0])}


def raced(folder: Path, names: Sequence[str], runs: int, seconds: int) -> dict[str, list[Figures]]:
    """Measure the servers with these names in turns."""
    contenders: dict[str, Contender] = {}
    with ExitStack() as stack:
        for name in names:
            port = free_port()
            stack.enter_context(_SERVERS[name](folder, port))
            wait_for("127.0.0.1", port)
            url = f"http://127.0.0.1:{port}/rss.xml"
            _check(url, folder)
            contenders[name] = partial(_throughput, url, seconds)
        return alternate(runs, contenders)


def _check(url: str, folder: Path) -> None:
    """Raise RuntimeError unless a server sends the feed, compressed."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        body = gzip.decompress(answer.read())
    if body != (folder / "site" / "rss.xml").read_bytes():
        raise RuntimeError(f"{url} is something else")


def _measure(setting: Setting) -> Iterator[Comparison]:
    for program in ("wrk", "nginx"):
        if not shutil.which(program):
            raise MissingError(program, f"Debian package {program}")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        _make_site(folder)
        names = ("aggregator", "nginx")
        results = raced(folder, names, setting.runs, setting.size(_SECONDS, _SHORTLY))
    goals = {"requests/s": Goal(least=0.5)}
    yield from compared("a feed of 300 kB, gzip", results, "aggregator", "nginx", goals)


SERVED = Row(
    name="served",
    measure=_measure,
    notes=(
        f"wrk with {_CONNECTIONS} connections kept alive, on loopback and on the same cores. Both "
        "send the same feed with gzip's level 6: nginx a file compressed beforehand (one worker, "
        "sendfile, open files cached, no log), the aggregator what it compressed at the first "
        "request; its server is one process, too, and looks at each request whether the file has "
        "changed."
    ),
)


async def _unread(_scope, _receive, send) -> None:  # type: ignore[no-untyped-def]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": bytes(32 << 20)})


def _client_that_does_not_read(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return client


async def _stop_uvicorn(_folder: Path) -> None:
    served = await serve(_unread, "127.0.0.1", 0)
    with _client_that_does_not_read(served.port):
        await asyncio.sleep(0.5)
        await served.stop()


async def _stop_granian(_folder: Path) -> None:
    server = _embedded(_unread, 28441)
    running = asyncio.create_task(server.serve())
    await asyncio.sleep(0.5)
    with _client_that_does_not_read(28441):
        await asyncio.sleep(0.5)
        server.stop()
        await running


async def _share_uvicorn(_folder: Path) -> str:
    served = await serve(_unread, "127.0.0.1", 0)
    await serve(_unread, "127.0.0.1", served.port)
    return "both listen"


async def _share_granian(_folder: Path) -> str:
    running = [asyncio.create_task(_embedded(_unread, 28442).serve()) for _ in range(2)]
    done, _ = await asyncio.wait(running, timeout=2)
    for task in done:
        task.result()
    return "both listen"


async def _cycle_uvicorn(_folder: Path) -> None:
    for _ in range(20):
        await (await serve(_unread, "127.0.0.1", 0)).stop()


async def _cycle_granian(_folder: Path) -> None:
    for _ in range(20):
        server = _embedded(_unread, 28443)
        running = asyncio.create_task(server.serve())
        await asyncio.sleep(0.1)
        server.stop()
        await running


def _observed(task: Callable[[Path], object], outcome: "multiprocessing.Queue[str]") -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    try:
        result = asyncio.run(task(Path()))  # type: ignore[arg-type]
    except Exception as error:
        outcome.put(f"refused: {type(error).__name__}")
        return
    left = len(list(Path("/proc/self/fd").iterdir())) - before
    outcome.put(result or f"ended, {max(left, 0)} descriptors left open")


def observe(task: Callable[[Path], object], seconds: float = 10) -> str:
    """Say how a task ended in a process of its own, or that it did not."""
    outcome: multiprocessing.Queue[str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_observed, args=(task, outcome))
    begun = time.monotonic()
    process.start()
    process.join(seconds)
    took = time.monotonic() - begun
    if process.is_alive():
        process.kill()
        process.join()
        return f"not ended after {seconds:.0f} s"
    return f"{outcome.get(timeout=1)} ({took:.1f} s)"


TRIALS = {
    "stop while a client does not read its answer": (_stop_uvicorn, _stop_granian),
    "listen on a port that is in use by the same server": (_share_uvicorn, _share_granian),
    "20 starts and stops in one process": (_cycle_uvicorn, _cycle_granian),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print every run as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        _make_site(folder)
        sizes = [(folder / "site" / file).stat().st_size for file in ("rss.xml", "rss.xml.gz")]
        results = raced(folder, tuple(_SERVERS), arguments.runs, _SECONDS)
    trials = {what: list(map(observe, tasks)) for what, tasks in TRIALS.items()}
    if arguments.json:
        print(json.dumps({"machine": machine(), "results": results, "trials": trials}, indent=2))
        return
    programs = ", ".join(f"{name} {version(name)}" for name in ("starlette", "uvicorn", "granian"))
    print(f"{machine()}; Python {sys.version.split()[0]}; {programs}")
    print(f"A feed of {sizes[0]:,} bytes, {sizes[1]:,} sent\n")
    print("| server | requests/s | range | of nginx |")
    print("|---|--:|--:|--:|")
    rates_of = {name: [one["requests/s"] for one in runs] for name, runs in results.items()}
    best = statistics.median(rates_of["nginx"])
    for server, rates in rates_of.items():
        middle = statistics.median(rates)
        span = f"{min(rates):,.0f}–{max(rates):,.0f}"
        print(f"| {server} | {middle:,.0f} | {span} | {middle / best:.2f} |")
    print("\n| trial | Uvicorn, as used here | Granian, embedded |\n|---|---|---|")
    for what, (ours, other) in trials.items():
        print(f"| {what} | {ours} | {other} |")


if __name__ == "__main__":
    main()
