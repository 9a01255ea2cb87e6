"""The only place that knows SQL."""

from aggregator.store.records import (
    Category,
    DocumentState,
    Drop,
    Dropped,
    Event,
    FeedRow,
    FeedStatus,
    Life,
    Outcome,
    Page,
    Recut,
    Rival,
    SourceEntry,
    SourceState,
    SourceStatus,
)
from aggregator.store.store import Store, open_store

__all__ = [
    "Category",
    "DocumentState",
    "Drop",
    "Dropped",
    "Event",
    "FeedRow",
    "FeedStatus",
    "Life",
    "Outcome",
    "Page",
    "Recut",
    "Rival",
    "SourceEntry",
    "SourceState",
    "SourceStatus",
    "Store",
    "open_store",
]
