"""Lists of feeds: what they name becomes sources, through the program itself."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import daemon, run, run_json, site, until
from web import Reply, Web, serving


@pytest.fixture
def feeds() -> Iterator[Web]:
    """Where the feeds are."""
    with serving() as served:
        yield served


def opml(*outlines: str) -> str:
    """A list."""
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'


def outline(url: str, title: str) -> str:
    """One feed of it."""
    return f'<outline type="rss" text="{title}" xmlUrl="{url}"/>'


def feed(title: str) -> Reply:
    """A feed with one article."""
    items = [{"id": title, "title": title, "content_text": f"The words of {title} alone."}]
    version = "https://jsonfeed.org/version/1.1"
    return Reply(json.dumps({"version": version, "title": title, "items": items}).encode())


def config(target: str) -> str:
    """A configuration with nothing but a list."""
    return (
        "root: .\nserve: {host: 127.0.0.1, port: 0}\n"
        "defaults: {allow_private: true, delay: 0}\n"
        f"sources:\n  - opml: {target}\n    name: Blogs\n    categories: [Blogs]\n    every: 1s\n"
    )


def statuses(root: Path) -> dict[str, str]:
    """The health of all sources by name."""
    return {s["name"]: s["health"] for s in run_json(root, "status")["sources"]}


def test_once_reads_the_list_and_its_feeds(tmp_path: Path, feeds: Web) -> None:
    root = site(tmp_path, config("blogs.opml") + "    own_feed: true\n")
    nested = f'<outline text="Tech">{outline(f"{feeds.url}/b", "B")}</outline>'
    (root / "blogs.opml").write_text(opml(outline(f"{feeds.url}/a", "A"), nested))
    feeds.replies |= {"/a": feed("Apples"), "/b": feed("Bread")}
    done = run_json(root, "once")
    assert [(s["name"], s["status"], s["new"]) for s in done["sources"]] == [
        ("Blogs", "ok", 0),
        ("A", "ok", 1),
        ("B", "ok", 1),
    ]
    # Each feed of the list has one of its own; the list itself has no articles to show.
    folders = {path.parent.name for path in (root / "feeds").glob("*/feed.json")}
    assert folders == {"a", "b", "blogs", "tech"}
    (own,) = json.loads((root / "feeds" / "b" / "feed.json").read_text())["items"]
    assert own["title"] == "Bread"
    assert {f["name"] for f in done["feeds"]} >= {"Blogs", "Tech"}
    assert sorted(path for path, _ in feeds.requests) == ["/a", "/b"]
    # A list that names other feeds: what is gone from it is no source, and stays published.
    (root / "blogs.opml").write_text(opml(outline(f"{feeds.url}/c", "C")))
    feeds.replies["/c"] = feed("Cheese")
    done = run_json(root, "once")
    assert [s["name"] for s in done["sources"]] == ["Blogs", "A", "B", "C"]
    assert statuses(root).keys() == {"Blogs", "C"}
    published = json.loads((root / "feeds" / "feed.json").read_text())
    assert {item["title"] for item in published["items"]} == {"Apples", "Bread", "Cheese"}
    # And one that cannot be read retires nothing.
    (root / "blogs.opml").write_text("no list")
    assert run(root, "once").returncode == 1
    assert statuses(root) == {"Blogs": "malformed", "C": "ok"}


def test_a_feed_in_two_lists_has_the_categories_of_both(tmp_path: Path, feeds: Web) -> None:
    more = "  - opml: more.opml\n    name: More\n    categories: [More]\n"
    root = site(tmp_path, config("blogs.opml") + more)
    for name in ("blogs.opml", "more.opml"):
        (root / name).write_text(opml(outline(f"{feeds.url}/a", "A")))
    feeds.replies["/a"] = feed("Apples")
    done = run_json(root, "once")
    assert [s["name"] for s in done["sources"]] == ["Blogs", "More", "A"]
    assert {f["name"] for f in done["feeds"]} >= {"Blogs", "More"}
    assert [path for path, _ in feeds.requests] == ["/a"]


@pytest.mark.parametrize("where", ["file", "web"])
def test_the_daemon_follows_a_list(tmp_path: Path, feeds: Web, where: str) -> None:
    path = tmp_path / "blogs.opml"
    root = site(tmp_path, config("blogs.opml" if where == "file" else f"{feeds.url}/blogs.opml"))

    def write(*outlines: str) -> None:
        path.write_text(opml(*outlines))
        feeds.replies["/blogs.opml"] = Reply(opml(*outlines).encode())

    write(outline(f"{feeds.url}/a", "A"))
    feeds.replies |= {"/a": feed("Apples"), "/b": feed("Bread")}
    with daemon(root) as running:
        until(lambda: running.titles() == ["Apples"])
        write(outline(f"{feeds.url}/a", "A"), outline(f"{feeds.url}/b", "B"))
        until(lambda: sorted(running.titles()) == ["Apples", "Bread"])
        write(outline(f"{feeds.url}/b", "B"))
        until(lambda: statuses(root).keys() == {"Blogs", "B"})
        assert running.stop() == 0
