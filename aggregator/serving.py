"""Settings of the server beyond its address: readers, a limit, proxies."""

import ipaddress
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from aggregator.terms import Rate, Terms, digest

# Bits that a token must have by what of chance can be seen in it. Of 200,000 made of 16 random
# bytes in base64 the least had 61.6, in hexadecimal 62.5; eight letters three times over have 25.
_CHANCE = 56.0
# Nobody tries this many without being noticed, as NIST SP 800-63B has it.
_PASSWORD = 8

_IN_ADDRESS = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*")
_RATE = re.compile(r"([1-9][0-9]{0,5})/([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}

_MAKE = "make one with python3 -c 'import secrets; print(secrets.token_urlsafe())'"


def _name(value: str) -> str:
    # RFC 7617, 2: the first colon ends the name, and control characters are in neither part.
    if ":" in value or not value.isprintable():
        raise ValueError("cannot be a name: it holds a colon or control characters")
    return value


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not _IN_ADDRESS.fullmatch(text):
        raise ValueError(f"cannot stand in an address; {_MAKE}")
    if _chance(text) < _CHANCE:
        raise ValueError(f"can be guessed; {_MAKE}")
    return value


def _chance(text: str) -> float:
    """Return about how many bits of chance are in a text; what repeats itself adds none."""
    shares = [count / len(text) for count in Counter(text).values()]
    each = -sum(share * math.log2(share) for share in shares)
    return each * (1 + len(set(itertools.pairwise(text))))


def _password(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < _PASSWORD or not text.isprintable():
        raise ValueError(f"is no password: {_PASSWORD} characters or more, none a control one")
    return value


def _rate(value: str) -> str:
    rate(value)
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError("is no address and no network; write 127.0.0.1 or 10.0.0.0/8") from error
    return value


Limit = Annotated[str, AfterValidator(_rate)]
Network = Annotated[str, AfterValidator(_network)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Password = Annotated[SecretStr, AfterValidator(_password)]


class Reader(BaseModel):
    """Somebody who may read, by a token in the address or by a name and a password."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: Annotated[str, AfterValidator(_name)] = Field(
        min_length=1, description="who it is; what is typed with the password"
    )
    token: Token | None = Field(
        None, description="opens everything below `/t/TOKEN/`, for readers that know only addresses"
    )
    password: Password | None = Field(
        None, description="opens everything by HTTP basic auth, together with the name"
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> "Reader":
        if self.token is None and self.password is None:
            raise ValueError("has neither a token nor a password; give it one")
        return self


def _apart(value: tuple[Reader, ...]) -> tuple[Reader, ...]:
    # Who takes one of two equals out believes to have shut the door.
    if len({reader.name for reader in value}) < len(value):
        raise ValueError("names somebody twice; keep one")
    tokens = [reader.token.get_secret_value() for reader in value if reader.token]
    if len(set(tokens)) < len(tokens):
        raise ValueError("gives two the same token; give each one of their own")
    return value


Readers = Annotated[tuple[Reader, ...], AfterValidator(_apart)]


def rate(limit: str) -> Rate:
    """Return the rate that "60/m" means. Raises ValueError."""
    match = _RATE.fullmatch(limit)
    if not match:
        raise ValueError("is no limit; write 10/s, 60/m or 1000/h")
    return Rate(int(match[1]), _SECONDS[match[2]])


def terms(readers: Iterable[Reader], limit: str | None, proxies: Sequence[str]) -> Terms:
    """Return the terms that settings mean."""
    tokens, logins = [], []
    for reader in readers:
        if reader.token:
            tokens.append(digest(reader.token.get_secret_value().encode()))
        if reader.password:
            logins.append(digest(f"{reader.name}:{reader.password.get_secret_value()}".encode()))
    return Terms(
        tokens=tuple(tokens),
        logins=tuple(logins),
        rate=rate(limit) if limit else None,
        proxies=tuple(proxies),
    )
