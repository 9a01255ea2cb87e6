"""The client against a real server that does what servers do."""

import asyncio
import gzip
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from web import Reply, Web

from aggregator.errors import FetchError
from aggregator.fetch import Answer, Limits, Request, open_client
from aggregator.fetch.unpack import ACCEPTED

QUICK = Limits(connect=2, read=0.3, total=0.8, size=1_000_000)


def get(url: str, validators: str = "", limits: Limits = QUICK) -> Answer:
    async def ask() -> Answer:
        async with open_client(limits) as client:
            return await client.get(Request(url=url, validators=validators, private=True, delay=0))

    return asyncio.run(ask())


def test_an_answer(web: Web) -> None:
    web.replies["/f"] = Reply(b"<rss/>", headers=[("Content-Type", "Text/XML; charset=GBK")])
    answer = get(f"{web.url}/f")
    assert (answer.url, answer.body) == (f"{web.url}/f", b"<rss/>")
    assert (answer.media_type, answer.charset, answer.validators) == ("text/xml", "gbk", "")


def test_what_is_sent(web: Web) -> None:
    web.replies["/f"] = Reply(b"x", headers=[("Set-Cookie", "me=1; Path=/")])
    web.replies["/r"] = Reply(status=302, headers=[("Location", "/f"), ("Set-Cookie", "me=2")])

    async def ask() -> None:
        async with open_client() as client:
            for path in ("/f", "/r", "/f"):
                await client.get(Request(url=web.url + path, private=True, delay=0))

    asyncio.run(ask())
    assert [path for path, _ in web.requests] == ["/f", "/r", "/f", "/f"]
    for _, headers in web.requests:
        assert headers["user-agent"].startswith("aggregator/")
        assert headers["accept-encoding"] == ACCEPTED
        never = {"cookie", "referer", "if-none-match", "if-modified-since"}
        body = {"transfer-encoding", "content-type", "content-length"}
        assert not (never | body) & headers.keys()


ETAGS = [
    b'"abc"',
    b'W/"abc"',
    b"abc",
    b'"a b, \\"c\\""',
    b'""',
    b"0",
    '"é中"'.encode(),
    b'"' + b"x" * 2000 + b'"',
]
DATES = [b"Wed, 01 May 2024 10:00:00 GMT", b"2024-05-01", b"yesterday", b"-1"]


@pytest.mark.parametrize("date", DATES)
@pytest.mark.parametrize("tag", ETAGS[:2])
def test_dates_are_sent_back_byte_for_byte(web: Web, tag: bytes, date: bytes) -> None:
    _check_validators(web, [("ETag", tag), ("Last-Modified", date)])


@pytest.mark.parametrize("tag", ETAGS)
def test_tags_are_sent_back_byte_for_byte(web: Web, tag: bytes) -> None:
    _check_validators(web, [("ETag", tag)])


def _check_validators(web: Web, headers: list[tuple[str, str | bytes]]) -> None:
    web.replies["/f"] = Reply(b"x", headers=headers)
    first = get(f"{web.url}/f")
    web.replies["/f"] = Reply(status=304)
    again = get(f"{web.url}/f", first.validators)
    assert (again.body, again.validators) == (None, first.validators)
    names = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}
    sent = {names[name]: value for name, value in headers}
    # http.server reads headers as ISO 8859-1.
    got = {name: web.sent()[name].encode("latin-1") for name in sent}
    assert got == sent
    assert ("if-modified-since" in web.sent()) == ("if-modified-since" in sent)


def test_a_tag_that_cannot_be_sent_back_as_it_came_is_not_kept(web: Web) -> None:
    web.replies["/f"] = Reply(b"x", headers=[("ETag", b'"caf\xe9"'), ("Last-Modified", "d")])
    assert get(f"{web.url}/f").validators == '{"last-modified": "d"}'


def test_304_may_bring_new_validators(web: Web) -> None:
    web.replies["/f"] = Reply(status=304, headers=[("ETag", '"2"')])
    assert get(f"{web.url}/f", '{"etag": "\\"1\\""}').validators == '{"etag": "\\"2\\""}'


def test_304_that_nobody_asked_for_is_an_error(web: Web) -> None:
    web.replies["/f"] = Reply(status=304)
    with pytest.raises(FetchError, match="answered 304"):
        get(f"{web.url}/f")


def test_a_redirect_is_followed_and_named(web: Web) -> None:
    web.replies["/old"] = Reply(status=301, headers=[("Location", "/new?a=1")])
    web.replies["/new?a=1"] = Reply(b"here")
    answer = get(f"{web.url}/old")
    assert (answer.url, answer.body) == (f"{web.url}/new?a=1", b"here")


BAD_TARGETS = [
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "javascript:alert(1)",
    "http://[::1/",
    "http://127.0.0.1:99999/",
    "http://a..b/",
    "http:///",
    "//",
    "http://\x01/",
    "http://xn--/",
]


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_a_redirect_to_what_is_no_web_address_is_an_error(web: Web, target: str) -> None:
    web.replies["/r"] = Reply(status=302, headers=[("Location", target)])
    with pytest.raises(FetchError, match=f"^{web.url}/r: "):
        get(f"{web.url}/r")


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "/etc/passwd", "ftp://x/", "", *BAD_TARGETS[3:]]
)
def test_what_is_no_web_address_is_an_error(address: str) -> None:
    with pytest.raises(FetchError):
        get(address)


def _cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"half")


def _cut_chunk(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"64\r\nhalf")


def _bad_chunk(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"zz\r\nhalf\r\n")


def _silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(12):
        handler.wfile.write(b"x")
        time.sleep(0.1)


def _endless(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(1000):
        handler.wfile.write(b"x" * 10_000)


def _written(write: Callable[[BaseHTTPRequestHandler], None], *headers: tuple[str, str]) -> Reply:
    return Reply(write=write, headers=list(headers))


CHUNKED = ("Transfer-Encoding", "chunked")
GZIP = ("Content-Encoding", "gzip")
BOMB = gzip.compress(gzip.compress(b"\0" * 50_000_000))
FAILURES = {
    "missing": (Reply(status=404), "answered 404 Reason"),
    "broken": (Reply(b"sorry", status=500), "answered 500"),
    "no content": (Reply(status=204), "answered 204"),
    "a loop": (Reply(status=302, headers=[("Location", "/f")]), "round in a circle"),
    "too large": (Reply(b"x" * 1_000_001), "larger than 1,000,000 bytes"),
    "endless": (_written(_endless), "larger than 1,000,000 bytes"),
    "cut short": (_written(_cut_short, ("Content-Length", "100")), ""),
    "a chunk cut short": (_written(_cut_chunk, CHUNKED), ""),
    "a bad chunk": (_written(_bad_chunk, CHUNKED), ""),
    "silent": (_written(_silent, ("Content-Length", "9")), "silent"),
    "a drip": (_written(_drip, ("Content-Length", "99")), "no whole answer within 0.8 s"),
    "no gzip": (Reply(b"plain", headers=[GZIP]), "damaged"),
    "gzip cut short": (Reply(gzip.compress(b"abc" * 99)[:-9], headers=[GZIP]), "cut short"),
    "a bomb": (Reply(gzip.compress(b"\0" * 50_000_000), headers=[GZIP]), "larger than"),
    "two layers": (Reply(BOMB, headers=[("Content-Encoding", "gzip, gzip")]), "larger than|times"),
    "unknown": (Reply(b"x", headers=[("Content-Encoding", "lzma")]), "encoded as 'lzma'"),
}


@pytest.mark.parametrize(("reply", "said"), FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_one_error_that_names_the_address(
    web: Web, reply: Reply, said: str
) -> None:
    web.replies["/f"] = reply
    with pytest.raises(FetchError, match=f"^{web.url}/f: .*{said}"):
        get(f"{web.url}/f")


TEXT = b"<rss>" + b"<item/>" * 40_000
PACKED = {
    "gzip": (gzip.compress(TEXT), TEXT),
    "two members": (gzip.compress(TEXT) + gzip.compress(b"end"), TEXT + b"end"),
    "padded": (gzip.compress(TEXT) + b"\0" * 512, TEXT),
    "empty": (b"", b""),
    "stored": (gzip.compress(TEXT, 0), TEXT),
}


@pytest.mark.parametrize(("body", "expected"), PACKED.values(), ids=PACKED)
def test_gzip(web: Web, body: bytes, expected: bytes) -> None:
    web.replies["/f"] = Reply(body, headers=[("Content-Encoding", "GZIP")])
    assert get(f"{web.url}/f").body == expected


def test_nobody_there() -> None:
    with pytest.raises(FetchError, match=r"^http://127\.0\.0\.1:9/f: "):
        get("http://127.0.0.1:9/f")
