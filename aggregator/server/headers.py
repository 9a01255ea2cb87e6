"""The parts of HTTP that decide which bytes an answer carries: pure functions on header values."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is acceptable and not liked less than no coding at all (RFC 9110, 12.5.3)."""
    weights = _weights(accept_encoding)
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weights(header: str) -> dict[str, float]:
    weights = {}
    for element in header.lower().split(","):
        coding, _, parameter = element.partition(";")
        name, _, value = parameter.partition("=")
        weights[coding.strip()] = _weight(value) if name.strip() == "q" else 1.0
    return weights


def _weight(text: str) -> float:
    """A malformed weight counts as 0: what a client did not clearly ask for it does not get."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if math.isfinite(weight) else 0.0


def not_modified(tags: str | None, since: str | None, etag: str, modified: datetime) -> bool:
    """Whether the client already holds this representation, so that 304 is the answer.

    ``tags`` and ``since`` are the values of ``If-None-Match``, which is compared weakly, and of
    ``If-Modified-Since``, which counts only without the former (RFC 9110, 13.1.3). ``etag`` is that
    of the representation chosen for this client; ``modified`` has whole seconds.
    """
    if tags is not None:
        return tags.strip() == "*" or etag in _ENTITY_TAG.findall(tags)
    moment = _moment(since or "")
    return moment is not None and modified <= moment


def _moment(text: str) -> datetime | None:
    """An HTTP date in any of its three forms; None for anything else, which is then ignored."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # asctime's form names no zone and is in GMT (RFC 9110, 5.6.7).
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
