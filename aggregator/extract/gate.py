"""Whether what a page yielded is the article's full text, or something in its place."""

from dataclasses import dataclass

from aggregator.article import Article
from aggregator.extract import teasers, walls
from aggregator.extract.page import Reading
from aggregator.extract.tree import squeeze
from aggregator.nfkc import nfkc

_WALL = 3_000
"""Characters: walls are shorter; an article may speak of cookies and passwords."""

_PREVIEW = 2_000
"""Characters: a page that asks for a subscription and shows less of its article shows a preview.
Those of Chinese, Japanese and Korean count twice."""

_SHINGLE, _WIDE_SHINGLE = 12, 5
"""Letters that are compared at once: two or three words."""

_CONTAINED = 0.6
"""Of a teaser's shingles that its page must have. Of the first 300 characters of 181 articles, no
other page had more than 0.50; their own, where it began there, 0.73 and more."""

_TELLING = 20
"""Letters of the shortest teaser that tells one article from another; below, the title counts."""

_COMPARED = 600
"""Letters of a feed's text that are looked for."""


_LOOKED_AT = 200_000
"""Characters of a page in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what a page yielded is not used.

    ``lost`` says that the reader misses something by that, ``about`` that the page is the article's
    all the same.
    """

    reason: str
    lost: bool = False
    about: bool = False


def refusal(article: Article, reading: Reading) -> Refusal | None:
    """Why what a page yielded cannot stand for an article's text; None if it can."""
    teaser = _teaser(article)
    if not reading.text:
        return _wall(reading.shown) or Refusal("the page has no article in it")
    if not _contains(reading.text, teaser):
        found = _wall(reading.text) or _wall(reading.shown)
        if found or not _contains(reading.about, teaser):
            return found or Refusal("the page's text does not contain it")
    if teasers.width(reading.text) < _PREVIEW and (
        not reading.described.free or walls.asks_to_pay(reading.around)
    ):
        return Refusal("the page is a paywall's preview", lost=True, about=True)
    if len(fold(reading.text)) <= len(fold(article.text)):
        compared = f"{len(reading.text):,} characters against {len(article.text):,}"
        return Refusal(f"the page's is no longer, {compared}", about=True)
    return None


def fold(text: str) -> str:
    """The letters and digits of a text, without differences of case, width and form (NFKC)."""
    return squeeze(nfkc(text))


def _teaser(article: Article) -> str:
    """What the page must contain: the feed's text without how it breaks off, or else the title."""
    text = fold(teasers.without_ending(article.text))[:_COMPARED]
    return text if len(text) >= _TELLING or not article.title else fold(article.title)


def _contains(text: str, teaser: str) -> bool:
    """Whether most shingles of a teaser (folded) are in a text."""
    whole = fold(text[:_LOOKED_AT])
    if teaser in whole:
        return True
    size = _WIDE_SHINGLE if teasers.width(teaser) > 1.5 * len(teaser) else _SHINGLE
    starts = range(max(1, len(teaser) - size + 1))
    shingles = {teaser[start : start + size] for start in starts}
    return sum(shingle in whole for shingle in shingles) >= _CONTAINED * len(shingles)


def _wall(text: str) -> Refusal | None:
    """What stands in the article's place, if its text is short and worded like that."""
    found = walls.wall(text) if len(text) <= _WALL else None
    return Refusal(f"the page is {found}", lost=True) if found else None
