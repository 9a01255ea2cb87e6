"""On what terms feeds are served: who may read, how often, who is believed, what is gone."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What one client may have: so many requests in so many seconds."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the server goes by at one moment; the next edit of the configuration may change it.

    ``tokens`` and ``logins`` are digests of what admits a reader, of "name:password" the latter;
    without any, everybody may read. ``proxies``: addresses and networks of those whose word for who
    asks is taken. ``gone``: the slugs of feeds that were published and are not wanted any longer.
    """

    tokens: tuple[bytes, ...] = ()
    logins: tuple[bytes, ...] = ()
    rate: Rate | None = None
    proxies: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()


def digest(secret: bytes) -> bytes:
    """Return what a secret is known again by: of one length, and safe to pass around."""
    return hashlib.sha256(secret).digest()
