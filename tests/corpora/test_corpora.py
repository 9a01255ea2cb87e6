"""The program on real collections that nobody here wrote, as a person would run it."""

import functools
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(corpus: Path) -> Iterator[tuple[str, list[Path]]]:
    """Every third of the real feeds on a loopback server: its address and the files."""
    folder = corpus / "feeds" / "captured"
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", sorted(folder.glob("*.xml"))[::3]
        server.shutdown()


def once(folder: Path, sources: list[dict[str, Any]]) -> dict[str, Any]:
    """Run the command on sources; JSON is YAML."""
    config = {
        "sources": sources,
        "publish": {"limit": 1, "formats": ["atom"]},
        "defaults": {"allow_private": True, "delay": 0},
    }
    (folder / "aggregator.yaml").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "aggregator", "once", "--json", "-c", "aggregator.yaml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=240, check=False)
    assert b"Traceback" not in done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_captured_feeds_are_taken(served: tuple[str, list[Path]], tmp_path: Path) -> None:
    url, files = served
    result = once(tmp_path, [{"feed": url + file.name, "name": file.name} for file in files])
    assert [s["name"] for s in result["sources"] if s["status"] != "ok"] == []
    assert len(result["sources"]) == 34
    # How many each of them gives is compared with feedparser in tests/parse/test_feed_corpus.py.
    counted = ("new", "changed", "unchanged", "duplicates")
    assert all(sum(source[name] for name in counted) > 0 for source in result["sources"])


def test_every_post_is_an_article_or_a_named_problem(corpus: Path, tmp_path: Path) -> None:
    posts = corpus / "posts"
    folders = ("derived", "rust-blog", "yihui/content/en", "hexo-site", "lib-gray-matter")
    glob = "**/*.{md,Rmd,txt,html}"
    sources = [{"directory": str(posts / one), "name": one, "glob": glob} for one in folders]
    result = once(tmp_path, sources)
    counted = ("new", "changed", "unchanged", "duplicates", "dropped")
    for source in result["sources"]:
        articles = sum(source[name] for name in counted)
        assert source["status"] == "ok"
        assert articles + len(source["errors"]) == source["documents"]
    totals = {source["name"]: source["documents"] for source in result["sources"]}
    assert totals["derived"] == 790
    unread = {e["document"] for source in result["sources"] for e in source["errors"]}
    assert unread == {"content/releases/latest.md", "test/fixtures/empty.md"}
    assert once(tmp_path, sources)["feeds"] == []
