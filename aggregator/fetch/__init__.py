"""The one HTTP client."""

from aggregator.fetch.client import Answer, Client, Limits, open_client

__all__ = ["Answer", "Client", "Limits", "open_client"]
