"""Who asks, when a proxy that is trusted says so, and when anybody else does."""

import functools
from dataclasses import replace

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from aggregator.server.proxies import Proxied
from aggregator.terms import Rate, Terms

# Reading the system's certificates takes longer than any request here.
FETCH = functools.partial(httpx.get, verify=False)

NEAR = ("127.0.0.1", "10.0.0.0/8", "2001:db8:aaaa::/48")


async def seen(peer: str, proxies: tuple[str, ...], *headers: tuple[bytes, bytes]) -> str:
    """Return who and what the application behind it takes a request to be from."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    scope = {"type": "http", "scheme": "http", "client": (peer, 1), "headers": list(headers)}
    await Proxied(app, lambda: Terms(proxies=proxies))(scope, None, None)  # type: ignore[arg-type]
    return f"{found[0]['scheme']} {found[0]['client'][0]}"


def run(peer: str, proxies: tuple[str, ...], *headers: tuple[bytes, bytes]) -> str:
    """Run what awaits nothing."""
    try:
        seen(peer, proxies, *headers).send(None)
    except StopIteration as end:
        return str(end.value)
    raise AssertionError


@pytest.mark.parametrize(
    ("peer", "said", "expected"),
    [
        ("127.0.0.1", b"192.0.2.7", "192.0.2.7"),
        ("::ffff:127.0.0.1", b"192.0.2.7", "192.0.2.7"),
        ("::ffff:10.1.2.3", b"192.0.2.7", "192.0.2.7"),
        ("2001:db8:aaaa:1::1", b"2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", b"[2001:db8::7]:443", "2001:db8::7"),
        # What stands before the last address that no proxy has, the client may have written.
        ("127.0.0.1", b"1.1.1.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", b"1.1.1.1, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("127.0.0.1", b"127.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", b"nonsense, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("127.0.0.1", b"", "127.0.0.1"),
        ("127.0.0.1", b"10.0.0.9", "10.0.0.9"),
        # Who is no proxy says what they like.
        ("192.0.2.66", b"192.0.2.7", "192.0.2.66"),
        ("11.0.0.1", b"192.0.2.7", "11.0.0.1"),
        ("127.0.0.2", b"192.0.2.7", "127.0.0.2"),
        ("::ffff:11.0.0.1", b"192.0.2.7", "::ffff:11.0.0.1"),
        ("2001:db8:bbbb::1", b"192.0.2.7", "2001:db8:bbbb::1"),
    ],
)
def test_the_address(peer: str, said: bytes, expected: str) -> None:
    assert run(peer, NEAR, (b"x-forwarded-for", said)) == f"http {expected}"
    assert run(peer, (), (b"x-forwarded-for", said)) == f"http {peer}"


def test_several_lines_are_one_list() -> None:
    lines = [(b"x-forwarded-for", one) for one in (b"1.1.1.1", b"192.0.2.7", b"10.0.0.9")]
    assert run("127.0.0.1", NEAR, *lines) == "http 192.0.2.7"


@pytest.mark.parametrize(
    ("peer", "said", "expected"),
    [
        ("127.0.0.1", b"https", "https"),
        ("127.0.0.1", b"javascript", "http"),
        ("127.0.0.1", b"https\x00", "http"),
        ("192.0.2.66", b"https", "http"),
    ],
)
def test_the_scheme(peer: str, said: bytes, expected: str) -> None:
    assert run(peer, NEAR, (b"x-forwarded-proto", said)) == f"{expected} {peer}"


def test_a_spoofed_address_escapes_no_limit(site) -> None:  # type: ignore[no-untyped-def]
    def ask(address: str) -> int:
        answer = FETCH(f"{site.url}/nothing", headers={"x-forwarded-for": address})
        return answer.status_code

    site.terms = replace(site.terms, rate=Rate(1, 3600))
    assert [ask(f"192.0.2.{n}") for n in range(3)] == [404, 429, 429]
    site.terms = replace(site.terms, proxies=("127.0.0.1",))
    assert [ask(f"192.0.2.{n}") for n in range(3)] == [404, 404, 404]
    assert [ask(f"192.0.2.{n}, 198.51.100.1") for n in range(3)] == [404, 429, 429]
    assert [ask(f"{n}, 2001:db8::{n}") for n in range(3)] == [404, 429, 429]
