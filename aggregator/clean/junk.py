"""What nobody reads: hidden elements, forms, tracking pixels."""

import re
from collections.abc import Set

from aggregator.article import Step
from aggregator.clean.tree import Element, find, take_out, xpath

_STYLED = xpath("descendant::*[@style or @hidden]")
_INVISIBLE = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE
)
_ONE_PIXEL = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?=;|!|$)", re.IGNORECASE)
_TINY = re.compile(r"\s*0*[01](?:px|%)?\s*")

TRACKERS = (
    "doubleclick.net/",
    "feeds.feedburner.com/~",
    "feedburner.com/~r/",
    "feedsportal.com/",
    "google-analytics.com/",
    "googleadservices.com/",
    "pixel.wp.com/",
    "pixel.quantserve.com/",
    "stats.wordpress.com/",
    "statcounter.com/",
    "scorecardresearch.com/",
    "hm.baidu.com/",
    "cnzz.com/",
    "facebook.com/tr?",
    "medium.com/_/stat",
    "rss-pixel",
    "/piwik.php",
    "/matomo.php",
    "/track/open",
)
"""Where pictures come from that only count readers."""

# The shortest thing that is more likely a paragraph than the label of a field.
_TEXT_OF_A_PAGE = 200


def remove(body: Element, written: Set[str], present: Set[str]) -> tuple[Step, ...]:
    """Marks hidden elements, forms that are only fields, and tracking pixels.

    ``written`` are the names of attributes, ``present`` those of the elements there are.
    """
    steps: tuple[Step, ...] = ()
    if "style" in written or "hidden" in written:
        steps += take_out(filter(_is_hidden, _STYLED(body)), "hidden")
    if "img" in present:
        steps += take_out(filter(is_tracker, find(body, "img")), "tracking pixels")
    if "form" in present:
        steps += take_out(filter(_is_only_fields, find(body, "form")), "forms")
    return steps


def _is_hidden(element: Element) -> bool:
    if element.tag == "img" and any(name.startswith("data-") for name in element.keys()):  # noqa: SIM118 - an element iterates over its children
        return False  # shown by a script once it is loaded
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    return bool(_INVISIBLE.search(element.get("style", "")))


def is_tracker(image: Element) -> bool:
    """Whether an ``img`` is a pixel of 1 × 1 or less, or comes from a known counter."""
    width, height = image.get("width", ""), image.get("height", "")
    if _TINY.fullmatch(width) and _TINY.fullmatch(height):
        return True
    if len(_ONE_PIXEL.findall(image.get("style", ""))) > 1:
        return True
    return is_counter(image.get("src", ""))


def is_counter(address: str) -> bool:
    """Whether an address is one of ``TRACKERS``."""
    return any(part in address for part in TRACKERS)


def _is_only_fields(form: Element) -> bool:
    length = 0
    for text in form.itertext():
        length += len(text.strip())
        if length > _TEXT_OF_A_PAGE:
            return False
    return True
