"""Furniture: what a page has beside what it is about."""

from bisect import bisect_left
from itertools import pairwise

from aggregator.parse.listing.sheet import Place, Sheet, words

_FURNITURE = frozenset(
    (
        *("nav", "navbar", "navigation", "menu", "submenu", "megamenu", "sidebar", "rightbar"),
        *("footer", "foot", "breadcrumb", "breadcrumbs", "pagination", "pager", "paginator"),
        *("comment", "comments", "respond", "disqus", "related", "recommend", "recommended"),
        *("recommendations", "popular", "trending", "hot", "rank", "ranking", "mostread"),
        *("tagcloud", "share", "sharing", "social", "lang", "languages", "switcher", "ad", "ads"),
        *("advert", "adverts", "advertisement", "sponsor", "sponsored", "sponsors", "promo"),
        *("promoted", "outbrain", "taboola", "cookie", "consent", "newsletter", "subscribe"),
        *("login", "partner", "partners", "blogroll", "toc", "gnb", "lnb", "topbar", "toolbar"),
        *("friendlink", "friendlinks", "ticker", "marquee", "masthead", "copyright", "aside"),
        *("secondary", "tertiary", "dropdown", "modal", "popup", "search"),
    )
)
_PAIRS = (("most", "read"), ("most", "viewed"), ("top", "stories"), ("tag", "cloud"))
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "menu", "menubar", "search"))
_MAIN = frozenset(("main", "content", "primary", "posts", "articles", "feed", "hfeed", "news"))
_NEGATION = ("has-", "no-", "with-", "is-", "js-", "not-")
_MOST = 0.5
"""The part of a page's text that furniture holds at most; what holds more is the page."""


def mark(sheet: Sheet) -> None:
    """Tell furniture from what the page is about, by names of elements, classes and roles."""
    sums = [0]
    for text in sheet.texts:
        sums.append(sums[-1] + text.width)
    starts = [text.start for text in sheet.texts]
    for place in sheet.places[1:]:
        above = place.parent
        place.aside = bool(above and above.aside)
        place.main = bool(above and above.main) or _is_main(place)
        if not place.aside and _is_furniture(place):
            held = sums[bisect_left(starts, place.end)] - sums[bisect_left(starts, place.start)]
            place.aside = held <= _MOST * sums[-1]


def _is_main(place: Place) -> bool:
    element = place.element
    if place.tag == "main" or element.get("role") in ("main", "feed"):
        return True
    return not _MAIN.isdisjoint(words((element.get("id") or "", *place.names[:3])))


def _is_furniture(place: Place) -> bool:
    element = place.element
    if place.tag in ("nav", "footer", "aside", "menu", "form"):
        return place.tag != "footer" or not _in_article(place)
    if element.get("role") in _ROLES:
        return True
    names = [n for n in (*place.names, element.get("id") or "") if not n.startswith(_NEGATION)]
    if not any(names):
        return False
    said = words(names)
    if not _FURNITURE.isdisjoint(said):
        return True
    return any(pair in _PAIRS for pair in pairwise(said))


def _in_article(place: Place) -> bool:
    return any(above.tag in ("article", "li") for above in place.ancestors())
