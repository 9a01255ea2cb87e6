"""The one HTTP client: in turn, within limits, and never where it must not go."""

from aggregator.fetch.client import Client, open_client
from aggregator.fetch.request import Answer, Limits, Request

__all__ = ["Answer", "Client", "Limits", "Request", "open_client"]
