"""The words of front matter: which key means what in Hexo, Jekyll, Hugo, Pelican and Zola."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from itertools import chain

from aggregator.article import Enclosure
from aggregator.nfkc import nfkc
from aggregator.parse.dates import read_date

Fields = Mapping[str, object]

# Keys without case, "-" and "_" (see squash), the most telling first.
TITLE = ("title",)
PUBLISHED = (
    *("date", "published", "pubdate", "publishdate", "publishedat", "datepublished", "pubdatetime"),
    *("created", "createdat", "datecreated", "posted", "postdate", "datetime"),
)
UPDATED = (
    *("updated", "lastmod", "modified", "lastmodifiedat", "lastmodified", "updatedat"),
    *("dateupdated", "datemodified", "moddatetime", "edited"),
)
AUTHORS = ("authors", "author", "byline")
CATEGORIES = ("categories", "category")
TAGS = ("tags", "tag", "keywords")
LINK = ("link", "canonicalurl", "canonical", "externalurl", "external", "externallink")
PERMALINK = ("permalink", "url")
SUMMARY = ("summary", "description", "excerpt", "abstract", "subtitle")
IMAGE = (
    *("headimg", "thumbnail", "cover", "image", "featuredimage", "featureimage", "coverimage"),
    *("banner", "bannerimg", "indeximg", "topimg", "ogimage", "hero", "teaser", "header"),
    *("images", "photos"),
)
LANGUAGE = ("lang", "language", "locale")
ENCLOSURES = ("enclosure", "enclosures", "audio")
# Keys that say no more than that this is front matter.
_OTHERS = (
    *("draft", "status", "layout", "slug", "path", "taxonomies", "comments", "type", "template"),
    *("aliases", "weight", "toc", "mathjax", "series", "top", "sticky", "id", "saveas"),
)
KNOWN = frozenset(
    chain(
        *(TITLE, PUBLISHED, UPDATED, AUTHORS, CATEGORIES, TAGS, LINK, PERMALINK, SUMMARY),
        *(IMAGE, LANGUAGE, ENCLOSURES, _OTHERS),
    )
)

# What names an author or a category, and what points to an image, inside a mapping.
_NAMES = ("name", "title", "label")
_SOURCES = ("url", "src", "path", "image", "href", "feature", "teaser", "relative", "file")

# With the semicolon only: "?a=1&copy=2" in an address is no copyright sign.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LIST_COMMAS = re.compile(r"[,，、;；]")
_AUTHOR_COMMAS = re.compile(r"[,;；、]|\s(?:and|&)\s")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_NO = frozenset(("false", "no", "off", "0", "n"))
_SURROGATES = re.compile("[\ud800-\udfff]")  # from JSON's escapes; nothing can write them
_YES = frozenset(("true", "yes", "on", "1", "y"))
_NESTED = 4  # a category inside a list inside a list is a hierarchy; deeper is nonsense


def squash(key: str) -> str:
    """Give the form in which keys are compared: ``Last-Modified_At`` is ``lastmodifiedat``."""
    return key.strip().lower().replace("-", "").replace("_", "")


def text(value: object) -> str:
    """Give a scalar as one line of text with its entities decoded once, "" for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float | datetime):
        return ""
    return " ".join(_decoded(str(value)).split())


def first_text(fields: Fields, names: Iterable[str]) -> str:
    """Give the first text that stands under one of ``names``; ``true`` and ``false`` are none."""
    for value in _values(fields, names):
        found = text(value)
        if found and found.lower() not in ("true", "false"):
            return found
    return ""


def moment(fields: Fields, names: Iterable[str], zone: tzinfo) -> tuple[datetime | None, str]:
    """Give the first date under one of ``names``, and what stood there that is none, or ""."""
    refused = ""
    for value in _values(fields, names):
        if found := read_date(value, zone):
            return found, ""
        written = text(value)
        refused = refused or (written if written.lower() not in _NO | _YES else "")
    return None, refused


def authors(fields: Fields) -> tuple[str, ...]:
    """Give the names of all authors; a text under ``authors`` may hold several."""
    found: list[str] = []
    for name in AUTHORS:
        value = fields.get(name)
        if name == "authors" and isinstance(value, str):
            value = _AUTHOR_COMMAS.split(value)
        found.extend(leaf for leaf in _leaves(value) if leaf)
    return _distinct(found)


def categories(fields: Fields) -> tuple[str, ...]:
    """Give categories, then tags, flat and without repetition."""
    return _distinct(chain(_labels(fields, CATEGORIES), _labels(fields, TAGS)))


def category_paths(fields: Fields) -> tuple[tuple[str, ...], ...]:
    """Give the categories that came as lists inside the list, as Hexo writes hierarchies."""
    paths = (
        tuple(leaf for leaf in _leaves(inner) if leaf)
        for name in CATEGORIES
        for inner in _items(fields.get(name))
        if isinstance(inner, list)
    )
    return tuple(dict.fromkeys(path for path in paths if len(path) > 1))


def link(fields: Fields) -> str | None:
    """Give the article's own address: absolute, or from the root of its site (``/2020/x/``)."""
    for value in _values(fields, (*LINK, *PERMALINK)):
        address = text(value)
        if address.lower().startswith(("http://", "https://")):
            return address
    for value in _values(fields, PERMALINK):
        address = text(value)
        # Jekyll and Hexo allow patterns here: "/:year/:title/" is no address.
        if address.startswith("/") and not address.startswith("//") and "/:" not in address:
            return address
    return None


def image(fields: Fields) -> str | None:
    """Give the address of the cover image, as it is written."""
    for value in _values(fields, IMAGE):
        for leaf in _leaves(value, _SOURCES):
            if leaf and " " not in leaf and ("/" in leaf or "." in leaf):
                return leaf
    return None


def language(fields: Fields) -> str | None:
    """Give the language if it is a BCP 47 tag or a locale (``zh_CN``)."""
    for value in _values(fields, LANGUAGE):
        for leaf in _leaves(value):
            if _TAG.fullmatch(leaf):
                return leaf.replace("_", "-")
    return None


def is_draft(fields: Fields) -> bool:
    """Tell whether the author holds it back: ``draft``, ``published: false``, ``status: draft``."""
    return (
        text(fields.get("draft")).lower() in _YES
        or text(fields.get("published")).lower() in _NO
        or text(fields.get("status")).lower() in ("draft", "private")
    )


def enclosures(fields: Fields) -> tuple[Enclosure, ...]:
    """Give the media files that a podcast's post names."""
    found = (_enclosure(item) for value in _values(fields, ENCLOSURES) for item in _items(value))
    return tuple(enclosure for enclosure in found if enclosure)


def _enclosure(value: object) -> Enclosure | None:
    parts = value if isinstance(value, Mapping) else {"url": value}
    url = first_text(parts, _SOURCES)
    if not url.lower().startswith(("http://", "https://", "/")):
        return None
    length = first_text(parts, ("length", "size"))
    return Enclosure(
        url=url,
        media_type=first_text(parts, ("type", "mimetype")),
        length=int(length) if length.isdecimal() and len(length) < 16 else None,  # noqa: PLR2004 - a petabyte
    )


def _labels(fields: Fields, names: tuple[str, ...]) -> Iterator[str]:
    """Give the labels under ``names``.

    A text under a plural is a list with commas (Pelican, Hugo's ``keywords``); under a singular,
    and as an item of a list, it is one label whatever is in it.
    """
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and name.endswith("s"):
            value = _LIST_COMMAS.split(value)
        yield from _leaves(value)


def _leaves(value: object, names: tuple[str, ...] = _NAMES, depth: int = 0) -> Iterator[str]:
    if isinstance(value, list):
        if depth < _NESTED:
            for item in value:
                yield from _leaves(item, names, depth + 1)
    elif isinstance(value, Mapping):
        named = next((text(value[name]) for name in names if text(value.get(name))), "")
        if named:
            yield named
        elif names is _NAMES:  # "- NPR Topics: World" was meant as one text
            yield from (f"{text(key)}: {text(item)}" for key, item in value.items() if text(item))
    else:
        yield text(value)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _values(fields: Fields, names: Iterable[str]) -> Iterator[object]:
    # Of some 80 names, a post has ten.
    return (fields[n] for n in names if n in fields and fields[n] not in (None, "", []))


def _distinct(labels: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for label in labels:
        if label:
            seen.setdefault(nfkc(label).casefold(), label)
    return tuple(seen.values())


def _decoded(raw: str) -> str:
    if not raw.isascii():
        raw = _SURROGATES.sub("\ufffd", raw)
    return _ENTITY.sub(lambda match: html.unescape(match[0]), raw) if "&" in raw else raw
