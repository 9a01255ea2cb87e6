"""Makes entries fit to print: what no feed format can carry goes, all else stays."""

import re
from dataclasses import replace

from aggregator.article import (
    Article,
    Companion,
    Copy,
    Enclosure,
    Entry,
    Episode,
    Feed,
    Origin,
)
from aggregator.publish import languages
from aggregator.publish.site import uri
from aggregator.uris import is_sound

# XML 1.0, production [2] Char: neither these nor surrogates nor the two noncharacters below.
_FORBIDDEN = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_SPACE = re.compile(r"[\t\n\r ]+")
_MEDIA = ("image", "audio", "video", "document", "executable")  # Media RSS 1.5.1, medium
_EPISODES = ("full", "trailer", "bonus")  # itunes:episodeType
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,127}/[\w!#$&^.+-]{1,127}", re.ASCII)  # RFC 6838, 4.2
# Long enough for any headline, short enough for a list of them.
_HEADLINE_LENGTH = 80
UNTITLED = "Untitled"


def legible(feed: Feed) -> Feed:
    """Return the feed with what it says itself fit for all formats, its entries as they were."""
    return replace(
        feed,
        id=text(feed.id),
        title=line(feed.title) or UNTITLED,
        description=line(feed.description),
        language=languages.known(feed.language),
    )


def legible_entry(entry: Entry) -> Entry:
    """Return the entry with texts that XML 1.0 can carry, addresses in ASCII."""
    return replace(
        entry,
        id=text(entry.id),
        source=line(entry.source),
        article=_article(entry.article),
        also_in=tuple(Copy(line(c.source), _address(c.url)) for c in entry.also_in),
    )


def text(value: str) -> str:
    """Return the text without the characters that XML 1.0 forbids."""
    if value.isprintable():
        return value
    # Bytes are quicker than a regular expression: 8 µs for a body of 7.5 kB, against 23 µs.
    data = value.encode("utf-8", "ignore").translate(None, _FORBIDDEN)
    for character in _NONCHARACTERS:
        data = data.replace(character, b"")
    return data.decode("utf-8")


def line(value: str) -> str:
    """Return the text on one line, "" if it is nothing but white space of whatever kind."""
    flat = _SPACE.sub(" ", text(value)).strip(" ")
    return "" if flat.isspace() else flat


def _article(article: Article) -> Article:
    # Its text repeats its markup and is seldom shown, so it is made legible only where it is.
    return replace(
        article,
        title=line(article.title),
        url=_address(article.url),
        authors=tuple(filter(None, map(line, article.authors))),
        # None is dropped: the slugs of the entry run parallel to them.
        categories=tuple(line(category) or UNTITLED for category in article.categories),
        html=text(article.html),
        summary=text(article.summary).strip(),
        image=_address(article.image),
        language=languages.known(article.language),
        enclosures=tuple(map(_enclosure, article.enclosures)),
        origin=article.origin and _origin(article.origin),
    )


def headline(article: Article) -> str:
    """Return the title or, as Atom demands one, the first words of an article without a title."""
    if article.title:
        return article.title
    words = line((article.summary or article.text)[: 4 * _HEADLINE_LENGTH])
    if len(words) <= _HEADLINE_LENGTH:
        return words or UNTITLED
    return words[: _HEADLINE_LENGTH - 1].rstrip() + "…"


def _enclosure(enclosure: Enclosure) -> Enclosure:
    return replace(
        enclosure,
        url=uri(enclosure.url),
        media_type=_media_type(enclosure.media_type),
        title=line(enclosure.title),
        medium=enclosure.medium if enclosure.medium in _MEDIA else "",
        episode=enclosure.episode and _episode(enclosure.episode),
    )


def _episode(episode: Episode) -> Episode:
    return replace(
        episode,
        kind=episode.kind if episode.kind in _EPISODES else "",
        image=_address(episode.image),
        chapters=episode.chapters and _companion(episode.chapters),
        transcripts=tuple(map(_companion, episode.transcripts)),
    )


def _companion(companion: Companion) -> Companion:
    return replace(
        companion,
        url=uri(companion.url),
        media_type=_media_type(companion.media_type),
        language=languages.known(companion.language),
    )


def _origin(origin: Origin) -> Origin:
    return replace(
        origin,
        title=line(origin.title),
        url=_address(origin.url),
        feed_url=_address(origin.feed_url),
        id=_identity(origin.id),
    )


def _address(value: str | None) -> str | None:
    return uri(value) if value else None


def _identity(value: str | None) -> str | None:
    """Return an id that Atom may repeat, which is an absolute IRI (RFC 4287, 4.2.6)."""
    return value if value and is_sound(value) else None


def _media_type(value: str) -> str:
    return value if _MEDIA_TYPE.fullmatch(value) else ""
