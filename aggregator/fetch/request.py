"""What the client is asked, and what it answers."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to ask for, and how.

    ``validators`` are those of an earlier answer, given back unread. ``private``: it may lead
    inside the network. ``robots``: robots.txt is asked first, and obeyed. ``delay``: the seconds
    that the host is left alone after its last answer.

    ``headers`` are the source's own, such as Authorization: they go to the origin of ``url`` only,
    never to where a redirect leads. ``proxy`` is http(s)://[user:password@]host:port. Neither is
    shown anywhere.
    """

    url: str
    validators: str = ""
    private: bool = False
    robots: bool = False
    delay: float = 1.0
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may take: seconds, redirects and bytes.

    ``connect`` is for a connection with TLS, ``read`` for each silence, ``total`` for everything
    between asking and the last byte, redirects included, waiting for one's turn not: a feed that
    has not arrived whole after a minute is tried again when it is next due. ``line`` is for each
    line of the head, ``fields`` for their number. ``wire`` is what may be sent, ``size`` what that
    may unpack to: the largest of a hundred captured feeds has 4 MB.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    redirects: int = 5
    line: int = 16 * 1024
    fields: int = 128
    wire: int = 32 * 1024 * 1024
    size: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. ``validators`` is to be given back, unread, with the next request.

    ``body`` is None when the document has not changed since the validators that were sent.
    ``url`` is where it came from in the end; ``media_type`` is lower case, without parameters.
    ``moved`` is where the document moved for good: the end of a chain of nothing but permanent
    redirects (301, 308). ``fresh``: for how many seconds the server says that this answer stands.
    ``links``: relation, in lower case, and address of each Link header (RFC 8288).
    """

    url: str
    body: bytes | None
    media_type: str
    charset: str | None
    validators: str
    moved: str = ""
    fresh: float = 0.0
    links: tuple[tuple[str, str], ...] = ()
