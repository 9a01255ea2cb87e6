"""Real feed readers follow a feed through its life: polls, an edit, a new name, a new article."""

import importlib.util
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from programs import Reader, lemon24, liferea, missing, newsboat, until
from story import Story, telling

Subscribe = Callable[[Path, str], AbstractContextManager[Reader]]

NO_READER = "" if importlib.util.find_spec("reader") else "not installed: reader"
NO_LIFEREA = missing("liferea", "dbus-run-session", "dbus-send", "xvfb-run")

# 226: these readers take a feed without the entries that they have (RFC 3229).
NEWS = (200, 226)

# Seconds after which a poll that led to no request is repeated: Liferea passes one over while it is
# busy with the last.
AGAIN = 5.0


def skip(reason: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.skipif(bool(reason), reason=reason or "here"),)


@pytest.mark.parametrize(
    ("subscribe", "file"),
    [
        pytest.param(newsboat, "rss.xml", marks=skip(missing("newsboat")), id="newsboat-rss"),
        pytest.param(newsboat, "atom.xml", marks=skip(missing("newsboat")), id="newsboat-atom"),
        pytest.param(lemon24, "rss.xml", marks=skip(NO_READER), id="reader-rss"),
        pytest.param(lemon24, "atom.xml", marks=skip(NO_READER), id="reader-atom"),
        pytest.param(liferea, "atom.xml", marks=skip(NO_LIFEREA), id="liferea-atom"),
    ],
)
def test_a_reader_follows_a_feed(subscribe: Subscribe, file: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with telling(tmp_path / "site") as story:
        story.begin()
        with subscribe(home, f"{story.url}food/{file}") as reader:
            follow(story, reader)


def follow(story: Story, reader: Reader) -> None:
    shows(reader, story)
    assert len(story.texts()) == reader.unread() == 2
    reader.read_all()
    assert set(story.statuses()) == {200}

    # Nothing happened: nothing is transferred.
    assert asked(story, reader) == [304]
    assert asked(story, reader) == [304]

    # An edit is no news, but the text is the new one.
    before = story.texts()
    story.edit()
    assert words(story.texts()).keys() == words(before).keys()
    assert story.texts() != before
    assert asked(story, reader)[-1] in NEWS
    assert reader.unread() == 0

    # The category has another address, and nothing else changes.
    story.rename()
    assert asked(story, reader) == [301, 200]
    assert reader.unread() == 0
    # Some take note of the new address, and some come by the old one for ever.
    assert asked(story, reader)[-1] == 304

    # What comes under the new name reaches the subscriber of the old one.
    story.add()
    assert asked(story, reader)[-1] in NEWS
    assert len(story.texts()) == 3
    assert reader.unread() == 1


def asked(story: Story, reader: Reader) -> list[int]:
    """Poll; see that the reader then has what is published, and return the server's answers."""
    reader.poll()
    answers: list[int] = []
    again = time.monotonic() + AGAIN

    def answered() -> bool:
        nonlocal again
        answers.extend(story.statuses())
        if not answers and time.monotonic() > again:
            reader.poll()
            again = time.monotonic() + AGAIN
        return any(status != 301 for status in answers)

    until(answered, lambda: answers)
    shows(reader, story)
    return answers


def shows(reader: Reader, story: Story) -> None:
    """Wait until the reader has what is published, and nothing twice."""

    def alike() -> bool:
        has, published = words(reader.shown()), words(story.texts())
        return has == published if reader.takes_edits else has.keys() == published.keys()

    until(alike, lambda: (reader.shown(), story.texts()))


def words(entries: list[tuple[str, str]]) -> dict[str, str]:
    """Return the texts by id without the markup that readers put around it, too."""
    found = {identity: re.sub(r"<[^>]*>", "", html).strip() for identity, html in entries}
    assert len(found) == len(entries)
    return found
