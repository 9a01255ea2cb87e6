"""What a page says about its article: JSON-LD, Open Graph, ``meta``, ``time``, in this order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from aggregator.article import Article
from aggregator.extract.tree import Element
from aggregator.lists.jsonld import Node, nodes

_KINDS = ("Article", "Posting", "Report", "Story", "Review", "BlogPost")
_AUTHORS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "date", "dc.date"),
    *("dc.date.issued", "dcterms.created", "pubdate", "publishdate", "parsely-pub-date"),
)
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_LANGUAGES = ("og:locale", "language", "content-language", "dc.language")
_DESCRIPTIONS = ("description", "og:description", "twitter:description", "dc.description")
_TITLES = ("og:title", "twitter:title")


_MOST_AUTHORS, _LONGEST_NAME = 20, 100
_LONGEST = 2_000  # characters of a title, a description, an address
_LONGEST_DATE = 64
_BY = re.compile(r"\s*(?:by|von|par|por|di|von|作者|记者|記者|文)\s*[:：\s]\s*", re.IGNORECASE)
# The web is not older: a placeholder. What is later than the present, scanning sorts out.
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_WEB = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of its article; "", () or None where it says nothing.

    ``titles`` are all that it goes by; ``free`` is False where the page says that only subscribers
    may read it.
    """

    titles: tuple[str, ...] = ()
    description: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    image: str | None = None
    language: str | None = None
    canonical: str | None = None
    free: bool = True


def read(root: Element, address: str) -> Metadata:
    """The metadata of a page that was found at an address."""
    metas = _metas(root)
    node = next(filter(_is_article, nodes(root, _inside)), {})
    titles = (_first(metas, _TITLES), *(_text(root.find(f".//{tag}")) for tag in ("h1", "title")))
    canonical = root.xpath("string(//link[@rel='canonical']/@href)")
    return Metadata(
        titles=tuple(filter(None, titles)),
        description=_first(metas, _DESCRIPTIONS),
        authors=_authors(node, metas),
        published=_published(root, node, metas),
        image=_web(_first(metas, _IMAGES) or next(_texts(node.get("image"), "url"), ""), address),
        language=root.get("lang") or _first(metas, _LANGUAGES) or None,
        canonical=_same_site(_web(canonical, address), address),
        free=str(node.get("isAccessibleForFree", True)).lower() != "false",
    )


def fill(article: Article, page: Metadata) -> tuple[Article, tuple[str, ...]]:
    """An article whose gaps are filled, and the names of what was missing and is there now."""
    offered: dict[str, Any] = {
        "title": next(iter(page.titles), ""),
        "url": page.canonical,
        "authors": page.authors,
        "published": page.published,
        "image": page.image,
        "language": page.language,
    }
    filled = {
        name: value for name, value in offered.items() if value and not getattr(article, name)
    }
    return replace(article, **filled), tuple(filled)


# What stands in the head, and beside the text


def _metas(root: Element) -> dict[str, list[str]]:
    """The contents of ``meta`` elements by name, property or itemprop, in lower case."""
    found: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = " ".join(meta.get("content", "")[:_LONGEST].split())
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _text(element: Element | None) -> str:
    texts = () if element is None else islice(element.itertext(), _LONGEST)
    return " ".join(" ".join(texts)[:_LONGEST].split())


def _first(metas: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    return next((metas[name][0] for name in names if name in metas), "")


def _published(root: Element, node: Node, metas: Mapping[str, list[str]]) -> datetime | None:
    said = [*_texts(node.get("datePublished")), *(_first(metas, (name,)) for name in _DATES)]
    said += [time.get("datetime", "") for time in root.iter("time") if _dates_article(time)][:1]
    return next(filter(None, map(_moment, (date[:_LONGEST_DATE] for date in said))), None)


def _dates_article(time: Element) -> bool:
    """Whether a ``time`` says when the article came out: marked so, or the only one there is."""
    if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
        return True
    return next(time.iterancestors("article", "header"), None) is not None


def _moment(said: str) -> datetime | None:
    """A date of ISO 8601 or RFC 5322, in UTC; one without a zone is taken for UTC."""
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(said)
        except (ValueError, IndexError, TypeError, OverflowError):
            return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _authors(node: Node, metas: Mapping[str, list[str]]) -> tuple[str, ...]:
    named = list(_texts(node.get("author"), "name"))
    if not named:
        named = next((metas[name] for name in _AUTHORS if name in metas), [])
    names = (_BY.sub("", " ".join(name.split()), count=1) for name in named[:_MOST_AUTHORS])
    usable = (name for name in names if len(name) <= _LONGEST_NAME and not _WEB.match(name))
    return tuple(dict.fromkeys(filter(None, usable)))


def _web(said: str, address: str) -> str | None:
    try:
        found = urljoin(address, said.strip()) if said.strip() else ""
    except ValueError:  # brackets that are no IPv6 address
        return None
    return found if _WEB.fullmatch(found) else None


def _same_site(found: str | None, address: str) -> str | None:
    """An address if it is of the same host (with or without "www.") and not just its front page."""
    if found is None:
        return None
    try:
        one, other = urlsplit(found), urlsplit(address)
    except ValueError:
        return None
    same = one.netloc.lower().removeprefix("www.") == other.netloc.lower().removeprefix("www.")
    return found if same and (one.path.strip("/") or one.query) else None


# JSON-LD (https://json-ld.org), of which schema.org's articles are read


def _inside(node: Node) -> tuple[object, object]:
    return node.get("@graph"), node.get("mainEntity")


def _is_article(node: Node) -> bool:
    return any(kind.endswith(_KINDS) for kind in _texts(node.get("@type")))


def _texts(value: object, name: str = "@value") -> Iterator[str]:
    """The texts that a value of JSON-LD is, has under a name, or is a list of."""
    if isinstance(value, list):
        for item in value[:_MOST_AUTHORS]:
            if not isinstance(item, list):
                yield from _texts(item, name)
    elif isinstance(value, Mapping):
        inner = value.get(name)
        if isinstance(inner, str | list):
            yield from _texts(inner if isinstance(inner, str) else inner[:1], name)
    elif isinstance(value, str) and value.strip():
        yield value.strip()
