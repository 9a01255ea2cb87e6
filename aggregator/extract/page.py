"""What a web page yields: an article's HTML and text, and what is known about it."""

from dataclasses import dataclass, replace
from urllib.parse import urljoin

from aggregator.extract import metadata
from aggregator.extract.locate import locate
from aggregator.extract.metadata import Metadata
from aggregator.extract.prune import prune
from aggregator.extract.sift import Part, sift
from aggregator.extract.tree import Element, blocks, parse, squeeze
from aggregator.extract.witness import main_text

_AFTER = 15
"""Blocks after an article that are looked at with it: there it says "Subscribe to read on"."""


_BEFORE = 10
"""Blocks before an article that belong to it: a standfirst, a box with what it says in short."""

_AROUND = 10_000
"""Characters of that: only short articles are asked whether they are previews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page yielded.

    ``html`` and ``text`` are the article's, "" where none was found; relative addresses in ``html``
    start from ``base``. ``around`` is the page's text from the beginning of the article to a little
    after its end; ``about`` is what the page says of it: its titles, its description, and what
    stands directly before and within it. ``shown`` is all of the page's text, with its titles.
    """

    described: Metadata
    base: str
    shown: str
    html: str = ""
    text: str = ""
    around: str = ""
    about: str = ""


def read_page(page: str, address: str, teaser: str = "") -> Reading | None:
    """What the (decoded) HTML of a page yields; None if it is empty or too large to look at.

    ``teaser`` is what is known of the article's beginning: a help to find it.
    """
    root = parse(page)
    if root is None:
        return None
    described = metadata.read(root, address)
    body = root.find("body")
    everything = blocks(body)
    texts = [" ".join(block.text.split()) for block in everything]
    nothing = Reading(
        described=described,
        base=_base(root, address),
        shown="\n".join((*described.titles, *texts)),
    )
    place = locate(body, everything, main_text(root), squeeze(teaser))
    parts = sift(place, squeeze(next(iter(described.titles), ""))) if place else {}
    own = [n for n, block in enumerate(everything) if parts.get(block) is Part.OWN]
    if place is None or not own:
        return nothing
    before, after = max(0, own[0] - _BEFORE), own[-1] + 1
    return replace(
        nothing,
        html=prune(place, parts),
        text="\n".join(texts[n] for n in own),
        about="\n".join((*described.titles, described.description, *texts[before:after])),
        around="\n".join(texts[own[0] : after + _AFTER])[:_AROUND],
    )


def _base(root: Element, address: str) -> str:
    """What relative addresses of a page start from (HTML, 4.2.3)."""
    base = root.find(".//base[@href]")
    try:
        return address if base is None else urljoin(address, base.get("href").strip())
    except ValueError:  # brackets that are no IPv6 address
        return address
