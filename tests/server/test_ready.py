"""What is answered at once is what would be answered after long thought, at any moment."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from aggregator.server import Health, Status, build, health_route, ready
from aggregator.terms import Rate, Terms, digest

OLD, AHEAD = 1_700_000_000, 32_503_680_000
FEED = "<rss version='2.0'>" + "<item>一</item>" * 200 + "</rss>"
OPEN = Terms()
TERMS = [
    OPEN,
    Terms(gone=frozenset({"a"})),
    Terms(tokens=(digest(b"secret"),)),
    Terms(rate=Rate(1000, 1)),
]

Edit = Callable[[Path], None]


async def report() -> Status:
    return Status(sources=(), feeds=(), config_error="", started=datetime.now(UTC))


def put(name: str, text: str, modified: int = OLD) -> Edit:
    """Replace a file as publishing does."""

    def edit(root: Path) -> None:
        path = root / name
        if not path.parent.is_symlink():
            path.parent.mkdir(exist_ok=True)
            (root / ".next").write_text(text)
            os.utime(root / ".next", (modified, modified))
            (root / ".next").replace(path)

    return edit


def overwrite(name: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        if (root / name).is_file():
            (root / name).write_text(text)
            os.utime(root / name, (OLD, OLD))

    return edit


def remove(name: str) -> Edit:
    return lambda root: (root / name).unlink(missing_ok=True)


def link_file(root: Path) -> None:
    remove("rss.xml")(root)
    (root / "rss.xml").symlink_to(root.parent / "secret.xml")


def link_folder(root: Path) -> None:
    if (root / "a").is_dir() and not (root / "a").is_symlink():
        shutil.rmtree(root.parent / "moved", ignore_errors=True)
        (root / "a").rename(root.parent / "moved")
        (root / "a").symlink_to(root.parent / "moved")


EDITS = [
    put("rss.xml", FEED),
    put("rss.xml", FEED.replace("一", "二")),
    put("rss.xml", "<rss/>", AHEAD),
    overwrite("rss.xml", FEED.replace("一", "三")),
    remove("rss.xml"),
    link_file,
    put("a/rss.xml", FEED),
    put("a/index.html", "<p>A page"),
    link_folder,
    put("_redirects", "/a/* /b/:splat 301\n"),
    put("_redirects", "# nothing\n"),
    remove("_redirects"),
]
FIELDS = [
    {},
    {"accept-encoding": "gzip"},
    {"accept-encoding": "br, gzip"},
    {"if-none-match": '"x"'},
    {"if-none-match": "*", "accept-encoding": "gzip"},
    {"if-modified-since": "Tue, 14 Nov 2023 22:13:20 GMT"},
    {"if-match": '"x"'},
    {"a-im": "feed", "if-none-match": '"x"'},
]
PATHS = ["/rss.xml", "/a/rss.xml", "/a/", "/t/secret/rss.xml", "/%72ss.xml", "/healthz"]


async def health() -> Health:
    return (await report()).health


async def told(app: ASGIApp, method: str, path: str, fields: dict[str, str]) -> tuple[object, ...]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x", verify=False) as client:
        answer = await client.request(method, path, headers={"accept-encoding": "", **fields})
    return answer.status_code, sorted(answer.headers.items()), answer.content


steps = st.tuples(
    st.none() | st.sampled_from(EDITS),
    st.none() | st.sampled_from(TERMS),
    st.sampled_from(["GET", "GET", "HEAD", "POST"]),
    st.sampled_from(PATHS),
    st.sampled_from(FIELDS),
)


@settings(deadline=None)
@example(
    [
        (put("a/rss.xml", FEED), None, "GET", "/a/rss.xml", {}),
        (link_folder, None, "GET", "/a/rss.xml", {}),
    ]
)
@example([(None, None, "GET", "/rss.xml", {}), (link_file, None, "GET", "/rss.xml", {})])
@given(st.lists(steps, max_size=15))
def test_it_is_what_a_server_answers_that_begins_now(sequence: list) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as name:
        root, terms = Path(name) / "feeds", OPEN
        root.mkdir()
        (root.parent / "secret.xml").write_text("SECRET")
        put("rss.xml", FEED)(root)
        lasting = build(root, report, health_route(health), terms=lambda: terms)
        for edit, changed, method, path, fields in sequence:
            if edit:
                edit(root)
            terms = changed or terms
            fresh = build(root, report, health_route(health), terms=lambda terms=terms: terms)
            expected = asyncio.run(told(fresh, method, path, fields))
            for _ in range(2):
                assert asyncio.run(told(lasting, method, path, fields)) == expected


def test_the_second_answer_opens_no_file(site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    put("rss.xml", FEED)(site.root)
    first = httpx.get(f"{site.url}/rss.xml", verify=False)
    monkeypatch.setattr("aggregator.server.files.opened", None)
    again = httpx.get(f"{site.url}/rss.xml", verify=False)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


def test_no_more_is_remembered_than_is_asked_for_in_earnest(site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(ready, "_REMEMBERED", 3)
    put("rss.xml", FEED)(site.root)
    app = build(site.root, site.report)
    fields = [{"accept-encoding": f"gzip, x{number}"} for number in range(5)]
    fields.append({"accept-encoding": "gzip, " + "x" * 300})
    for one in fields:
        assert asyncio.run(told(app, "GET", "/rss.xml", one))[0] == 200
    assert len(app._ready._places) == 3  # type: ignore[attr-defined]
