"""Documents made to take memory or time for ever, and a program that measures what they take.

    python bombs.py [FILE...]

reads each file, or else each document of ``DOCUMENTS``, as a feed in a process of its own, and
prints a line of JSON: name, what came of it, the articles, the seconds and the megabytes it took.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from aggregator.article import Document
from aggregator.errors import ParseError
from aggregator.parse import parse

RSS = b"<rss version='2.0'><channel>%s</channel></rss>"
ITEM = RSS % b"<item><title>One</title>%s</item>"
JSON = b'{"version":"https://jsonfeed.org/version/1.1","items":%s}'
MB = 1_000_000


def entities(*declared: bytes) -> bytes:
    """A feed whose one title is the last entity, each made of the one before."""
    names = [b"e%d" % number for number in range(len(declared))]
    lines = (b'<!ENTITY %s "%s">' % pair for pair in zip(names, declared, strict=True))
    return b"<!DOCTYPE rss [%s]>" % b"".join(lines) + ITEM % (b"<link>&%s;</link>" % names[-1])


def attributes(count: int) -> bytes:
    return b" ".join(b"a%d='1'" % number for number in range(count))


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a billion laughs": lambda: entities(b"ha", *(b"&e%d;" % n * 10 for n in range(9))),
    "one entity many times": lambda: entities(b"a" * MB) + b"&e0;" * MB,
    "entities in a circle": lambda: entities(b"&e1;", b"&e0;"),
    "a parameter entity": lambda: (
        b"<!DOCTYPE rss [<!ENTITY % a \"<!ENTITY b '&#37;a;'>\">%a;]>" + ITEM
    ),
    "a document type without end": lambda: b"<!DOCTYPE rss [" + b"]" * 10 * MB,
    "elements": lambda: ITEM % (b"<a/>" * 2 * MB),
    "attributes": lambda: ITEM % (b"<a %s/>" % attributes(900) * 1000),
    "an element with endless attributes": lambda: ITEM % (b"<a %s/>" % attributes(600_000)),
    "namespaces": lambda: b"<rss %s/>" % attributes(600_000).replace(b"a", b"xmlns:a"),
    "depth": lambda: ITEM % (b"<a>" * MB + b"</a>" * MB),
    "depth without an end": lambda: b"<rss><channel><item>" + b"<a>" * 3 * MB,
    "entries": lambda: RSS % (b"<item><title>One</title></item>" * 300_000),
    "categories": lambda: ITEM % (b"<category>a</category>" * 400_000),
    "a text": lambda: ITEM % (b"<description>%s</description>" % (b"a" * 10 * MB)),
    "references": lambda: ITEM % (b"<description>%s</description>" % (b"&amp;" * 2 * MB)),
    "strays": lambda: ITEM % (b"<description>%s</description>" % (b"&" * 10 * MB)),
    "tags that begin": lambda: b"<rss><channel>" + b"<" * 10 * MB,
    "comments": lambda: ITEM % (b"<!---->" * MB),
    "sections": lambda: ITEM % (b"<description>%s</description>" % (b"<![CDATA[]]>" * MB)),
    "depth of JSON": lambda: JSON % (b"[" * 100_000 + b"]" * 100_000),
    "depth of objects": lambda: JSON % (b'[{"id":"1","x":%s1%s}]' % (b'{"a":' * MB, b"}" * MB)),
    "items": lambda: JSON % b"[%s]" % (b'{"id":"1"},' * 250_000 + b"{}"),
    "lists": lambda: JSON % b"[%s]" % (b"[]," * 3 * MB + b"[]"),
    "a string without an end": lambda: b"{" + b"," * 2 * MB + b'"' + b'\\"' * 4 * MB,
    "keys": lambda: JSON % b'[{"id":"1",%s}]' % (b'"a":1,' * 250_000 + b'"a":1'),
    "digits": lambda: JSON % b'[{"id":%s,"title":"One"}]' % (b"9" * 10 * MB),
}


def measure(name: str, body: bytes, media_type: str) -> dict[str, object]:
    before, began = _resident(), time.process_time()
    try:
        count, said = len(parse(Document(name="x", body=body, media_type=media_type)).articles), ""
    except ParseError as error:
        count, said = 0, str(error)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    megabytes = (max(peak, before) - before) / MB
    return {"name": name, "said": said, "articles": count, "seconds": seconds, "mb": megabytes}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _apart(name: str, make: Callable[[], bytes], media_type: str) -> None:
    """Measure in a process of its own, which may have a gigabyte and ten seconds."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        print(json.dumps(measure(name, make(), media_type)), flush=True)  # noqa: T201
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        for kind in ("application/xml", "application/feed+json", "text/html", "text/markdown", ""):
            _apart(f"{path.name} as {kind}", path.read_bytes, kind)
    if not sys.argv[1:]:
        for title, make in DOCUMENTS.items():
            _apart(title, make, "application/xml")
