"""Where articles come from. A further kind is one module and one line in KINDS.

These modules hold the settings, too: what only visits need, such as ``aggregator.lists``, they
import when they visit, as a command that only looks at the configuration is done sooner then.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from aggregator.sources import command, directory, feed, opml, page, sitemap
from aggregator.sources.base import (
    AGAIN,
    Answered,
    Common,
    Failure,
    Found,
    Gone,
    Known,
    Outlines,
    Problem,
    Remote,
    Settings,
    Settled,
    Source,
    Visit,
)
from aggregator.sources.memory import Memory

__all__ = [
    "AGAIN",
    "KINDS",
    "Answered",
    "Common",
    "Failure",
    "Found",
    "Gone",
    "Known",
    "Memory",
    "Outlines",
    "Problem",
    "Remote",
    "Settings",
    "Settled",
    "Source",
    "Visit",
    "documents",
]

# The key that names a kind in the configuration -> its settings and its documents().
KINDS: dict[str, tuple[type[Settings], Callable[[Any, Visit], AsyncGenerator[Found, None]]]] = {
    "directory": (directory.DirectorySettings, directory.documents),
    "feed": (feed.FeedSettings, feed.documents),
    "page": (page.PageSettings, page.documents),
    "sitemap": (sitemap.SitemapSettings, sitemap.documents),
    "opml": (opml.OpmlSettings, opml.documents),
    "command": (command.CommandSettings, command.documents),
}


def documents(source: Source, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield what a source holds that was not seen before. Raises FetchError."""
    return KINDS[source.settings.kind][1](source.settings, visit)
