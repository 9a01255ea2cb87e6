"""The next page of a list that goes on."""

import re
from urllib.parse import urljoin

import soupsieve
from bs4 import BeautifulSoup, Tag

from aggregator.lists.address import absolute
from aggregator.lists.selector import split

# Links to other pages stand before this; the longest of 181 real pages has 1,491,126 characters.
_LONGEST = 3_000_000
# Parsing takes time by the square of the number of attributes: 20 s for 100,000 of them.
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{30000,}>")


def next_page(html: str, url: str, selector: str) -> str | None:
    """Give the address of the page that follows, from a CSS selector's first match, or None.

    ``selector`` may end in ``@attribute``; without, ``href`` counts. ``url`` is where ``html`` was
    fetched from: a page that names itself as the next one has none. Raises nothing.
    """
    css, attribute = split(selector)
    soup = BeautifulSoup(_LONG_TAG.sub("", html[:_LONGEST]), "lxml")
    match = _first(css, soup)
    written = _said(match, attribute or "href")
    if not written:
        return None
    found = absolute(written, _base(soup, url))
    return found if found != absolute(url) else None


def _first(css: str, soup: BeautifulSoup) -> Tag | None:
    try:
        return soupsieve.select_one(css, soup)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError):
        return None


def _base(soup: BeautifulSoup, url: str) -> str:
    """Give what relative addresses of a page start from (HTML, 4.2.3)."""
    try:
        return urljoin(url, _said(soup.find("base", href=True), "href"))
    except ValueError:  # brackets that are no IPv6 address
        return url


def _said(element: object, attribute: str) -> str:
    return str(element.get(attribute, "")).strip() if isinstance(element, Tag) else ""
