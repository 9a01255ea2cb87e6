"""Who judges feeds: the W3C's validator for RSS and Atom, a schema for JSON Feed 1.1.

The validator is at hand when FEEDVALIDATOR names the ``src`` folder of github.com/w3c/feedvalidator
and FEEDVALIDATOR_PYTHON an interpreter that has its libraries (html5lib, rdflib, lxml).
"""

import contextlib
import functools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema

_ROOT = Path(__file__).resolve().parent.parent
_DOCS = _ROOT / "docs" / "feeds.md"
_SCHEMA = _ROOT / "tests" / "publish" / "json_feed_1.1.schema.json"

# Runs in the validator's own interpreter, whose libraries are no part of this project.
_PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
import feedvalidator
for asked in sys.stdin:
    base, feed = json.loads(asked)
    found = feedvalidator.validateString(feed.encode(), firstOccurrenceOnly=0, base=base)
    told = [
        [[kind.__name__ for kind in type(event).__mro__], repr(event.params)[:400]]
        for event in found["loggedEvents"]
    ]
    print(json.dumps([one for one in told if "Success" not in one[0]]), flush=True)
"""


@dataclass(frozen=True)
class Complaint:
    """What a judge found. ``said`` tells where and what."""

    kind: str
    is_error: bool
    said: str


Judge = Callable[[str, bytes], list[Complaint]]
"""Gives what is wrong with a feed that is fetched from an address."""


@contextlib.contextmanager
def w3c() -> Iterator[Judge | None]:
    """Start the validator, for as many RSS and Atom feeds as come; None where there is none."""
    folder = os.environ.get("FEEDVALIDATOR")
    if not folder:
        yield None
        return
    python = os.environ.get("FEEDVALIDATOR_PYTHON", sys.executable)
    with subprocess.Popen(
        [python, "-W", "ignore", "-c", _PROGRAM, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield functools.partial(_ask, process)
        if process.stdin:
            process.stdin.close()


def _ask(process: subprocess.Popen[bytes], base: str, feed: bytes) -> list[Complaint]:
    if not process.stdin or not process.stdout:
        raise RuntimeError("the validator was not started with pipes")
    process.stdin.write(json.dumps([base, feed.decode()]).encode() + b"\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    return [Complaint(kinds[0], "Error" in kinds, said) for kinds, said in answer]


def json_feed(address: str, feed: bytes) -> list[Complaint]:
    """Hold a feed against the schema of JSON Feed 1.1; all that is wrong is an error."""
    document = json.loads(feed)
    found = [
        Complaint(str(error.validator), True, f"{error.json_path}: {error.message}"[:400])
        for error in _validator().iter_errors(document)
    ]
    if document.get("feed_url") != address:
        found.append(Complaint("feed_url", True, f"{document.get('feed_url')} is not {address}"))
    # What no schema can say: an id is unique in its feed.
    counted = Counter(item.get("id") for item in document["items"])
    return found + [Complaint("id", True, f"{one} twice") for one, n in counted.items() if n > 1]


@functools.cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def explained() -> set[str]:
    """Return the warnings in the last table of docs/feeds.md, where each has its reason."""
    rows = _DOCS.read_text("utf-8").rpartition("| warning |")[2].splitlines()
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.partition(" | ")[0])}


def unexplained(found: list[Complaint]) -> list[Complaint]:
    """Return the errors, and the warnings that the docs give no reason for."""
    known = explained()
    return [one for one in found if one.is_error or one.kind not in known]
