"""The lead image: the one that stands for an article in lists."""

import re
from html import escape

from aggregator.clean.images import Drops
from aggregator.clean.junk import is_counter
from aggregator.clean.tree import Element, parse
from aggregator.clean.urls import web_address

# Smaller pictures are icons, buttons and portraits of authors.
_SMALLEST = 64
_DECORATION = re.compile(
    r"emoji|smil(?:ey|ies)|/icons?[/-]|favicon|gravatar\.com|avatar|badge|shields\.io|feedburner|"
    r"/buttons?/|spacer|s\.w\.org/images/core/",
    re.IGNORECASE,
)


def choose(given: str | None, base: str | None, body: Element, drops: Drops) -> str | None:
    """The address of the given image, or of the first picture in the body that shows something."""
    address = web_address(given, base)
    if address and not drops(address) and not is_counter(address):
        return address
    return next((image.get("src") for image in body.iter("img") if _shows_something(image)), None)


def still(image: str | None, before: str, after: str) -> str | None:
    """The lead image of clean HTML of which something went: another one if it was in that."""
    source = f'src="{escape(image or "", quote=False)}"'
    if image is None or source in after or source not in before:
        return image
    return choose(None, None, parse(after), lambda _: False)


def _shows_something(image: Element) -> bool:
    sizes = (image.get(name, "") for name in ("width", "height"))
    if any(size.isdigit() and int(size) < _SMALLEST for size in sizes):
        return False
    source = image.get("src", "")
    # What stands in the article itself has no address that a list could name.
    return not source.startswith("data:") and not _DECORATION.search(source)
