"""Asking for an address that was asked for before: what every source on the web shares."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.article import Document
from aggregator.errors import FetchError
from aggregator.fetch import Answer
from aggregator.sources.base import Answered, Found, Known, Remote, Visit, interval_of
from aggregator.sources.memory import Memory

# How long an address must have led elsewhere for good before that is believed: a wrong setting of a
# server, or a hotel's network, is mended sooner.
_BELIEVED = timedelta(days=3)

# For how long an answer stands at most, whatever the server says: a year is said of news, too.
_LONGEST = timedelta(days=1)

# The part of a source's interval within which what was kept is as good as asking anew: less than
# what jitter leaves of it, so that a visit that is due always asks.
_ALMOST = 0.8

# Bytes. A larger body is not kept, which costs a second request after an edit of the configuration.
_KEPT = 8_000_000

_ELSEWHERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What there is at an address.

    ``body`` is None when it is what was read before. ``new``: the server sent it only now.
    """

    name: str
    memory: Memory
    body: bytes | None
    new: bool = False

    def found(self, media_type: str) -> Iterator[Found]:
        """Yield what is to be remembered, and the document unless it was read before."""
        memory, name = self.memory, self.name
        kept = self.body if self.new else None
        if kept is not None and len(kept) > _KEPT:
            kept = b""
        yield Answered(name=name, memory=memory, body=kept)
        if self.body is None:
            yield Known(name=name, validators=memory.digest)
        else:
            yield Document(
                name=name,
                body=self.body,
                media_type=media_type,
                charset=memory.charset,
                url=memory.base or name,
                validators=memory.digest,
            )


async def ask(settings: Remote, visit: Visit, name: str, *, robots: bool = False) -> Got:
    """Return what is at an address, asking its server only if the last answer stands no longer.

    Raises FetchError.
    """
    before = visit.memories.get(name, Memory())
    # An edit of the configuration makes what was read before be read anew, from what was kept.
    read = bool(before.digest) and visit.seen.get(name) == before.digest
    held = None if read or not before.digest else (await visit.body(name) or None)
    if _stands(before, visit) and (read or held):
        return Got(name=name, memory=before, body=held)
    edited = visit.seen.get(name) == ""
    if held and edited and _is_recent(before, settings, visit):
        return Got(name=name, memory=before, body=held)
    validators = before.validators if read or held else ""
    url = before.url or name
    begun = time.monotonic()
    try:
        answer = await visit.client.get(settings.request(url, validators, robots=robots))
    except FetchError as error:
        if url == name or error.status not in _ELSEWHERE:
            raise
        # It is no longer where it was found, or had moved to: as if it were new.
        answer = await visit.client.get(settings.request(name, robots=robots))
        before = before.model_copy(update={"url": "", "why": ""})
    if answer.fresh:
        # It stands from when it came, which may be a minute after the visit began.
        answer = replace(answer, fresh=answer.fresh + time.monotonic() - begun)
    memory = remembered(before, answer, visit.now)
    if answer.body is None or (read and memory.digest == before.digest):
        return Got(name=name, memory=memory, body=held)
    return Got(name=name, memory=memory, body=answer.body, new=True)


def _stands(before: Memory, visit: Visit) -> bool:
    """Whether the server said that its last answer stands until now (RFC 9111, 4.2)."""
    return before.fresh is not None and visit.now < before.fresh and not visit.forced


def _is_recent(before: Memory, settings: Remote, visit: Visit) -> bool:
    """Whether it was asked for so lately that what is to be read anew needs no request."""
    interval = timedelta(seconds=interval_of(settings.every)) * _ALMOST
    return before.asked is not None and visit.now - before.asked < interval and not visit.forced


def remembered(before: Memory, answer: Answer, now: datetime) -> Memory:
    """Return what is to be remembered after an answer."""
    fresh = min(timedelta(seconds=answer.fresh), _LONGEST)
    told: dict[str, object] = {
        "validators": answer.validators,
        "asked": now,
        "fresh": now + fresh if fresh else None,
        **_moved(before, answer, now),
    }
    if answer.body is not None:
        links = dict(reversed(answer.links))
        told |= {
            "linked": (links.get("hub", ""), links.get("self", "")),
            "digest": hashlib.sha256(answer.body).hexdigest(),
            "base": answer.url,
            "charset": answer.charset,
        }
    return before.model_copy(update=told)


def _moved(before: Memory, answer: Answer, now: datetime) -> dict[str, object]:
    """Note where an address leads for good, and believe it after some days."""
    if not answer.moved:
        stays = before.moved and before.url == before.moved
        return {} if stays else {"moved": "", "moved_since": None}
    since = before.moved_since if before.moved == answer.moved else None
    if since and now - since >= _BELIEVED:
        return {"url": answer.moved, "why": f"moved for good since {since:%Y-%m-%d}"}
    return {"moved": answer.moved, "moved_since": since or now}


def text_of(got: Got) -> str:
    """Return a body as text, good enough to find links in: those are plain characters."""
    charset = got.memory.charset or "utf-8"
    try:
        return (got.body or b"").decode(charset, "replace")
    except LookupError:
        return (got.body or b"").decode("utf-8", "replace")
