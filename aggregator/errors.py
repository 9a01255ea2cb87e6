"""Every exception of the program.

AggregatorError
├── ConfigError      the YAML file; carries every problem found, not only the first
├── FetchError       a web address or a file could not be read
├── ParseError       what was read is not what its source says it is
├── StoreError       the database
│   ├── StoreBusyError      another process holds it
│   └── StoreConflictError  another process wrote the same article first
└── PublishError     a feed or page could not be written

The stages raise these, chained to what caused them; ``scan.py`` alone turns them into values.
"""


class AggregatorError(Exception):
    """Something that a person can act on; its text is shown as it is, without a traceback."""


class ConfigError(AggregatorError):
    """The configuration is wrong. ``problems`` holds one line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class FetchError(AggregatorError):
    """A document could not be had: the network, the server, the file system.

    ``status`` is what the server answered (RFC 9110), 0 when it did not.
    """

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class ParseError(AggregatorError):
    """A document was had, and no article could be read from it."""


class StoreError(AggregatorError):
    """The database refused."""


class StoreBusyError(StoreError):
    """Another process works on the same store."""


class StoreConflictError(StoreError):
    """Another process stored the same article first; to decide again resolves it."""


class PublishError(AggregatorError):
    """An output could not be written."""
