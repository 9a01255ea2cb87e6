"""Sitemaps (https://www.sitemaps.org/protocol.html) with Google's news and image extensions."""

import email.utils
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from io import BytesIO
from itertools import islice

from lxml import etree

from aggregator.errors import ParseError
from aggregator.lists.address import absolute
from aggregator.lists.xmltext import damage, escape_strays, legal, line, safe_opening, xml_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One address of a sitemap, and what is said about it; moments are aware and in UTC."""

    url: str
    modified: datetime | None = None
    title: str = ""
    published: datetime | None = None
    image: str | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap: its ``pages``, or the ``maps`` of an index. ``problems`` are for people."""

    pages: tuple[Location, ...] = ()
    maps: tuple[Location, ...] = ()
    problems: tuple[str, ...] = ()


# Whether an entry is a "url" or a "sitemap", and the texts of its fields by name.
_Entry = tuple[str, dict[str, str]]

# What a sitemap may hold at most, by the protocol: addresses, and bytes once decompressed.
MOST_LOCATIONS = 50_000
MOST_BYTES = 50 * 1024 * 1024

# 6 million empty elements take 870 MB; 50,000 addresses with four fields and a picture a million.
_MOST_TAGS = 1_500_000

_GZIP = b"\x1f\x8b"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_PLAIN = "http://www.sitemaps.org/schemas/sitemap/0.9"
_EMPTY = f'<urlset xmlns="{_PLAIN}" xmlns:news="{_NEWS}" xmlns:image="{_IMAGE}"/>'
_FEEDS = ("rss", "feed", "rdf:rdf")
# There were no sitemaps before 2005, and few pages before the web; what is later is a placeholder.
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2200
# The longest form that is in use is RFC 5322's with a remark.
_LONGEST_DATE = 60
# "2024-05-01 10:00 UTC", as a program prints a time.
_NAMED_UTC = re.compile(r"(-\d\d[ T][\d:.]+) ?(?:UTC|GMT)$")
# So many pages that changed in the same hour, and at least half of all, were not edited then: the
# program that built the site wrote its own time.
_FEWEST_REBUILT = 10


def read_sitemap(body: bytes, url: str, zone: tzinfo = UTC) -> Sitemap:
    """Read a sitemap that was had from ``url``: XML, or a list of addresses; gzipped or not.

    Each address comes once, in the order of the document. Of a document that is cut off or broken
    come the addresses before the damage, and a problem; of one with more than ``MOST_LOCATIONS``
    the first of them. Dates that name no zone are in ``zone``. Raises ParseError when it is no
    sitemap, declares entities or is larger than ``MOST_BYTES``.
    """
    text = xml_text(_unpacked(body))
    first = safe_opening(text)
    if first.name.rpartition(":")[2] in ("urlset", "sitemapindex"):
        return _from_xml(text, first.at, url, zone)
    if not first.name and text.lstrip("\ufeff \t\r\n").startswith(("http://", "https://")):
        return _sitemap((("url", {"loc": one}) for one in text.split()), url, zone)
    raise ParseError(_instead(text, first.name))


def _unpacked(body: bytes) -> bytes:
    if body.startswith(_GZIP):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES + 1)
        except zlib.error as error:
            raise ParseError(f"is no sitemap: gzip that cannot be read: {error}") from error
    if len(body) > MOST_BYTES:
        raise ParseError(f"is larger than the {MOST_BYTES:,} bytes that a sitemap may have")
    return body


def _instead(text: str, name: str) -> str:
    """Say what a document is that is no sitemap."""
    if name in _FEEDS:
        return "is a feed and no sitemap; make it a source of its own, with feed: in its place"
    if name:
        return f"is no sitemap: <{name}>, where <urlset> or <sitemapindex> is expected"
    return "is no sitemap: neither XML nor a list of addresses" if text.strip() else "is empty"


# From the document to entries


def _from_xml(text: str, at: int, url: str, zone: tzinfo) -> Sitemap:
    if text.count("<") > _MOST_TAGS:
        raise ParseError(f"has more than {_MOST_TAGS:,} tags")
    entries, error = _read_entries(text[at:])
    if error:
        entries, error = _read_entries(escape_strays(text[at:]))
    found = _sitemap(entries, url, zone)
    if not error:
        return found
    wrong = damage(error, line(text, at) - 1)
    if not (found.pages or found.maps):
        raise ParseError(f"is a sitemap without an address before {wrong}")
    return replace(found, problems=(f"{wrong}; what comes before is read", *found.problems))


def _read_entries(text: str) -> tuple[list[_Entry], etree._LogEntry | None]:
    """Read the entries before the first damage, and give that as well."""
    parsing = _parsing(text)
    entries: list[_Entry] = []
    try:
        entries.extend(islice(_entries(parsing), MOST_LOCATIONS + 1))
    except etree.XMLSyntaxError:
        # Others are of no consequence here: a prefix that was never declared.
        fatal = parsing.error_log.filter_from_fatals()
        return entries, fatal[0] if len(fatal) else None
    return entries, None


def _parsing(text: str) -> etree.iterparse:
    return etree.iterparse(
        BytesIO(text.encode("utf-8", "replace")),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _entries(parsing: Iterable[tuple[str, etree._Element]]) -> Iterator[_Entry]:
    """Yield entries as they end, and forget them: the tree of a large map takes ten times it."""
    for _, element in parsing:
        parent = element.getparent()
        if parent is not None and parent.getparent() is None:
            yield _local(element), _fields(element)
            element.clear()
            del parent[: parent.index(element)]


def _fields(element: etree._Element) -> dict[str, str]:
    """Return the texts of the fields, those inside of others as "news/title"."""
    found: dict[str, str] = {}
    for field in element:
        found.setdefault(_local(field), _collapsed(field.text))
        for inner in field.iterdescendants():
            within = inner.getparent()
            if within is not None:
                found.setdefault(f"{_local(within)}/{_local(inner)}", _collapsed(inner.text))
    return found


def _local(element: etree._Element) -> str:
    # A prefix that was never declared is still there.
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _collapsed(text: str | None) -> str:
    return " ".join((text or "").split())


# From entries to locations


def _sitemap(entries: Iterable[_Entry], url: str, zone: tzinfo) -> Sitemap:
    pages: dict[str, Location] = {}
    maps: dict[str, Location] = {}
    illegible: list[str] = []
    problems: list[str] = []
    for kind, fields in entries:
        if len(pages) + len(maps) == MOST_LOCATIONS:
            problems.append(f"of more than {MOST_LOCATIONS:,} addresses the first are read")
            break
        address = absolute(fields.get("loc", ""), url)
        if address is None:
            illegible.append(fields.get("loc", "")[:200])
        else:
            into = maps if kind == "sitemap" else pages
            into.setdefault(address, _location(address, fields, url, zone))
    if illegible:
        problems.append(f"{len(illegible):,} entries without a web address, as {illegible[0]!r}")
    return Sitemap(pages=tuple(pages.values()), maps=tuple(maps.values()), problems=tuple(problems))


def _location(address: str, fields: Mapping[str, str], base: str, zone: tzinfo) -> Location:
    keywords = (keyword.strip() for keyword in fields.get("news/keywords", "").split(","))
    return Location(
        url=address,
        modified=_moment(fields.get("lastmod", ""), zone),
        title=fields.get("news/title", ""),
        published=_moment(fields.get("news/publication_date", ""), zone),
        image=absolute(fields.get("image/loc", ""), base),
        language=fields.get("publication/language") or None,
        keywords=tuple(dict.fromkeys(filter(None, keywords))),
    )


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """Read a W3C datetime (https://www.w3.org/TR/NOTE-datetime), or an RFC 5322 date as of RSS."""
    if not text or len(text) > _LONGEST_DATE:
        return None
    from dateutil.parser import isoparse  # noqa: PLC0415

    for read in (datetime.fromisoformat, isoparse, email.utils.parsedate_to_datetime):
        try:
            moment = read(_NAMED_UTC.sub(r"\1Z", text))
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return moment if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR else None
    return None


# What of it is worth a look


def newest(pages: Sequence[Location], limit: int) -> list[Location]:
    """Return the ``limit`` newest pages, newest first: what a first visit takes.

    Undated ones come last, in the order of the document. Of a page that names both, the time of
    its publication counts. A ``modified`` that only tells when the site was built is taken out.
    """
    trusted = _without_builds(pages)
    dated = [one for one in trusted if one.published or one.modified]
    undated = [one for one in trusted if not (one.published or one.modified)]
    return [*sorted(dated, key=_age), *undated][:limit]


def _age(page: Location) -> float:
    moment = page.published or page.modified
    return -moment.timestamp() if moment else 0


def fresh(pages: Sequence[Location], before: Sequence[Location] | None) -> list[Location]:
    """Return what a former state did not have, or had with an older ``modified``, in order.

    A ``modified`` where there was none is no change: sites begin to write them, of all pages at
    once. One that only tells when the site was built is taken out. All pages are fresh when there
    is no former state (None).
    """
    known = {one.url: one.modified for one in before or ()}
    return [
        one
        for one in _without_builds(pages)
        if one.url not in known or _later(one.modified, known[one.url])
    ]


def _later(now: datetime | None, before: datetime | None) -> bool:
    return now is not None and before is not None and now > before


def _without_builds(pages: Sequence[Location]) -> list[Location]:
    """Take out the times at which a program wrote the whole sitemap anew."""
    hours = Counter(_hour(one.modified) for one in pages if one.modified and not one.published)
    hour, count = hours.most_common(1)[0] if hours else (None, 0)
    if count < max(_FEWEST_REBUILT, len(pages) / 2):
        return list(pages)
    return [
        replace(one, modified=None) if one.modified and _hour(one.modified) == hour else one
        for one in pages
    ]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


# From locations to a sitemap


def write_fragment(pages: Sequence[Location]) -> bytes:
    """Write a sitemap of these pages alone, which ``read_sitemap`` reads back as they are."""
    root = etree.fromstring(_EMPTY)
    for page in pages:
        url = etree.SubElement(root, f"{{{_PLAIN}}}url")
        _add(url, f"{{{_PLAIN}}}loc", page.url)
        _add(url, f"{{{_PLAIN}}}lastmod", page.modified.isoformat() if page.modified else "")
        _add_news(url, page)
        if page.image:
            _add(etree.SubElement(url, f"{{{_IMAGE}}}image"), f"{{{_IMAGE}}}loc", page.image)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_news(url: etree._Element, page: Location) -> None:
    published = page.published.isoformat() if page.published else ""
    if not (published or page.title or page.language or page.keywords):
        return
    news = etree.SubElement(url, f"{{{_NEWS}}}news")
    publication = etree.SubElement(news, f"{{{_NEWS}}}publication")
    _add(publication, f"{{{_NEWS}}}language", page.language or "")
    _add(news, f"{{{_NEWS}}}publication_date", published)
    _add(news, f"{{{_NEWS}}}title", page.title)
    _add(news, f"{{{_NEWS}}}keywords", ", ".join(page.keywords))


def _add(parent: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, name).text = legal(text)
