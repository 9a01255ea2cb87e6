"""Who may read, and what is gone: an edit of the file takes effect at once."""

import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path

from program import CONFIG, daemon, reconfigure, site, until

FEED = "    own_feed: true\nfeeds:\n  - {name: Both, categories: [News]}\n"
TOKEN = secrets.token_urlsafe(16)
READERS = f"readers: [{{name: anna, token: {TOKEN}}}, {{name: bob, password: correct horse}}]"
PRIVATE = CONFIG.replace("port: 0}", f"port: 0, {READERS}}}")


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def ids(folder: Path) -> list[str]:
    return [one["id"] for one in json.loads((folder / "feeds/both/feed.json").read_text())["items"]]


def test_readers_and_feeds_come_and_go_with_edits(tmp_path: Path) -> None:
    root = site(tmp_path, PRIVATE + FEED, Hello="Hello.")
    with daemon(root) as running:
        below = f"{running.url}t/{TOKEN}/"
        until(lambda: status(f"{below}both/rss.xml") == 200 and ids(root))
        before = ids(root)
        assert status(running.url) == status(f"{running.url}both/rss.xml") == 401
        assert status(f"{below}both/rss.xml") == status(f"{below}inbox/rss.xml") == 200
        assert status(f"{running.url}healthz") == 200

        # Everything else of serve may change too; without the feeds, they are gone.
        limited = PRIVATE.replace("port: 0,", "port: 0, limit: 1000/s,")
        reconfigure(root, limited)
        until(lambda: status(f"{below}both/rss.xml") == 410)
        assert status(f"{below}inbox/rss.xml") == 410
        assert status(f"{below}news/rss.xml") == 200
        assert (root / "feeds/both/rss.xml").exists()

        # A mistake revokes nobody, and says nothing of secrets.
        reconfigure(root, limited.replace(TOKEN, "aaaa").replace("correct horse", "hunter2"))
        until(lambda: running.health()["status"] == "degraded")
        assert status(f"{below}news/rss.xml") == 200
        assert "serve.readers[0].token: what is given can be guessed" in running.logged()

        other = secrets.token_urlsafe(16)
        reconfigure(root, PRIVATE.replace(TOKEN, other) + FEED)
        until(lambda: status(f"{below}news/rss.xml") == 401)
        below = f"{running.url}t/{other}/"
        until(lambda: status(f"{below}both/rss.xml") == status(f"{below}inbox/rss.xml") == 200)
        assert ids(root) == before
        for secret in (TOKEN, other, "correct horse", "aaaa", "hunter2"):
            assert secret not in running.logged()
        assert running.stop() == 0
