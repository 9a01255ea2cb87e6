import functools
import gzip
import os
import socket
import sys
import threading
import time
from pathlib import Path

import brotli
import httpx
import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

RSS = (
    '<?xml version="1.0"?>\n<rss version="2.0"><channel>'
    + "<item>一</item>" * 200
    + "</channel></rss>"
)
ATOM = (
    '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    + "<entry/>" * 200
    + "</feed>"
)
PAGE = "<!DOCTYPE html><title>x</title>" + "<p>text</p>" * 200


# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ask(url: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FETCH(url, headers={"accept-encoding": "identity", **named})


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def get(port: int, target: bytes, *, method: bytes = b"GET") -> bytes:
    return raw(port, method + b" " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("name", "text", "media_type"),
    [
        ("rss.xml", RSS, "application/rss+xml; charset=utf-8"),
        ("atom.xml", ATOM, "application/atom+xml; charset=utf-8"),
        ("archive/2026-1.xml", ATOM, "application/atom+xml; charset=utf-8"),
        ("feed.json", "{}", "application/feed+json; charset=utf-8"),
        ("feeds.opml", "<opml version='2.0'/>", "text/x-opml; charset=utf-8"),
        ("index.html", PAGE, "text/html; charset=utf-8"),
        ("other.xml", "<urlset/>", "application/xml; charset=utf-8"),
        ("robots.txt", "x", "text/plain; charset=utf-8"),
        ("pixel.png", "x", "image/png"),
        ("noname", "x", "application/octet-stream"),
    ],
)
def test_types(site, name: str, text: str, media_type: str) -> None:
    write(site.root, name, text)
    answer = ask(f"{site.url}/{name}")
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    shared = any(kind in media_type for kind in ("rss", "atom", "feed", "opml"))
    assert answer.headers.get("access-control-allow-origin") == ("*" if shared else None)
    assert ("default-src 'none'" in answer.headers.get("content-security-policy", "")) == (
        "html" in media_type
    )


def test_folders_have_an_index_and_a_slash(site) -> None:
    write(site.root, "index.html", PAGE)
    write(site.root, "新浪财经-国內/index.html", "国內")
    write(site.root, "金融/新浪/index.html", "nested")
    assert ask(f"{site.url}/").text == PAGE
    slug = "/%E6%96%B0%E6%B5%AA%E8%B4%A2%E7%BB%8F-%E5%9B%BD%E5%85%A7"
    moved = ask(site.url + slug + "?a=b")
    assert moved.status_code == 308
    assert moved.url.join(moved.headers["location"]) == f"{site.url}{slug}/?a=b"
    assert ask(site.url + slug + "/").text == "国內"
    nested = ask(f"{site.url}/金融/新浪")
    assert FETCH(nested.url.join(nested.headers["location"])).text == "nested"
    (site.root / "empty").mkdir()
    assert ask(f"{site.url}/empty/").status_code == 404


def test_entity_tags_are_of_the_content_and_the_coding(site) -> None:
    file = write(site.root, "rss.xml", RSS)
    url = f"{site.url}/rss.xml"
    plain, packed = ask(url), ask(url, accept_encoding="gzip")
    assert plain.headers["etag"] != packed.headers["etag"]
    assert not plain.headers["etag"].startswith("W/")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text == RSS
    assert int(packed.headers["content-length"]) < len(RSS) / 4
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    os.utime(file, (1, 1))
    assert ask(url).headers["etag"] == plain.headers["etag"]
    write(site.root, "rss.xml", RSS + " ")
    assert ask(url).headers["etag"] != plain.headers["etag"]


def test_not_modified(site) -> None:
    os.utime(write(site.root, "rss.xml", RSS), (1_700_000_000, 1_700_000_000))
    url = f"{site.url}/rss.xml"
    first = ask(url, accept_encoding="gzip")
    same = ask(url, accept_encoding="gzip", if_none_match=f'"x", W/{first.headers["etag"]}')
    assert (same.status_code, same.content) == (304, b"")
    for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
        assert same.headers[name] == first.headers[name]
    assert not {"content-type", "content-encoding", "content-length"} & set(same.headers)
    assert ask(url, if_none_match=first.headers["etag"]).status_code == 200
    assert ask(url, if_none_match="*").status_code == 304
    assert ask(url, if_modified_since=first.headers["last-modified"]).status_code == 304
    both = ask(url, if_modified_since=first.headers["last-modified"], if_none_match='"x"')
    assert both.status_code == 200
    plain = [("accept-encoding", "identity"), ("if-none-match", '"x"')]
    lines = [*plain, ("if-none-match", ask(url).headers["etag"])]
    assert FETCH(url, headers=lines).status_code == 304


UNPACK = {
    "br": brotli.decompress,
    "zstd": lambda body: zstd.ZstdDecompressor().decompress(body),
    "gzip": gzip.decompress,
}


@pytest.mark.parametrize("coding", UNPACK)
def test_each_coding_holds_the_same_and_is_asked_for_by_its_own_tag(site, coding: str) -> None:
    write(site.root, "rss.xml", RSS)
    lines = f"Accept-Encoding: {coding}\r\nConnection: close\r\n\r\n".encode()
    said = raw(site.port, b"GET /rss.xml HTTP/1.1\r\nHost: x\r\n" + lines)
    head, body = said.split(b"\r\n\r\n", 1)
    assert f"content-encoding: {coding}".encode() in head.lower()
    assert UNPACK[coding](body).decode() == RSS
    tag = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"etag:"))
    known = ask(
        f"{site.url}/rss.xml", accept_encoding=coding, if_none_match=tag[5:].strip().decode()
    )
    assert known.status_code == 304


def test_small_files_are_not_compressed(site) -> None:
    write(site.root, "feed.json", "{}")
    answer = ask(f"{site.url}/feed.json", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


def test_head_is_get_without_a_body(site) -> None:
    os.utime(write(site.root, "rss.xml", RSS), (1_700_000_000, 1_700_000_000))
    for encoding in ("identity", "gzip"):
        whole = ask(f"{site.url}/rss.xml", accept_encoding=encoding)
        head = httpx.head(
            f"{site.url}/rss.xml", verify=False, headers={"accept-encoding": encoding}
        )
        assert head.content == b""
        assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}


@pytest.mark.parametrize(
    "value", ["bytes=0-3", "bytes=-3", "bytes=9999999-", "bytes=0-0,2-3", "bytes=x", "pages=1-2"]
)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_range_gets_everything(site, value: str, coding: str) -> None:
    write(site.root, "rss.xml", RSS)
    whole = ask(f"{site.url}/rss.xml", accept_encoding=coding)
    tag = whole.headers["etag"]
    for more in ({}, {"if_range": tag}, {"if_range": '"x"'}, {"if_match": tag}):
        answer = ask(f"{site.url}/rss.xml", accept_encoding=coding, range=value, **more)
        assert (answer.status_code, answer.text) == (200, RSS)
        assert answer.headers["accept-ranges"] == "none"
        assert "content-range" not in answer.headers
    known = ask(f"{site.url}/rss.xml", accept_encoding=coding, range=value, if_none_match=tag)
    assert known.status_code == 304


@pytest.mark.parametrize(
    ("match", "unmodified", "none_match", "modified", "expected"),
    [
        # The order of RFC 9110, 13.2.2.
        ("same", "old", "other", "same", 200),
        ("same", "old", "same", "old", 304),
        ("other", "same", "same", "same", 412),
        ("other", "same", "other", "same", 412),
        (None, "old", "same", "same", 412),
        (None, "same", "same", "old", 304),
        (None, "same", "other", "same", 200),
        (None, None, None, "same", 304),
        (None, None, None, "old", 200),
    ],
)
def test_which_validator_comes_first(
    site,
    match: str | None,
    unmodified: str | None,
    none_match: str | None,
    modified: str | None,
    expected: int,
) -> None:
    os.utime(write(site.root, "rss.xml", RSS), (1_700_000_000, 1_700_000_000))
    first = ask(f"{site.url}/rss.xml").headers
    tags = {"same": first["etag"], "other": '"x"'}
    dates = {"same": first["last-modified"], "old": "Sun, 01 Mar 2020 12:00:00 GMT"}
    given = {
        "if_match": match and tags[match],
        "if_unmodified_since": unmodified and dates[unmodified],
        "if_none_match": none_match and tags[none_match],
        "if_modified_since": modified and dates[modified],
    }
    asked = {name: value for name, value in given.items() if value}
    assert ask(f"{site.url}/rss.xml", **asked).status_code == expected
    assert ask(f"{site.url}/rss.xml", a_im="feed", **asked).status_code == expected


def test_a_date_that_a_second_change_could_share_is_left_out(site) -> None:
    file, url = write(site.root, "rss.xml", RSS), f"{site.url}/rss.xml"

    def dated(modified: float) -> str | None:
        os.utime(file, (modified, modified))
        return ask(url).headers.get("last-modified")

    ahead = time.time() + 3600
    assert (dated(time.time()), dated(ahead)) == (None, None)
    assert dated(1_700_000_000.0) == "Tue, 14 Nov 2023 22:13:20 GMT"
    # Two changes in one second, the first of which somebody got and dated by the clock.
    assert dated(1_700_000_000.25) == dated(1_700_000_000.75) == "Tue, 14 Nov 2023 22:13:21 GMT"
    got = "Tue, 14 Nov 2023 22:13:20 GMT"
    assert ask(url, if_modified_since=got).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/rss.xml", "/healthz", "/status", "/nothing"])
def test_other_methods_are_refused(site, method: str, path: str) -> None:
    answer = httpx.request(method, site.url + path, verify=False)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_an_absent_page_is_a_kind_404(site) -> None:
    answer = ask(f"{site.url}/nothing")
    assert answer.status_code == 404
    assert "nothing at this address" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "target",
    [
        b"/../secret.xml",
        b"/a/../../secret.xml",
        b"/%2e%2e/secret.xml",
        b"/%2e%2e%2fsecret.xml",
        b"/a%2frss.xml",
        b"/a%2Frss.xml",
        b"/..%5csecret.xml",
        b"/a/..\\..\\secret.xml",
        b"/%00",
        b"/a/rss.xml%00",
        b"/%0a",
        b"/a/rss.xml%0d%0aSet-Cookie:x",
        b"/a/.rss.xml.tmp",
        b"/.hidden",
        b"/%2Ehidden",
        b"/a/./rss.xml",
        b"/a//rss.xml",
        b"//a/rss.xml",
        b"/file-link",
        b"/folder-link/secret.xml",
        b"/folder-link",
        b"/a/rss.xml/",
        b"/%c0%ae%c0%ae/secret.xml",
        b"/" + b"x" * 300,
        b"/pipe",
        b"/" + b"a/" * 5000,
    ],
)
def test_nothing_else_can_be_reached(site, target: bytes) -> None:
    write(site.root.parent, "secret.xml", "SECRET")
    for name in ("a/rss.xml", "a/.rss.xml.tmp", ".hidden"):
        write(site.root, name, "SECRET")
    (site.root / "file-link").symlink_to(site.root.parent / "secret.xml")
    (site.root / "folder-link").symlink_to(site.root.parent)
    os.mkfifo(site.root / "pipe")
    answer = get(site.port, target)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"SECRET" not in answer
    assert b"Set-Cookie" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        "GET /金融/ HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_nonsense_gets_no_page_and_does_no_harm(site, request_bytes: bytes) -> None:
    write(site.root, "index.html", PAGE)
    assert not raw(site.port, request_bytes).startswith(b"HTTP/1.1 200")
    assert ask(f"{site.url}/").status_code == 200


def test_a_replaced_file_is_never_mixed(site) -> None:
    versions = [letter * 40_000 for letter in "abc"]
    write(site.root, "rss.xml", versions[0])
    done = threading.Event()

    def replace() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            write(site.root, ".next", versions[turn % 3])
            (site.root / ".next").replace(site.root / "rss.xml")
            time.sleep(0.001)

    writer = threading.Thread(target=replace)
    writer.start()
    seen: dict[str, set[bytes]] = {}
    try:
        with httpx.Client(verify=False) as client:
            for turn in range(200):
                encoding = "gzip" if turn % 2 else "identity"
                answer = client.get(f"{site.url}/rss.xml", headers={"accept-encoding": encoding})
                seen.setdefault(answer.headers["etag"], set()).add(answer.content)
    finally:
        done.set()
        writer.join()
    assert all(len(bodies) == 1 for bodies in seen.values())
    assert {body for bodies in seen.values() for body in bodies} <= {v.encode() for v in versions}


def test_gzip_bytes_are_the_same_every_time(site) -> None:
    write(site.root, "a.xml", RSS)
    write(site.root, "b.xml", RSS)
    request = (
        b"GET /%s.xml HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    )
    bodies = [raw(site.port, request % name).partition(b"\r\n\r\n")[2] for name in (b"a", b"b")]
    assert bodies[0] == bodies[1]
    assert gzip.decompress(bodies[0]).decode() == RSS
