"""The parts of HTTP that decide which bytes an answer carries: pure functions on header values."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ENTITY_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def coding_for(accept_encoding: str, offered: Sequence[str]) -> str:
    """Return the content coding to send, "" for none (RFC 9110, 12.5.3).

    Of ``offered`` the one that the client likes most, of several the first; none that it likes
    less than no coding at all.
    """
    weights = _weights(accept_encoding)
    others = weights.get("*", 0.0)
    liked = {coding: _liked(weights, coding, others) for coding in offered}
    best = max(offered, key=lambda coding: liked[coding])
    return best if liked[best] > 0 and liked[best] >= weights.get("identity", 0.0) else ""


def _liked(weights: Mapping[str, float], coding: str, others: float) -> float:
    return weights.get(coding, weights.get(f"x-{coding}", others))


def wants_deltas(a_im: str) -> bool:
    """Whether the client takes a feed without the entries that it has (RFC 3229, 10.5.3)."""
    return _weights(a_im).get("feed", 0.0) > 0


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
        return tags.strip() == "*" or etag in entity_tags(tags)
    moment = _moment(since or "")
    return moment is not None and modified <= moment


def entity_tags(tags: str) -> list[str]:
    """Return the entity tags that ``If-None-Match`` names, with their quotes."""
    return [tag for _, tag in _ENTITY_TAG.findall(tags)]


def failed(match: str | None, since: str | None, etag: str, modified: datetime) -> bool:
    """Whether the client wants another representation or none, so that 412 is the answer.

    ``match`` and ``since`` are the values of ``If-Match``, which is compared strongly, and of
    ``If-Unmodified-Since``, which counts only without the former (RFC 9110, 13.1.4). Looked at
    before ``not_modified`` (13.2.2).
    """
    if match is not None:
        strong = [tag for weak, tag in _ENTITY_TAG.findall(match) if not weak]
        return match.strip() != "*" and etag not in strong
    moment = _moment(since or "")
    return moment is not None and modified > moment


def _moment(text: str) -> datetime | None:
    """An HTTP date in any of its three forms; None for anything else, which is then ignored."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # asctime's form names no zone and is in GMT (RFC 9110, 5.6.7).
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
