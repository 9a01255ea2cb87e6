"""Where on its page an article stands.

trafilatura says which text is the article's; its own HTML has lost the pictures and most of the
structure. So its text is looked for in the page, block by block, and the element that holds most of
it is the article's place, markup and all.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from aggregator.extract import furniture
from aggregator.extract.tree import HEADINGS, Block, Element, ancestors, squeeze

SHORT = 20
"""Characters (as ``Block.key`` has them) below which a text may be found anywhere by chance."""

PROSE = 60
"""Characters that make a block more likely a paragraph than a label."""

_SHARE = 0.6
"""Of the article's text that its place holds. F1 over the benchmark: 0.978, with 0.5 to 0.75 within
0.001 of that, with 0.85 and more 0.002 lower, as that takes in titles, dates, lists around it."""

_NEXT_PIECE = 200
"""Characters of paragraphs that make a neighbour of the article's place a piece of it."""

_LEAD = 100
"""Characters that make a block before the article's place its first paragraph."""

_NEAR = 3
"""Levels above the article's place where other pieces and its first paragraph may stand."""

_LONGEST = 200_000
"""Characters of an article that are looked for on its page: the longest of the benchmark has
43,000."""

_GRAM, _STEP = 12, 6
_ALIKE = 0.7
"""A paragraph of which trafilatura left something out is known by pieces of 12 characters, every
sixth of them looked at; 0.5 and 0.9 of the pieces do as well as 0.7."""

_CLOSE = 40
"""Blocks before the article's place among which its first paragraph may be: between them stand
pictures, authors, dates, and buttons."""

# What the article's place is never: it is around these.
_PARTS = HEADINGS | {"p", "li", "ul", "ol", "blockquote", "pre", "tbody", "tr", "table"}
_SEPARATE = frozenset(["article", "li", "td", "tr"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: in ``core``, and ``top`` (often the same) has its lead as well.

    ``blocks`` are those of ``top``; ``witnessed`` are the numbers of those that trafilatura gave;
    ``inside`` are the elements of ``core``, ``flagged`` those of ``top`` that by their names are no
    part of the article.
    """

    top: Element
    blocks: Sequence[Block]
    witnessed: Collection[int]
    inside: Collection[Element]
    flagged: Collection[Element]


def locate(body: Element, everything: Sequence[Block], witness: str, teaser: str) -> Place | None:
    """The place of an article by what is known of its text; None if that is not on the page.

    ``everything`` are the blocks of the page's ``body``; ``teaser`` is how the article begins
    (squeezed), "" if nobody knows.
    """
    said = _witnessed(everything, squeeze(witness))
    if len(teaser) >= PROSE:
        beginning = teaser[:PROSE]
        said.update(n for n, block in enumerate(everything) if beginning in block.key)
    if not said:
        return None
    core = _extended(_home(body, everything, said), everything)
    top = _with_lead(core, everything, said)
    here = set(top.iter())
    numbers = [n for n, block in enumerate(everything) if block.owner in here]
    found = [everything[n] for n in numbers]
    known = {new for new, n in enumerate(numbers) if n in said}
    return Place(top, found, known, set(core.iter()), _flagged(top, found, known))


def _witnessed(found: Sequence[Block], witness: str) -> set[int]:
    """The numbers of the blocks whose text is in what a witness said (squeezed).

    A short one counts where it directly follows what was found before.
    """
    whole = witness[:_LONGEST]
    grams = {whole[start : start + _GRAM] for start in range(len(whole) - _GRAM + 1)}
    position = 0
    numbers = set()
    for number, block in enumerate(found):
        at = _position(block.key, whole, position, grams)
        if at >= 0:
            numbers.add(number)
            position = at + len(block.key)
        elif len(block.key) >= SHORT and _is_mostly_in(block.key, grams):
            numbers.add(number)
    return numbers


def _position(key: str, whole: str, start: int, grams: Collection[str]) -> int:
    """Where a block's text is found from ``start`` on, -1 if it is not."""
    if len(key) < SHORT:
        return start if whole.startswith(key, start) else -1
    return whole.find(key, start) if key[:_GRAM] in grams else -1


def _is_mostly_in(key: str, grams: Collection[str]) -> bool:
    pieces = [key[start : start + _GRAM] for start in range(0, len(key) - _GRAM + 1, _STEP)]
    return sum(piece in grams for piece in pieces) > _ALIKE * len(pieces)


def is_prose(block: Block) -> bool:
    """Whether a block reads as a paragraph: long, and not made of links."""
    return len(block.key) >= PROSE and block.linked < 0.3 * len(block.key)


def _weights(found: Iterable[Block]) -> dict[Element, int]:
    """How many characters, linked ones aside, are in each element that has any text."""
    weights: dict[Element, int] = {}
    for block in found:
        weight = len(block.key) - block.linked
        for element in ancestors(block.owner):
            weights[element] = weights.get(element, 0) + weight
    return weights


def _home(body: Element, found: Sequence[Block], said: Iterable[int]) -> Element:
    """The innermost element that holds most of the article."""
    weights = _weights(found[n] for n in said)
    enough = _SHARE * weights[body]
    home = inner = body
    while inner is not None:
        home = inner
        inner = next((child for child in home if weights.get(child, -1) >= enough), None)
    while home is not body and home.tag in _PARTS:
        home = home.getparent()
    return home


def _extended(core: Element, found: Sequence[Block]) -> Element:
    """What holds all pieces of an article that adverts between them cut up."""
    weights = _weights(filter(is_prose, found))
    for level in list(ancestors(core))[: _NEAR + 1]:
        parent = level.getparent()
        if parent is None or level.tag == "body":
            break
        beside = (c for c in parent if c is not level and weights.get(c, 0) > _NEXT_PIECE)
        if any(_are_pieces(child, level) for child in beside):
            core = parent
    return core


def _are_pieces(one: Element, other: Element) -> bool:
    """Whether two neighbours look like pieces of one article, not like two articles of a list."""
    names = furniture.names(one)
    if one.tag != other.tag or one.tag in _SEPARATE or not names:
        return False
    if names != furniture.names(other) or one.find(".//article") is not None:
        return False
    return not any(_is_title(heading) for heading in one.iter(*HEADINGS))


def _is_title(heading: Element) -> bool:
    return heading.tag == "h1" or heading.find(".//a") is not None or heading.getparent().tag == "a"


def _with_lead(core: Element, found: Sequence[Block], said: Collection[int]) -> Element:
    """What holds the article's place and a first paragraph that stands before it."""
    inside = set(core.iter())
    first = next((n for n, block in enumerate(found) if block.owner in inside), 0)
    above = list(ancestors(core))[: _NEAR + 1]
    level = 0
    for number in reversed(range(max(0, first - _CLOSE), first)):
        block = found[number]
        if block.owner.tag == "h1":
            break
        if number in said and is_lead(block):
            level = max(level, _level(block, above))
    return above[level]


def is_lead(block: Block) -> bool:
    """Whether a block before the article's place may be its first paragraph."""
    return is_prose(block) and len(block.key) >= _LEAD


def _level(lead: Block, above: Sequence[Element]) -> int:
    """Which of some elements holds a paragraph: 0 if none, or if it is a caption or the like."""
    for element in ancestors(lead.owner):
        if element in above:
            return above.index(element) if element.tag != "body" else 0
        if furniture.is_named(element) or furniture.is_caption(element):
            return 0
    return 0


def _flagged(top: Element, found: Sequence[Block], known: Iterable[int]) -> set[Element]:
    """The elements that are named as no part of an article, and do not hold much of it."""
    weights = _weights(found[n] for n in known)
    most = furniture.MOST * weights.get(top, 0)
    below = (element for element in top.iterdescendants() if weights.get(element, 0) <= most)
    return {element for element in below if furniture.is_named(element)}
