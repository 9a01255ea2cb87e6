"""Feeds of one's own choice, from the file to the feeds."""

import json
from pathlib import Path

from program import CONFIG, reconfigure, run, run_json, site, write

FEEDS = """\
    own_feed: true
  - directory: wire
    name: Sina Wire
    language: zh-CN
feeds:
  - {name: Wires, sources: "sina*"}
  - {name: Chinese, language: zh, sort: updated}
  - {name: Not news, sources: ["*"], not_categories: [News], limit: 1}
  - {name: Found, search: 'hello OR "a bond" -world'}
  - {name: Asked, if: {title: "^B"}}
  - {name: Days, digest: daily}
"""


def titles(folder: Path, slug: str) -> list[str]:
    """Return the titles in a feed."""
    items = json.loads((folder / "feeds" / slug / "feed.json").read_text())["items"]
    return [item["title"] for item in items]


def test_once_writes_the_feeds_that_the_file_asks_for(tmp_path: Path) -> None:
    root = site(tmp_path, CONFIG + FEEDS, Hello="Hello.")
    (root / "wire").mkdir()
    (root / "wire" / "bond.md").write_text("---\ntitle: Bond\ndate: 2026-01-02\n---\nA bond.\n")
    run_json(root, "once")
    assert titles(root, "inbox") == ["Hello"]
    assert titles(root, "wires") == titles(root, "chinese") == titles(root, "not-news") == ["Bond"]
    assert sorted(titles(root, "found")) == ["Bond", "Hello"]
    assert titles(root, "asked") == ["Bond"]
    assert titles(root, "days") == []
    assert run_json(root, "once")["feeds"] == []
    write(root, "World")
    assert {one["slug"] for one in run_json(root, "once")["feeds"] if one["written"]} == {
        "",
        "news",
        "inbox",
    }
    reconfigure(root, CONFIG + FEEDS.replace('"sina*"', "Inbox").replace("name: Not", "id: Not"))
    wrong = run(root, "once")
    assert wrong.returncode == 2
    assert "feeds[2].id: is no setting here" in wrong.stderr
    asked = FEEDS.replace("-world'", "OR'").replace('{title: "^B"}', "{age: <2d}")
    reconfigure(root, CONFIG + asked)
    wrong = run(root, "once")
    assert "aggregator.yaml:15: feeds[3].search: " in wrong.stderr
    assert "ends with an OR" in wrong.stderr
    assert "aggregator.yaml:16: feeds[4].if: " in wrong.stderr
    reconfigure(root, CONFIG + FEEDS.replace('"sina*"', "Inbox"))
    run_json(root, "once")
    assert sorted(titles(root, "wires")) == ["Hello", "World"]
