"""Feeds for named readers only, by a token in the address or by HTTP basic auth."""

import base64
import functools
import logging
import re
import socket
from dataclasses import replace

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from aggregator.server import build, health_route
from aggregator.terms import Rate, Terms, digest

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)

TOKEN = "JX0PqfXa3ZnV9rM1cT5sKw"
PRIVATE = Terms(tokens=(digest(TOKEN.encode()),), logins=(digest("bób:pässword".encode()),))


@pytest.fixture
def private(site):  # type: ignore[no-untyped-def]
    (site.root / "linux").mkdir()
    (site.root / "linux" / "rss.xml").write_text("<rss/>")
    (site.root / "index.html").write_text("<a href='linux/rss.xml'>Linux</a>")
    (site.root / "feeds.opml").write_text("<opml/>")
    site.terms = PRIVATE
    return site


def basic(login: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def get(port: int, path: str) -> bytes:
    """Ask for a path as it is; other clients resolve dots."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


BOB = basic("bób:pässword")


@pytest.mark.parametrize("path", ["/", "/linux/rss.xml", "/feeds.opml", "/status"])
def test_all_that_is_published_asks_for_a_login(private, path: str) -> None:  # type: ignore[no-untyped-def]
    refused = FETCH(private.url + path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="feeds", charset="UTF-8"'
    assert refused.headers["cache-control"] == "no-store"
    assert FETCH(private.url + path, headers=BOB).status_code == 200
    assert FETCH(f"{private.url}/t/{TOKEN}{path}").status_code == 200


def test_what_is_served_is_kept_from_shared_caches(private) -> None:  # type: ignore[no-untyped-def]
    for path, headers in ((f"/t/{TOKEN}/linux/rss.xml", {}), ("/linux/rss.xml", BOB)):
        found = FETCH(private.url + path, headers=headers)
        known = {"if-none-match": found.headers["etag"]}
        same = FETCH(private.url + path, headers=headers | known)
        assert (found.text, same.status_code) == ("<rss/>", 304)
        for answer in (found, same):
            caching = answer.headers["cache-control"].split(", ")
            assert "private" in caching
            assert "public" not in caching
            assert answer.headers["vary"] == "Accept-Encoding, Authorization"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("bób:wrong"),
        basic("nobody:pässword"),
        basic("bób"),
        basic("bób:"),
        basic(":"),
        basic(f"bób:{TOKEN}"),
        basic("bób:pässword "),
        basic("b" * 20_000),
        {"authorization": "Basic"},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic YQ"},
        {"authorization": b"Basic \xff\xfe"},
        {"authorization": f"Bearer {TOKEN}"},
        {"authorization": BOB["authorization"].replace("Basic", "Digest")},
    ],
)
def test_nobody_learns_what_was_wrong(private, headers: dict[str, str | bytes]) -> None:  # type: ignore[no-untyped-def]
    raw = [(k, v if isinstance(v, bytes) else v.encode()) for k, v in headers.items()]
    there = FETCH(f"{private.url}/linux/rss.xml", headers=raw)  # type: ignore[arg-type]
    absent = FETCH(f"{private.url}/nothing", headers=raw)  # type: ignore[arg-type]
    plain = FETCH(f"{private.url}/")
    assert [a.status_code for a in (there, absent, plain)] == [401] * 3
    assert there.content == absent.content == plain.content
    assert {**there.headers, "date": ""} == {**plain.headers, "date": ""}


@pytest.mark.parametrize(
    "path",
    [
        f"/t/{TOKEN[:-1]}/linux/rss.xml",
        f"/t/{TOKEN}x/linux/rss.xml",
        f"/t/{TOKEN.lower()}/linux/rss.xml",
        "/t//linux/rss.xml",
        "/t/%FF/linux/rss.xml",
        f"/t/x/../{TOKEN}/linux/rss.xml",
        f"/t/{TOKEN}%2Flinux/rss.xml",
        f"/t%2F{TOKEN}/linux/rss.xml",
        f"/T/{TOKEN}/linux/rss.xml",
        f"/x/t/{TOKEN}/linux/rss.xml",
        f"/linux/rss.xml?t={TOKEN}",
        "/healthz/../linux/rss.xml",
        "/healthz%2F..%2Flinux/rss.xml",
        "/status/x",
        "//linux/rss.xml",
    ],
)
def test_no_other_way_leads_in(private, path: str) -> None:  # type: ignore[no-untyped-def]
    assert get(private.port, path).startswith(b"HTTP/1.1 401 ")


def test_below_a_token_nothing_else_can_be_reached(private) -> None:  # type: ignore[no-untyped-def]
    (private.root.parent / "secret").write_text("SECRET")
    for path in ("/../secret", "/%2e%2e/secret", "//secret", f"/t/{TOKEN}/linux/rss.xml"):
        assert get(private.port, f"/t/{TOKEN}{path}").startswith(b"HTTP/1.1 404 ")


def test_links_and_redirects_stay_below_a_token(private) -> None:  # type: ignore[no-untyped-def]
    (private.root / "linux" / "index.html").write_text("here")
    (private.root / "_redirects").write_text("/old/* /linux/:splat 301\n")
    below = f"{private.url}/t/{TOKEN}"
    follow = functools.partial(FETCH, follow_redirects=True)
    assert str(follow(below).url) == f"{below}/"
    assert str(follow(f"{below}/linux").url) == f"{below}/linux/"
    moved = follow(f"{below}/old/rss.xml")
    assert str(moved.url) == f"{below}/linux/rss.xml"
    assert "private" in moved.history[0].headers["cache-control"]


def test_other_methods_are_refused_to_readers_and_head_is_get(private) -> None:  # type: ignore[no-untyped-def]
    url = f"{private.url}/linux/rss.xml"
    assert httpx.post(url, verify=False).status_code == 401
    assert httpx.post(url, verify=False, headers=BOB).status_code == 405
    assert httpx.head(url, verify=False).status_code == 401
    assert httpx.head(url, verify=False, headers=BOB).status_code == 200


def test_a_revoked_secret_opens_nothing_from_the_next_request_on(private) -> None:  # type: ignore[no-untyped-def]
    by_token, by_name = f"{private.url}/t/{TOKEN}/linux/rss.xml", f"{private.url}/linux/rss.xml"
    with httpx.Client(verify=False, headers=BOB) as kept:
        assert kept.get(by_name).status_code == kept.get(by_token).status_code == 200
        private.terms = replace(PRIVATE, logins=())
        assert (kept.get(by_name).status_code, kept.get(by_token).status_code) == (401, 200)
        private.terms = replace(PRIVATE, tokens=(digest(b"another"),), logins=())
        assert kept.get(by_name).status_code == kept.get(by_token).status_code == 401
        private.terms = Terms()
        assert (kept.get(by_name).status_code, kept.get(by_token).status_code) == (200, 404)


def test_who_watches_and_what_has_its_own_secret_stays_open(private, host) -> None:  # type: ignore[no-untyped-def]
    hub = Route("/websub/{token}", lambda _: PlainTextResponse("hub"))
    more = (health_route(private.health), hub)
    host.app = build(private.root, private.report, *more, terms=lambda: PRIVATE)
    assert FETCH(f"{private.url}/healthz").json()["status"] == "ok"
    assert FETCH(f"{private.url}/websub/x").text == "hub"
    assert FETCH(f"{private.url}/websub/x/y").status_code == 401


def test_failed_logins_are_counted(private) -> None:  # type: ignore[no-untyped-def]
    private.terms = replace(PRIVATE, rate=Rate(3, 3600))
    guesses = [FETCH(private.url, headers=basic(f"bób:{n}")).status_code for n in range(4)]
    assert guesses == [401, 401, 401, 429]
    assert FETCH(private.url, headers=BOB).status_code == 429
    assert FETCH(f"{private.url}/t/{TOKEN}/").status_code == 429


def test_secrets_are_in_no_log_and_no_page(private, caplog) -> None:  # type: ignore[no-untyped-def]
    for client in ("httpx", "httpcore"):
        caplog.set_level(logging.CRITICAL, client)
    caplog.set_level(logging.DEBUG)
    private.told = RuntimeError("no database")
    answers = [
        FETCH(f"{private.url}/t/{TOKEN}{path}", headers=BOB)
        for path in ("/status", "/nothing", "/linux/rss.xml", "x/")
    ]
    assert [answer.status_code for answer in answers] == [503, 404, 200, 404]
    assert "no database" in caplog.text
    told = caplog.text + "".join(answer.text for answer in answers) + repr(PRIVATE)
    assert not re.search(f"{TOKEN}|pässword|{BOB['authorization']}", told)
