"""What a podcast says of an episode: Apple's tags and those of Podcasting 2.0."""

from aggregator.article import Companion, Episode
from aggregator.parse.feed_element import Fields, elements, first_text
from aggregator.parse.feed_text import count, web_address

_KINDS = ("full", "trailer", "bonus")
# Apple says true and false now; it said yes, no, explicit and clean before.
_EXPLICIT = {
    **dict.fromkeys(("true", "yes", "explicit"), True),
    **dict.fromkeys(("false", "no", "clean"), False),
}


def episode(fields: Fields, base: str | None) -> Episode | None:
    """Give what stands on an entry about its episode, None when that is nothing.

    What has no sense (a season -1, an address of no web page) counts as not said.
    """
    kind = first_text(fields, "itunes:episodetype").lower()
    said = Episode(
        # Podcasting 2.0 allows 3.5 and a name beside the number, Apple whole numbers.
        number=_ordinal(first_text(fields, "itunes:episode", "podcast:episode")),
        season=_ordinal(first_text(fields, "itunes:season", "podcast:season")),
        kind=kind if kind in _KINDS else "",
        explicit=_EXPLICIT.get(first_text(fields, "itunes:explicit").lower()),
        image=next(iter(covers(fields, base)), None),
        chapters=next(iter(_companions(fields, "podcast:chapters", base)), None),
        transcripts=_companions(fields, "podcast:transcript", base),
    )
    return None if said == Episode() else said


def covers(fields: Fields, base: str | None) -> list[str]:
    """Give the addresses of the pictures that Apple's tag names."""
    found = elements(fields, "itunes:image")
    addresses = (web_address(element.get("href") or element.text, base) for element in found)
    return [address for address in addresses if address]


def _ordinal(written: str) -> int | None:
    return count(written) or None


def _companions(fields: Fields, name: str, base: str | None) -> tuple[Companion, ...]:
    found = [
        Companion(
            url=url,
            media_type=(element.get("type") or "").strip().lower(),
            language=(element.get("language") or "").strip() or None,
        )
        for element in elements(fields, name)
        if (url := web_address(element.get("url"), base))
    ]
    return tuple(dict.fromkeys(found))
