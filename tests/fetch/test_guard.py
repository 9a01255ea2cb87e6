"""Which addresses strangers may have this program connect to."""

import asyncio
from pathlib import Path

import pytest
from web import Reply, Web

from aggregator.errors import FetchError
from aggregator.fetch import Request, open_client
from aggregator.fetch.guard import is_public

PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1"),
)
PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::1")


@pytest.mark.parametrize("address", PRIVATE)
def test_inside_the_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_on_the_internet(address: str) -> None:
    assert is_public(address)


def test_the_cloud_metadata_addresses_are_inside(corpus: Path) -> None:
    found = []
    for line in (corpus / "security" / "ssrf-cloud-metadata.txt").read_text("utf-8").splitlines():
        host = line.partition("://")[2].partition("/")[0].partition(":")[0]
        if host.replace(".", "").isdigit() and host.count(".") == 3:
            found.append(host)
    assert "169.254.169.254" in found
    assert [host for host in found if is_public(host)] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001"])
def test_no_spelling_of_this_machine_is_connected_to(web: Web, host: str) -> None:
    port = web.url.rpartition(":")[2]
    web.replies["/"] = Reply(b"secret")

    async def work() -> None:
        async with open_client() as client:
            await client.get(Request(url=f"http://{host}:{port}/"))

    with pytest.raises(FetchError, match=f"{port}/: "):
        asyncio.run(work())
    assert web.requests == []
