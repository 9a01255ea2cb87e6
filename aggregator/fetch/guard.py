"""Which addresses may be asked for and connected to: none inside the network, unless so wanted.

``checked`` looks at an address as it is written, so that what is refused is refused with a reason
and before DNS is asked. The socket makers look at what is really connected to: after DNS, which may
answer something else each time, after redirects, and of addresses that were written as numbers.
"""

import functools
import ipaddress
import re
import socket
from collections.abc import Callable

import aiohttp
import httpx
import idna
import yarl

from aggregator.fetch.ports import is_allowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
SocketFactory = Callable[[aiohttp.AddrInfoType], socket.socket]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Bytes of an address. RFC 9110 (4.1) asks for 8,000 at least; few servers take more.
_LONGEST = 8192
# Bytes of a name, without the dot at its end (RFC 1035, 2.3.4).
_LONGEST_NAME = 253

_SCHEME = re.compile(r"(https?):", re.IGNORECASE)
# Scheme, what stands between it and the path, port, and the rest without the fragment.
_ADDRESS = re.compile(
    r"(https?)://(\[[^\[\]/?#]*\]|[^:\[\]/?#]*)(?::([0-9]*))?([/?][^#]*)?(?:#.*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
# Lone surrogates, which no encoding has, among them.
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# A label of a name in DNS. Underscores are against RFC 1123, and in use.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
# What the URL standard takes for a number at the end of a host: all of it is an IPv4 address then.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def _networks(*written: str) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, written))


# Where clouds tell a machine its secrets. All of link-local is theirs, and these: AWS, Oracle,
# Google and Scaleway over IPv6, Alibaba, Oracle Classic, and Azure, whose address looks public.
_METADATA = _networks(
    *("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "fd00:c1::/32", "fd20:ce::/32"),
    *("fd00:42::/32", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"),
)
# Not for connections, wherever the operator may want to connect to (RFC 1122, RFC 5771, RFC 4291).
_NOWHERE = _networks("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")
# IANA's registries of special-purpose addresses (RFC 6890), without what is global in them. Written
# out, for what the standard library counts as global differs from version to version.
_SPECIAL = _networks(
    *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
    *("203.0.113.0/24", "2001::/23", "2001:db8::/32", "3fff::/20"),
)
# All that is given out of IPv6 (RFC 3587).
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")

# Ranges of addresses that stand for an IPv4 address, which is where the network delivers to
# (RFC 4291, 2.5.5; RFC 2765; RFC 6052; RFC 8215; RFC 3056), and how many bits follow that address.
_STANDING_FOR_IPV4 = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
# The half of an address before the IPv4 address of an ISATAP interface, without the bit that says
# whether that is unique in the world (RFC 5214, 6.1).
_ISATAP, _UNIQUE = 0x0000_5EFE, 0x0200_0000

# Names that mean this machine or its network (RFC 6761, RFC 6762, RFC 8375, ICANN on .internal and
# on what collides: .corp, .home), and those by which clouds are asked for secrets.
_INSIDE = frozenset(
    (
        *("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp"),
        *("private", "home.arpa", "metadata.tencentyun.com", "metadata.packet.net"),
        "metadata.platformequinix.com",
    )
)


class NotPublicError(OSError):
    """An address that may not be connected to, by its place in the network or by its port."""


# Addresses whose check is remembered, for sources are asked again: it takes 0.1 ms, a quarter of
# what a request takes.
_REMEMBERED = 2048


@functools.lru_cache(_REMEMBERED)
def checked(url: str, *, private: bool) -> str:
    """Return an http(s) address as it may be asked for, normalised, without its fragment.

    ``private``: it may lead inside the network. Raises NotPublicError when it leads where it may
    not, ValueError when it is none, with words for people. A password is in none of them.
    """
    scheme, host, port, rest = _parts(url.strip())
    if not is_allowed(port, private=private):
        raise NotPublicError(f"port {port} belongs to a service that is no web server")
    if isinstance(host, str):
        if not private and _is_inside(host):
            raise NotPublicError(f"{host} is a name inside the network")
        name = host
    else:
        _refuse(host, private=private)
        name = f"[{host}]" if host.version == 6 else str(host)  # noqa: PLR2004 - of the protocol
    usual = port == (443 if scheme == "https" else 80)
    return _agreed(f"{scheme}://{name}{'' if usual else f':{port}'}{rest}", name, port)


def is_public(address: str) -> bool:
    """Tell whether a numeric address is one that anybody on the internet can reach."""
    ip = _ipv4_inside(ipaddress.ip_address(address.partition("%")[0]))
    if ip.version == 6 and ip not in _GLOBAL_IPV6:  # noqa: PLR2004 - of the protocol
        return False
    return not _within(ip, _SPECIAL + _NOWHERE + _METADATA)


def public_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Make the socket for an address of the internet. Raises NotPublicError."""
    return _socket(address, private=False)


def any_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Make the socket for an address inside or outside the network. Raises NotPublicError.

    Multicast, unspecified and reserved addresses and the metadata services of clouds are refused
    here too: no feed lives there.
    """
    return _socket(address, private=True)


def _socket(address: aiohttp.AddrInfoType, *, private: bool) -> socket.socket:
    family, kind, protocol, _, where = address
    if family not in (socket.AF_INET, socket.AF_INET6):
        raise NotPublicError("only internet addresses are connected to")
    _refuse(ipaddress.ip_address(str(where[0]).partition("%")[0]), private=private)
    if not is_allowed(int(where[1]), private=private):
        raise NotPublicError(f"port {where[1]} belongs to a service that is no web server")
    return socket.socket(family, kind, protocol)


def _refuse(ip: Address, *, private: bool) -> None:
    meant = _ipv4_inside(ip)
    if _within(meant, _METADATA):
        raise NotPublicError(f"{ip} is an address inside the network, of a cloud's metadata")
    if _within(meant, _NOWHERE):
        raise NotPublicError(f"{ip} is no address of a single machine")
    if not private and not is_public(str(ip)):
        raise NotPublicError(f"{ip} is an address inside the network")


def _within(ip: Address, networks: tuple[Network, ...]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


def _ipv4_inside(ip: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    for network, bits in _STANDING_FOR_IPV4:
        if ip in network:
            return ipaddress.IPv4Address((int(ip) >> bits) & 0xFFFF_FFFF)
    if (int(ip) >> 32) & 0xFFFF_FFFF & ~_UNIQUE == _ISATAP:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _is_inside(name: str) -> bool:
    labels = name.split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels)))
    return len(labels) == 1 or any(end in _INSIDE for end in ends)


def _parts(url: str) -> tuple[str, str | Address, int, str]:
    """Return scheme, host, port and the rest of an address. Raises ValueError."""
    if len(url.encode("utf-8", "replace")) > _LONGEST:
        raise ValueError(f"the address is longer than {_LONGEST:,} bytes")
    if _CONTROL.search(url):
        raise ValueError("there is a line end or another control character in the address")
    if not _SCHEME.match(url):
        raise ValueError("only http and https addresses are fetched")
    if "@" in re.split("[/?#]", url.partition("://")[2], maxsplit=1)[0]:
        raise ValueError("there is a user name or password in the address")
    match = _ADDRESS.fullmatch(url)
    if not match:
        raise ValueError("the address has no readable host and port")
    scheme, host, written, rest = match[1].lower(), match[2], match[3], match[4] or "/"
    port = int((written or "")[:6] or (443 if scheme == "https" else 80))
    return scheme, _host(host), port, rest if rest.startswith("/") else f"/{rest}"


def _host(written: str) -> str | Address:
    """Return a host in the one spelling that DNS and the libraries take. Raises ValueError."""
    if written.startswith("["):
        try:
            return ipaddress.IPv6Address(written[1:-1] if "%" not in written else "")
        except ValueError:
            raise ValueError("the host in brackets is no IPv6 address") from None
    name = _ascii(written).removesuffix(".")
    labels = name.split(".")
    if not name:
        raise ValueError("the address names no host")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return ipaddress.IPv4Address(name)
        except ValueError:
            raise ValueError("the host is a number in an odd spelling") from None
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError("the host is no name that DNS knows")
    return name


def _ascii(host: str) -> str:
    """Return a host in lower case and in ASCII (UTS 46); what is odd in it is for others to see."""
    if host.isascii():
        return host.lower()
    if len(host) > _LONGEST_NAME:
        raise ValueError("the host is no name that DNS knows")
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError("the host is no name that DNS knows") from None


def _agreed(url: str, host: str, port: int) -> str:
    """Return an address as httpx and aiohttp write it if both read in it what was checked."""
    try:
        asked = httpx.URL(url)
        sent = yarl.URL(str(asked))
        _ = asked.host  # decoded each time, which fails for what only looks like IDNA
    except (httpx.InvalidURL, ValueError):
        raise ValueError("the address cannot be read") from None
    bare = host.strip("[]")
    if (asked.raw_host.decode("ascii"), sent.raw_host, sent.port) != (bare, bare, port):
        raise ValueError("the address can be read in more than one way")
    return str(asked)
