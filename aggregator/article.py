"""The values that flow through the program: Document, Hints, Article, Entry, Feed. All frozen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing that a source yields: a file, a feed, a page, before anybody has looked inside.

    ``name`` is what the source calls it for ever: a path relative to the folder (with ``/``), or a
    URL. ``media_type`` is lower case and without parameters, "" when nobody said. ``charset`` is
    what was declared outside the body. ``url`` is where it was fetched from in the end, the base of
    relative links. ``modified`` is the file's or the server's time. ``validators`` is the source's
    own opaque note that lets it recognise the same state again. ``moved_from`` is the name under
    which the source knew it before, when it can tell.
    """

    name: str
    body: bytes
    media_type: str = ""
    charset: str | None = None
    url: str | None = None
    modified: datetime | None = None
    validators: str = ""
    moved_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed says about how often it is worth asking, and who tells of its news.

    ``every``: seconds (RSS ``ttl``, ``sy:updatePeriod``); ``hours`` (0 to 23, UTC) and ``days``
    (0 is Monday) are those in which it does not change (RSS ``skipHours``, ``skipDays``). ``hub``
    and ``topic`` are what a subscription to its news needs (W3C WebSub, 4).
    """

    every: int = 0
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A file that goes with an episode, as its transcript does. ``language`` is a BCP 47 tag."""

    url: str
    media_type: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What a podcast says of one of its episodes (Apple's RSS tags, Podcasting 2.0).

    ``number`` and ``season`` count from 1. ``kind`` is "full", "trailer", "bonus" or "".
    ``explicit`` is None when nobody said; ``image`` is the cover of the episode itself.
    """

    number: int | None = None
    season: int | None = None
    kind: str = ""
    explicit: bool | None = None
    image: str | None = None
    chapters: Companion | None = None
    transcripts: tuple[Companion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A media file that belongs to an article. ``length`` in bytes, ``duration`` in seconds.

    ``medium`` is "audio", "video" or "image" where the type does not say it, ``width`` and
    ``height`` are in pixels (Media RSS). ``episode`` is what a podcast says of it.
    """

    url: str
    media_type: str = ""
    length: int | None = None
    title: str = ""
    duration: int | None = None
    medium: str = ""
    width: int | None = None
    height: int | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed that an article was first published in (``atom:source``, RSS ``<source>``)."""

    title: str = ""
    url: str | None = None  # the web page of the feed
    feed_url: str | None = None
    id: str | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to an article on its way, for those who ask why it looks as it does.

    ``name`` is the step ("hidden", "boilerplate", "rule"), ``detail`` what it did or took out in
    words; ``blocks`` counts the elements and ``size`` the bytes of markup that it took out.
    """

    name: str
    detail: str = ""
    blocks: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, first as parsed (raw), then as cleaned.

    ``uid`` tells it from every other article of its source: a feed entry's id, a page's canonical
    URL, a file's relative path. ``entry_id`` is the id that a feed gave it, if that is a URI.
    ``base`` is what relative links start from. ``categories`` are flat and in order;
    ``category_paths`` holds those that came as a hierarchy, outermost first. Dates are aware and in
    UTC. ``html`` and ``summary`` are raw after parsing; cleaned, ``html`` is safe, ``text`` is its
    plain text and ``summary`` is plain text too. ``language`` is a BCP 47 tag. ``problems`` are
    sentences for people: what was wrong with it and what was done instead. ``trail`` tells what was
    done to it, in order; readers never see it, and no key or revision depends on it.
    """

    uid: str
    title: str = ""
    url: str | None = None
    entry_id: str | None = None
    base: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()
    category_paths: tuple[tuple[str, ...], ...] = ()
    html: str = ""
    text: str = ""
    summary: str = ""
    image: str | None = None
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    origin: Origin | None = None
    draft: bool = False
    problems: tuple[str, ...] = ()
    trail: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """Where else an article is told: the source's name, and where that has it."""

    source: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as the store holds it and the feeds show it.

    ``id`` is the URI that readers know it by and never changes; ``key`` is the UUID (text) that
    names its page. ``published`` is always there; ``updated`` moves only when title or text change.
    ``source`` is the source's name. ``slugs`` are those of ``article.categories``, in their order.
    ``also_in`` lists the other sources that have it.
    """

    id: str
    key: str
    article: Article
    published: datetime
    updated: datetime
    source: str
    slugs: tuple[str, ...] = ()
    content_hash: str = ""
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An article as a digest lists it. ``url`` is "" where its page is the one named by ``key``."""

    title: str
    url: str
    key: str
    source: str
    published: datetime
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The headlines of a period that is over, in order. ``label`` is that of its date or week.

    ``total`` counts also the articles that are not listed.
    """

    label: str
    ends: datetime
    total: int
    headlines: tuple[Headline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One published output: everything (slug ""), one category, or a custom selection.

    ``id`` is the URI of the Atom feed and never changes. ``entries`` are newest first. ``at`` is
    the slug of the folder that it is written to, if that is one which it had before. ``page`` is
    the number of a page of its archive, None for the feed itself; ``older`` and ``newer`` are those
    of the pages before and after, as far as there are any.
    """

    slug: str
    id: str
    title: str
    description: str = ""
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    at: str | None = None
    page: int | None = None
    older: int | None = None
    newer: int | None = None
