"""What is asked for once is not asked for twice: restarts, edits, answers that stand."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from program import CONFIG, daemon, reconfigure, run_json, site, until, write
from web import Reply, Web, serving

FEED = """\
<rss version="2.0"><channel><title>S</title><link>https://e.example/</link>
<item><title>{0}</title><guid isPermaLink="false">{0}</guid>
<pubDate>Thu, 01 Jan 2026 00:00:00 GMT</pubDate><description>Some text of {0}.</description></item>
</channel></rss>
"""


@pytest.fixture
def served() -> Iterator[Web]:
    with serving() as web:
        yield web


def feed(web: Web, name: str, every: str = "1d") -> str:
    """A source in the configuration."""
    about = "allow_private: true, delay: 0"
    return f"  - {{feed: {web.url}/{name}, name: {name}, every: {every}, {about}}}\n"


def elsewhere(web: Web) -> Web:
    """The same server by another name of its host."""
    return Web(url=web.url.replace("127.0.0.1", "localhost"))


def body(name: str) -> bytes:
    return FEED.format(name).encode()


def asked(web: Web) -> Counter[str]:
    return Counter(path for path, _ in web.requests)


def test_an_answer_that_stands_is_not_asked_for_again(tmp_path: Path, served: Web) -> None:
    served.replies["/a"] = Reply(body("a"), headers=[("Cache-Control", "max-age=600")])
    served.replies["/b"] = Reply(body("b"), headers=[("ETag", 'W/"1"')])
    root = site(tmp_path, CONFIG + feed(served, "a", "1s") + feed(served, "b", "1s"))
    first, second = (run_json(root, "once")["sources"] for _ in range(2))
    assert [one["new"] for one in first] == [0, 1, 1]
    assert [one["new"] for one in second] == [0, 0, 0]
    assert asked(served) == {"/a": 1, "/b": 2}
    assert served.sent()["if-none-match"] == 'W/"1"'
    # Who names it wants it now.
    run_json(root, "once", "a")
    assert asked(served)["/a"] == 2


def test_after_a_restart_nobody_is_asked_before_it_is_due(tmp_path: Path, served: Web) -> None:
    served.replies["/well"] = Reply(body("well"))
    served.replies["/ill"] = Reply(status=500)
    served.replies["/gone"] = Reply(status=410)
    served.replies["/busy"] = Reply(status=429, headers=[("Retry-After", "500")])
    names = ("well", "ill", "gone", "busy")
    # What a busy host says holds for all of it, so that it is one of its own.
    hosts = [served, served, served, elsewhere(served)]
    feeds = [feed(web, name) for web, name in zip(hosts, names, strict=True)]
    root = site(tmp_path, CONFIG + "".join(feeds))
    for number in (1, 2):
        write(root, f"Post {number}")
        with daemon(root) as running:
            until(lambda: len(running.titles()) == number + 1)  # noqa: B023 - called at once
            until(lambda: running.health()["failing"] == 3)
            assert running.stop() == 0
    assert asked(served) == {f"/{name}": 1 for name in names}


def test_an_edit_asks_those_who_are_new_and_lets_others_finish(tmp_path: Path, served: Web) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def late(handler: BaseHTTPRequestHandler) -> None:
        begun.set()
        go_on.wait(20)
        handler.wfile.write(body("slow"))

    served.replies["/slow"] = Reply(write=late)
    for name in ("quick", "added"):
        served.replies[f"/{name}"] = Reply(body(name))
    other = elsewhere(served)  # does not wait for the slow one
    config = CONFIG + feed(served, "slow") + feed(other, "quick")
    root = site(tmp_path, config)
    with daemon(root) as running:
        assert begun.wait(20)
        until(lambda: "quick" in running.titles())
        reconfigure(root, config + feed(other, "added"))
        until(lambda: "added" in running.titles())
        go_on.set()
        until(lambda: set(running.titles()) == {"slow", "quick", "added"})
        reconfigure(root, config + feed(other, "added") + "# A remark.\n")
        until(lambda: running.logged().count("Took the configuration anew") == 2)
        assert running.stop() == 0
    assert asked(served) == {"/slow": 1, "/quick": 1, "/added": 1}
