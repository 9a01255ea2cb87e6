"""Furniture that repeats across one source's articles: found from its history, then left out.

``blocks`` draws from an article the keys of what could be furniture, ``learn`` says which of the
keys of a source's newest articles are, and ``strip`` takes those blocks out. docs/boilerplate.md
says what goes, what never goes, and how well that works.

All work on the text of the HTML that the sanitiser wrote, and not on a tree: cutting leaves every
byte of the rest alone, while writing a tree out would spell addresses and spaces in another way.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from html import unescape
from itertools import accumulate

from aggregator.article import Step
from aggregator.boilerplate import keys as k
from aggregator.boilerplate.page import Leaf, Node, Page, read, without_tags

__all__ = ["SAMPLE", "WINDOW", "blocks", "learn", "strip"]

WINDOW = 200
"""Articles of a source's history that are looked at: enough for a share of a tenth to be stable,
and few enough that a source which changes its furniture is followed within weeks."""
SAMPLE = 8
"""Articles that must be known before anything counts as furniture."""

_LEAST = 5
"""Articles that must carry a block, whatever its share."""
_SHARES = {
    k.CALL: 0.10,
    k.LINE: 0.20,
    k.BOX: 0.10,
    k.PICTURE: 0.20,
    k.LINKED_PICTURE: 0.50,
    k.LINKS: 0.80,
    k.MENU: 0.80,
}
"""The share of the articles that must carry a block. Where its wording is evidence, little is
enough: a source of ten columns may have a newsletter box in one only. Without wording, only what
nearly every article ends with goes."""

_MOST = 64
"""Keys of an article; of 5,500 real ones, none has as many."""
_ROUNDS = 8
"""A box can become a learned one when something in it has gone; more than twice is unknown.
So stripping goes on until nothing more goes, without reading the article again."""
_EXCERPT = 80
_ANCHOR = re.compile(' id="')

_Span = tuple[int, int]


def blocks(html: str) -> tuple[str, ...]:
    """The keys of an article's blocks that could be furniture: in order, distinct, at most 64.

    ``html`` is cleaned and has not been stripped. A key is 14 ASCII characters. Equal keys mean
    equal blocks, apart from numbers, dates and, in lines such as "Editor: …", names.
    """
    page = read(html)
    if page is None:
        return ()
    keys = k.likely_keys(page)
    boxes = (key for _, key in k.boxes(page, keys))
    return tuple(dict.fromkeys(filter(None, (*keys, *boxes))))[-_MOST:]


def learn(history: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """Which keys are furniture, given ``blocks`` of a source's articles, oldest first.

    Only the newest ``WINDOW`` count; among those, order does not matter. Articles without any key
    count too. Within the window, one more article that carries a learned key never unlearns it.
    """
    recent = history[-WINDOW:]
    if len(recent) < SAMPLE:
        return frozenset()
    counts = Counter(key for keys in recent for key in set(keys))
    return frozenset(
        key
        for key, count in counts.items()
        if count >= _LEAST and count >= _SHARES.get(key[:1], 2) * len(recent)
    )


def strip(html: str, learned: Set[str]) -> tuple[str, tuple[Step, ...]]:
    """Cleaned HTML without the blocks whose keys are ``learned``, and a step for each of them.

    Cleaned HTML stays clean, and stripping again takes out nothing. At least half of the article
    stays (a picture counts for 100 characters); if that cannot be, all of it does.
    """
    page = read(html) if learned else None
    gone = _furniture(html, page, learned) if page else {}
    if page is None or not gone:
        return html, ()
    sizes = [leaf.size for leaf in page.leaves]
    if 2 * sum(sizes[at] for at in gone) > sum(sizes):
        return html, ()
    spans = list(dict.fromkeys(gone.values()))
    return _cut(html, spans), tuple(_step(html[start:end]) for start, end in spans)


def _furniture(html: str, page: Page, learned: Set[str]) -> dict[int, _Span]:
    """The numbers of the blocks that go, in order, and where what goes with each is."""
    keys = [k.key(leaf) for leaf in page.leaves]
    cut: dict[int, _Span] = {}
    for _ in range(_ROUNDS):
        gone = {at for at, key in enumerate(keys) if key in learned}.union(cut)
        for inside, key in k.boxes(page, keys, cut.keys()):
            if key in learned:
                gone.update(inside)
        gone.update(_left_alone(page.leaves, gone))
        before, cut = cut, _separable(html, page, gone)
        if cut.keys() == before.keys():
            return cut
    return {}


def _separable(html: str, page: Page, gone: Set[int]) -> dict[int, _Span]:
    """Of the blocks that could go those that do, each with the elements that it alone fills.

    Where two bare texts that only furniture keeps apart would run into one, it stays.
    """
    nodes = _filled(html, page, gone)
    spans = {at: _span(page.leaves[at], nodes) for at in sorted(gone)}
    stays = [leaf for at, leaf in enumerate(page.leaves) if at not in gone]
    starts, ends = {leaf.start for leaf in stays}, {leaf.end for leaf in stays}
    kept = {
        span
        for group in _groups(html, list(dict.fromkeys(spans.values())))
        if group[0][0] not in ends or group[-1][1] not in starts
        for span in group
    }
    return {at: span for at, span in spans.items() if span in kept}


def _left_alone(leaves: Sequence[Leaf], gone: Set[int]) -> Iterator[int]:
    """The headings below which all goes that was there: they would stand for nothing."""
    all_goes = False
    for at in reversed(range(len(leaves))):
        if not leaves[at].is_heading:
            ends = at + 1 == len(leaves) or leaves[at + 1].is_heading
            all_goes = at in gone and (all_goes or ends)
            continue
        if all_goes and not leaves[at].is_fixed:
            yield at
        all_goes = False


def _filled(html: str, page: Page, gone: Set[int]) -> set[Node]:
    """The elements in which nothing is left, and to which no link of the article leads."""
    before = list(accumulate((at in gone for at in range(len(page.leaves))), initial=0))
    anchors = [match.start() for match in _ANCHOR.finditer(html)]
    return {
        node
        for node in page.nodes
        if before[node.last] - before[node.first] == node.last - node.first
        and not node.whole
        and bisect(anchors, node.start) == bisect(anchors, node.end)
    }


def _span(leaf: Leaf, filled: Set[Node]) -> _Span:
    start, end, node = leaf.start, leaf.end, leaf.node
    while node is not None and node in filled:
        start, end, node = node.start, node.end, node.parent
    return start, end


def _groups(html: str, spans: Sequence[_Span]) -> list[list[_Span]]:
    """Spans, each once, those together between which there is nothing."""
    groups: list[list[_Span]] = []
    for start, end in spans:
        before = groups[-1][-1][1] if groups else -1
        if start < before:
            continue
        if groups and not html[before:start].strip():
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    return groups


def _cut(html: str, spans: Sequence[_Span]) -> str:
    at, kept = 0, list[str]()
    for start, end in spans:
        kept.append(html[at:start])
        at = end
    return "".join([*kept, html[at:]]).strip()


def _step(cut: str) -> Step:
    said = " ".join(unescape(without_tags(cut.replace("<", " <"))).split()) or "a picture"
    excerpt = said if len(said) <= _EXCERPT else said[: _EXCERPT - 1] + "…"
    return Step("boilerplate", excerpt, blocks=1, size=len(cut.encode("utf-8", "replace")))
