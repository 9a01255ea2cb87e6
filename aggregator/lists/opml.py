"""Subscription lists: OPML 2.0 (http://opml.org/spec2.opml), and what real programs write as it.

Most lists in the wild are no XML: addresses with a bare ``&``, quotation marks and markup inside of
attributes. What lxml takes is read by it, the rest by the few rules of ``_loosely``.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from lxml import etree

from aggregator.errors import ParseError
from aggregator.lists.address import absolute
from aggregator.lists.xmltext import (
    JUNK,
    damage,
    escape_strays,
    legal,
    line,
    safe_opening,
    xml_text,
)

# 30 MB of outlines take 12 s and 550 MB; the longest lists that people keep have a few thousand.
_MOST_TAGS = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list.

    ``url`` is its absolute address, http or https, and ``site`` that of its web page. ``path``
    holds the titles of the outlines around it, outermost first; ``categories`` the names in its own
    ``category`` attribute, and the path of wherever else the list has the same feed.
    """

    url: str
    title: str = ""
    site: str | None = None
    path: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineFile:
    """A whole list, each feed once; ``problems`` say, for people, what was wrong or left out."""

    title: str = ""
    outlines: tuple[Outline, ...] = ()
    problems: tuple[str, ...] = ()


# An outline's attributes by their names in lower case, since programs differ; None at its end.
_Event = Mapping[str, str] | None

# The attributes that are of use here.
_READ = frozenset(("text", "title", "xmlurl", "htmlurl", "url", "type", "category", "iscomment"))
_FEEDS = ("rss", "atom", "feed")
# Of a path that is longer only the outermost titles are kept: nobody files feeds that deep.
_LONGEST_PATH = 20
# Beyond, a list of what is wrong helps nobody.
_MOST_PROBLEMS = 20

_ATTRIBUTES = (
    r"(?:text|title|description|xmlurl|htmlurl|url|type|category|version|language|created"
    r"|iscomment|isbreakpoint)"
)
# Where the tag of an outline begins, and where it really ends: behind it comes nothing but the next
# one. Other ">" are part of a text.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<start>outline)\b|</(?P<end>outline)\s*>"
    r"|(?P<close>/?)>(?=\s*(?:</?(?:outline|body|opml)\b|<!--|\Z))",
    re.DOTALL | re.IGNORECASE,
)
# Where the value of an attribute begins.
_VALUE = re.compile(rf"(?<![\w:.-])({_ATTRIBUTES})\s*=\s*([\"'])", re.IGNORECASE)
# Where it ends: at the mark before another attribute, also one that OPML does not know.
_END = {mark: re.compile(rf"{mark}(?=\s+[\w:.-]+\s*=\s*[\"'])") for mark in "\"'"}
_ADDRESSES = ("xmlurl", "htmlurl", "url")
_ROOT = re.compile(r"<opml\b", re.IGNORECASE)
_TITLE = re.compile(r"<title>([^<]{0,1000})</title>", re.IGNORECASE)


def read_opml(body: bytes, base: str | None = None) -> OutlineFile:
    """Read a list; relative addresses start from ``base``.

    Lists that this one includes are not followed. Raises ParseError when it is no OPML at all, or
    declares entities.
    """
    text = xml_text(body)
    if text.count("<") > _MOST_TAGS:
        raise ParseError(f"has more than {_MOST_TAGS:,} tags")
    at = _root(text)
    root, fatal = _parsed(text[at:])
    if fatal is None and root is not None:
        found = _collected(_strictly(root), base)
        return replace(found, title=_plain(root.findtext("{*}head/{*}title")))
    wrong = "it is no well-formed XML" if fatal is None else damage(fatal, line(text, at) - 1)
    found = _collected(_loosely(text[at:]), base)
    problems = (f"{wrong}; read as well as possible", *found.problems)
    return replace(found, title=_loose_title(text[at:]), problems=problems)


def _root(text: str) -> int:
    """Return where the list begins."""
    first = safe_opening(text)
    if not first.name:
        raise ParseError("is no OPML: it is empty" if not text.strip() else "is no OPML: no XML")
    if first.name in ("opml", "outline"):
        return first.at
    root = _ROOT.search(text, first.at, first.at + JUNK)
    if first.name in ("html", "rss", "feed", "rdf:rdf", "urlset") or root is None:
        where = line(text, first.at)
        raise ParseError(f"is no OPML: <{first.name}> in line {where}, where <opml> is expected")
    return root.start()


def _parsed(text: str) -> tuple[etree._Element | None, etree._LogEntry | None]:
    """Parse XML, and give the first error by which it is none; an undeclared prefix is none."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    fatal = parser.error_log.filter_from_fatals()
    return root, fatal[0] if len(fatal) else None


# From the document to outlines that begin and end


def _strictly(root: etree._Element) -> Iterator[_Event]:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if etree.QName(element).localname.lower() != "outline":
            continue
        if event == "end":
            yield None
        else:
            # Not items(): lxml takes time by the square of their number to give them all.
            names = [name for name in element.keys() if name.lower() in _READ]  # noqa: SIM118
            yield {name.lower(): element.get(name, "") for name in names}


def _loosely(text: str) -> Iterator[_Event]:
    """Read outlines off a text that is no XML, in one pass."""
    begun: int | None = None
    for match in _TAG.finditer(text):
        if match["start"]:
            if begun is not None:
                yield from (_attributes(text[begun : match.start()]), None)
            begun = match.end()
        elif match["close"] is not None and begun is not None:
            yield _attributes(text[begun : match.start()])
            begun = None
            if match["close"]:
                yield None
        elif match["end"]:
            yield None
    if begun is not None:
        yield _attributes(text[begun:])


def _attributes(tag: str) -> dict[str, str]:
    """Read the attributes of a tag, in whose values may be anything, quotation marks included."""
    starts = list(_VALUE.finditer(tag))
    found: dict[str, str] = {}
    for start, following in zip_longest(starts, starts[1:]):
        rest = tag[start.end() : following.start() if following else len(tag)]
        name = start[1].lower()
        value = _value(rest, start[2], name in _ADDRESSES)
        found.setdefault(name, html.unescape(escape_strays(value)))
    return found


def _value(rest: str, mark: str, address: bool) -> str:
    """Cut a value off at its closing mark; an address holds none, a text may."""
    if address:
        return rest.partition(mark)[0]
    if end := _END[mark].search(rest):
        return rest[: end.start()]
    value, found, _ = rest.rpartition(mark)
    return value if found else rest


def _loose_title(text: str) -> str:
    title = _TITLE.search(text)
    return _plain(html.unescape(escape_strays(title[1]))) if title else ""


# From outlines to feeds


def _collected(events: Iterable[_Event], base: str | None) -> OutlineFile:
    feeds: dict[str, Outline] = {}
    elsewhere: dict[str, dict[str, None]] = {}
    problems: list[str] = []
    for path, attributes in _placed(events):
        found = _feed(attributes, path, base)
        if isinstance(found, str):
            problems.append(found)
        elif found and found.url in feeds:
            elsewhere.setdefault(found.url, {}).update(
                dict.fromkeys((*found.path, *found.categories))
            )
        elif found:
            feeds[found.url] = found
    outlines = tuple(_joined(one, elsewhere.get(one.url, {})) for one in feeds.values())
    return OutlineFile(outlines=outlines, problems=_few(problems))


def _placed(events: Iterable[_Event]) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """Yield outlines, each with the titles around it, without those that are commented out."""
    around: list[str] = []
    hidden = 0  # levels that are open since the one that is commented out, with all inside it
    for attributes in events:
        if hidden:
            hidden += 1 if attributes is not None else -1
        elif attributes is None:
            del around[-1:]
        elif attributes.get("iscomment", "").lower() == "true":
            hidden = 1
        else:
            yield tuple(filter(None, islice(around, _LONGEST_PATH))), attributes
            around.append(_title(attributes))


def _feed(
    attributes: Mapping[str, str], path: tuple[str, ...], base: str | None
) -> Outline | str | None:
    """Return the feed of an outline, what is wrong with it, or None if it is meant to be none."""
    title, written = _title(attributes), _address(attributes)
    if not written:
        return _missing(attributes)
    url = absolute(written, base)
    if url is None:
        return f"{title or 'an outline'}: {written[:200]} is no web address"
    return Outline(
        url=url,
        title=title,
        site=absolute(attributes.get("htmlurl", ""), base),
        path=path,
        categories=_categories(attributes.get("category", "")),
    )


def _address(attributes: Mapping[str, str]) -> str:
    """Return the address of a feed as it is written; some programs name it as that of a link."""
    written = attributes.get("xmlurl", "").strip()
    return written or (attributes.get("url", "").strip() if _kind(attributes) in _FEEDS else "")


def _missing(attributes: Mapping[str, str]) -> str | None:
    title = _title(attributes) or "an outline"
    if _kind(attributes) == "include":
        return (
            f"{title}: the list {attributes.get('url', '')[:200]} is not read along with this one"
        )
    return f"{title}: has no address" if _kind(attributes) in _FEEDS else None


def _kind(attributes: Mapping[str, str]) -> str:
    return attributes.get("type", "").strip().lower()


def _title(attributes: Mapping[str, str]) -> str:
    return _plain(attributes.get("title")) or _plain(attributes.get("text"))


def _categories(attribute: str) -> tuple[str, ...]:
    """Read names separated by commas; "/a/b" is b within a."""
    names = (_plain(name) for name in re.split(r"[,/]", attribute))
    return tuple(dict.fromkeys(filter(None, names)))


def _joined(feed: Outline, elsewhere: Iterable[str]) -> Outline:
    """Add to a feed that the list has more than once where else it stands."""
    names = dict.fromkeys((*feed.categories, *elsewhere))
    return replace(feed, categories=tuple(name for name in names if name not in feed.path))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _few(problems: Sequence[str]) -> tuple[str, ...]:
    if len(problems) <= _MOST_PROBLEMS:
        return tuple(problems)
    return (*problems[:_MOST_PROBLEMS], f"and {len(problems) - _MOST_PROBLEMS:,} more like these")


# From feeds to a list


def write_opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """Write a list as OPML 2.0, in which outlines of the same path stand together."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = legal(title)
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for one in outlines:
        attributes = {
            "type": "rss",
            "text": one.title or one.url,
            "title": one.title,
            "xmlUrl": one.url,
            "htmlUrl": one.site or "",
            "category": ",".join(one.categories),
        }
        kept = {name: legal(value) for name, value in attributes.items() if value}
        etree.SubElement(_folder(folders, one.path), "outline", kept)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _folder(
    folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]
) -> etree._Element:
    for end in range(1, len(path) + 1):
        if path[:end] not in folders:
            title = legal(path[end - 1])
            parent = folders[path[: end - 1]]
            folders[path[:end]] = etree.SubElement(parent, "outline", text=title)
    return folders[path]
