"""What the store takes and tells, besides articles."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from aggregator.article import Article, Entry
from aggregator.identity import (
    Candidate,
    Changed,
    Decision,
    Duplicate,
    Frozen,
    Likeness,
    New,
    Unchanged,
)
from aggregator.search import NOTHING, Query

# Articles on a page of a feed's archive. As many as a feed shows: what is not yet on a page that is
# complete is then, as a rule, in the feed itself, and no page needs writing for it.
PAGE = 50

State = Literal["live", "waiting", "retracted", "merged", "held"]
Bond = Literal["", "merged", "marked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A source as the configuration has it.

    ``key`` outlives the name; ``recipe`` is a digest of the settings that shape its articles.
    """

    key: str
    name: str
    kind: str
    target: str
    recipe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What a scan must know of its source. ``seen``: document name -> validators.

    ``memories``: address -> what is remembered of asking there. ``failures`` counts the visits
    that failed since the last that did not; ``wait_until`` is when the server may be asked again,
    ``pushed`` when a hub told of news last. ``released``: a person lets through what this scan
    brings, whatever it is.
    """

    id: int
    scans: int
    seen: dict[str, str]
    memories: dict[str, str] = field(default_factory=dict)
    health: str = ""
    failures: int = 0
    wait_until: datetime | None = None
    pushed: datetime | None = None
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is to be remembered of an address: opaque to the store; no ``body``: as it was."""

    name: str
    memory: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed that an OPML source lists."""

    url: str
    title: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """How a visit to a source ended.

    ``error`` is "" or why it failed; ``health`` is "ok" or what ails the source, ``health_text``
    the words for it. ``due`` is when it is to be visited next, None never. ``wait_until`` is when
    the server may be asked again. ``whole``: all of the source was visited; ``held``: a part of
    what it brought was held back. ``documents`` and ``kept`` are what is to be remembered of a
    visit that found nothing new.
    """

    at: datetime
    error: str
    health: str
    health_text: str
    failures: int
    due: datetime | None
    wait_until: datetime | None = None
    whole: bool = True
    held: bool = False
    documents: "tuple[DocumentState, ...]" = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a source brought lately before a visit, without what is held.

    ``articles`` counts them, ``titles`` are the keys of their titles. ``newest`` is the date of the
    newest, ``pause`` the time between two of the newest on average. ``most`` is how many came at
    once, the first visit left out.
    """

    articles: int
    titles: frozenset[str] = frozenset()
    newest: datetime | None = None
    pause: timedelta = timedelta()
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What was let through of a source: how many articles.

    ``next_visit``: what is no article, such as the loss of files, is taken at its next visit.
    """

    name: str
    articles: int = 0
    next_visit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What was agreed on with a hub (WebSub).

    ``callback`` is our address for it, which ends with ``token``. ``until`` is when the lease ends,
    None before the hub verified; ``pushed`` when it told of news last. ``due`` is when the hub is
    to be asked again, ``tries`` counts how often it was since it last verified.
    """

    token: str
    callback: str
    hub: str
    topic: str
    secret: str = field(repr=False)
    state: Literal["asked", "active", "denied", "leaving"]
    asked: datetime | None = None
    until: datetime | None = None
    pushed: datetime | None = None
    due: datetime | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source stands with its hub. ``memory`` is what is remembered of its address, or "".

    ``active``: the source is configured.
    """

    source: int
    key: str
    name: str
    active: bool
    memory: str
    subscription: Subscription | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """How far the archive of a feed is.

    ``filed`` counts its articles, ``kept`` those that the pages on disk have; ``waiting`` are the
    keys of the others, ``due`` the pages that are to be written again in any case.
    """

    filed: int
    kept: int
    waiting: frozenset[str]
    due: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed with an address.

    ``wanted`` counts the reasons to write it, ``written`` those that the files on disk already
    answer; ``kind`` is "everything", "category", "custom", or "source" for a source's own. ``key``
    is the folded name, of a source's own feed the number of the source. ``moved_to``: the
    feed that the articles of a renamed category are in now. ``kept``: how many articles the pages
    of its archive have that are on disk.
    """

    id: int
    kind: str
    key: str
    name: str
    slug: str
    uri: str
    wanted: int
    written: int
    moved_to: int | None = None
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a custom feed shows: the articles that are all of this.

    In any of some categories, in all of some, in none of some (the numbers of their feeds), of some
    sources (their numbers), in some languages (BCP 47: ``zh`` is zh-CN too). None asks for nothing,
    () for what no article is. ``search``: what finds it; ``members_of``: the number of a feed whose
    condition it fulfils; ``period``: first shown from the first time on and before the second.
    ``sort`` is the date that the newest are first by.
    """

    any_of: tuple[int, ...] | None = None
    all_of: tuple[int, ...] = ()
    none_of: tuple[int, ...] = ()
    sources: tuple[int, ...] | None = None
    languages: tuple[str, ...] = ()
    search: Query = NOTHING
    members_of: int | None = None
    period: tuple[datetime, datetime] | None = None
    sort: Literal["published", "updated"] = "published"


class Mark(NamedTuple):
    """A place in the order in which articles changed: the turn, and the number of the article."""

    turn: int
    article: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for of a feed: its newest entries, of a custom one those of the ``choice``.

    A category takes at most ``quota`` of one source.
    """

    feed: FeedRow
    limit: int
    choice: Choice | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about the article with a number.

    ``words`` are the tokens of its title and its text, None where nobody searches. ``judged`` are
    the numbers of the feeds whose conditions were looked at, ``meets`` those that it fulfils.
    """

    article: int
    words: tuple[str, str] | None = None
    judged: tuple[int, ...] = ()
    meets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of an article: its name and the slug that it would like."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One decided article with all that saving it takes.

    ``entry_id`` and ``key`` are used when it is new; the dates are those it shall have; ``scan``
    numbers the source's scan, ``at`` is its time. ``likeness`` leads to the article that tells the
    same story, and ``bond`` says what comes of that; ``parted``: it was merged with one, and tells
    another story now. ``held`` says why it is new and held back, "" if it is not.
    """

    candidate: Candidate
    decision: Decision
    entry_id: str
    key: str
    published: datetime
    updated: datetime
    state: State
    categories: tuple[Category, ...]
    addresses: tuple[str, ...]
    scan: int
    at: datetime
    likeness: Likeness | None = None
    bond: Bond = ""
    parted: bool = False
    held: str = ""


def shown_key(outcome: Outcome) -> str | None:
    """Return the key of the article that an outcome's content belongs to."""
    match outcome.decision:
        case New():
            return outcome.key
        case Duplicate(owner) | Changed(owner) | Frozen(owner):
            return owner.key
        case Unchanged(owner):
            return owner.key if owner else None


def held_key(outcome: Outcome) -> str | None:
    """Return the key of the article that an outcome's identity belongs to."""
    decision = outcome.decision
    return decision.holder.key if isinstance(decision, Duplicate) else shown_key(outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """What is remembered of a document: its validators, and why it could not be read, or ""."""

    name: str
    validators: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article's own page that is to be written (``live``) or taken away.

    ``wanted`` counts the reasons that there were when it was read; ``number`` is the article's.
    """

    number: int
    wanted: int
    entry: Entry
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """An article that was left out; ``why`` says in words by what, and it is a draft otherwise."""

    article: Article
    fetched: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recut:
    """A stored article without boilerplate that was learned later.

    ``key`` is its own; ``content_hash`` is that of the text which was cut.
    """

    key: str
    content_hash: str
    candidate: Candidate


# A copy with a tenth more text is worth showing instead; less may be a footer.
_CLEARLY_MORE = 1.1


def fuller(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether there is clearly more to read or, with as much to read, to see.

    Each is the characters of a text, and its richness.
    """
    (size, richness), (than, other_richness) = one, other
    if size > than * _CLEARLY_MORE:
        return True
    return size * _CLEARLY_MORE > than and richness > other_richness


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A stored article that shares a band with one at hand.

    ``key`` is its own and ``lead`` that of the article it is shown as. ``size`` counts the
    characters and ``richness`` the pictures and the like of what is shown so far.
    """

    key: str
    lead: str
    title: str
    text: str
    url: str | None
    language: str | None
    published: datetime
    size: int
    richness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to an article. ``source`` is "" for what a person did."""

    at: datetime
    kind: str
    source: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All that is known of one article.

    ``lead`` is the id of the article that it was merged with or likened to; ``feeds`` are the
    names of those it is in. ``entry`` is what readers see of it.
    """

    entry: Entry
    state: str
    bond: str
    lead: str
    feeds: tuple[str, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An article that was left out, as it is remembered."""

    source: str
    uid: str
    at: datetime
    title: str
    url: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A document that the hub is to be told of; ``tries`` counts how often that failed."""

    topic: str
    changes: int
    tries: int
