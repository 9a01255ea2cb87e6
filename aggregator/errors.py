"""Every exception of the program.

AggregatorError
├── ConfigError      the YAML file; carries every problem found, not only the first
├── FetchError       a web address or a file could not be read
│   └── RestingError        nobody was asked, for the server wants to be left alone
├── ParseError       what was read is not what its source says it is
├── StoreError       the database
│   ├── StoreBusyError      another process holds it
│   └── StoreConflictError  another process wrote the same article first
└── PublishError     a feed or page could not be written

The stages raise these, chained to what caused them; ``scan.py`` alone turns them into values.
"""

from typing import Literal

# What ails a source, for those who have to mend it.
#   gone         the server says that it is gone for good (410)
#   missing      there is nothing at the address (404)
#   blocked      the server does not let this program in: 401, 403, 429, 451, a riddle for people
#   certificate  the server cannot show who it is
#   unreachable  no answer, or that of a server in trouble (5xx)
#   refused      not asked for: inside the network, forbidden by robots.txt, no web address
#   malformed    what came cannot be read, or is too large
#   selector     a page on which no article is found any more
Trouble = Literal[
    "gone",
    "missing",
    "blocked",
    "certificate",
    "unreachable",
    "refused",
    "malformed",
    "selector",
]


class AggregatorError(Exception):
    """Something that a person can act on; its text is shown as it is, without a traceback."""


class ConfigError(AggregatorError):
    """The configuration is wrong. ``problems`` holds one line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FetchError(AggregatorError):
    """A document could not be had: the network, the server, the file system.

    ``status`` is what the server answered (RFC 9110), 0 when it did not. ``retry`` is for how many
    seconds it asks to be left alone (Retry-After), None when it does not say.
    """

    def __init__(
        self,
        said: str,
        status: int = 0,
        trouble: Trouble = "unreachable",
        retry: float | None = None,
    ) -> None:
        super().__init__(said)
        self.status = status
        self.trouble = trouble
        self.retry = retry


class RestingError(FetchError):
    """Nobody was asked: the server wants to be left alone, as it told another request."""


class ParseError(AggregatorError):
    """A document was had, and no article could be read from it."""

    def __init__(self, said: str, trouble: Trouble = "malformed") -> None:
        super().__init__(said)
        self.trouble = trouble


class StoreError(AggregatorError):
    """The database refused."""


class StoreBusyError(StoreError):
    """Another process works on the same store."""


class StoreConflictError(StoreError):
    """Another process stored the same article first; to decide again resolves it."""


class PublishError(AggregatorError):
    """An output could not be written."""
