"""The one HTTP client."""

from aggregator.fetch.client import Answer, Client, open_client

__all__ = ["Answer", "Client", "open_client"]
