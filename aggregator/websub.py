"""Being told of news by a source's hub: the subscriber's side of WebSub (W3C, 23 January 2018).

    tend()       subscribes, renews, says goodbye: what is due, and what a visit or an edit changed
    Callbacks    what hubs are answered at our addresses for them, and what they deliver

A subscription is *asked* for, *active* once its hub has verified that we want it, and *denied* or
*leaving* at the end. There is one at a time for each source.
"""

import asyncio
import hashlib
import hmac
import logging
import random
import re
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from aggregator.errors import FetchError
from aggregator.sources import Memory, Source
from aggregator.sources.base import web_address
from aggregator.sources.feed import FeedSettings
from aggregator.store import Standing, Store, Subscription

if TYPE_CHECKING:
    from aggregator.fetch import Client

log = logging.getLogger(__name__)

# Below base_url: where hubs reach this program.
PLACE = "websub/"

# What a subscription is asked for, and the bounds of what a hub makes of it: one that is asked
# every minute, or never again, would be no good.
_LEASE = timedelta(days=10)
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=30)

# The part of a lease after which it is renewed, less by chance up to the second: those that were
# asked for together do not come together again.
_RENEWED, _SPREAD = 0.8, 0.1

# A hub that fails, or does not verify, is asked again after the first, then after twice as long
# each time, up to the second.
_AGAIN, _AT_MOST = timedelta(hours=1), timedelta(days=1)

# For how long a hub may verify a goodbye; after that it is told by 410 when it delivers.
_FAREWELL = timedelta(minutes=10)

# Characters of an address that a subscription is made with; beyond, servers refuse.
_ADDRESS = 2048

# Bytes of randomness in a token and in a secret, which is to have less than 200 bytes (5.1).
_RANDOM = 32
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)

# Characters of a challenge; a hub that sends more is up to something else.
_CHALLENGE = 4096

# Characters of a hub's reason to deny that are shown.
_REASON = 200

# RFC 2104 with these is what X-Hub-Signature may be (7.1).
_METHODS = frozenset(("sha1", "sha256", "sha384", "sha512"))


# Asking hubs


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What subscriptions are kept with.

    ``address`` is where hubs reach this program, "" when they cannot. ``sources`` are those of the
    configuration and, for their goodbyes, those that were in it, by key.
    """

    store: Store
    client: "Client"
    address: str
    sources: Mapping[str, Source]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """One message to a hub."""

    name: str
    settings: FeedSettings
    subscription: Subscription

    @property
    def form(self) -> dict[str, str]:
        """What is sent (5.1); ``hub.verify`` is what PubSubHubbub 0.3 asks for."""
        wanted = self.subscription
        leaving = wanted.state == "leaving"
        form = {
            "hub.mode": "unsubscribe" if leaving else "subscribe",
            "hub.topic": wanted.topic,
            "hub.callback": wanted.callback,
            "hub.verify": "async",
        }
        lease = str(int(_LEASE.total_seconds()))
        return form if leaving else form | {"hub.secret": wanted.secret, "hub.lease_seconds": lease}


async def tend(desk: Desk, keys: Iterable[str]) -> None:
    """Ask hubs for what is due, and for what changed at the sources with these keys.

    What a hub answers is seen later, at our address for it; its failures are logged and tried
    again. Raises StoreError.
    """
    by_hub: dict[str, list[_Request]] = defaultdict(list)
    for standing in await desk.store.standings(keys, desk.now()):
        request = await _noted(desk, standing)
        if request is not None:
            by_hub[request.subscription.hub].append(request)
    await asyncio.gather(*(_ask(desk, requests) for requests in by_hub.values()))


def wanted(source: Source | None) -> bool:
    """Tell whether the configuration wants a source's hub to tell of news."""
    settings = source.settings if source else None
    return isinstance(settings, FeedSettings) and settings.websub


async def _noted(desk: Desk, standing: Standing) -> _Request | None:
    """Note what is to be asked on behalf of a source, if anything is, before it is asked.

    A hub may verify before it answers.
    """
    source, subscription = desk.sources.get(standing.key), standing.subscription
    hub, topic = _advertised(desk, standing)
    if subscription and _ended(subscription, desk.now()):
        await desk.store.unsubscribe(subscription.token)
        subscription = None
    if subscription is None:
        subscription = await _begun(desk, standing, hub, topic) if hub else None
    elif subscription.state == "leaving":
        return None
    elif not _is_same(desk, subscription, hub, topic):
        subscription = await _left(desk, subscription)
    elif subscription.due and subscription.due > desk.now():
        return None
    else:
        subscription = await _again(desk, subscription)
    if subscription is None or not source or not isinstance(source.settings, FeedSettings):
        return None
    return _Request(name=standing.name, settings=source.settings, subscription=subscription)


def _advertised(desk: Desk, standing: Standing) -> tuple[str, str]:
    """Return the hub and the topic that a source names, if it is to be subscribed to; else ""s.

    The topic is the address that the feed calls its own, whatever it was asked for at (5.1).
    """
    known = wanted(desk.sources.get(standing.key))
    if not (desk.address and standing.active and standing.memory and known):
        return "", ""
    hints = Memory.model_validate_json(standing.memory).hints
    return (hints.hub, hints.topic) if _good(hints.hub) and _good(hints.topic) else ("", "")


def _good(address: str) -> bool:
    try:
        return len(web_address(address)) <= _ADDRESS
    except ValueError:
        return False


def _is_same(desk: Desk, subscription: Subscription, hub: str, topic: str) -> bool:
    ours = subscription.callback == desk.address + subscription.token
    return ours and (subscription.hub, subscription.topic) == (hub, topic)


def _ended(subscription: Subscription, now: datetime) -> bool:
    """Whether a hub had its time to verify a goodbye."""
    return subscription.state == "leaving" and (not subscription.due or subscription.due <= now)


async def _begun(desk: Desk, standing: Standing, hub: str, topic: str) -> Subscription:
    token = secrets.token_urlsafe(_RANDOM)
    subscription = Subscription(
        token=token,
        callback=desk.address + token,
        hub=hub,
        topic=topic,
        secret=secrets.token_urlsafe(_RANDOM),
        state="asked",
        asked=desk.now(),
        due=desk.now() + _wait(1, desk.chance()),
        tries=1,
    )
    await desk.store.subscribe(standing.source, subscription)
    return subscription


async def _again(desk: Desk, before: Subscription) -> Subscription:
    """Renew a subscription, or ask once more for it. Until it is verified, the old lease counts."""
    now, tries = desk.now(), before.tries + 1
    changes = {"asked": now, "due": now + _wait(tries, desk.chance()), "tries": tries}
    if before.until and before.until <= now:
        # Nothing is delivered any more: its source is to be polled as any other.
        changes |= {"state": "asked", "until": None, "pushed": None}
    await desk.store.resubscribe(before.token, **changes)
    return before


async def _left(desk: Desk, before: Subscription) -> Subscription:
    leaving = replace(before, state="leaving", due=desk.now() + _FAREWELL)
    await desk.store.resubscribe(
        before.token, state="leaving", due=leaving.due, until=None, pushed=None
    )
    return leaving


def _wait(tries: int, chance: float) -> timedelta:
    return min(_AGAIN * int(2 ** min(tries - 1, 8)), _AT_MOST) * (1 - _SPREAD * chance)


async def _ask(desk: Desk, requests: Sequence[_Request]) -> None:
    """Send a hub its messages; one that cannot be reached is spared the others."""
    for number, request in enumerate(requests):
        try:
            # What the source's server is told is not for its hub, even on the same server.
            sent = replace(request.settings.request(request.subscription.hub), headers=())
            await desk.client.post(sent, request.form)
        except FetchError as error:
            down = error.trouble == "unreachable" and not error.status
            for failed in requests[number:] if down else [request]:
                await _failed(desk, failed, error)
            if down:
                return


async def _failed(desk: Desk, request: _Request, error: FetchError) -> None:
    if request.subscription.state == "leaving":
        await desk.store.unsubscribe(request.subscription.token)
    else:
        log.warning("%s: its hub cannot be subscribed to for now: %s", request.name, error)


# Answering hubs

# What became of a delivery: taken, not ours any more, or to be sent once more in a while.
Fate = Literal["taken", "gone", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What hubs are answered.

    ``news`` is given the name of a source and what its hub delivered, b"" for no more than that
    there is news; it returns False when that cannot be taken now. ``changed`` is given the key of a
    source whose hub is to be looked at. ``forged`` counts, by token, what nobody had signed.
    """

    store: Store
    news: Callable[[str, bytes], bool]
    changed: Callable[[str], None]
    forged: Counter[str] = field(default_factory=Counter)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random

    async def standing(self, token: str) -> Standing | None:
        """Return the source that a token was made for, None if none was. Raises StoreError."""
        return await self.store.standing(token) if _TOKEN.fullmatch(token) else None

    async def confirm(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Return what a hub is to be answered that verifies or denies, None for 404 (5.2, 5.3).

        ``asked`` is the query of its request. Raises StoreError.
        """
        standing = await self.standing(token)
        subscription = standing.subscription if standing else None
        if not standing or not subscription or asked.get("hub.topic") != subscription.topic:
            return None
        mode, challenge = asked.get("hub.mode"), asked.get("hub.challenge", "")
        leaving = subscription.state == "leaving"
        if mode == "denied":
            await self._denied(standing, subscription, asked.get("hub.reason", ""))
            return ""
        if not 0 < len(challenge) <= _CHALLENGE:
            return None
        if mode == "subscribe" and not leaving and standing.active:
            await self._verified(standing, subscription, asked.get("hub.lease_seconds", ""))
            return challenge
        if mode == "unsubscribe" and leaving:
            await self._parted(standing, subscription)
            return challenge
        return None

    async def _verified(self, standing: Standing, subscription: Subscription, told: str) -> None:
        now, span = self.now(), lease(told)
        due = now + span * (_RENEWED - _SPREAD * self.chance())
        await self.store.resubscribe(
            subscription.token, state="active", until=now + span, due=due, tries=0
        )
        if subscription.state != "active":
            log.info("%s: its hub %s tells of news now", standing.name, _host(subscription))

    async def _denied(self, standing: Standing, subscription: Subscription, reason: str) -> None:
        """Poll as if there were no hub, and ask it again in a day: it may have changed its mind."""
        if subscription.state == "leaving":
            await self._parted(standing, subscription)
            return
        said = f": {reason[:_REASON]!r}" if reason else ""
        log.warning("%s: its hub %s denies%s", standing.name, _host(subscription), said)
        await self.store.resubscribe(
            subscription.token, state="denied", until=None, pushed=None, due=self.now() + _AT_MOST
        )
        if subscription.pushed:
            # Its next poll was put off for as long as its hub would tell of news.
            self.news(standing.name, b"")

    async def _parted(self, standing: Standing, subscription: Subscription) -> None:
        await self.store.unsubscribe(subscription.token)
        self.changed(standing.key)

    async def deliver(self, token: str, signature: str, body: bytes) -> Fate:
        """Take what a hub delivers, if its signature is right (7.1). Raises StoreError."""
        standing = await self.standing(token)
        subscription = standing.subscription if standing else None
        if not standing or not subscription or not standing.active:
            return "gone"
        if subscription.state != "active":
            return "taken"
        if not is_signed(body, signature, subscription.secret):
            self._ignored(standing, subscription)
            return "taken"
        if not self.news(standing.name, body):
            return "later"
        # If the program ends before it is read, the source is due when it starts again.
        await self.store.resubscribe(token, pushed=self.now())
        return "taken"

    def _ignored(self, standing: Standing, subscription: Subscription) -> None:
        """Say that something was forged: the first time, the tenth, the hundredth and so on."""
        self.forged[subscription.token] += 1
        count = self.forged[subscription.token]
        if re.fullmatch("10*", str(count)):
            log.warning(
                "%s: ignored what was delivered for its hub %s and not signed by it (%d times)",
                standing.name,
                _host(subscription),
                count,
            )


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether X-Hub-Signature, ``method=hexadecimal``, is that of a body (7.1)."""
    method, _, told = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    right = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(right.encode(), told.lower().encode())


def lease(told: str) -> timedelta:
    """Return for how long a subscription lasts, from what a hub says of its seconds."""
    if not (told.isascii() and told.isdecimal()):
        return _LEASE
    # Ten digits are centuries already.
    return min(max(timedelta(seconds=int(told[:10])), _SHORTEST), _LONGEST)


def _host(subscription: Subscription) -> str:
    return urlsplit(subscription.hub).hostname or ""
