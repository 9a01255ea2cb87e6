"""The only place that knows SQL."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.store.connect import address
    from aggregator.store.findings import WORDS
    from aggregator.store.glance import Counts, FeedStatus, Glance, SourceStatus
    from aggregator.store.records import (
        PAGE,
        Archive,
        Asked,
        Category,
        Choice,
        DocumentState,
        Drop,
        Dropped,
        Event,
        FeedRow,
        Finding,
        Kept,
        Life,
        Listed,
        Mark,
        Outcome,
        Page,
        Past,
        Ping,
        Recut,
        Released,
        Rival,
        SourceEntry,
        SourceState,
        Standing,
        Subscription,
        Visited,
    )
    from aggregator.store.store import Store, open_store

__all__ = [
    "PAGE",
    "WORDS",
    "Archive",
    "Asked",
    "Category",
    "Choice",
    "Counts",
    "DocumentState",
    "Drop",
    "Dropped",
    "Event",
    "FeedRow",
    "FeedStatus",
    "Finding",
    "Glance",
    "Kept",
    "Life",
    "Listed",
    "Mark",
    "Outcome",
    "Page",
    "Past",
    "Ping",
    "Recut",
    "Released",
    "Rival",
    "SourceEntry",
    "SourceState",
    "SourceStatus",
    "Standing",
    "Store",
    "Subscription",
    "Visited",
    "address",
    "open_store",
]

# Where the names are, what takes longest to import last.
_HOMES = ("glance", "records", "connect", "findings", "store")

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import what is asked for: SQLAlchemy takes 0.2 s, and a glance needs none of it."""
        if name in __all__:
            for home in _HOMES:
                module = importlib.import_module(f"{__name__}.{home}")
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
