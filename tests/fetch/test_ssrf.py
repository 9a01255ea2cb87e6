"""No address that a stranger names leads inside the network, by whatever way.

Everything runs in the loop of ``internet.py``: it notes each connection below all libraries, and
none that is not to this machine goes out. The tests at the end leave the guard out and see that
the connections are noted then.
"""

import asyncio
import itertools
from collections.abc import Iterable
from pathlib import Path

import aiohttp
import hostile
import httpx
import pytest
from httpx_aiohttp import AiohttpTransport
from internet import PUBLIC, Answers, within
from web import Reply, Web

from aggregator.errors import FetchError
from aggregator.fetch import Limits, Request, open_client

LIMITS = Limits(connect=2, read=2, total=5)


def port_of(web: Web) -> int:
    return int(web.url.rpartition(":")[2])


def ask(
    web: Web, urls: Iterable[str], answers: Answers | None = None, private: bool = False
) -> tuple[list[str], list[tuple[str, int]]]:
    """Ask for each address; return what came or was said instead, and the connections tried."""

    async def work() -> list[str]:
        said = []
        async with open_client(LIMITS) as client:
            for url in urls:
                try:
                    answer = await client.get(Request(url=url, private=private, delay=0))
                    said.append((answer.body or b"").decode())
                except FetchError as error:
                    said.append(f"refused: {error}")
        return said

    return within(work, port_of(web), answers)


@pytest.fixture
def urls(web: Web) -> list[str]:
    web.replies["/"] = Reply(b"secret")
    return list(hostile.urls(port_of(web)))


def test_directly(web: Web, urls: list[str]) -> None:
    assert len(set(urls)) > 500
    said, connections = ask(web, urls)
    assert [one for one in said if not one.startswith("refused: ")] == []
    assert connections == []
    assert web.requests == []


def test_the_metadata_services_of_clouds(web: Web, corpus: Path) -> None:
    lines = (corpus / "security" / "ssrf-cloud-metadata.txt").read_text("utf-8").splitlines()
    found = [line.strip() for line in lines if line.startswith("http")]
    assert len(found) > 40
    said, connections = ask(web, found)
    assert [one for one in said if not one.startswith("refused: ")] == []
    assert connections == []


def test_by_redirect(web: Web, urls: list[str]) -> None:
    paths = {f"/r{number}": url for number, url in enumerate(urls) if not set(url) & set("\r\n")}
    for path, url in paths.items():
        # A redirect may be relative, and then it stays with the public server.
        if url.lower().startswith("http") and "://" in url:
            web.replies[path] = Reply(status=302, headers=[("Location", url.encode())])
    asked = [path for path in paths if path in web.replies]
    assert len(asked) > 500
    said, connections = ask(web, [f"http://{PUBLIC}:8080{path}" for path in asked])
    assert [one for one in said if "secret" in one] == []
    assert {host for host, _ in connections} == {PUBLIC}
    assert {path for path, _ in web.requests} >= set(asked)
    assert "/" not in {path for path, _ in web.requests}


def test_by_dns(web: Web) -> None:
    web.replies["/"] = Reply(b"secret")
    found = hostile.literals()
    answers = {f"h{n}.news.example": (lambda ip=ip: [ip]) for n, ip in enumerate(found)}
    said, connections = ask(web, [f"http://{name}:{port_of(web)}/" for name in answers], answers)
    assert len(found) > 200
    assert [one for one in said if not one.startswith("refused: ")] == []
    assert (connections, web.requests) == ([], [])


def test_by_one_of_several_answers(web: Web) -> None:
    web.replies["/"] = Reply(b"public")
    mixed = [
        answer
        for ip in hostile.literals()
        for answer in ([ip, PUBLIC], [PUBLIC, ip], [ip, PUBLIC, ip])
    ]
    answers = {f"h{n}.news.example": (lambda ips=ips: ips) for n, ips in enumerate(mixed)}
    said, connections = ask(web, [f"http://{name}/" for name in answers], answers)
    assert set(said) == {"public"}
    assert {host for host, _ in connections} == {PUBLIC}


def test_by_an_answer_that_changes(web: Web) -> None:
    """Every look at DNS gives another address, so that what was looked at first is not the last."""
    turns = itertools.cycle(([PUBLIC], ["127.0.0.1"], ["::1"], ["169.254.169.254"]))
    answers = {"rebind.example": lambda: next(turns)}
    urls = [f"http://rebind.example:{port}/" for port in range(8000, 8040)]
    for url, following in itertools.pairwise(urls):
        path = url.rpartition(":")[2].partition("/")[0]
        web.replies[f"/{path}"] = Reply(status=302, headers=[("Location", following)])
    web.replies["/"] = Reply(b"public")
    asked = [*urls, *(f"{url}{url[-5:-1]}" for url in urls)]
    said, connections = ask(web, asked, answers)
    assert {one for one in said if not one.startswith("refused: ")} == {"public"}
    assert {host for host, _ in connections} == {PUBLIC}


@pytest.mark.parametrize(
    "port", [0, 22, 23, 25, 53, 110, 143, 445, 1023, 3306, 5432, 6000, 6379, 6667, 9200, 11211]
)
def test_no_service_but_the_web(web: Web, port: int) -> None:
    said, connections = ask(
        web, [f"http://news.example:{port}/"], {"news.example": lambda: [PUBLIC]}
    )
    assert said[0].startswith("refused: ")
    assert connections == []


def test_what_is_on_the_internet_is_asked(web: Web) -> None:
    web.replies["/feed?a=b%20c"] = Reply(b"news")
    names = ("news.example", "münchen.example", "例え.example", "a_b.example")
    answers: Answers = {
        name: lambda: [PUBLIC]
        for name in (*names, "xn--mnchen-3ya.example", "xn--r8jz45g.example", "0x7f.news.example")
    }
    urls = [f"http://{name}/feed?a=b%20c" for name in (*names, PUBLIC, "0x7f.news.example")]
    urls += [
        f"http://NEWS.example.:{port}/feed?a=b%20c#x" for port in (80, 1024, 8080, 8443, 65535)
    ]
    said, connections = ask(web, urls, answers)
    assert said == ["news"] * len(urls)
    assert {host for host, _ in connections} == {PUBLIC}


def test_public_addresses_are_connected_to(web: Web) -> None:
    public = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.63.255.255", "192.0.1.1", "223.255.255.255"]
    public += ["2606:4700:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::1"]
    answers = {f"h{n}.news.example": (lambda ip=ip: [ip]) for n, ip in enumerate(public)}
    _, connections = ask(web, [f"http://{name}/" for name in answers], answers)
    assert [host for host, _ in connections] == public


def test_a_source_inside_the_network_reaches_it_but_no_metadata(web: Web) -> None:
    web.replies["/"] = Reply(b"inside")
    said, _ = ask(web, [f"{web.url}/", f"http://localhost:{port_of(web)}/"], private=True)
    assert said == ["inside", "inside"]
    forbidden = ["169.254.169.254", "100.100.100.200", "192.0.0.192", "0.0.0.0", "224.0.0.1"]
    forbidden += ["[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[::]"]
    said, connections = ask(web, [f"http://{host}/" for host in forbidden], private=True)
    assert [one for one in said if not one.startswith("refused: ")] == []
    assert connections == []


# What the tests above rest on: without the guard, connections are made, and seen.


def test_without_the_guard_they_are_reached(web: Web, urls: list[str]) -> None:
    """Without any guard: how many of the addresses lead inside, and that the listener hears it."""

    async def work() -> int:
        transport = AiohttpTransport(
            client=lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector())
        )
        reached = 0
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=2) as client:
            for url in urls:
                try:
                    reached += (await client.get(url)).text == "secret"
                except (
                    httpx.HTTPError,
                    httpx.InvalidURL,
                    ValueError,
                    OSError,
                    aiohttp.ClientError,
                ):
                    continue
        return reached

    reached, connections = within(work, port_of(web))
    assert reached > 15  # spellings of this machine
    assert len(web.requests) == reached
    assert len({host for host, _ in connections}) > 150


def test_without_the_guard_dns_leads_inside(web: Web) -> None:
    web.replies["/"] = Reply(b"secret")

    async def work() -> str:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()

    url = f"http://news.example:{port_of(web)}/"
    said, connections = within(work, port_of(web), {"news.example": lambda: ["127.0.0.1"]})
    assert said == "secret"
    assert connections == [("127.0.0.1", port_of(web))]


def test_the_loop_lets_nothing_out(web: Web) -> None:
    async def work() -> None:
        with pytest.raises(ConnectionRefusedError, match="nothing goes out"):
            await asyncio.open_connection("8.8.8.8", 80)

    _, connections = within(work, port_of(web))
    assert connections == [("8.8.8.8", 80)]
