"""Our own client polls our own server, as one aggregator that subscribes to another does."""

import json
from datetime import timedelta
from pathlib import Path

from place import Place
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.jobs import Scan, World, perform

POLLS = 100


class Counted:
    """An application with a note of every answer: its status and the bytes of its body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answers: list[tuple[int, int]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if message["type"] == "http.response.body":
                self.answers.append((status, len(message.get("body", b""))))
            await send(message)

        await self._app(scope, receive, noting)


def test_a_hundred_polls_of_a_feed_that_stays_the_same_transfer_it_once(  # type: ignore[no-untyped-def]
    site, host, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    ours = Place(tmp_path)
    for number in range(20):
        ours.post(f"{number}.md", f"Story {number}", f"The text of story {number}. " * 20)
    ours.once()
    host.app = counted = Counted(host.app)

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
    bodies = [size for status, size in counted.answers if status == 200]
    assert len(bodies) == 1
    assert counted.answers.count((304, 0)) == POLLS - 1

    # Nobody took a copy for news: the ids are those that were published.
    ids = {item["id"] for item in json.loads((tmp_path / "feeds/feed.json").read_text())["items"]}
    theirs.once()
    text = (theirs.root / "feeds/feed.json").read_text()
    assert {item["id"] for item in json.loads(text)["items"]} == ids
