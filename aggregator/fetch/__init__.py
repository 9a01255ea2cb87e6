"""The one HTTP client: in turn, within limits, and never where it must not go."""

from typing import TYPE_CHECKING, Any

from aggregator.fetch.request import Answer, Limits, Request

if TYPE_CHECKING:
    from aggregator.fetch.client import Client, open_client

__all__ = ["Answer", "Client", "Limits", "Request", "open_client"]


def __getattr__(name: str) -> Any:
    """Return the client, whose libraries take 0.15 s to import: who only names it does not wait."""
    if name in ("Client", "open_client"):
        from aggregator.fetch import client  # noqa: PLC0415

        return getattr(client, name)
    raise AttributeError(name)
