"""Where articles come from. A further kind is one module and one line in KINDS."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from aggregator.sources import directory, feed
from aggregator.sources.base import (
    Common,
    Failure,
    Found,
    Gone,
    Known,
    Settings,
    Source,
    Visit,
    first_due,
)

__all__ = [
    "KINDS",
    "Common",
    "Failure",
    "Found",
    "Gone",
    "Known",
    "Settings",
    "Source",
    "Visit",
    "documents",
    "first_due",
]

# The key that names a kind in the configuration -> its settings and its documents().
KINDS: dict[str, tuple[type[Settings], Callable[[Any, Visit], AsyncGenerator[Found, None]]]] = {
    "directory": (directory.DirectorySettings, directory.documents),
    "feed": (feed.FeedSettings, feed.documents),
}


def documents(source: Source, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield what a source holds that was not seen before. Raises FetchError."""
    return KINDS[source.settings.kind][1](source.settings, visit)
