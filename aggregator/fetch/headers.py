"""What the fields of an answer say: validators, freshness, when to come back, links."""

import contextlib
import itertools
import json
import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

DAY = 86_400.0

# A value that is larger than 2^31 is taken for that (RFC 9111, 1.2.2).
_LONGEST = 2.0**31
# Ten digits hold that; what has more is not read, for Python takes its time over long numbers.
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
# Characters of a date; the longest of the three forms has 36 (RFC 9110, 5.6.7).
_LONGEST_DATE = 64

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_DIRECTIVE = re.compile(rf"([\w!#$%&'*+.^`|~-]+)(?:=(?:{_QUOTED}|([^\s,;\"]*)))?", re.ASCII)
# The length is bounded, for where none ends, each is looked at to its end.
_LINK = re.compile(r"<([^<>]{0,8192})>")
_PARAMETER = re.compile(
    rf"\s*;\s*([\w!#$&+.^`|~-]+)\*?\s*(?:=\s*(?:{_QUOTED}|([^\s,;\"]*)))?", re.ASCII
)
# Link relations of one answer that are looked at; feeds have five.
_LINKS = 100

_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def conditions(validators: str) -> dict[str, bytes]:
    """Return the fields that ask for what has changed: byte for byte what came (RFC 9110, 13.1)."""
    known = json.loads(validators) if validators else {}
    return {_CONDITIONS[name]: value.encode() for name, value in known.items()}


def validators(headers: httpx.Headers, before: str = "") -> str:
    """Return an answer's validators, to be given to ``conditions`` unread.

    ``before``: those that were sent, which stand where a 304 brings no new ones.
    """
    kept = json.loads(before) if before else {}
    for name, value in headers.raw:
        # What is not UTF-8 cannot be sent back byte for byte, and would match nothing otherwise.
        with contextlib.suppress(UnicodeDecodeError):
            key, said = name.decode().lower(), value.decode()
            if key in _CONDITIONS and not _has_control(said):
                kept[key] = said
    return json.dumps(kept) if kept else ""


def _has_control(said: str) -> bool:
    return any(sign < " " or sign == "\x7f" for sign in said)


def media_type(headers: httpx.Headers) -> str:
    """Return the declared type in lower case, without parameters; "" if there is none."""
    declared: str = headers.get("content-type", "")
    return declared.partition(";")[0].strip().lower()


def fresh(headers: httpx.Headers) -> float:
    """Return the seconds for which an answer stands (RFC 9111, 4.2 and 5.2.2); 0 if not said.

    Of directives that come twice the first counts; what cannot be read counts as stale (4.2.1).
    """
    said = _directives(headers.get("cache-control", ""))
    if "no-store" in said or said.get("no-cache") == "":
        return 0.0
    if "max-age" in said:
        life = _seconds(said["max-age"]) or 0.0
    else:
        expires, date = _date(headers.get("expires", "")), _date(headers.get("date", ""))
        life = 0.0 if expires is None else expires - (time.time() if date is None else date)
    age = _seconds(headers.get("age", "")) or 0.0
    return max(0.0, min(life, _LONGEST) - max(0.0, age))


def _directives(said: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(said):
        found.setdefault(name.lower(), quoted or plain)
    return found


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds for which to leave a server alone (RFC 9110, 10.2.3), a day at most.

    A date counts from the server's own clock if it shows one. None if it does not say.
    """
    said = headers.get("retry-after", "").strip()
    rest = _seconds(said)
    if rest is None and (until := _date(said)) is not None:
        now = _date(headers.get("date", ""))
        rest = until - (time.time() if now is None else now)
    return None if rest is None else max(0.0, min(rest, DAY))


def _seconds(said: str) -> float | None:
    return float(said) if _NUMBER.fullmatch(said.strip()) else None


def _date(said: str) -> float | None:
    if len(said) > _LONGEST_DATE:
        return None
    try:
        return parsedate_to_datetime(said).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def links(headers: httpx.Headers, base: str) -> tuple[tuple[str, str], ...]:
    """Return relation and absolute address of each link that an answer names (RFC 8288).

    Links of something else (``anchor``) are left out, as are those that cannot be read.
    """
    found: list[tuple[str, str]] = []
    named = itertools.chain.from_iterable(map(_links, headers.get_list("link")))
    for target, said in itertools.islice(named, _LINKS):
        with contextlib.suppress(ValueError):
            if urljoin(base, said.get("anchor", base)) == base:
                address = urljoin(base, target.strip())
                found += ((rel, address) for rel in said.get("rel", "").lower().split())
    return tuple(found[:_LINKS])


def _links(field: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield targets and parameters; of those that come twice the first counts (RFC 8288, 3.3)."""
    at = 0
    while link := _LINK.search(field, at):
        at, said = link.end(), dict[str, str]()
        while match := _PARAMETER.match(field, at):
            said.setdefault(match[1].lower(), re.sub(r"\\(.)", r"\1", match[2] or match[3] or ""))
            at = match.end()
        yield link[1], said
