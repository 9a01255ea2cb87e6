"""What is remembered of an address on the web from one visit to the next."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from aggregator.article import Hints


class Memory(BaseModel):
    """What is remembered of an address.

    ``url`` is where it is asked for if that is elsewhere: where a feed was found, or has moved
    to for good; ``why`` says which in words. ``validators`` and ``digest`` are those of the
    last answer, ``asked`` its time, ``base`` where it came from in the end, ``charset`` what it
    was declared to be in, ``linked`` the hub and topic that its head names (WebSub); until
    ``fresh`` the server says that it stands (RFC 9111). ``moved`` is where permanent redirects
    lead, since ``moved_since``. ``entries`` counts what the document listed, ``newest`` is the
    date of its newest entry, ``rhythm`` the seconds between two of them. ``stamp`` is what an
    index says of when it was changed last.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    url: str = ""
    why: str = ""
    validators: str = ""
    digest: str = ""
    base: str = ""
    charset: str | None = None
    asked: datetime | None = None
    fresh: datetime | None = None
    moved: str = ""
    moved_since: datetime | None = None
    linked: tuple[str, str] = ("", "")
    hints: Hints = Hints()
    entries: int | None = None
    newest: datetime | None = None
    rhythm: float = 0.0
    stamp: str = ""
