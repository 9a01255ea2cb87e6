"""What the ledger knows of an article at hand, and what can be decided about it: values only.

``store`` fills a Ledger, ``dedupe`` decides from it, ``scan`` passes both on.
"""

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cleaned article with its keys, before anybody knows whether it is new.

    ``content_hash`` covers title and text; ``revision`` everything that readers see;
    ``title_key`` and ``text_key`` are digests of the title and the text alone, "" when empty;
    ``richness`` counts what the markup holds besides text. ``plain_hash`` and ``revision`` are
    those of the article before learned boilerplate was taken out: what is learned later is no
    change of the article. ``blocks`` is what boilerplate is learned from, None when it is not to
    be; ``bands`` lead to articles that may tell the same story. ``modified`` and ``moved_from``
    are the document's, ``fetched`` says in words how it was had.
    """

    article: Article
    content_hash: str
    plain_hash: str
    revision: str
    title_key: str
    text_key: str
    richness: int
    blocks: tuple[str, ...] | None = None
    bands: tuple[int, ...] = ()
    modified: datetime | None = None
    moved_from: str | None = None
    fetched: str = ""

    @property
    def hashes(self) -> tuple[str, ...]:
        """The content hashes, without learned boilerplate and with it."""
        return tuple(dict.fromkeys((self.content_hash, self.plain_hash)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The stored article that a key leads to.

    ``orphan``: no source stands for it any more (its file is gone, its source retired), or the one
    that does is held, so the next source that has it takes over. ``held``: it waits until a person
    lets through what the source at hand brought. ``live`` is False for a retracted article.
    ``merged``: it is not shown by itself, but as a copy of an article that tells the same story;
    ``covered``: a copy's text is shown in the place of its own; ``told``: it turned up elsewhere,
    too. ``published`` and ``updated`` are the dates it has. ``source`` is the number of the source
    that it is from, 0 for the one at hand.
    """

    key: str
    content_hash: str
    plain_hash: str
    title_key: str
    text_key: str
    richness: int
    published: datetime
    updated: datetime
    orphan: bool = False
    live: bool = True
    held: bool = False
    merged: bool = False
    covered: bool = False
    told: bool = False
    source: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is known of one identity (source, uid).

    ``key`` is that of the article, None for a tombstone: the article was pruned. ``revision`` is
    what the identity showed last. ``primary``: its changes change the article; other identities
    are further copies. ``streak`` counts the scans in a row in which it changed, ``changed_in``
    numbers the last. ``here``: the source still has the document, as far as was known.
    """

    key: str | None
    revision: str
    here: bool = True
    primary: bool = True
    streak: int = 0
    changed_in: int = 0


@dataclass(slots=True)
class Ledger:
    """The part of the ledger that a batch touches.

    ``owners`` holds the articles by key; ``hashes`` leads to them, or to None where the article was
    pruned, and so does ``addresses`` (canonical URLs and entry ids). ``buried`` maps the addresses
    of pruned articles to the digest of what was told there: many stories may share an address.
    Mutable: what a batch decides is entered at once, so that two copies within one batch meet.
    """

    owners: dict[str, Owner] = field(default_factory=dict)
    identities: dict[str, Trace] = field(default_factory=dict)
    hashes: dict[str, str | None] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    buried: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """An article of another source that tells the same story and was there first.

    ``lead`` is its key. ``score`` is between 0 and 1; ``reason`` says in words what they share.
    ``fuller``: the article at hand has more to show than what is shown of the lead so far.
    """

    lead: str
    score: float
    reason: str
    fuller: bool = False


@dataclass(frozen=True, slots=True)
class New:
    """Never seen before, in this or any other form; ``why`` says in words what was looked for."""

    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Seen before and the same; also what was pruned and must not come back (no owner)."""

    owner: Owner | None


@dataclass(frozen=True, slots=True)
class Changed:
    """The same identity with something new to show. ``content``: title or text moved."""

    owner: Owner
    content: bool
    streak: int
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What another identity already brought. ``holder`` keeps this identity from now on.

    Mostly that is the owner; an article that was published on its own before it became equal to
    another one keeps its identity and its last text.
    """

    owner: Owner
    holder: Owner
    richer: bool
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Frozen:
    """Changed at every scan for so long that its changes are no longer taken."""

    owner: Owner
    streak: int


Decision = New | Unchanged | Changed | Duplicate | Frozen
