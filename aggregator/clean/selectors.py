"""What a source's own CSS selectors take out."""

import re
from collections.abc import Iterator
from functools import cache

import soupsieve
from bs4 import BeautifulSoup, Tag

from aggregator.article import Step
from aggregator.clean import tree

_PSEUDO = re.compile(r"::?[\w-]+")
_CLASS_OR_ID = re.compile(r"[.#](-?[^\W\d][\w-]*)")
_NAME = re.compile(r"-?[^\W\d][\w-]*")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


def remove(html: str, selectors: tuple[str, ...]) -> tuple[str, tuple[Step, ...]]:
    """HTML without the elements that a selector matches; the very same text if none does.

    A step for each selector that matched something.

    A search for the names in the selectors comes first, since BeautifulSoup takes 1.5 ms for an
    article, ten times all other steps. A selector that is not valid matches nothing
    (``check_selector`` tells beforehand).
    """
    likely = [s for s in selectors if any(name in html for name in _clues(s))]
    if not likely:
        return html, ()
    soup = BeautifulSoup(tree.serialise(tree.parse(html)), "lxml")
    matches = [(selector, _select(soup, selector)) for selector in likely]
    steps = tuple(step for selector, found in matches for step in _take_out(found, selector))
    return (str(soup), steps) if steps else (html, ())


def _take_out(matches: list[Tag], selector: str) -> Iterator[Step]:
    blocks = size = 0
    for match in matches:
        if not match.decomposed:
            blocks += 1
            size += len(str(match).encode())
            match.decompose()
    if blocks:
        yield Step("selectors", selector, blocks, size)


def _select(soup: BeautifulSoup, selector: str) -> list[Tag]:
    return list(soup.select(selector)) if not check_selector(selector) else []


@cache
def _clues(selector: str) -> tuple[str, ...]:
    """Names of which HTML holds at least one if the selector matches there; ("",) if unknown."""
    names: list[str] = []
    for part in _PSEUDO.sub(" ", _STRING.sub(" ", selector)).split(","):
        found = _CLASS_OR_ID.findall(part)
        tags = [] if found else _NAME.findall(part)
        if "\\" in part or not (found or tags):
            return ("",)
        names += found + tags + [tag.upper() for tag in tags]
    return tuple(dict.fromkeys(names))


@cache
def check_selector(selector: str) -> str:
    """What is wrong with a CSS selector, in one line, or "" when it can be used."""
    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError, TypeError) as error:
        return str(error).partition("\n")[0].strip() or "not a selector"
    return ""
