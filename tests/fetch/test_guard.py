"""Which addresses may be asked for and connected to: by their spelling, their range, their port."""

import contextlib
import ipaddress
import socket
from pathlib import Path

import hostile
import httpx
import pytest
import yarl
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.fetch.guard import (
    NotPublicError,
    any_socket,
    checked,
    is_public,
    public_socket,
)

PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1", "2606:4700::5efe:10.0.0.1"),
)
PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "2002:101:101::1")


@pytest.mark.parametrize("address", [*PRIVATE, *hostile.literals()])
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


@given(st.ip_addresses())
@example(ipaddress.ip_address("64:ff9b::a00:1"))
def test_no_more_is_public_than_the_standard_library_says(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not is_public(str(ip)) or ip.is_global or ip.version == 6


# Addresses as they are written


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://News.Example", "http://news.example/"),
        (" HTTPS://news.example.:443/a?b#c ", "https://news.example/a?b"),
        ("http://news.example:00080/", "http://news.example/"),
        ("http://news.example:/", "http://news.example/"),
        ("http://news.example:8080?q", "http://news.example:8080/?q"),
        ("http://news.example/a b/%41/ä", "http://news.example/a%20b/%41/%C3%A4"),
        ("http://news.example/@me:x@y", "http://news.example/@me:x@y"),
        ("http://MÜNCHEN.example/", "http://xn--mnchen-3ya.example/"),
        ("http://例え。example/", "http://xn--r8jz45g.example/"),
        ("http://ｎｅｗｓ.example/", "http://news.example/"),
        ("http://a_b.news.example/", "http://a_b.news.example/"),
        ("http://0x7f.news.example/", "http://0x7f.news.example/"),
        ("http://93.184.216.34./", "http://93.184.216.34/"),
        ("http://[2606:4700:4700:0:0:0:0:1111]/", "http://[2606:4700:4700::1111]/"),
        ("http://[2606:4700:4700::1111]:8080/x", "http://[2606:4700:4700::1111]:8080/x"),
    ],
)
def test_how_addresses_are_asked_for(written: str, asked: str) -> None:
    assert checked(written, private=False) == asked
    assert checked(asked, private=False) == asked


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "only http and https"),
        ("feed:https://news.example/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http:news.example", "no readable host"),
        ("http:///news.example", "names no host"),
        ("http://", "names no host"),
        ("http://me:hunter2@news.example/", "a user name or password"),
        ("http://me:hunter2@[::1/", "a user name or password"),
        ("http://news.example/\r\nHost: x", "a line end or another control character"),
        ("http://news.example/\ud800", "a line end or another control character"),
        ("http://news.example:port/", "no readable host and port"),
        ("http://news.example:８０/", "no readable host and port"),
        ("http://news.example\\x/", "no name that DNS knows"),
        ("http://news..example/", "no name that DNS knows"),
        ("http://-news.example/", "no name that DNS knows"),
        ("http://news%2eexample/", "no name that DNS knows"),
        (f"http://{'a' * 64}.example/", "no name that DNS knows"),
        (f"http://{'a.' * 127}example/", "no name that DNS knows"),
        (f"http://{'ä' * 7000}.example/", "longer than 8,192 bytes"),
        (f"http://{'ä' * 3000}.example/", "no name that DNS knows"),
        ("http://news.example/" + "a" * 8192, "longer than 8,192 bytes"),
        ("http://xn--0.example/", "cannot be read"),
        ("http://2130706433/", "a number in an odd spelling"),
        ("http://1.2.3/", "a number in an odd spelling"),
        ("http://[::1%25eth0]/", "no IPv6 address"),
        ("http://[v1.x]/", "no IPv6 address"),
    ],
)
@pytest.mark.parametrize("private", [False, True])
def test_what_is_no_address(url: str, said: str, private: bool) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        checked(url, private=private)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "http://x.local/", "http://metadata.google.internal/", "http://nas/"],
)
def test_names_inside_the_network(url: str) -> None:
    with pytest.raises(NotPublicError, match="is a name inside the network"):
        checked(url, private=False)
    assert checked(url, private=True) == url


@given(st.one_of(st.text(max_size=60), st.sampled_from([*hostile.urls(8080)])), st.booleans())
def test_what_was_checked_is_what_is_asked_for(written: str, private: bool) -> None:
    """Whatever httpx and aiohttp read in the result leads where the guard thinks it does."""
    for url in (written, f"http://{written}", f"https://news.example/{written}"):
        with contextlib.suppress(ValueError, NotPublicError):
            asked = checked(url, private=private)
            sent = yarl.URL(str(httpx.URL(asked)))
            assert checked(asked, private=private) == asked
            assert sent.raw_host == httpx.URL(asked).raw_host.decode()
            assert sent.user is None
            if not private:
                with contextlib.suppress(ValueError):
                    assert is_public(sent.raw_host or "")


# Addresses as they are connected to


def info(ip: str, port: int = 80) -> tuple[int, int, int, str, tuple[str, int]]:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (ip, port))


@pytest.mark.parametrize("ip", PRIVATE)
def test_no_socket_for_what_is_inside(ip: str) -> None:
    with pytest.raises(NotPublicError):
        public_socket(info(ip))


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_socket_for_what_is_on_the_internet(ip: str) -> None:
    public_socket(info(ip)).close()
    any_socket(info(ip)).close()


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd12::1", "100.64.0.1"]
)
def test_a_socket_for_what_the_operator_has(ip: str) -> None:
    any_socket(info(ip, 6379)).close()


@pytest.mark.parametrize(
    "ip",
    [
        *("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "fe80::a9fe:a9fe"),
        *("100.100.100.200", "192.0.0.192", "168.63.129.16", "::ffff:169.254.169.254"),
        *("64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1"),
        *("255.255.255.255", "240.0.0.1", "fd00::5efe:169.254.169.254"),
    ],
)
def test_no_socket_for_anybody(ip: str) -> None:
    with pytest.raises(NotPublicError):
        any_socket(info(ip))


def test_no_socket_for_what_is_not_the_internet() -> None:
    with pytest.raises(NotPublicError):
        any_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/docker.sock", 80)))


@pytest.mark.parametrize(
    ("ports", "public", "private"),
    [
        ((80, 443, 1024, 3000, 8000, 8080, 8443, 65_535), True, True),
        ((81, 591, 1023, 2375, 3306, 5432, 6379, 9200, 11_211, 27_017), False, True),
        ((0, 7, 21, 22, 25, 53, 110, 143, 587, 2049, 5060, 6000, 6667, 10_080), False, False),
    ],
)
def test_ports(ports: tuple[int, ...], public: bool, private: bool) -> None:
    for port in ports:
        for make, allowed, ip in (
            (public_socket, public, "1.1.1.1"),
            (any_socket, private, "127.0.0.1"),
        ):
            if allowed:
                make(info(ip, port)).close()
            else:
                with pytest.raises(NotPublicError, match=f"port {port} "):
                    make(info(ip, port))
        for is_private, allowed in ((False, public), (True, private)):
            if allowed:
                assert checked(f"http://news.example:{port}/x", private=is_private)
            else:
                with pytest.raises(NotPublicError, match=f"port {port} "):
                    checked(f"http://news.example:{port}/x", private=is_private)
