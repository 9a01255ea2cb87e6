"""Redirects: followed hop by hop, believed when they are for good, refused by name."""

import re

import pytest
from asking import fails, get
from badweb import BadWeb, redirect, reply, status


def chain(bad: BadWeb, *codes: int) -> str:
    """Put a chain of redirects up that ends at /end; return where it begins."""
    for number, code in enumerate(codes):
        to = "/end" if number == len(codes) - 1 else f"/{number + 1}"
        bad.at(f"/{number}", redirect(to, code))
    bad.at("/end", reply(b"here"))
    return bad.url("/0")


CHAINS = [
    ((301,), True),
    ((308,), True),
    ((301, 308, 301), True),
    ((302,), False),
    ((303,), False),
    ((307,), False),
    ((301, 302), False),
    ((302, 301), False),
    ((301, 301, 301, 301, 301), True),
]


@pytest.mark.parametrize(("codes", "for_good"), CHAINS)
def test_where_a_chain_leads_for_good(bad: BadWeb, codes: tuple[int, ...], for_good: bool) -> None:
    answer = get(chain(bad, *codes))
    assert (answer.body, answer.url) == (b"here", bad.url("/end"))
    assert answer.moved == (bad.url("/end") if for_good else "")


def test_without_redirects_nothing_moved(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x"))
    assert get(bad.url("/f")).moved == ""


def test_an_unchanged_document_may_have_moved_too(bad: BadWeb) -> None:
    bad.at("/old", redirect("/new", 301))
    bad.at("/new", status(304))
    answer = get(bad.url("/old"), validators='{"etag": "x"}')
    assert (answer.body, answer.moved) == (None, bad.url("/new"))
    assert [one.sent("if-none-match") for one in bad.log] == [b"x", b"x"]


def test_more_redirects_than_allowed(bad: BadWeb) -> None:
    error = fails(chain(bad, *[301] * 6))
    assert "there are more than 5 redirects" in str(error)
    assert error.trouble == "unreachable"
    assert len(bad.log) == 6


def test_circles_are_named_and_left_at_once(bad: BadWeb) -> None:
    bad.at("/a", redirect(bad.url("/b", 2), 301))
    bad.at("/b", redirect(bad.url("/a"), 301), 2)
    a, b = bad.url("/a"), bad.url("/b", 2)
    assert str(fails(a)) == (
        f"{a}: the redirects go round in a circle (redirected to {b}, then {a})"
    )
    assert len(bad.log) == 2


def test_the_error_of_the_last_server_names_the_way_to_it(bad: BadWeb) -> None:
    bad.at("/a", redirect(bad.url("/b", 2)))
    error = fails(bad.url("/a"))
    where = f"{bad.url('/a')}: the server answered 404 Reason (redirected to {bad.url('/b', 2)})"
    assert (str(error), error.status, error.trouble) == (where, 404, "missing")


NOWHERE = {
    "file:///etc/passwd": "only http and https",
    "ftp://127.0.0.1/x": "only http and https",
    "gopher://x/": "only http and https",
    "data:text/xml,<rss/>": "only http and https",
    "javascript:alert(1)": "only http and https",
    "http://me:s3cret@127.0.0.1/": "user name or password",
    "http://127.0.0.1:22/": "port 22",
    "http://0x7f.1/": "odd spelling",
    "http://[::1/": "",
    "http://127.0.0.1:99999/": "",
    "http://a..b/": "",
    "http://xn--/": "",
    "http://" + "a" * 9_000: "longer than",
}


@pytest.mark.parametrize(("target", "said"), NOWHERE.items())
def test_to_what_is_no_address_or_may_not_be_asked(bad: BadWeb, target: str, said: str) -> None:
    bad.at("/r", redirect(target))
    error = fails(bad.url("/r"))
    assert re.match(f"{re.escape(bad.url('/r'))}: .*{said}", str(error))
    assert error.trouble in ("refused", "malformed")
    assert "s3cret" not in str(error)
    assert len(str(error)) < 600


@pytest.mark.parametrize("location", [None, "", "   "])
def test_without_saying_where_to(bad: BadWeb, location: str | None) -> None:
    bad.at("/r", status(301) if location is None else redirect(location, 301))
    error = fails(bad.url("/r"))
    assert (error.trouble, error.status) == ("malformed", 301)
    assert "without saying where to" in str(error)


LOCATIONS: list[tuple[str | bytes, bytes]] = [
    ("/caf%C3%A9", b"x"),
    ("/café".encode(), b"x"),
    ("caf%C3%A9#part", b"x"),
    (" /caf%C3%A9 ", b"x"),
    ("?q=a b", b"y"),
]


@pytest.mark.parametrize(("location", "expected"), LOCATIONS)
def test_relative_and_odd_spellings(bad: BadWeb, location: str | bytes, expected: bytes) -> None:
    bad.at("/r", redirect(location))
    bad.at("/caf%C3%A9", reply(b"x"))
    bad.at("/r?q=a%20b", reply(b"y"))
    assert get(bad.url("/r")).body == expected


def test_from_https_to_http(bad: BadWeb) -> None:
    bad.at("/f", redirect(bad.url("/f"), 301), "good")
    bad.at("/f", reply(b"x"))
    answer = get(bad.url("/f", "good"), tls=bad.tls)
    assert (answer.body, answer.moved) == (b"x", bad.url("/f"))


@pytest.mark.parametrize("code", [300, 304, 305, 306, 399])
def test_other_answers_of_the_kind_are_no_redirects(bad: BadWeb, code: int) -> None:
    bad.at("/r", redirect("/end", code))
    error = fails(bad.url("/r"))
    assert (error.status, error.trouble) == (code, "unreachable")


def test_strangers_lead_nowhere_inside(bad: BadWeb) -> None:
    error = fails(bad.url("/f"), private=False)
    assert (error.trouble, bad.log) == ("refused", [])
    assert "127.0.0.1 is an address inside the network" in str(error)
