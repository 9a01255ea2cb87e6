"""Addresses that mean something inside the network, in every spelling that anybody reads."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import quote

# What each means: this machine, a cloud's secrets, private networks, a carrier's, set aside, many.
IPV4 = (
    *("127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "0.0.0.0", "198.18.0.1", "203.0.113.9", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
)
IPV6 = (
    *("::1", "::", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::a9fe:a9fe", "fc00::1"),
    *("fec0::1", "ff02::1", "2001:db8::1", "100::1", "3fff::1", "5f00::1", "2001:2::1"),
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
DOTS = ("\u3002", "\uff0e", "\uff61")


def numbers(ip: str) -> list[str]:
    """The spellings of an IPv4 address that inet_aton and browsers read."""
    whole = int(ipaddress.IPv4Address(ip))
    a, b, c, d = (int(part) for part in ip.split("."))
    return [
        *(ip, f"{ip}.", str(whole), f"{whole}.", hex(whole), hex(whole).upper(), f"0{whole:o}"),
        *(f"{a}.{whole & 0xFFFFFF}", f"{a}.{b}.{whole & 0xFFFF}", f"0x{a:x}.{whole & 0xFFFFFF}"),
        ".".join(map(hex, (a, b, c, d))),
        ".".join(f"0{part:o}" for part in (a, b, c, d)),
        ".".join(f"{part:03}" for part in (a, b, c, d)),
        f"{a}.{b}.{c}.0x{d:x}",
        f"0{a:o}.{b}.{c}.{d}",
        f"{a + 256}.{b}.{c}.{d}",
        str(whole + 2**32),
    ]


def disguises(ip: str) -> list[str]:
    """The spellings of an IPv4 address that are something else until somebody normalises them."""
    return [
        ip.translate(FULL_WIDTH),
        ip.translate(CIRCLED),
        *(ip.replace(".", dot) for dot in DOTS),
        ip.replace(".", "%2e"),
        "".join(f"%{ord(letter):02x}" for letter in ip),
        quote(ip.translate(FULL_WIDTH)),
        *(f"news.example@{ip}", f"news.example:80@{ip}", f"news.example%40@{ip}"),
        *(f"{ip}%00.news.example", f"{ip}\t", f"{ip[:3]}\n{ip[3:]}", f" {ip}", f"{ip} .example"),
        *(f"news.example\\@{ip}", f"{ip}\\@news.example", f"{ip}\\.news.example"),
    ]


def wrapped(ip: str) -> list[str]:
    """The IPv6 addresses that stand for an IPv4 address."""
    number = int(ipaddress.IPv4Address(ip))
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    away = f"{(number >> 16) ^ 0xFFFF:x}:{(number & 0xFFFF) ^ 0xFFFF:x}"
    return [
        *(f"::ffff:{ip}", f"::ffff:{high}:{low}", f"0:0:0:0:0:ffff:{high}:{low}"),
        *(f"::FFFF:{ip}", f"::{ip}", f"::ffff:0:{ip}", f"64:ff9b::{ip}", f"64:ff9b:1::{ip}"),
        *(f"2002:{high}:{low}::", f"2002:{high}:{low}::1", f"2001:0:4136:e378:8000:63bf:{away}"),
        *(f"2606:4700::5efe:{ip}", f"2606:4700::200:5efe:{ip}", f"fe80::5efe:{ip}"),
    ]


def literals() -> list[str]:
    """Plain numeric addresses, as DNS may answer with them."""
    return [*IPV4, *IPV6, *(one for ip in IPV4 for one in wrapped(ip))]


def names() -> list[str]:
    """Names of this machine and of what is around it."""
    return [
        *(
            "localhost",
            "LOCALHOST",
            "localhost.",
            "foo.localhost",
            "localhost.localdomain",
            "ⓛocalhost",
        ),
        *("metadata", "metadata.google.internal", "METADATA.google.internal.", "printer.local"),
        *("router.lan", "intranet", "db.corp", "nas.home.arpa", "host.docker.internal"),
        *("kubernetes.default.svc.cluster.local", "metadata.tencentyun.com", "metadata.packet.net"),
    ]


def urls(port: int) -> Iterator[str]:
    """Every one of them, on a port that a web server may have."""
    for ip in IPV4:
        for host in (*numbers(ip), *disguises(ip)):
            yield f"http://{host}:{port}/"
        for host in wrapped(ip):
            yield f"http://[{host}]:{port}/"
    for ip in IPV6:
        yield f"http://[{ip}]:{port}/"
        yield f"http://[{ipaddress.IPv6Address(ip).exploded.upper()}]:{port}/"
        yield f"http://[{ip}%25eth0]:{port}/"
        yield f"http://[{ip}%eth0]:{port}/"
    for host in names():
        yield f"http://{host}:{port}/"
    for ip in IPV4[:3]:
        yield from (f"HTTP://{ip}:{port}", f"http:/{ip}:{port}/", f"http:{ip}:{port}/")
        yield from (f"http:\\\\{ip}:{port}\\", f"///{ip}:{port}/", f"http://{ip}:{port}#@a.example")
        yield from (f"http:///{ip}:{port}/", f"http://:{port}@{ip}/", f"https://{ip}:{port}/")
        yield from (f"ftp://{ip}:{port}/", f"gopher://{ip}:{port}/_x", f"ws://{ip}:{port}/")
    yield from ("file:///etc/passwd", "FILE:/etc/passwd", "data:text/xml,<rss/>", "jar:http://a!/b")
    yield from ("http://unix:/run/docker.sock", "http+unix://%2frun%2fdocker.sock/", "//127.0.0.1/")
