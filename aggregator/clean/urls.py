"""Addresses: absolute, well formed, without tracking parameters."""

import re
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import quote, urljoin, urlsplit

from aggregator.clean.vocabulary import SCHEMES

# Nearly every address of an article is of this kind and needs no further look.
_ORDINARY = re.compile(
    r"https?://(?!(?:[^/?#]*\.)?xn--)(?:[a-zA-Z0-9_-]+\.)+[a-zA-Z]{2,}(?::[0-9]{1,4})?"
    r"(?:[/?#][!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~|-]*)?"
)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_SPACES = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u3000]+")
_LINE_BREAKS = re.compile(r"[\t\n\r]+")
_WEB = re.compile(r"(https?):/{0,2}([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?", re.IGNORECASE)
_NUMERIC = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)")
# What an address may hold as it is; the rest is percent-encoded (RFC 3986, and | [ ] as browsers).
_AS_IS = "!#$%&'()*+,/:;=?@[]|~"
_PORT = re.compile(r"[0-9]{1,5}")
_HIGHEST_PORT = 65535

# Longer addresses than any server takes (8 kB is the usual limit) are rubbish or data.
LONGEST = 8192

TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "_hs", "hsa_", "oly_", "vero_", "at_custom", "stm_")
TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "spm",
        "scm",
        "ncid",
        "cmpid",
        "xtor",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "li_fat_id",
        "epik",
        "s_cid",
        "_openstat",
        "wickedid",
        "ml_subscriber",
        "ml_subscriber_hash",
        "share_source",
        "share_medium",
        "feature_share",
        "vd_source",
        "spm_id_from",
        "__twitter_impression",
        "ref_src",
        "ref_url",
        "rss_source",
        "at_medium",
        "at_campaign",
        "wt_mc",
        "trk_contact",
        "sc_campaign",
    ]
)
_ANY_TRACKING = re.compile(
    r"[?&#](?:" + "|".join(map(re.escape, (*TRACKING_PREFIXES, *sorted(TRACKING)))) + r")",
    re.IGNORECASE,
)


def absolute(address: str | None, base: str | None) -> str | None:
    r"""An address made absolute and percent-encoded, or None when it cannot be one.

    Only the schemes of ``SCHEMES`` pass. White space and control characters go, as browsers do
    it, so that ``java\nscript:`` is seen for what it is.
    """
    if not address or len(address) > LONGEST:
        return None
    if _ORDINARY.fullmatch(address):
        return address
    address = _SPACES.sub(" ", _LINE_BREAKS.sub("", address)).strip()
    scheme = _SCHEME.match(address)
    if scheme is None:
        address = _joined(base, address)
    elif scheme[1].lower() not in SCHEMES:
        return None
    return _well_formed(address) if address else None


def web_address(address: str | None, base: str | None) -> str | None:
    """The same, of http and https only: what a picture or a page of the web has."""
    found = absolute(address, base)
    return found if found and found[:4].lower() == "http" else None


def _joined(base: str | None, address: str) -> str | None:
    if not base or not address:
        return None
    try:
        return urljoin(base.strip(), address.replace("\\", "/") if address[0] in "/\\" else address)
    except ValueError:  # brackets that are no IPv6 address
        return None


def _well_formed(address: str) -> str | None:
    web = _WEB.fullmatch(address)
    if web:
        host = _authority(web[2].replace("\\", "/").split("/", 1))
        return f"{web[1].lower()}://{host}{_encoded(web[3])}" if host else None
    scheme, _, rest = address.partition(":")
    if scheme.lower() not in SCHEMES or not rest or rest[0] in "/\\":
        return None
    return f"{scheme.lower()}:{_encoded(rest)}"


def _encoded(rest: str) -> str:
    return quote(rest, safe=_AS_IS, errors="ignore")


def _authority(parts: list[str]) -> str | None:
    """``[user@]host[:port]`` (and a path that began with a backslash), or None if not valid."""
    user, at, server = parts[0].rpartition("@")
    host, _, port = server.partition(":")
    name = _host(host)
    if name is None or not _is_port(port):
        return None
    tail = "/" + _encoded(parts[1]) if len(parts) > 1 else ""
    return f"{_encoded(user)}{at}{name}{':' + port if port else ''}{tail}"


def _is_port(port: str) -> bool:
    return not port or (_PORT.fullmatch(port) is not None and int(port) <= _HIGHEST_PORT)


def _host(host: str) -> str | None:
    """A host name in ASCII; None for what is none, by the rules that browsers go by."""
    try:
        name = host if host.isascii() and "xn--" not in host.lower() else _idna(host)
        if _NUMERIC.fullmatch(name.rpartition(".")[2] or name.rstrip(".").rpartition(".")[2]):
            IPv4Address(name)
    except (AddressValueError, UnicodeError):
        return None
    return name if _HOST.fullmatch(name) else None


def _idna(host: str) -> str:
    """IDNA there, back and there again: a name that starts with "xn--" need not be valid."""
    return host.encode("idna").decode("idna").encode("idna").decode()


def without_tracking(address: str) -> str:
    """An address without parameters that only say how one came; the rest keeps its bytes."""
    if ("?" not in address and "#" not in address) or not _ANY_TRACKING.search(address):
        return address
    head, mark, tail = address.partition("#")
    path, _, query = head.partition("?")
    kept = [pair for pair in query.split("&") if not _is_tracking(pair)]
    question = "?" + "&".join(kept) if any(kept) else ""
    return path + question + (mark + tail if not _ANY_TRACKING.match("?" + tail) else "")


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def host_and_path(address: str) -> tuple[str, str]:
    """The host in lower case without "www.", and the path of an absolute address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.netloc.lower().removeprefix("www."), parts.path
