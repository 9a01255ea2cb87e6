"""Feeds without the entries that a reader has already (RFC 3229 with the manipulation ``feed``)."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from lxml import etree

# States of one feed whose readers get deltas: at a change every five minutes, an hour and a half.
_STATES = 18
# Feeds whose states are remembered: with 50 entries each of them takes about 8 kB.
_FEEDS = 2000

_ATOM_ENTRY = "{http://www.w3.org/2005/Atom}entry"
# Bytes of what an entry is recognised by. Two of a feed are taken for one once in 10^16 feeds.
_DIGEST = 8


class Deltas:
    """Remembers which entries the last states of feeds had.

    Only of feeds that were asked for by a reader that takes deltas: all others cost nothing.
    """

    def __init__(self) -> None:
        self._feeds: OrderedDict[tuple[str, ...], OrderedDict[str, bytes]] = OrderedDict()

    def between(
        self, parts: tuple[str, ...], body: bytes, now: str, had: Sequence[str]
    ) -> bytes | None:
        """Return the feed ``body`` without what a reader has that got one of the states ``had``.

        ``now`` is the feed's state. None when there is nothing to leave out: the state is not
        remembered, all entries are new, or it is no feed.
        """
        tree = _parsed(body)
        if tree is None:
            return None
        states = self._states(parts)
        entries = {_digest(entry): entry for entry in tree.iter("item", _ATOM_ENTRY)}
        states[now] = b"".join(entries)
        while len(states) > _STATES:
            states.popitem(last=False)
        known = next((states[state] for state in reversed(had) if state in states), b"")
        old = {known[start : start + _DIGEST] for start in range(0, len(known), _DIGEST)}
        return _without(tree, [entries[digest] for digest in entries.keys() & old])

    def _states(self, parts: tuple[str, ...]) -> OrderedDict[str, bytes]:
        states = self._feeds.setdefault(parts, OrderedDict())
        self._feeds.move_to_end(parts)
        while len(self._feeds) > _FEEDS:
            self._feeds.popitem(last=False)
        return states


def _parsed(body: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def _digest(entry: etree._Element) -> bytes:
    written = etree.tostring(entry, with_tail=False)
    return hashlib.blake2b(written, digest_size=_DIGEST).digest()


def _without(tree: etree._Element, entries: Sequence[etree._Element]) -> bytes | None:
    for entry in entries:
        parent = entry.getparent()
        if parent is not None:
            parent.remove(entry)
    if not entries:
        return None
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return written
