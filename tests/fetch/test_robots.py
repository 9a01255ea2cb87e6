"""robots.txt: asked for once, obeyed, and whose absence is understood as the RFC says."""

import asyncio
import time

import pytest
from asking import QUICK, ask, at_once, fails, get, request
from badweb import (
    JITTER,
    BadWeb,
    Script,
    broken,
    endless,
    first,
    gaps,
    redirect,
    reply,
    slow,
    status,
)

from aggregator.errors import FetchError
from aggregator.fetch import Answer, Limits, Request, open_client
from aggregator.fetch.robots import Robots


def polite(url: str) -> Request:
    return request(url, robots=True)


def rules(*lines: str) -> Script:
    return reply("\n".join(lines).encode(), ("Content-Type", "text/plain"))


def allowed(bad: BadWeb, *paths: str) -> list[bool]:
    said = ask(*(polite(bad.url(path)) for path in paths))
    for one in said:
        assert isinstance(one, Answer) or one.trouble in ("refused", "missing"), one
    return [not isinstance(one, FetchError) or one.trouble == "missing" for one in said]


def test_what_it_forbids_is_not_asked_for(bad: BadWeb) -> None:
    bad.at("/robots.txt", rules("User-agent: *", "Disallow: /private", "Allow: /private/news"))
    bad.at("/a", reply(b"x"))
    assert allowed(bad, "/a", "/private", "/private/x?y", "/private/news") == [
        *(True, False, False, True)
    ]
    assert [one.path for one in bad.log] == ["/robots.txt", "/a", "/private/news"]
    error = fails(bad.url("/private"), robots=True)
    said = f"{bad.url('/private')}: {bad.url('/robots.txt')} does not allow it"
    assert (str(error), error.trouble) == (said, "refused")


def test_who_does_not_ask_is_not_held(bad: BadWeb) -> None:
    bad.at("/robots.txt", rules("User-agent: *", "Disallow: /"))
    bad.at("/f", reply(b"x"))
    assert get(bad.url("/f")).body == b"x"
    assert [one.path for one in bad.log] == ["/f"]


NAMED = [
    (["User-agent: aggregator", "Disallow: /a"], [False, True]),
    (["User-agent: AGGREGATOR", "Disallow: /a"], [False, True]),
    (["User-agent: *", "Disallow: /", "User-agent: aggregator", "Disallow: /b"], [True, False]),
    (["User-agent: aggregator", "User-agent: other", "Disallow: /a"], [False, True]),
    (["User-agent: other", "Disallow: /"], [True, True]),
    (["User-agent: *", "Disallow:"], [True, True]),
    (["User-agent: *", "Disallow: /*a$"], [False, True]),
    (["\ufeffUser-agent: *", "Disallow: /a"], [False, True]),
    (["<html><body>Not found</body></html>"], [True, True]),
    ([""], [True, True]),
    (["Disallow: /"], [True, True]),
    (["User-agent: *  # all", "Disallow : /a # this", "Nonsense", ": :", "Crawl-delay: NaN"],
     [False, True]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), NAMED)
def test_who_is_meant(bad: BadWeb, lines: list[str], expected: list[bool]) -> None:
    bad.at("/robots.txt", rules(*lines))
    assert allowed(bad, "/a", "/b") == expected


def test_those_who_come_first_together_have_it_fetched_once(bad: BadWeb) -> None:
    bad.at("/robots.txt", slow(0.1, rules("User-agent: *", "Disallow: /7")))
    said = at_once([polite(bad.url(f"/{number}")) for number in range(10)])
    troubles = [one.trouble for one in said if isinstance(one, FetchError)]
    assert (troubles.count("missing"), troubles.count("refused")) == (9, 1)
    assert len(bad.asked("/robots.txt")) == 1
    assert bad.log[0].path == "/robots.txt"


def test_who_gives_up_does_not_take_it_from_the_others(bad: BadWeb) -> None:
    bad.at("/robots.txt", slow(0.1, rules("User-agent: *", "Disallow: /")))

    async def work() -> BaseException | Answer:
        async with open_client(QUICK) as client:
            tasks = [asyncio.create_task(client.get(polite(bad.url("/f")))) for _ in range(2)]
            await asyncio.sleep(0.05)
            tasks[0].cancel()
            return (await asyncio.gather(*tasks, return_exceptions=True))[1]

    said = asyncio.run(work())
    assert isinstance(said, FetchError)
    assert said.trouble == "refused"


def test_each_origin_has_its_own(bad: BadWeb) -> None:
    bad.at("/robots.txt", rules("User-agent: *", "Disallow: /"), 2)
    for host in (1, 2):
        bad.at("/f", reply(b"x"), host)
    mine, other = ask(polite(bad.url("/f")), polite(bad.url("/f", 2)))
    assert isinstance(mine, Answer)
    assert isinstance(other, FetchError)


def test_where_a_redirect_leads_is_obeyed_too(bad: BadWeb) -> None:
    bad.at("/f", redirect(bad.url("/f", 2)))
    bad.at("/f", reply(b"x"), 2)
    bad.at("/robots.txt", rules("User-agent: *", "Disallow: /"), 2)
    error = fails(bad.url("/f"), robots=True)
    assert error.trouble == "refused"
    assert bad.asked("/f", 2) == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451])
def test_without_one_all_is_allowed(bad: BadWeb, code: int) -> None:
    bad.at("/robots.txt", status(code))
    bad.at("/f", reply(b"x"))
    assert get(bad.url("/f"), robots=True).body == b"x"


UNREACHABLE = {
    "500": status(500),
    "503": status(503),
    "broken": broken(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser"),
    "cut short": reply(b"User", ("Content-Length", "99")),
    "silent": slow(0.5, status(404)),
    "damaged": reply(b"x", ("Content-Encoding", "gzip")),
}


@pytest.mark.parametrize("script", UNREACHABLE.values(), ids=UNREACHABLE)
def test_while_it_cannot_be_had_nothing_is_asked_for(bad: BadWeb, script: Script) -> None:
    bad.at("/robots.txt", script)
    said = ask(polite(bad.url("/f")), polite(bad.url("/g")))
    for one in said:
        assert isinstance(one, FetchError)
        assert one.trouble == "unreachable"
        assert "robots.txt cannot be had" in str(one)
    # And it is not asked for again at once.
    assert [one.path for one in bad.log] == ["/robots.txt"]


def test_a_site_that_has_had_enough(bad: BadWeb) -> None:
    bad.at("/robots.txt", status(429, ("Retry-After", "60")))
    error = fails(bad.url("/f"), robots=True)
    assert (error.trouble, error.status, error.retry) == ("blocked", 429, 60.0)
    assert len(bad.log) == 1


def test_it_may_be_elsewhere(bad: BadWeb) -> None:
    bad.at("/robots.txt", redirect(bad.url("/r", 2), 301))
    bad.at("/r", redirect("/robots", 302), 2)
    bad.at("/robots", rules("User-agent: *", "Disallow: /f"), 2)
    assert fails(bad.url("/f"), robots=True).trouble == "refused"
    bad.at("/robots.txt", redirect("/robots.txt"))
    bad.at("/f", reply(b"x"))
    assert get(bad.url("/f"), robots=True).body == b"x"  # a circle is none (2.3.1.2)


def test_its_way_is_guarded(bad: BadWeb) -> None:
    bad.at("/robots.txt", redirect("http://169.254.169.254/latest"))
    error = fails(bad.url("/f"), robots=True)
    assert (error.trouble, len(bad.log)) == ("refused", 1)


def test_its_first_500_kib_count(bad: BadWeb) -> None:
    begin = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /f\n"
    bad.at("/robots.txt", endless(begin, b"Disallow: /x\n" * 999))
    bad.at("/g", reply(b"x"))
    limits = Limits(total=5, wire=2_000_000)
    refused, got = ask(polite(bad.url("/f")), polite(bad.url("/g")), limits=limits)
    assert isinstance(refused, FetchError)
    assert (refused.trouble, getattr(got, "body", None)) == ("refused", b"x")


def test_the_pause_that_it_asks_for(bad: BadWeb) -> None:
    bad.at("/robots.txt", rules("User-agent: *", "Crawl-delay: 0.2"))
    at_once([polite(bad.url("/f"))] * 3)
    assert min(gaps(bad.log)) >= 0.2 - JITTER


@pytest.mark.parametrize(
    ("said", "expected"), [("7200", 60.0), ("-1", 0.0), ("inf", 0.0), ("soon", 0.0), ("1e999", 0.0)]
)
def test_a_pause_that_is_too_long_or_none(said: str, expected: float) -> None:
    async def fetch(asked: Request) -> Answer:
        body = f"User-agent: *\nCrawl-delay: {said}".encode()
        return Answer(url=asked.url, body=body, media_type="", charset=None, validators="")

    async def work() -> float:
        return await Robots(fetch).delay("http://x.example/f", polite("http://x.example/f"))

    assert asyncio.run(work()) == expected


def test_how_many_are_remembered_is_bounded() -> None:
    async def fetch(asked: Request) -> Answer:
        body = b"User-agent: *\nDisallow: /f\n#" + b"x" * 40_000
        return Answer(url=asked.url, body=body, media_type="", charset=None, validators="")

    async def work() -> int:
        robots = Robots(fetch)
        for number in range(100):
            url = f"http://h{number}.example/"
            await robots.delay(url, polite(url))
        return len(robots._sites)

    assert 30 < asyncio.run(work()) < 60


HOSTILE = {
    "wildcards": "Disallow: /" + "*a" * 250_000,
    "many wildcards": "".join(f"Disallow: /*{number}\n" for number in range(30_000)),
    "many agents": "".join(f"User-agent: {number}\nDisallow: /\n" for number in range(16_000)),
    "dollars": "Disallow: /" + "$" * 500_000,
    "one line": "x" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_little_time(bad: BadWeb, text: str) -> None:
    bad.at("/robots.txt", reply(f"User-agent: *\n{text}".encode()))
    bad.at("/f", reply(b"x"))
    limits = Limits(total=5)
    begun = time.process_time()
    ask(*(polite(bad.url("/f?" + "a1" * 2_000)) for _ in range(3)), limits=limits)
    assert time.process_time() - begun < 10


def test_it_is_asked_for_again_when_trouble_may_be_over(bad: BadWeb) -> None:
    bad.at("/robots.txt", first(status(500), rules("User-agent: *", "Allow: /")))
    bad.at("/f", reply(b"x"))

    async def work() -> bytes | None:
        async with open_client(QUICK) as client:
            with pytest.raises(FetchError):
                await client.get(polite(bad.url("/f")))
            for site in client._robots._sites.values():
                site.until -= 601
            return (await client.get(polite(bad.url("/f")))).body

    assert asyncio.run(work()) == b"x"
