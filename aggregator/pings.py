"""Telling a hub which feeds changed: the publisher's side of WebSub (W3C, 23 January 2018).

What is to be told is kept in the store from before a feed is written until the hub took it, so that
neither a crash nor a hub that is down loses any of it. How the two come to know of each other is up
to them (section 6); all public hubs take what PubSubHubbub 0.4 (section 7.1) has: a form with
hub.mode=publish and hub.url. Some know the address as hub.topic, and some take but one in a form.
"""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.fetch import Request

if TYPE_CHECKING:
    from aggregator.fetch import Client
    from aggregator.store import Glance, Ping, Store

log = logging.getLogger(__name__)

# A hub that fails is told again after the first, then after twice as long each time, up to the
# second; less up to that part by chance, or all its publishers would come back together.
_AGAIN, _AT_MOST, _SPREAD = timedelta(minutes=1), timedelta(hours=6), 0.1

# What a hub asks for with Retry-After counts up to here.
_LONGEST = timedelta(days=1)

# How often a hub may refuse an address before it is left alone with that.
_REFUSALS = 5

# These may pass: the others say that the request is wrong, which it will be again.
_PASSING = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS))

# The note in the store that says what ails the hub.
_NOTE = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What a hub is told with. ``hub`` is its address."""

    store: "Store"
    client: "Client"
    hub: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """How it goes with the hub: of how many documents it is still to be told, and what ails it.

    ``since``: ISO 8601, when it began to; "" while all is well.
    """

    url: str
    waiting: int
    error: str = ""
    since: str = ""


async def tell(teller: Teller) -> datetime | None:
    """Tell the hub of every feed that it is to know of by now; return when the next time is.

    What it does not take is told again later. Raises StoreError.
    """
    pings = await teller.store.pings_due(teller.now())
    said = ""
    for number, ping in enumerate(pings):
        try:
            await teller.client.post(_request(teller), _form(ping))
        except FetchError as error:
            said = str(error)
            if not _is_refused(error):
                await _put_off(teller, pings[number:], error)
                break
            await _refused(teller, ping, error)
        else:
            await teller.store.pinged(ping)
    if pings:
        await _note(teller, said)
    return (await teller.store.pings_waiting())[1]


def hub_status(hub: str, glance: "Glance") -> HubStatus | None:
    """Return how it goes with the hub, None without one."""
    if not hub:
        return None
    said = glance.notes.get(_NOTE)
    return HubStatus(url=hub, waiting=glance.waiting, **(json.loads(said) if said else {}))


def _request(teller: Teller) -> Request:
    """The operator chose the hub: it may be inside the network, and is no stranger's server."""
    return Request(url=teller.hub, private=True, delay=0)


def _form(ping: "Ping") -> dict[str, str]:
    return {"hub.mode": "publish", "hub.url": ping.topic, "hub.topic": ping.topic}


def _is_refused(error: FetchError) -> bool:
    wrong = HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return wrong and error.status not in _PASSING


async def _refused(teller: Teller, ping: "Ping", error: FetchError) -> None:
    if ping.tries + 1 < _REFUSALS:
        await teller.store.put_pings_off([ping], teller.now() + _wait(teller, ping.tries))
        return
    log.warning("The hub is not told of %s any more: %s", ping.topic, error)
    await teller.store.forget_pings([ping])


async def _put_off(teller: Teller, pings: "list[Ping]", error: FetchError) -> None:
    asked = min(timedelta(seconds=error.retry or 0), _LONGEST)
    wait = max(asked, _wait(teller, pings[0].tries))
    log.warning("The hub is told of %d documents later: %s", len(pings), error)
    await teller.store.put_pings_off(pings, teller.now() + wait)


def _wait(teller: Teller, tries: int) -> timedelta:
    return min(_AGAIN * int(2 ** min(tries, 10)), _AT_MOST) * (1 - _SPREAD * teller.chance())


async def _note(teller: Teller, error: str) -> None:
    """Keep what ails the hub, and since when."""
    before = await teller.store.note(_NOTE)
    if not error:
        if before:
            log.info("The hub takes again what it is told")
            await teller.store.set_note(_NOTE, "")
        return
    since = json.loads(before)["since"] if before else teller.now().isoformat()
    await teller.store.set_note(_NOTE, json.dumps({"error": error, "since": since}))
