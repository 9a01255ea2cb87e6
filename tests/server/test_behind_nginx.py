"""The documented proxy in front, as it is documented: TLS, HTTP/2, and who asks."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from aggregator.server import build
from aggregator.terms import Terms, digest

OPERATING = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
RSS = '<rss version="2.0"></rss>'
NAME = "feeds.example.org"
NGINX = shutil.which("nginx", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
CURL = shutil.which("curl")
# Linux takes all of 127.0.0.0/8 for its own: one that is not the proxy's.
SOMEBODY = "127.0.0.2"


def _speaks_http_2() -> bool:
    if not (NGINX and CURL):
        return False
    said = subprocess.run([CURL, "--version"], capture_output=True, text=True, check=True).stdout
    return "HTTP2" in said


pytestmark = pytest.mark.skipif(
    not _speaks_http_2(), reason="needs nginx, and curl that speaks HTTP/2"
)


@dataclass(frozen=True)
class Answer:
    version: str
    status: int
    headers: dict[str, str]
    body: str


Ask = Callable[..., Answer]


@contextlib.contextmanager
def proxied(folder: Path, sample: str, upstream: str) -> Iterator[Ask]:
    """Run nginx with the sample; give what asks it for a path, with more arguments for curl."""
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert(NAME).private_key_and_cert_chain_pem.write_to_path(folder / "feeds.pem")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(_whole(folder, sample, port, upstream))
    command = [str(NGINX), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    with subprocess.Popen([*command, "-g", "daemon off; master_process off;"]) as process:
        try:
            _wait_for(port, process)
            yield lambda path, *more: _ask(folder, port, path, *more)
        finally:
            process.terminate()


def _whole(folder: Path, sample: str, port: int, upstream: str) -> str:
    places = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "/etc/ssl/feeds.pem": f"{folder}/feeds.pem",
        "/etc/ssl/feeds.key": f"{folder}/feeds.pem",
        "/var/cache/nginx/feeds": f"{folder}/cache",
        "http://127.0.0.1:8000": upstream,
    }
    for documented, here in places.items():
        assert documented in sample
        sample = sample.replace(documented, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    quiet = f"pid {folder}/pid;\nerror_log stderr error;\nevents {{}}\n"
    return f"{quiet}http {{\naccess_log off;\n{temporary}{sample}}}\n"


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        else:
            return


def _ask(folder: Path, port: int, path: str, *more: str) -> Answer:
    command = [
        *(str(CURL), "--silent", "--show-error", "--http2", "--include", "--max-time", "20"),
        *("--cacert", str(folder / "authority.pem"), "--resolve", f"{NAME}:{port}:127.0.0.1"),
        *("--interface", SOMEBODY, *more, f"https://{NAME}:{port}{path}"),
    ]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    head, _, body = said.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    version, status = first.split()[:2]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return Answer(version, int(status), headers, body)


@pytest.fixture
def sample() -> str:
    (found,) = re.findall(
        r"```nginx\n(proxy_cache_path.*?)```", OPERATING.read_text("utf-8"), re.DOTALL
    )
    return str(found)


async def seen(request: Request) -> JSONResponse:
    assert request.client
    return JSONResponse([request.client.host, request.url.scheme, request.headers["host"]])


def test_the_sample_speaks_http_2_and_says_who_asks(  # type: ignore[no-untyped-def]
    site, host, sample: str, tmp_path: Path
) -> None:
    (site.root / "rss.xml").write_text(RSS)
    terms = Terms(proxies=("127.0.0.1",))
    host.app = build(site.root, site.report, Route("/seen", seen), terms=lambda: terms)
    with proxied(tmp_path / "nginx", sample, site.url) as ask:
        first = ask("/rss.xml")
        assert (first.version, first.status, first.body) == ("HTTP/2", 200, RSS)
        assert first.headers["content-type"] == "application/rss+xml; charset=utf-8"
        same = ask("/rss.xml", "--header", f"If-None-Match: {first.headers['etag']}")
        assert (same.version, same.status, same.body) == ("HTTP/2", 304, "")
        assert ask("/status").status == 403
        assert ask("/nothing").status == 404

        expected = [SOMEBODY, "https", NAME]
        assert json.loads(ask("/seen").body) == expected
        spoofed = (
            "X-Forwarded-For: 192.0.2.9",
            "X-Forwarded-Proto: http",
            "Forwarded: for=9.9.9.9",
        )
        lies = [word for line in spoofed for word in ("--header", line)]
        assert json.loads(ask("/seen?again", *lies).body) == expected
        terms = Terms()
        assert json.loads(ask("/seen?unknown").body) == ["127.0.0.1", "http", NAME]


def test_private_feeds_get_304_without_the_cache(  # type: ignore[no-untyped-def]
    site, sample: str, tmp_path: Path
) -> None:
    (site.root / "rss.xml").write_text(RSS)
    token = "JX0PqfXa3ZnV9rM1cT5sKw"
    site.terms = Terms(tokens=(digest(token.encode()),), logins=(digest(b"bob:secret"),))
    lines = [line for line in sample.splitlines(keepends=True) if "    proxy_cache" not in line]
    assert len(lines) == len(sample.splitlines()) - 3
    with proxied(tmp_path / "nginx", "".join(lines), site.url) as ask:
        refused = ask("/rss.xml")
        assert (refused.status, refused.headers["www-authenticate"][:5]) == (401, "Basic")
        for path, more in ((f"/t/{token}/rss.xml", ()), ("/rss.xml", ("--user", "bob:secret"))):
            found = ask(path, *more)
            tag = f"If-None-Match: {found.headers['etag']}"
            assert (found.status, found.body) == (200, RSS)
            assert ask(path, "--header", tag, *more).status == 304
            assert ask("/rss.xml", "--header", tag).status == 401
