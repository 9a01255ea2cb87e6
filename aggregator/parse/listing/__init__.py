"""From a web page without a feed to the articles that it lists."""

from datetime import tzinfo

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse.listing.model import Listing, Selectors

__all__ = ["Listing", "Selectors", "read_listing"]


def read_listing(document: Document, selectors: Selectors, zone: tzinfo) -> Listing:
    """Read the articles that a page lists, in its order.

    What has no selector is found automatically; dates that name no zone are in ``zone``. Each
    article's ``uid`` is its address. Raises ParseError (trouble "selector"), naming the selector
    that matched nothing, or saying that no list of articles was recognised; nothing else.
    """
    raise ParseError(f"{document.name}: no list of articles", "selector")
