"""What goes wrong: each in words for people, and with what it says of the source."""

import asyncio
import gzip
import os
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import brotli
import pytest
from asking import ask, fails, get, request
from badweb import BadWeb, Script, broken, drip, endless, raw, reply, slow, status

from aggregator.errors import FetchError, Trouble
from aggregator.fetch import Limits, open_client
from aggregator.fetch.unpack import zstd

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CLOUDFLARE = ("Server", "cloudflare")
RIDDLE = b"<!DOCTYPE html><html><head><title>Just a moment...</title>"

STATUSES: list[tuple[int, Trouble]] = [
    (400, "unreachable"),
    (401, "blocked"),
    (403, "blocked"),
    (404, "missing"),
    (410, "gone"),
    (418, "unreachable"),
    (429, "blocked"),
    (451, "blocked"),
    (500, "unreachable"),
    (502, "unreachable"),
    (503, "unreachable"),
    (504, "unreachable"),
    (599, "unreachable"),
    (201, "malformed"),
    (204, "malformed"),
    (206, "malformed"),
]


@pytest.mark.parametrize(("code", "trouble"), STATUSES)
def test_what_a_status_says(bad: BadWeb, code: int, trouble: Trouble) -> None:
    bad.at("/f", status(code))
    error = fails(bad.url("/f"))
    assert str(error) == f"{bad.url('/f')}: the server answered {code} Reason"
    assert (error.status, error.trouble, error.retry) == (code, trouble, None)


def test_304_that_nobody_asked_for(bad: BadWeb) -> None:
    bad.at("/f", status(304))
    assert fails(bad.url("/f")).status == 304


CHALLENGES = {
    "said": reply(b"", ("CF-Mitigated", "challenge"), status=403),
    "said with 503": reply(b"", ("cf-mitigated", "challenge"), status=503),
    "a page": reply(RIDDLE, CLOUDFLARE, status=403),
    "a page with 503": reply(RIDDLE, CLOUDFLARE, status=503),
    "a packed page": reply(
        gzip.compress(RIDDLE), CLOUDFLARE, ("Content-Encoding", "gzip"), status=403
    ),
}


@pytest.mark.parametrize("script", CHALLENGES.values(), ids=CHALLENGES)
def test_challenges(bad: BadWeb, script: Script) -> None:
    bad.at("/f", script)
    error = fails(bad.url("/f"))
    assert error.trouble == "blocked"
    assert "wants to see a person in a browser" in str(error)


NO_CHALLENGES = {
    "another server's": (reply(RIDDLE, status=403), "blocked"),
    "an ordinary error": (reply(b"no", CLOUDFLARE, status=503), "unreachable"),
    "damaged": (
        reply(b"x", CLOUDFLARE, ("Content-Encoding", "gzip"), status=503),
        "unreachable",
    ),
    "cut short": (
        raw(b"HTTP/1.1 503 No\r\nServer: cloudflare\r\nContent-Length: 9\r\n\r\n"),
        "unreachable",
    ),
}


@pytest.mark.parametrize(("script", "trouble"), NO_CHALLENGES.values(), ids=NO_CHALLENGES)
def test_no_challenges(bad: BadWeb, script: Script, trouble: Trouble) -> None:
    bad.at("/f", script)
    error = fails(bad.url("/f"))
    assert (error.trouble, "answered" in str(error)) == (trouble, True)


LONG = b"x" * 20_000
NETWORK: dict[str, tuple[Script, str, Trouble]] = {
    "closed at once": (raw(b""), "hung up without an answer", "unreachable"),
    "broken at once": (broken(), "broke|hung up", "unreachable"),
    "half a head": (raw(OK + b"Content-Le"), "hung up without an answer", "unreachable"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "is no HTTP", "malformed"),
    "HTTP/0.9": (raw(b"<html>hello</html>"), "is no HTTP", "malformed"),
    "HTTP/9": (raw(b"HTTP/9.9 200 OK\r\n\r\n"), "is no HTTP", "malformed"),
    "a broken field": (raw(OK + b"Bad\x00Name: 1\r\n\r\n"), "is no HTTP", "malformed"),
    "two lengths": (
        raw(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "no HTTP", "malformed"
    ),
    "an odd length": (raw(OK + b"Content-Length: -1\r\n\r\nab"), "no HTTP", "malformed"),
    "a long line": (raw(b"HTTP/1.1 200 " + LONG + b"\r\n\r\n"), "no HTTP", "malformed"),
    "a long field": (raw(OK + b"X: " + LONG + b"\r\n\r\n"), "is no HTTP", "malformed"),
    "many fields": (raw(OK + b"X: y\r\n" * 200 + b"\r\n"), "is no HTTP", "malformed"),
    "endless fields": (endless(OK, b"X: y\r\n" * 9), "is no HTTP", "malformed"),
    "an endless field": (endless(OK + b"X: ", b"y" * 999), "is no HTTP", "malformed"),
    "cut short": (raw(OK + b"Content-Length: 9\r\n\r\nhalf"), "was cut short", "unreachable"),
    "broken in the middle": (
        broken(OK + b"Content-Length: 9\r\n\r\nhalf"), "broke|cut short", "unreachable"
    ),
    "broken without a length": (broken(OK + b"\r\nhalf"), "was cut short", "unreachable"),
    "a chunk cut short": (raw(CHUNKED + b"9\r\nhalf"), "was cut short", "unreachable"),
    "the last chunk lost": (raw(CHUNKED + b"4\r\nhalf\r\n"), "was cut short", "unreachable"),
    "a bad chunk": (raw(CHUNKED + b"zz\r\nhalf\r\n"), "cut short|is no HTTP", "malformed"),
    "a negative chunk": (raw(CHUNKED + b"-1\r\nhalf\r\n"), "cut short|no HTTP", "malformed"),
    "silent": (slow(1.0, status(200)), "the server is silent", "unreachable"),
    "a slow head": (
        raw(OK, *[b"X: y\r\n"] * 40, pause=0.1), "no whole answer within 0.9 s", "unreachable"
    ),
    "silent in the middle": (
        raw(OK + b"Content-Length: 2\r\n\r\na", b"b", pause=1.0), "is silent", "unreachable"
    ),
    "a drip": (drip(b"x" * 99, 0.1), "no whole answer within 0.9 s", "unreachable"),
    "too large": (reply(b"x" * 500_001), "is larger than 500,000 bytes", "malformed"),
    "too large, it says": (
        raw(OK + b"Content-Length: " + b"9" * 15 + b"\r\n\r\n"), "is larger", "malformed"
    ),
    "endless": (endless(OK + b"\r\n", b"x" * 9_999), "is larger than 500,000", "malformed"),
    "endless chunks": (endless(CHUNKED, b"9\r\nxxxxxxxxx\r\n" * 99), "larger than", "malformed"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "said", "trouble"), NETWORK.values(), ids=NETWORK)
def test_what_the_network_does(bad: BadWeb, script: Script, said: str, trouble: Trouble) -> None:
    bad.at("/f", script)
    with pytest.raises(FetchError, match=rf"^{bad.url('/f')}: .*({said})") as caught:
        get(bad.url("/f"))
    assert caught.value.trouble == trouble


ZEROS = b"\0" * 30_000_000
BOMBS = {
    "gzip": gzip.compress(ZEROS),
    "deflate": zlib.compress(ZEROS),
    "br": brotli.compress(ZEROS, quality=5),
    "zstd": zstd.compress(ZEROS),
    "gzip, gzip": gzip.compress(gzip.compress(ZEROS)),
    "gzip, br": brotli.compress(gzip.compress(ZEROS), quality=5),
    "gzip, gzip, gzip": gzip.compress(gzip.compress(gzip.compress(ZEROS))),
}


@pytest.mark.parametrize("coding", BOMBS)
def test_bombs_take_no_memory(bad: BadWeb, coding: str) -> None:
    bad.at("/f", reply(BOMBS[coding], ("Content-Encoding", coding)))
    tracemalloc.start()
    error = fails(bad.url("/f"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (error.trouble, most < 8_000_000) == ("malformed", True), (error, most)


PACKED = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "GZIP": gzip.compress,
    "": bytes,
}


@pytest.mark.parametrize("coding", PACKED)
def test_codings(bad: BadWeb, coding: str) -> None:
    text = b"<rss>" + b"<item>news</item>" * 9_000 + bytes(range(256))
    bad.at("/f", reply(PACKED[coding](text), ("Content-Encoding", coding)))
    bad.at("/cut", reply(PACKED[coding](text)[:-9], ("Content-Encoding", coding)))
    assert get(bad.url("/f")).body == text
    if coding not in ("identity", ""):
        error = fails(bad.url("/cut"))
        assert (error.trouble, "cut short" in str(error)) == ("malformed", True)


def test_a_length_that_is_too_short_ends_the_body_and_harms_nobody(bad: BadWeb) -> None:
    bad.at("/f", raw(OK + b"Content-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\nevil"))
    bad.at("/g", reply(b"good"))
    said = ask(*(request(bad.url(path)) for path in ("/f", "/g") * 3))
    assert [getattr(one, "body", None) for one in said] == [b"ab", b"good"] * 3


def test_a_type_that_is_wrong_is_told_as_it_is(bad: BadWeb) -> None:
    bad.at(
        "/f", reply(b"<rss/>", ("Content-Type", "image/png; charset=\xff\xfe".encode("latin-1")))
    )
    answer = get(bad.url("/f"))
    assert (answer.body, answer.media_type) == (b"<rss/>", "image/png")


CERTIFICATES = {
    "expired": "it has expired",
    "self-signed": "it is self-signed|an authority that nobody knows",
    "wrong name": "it is made out to another",
    "unknown authority": "an authority that nobody knows",
}


@pytest.mark.parametrize(("kind", "said"), CERTIFICATES.items())
def test_certificates(bad: BadWeb, kind: str, said: str) -> None:
    bad.at("/f", reply(b"x"), kind)
    with pytest.raises(FetchError, match=f"certificate is not believed: .*({said})") as caught:
        get(bad.url("/f", kind), tls=bad.tls)
    assert caught.value.trouble == "certificate"
    assert bad.log == []


def test_a_good_certificate_and_one_that_only_the_test_believes(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x"), "good")
    assert get(bad.url("/f", "good"), tls=bad.tls).body == b"x"
    assert fails(bad.url("/f", "good")).trouble == "certificate"


def test_authorities_of_the_environment(bad: BadWeb, tmp_path: Path) -> None:
    bad.at("/f", reply(b"x"), "good")
    bad.authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    url = bad.url("/f", "good")
    code = f"from asking import get; assert get({url!r}).body == b'x'"
    environment = os.environ | {
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=20)


def test_no_tls_at_all(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x"))
    error = fails(bad.url("/f").replace("http:", "https:"), tls=bad.tls)
    assert error.trouble == "unreachable"


def test_nobody_there() -> None:
    error = fails("http://127.0.0.1:9999/f")
    assert (error.trouble, "refuses connections" in str(error)) == ("unreachable", True)


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket  # noqa: PLC0415

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = fails("http://news.example/f")
    assert (error.trouble, "name of the server" in str(error)) == ("unreachable", True)


@pytest.mark.parametrize(
    "address",
    ["", "/etc/passwd", "file:///etc/passwd", "ftp://x/", "http://me:s3cret@x.example/", "http://"],
)
def test_what_is_no_web_address(address: str) -> None:
    error = fails(address)
    assert error.trouble == "refused"
    assert "s3cret" not in str(error)


def test_errors_are_one_short_line(bad: BadWeb) -> None:
    bad.at("/f", raw(b"HTTP/1.1 500 \x1b[31m" + b"x" * 5_000 + b"\r\n\r\n"))
    error = fails(bad.url("/f") + "?" + "y" * 5_000)
    assert str(error).isprintable()
    assert len(str(error)) < 600


# Proxies


def through(bad: BadWeb, url: str, proxy: str, **settings: object) -> FetchError | bytes | None:
    (said,) = ask(request(url, proxy=proxy, **settings))
    return said if isinstance(said, FetchError) else said.body


def test_a_proxy_is_asked_in_place_of_the_server(bad: BadWeb) -> None:
    bad.at("http://news.example/f", reply(b"by proxy"))
    proxy = bad.url("").replace("//", "//me:s3cret@")
    # The proxy may be inside the network, where its addresses may not.
    body = through(bad, "http://news.example/f", proxy, private=False)
    assert body == b"by proxy"
    assert bad.log[0].sent("proxy-authorization") == b"Basic bWU6czNjcmV0"
    error = through(bad, "http://127.0.0.1/f", proxy, private=False)
    assert isinstance(error, FetchError)
    assert (error.trouble, len(bad.log)) == ("refused", 1)


BAD_PROXIES = {
    "nobody there": "http://me:s3cret@127.0.0.1:9999",
    "no address": "me:s3cret@127.0.0.1",
    "odd scheme": "ftp://me:s3cret@127.0.0.1:21",
    "odd port": "http://me:s3cret@127.0.0.1:x",
    "socks": "socks5://me:s3cret@127.0.0.1:1080",
}


@pytest.mark.parametrize("proxy", BAD_PROXIES.values(), ids=BAD_PROXIES)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_used_is_not_shown_with_its_password(
    bad: BadWeb, proxy: str, scheme: str
) -> None:
    error = through(bad, f"{scheme}://news.example/f", proxy)
    assert isinstance(error, FetchError)
    assert "proxy" in str(error)
    shown: BaseException | None = error
    while shown is not None:
        assert "s3cret" not in f"{shown} {shown!r}"
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


@pytest.mark.parametrize("code", [403, 407, 502])
def test_a_proxy_that_refuses(bad: BadWeb, code: int) -> None:
    bad.at("news.example:443", status(code))
    proxy = bad.url("").replace("//", "//me:s3cret@")
    error = through(bad, "https://news.example/f", proxy)
    assert isinstance(error, FetchError)
    assert error.trouble == "unreachable"
    assert f"the proxy refuses: {code}" in str(error)
    assert "s3cret" not in str(error)


def test_the_environment_sets_no_proxy(bad: BadWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9999")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9999")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9999")
    bad.at("/f", reply(b"x"))
    assert get(bad.url("/f")).body == b"x"


def test_one_client_survives_everything(bad: BadWeb) -> None:
    """Whatever went wrong, the next request of the same client is answered."""
    quick = [script for script, _, _ in NETWORK.values()][:20]
    for number, script in enumerate(quick):
        bad.at(f"/{number}", script)
    bad.at("/f", reply(b"good"))
    limits = Limits(connect=2, read=0.4, total=0.9, wire=500_000)

    async def work() -> list[bytes | None]:
        said = []
        async with open_client(limits) as client:
            for number in range(20):
                with pytest.raises(FetchError):
                    await client.get(request(bad.url(f"/{number}")))
                said.append((await client.get(request(bad.url("/f")))).body)
        return said

    assert asyncio.run(work()) == [b"good"] * 20
