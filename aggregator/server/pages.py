"""The pages that the server writes itself."""

import functools
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator.health import ADVICE
from aggregator.server.status import Status

_TEMPLATES = Path(__file__).parent / "templates"
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def status_page(status: Status, now: datetime) -> str:
    """Return the status page as it is at ``now``, an aware date."""
    return _environment().get_template("status.html").render(status=status, now=now, advice=ADVICE)


def error_page(status: int) -> str:
    """Return a small page for the HTTP status of an error."""
    return _environment().get_template("error.html").render(status=HTTPStatus(status))


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["distance"] = _distance
    environment.filters["harmless"] = _harmless
    return environment


def _distance(moment: datetime, now: datetime) -> str:
    """Say how far a moment is from now, in its largest unit: "3 min ago", "in 2 h", "now"."""
    seconds = (moment - now).total_seconds()
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            span = f"{int(abs(seconds) // size)} {unit}"
            return f"{span} ago" if seconds < 0 else f"in {span}"
    return "now"


def _harmless(target: str) -> str:
    """Take user name and password out of an address: this page is for whoever asks."""
    try:
        parts = urlsplit(target)
    except ValueError:  # no address at all, though it looks like one
        return target
    return (
        parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.netloc else target
    )
