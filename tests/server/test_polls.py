"""Our own client polls our own server, as one aggregator that subscribes to another does."""

import json
from datetime import timedelta
from pathlib import Path

from noted import Noted
from place import Place

from aggregator.jobs import Scan, World, perform

POLLS = 100


def test_a_hundred_polls_of_a_feed_that_stays_the_same_transfer_it_once(  # type: ignore[no-untyped-def]
    site, host, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    ours = Place(tmp_path)
    for number in range(20):
        ours.post(f"{number}.md", f"Story {number}", f"The text of story {number}. " * 20)
    ours.once()
    host.app = noted = Noted(host.app)

    theirs = Place(tmp_path / "theirs")
    theirs.root.mkdir()
    theirs.sources = {"Papers": {"feed": f"{site.url}/atom.xml"}}

    async def poll(world: World) -> list[int]:
        found = []
        for _ in range(POLLS):
            theirs.now += timedelta(hours=1)
            report = await perform(Scan("Papers"), world)
            found.append(report.new)  # type: ignore[union-attr]
        return found

    assert theirs.run(poll) == [20] + [0] * (POLLS - 1)
    statuses = [answer.status for answer in noted.answers]
    assert statuses == [200] + [304] * (POLLS - 1)
    assert [answer.size > 0 for answer in noted.answers] == [True] + [False] * (POLLS - 1)

    # Nobody took a copy for news: the ids are those that were published.
    ids = {item["id"] for item in json.loads((tmp_path / "feeds/feed.json").read_text())["items"]}
    theirs.once()
    text = (theirs.root / "feeds/feed.json").read_text()
    assert {item["id"] for item in json.loads(text)["items"]} == ids
