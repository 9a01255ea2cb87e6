"""What the tests of the client share."""

from collections.abc import Iterator

import pytest
from badweb import BadWeb, badweb


@pytest.fixture
def bad() -> Iterator[BadWeb]:
    """The web at its worst."""
    with badweb() as web:
        yield web
