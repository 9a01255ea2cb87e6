"""What feeds in XML say of media files: enclosures, Media RSS, the tags of podcasts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aggregator.article import Companion, Enclosure, Episode
from aggregator.publish.site import UNKNOWN_TYPE

Described = tuple[str, str, dict[str, str]]
"""An element to be: its name with its prefix, its text and its attributes."""

# By prefix, those that are declared only in feeds that need them.
_SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
_UNKNOWN_LENGTH = "0"  # RSS Best Practices Profile: zero when the size cannot be known


def namespaces(used: Iterable[frozenset[str]]) -> Mapping[str, str]:
    """Return, by prefix, the namespaces of podcasts that entries with these prefixes need."""
    every = frozenset().union(*used)
    return {prefix: space for prefix, space in _SPACES.items() if prefix in every}


def prefixes(files: Sequence[Enclosure]) -> frozenset[str]:
    """Return the prefixes of podcasts that an entry with these files needs."""
    return frozenset(name.partition(":")[0] for name, _, _ in _episode(files))


def rss_media(files: Sequence[Enclosure]) -> Iterator[Described]:
    """Describe the files of an RSS item, which has one enclosure at most."""
    for file in files[:1]:
        yield "enclosure", "", _rss_enclosure(file)
        if _has_shape(file):
            yield _media_content(file)
    for file in files[1:]:
        yield _media_content(file)
    yield from _episode(files)


def atom_media(files: Sequence[Enclosure]) -> Iterator[Described]:
    """Describe the files of an Atom entry: a link to each, and beside it what a link cannot say."""
    for place, file in enumerate(files):
        yield "link", "", _atom_enclosure(file)
        if _has_shape(file) or (place and file.duration is not None):
            yield _media_content(file)
    yield from _episode(files)


def _has_shape(file: Enclosure) -> bool:
    """Whether Media RSS alone can say what is known of how a file looks."""
    return bool(file.width or file.height or file.medium)


def _atom_enclosure(file: Enclosure) -> dict[str, str]:
    length = "" if file.length is None else str(file.length)
    return {
        "rel": "enclosure",
        "href": file.url,
        **_said(type=file.media_type, length=length, title=file.title),
    }


def _rss_enclosure(file: Enclosure) -> dict[str, str]:
    length = _UNKNOWN_LENGTH if file.length is None else str(file.length)
    return {"url": file.url, "length": length, "type": file.media_type or UNKNOWN_TYPE}


def _media_content(file: Enclosure) -> Described:
    attributes = _said(
        url=file.url,
        type=file.media_type,
        medium=file.medium,
        fileSize=file.length or "",  # not even an empty file has the size 0 here
        duration="" if file.duration is None else file.duration,
        width=file.width or "",
        height=file.height or "",
    )
    return "media:content", "", attributes


def _episode(files: Sequence[Enclosure]) -> Iterator[Described]:
    """Describe what podcasts say beside the first file."""
    for file in files[:1]:
        if file.duration is not None:
            yield _itunes("duration", file.duration)
    for episode in [file.episode for file in files if file.episode][:1]:
        yield from _apple(episode)
        yield from _companions(episode)


def _apple(episode: Episode) -> Iterator[Described]:
    if episode.explicit is not None:
        yield _itunes("explicit", "true" if episode.explicit else "false")
    if episode.season:
        yield _itunes("season", episode.season)
    if episode.number:
        yield _itunes("episode", episode.number)
    if episode.kind:
        yield _itunes("episodeType", episode.kind)
    if episode.image:
        yield "itunes:image", "", {"href": episode.image}


def _companions(episode: Episode) -> Iterator[Described]:
    if episode.chapters:
        yield "podcast:chapters", "", _companion(episode.chapters)
    for transcript in episode.transcripts:
        yield "podcast:transcript", "", _companion(transcript)


def _companion(file: Companion) -> dict[str, str]:
    return _said(url=file.url, type=file.media_type, language=file.language or "")


def _itunes(name: str, value: object) -> Described:
    return f"itunes:{name}", str(value), {}


def _said(**attributes: object) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items() if value != ""}
