"""A visit that knows which folders are settled finds what one finds that knows every file."""

import asyncio
import os
import random
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from aggregator.article import Document
from aggregator.fetch import open_client
from aggregator.sources import Failure, Found, Gone, Settled, Visit
from aggregator.sources.directory import DirectorySettings, documents

_SETTINGS = DirectorySettings(directory="inbox")


class Remembering:
    """Visits a folder again and again; ``asked`` are the folders that had to be recalled last."""

    def __init__(self, root: Path) -> None:
        self.inbox = root / "inbox"
        self.inbox.mkdir()
        self.seen: dict[str, str] = {}
        self.settled: dict[str, Settled] = {}
        self.asked: frozenset[str] = frozenset()
        self._root = root
        self._tick = 1_700_000_000

    def put(self, name: str, text: str = "text") -> None:
        """Write a file with a time of its own, long ago."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self._tick += 1
        os.utime(path, (self._tick, self._tick))

    def visit(self, *only: str) -> list[str]:
        """Return what a visit finds; it must be what one finds that remembers no folder."""
        whole = [_told(one) for one in self._find({}, only)]
        found = self._find(self.settled, only)
        assert [_told(one) for one in found] == whole
        for one in found:
            if isinstance(one, Gone):
                for name in one.names:
                    del self.seen[name]
            elif isinstance(one, Document | Failure):
                self.seen[one.name] = one.validators
        return whole

    def _find(self, settled: dict[str, Settled], only: tuple[str, ...]) -> list[Found]:
        return asyncio.run(self._documents(settled, frozenset(only)))

    async def _documents(self, settled: dict[str, Settled], only: frozenset[str]) -> list[Found]:
        async def recall(folders: Collection[str]) -> Mapping[str, str]:
            self.asked = frozenset(folders)
            return dict(self.seen)

        async with open_client() as client:
            known = bool(settled) and not only
            visit = Visit(
                root=self._root,
                seen={} if known else {n: v for n, v in self.seen.items() if n in (only or {n})},
                client=client,
                only=only,
                settled=settled,
                recall=recall if known else None,
            )
            return [one async for one in documents(_SETTINGS, visit)]


def _told(found: Found) -> str:
    match found:
        case Gone(names=names, moved=moved, there=there):
            return f"gone {sorted(names)} moved {moved} there {there}"
        case Document(name=name, moved_from=moved_from, validators=validators):
            return f"{name} from {moved_from} {validators}"
        case _:
            return repr(found)


@pytest.fixture
def folder(tmp_path: Path) -> Remembering:
    remembering = Remembering(tmp_path)
    for name in ("top.md", "a/1.md", "a/2.md", "a/deep/3.md", "b/4.md"):
        remembering.put(name)
    assert len(remembering.visit()) == 5
    assert remembering.visit() == []
    return remembering


def test_folders_without_news_are_not_recalled(folder: Remembering) -> None:
    assert folder.visit() == []
    assert folder.asked == frozenset()


def test_only_the_folder_with_news_is_recalled(folder: Remembering) -> None:
    folder.put("a/1.md", "other")
    assert [one[:6] for one in folder.visit()] == ["a/1.md"]
    assert folder.asked == {"a"}
    # What was found is compared once more; then the folder is settled again.
    assert folder.visit() == []
    assert folder.asked == {"a"}
    assert folder.visit() == []
    assert folder.asked == frozenset()


def test_files_and_folders_that_vanish_are_noticed(folder: Remembering) -> None:
    (folder.inbox / "a/2.md").unlink()
    shutil.rmtree(folder.inbox / "b")
    assert folder.visit() == ["gone ['a/2.md', 'b/4.md'] moved 0 there 3"]
    assert folder.visit() == []


def test_a_file_that_moved_to_another_folder_is_the_same(folder: Remembering) -> None:
    (folder.inbox / "a/1.md").rename(folder.inbox / "b/1.md")
    gone, moved = folder.visit()
    assert gone == "gone ['a/1.md'] moved 1 there 5"
    assert moved.startswith("b/1.md from a/1.md")


def test_a_change_in_the_tick_of_its_reading_is_found(folder: Remembering) -> None:
    (folder.inbox / "a/new.md").write_text("one")
    assert len(folder.visit()) == 1  # too fresh to be told from what may come
    assert folder.seen["a/new.md"] == ""
    state = (folder.inbox / "a/new.md").stat()
    (folder.inbox / "a/new.md").write_text("two")
    os.utime(folder.inbox / "a/new.md", ns=(state.st_mtime_ns, state.st_mtime_ns))
    assert len(folder.visit()) == 1


def test_what_a_link_leads_to_is_looked_at_every_time(folder: Remembering) -> None:
    (folder.inbox / "b/link.md").symlink_to("4.md")
    assert folder.visit() == []
    assert folder.visit() == []
    (folder.inbox / "b/4.md").rename(folder.inbox / "a/4.md")
    assert any("leads nowhere" in one for one in folder.visit())


def test_a_folder_known_from_an_event_alone_can_vanish(folder: Remembering) -> None:
    folder.put("c/5.md")
    assert len(folder.visit("c/5.md")) == 1
    shutil.rmtree(folder.inbox / "c")
    assert folder.visit() == ["gone ['c/5.md'] moved 0 there 5"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_is_in_a_folder_that_is_closed_for_a_while_is_not_gone(folder: Remembering) -> None:
    (folder.inbox / "a").chmod(0)
    try:
        assert "cannot be read" in folder.visit()[0]
        assert folder.visit() == []
    finally:
        (folder.inbox / "a").chmod(0o755)
    assert folder.visit() == ["gone ['a/'] moved 0 there 5"]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_both_find_the_same(seed: int, folder: Remembering) -> None:
    chance = random.Random(seed)
    names = [f"{where}{n}.md" for where in ("", "a/", "a/deep/", "b/", "box/new/") for n in "xyz"]
    (folder.inbox / "box/cur").mkdir(parents=True)
    for _ in range(30):
        for _ in range(chance.randrange(3)):
            _happen(chance, folder, names)
        folder.visit(*chance.choice(((), (), (chance.choice(names),))))


def _happen(chance: random.Random, folder: Remembering, names: list[str]) -> None:
    name = chance.choice(names)
    path = folder.inbox / name
    match chance.randrange(5):
        case 0 | 1:
            folder.put(name, chance.choice(("one", "two!")))
        case 2:
            path.unlink(missing_ok=True)
        case 3 if path.exists():
            other = folder.inbox / chance.choice(names)
            other.parent.mkdir(parents=True, exist_ok=True)
            path.rename(other)
        case 4:
            shutil.rmtree(folder.inbox / "a/deep", ignore_errors=True)
