"""Who is who: the content hash and the decision about one article. Pure functions.

Two different keys. *Identity* is (source, uid): the same identity with other content is a change.
The *content hash* covers title and text: the same hash under another identity is a duplicate.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from aggregator.article import Article, Enclosure, Episode
from aggregator.identity import (
    Candidate,
    Changed,
    Decision,
    Duplicate,
    Frozen,
    Ledger,
    New,
    Owner,
    Trace,
    Unchanged,
)
from aggregator.nfkc import nfkc, single_spaced
from aggregator.uris import is_sound

# Leads every hash, so that a later way to hash can live beside the old one.
HASH_VERSION = b"\x01"

# An entry that changes at every one of this many scans in a row shows a clock, not news.
FREEZE_AFTER = 24

# Bytes of a key. An index of PostgreSQL takes 2,704; the paths of files are as limited as this.
_LONGEST = 1000

SAME_TEXT = "the same title and text"

_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"([^\"?#]*)")
_QUERY = re.compile(r"((?:src|srcset|poster)=\"[^\"?]*)\?[^\"]*")
_RICH = re.compile(r"<(?:img|video|audio|table|pre|figure|math)\b")


def candidate(
    article: Article,
    plain: Article | None = None,
    *,
    blocks: tuple[str, ...] | None = None,
    bands: tuple[int, ...] = (),
) -> Candidate:
    """Give a cleaned article its keys; a uid or an entry id that is too long is replaced.

    ``plain`` is the article before learned boilerplate was taken out, if any was. ``blocks`` and
    ``bands``: see Candidate.
    """
    article = _with_short_ids(article)
    # Folded once for all keys: of a Chinese post of 8 kB that takes a quarter of a millisecond.
    title, text = _plain(article.title), _plain(article.text).encode()
    content_hash = _fingerprint(title, text, article)
    return Candidate(
        article=article,
        content_hash=content_hash,
        plain_hash=fingerprint(plain) if plain else content_hash,
        revision=_revision(plain or article),
        title_key=_short(title.casefold().encode()),
        text_key=_short(text),
        richness=_richness(article),
        blocks=blocks,
        bands=bands,
    )


def _with_short_ids(article: Article) -> Article:
    uid, given = _bounded(article.uid), article.entry_id
    kept = given if given and _bounded(given) == given else None
    if uid == article.uid and kept == given:
        return article
    return replace(article, uid=uid, entry_id=kept)


def fingerprint(article: Article) -> str:
    """Return the content hash, SHA-256 in hex, of a cleaned article.

    Title and text count, NFKC and with white space collapsed. Dates, markup, head images and the
    query strings of images are volatile and stay outside. An article without any text (a photo, a
    bare link) is told apart by what it shows instead.
    """
    return _fingerprint(_plain(article.title), _plain(article.text).encode(), article)


def _fingerprint(title: str, text: bytes, article: Article) -> str:
    shown = text or "\n".join(_shown_instead(article)).encode()
    return hashlib.sha256(HASH_VERSION + title.encode() + b"\0" + shown).hexdigest()


def entry_id(article: Article, source_key: str) -> str:
    """Return the URI that readers will know a new article by.

    An id that its feed gave is kept (RFC 4287, 4.2.6: it must survive republication); otherwise
    it is a name-based UUID (RFC 9562, version 5) of what identifies the article first.
    """
    return given_id(article) or own_id(article, source_key)


def given_id(article: Article) -> str | None:
    """Return the id that its feed gave an article, None where no feed may repeat it."""
    return article.entry_id if article.entry_id and is_sound(article.entry_id) else None


def own_id(article: Article, source_key: str) -> str:
    """Return a URN made from source and uid, for an article without an id of its own."""
    return "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, source_key + "\n" + article.uid))


def entry_key(entry: str) -> str:
    """Return the UUID that names an entry's page: the one in its URN, or one made from its id."""
    prefix = "urn:uuid:"
    if entry.startswith(prefix):
        try:
            return str(uuid.UUID(entry.removeprefix(prefix)))
        except ValueError:
            pass
    return str(uuid.uuid5(uuid.NAMESPACE_URL, entry))


def addresses(article: Article) -> list[str]:
    """Return the web-wide keys of an article: its canonical URL and its feed's entry id.

    A site's front page is no article's address, though many feeds link there.
    """
    keys = []
    if article.url:
        parts = urlsplit(article.url)
        if parts.path.strip("/") or parts.query:
            address = f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
            keys.append(_bounded(address))
    if article.entry_id:
        keys.append(article.entry_id)
    return keys


def decide(at_hand: Candidate, known: Ledger, scan: int) -> Decision:
    """Say what an article is, from what the ledger knows. ``scan`` numbers the source's scan."""
    trace = known.identities.get(at_hand.article.uid) or _moved(at_hand, known)
    if trace is None:
        return _first_sight(at_hand, known)
    if trace.key is None:
        return Unchanged(None)
    return _seen_again(at_hand, known, trace, known.owners[trace.key], scan)


def _first_sight(at_hand: Candidate, known: Ledger) -> Decision:
    if _known_text(at_hand, known):
        equal = _equal(at_hand, known)
        return _copy_of(at_hand, equal, equal, SAME_TEXT) if equal else Unchanged(None)
    for address in addresses(at_hand.article):
        there = known.addresses.get(address)
        if there and (shared := _same_story(at_hand, known.owners[there])):
            owner = known.owners[there]
            return _copy_of(at_hand, owner, owner, f"{shared} at the same address, {address}")
        if known.buried.get(address) == (at_hand.title_key or at_hand.text_key):
            return Unchanged(None)
    return New("its source never had this id, and no article its text or address")


def _seen_again(
    at_hand: Candidate, known: Ledger, trace: Trace, owner: Owner, scan: int
) -> Decision:
    calm = trace.revision == at_hand.revision and not _restored(at_hand, owner)
    leads = trace.primary or owner.orphan
    # What was frozen and has come to rest is taken at last.
    taken = trace.here and trace.primary == leads and trace.streak <= FREEZE_AFTER
    if calm and taken and owner.live:
        return Unchanged(owner)
    if not leads:
        return _copy_seen_again(at_hand, known, owner)
    equal = _equal(at_hand, known)
    if equal and equal.key != owner.key:
        return _copy_of(at_hand, equal, owner, SAME_TEXT)
    streak = 0 if calm else _streak(trace, scan)
    if streak > FREEZE_AFTER and owner.live:
        return Frozen(owner, streak)
    return Changed(owner, _moved_on(at_hand, owner), streak, "its source had this id before")


def _restored(at_hand: Candidate, owner: Owner) -> bool:
    """Whether boilerplate was taken out of an article that is to be left as it is from now on."""
    cut = owner.content_hash != owner.plain_hash
    return cut and at_hand.blocks is None and at_hand.plain_hash == owner.plain_hash


def _copy_seen_again(at_hand: Candidate, known: Ledger, owner: Owner) -> Decision:
    """A further copy changed: it follows the story, or has become another one."""
    if _known_text(at_hand, known):
        equal = _equal(at_hand, known)
        return _copy_of(at_hand, equal, equal, SAME_TEXT) if equal else Unchanged(None)
    if shared := _same_story(at_hand, owner):
        return _copy_of(at_hand, owner, owner, f"{shared} as before")
    return New("it was a copy of another article, and has become one of its own")


def _known_text(at_hand: Candidate, known: Ledger) -> bool:
    return any(one in known.hashes for one in at_hand.hashes)


def _equal(at_hand: Candidate, known: Ledger) -> Owner | None:
    """Return the article that has, or once had, the same title and text."""
    keys = filter(None, map(known.hashes.get, at_hand.hashes))
    return next((known.owners[key] for key in keys), None)


def _moved_on(at_hand: Candidate, owner: Owner) -> bool:
    """Whether title or text changed, by themselves and not by what was learned meanwhile."""
    return at_hand.plain_hash != owner.plain_hash


def _moved(at_hand: Candidate, known: Ledger) -> Trace | None:
    """A file that was renamed and edited at once: the same inode and the same title."""
    trace = known.identities.get(at_hand.moved_from) if at_hand.moved_from else None
    if trace is None or trace.key is None or _known_text(at_hand, known):
        return None
    return trace if _same_story(at_hand, known.owners[trace.key]) else None


def _copy_of(at_hand: Candidate, owner: Owner, holder: Owner, why: str) -> Duplicate | Changed:
    if owner.orphan and holder is owner:
        # Nobody stands for the article any more: whoever brings it again takes it over.
        why = f"{why}; no source had it any more"
        return Changed(owner, _moved_on(at_hand, owner), 0, why)
    # Markup may only change hands together with the text that it marks up.
    richer = at_hand.text_key == owner.text_key and at_hand.richness > owner.richness
    return Duplicate(owner, holder, richer, why)


def _same_story(at_hand: Candidate, owner: Owner) -> str:
    """Say what two articles share; items that differ in title and text stay apart."""
    if at_hand.title_key and at_hand.title_key == owner.title_key:
        return "the same title"
    same = at_hand.text_key and at_hand.text_key == owner.text_key
    return "the same text" if same else ""


def _streak(trace: Trace, scan: int) -> int:
    if trace.changed_in == scan:
        return trace.streak
    return trace.streak + 1 if trace.changed_in == scan - 1 else 1


def _bounded(key: str) -> str:
    if len(key.encode()) <= _LONGEST:
        return key
    return f"{key[:100]}…{hashlib.sha256(key.encode()).hexdigest()}"


def _plain(text: str) -> str:
    return single_spaced(nfkc(text).replace("\n", " "))


def _short(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=12).hexdigest() if text else ""


def _shown_instead(article: Article) -> Iterable[str]:
    yield from _IMAGE.findall(article.html)
    yield from (e.url.partition("?")[0] for e in article.enclosures)
    yield article.url or ""
    if not article.title and not article.url:
        yield article.uid


def _revision(article: Article) -> str:
    """Return a digest of all that readers see, without what changes by itself."""
    shown = (
        article.title,
        article.url,
        article.authors,
        article.published and article.published.isoformat(),
        article.categories,
        article.category_paths,
        _QUERY.sub(r"\1", article.html) if "?" in article.html else article.html,
        article.summary,
        (article.image or "").partition("?")[0],
        article.language,
        [_heard(enclosure) for enclosure in article.enclosures],
        article.draft,
        article.problems,
    )
    return hashlib.blake2b(json.dumps(shown).encode(), digest_size=16).hexdigest()


def _heard(enclosure: Enclosure) -> tuple[object, ...]:
    """Return what readers see of a media file, but for how long and how large it plays.

    A file that is no episode gives what earlier releases kept a digest of, and so looks unchanged.
    """
    shown = (
        enclosure.url.partition("?")[0],
        enclosure.media_type,
        enclosure.length,
        enclosure.title,
    )
    return (*shown, _said(enclosure.episode)) if enclosure.episode else shown


def _said(episode: Episode) -> tuple[object, ...]:
    companions = (*filter(None, (episode.chapters,)), *episode.transcripts)
    return (
        *(episode.number, episode.season, episode.kind, episode.explicit),
        (episode.image or "").partition("?")[0],
        [(c.url.partition("?")[0], c.media_type, c.language) for c in companions],
    )


def _richness(article: Article) -> int:
    return len(_RICH.findall(article.html)) + len(article.enclosures) + bool(article.image)
