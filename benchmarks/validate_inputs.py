"""What is fed to the program so that its feeds can be judged: every collection in a data folder."""

import functools
import gzip
import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Source = dict[str, Any]

# What chance seldom gives and feeds break on, beside the strings of the list.
_HARD = (
    *("\ud800", "\udfff", "\0", "\x08\x0b\x1b", "\x85\x9f", "\ufffe\uffff", "\u2028\u2029"),
    *(
        "]]>",
        "<![CDATA[",
        "&#0;&amp;amp;&nbsp;",
        "</item></channel>",
        "\u202eabc\u202c",
        "😀\u200d",
    ),
    *("%", "a b", "\r\n\t", "<b>bold</b>", "&lt;b&gt;", "<!--", "a" * 5000),
)
_DAY = "2024-05-{:02d}T10:00:00Z"


def collections(
    data: Path, work: Path, url: str, made: str
) -> Mapping[str, Callable[[], list[Source]]]:
    """Return the sources of each collection, by name.

    ``url`` and ``made`` are where the folders ``data`` and ``work`` are served.
    """
    return {
        "captured": lambda: _feeds(data / "feeds" / "captured", f"{url}feeds/captured/"),
        "gofeed": lambda: _feeds(data / "feeds" / "gofeed", f"{url}feeds/gofeed/"),
        "posts": lambda: _folders(data / "posts"),
        "seed": lambda: [{"directory": str(data / "seed"), "glob": "**/*"}],
        "pages": lambda: _pages(data / "html" / "article-extraction-benchmark", work / "pages"),
        "xss": lambda: _attacks(data / "html" / "xss-payload-list", work / "xss"),
        "naughty": lambda: _naughty(data / "security" / "blns" / "blns.json", work, made),
    }


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _feeds(folder: Path, url: str) -> list[Source]:
    files = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.xml"))]
    known = set(files)
    # gofeed has beside each feed, under its name, what it reads from it.
    files += [
        name
        for file in sorted(folder.rglob("*.json"))
        if not file.stem.endswith("_expected")
        and (name := file.relative_to(folder).as_posix())
        and f"{name.removesuffix('.json')}.xml" not in known
    ]
    return [{"feed": url + name, "name": name} for name in files]


def _folders(posts: Path) -> list[Source]:
    glob = "**/*.{md,Rmd,txt,html}"
    return [
        {"directory": str(folder), "name": folder.name, "glob": glob}
        for folder in sorted(posts.iterdir())
    ]


def _pages(folder: Path, work: Path) -> list[Source]:
    work.mkdir()
    for page in folder.rglob("*.html.gz"):
        (work / page.stem).write_bytes(gzip.decompress(page.read_bytes()))
    return [{"directory": str(work), "name": "Pages", "glob": "*.html"}]


def _attacks(folder: Path, work: Path) -> list[Source]:
    work.mkdir()
    lines = [
        line
        for file in sorted(folder.rglob("*.txt"))
        for line in file.read_text("utf-8", "replace").splitlines()
    ]
    for number, line in enumerate(lines):
        title = json.dumps(line)
        # Each category has feeds of its own, and a few of them show what all would.
        category = title if number % 20 == 0 else "Attacks"
        post = f"---\ntitle: {title}\ncategories: [{category}]\n---\n{line}\n\nMore.\n"
        (work / f"{number}.md").write_text(post, "utf-8")
    return [{"directory": str(work), "name": "Attacks", "glob": "*.md"}]


def _naughty(strings: Path, work: Path, made: str) -> list[Source]:
    """Put every string into every field of an item; JSON can carry them all."""
    texts = [*json.loads(strings.read_text("utf-8")), *_HARD]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Naughty strings",
        "items": [_item(number, text) for number, text in enumerate(texts)],
    }
    (work / "naughty.json").write_text(json.dumps(feed), "utf-8")
    return [{"feed": f"{made}naughty.json", "name": "Naughty <b>&amp;</b> ]]>"}]


def _item(number: int, text: str) -> dict[str, Any]:
    address = f"https://example.org/{number}/{text}"
    file = {"url": address, "mime_type": text, "title": text, "duration_in_seconds": number}
    item: dict[str, Any] = {
        "id": f"{number} {text}",
        "title": text,
        "url": address,
        "image": address,
        "authors": [{"name": text}],
        "tags": [text, f"Even {number % 2}"],
        "language": text,
        "date_published": _DAY.format(1 + number % 28),
        "attachments": [file],
    }
    # Markup, plain text and a summary alone, in turn.
    bodies = ({"content_html": f"<p>{text}</p>{text}"}, {"content_text": text}, {"summary": text})
    return item | bodies[number % 3]
