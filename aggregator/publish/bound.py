"""How large a feed may become: what readers fetch every few minutes is no archive."""

from dataclasses import fields, is_dataclass, replace
from html import escape

from aggregator.article import Entry, Feed
from aggregator.publish.site import Site, link

# Bytes that an entry takes besides what it says: the markup around some twenty fields.
_FRAME = 2_000
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


def bounded(feed: Feed, site: Site, most: int) -> tuple[Feed, int]:
    """Return a feed none of whose files is larger than ``most`` bytes, and how many bodies it lost.

    The texts of the oldest entries become their summaries, with a link to the whole; when that is
    not enough the oldest entries go. One entry always stays. Sizes are reckoned from above, the
    same for all formats, so that all say the same.
    """
    entries = list(feed.entries)
    sizes = [_size(entry) for entry in entries]
    room = most - _HEAD - sum(sizes)
    lost = 0
    for place in range(len(entries) - 1, -1, -1):
        if room >= 0:
            break
        short = _shortened(entries[place], site)
        size = _size(short)
        if size < sizes[place]:
            room += sizes[place] - size
            entries[place], sizes[place] = short, size
            lost += 1
    while room < 0 and len(entries) > 1:
        entries.pop()
        room += sizes.pop()
    return replace(feed, entries=tuple(entries)), lost


def _shortened(entry: Entry, site: Site) -> Entry:
    """Return an entry with its summary in the place of its text, which says so."""
    article = entry.article
    more = _READ_ON.get((article.language or "").partition("-")[0], "Read on")
    summary = f"<p>{escape(article.summary, quote=False)}</p>" if article.summary else ""
    html = f'{summary}<p><a href="{escape(link(entry, site))}">{more}</a></p>'
    return replace(entry, article=replace(article, html=html, text=""))


def _size(entry: Entry) -> int:
    """Return the bytes that an entry takes at most, in whatever format."""
    article = entry.article
    whole = _escaped(article.html or article.text)
    # A summary is escaped twice, an address may stand in two places and be percent-encoded.
    rest = replace(article, html="", text="", problems=(), trail=())
    small = _texts((rest, entry.id, entry.source, entry.also_in))
    return _FRAME + whole + sum(_MARKUP + 3 * _escaped(text) for text in small)


def _texts(value: object) -> list[str]:
    """Return every text inside a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple | list):
        return [text for one in value for text in _texts(one)]
    if is_dataclass(value):
        return [text for one in fields(value) for text in _texts(getattr(value, one.name))]
    return []


def _escaped(text: str) -> int:
    """Return the bytes of a text in XML or JSON, whichever takes more."""
    size = len(text.encode("utf-8", "replace"))
    xml = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    json = text.count('"') + text.count("\n") + text.count("\\") + text.count("\t")
    return size + max(xml, json)
