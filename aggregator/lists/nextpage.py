"""The next page of a list that goes on."""

from urllib.parse import urldefrag, urljoin, urlsplit

import soupsieve
from bs4 import BeautifulSoup

_ATTRIBUTE = "href"


def next_page(html: str, url: str, selector: str) -> str | None:
    """Give the address of the page that follows, from a CSS selector's first match, or None.

    ``selector`` may end in ``@attribute``; without, ``href`` counts. ``url`` is where ``html``
    was fetched from: a page that names itself as the next one has none. Raises nothing.
    """
    css, _, attribute = selector.partition("@")
    soup = BeautifulSoup(html, "lxml")
    try:
        match = soupsieve.select_one(css, soup)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError):
        return None
    if match is None:
        return None
    base = soup.find("base", href=True)
    try:
        start = urljoin(url, str(base["href"])) if base else url
        found = urldefrag(urljoin(start, str(match.get(attribute or _ATTRIBUTE, "")).strip())).url
        parts = urlsplit(found)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname
    return found if usable and found != urldefrag(url).url else None
