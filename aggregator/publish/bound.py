"""How large a feed may become: what readers fetch every few minutes is no archive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from html import escape

from aggregator.article import Entry, Feed
from aggregator.publish.site import Site, link

# Bytes that an entry takes at most besides what it says: the markup around some twenty fields, at
# most 900, and the address of the site, twice. Often nothing need be rendered to be sure.
_FRAME = 1_500
# And each of those: a category, a link.
_MARKUP = 60
# And a feed: its title, links and namespaces.
_HEAD = 4_000

# By language; what is not here is said in English.
_READ_ON = {
    "ar": "تابع القراءة",
    "de": "Weiterlesen",
    "es": "Seguir leyendo",
    "fr": "Lire la suite",
    "ja": "続きを読む",
    "ko": "계속 읽기",
    "pt": "Continuar a ler",
    "ru": "Читать далее",
    "zh": "阅读全文",
}


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a feed: how many entries, and the places of those that are only summaries."""

    entries: int
    short: frozenset[int] = frozenset()


def may_exceed(feed: Feed, most: int) -> bool:
    """Tell whether a file of a feed could be larger than ``most`` bytes, without rendering it."""
    return _HEAD + sum(map(_at_most, feed.entries)) > most


def cut_to(feed: Feed, site: Site, most: int, measure: Callable[[Feed], int]) -> Cut:
    """Return what is to be left of a feed so that ``measure`` finds at most ``most`` bytes.

    The texts of the oldest entries become their summaries; when that is not enough the oldest
    entries go. One entry always stays.
    """
    short: set[int] = set()

    def excess(kept: int) -> int:
        return measure(applied(feed, Cut(kept, frozenset(short)), site)) - most

    kept = len(feed.entries)
    left = excess(kept)
    for place in range(kept - 1, -1, -1):
        # What is spared is reckoned: characters that no format can carry count, too.
        if left <= 0 and (left := excess(kept)) <= 0:
            break
        entry = feed.entries[place]
        spared = len(_body(entry).encode("utf-8", "replace")) - _escaped(_body(_short(entry, site)))
        if spared > 0:
            left -= spared
            short.add(place)
    while kept > 1 and (left := excess(kept)) > 0:
        # A part of what is too much at a time: none is to go that need not.
        kept = max(1, kept - max(1, kept * left // (2 * (left + most))))
    return Cut(kept, frozenset(place for place in short if place < kept))


def applied(feed: Feed, cut: Cut, site: Site) -> Feed:
    """Return what is left of a feed."""
    kept = enumerate(feed.entries[: cut.entries])
    left = tuple(_short(entry, site) if place in cut.short else entry for place, entry in kept)
    return replace(feed, entries=left)


def _short(entry: Entry, site: Site) -> Entry:
    """Return an entry with its summary in the place of its text, which says so."""
    article = entry.article
    more = _READ_ON.get((article.language or "").partition("-")[0], "Read on")
    summary = f"<p>{escape(article.summary, quote=False)}</p>" if article.summary else ""
    html = f'{summary}<p><a href="{escape(link(entry, site))}">{more}</a></p>'
    return replace(entry, article=replace(article, html=html, text=""))


def _body(entry: Entry) -> str:
    return entry.article.html or entry.article.text


def _at_most(entry: Entry) -> int:
    """Return the bytes that an entry takes at most, in whatever format."""
    article = entry.article
    small = [entry.id, entry.source, article.title, article.url or "", article.image or ""]
    small += [article.language or "", *article.authors, *article.categories]
    small += _texts((article.enclosures, article.origin, entry.also_in))
    # An address may stand in two places and be percent-encoded.
    said = len(small) * _MARKUP + 3 * _escaped("".join(small))
    return _FRAME + _escaped(_body(entry)) + said + _twice_escaped(article.summary)


def _texts(value: object) -> Iterator[str]:
    """Yield every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _twice_escaped(text: str) -> int:
    """Return the bytes of a text that becomes markup first, and that a text in XML."""
    marks = sum(map(text.count, "&<>"))
    return _MARKUP + _escaped(text) + len("&amp;amp;") * marks


def _escaped(text: str) -> int:
    """Return the bytes of a text in XML or JSON, whichever takes more."""
    size = len(text.encode("utf-8", "replace"))
    xml = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    json = text.count('"') + text.count("\n") + text.count("\\") + text.count("\t")
    return size + max(xml, json)
