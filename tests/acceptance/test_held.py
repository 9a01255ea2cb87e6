"""What looks like a flood is held, told and let through, with the program as people run it."""

import json
import shutil
from pathlib import Path
from typing import Any

from program import CONFIG, NEAR, daemon, run, run_json, site, until, write
from typer.testing import CliRunner

from aggregator.cli import app

ITEM = """\
<item><title>Story {n}</title><guid isPermaLink="false">{era}{n}</guid>
<link>https://x.example/{era}/{n}</link><pubDate>Thu, {n} Jan 2026 00:00:00 GMT</pubDate>
<description>What the {era} telling of number {n} says.</description></item>"""


def feed(era: str, first: int, last: int) -> str:
    """A feed with a story of each of some days; another era has other ids, addresses and texts."""
    items = "".join(ITEM.format(n=n, era=era) for n in range(first, last + 1))
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def call(folder: Path, *words: str) -> str:
    """Run a command in this process, which is quicker; return what it says."""
    done = CliRunner().invoke(app, [*words, "-c", str(folder / "config" / "aggregator.yaml")])
    return done.output


def published(folder: Path) -> list[str]:
    items: list[dict[str, Any]] = json.loads((folder / "feeds" / "feed.json").read_text())["items"]
    return sorted(item["title"] for item in items)


def test_a_feed_that_renews_everything_and_a_folder_that_is_unmounted(
    tmp_path: Path, web: Any
) -> None:
    wire = f"  - feed: {web.url}/feed.xml\n    name: Wire's\n    every: 1d\n{NEAR}"
    root = site(tmp_path, f"{CONFIG}    on_delete: retract\n{wire}", A="A.", B="B.")
    web.pages["/feed.xml"] = feed("old", 10, 25)
    call(root, "once")
    before = published(root)
    assert len(before) == 18
    files = {path: path.read_bytes() for path in (root / "feeds").rglob("*.*")}
    shutil.move(root / "inbox", root / "elsewhere")
    (root / "inbox").mkdir()
    web.pages["/feed.xml"] = feed("new", 10, 25)
    said = call(root, "once", "Wire's", "Inbox")
    assert "held back until: aggregator release 'Wire'\"'\"'s'" in said
    assert {path: path.read_bytes() for path in (root / "feeds").rglob("*.*")} == files
    told = call(root, "status")
    assert "16 articles came as new that seem to be old ones under other ids" in told
    assert "16 new articles held" in told
    assert "all its 2 files are gone at once (is it mounted?)" in told
    (life,) = json.loads(call(root, "explain", "https://x.example/new/12", "--json"))
    assert (life["state"], life["events"][-1]["event"]) == ("held", "held")
    with daemon(root) as running:
        assert running.health()["status"] == "degraded"
        assert "16 new articles held" in running.get("status")
        unknown = run(root, "release", "Wires")
        assert (unknown.returncode, "did you mean" in unknown.stderr) == (2, True)
        done = run_json(root, "release", "Wire's")
        assert done == [{"name": "Wire's", "articles": 16, "next_visit": False}]
        # The disk is back, which is noticed, and whatever is published takes the rest along.
        shutil.move(root / "elsewhere" / "A.md", root / "inbox")
        shutil.move(root / "elsewhere" / "B.md", root / "inbox")
        write(root, "C")
        until(lambda: len(running.titles()) == 18 + 16 + 1)
        until(lambda: running.health()["status"] == "ok")
    assert "nothing is held of it" in call(root, "release", "Inbox")
