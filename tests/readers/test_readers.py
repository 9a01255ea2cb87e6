"""Real feed readers follow a feed through its life: polls, an edit, a new name, a new article."""

import importlib.util
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from programs import Reader, lemon24, liferea, missing, newsboat, until
from story import Story, telling

Subscribe = Callable[[Path, str], AbstractContextManager[Reader]]

NO_READER = "" if importlib.util.find_spec("reader") else "not installed: reader"
NO_LIFEREA = missing("liferea", "dbus-run-session", "dbus-send", "xvfb-run")


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
    asked(story, reader, [304])
    asked(story, reader, [304])

    # An edit is no news, but the text is the new one.
    before = story.texts()
    story.edit()
    assert story.texts().keys() == before.keys()
    assert story.texts() != before
    asked(story, reader, [200])
    assert reader.unread() == 0

    # The category has another address, and nothing else changes.
    story.rename()
    asked(story, reader, [301, 200])
    assert reader.unread() == 0
    asked(story, reader, moved([304]))

    # What comes under the new name reaches the subscriber of the old one.
    story.add()
    asked(story, reader, [200])
    assert len(story.texts()) == 3
    assert reader.unread() == 1


def asked(story: Story, reader: Reader, statuses: list[int]) -> None:
    """Poll; see how the server answers, and that the reader then has what is published."""
    reader.poll()
    answers: list[int] = []

    def answered() -> bool:
        answers.extend(story.statuses())
        return len(answers) >= len(statuses)

    until(answered, lambda: answers)
    assert answers == statuses
    shows(reader, story)


def shows(reader: Reader, story: Story) -> None:
    until(
        lambda: words(reader.shown()) == words(story.texts()),
        lambda: (reader.shown(), story.texts()),
    )


def words(texts: dict[str, str]) -> dict[str, str]:
    """Return the texts without the markup that readers put around it, too."""
    return {identity: re.sub(r"<[^>]*>", "", html).strip() for identity, html in texts.items()}
