"""Two articles of a category, published and served as the daemon does, and what readers ask for."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from noted import Noted
from place import Place

from aggregator.server import Status, build, serve


@dataclass
class Story:
    """A category with a feed, which is edited, renamed and added to as the days go by."""

    place: Place
    url: str
    noted: Noted

    def begin(self) -> None:
        """Publish bread and soup, both Food."""
        self.write("Bread", "Flour and water.")
        self.write("Soup", "Water and leek.")
        self._publish()

    def edit(self) -> None:
        """Put more into the soup."""
        self.write("Soup", "Water, leek and potatoes.")
        self._publish()

    def rename(self) -> None:
        """Call the category Kitchen from now on."""
        self.place.rename = {"Food": "Kitchen"}
        self._publish()

    def add(self) -> None:
        """Publish a third article, under the new name."""
        self.write("Cake", "Eggs and sugar.")
        self._publish()

    def write(self, title: str, text: str) -> None:
        """Write an article of the category."""
        self.place.post(f"{title}.md", title, text, categories=["Food"], date="2024-05-17 08:30:00")

    def _publish(self) -> None:
        """Publish, an hour after the last time."""
        self.place.now += timedelta(hours=1)
        self.place.once()

    def texts(self) -> list[tuple[str, str]]:
        """Return the ids and texts that are published."""
        return [(item["id"], item["content_html"]) for item in self.place.feed()["items"]]

    def statuses(self) -> list[int]:
        """Return with what the server answered requests for feeds since this was asked last."""
        answers = self.noted.answers[:]
        del self.noted.answers[: len(answers)]
        return [answer.status for answer in answers if answer.path.endswith(".xml")]


@contextlib.contextmanager
def telling(folder: Path) -> Iterator[Story]:
    """Serve until the block ends."""
    place = Place(folder)
    (folder / "inbox").mkdir(parents=True)
    noted = Noted(build(folder / "feeds", _report))
    with _serving(noted) as url:
        place.base_url = url
        yield Story(place, url, noted)


async def _report() -> Status:
    return Status(sources=(), feeds=(), config_error="", started=datetime(2026, 3, 1, tzinfo=UTC))


@contextlib.contextmanager
def _serving(app: Noted) -> Iterator[str]:
    loop, ready, ends = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    urls: list[str] = []

    async def run() -> None:
        served = await serve(app, "127.0.0.1", 0)
        urls.append(served.url)
        ready.set()
        await ends.wait()
        await served.stop()
        await loop.shutdown_default_executor()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(ends.set)
        thread.join(10)
        assert not thread.is_alive()
        loop.close()
