"""An entry in every format, made once for all the feeds that show it."""

import functools
from dataclasses import dataclass

from aggregator.article import Entry
from aggregator.publish.feed_media import prefixes
from aggregator.publish.footers import with_footer
from aggregator.publish.json_feed import json_item
from aggregator.publish.legible import legible_entry
from aggregator.publish.site import Site
from aggregator.publish.xml_entries import xml_entries

# An article comes to the feed of everything and to those of its categories, whose other entries
# stay as they were. Of 8 kB an entry takes 45 kB here, looking it up 6 µs, making it 60.
_KEPT = 400
# Characters; longer articles are few, and made anew.
_LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """An entry as the feeds have it; ``prefixes`` are those of XML that it needs, of podcasts."""

    rss: bytes
    atom: bytes
    json: bytes
    prefixes: frozenset[str]


def rendered(entry: Entry, site: Site, feed_language: str | None) -> Rendered:
    """Return an entry, legible or not, as it is in a feed of a language in each format."""
    make = _rendered if len(entry.article.html) <= _LONGEST else _rendered.__wrapped__
    return make(entry, site, feed_language)


@functools.lru_cache(_KEPT)
def _rendered(entry: Entry, site: Site, feed_language: str | None) -> Rendered:
    fit = legible_entry(entry)
    shown = with_footer(fit) if site.also_in else fit
    rss, atom = xml_entries(shown, site, feed_language)
    return Rendered(rss, atom, json_item(shown, site), prefixes(shown.article.enclosures))
