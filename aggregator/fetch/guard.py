"""Which addresses strangers may make this program connect to: none inside the network."""

import ipaddress
import socket

import aiohttp

# Ranges of addresses that stand for an IPv4 address, which is where the network delivers to
# (RFC 6052, RFC 3056), and how many bits follow that address.
_STANDING_FOR_IPV4 = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
# Set aside for protocols (RFC 6890), and in part given away by clouds; which of it the standard
# library counts as global differs from version to version.
_SET_ASIDE = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23")))


class NotPublicError(OSError):
    """An address that strangers may not have connected to."""


def is_public(address: str) -> bool:
    """Tell whether a numeric address is one that anybody on the internet can reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or next(
            (
                ipaddress.IPv4Address((int(ip) >> bits) & 0xFFFF_FFFF)
                for network, bits in _STANDING_FOR_IPV4
                if ip in network
            ),
            None,
        )
        if inside is not None:
            return is_public(str(inside))
    if any(ip in network for network in _SET_ASIDE if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def public_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """Make the socket for an address of the internet. Raises NotPublicError.

    Asked here, each address that is really connected to is seen: after DNS, which may answer
    something else each time, after redirects, and of addresses that were written as numbers.
    """
    family, kind, protocol, _, where = address
    if family not in (socket.AF_INET, socket.AF_INET6) or not is_public(str(where[0])):
        raise NotPublicError(f"{where[0]} is an address inside the network")
    return socket.socket(family, kind, protocol)
