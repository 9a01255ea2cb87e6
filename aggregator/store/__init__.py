"""The only place that knows SQL."""

from aggregator.store.ledger import fold
from aggregator.store.records import (
    Category,
    DocumentState,
    FeedRow,
    FeedStatus,
    Outcome,
    Page,
    SourceEntry,
    SourceState,
    SourceStatus,
)
from aggregator.store.store import Store, open_store

__all__ = [
    "Category",
    "DocumentState",
    "FeedRow",
    "FeedStatus",
    "Outcome",
    "Page",
    "SourceEntry",
    "SourceState",
    "SourceStatus",
    "Store",
    "fold",
    "open_store",
]
