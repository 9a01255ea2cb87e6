"""Ids that feeds may repeat: what is an error to the W3C's validator is no id."""

import pytest

from aggregator.uris import is_sound


@pytest.mark.parametrize(
    "identifier",
    [
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "URN:ISBN:0451450523",
        "urn:example:a%20b(c)",
        "tag:example.org,2024:/a?b#c",
        "tag:ada@example.org,2024-05-17:x",
        "https://example.org/a?b=1#c",
        "HTTP://example.org/",
        "yt:video:abc",
        "at://did:plc:x/app.bsky.feed.post/3k",
    ],
)
def test_sound(identifier: str) -> None:
    assert is_sound(identifier)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "1234",
        "urn:uuid:1234",
        "urn:x:1",  # the name of a space has two letters or more
        "urn:s",
        "urn:example:a/b",
        "tag:example.org:1",
        "tag:Example.org,2024:1",
        "http:example.org",
        "http:///path",
        "https://example.org/a b",
        "https://example.org/é",
        "https://example.org/[x]",
        "mailto:",
    ],
)
def test_not_sound(identifier: str) -> None:
    assert not is_sound(identifier)
