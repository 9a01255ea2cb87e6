"""What repeats in a page: groups of like pieces, each of which may be an article's."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median_low

from aggregator.parse.listing.sheet import Link, Place, Sheet, within

MOST_ITEMS = 1_000
"""Items of one group that are looked at, the first."""

_MOST_GROUPS = 300
"""Groups of a page that are looked at, those with most items first."""

_FLAT = 0.6
"""The part of the neighbouring items with something between them that makes a flat list."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a page, from place to place; ``root`` is the element that begins it, or all."""

    start: int
    end: int
    root: Place


Group = tuple[Item, ...]
Spans = Sequence[tuple[int, int]]


def spans(items: Iterable[Item]) -> Spans:
    """Give from where to where items go, in order."""
    return sorted((item.start, item.end) for item in items)


def overlaps(taken: Spans, start: int, end: int) -> bool:
    """Tell whether one of the spans, none of which overlaps another, reaches into a piece."""
    n = bisect_left(taken, (end,))
    return n > 0 and taken[n - 1][1] > start


def groups(sheet: Sheet) -> list[Group]:
    """Give all groups of a page, largest first."""
    found: dict[tuple[tuple[int, int], ...], Group] = {}
    for group in (*_by_element(sheet), *_by_link(sheet), *_by_heading(sheet)):
        if len(group) > 1:
            found.setdefault(tuple((item.start, item.end) for item in group), group)
    return sorted(found.values(), key=len, reverse=True)[:_MOST_GROUPS]


def _by_element(sheet: Sheet) -> Iterator[Group]:
    """Elements of one kind that hold links; of kinds one in the other, the outermost."""
    kinds: dict[int, list[Place]] = defaultdict(list)
    for place in sheet.places:
        if not place.aside:
            kinds[place.key].append(place)
    for places in kinds.values():
        above = places[0].parent
        if len(places) < 2 or above is None or len(kinds.get(above.key, ())) == len(places):  # noqa: PLR2004
            continue
        linked = [place for place in places[:MOST_ITEMS] if _holds_link(sheet, place)]
        if len(linked) >= 2:  # noqa: PLR2004
            yield _neighbourly(linked)


def _holds_link(sheet: Sheet, place: Place) -> bool:
    return bool(within(sheet.links, place.start, place.end))


def _by_link(sheet: Sheet) -> Iterator[Group]:
    """What is around links of one kind."""
    kinds: dict[int, list[Link]] = defaultdict(list)
    for link in sheet.links:
        if not link.place.aside:
            kinds[link.place.key].append(link)
    for links in kinds.values():
        # A picture and a title that lead to the same place are one link.
        firsts = [
            next(run).place for _, run in groupby(links[:MOST_ITEMS], key=lambda one: one.url)
        ]
        if len(firsts) > 1:
            yield around(firsts)


def _by_heading(sheet: Sheet) -> Iterator[Group]:
    """What follows headings of one kind in one document, which links reach by their ``id``."""
    kinds: dict[int, list[Place]] = defaultdict(list)
    for heading in sheet.headings:
        if not heading.aside and anchor(heading):
            kinds[heading.key].append(heading)
    for headings in kinds.values():
        if len(headings) > 1:
            yield around(headings[:MOST_ITEMS])


def anchor(heading: Place) -> str:
    """Give the fragment by which a heading is linked to, or ""."""
    own = heading.element.get("id")
    if own:
        return str(own)
    inner = next(heading.element.iter("a"), None)
    if inner is not None:
        return str(inner.get("id") or inner.get("name") or "")
    above = heading.parent
    first = above is not None and above.tag in ("section", "article", "div")
    if first and above is not None and above.children[0] is heading:
        return str(above.element.get("id") or "")
    return ""


def around(places: Sequence[Place]) -> Group:
    """Give the largest pieces of a page that hold one of these places each.

    Where they are neighbours with something between them (``dt`` and ``dd``, rows of a table,
    headings and paragraphs), that belongs to them too.
    """
    starts = [place.start for place in places]
    roots = list({id(root): root for root in (_climb(place, starts) for place in places)}.values())
    return _neighbourly(roots)


def _neighbourly(roots: Sequence[Place]) -> Group:
    items: list[Item] = []
    for _, run in groupby(roots, key=lambda root: id(root.parent)):
        items += _neighbours(list(run))
    return tuple(items)


def _climb(place: Place, starts: list[int]) -> Place:
    """Go up as long as none of the others is there."""
    while (above := place.parent) is not None and above.parent is not None:
        if bisect_left(starts, above.end) - bisect_left(starts, above.start) > 1:
            break
        place = above
    return place


def _neighbours(roots: list[Place]) -> list[Item]:
    """Give children of one element their part of what stands between them."""
    above = roots[0].parent
    if above is None or len(roots) < 2:  # noqa: PLR2004
        return [Item(root.start, root.end, root) for root in roots]
    order = {id(child): n for n, child in enumerate(above.children)}
    at = [order[id(root)] for root in roots]
    gaps = [after - before - 1 for before, after in pairwise(at)]
    if sum(gap > 0 for gap in gaps) < _FLAT * len(gaps):
        return [Item(root.start, root.end, root) for root in roots]
    size = median_low(gaps)
    lead = _leading(above.children, at, size)
    firsts = [max(0, n - lead) for n in at]
    last = min(len(above.children), firsts[-1] + size + 1)
    ends = [*(above.children[n].start for n in firsts[1:]), above.children[last - 1].end]
    return [
        Item(above.children[first].start, end, root)
        for first, end, root in zip(firsts, ends, roots, strict=True)
    ]


def _leading(children: list[Place], at: list[int], size: int) -> int:
    """Give how many of the elements between two items belong to the one that follows.

    Before the first item stands what begins each, after the last one what ends each.
    """
    pattern = [child.shape for child in children[at[0] + 1 : at[0] + 1 + size]]
    before = [child.shape for child in children[max(0, at[0] - size) : at[0]]]
    after = [child.shape for child in children[at[-1] + 1 : at[-1] + 1 + size]]
    leading = 0
    while leading < min(len(before), size) and before[-1 - leading] == pattern[-1 - leading]:
        leading += 1
    trailing = 0
    while trailing < min(len(after), size) and after[trailing] == pattern[trailing]:
        trailing += 1
    return min(leading, size - trailing)
