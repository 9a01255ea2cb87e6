"""A feed on the web: RSS, Atom or JSON Feed."""

import hashlib
import json
from collections.abc import AsyncGenerator
from typing import ClassVar, Literal

from pydantic import Field

from aggregator.article import Document
from aggregator.fetch import Request
from aggregator.sources.base import Found, Known, Settings, Visit, WebAddress


class FeedSettings(Settings):
    """A feed on the web: RSS, Atom or JSON Feed."""

    kind: ClassVar[str] = "feed"
    single: ClassVar[bool] = True

    feed: WebAddress = Field(description="the address of an RSS, Atom or JSON feed")
    full_text: bool | Literal["auto"] = Field(
        False,
        description="fetch the web page of each new article for its whole text; auto: of those "
        "that are only a beginning",
    )
    allow_private: bool = Field(
        False, description="the pages of its articles may be at addresses inside the network"
    )


async def documents(settings: FeedSettings, visit: Visit) -> AsyncGenerator[Found, None]:
    """Yield the feed unless it is what it was, by its validators or byte for byte.

    Raises FetchError.
    """
    seen = json.loads(visit.seen.get(settings.feed) or "{}")
    answer = await visit.client.get(
        Request(url=settings.feed, validators=seen.get("http", ""), private=True)
    )
    digest = seen.get("digest", "")
    if answer.body is not None:
        digest = hashlib.sha256(answer.body).hexdigest()
    validators = json.dumps({"http": answer.validators, "digest": digest})
    if answer.body is None or digest == seen.get("digest"):
        yield Known(name=settings.feed, validators=validators)
    else:
        yield Document(
            name=settings.feed,
            body=answer.body,
            media_type=_media_type(answer.body),
            charset=answer.charset,
            url=answer.url,
            validators=validators,
        )


def _media_type(body: bytes) -> str:
    """Return a feed's type by its first byte: what servers declare is wrong too often."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return "application/feed+json" if start.startswith(b"{") else "application/xml"
