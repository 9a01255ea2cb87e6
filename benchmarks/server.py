"""Compare ways of serving a feed, and see how they behave when it gets difficult.

    python benchmarks/server.py --runs 5

Needs wrk, nginx and, beside the project, granian. One feed of 50 articles, about 300 kB, compressed
as all of them compress it: nginx sends a file compressed beforehand. Runs alternate, on loopback.
"""

import argparse
import asyncio
import gzip
import json
import multiprocessing
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import generate
from granian.constants import Interfaces
from granian.server.embed import Server
from processes import machine

from aggregator.server import Status, build, serve

_PORTS = {"nginx": 18431, "aggregator": 18432, "uvicorn": 18433, "granian": 18434}
_CONNECTIONS = 64
_SECONDS = 3
_NGINX = """
daemon off; worker_processes 1; error_log /dev/null; pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types {{ application/rss+xml xml; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; gzip_static on; gzip_vary on; }}
}}
"""


def make_site(folder: Path) -> None:
    """Write rss.xml, and its compressed twin for nginx."""
    items = "".join(
        f"<item><description>{generate.post(n)}</description></item>" for n in range(36)
    )
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    (folder / "site").mkdir()
    (folder / "site" / "rss.xml").write_bytes(body)
    (folder / "site" / "rss.xml.gz").write_bytes(gzip.compress(body, 6, mtime=0))


async def _report() -> Status:
    return Status(sources=(), feeds=(), config_error="", started=datetime.now(UTC))


async def _aggregator(folder: Path) -> None:
    await serve(build(folder / "site", _report), "127.0.0.1", _PORTS["aggregator"])
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


async def _uvicorn(folder: Path) -> None:
    await serve(_bare(folder), "127.0.0.1", _PORTS["uvicorn"])
    await asyncio.Event().wait()


def _embedded(app, port: int):  # type: ignore[no-untyped-def]
    return Server(
        app,
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )


async def _granian(folder: Path) -> None:
    await _embedded(_bare(folder), _PORTS["granian"]).serve()


@contextmanager
def _nginx(folder: Path) -> Iterator[None]:
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=_PORTS["nginx"]))
    with subprocess.Popen(["nginx", "-c", config, "-p", folder]) as process:
        yield
        process.terminate()


def _in_loop(task: Callable[[Path], object], folder: Path) -> None:
    asyncio.run(task(folder))  # type: ignore[arg-type]


@contextmanager
def _forked(task: Callable[[Path], object], folder: Path) -> Iterator[None]:
    process = multiprocessing.Process(target=_in_loop, args=(task, folder))
    process.start()
    yield
    process.kill()
    process.join()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


def throughput(name: str) -> float:
    """Requests per second, all of them answered with 200."""
    url = f"http://127.0.0.1:{_PORTS[name]}/rss.xml"
    options = ["-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}", "-H", "Accept-Encoding: gzip"]
    done = subprocess.run(["wrk", *options, url], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{name}:\n{done.stdout}")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0])


def race(folder: Path, runs: int) -> dict[str, list[float]]:
    """Measure all in turns."""
    results: dict[str, list[float]] = {name: [] for name in _PORTS}
    with ExitStack() as stack:
        stack.enter_context(_nginx(folder))
        for task in (_aggregator, _uvicorn, _granian):
            stack.enter_context(_forked(task, folder))
        for port in _PORTS.values():
            _wait_for(port)
        for _ in range(runs):
            for name in _PORTS:
                results[name].append(throughput(name))
    return results


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
    server = _embedded(_unread, 18441)
    running = asyncio.create_task(server.serve())
    await asyncio.sleep(0.5)
    with _client_that_does_not_read(18441):
        await asyncio.sleep(0.5)
        server.stop()
        await running


async def _share_uvicorn(_folder: Path) -> str:
    served = await serve(_unread, "127.0.0.1", 0)
    await serve(_unread, "127.0.0.1", served.port)
    return "both listen"


async def _share_granian(_folder: Path) -> str:
    running = [asyncio.create_task(_embedded(_unread, 18442).serve()) for _ in range(2)]
    done, _ = await asyncio.wait(running, timeout=2)
    for task in done:
        task.result()
    return "both listen"


async def _cycle_uvicorn(_folder: Path) -> None:
    for _ in range(20):
        await (await serve(_unread, "127.0.0.1", 0)).stop()


async def _cycle_granian(_folder: Path) -> None:
    for _ in range(20):
        server = _embedded(_unread, 18443)
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
        folder.chmod(0o755)  # nginx's worker is another user
        make_site(folder)
        sizes = [(folder / "site" / file).stat().st_size for file in ("rss.xml", "rss.xml.gz")]
        results = race(folder, arguments.runs)
    trials = {what: list(map(observe, tasks)) for what, tasks in TRIALS.items()}
    if arguments.json:
        print(json.dumps({"machine": machine(), "results": results, "trials": trials}, indent=2))
        return
    programs = ", ".join(f"{name} {version(name)}" for name in ("starlette", "uvicorn", "granian"))
    print(f"{machine()}; Python {sys.version.split()[0]}; {programs}")
    print(f"A feed of {sizes[0]:,} bytes, {sizes[1]:,} sent\n")
    print("| server | requests/s | range | of nginx |")
    print("|---|--:|--:|--:|")
    best = statistics.median(results["nginx"])
    for server, rates in results.items():
        middle = statistics.median(rates)
        span = f"{min(rates):,.0f}–{max(rates):,.0f}"
        print(f"| {server} | {middle:,.0f} | {span} | {middle / best:.2f} |")
    print("\n| trial | Uvicorn, as used here | Granian, embedded |\n|---|---|---|")
    for what, (ours, other) in trials.items():
        print(f"| {what} | {ours} | {other} |")


if __name__ == "__main__":
    main()
