"""The one HTTP client."""

from aggregator.fetch.client import Client, Limits, open_client
from aggregator.fetch.request import Answer, Request

__all__ = ["Answer", "Client", "Limits", "Request", "open_client"]
