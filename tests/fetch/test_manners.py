"""Manners, proved by the log of the server: turns, pauses, being left alone, what is sent."""

import asyncio
import time
from email.utils import formatdate

import pytest
from asking import QUICK, ask, at_once, fails, get, request
from badweb import (
    JITTER,
    BadWeb,
    broken,
    endless,
    first,
    gaps,
    most_at_once,
    redirect,
    reply,
    slow,
    status,
)

from aggregator import __version__
from aggregator.errors import FetchError
from aggregator.fetch import Answer, Limits, open_client
from aggregator.fetch.turns import Turns


def test_one_request_at_a_time_with_a_pause_after_each_answer(bad: BadWeb) -> None:
    bad.at("/f", slow(0.05, reply(b"x")))
    bad.at("/gone", status(410))
    paths = ["/f", "/gone", "/f", "/missing", "/f"]
    said = at_once([request(bad.url(path), delay=0.1) for path in paths])
    assert [type(one) for one in said] == [Answer, FetchError, Answer, FetchError, Answer]
    assert [one.path for one in bad.log] == paths
    assert min(gaps(bad.log)) >= 0.1 - JITTER
    assert max(gaps(bad.log)) < 0.6
    assert most_at_once(bad.log) == 1


def test_hosts_do_not_wait_for_each_other_and_their_ports_are_one_host(bad: BadWeb) -> None:
    for host in (1, 2, 3, "good"):
        bad.at("/f", slow(0.1, reply(b"x")), host)
    requests = [request(bad.url("/f", host), delay=0.1) for host in (1, 2, 3, "good") * 2]

    async def work() -> None:
        async with open_client(QUICK, tls=bad.tls) as client:
            await asyncio.gather(*map(client.get, requests))

    asyncio.run(work())
    machine = bad.asked(host=1) + bad.asked(host="good")
    assert min(gaps(machine)) >= 0.1 - JITTER
    assert most_at_once(machine) == 1
    assert most_at_once(bad.log) == 3
    assert min(gaps(bad.asked(host=2))) >= 0.1 - JITTER


def test_each_hop_of_a_redirect_waits_for_its_own_host(bad: BadWeb) -> None:
    bad.at("/a", redirect(bad.url("/b", 2)))
    bad.at("/b", redirect(bad.url("/c", 2)), 2)
    bad.at("/c", reply(b"x"), 2)
    at_once([request(bad.url("/a"), delay=0.1), request(bad.url("/a"), delay=0.1)])
    assert len(bad.asked(host=2)) == 4
    assert min(gaps(bad.asked(host=1)) + gaps(bad.asked(host=2))) >= 0.1 - JITTER


def test_waiting_is_no_part_of_the_time_an_answer_may_take(bad: BadWeb) -> None:
    bad.at("/f", slow(0.3, reply(b"x")))
    said = at_once([request(bad.url("/f"))] * 5)  # 1.5 s in all, where 0.9 are allowed
    assert [type(one) for one in said] == [Answer] * 5


def test_redirects_share_the_time_of_one_document(bad: BadWeb) -> None:
    for number in range(4):
        bad.at(f"/{number}", slow(0.3, redirect(f"/{number + 1}")))
    assert "no whole answer within 0.9 s" in str(fails(bad.url("/0")))


def test_64_requests_at_once_and_those_who_wait_for_a_host_are_not_among_them(bad: BadWeb) -> None:
    for host in range(1, 71):
        bad.at("/f", slow(0.4, reply(b"x")), host)
    bad.at("/quick", reply(b"x"), 99)
    limits = Limits(total=9)
    # A hundred wait for one host; they may not take the places of those behind them.
    urls = [bad.url("/f", 1)] * 3 + [bad.url(f"/missing{n}", 1) for n in range(100)]
    urls += [bad.url("/f", host) for host in range(2, 71)]
    said = at_once([request(url) for url in urls], limits)
    others = [one for one in bad.log if one.host != 1]
    assert 50 < most_at_once(bad.log) <= 64
    assert max(one.begin for one in others) - min(one.begin for one in others) < 2.0
    assert sum(isinstance(one, Answer) for one in said) == 72


def test_who_gives_up_waiting_holds_nobody_up(bad: BadWeb) -> None:
    bad.at("/f", slow(0.1, reply(b"x")))

    async def work() -> list[Answer | BaseException]:
        async with open_client(QUICK) as client:
            tasks = [asyncio.create_task(client.get(request(bad.url("/f")))) for _ in range(4)]
            await asyncio.sleep(0.05)
            tasks[0].cancel()  # is being answered
            tasks[2].cancel()  # waits
            return await asyncio.gather(*tasks, return_exceptions=True)

    said = asyncio.run(work())
    kinds = [asyncio.CancelledError, Answer, asyncio.CancelledError, Answer]
    assert [type(one) for one in said] == kinds
    assert len(bad.log) == 3


def test_hosts_that_are_idle_are_forgotten() -> None:
    async def work() -> int:
        turns = Turns()
        for number in range(6_000):
            async with turns.turn(f"h{number}.example", 60):
                pass
        return len(turns._idle) + len(turns._asked)

    assert asyncio.run(work()) == 5_000


# Being left alone


@pytest.mark.parametrize(("code", "trouble"), [(429, "blocked"), (503, "unreachable")])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_for_the_whole_host(bad: BadWeb, code: int, trouble: str, form: str) -> None:
    rest = "100" if form == "seconds" else formatdate(time.time() + 100, usegmt=True)
    bad.at("/f", status(code, ("Retry-After", rest)))
    bad.at("/g", reply(b"x"))
    bad.at("/g", reply(b"x"), 2)
    urls = [bad.url("/f"), bad.url("/f"), bad.url("/g"), bad.url("/g", 2)]
    said = ask(*(request(url) for url in urls))
    assert isinstance(said[3], Answer)
    for one in said[:3]:
        assert isinstance(one, FetchError)
        assert (one.trouble, one.status) == (trouble, code)
        assert one.retry is not None
        assert 98 <= one.retry <= 101
    assert "left alone for another 100 s" in str(said[2]) or "99 s" in str(said[2])
    assert [(one.host, one.path) for one in bad.log] == [(1, "/f"), (2, "/g")]


def test_when_the_time_is_over_the_host_is_asked_again(bad: BadWeb) -> None:
    bad.at("/f", first(status(503, ("Retry-After", "1")), reply(b"x")))

    async def work() -> Answer:
        async with open_client(QUICK) as client:
            for _ in range(2):
                with pytest.raises(FetchError):
                    await client.get(request(bad.url("/f")))
            await asyncio.sleep(1.0)
            return await client.get(request(bad.url("/f")))

    assert asyncio.run(work()).body == b"x"
    assert gaps(bad.log)[0] >= 1.0


def test_those_who_wait_already_do_not_ask_either(bad: BadWeb) -> None:
    bad.at("/f", slow(0.1, status(429, ("Retry-After", "100"))))
    said = at_once([request(bad.url("/f"))] * 10)
    assert [getattr(one, "status", 0) for one in said] == [429] * 10
    assert len(bad.log) == 1


RETRIES = [
    ("-5", 0.0),
    ("0", 0.0),
    ("999999999", 86_400.0),
    ("9" * 5_000, None),
    ("soon", None),
    ("1.5", None),
    ("", None),
    ("Wed, 01 Jan 2020 00:00:00 GMT", 0.0),
    ("Wed, 99 Jan 2020 00:00:00 GMT", None),
]


@pytest.mark.parametrize(("said", "expected"), RETRIES)
def test_odd_retry_after(bad: BadWeb, said: str, expected: float | None) -> None:
    bad.at("/f", status(429, ("Retry-After", said)))
    assert fails(bad.url("/f")).retry == expected


def test_retry_after_on_other_answers_is_told_and_the_host_goes_on(bad: BadWeb) -> None:
    bad.at("/f", status(500, ("Retry-After", "50")))
    bad.at("/g", reply(b"x"))
    broke, went = ask(request(bad.url("/f")), request(bad.url("/g")))
    assert isinstance(broke, FetchError)
    assert (broke.retry, isinstance(went, Answer)) == (50.0, True)


# What is sent


def test_nothing_is_sent_that_tells_of_readers(bad: BadWeb) -> None:
    cookie = ("Set-Cookie", "me=1; Path=/")
    bad.at("/f", reply(b"x", cookie))
    bad.at("/r", redirect("/f", 302, cookie))
    bad.at("/f", reply(b"x", cookie), 2)
    ask(*(request(bad.url(path, host)) for path, host in [("/f", 1), ("/r", 1), ("/f", 2)] * 2))
    assert len(bad.log) == 8
    for one in bad.log:
        names = [name for name, _ in one.fields]
        usual = ["host", "accept", "accept-encoding", "user-agent", "connection"]
        assert sorted(names) == sorted(usual)
        assert one.sent("user-agent") == (
            f"aggregator/{__version__} (feed aggregator; polls conditionally)".encode()
        )
        assert one.sent("accept-encoding") == b"gzip, deflate, br, zstd"


def test_the_operator_can_be_found(bad: BadWeb) -> None:
    async def work() -> None:
        async with open_client(QUICK, contact="https://planet.example/about") as client:
            with pytest.raises(FetchError):
                await client.get(request(bad.url("/")))

    asyncio.run(work())
    expected = f"aggregator/{__version__} (+https://planet.example/about)"
    assert bad.log[0].sent("user-agent") == expected.encode()


SECRET = (("Authorization", "Bearer s3cret"), ("X-Key", "s3cret"))


def test_a_sources_headers_stay_with_its_origin(bad: BadWeb) -> None:
    bad.at("/a", redirect("/b"))
    bad.at("/b", redirect(bad.url("/c", 2)))
    bad.at("/c", redirect(bad.url("/d", 1)), 2)
    bad.at("/d", reply(b"x"))
    assert get(bad.url("/a"), headers=SECRET).body == b"x"
    had = [(one.path, one.sent("authorization"), one.sent("x-key")) for one in bad.log]
    told = (b"Bearer s3cret", b"s3cret")
    # Not to where others lead it either, though it is the same origin again.
    assert had == [("/a", *told), ("/b", *told), ("/c", None, None), ("/d", None, None)]


def test_another_port_or_scheme_is_another_origin(bad: BadWeb) -> None:
    bad.at("/f", redirect(bad.url("/f", 1)), "good")
    bad.at("/f", reply(b"x"), 1)
    assert get(bad.url("/f", "good"), tls=bad.tls, headers=SECRET).body == b"x"
    assert [one.sent("x-key") for one in bad.log] == [b"s3cret", None]


def test_a_sources_headers_replace_ours(bad: BadWeb) -> None:
    bad.at("/f", reply(b"x"))
    get(bad.url("/f"), headers=(("user-agent", "Reader/1"), ("Accept", "text/plain")))
    assert [value for name, value in bad.log[0].fields if name == "user-agent"] == [b"Reader/1"]
    assert bad.log[0].sent("accept") == b"text/plain"


@pytest.mark.parametrize("value", ["s3cret\r\nX: y", "s3cret\n", "s3cret\0"])
def test_a_header_that_cannot_be_sent_is_not_shown(bad: BadWeb, value: str) -> None:
    error = fails(bad.url("/f"), headers=(("X-Key", value),))
    assert "s3cret" not in str(error)
    assert bad.log == []


def test_secrets_are_in_no_representation() -> None:
    one = request("http://x.example/", headers=SECRET, proxy="http://me:s3cret@127.0.0.1:1")
    assert "s3cret" not in repr(one)


def test_idle_connections_are_few(bad: BadWeb) -> None:
    for host in range(1, 151):
        bad.at("/f", reply(b"x"), host)
    said = at_once([request(bad.url("/f", host)) for host in range(1, 151)])
    assert [type(one) for one in said] == [Answer] * 150
    assert sum(one.sent("connection") == b"keep-alive" for one in bad.log) == 100


# Sending a form


def test_a_form(bad: BadWeb) -> None:
    bad.at("/hub", status(202))

    async def work(path: str, form: dict[str, str]) -> Answer:
        async with open_client(QUICK) as client:
            return await client.post(request(bad.url(path), headers=SECRET), form)

    answer = asyncio.run(work("/hub", {"hub.mode": "subscribe", "hub.topic": "http://x/?a=1&b=é"}))
    assert answer.body == b""
    (asked,) = bad.log
    assert (asked.method, asked.sent("x-key")) == ("POST", b"s3cret")
    assert asked.sent("content-type") == b"application/x-www-form-urlencoded"
    assert asked.body == b"hub.mode=subscribe&hub.topic=http%3A%2F%2Fx%2F%3Fa%3D1%26b%3D%C3%A9"
    bad.at("/moved", redirect("/hub", 307))
    bad.at("/big", endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 9_999))
    bad.at("/broken", broken(b"HTTP/1.1 2"))
    for path, said in {"/moved": "307", "/no": "404", "/big": "larger", "/broken": "broke"}.items():
        with pytest.raises(FetchError, match=said):
            asyncio.run(work(path, {"a": "b"}))
