"""The media files and the picture of one entry, however a feed names them."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from aggregator.article import Enclosure
from aggregator.parse.feed_element import Fields, elements, fields_of, first_text, line_of
from aggregator.parse.feed_episode import covers, episode
from aggregator.parse.feed_text import count, web_address

_MEDIUMS = ("audio", "video", "image")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)


def with_media_groups(fields: Fields, spaces: Mapping[str, str]) -> Fields:
    """Add what stands in ``media:group`` and ``media:content`` to what an entry has itself."""
    merged = {name: list(found) for name, found in fields.items()}
    for kind in ("media:group", "media:content"):  # in this order: groups hold contents
        for container in list(merged.get(kind, ())):
            for name, found in fields_of(container, spaces).items():
                merged.setdefault(name, []).extend(found)
    return merged


def enclosures(fields: Fields, base: str | None) -> tuple[Enclosure, ...]:
    """Give the audio, video, picture and other files of an entry, each address once.

    What the entry says of itself as an episode goes to the first file that is played.
    """
    candidates = (
        *(_enclosure(element, "url", base) for element in elements(fields, "enclosure")),
        *(_enclosure(link, "href", base) for link in _links(fields)),
        *(_media(element, base) for element in elements(fields, "media:content")),
    )
    unique: dict[str, Enclosure] = {}
    for enclosure in filter(None, candidates):
        known = unique.get(enclosure.url)
        unique[enclosure.url] = _completed(known, enclosure) if known else enclosure
    return _as_episode(list(unique.values()), fields, base)


def image(fields: Fields, files: Iterable[Enclosure], base: str | None) -> str | None:
    """Give the address of an entry's picture: a thumbnail, a podcast's cover, a picture file."""
    thumbnails = elements(fields, "media:thumbnail")
    addresses = (
        *(web_address(element.get("url"), base) for element in thumbnails),
        *covers(fields, base),
        *(file.url for file in files if file.media_type.startswith("image")),
    )
    return next(filter(None, addresses), None)


def seconds(duration: str) -> int | None:
    """Read ``itunes:duration``: ``hh:mm:ss``, ``mm:ss`` or seconds, else None."""
    parts = [count(part.partition(".")[0]) for part in duration.split(":")]
    if len(parts) > 3:  # noqa: PLR2004 - hours, minutes, seconds
        return None
    total = 0
    for part in parts:
        if part is None:
            return None
        total = total * 60 + part
    return count(total)


def _links(fields: Fields) -> list[etree._Element]:
    links = elements(fields, "atom:link", "link")
    return [link for link in links if (link.get("rel") or "").lower() == "enclosure"]


def _enclosure(element: etree._Element, address: str, base: str | None) -> Enclosure | None:
    url = web_address(element.get(address), base)
    if not url:
        return None
    return Enclosure(
        url=url,
        media_type=(element.get("type") or "").strip().lower(),
        length=count(element.get("length") or element.get("fileSize")),
        title=(element.get("title") or "").strip(),
    )


def _media(element: etree._Element, base: str | None) -> Enclosure | None:
    """Read a ``media:content``; one that is neither heard nor seen is no enclosure."""
    enclosure = _enclosure(element, "url", base)
    if not enclosure:
        return None
    medium = (element.get("medium") or enclosure.media_type.partition("/")[0]).lower()
    if not medium and _PICTURE.search(enclosure.url.partition("?")[0]):
        medium = "image"
    if medium not in _MEDIUMS:
        return None
    titles = [child for child in element if str(child.tag).endswith("}title")]
    return dataclasses.replace(
        enclosure,
        media_type=enclosure.media_type or f"{medium}/*",
        title=line_of(titles[0]) if titles else "",
        duration=seconds(element.get("duration") or ""),
        medium="" if enclosure.media_type.startswith(f"{medium}/") else medium,
        width=count(element.get("width")) or None,
        height=count(element.get("height")) or None,
    )


def _completed(known: Enclosure, said: Enclosure) -> Enclosure:
    """Add what ``media:content`` alone can say to what is known of the same file."""
    return dataclasses.replace(
        known,
        duration=said.duration if known.duration is None else known.duration,
        medium=known.medium or said.medium,
        width=known.width or said.width,
        height=known.height or said.height,
    )


def _as_episode(
    files: Sequence[Enclosure], fields: Fields, base: str | None
) -> tuple[Enclosure, ...]:
    """Give what stands on the entry (duration, number, …) to its first file that has one to play.

    Where nobody says what a file is, the first is the one.
    """
    if not files:
        return ()
    played = [at for at, file in enumerate(files) if _is_played(file)]
    at = played[0] if played else 0
    duration = seconds(first_text(fields, "itunes:duration")) if played else None
    file = dataclasses.replace(
        files[at],
        duration=duration if files[at].duration is None else files[at].duration,
        episode=episode(fields, base),
    )
    return (*files[:at], file, *files[at + 1 :])


def _is_played(file: Enclosure) -> bool:
    return file.media_type.startswith(("audio", "video"))
