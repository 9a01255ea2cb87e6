"""Whatever happens to files and settings: a published id stays with its story and its file."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from place import Place

from aggregator.jobs import World
from aggregator.store.schema import aliases, articles

NAMES = st.sampled_from(["a.md", "b.md", "sub/c.md"])
TITLES = st.sampled_from(["Bread", "Soup", "Coal"])
TEXTS = st.sampled_from(["One.", "Two.", "Three."])
RENAMES = st.sampled_from(
    [{}, {"Food": "Kitchen"}, {"Winter": "Food"}, {"Food": "Kitchen", "Winter": "Kitchen"}]
)
RULES = st.sampled_from([(), ({"if": {"title": "Soup"}, "categories": ["Hot"]},)])
CATEGORIES = st.sampled_from([[], ["Food"], ["Food", "Winter"]])


class Files(RuleBasedStateMachine):
    """A person at work in a folder, and an aggregator that looks now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Place(Path(tempfile.mkdtemp(prefix="aggregator-laws-")))
        (self.place.root / "inbox").mkdir()
        self.removed: dict[str, tuple[str, str, list[str]]] = {}
        self.there: dict[str, tuple[str, str, list[str]]] = {}
        self.published: set[str] = set()
        self.leads: dict[str, str] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.place.root)

    def _write(self, name: str, what: tuple[str, str, list[str]]) -> None:
        title, text, categories = what
        self.place.post(name, title, text, categories=categories)
        self.there[name] = what

    @rule(name=NAMES, title=TITLES, text=TEXTS, categories=CATEGORIES)
    def write(self, name: str, title: str, text: str, categories: list[str]) -> None:
        """A new file, or another story in an old one."""
        self._write(name, (title, text, categories))

    @rule(name=NAMES, text=TEXTS)
    def edit(self, name: str, text: str) -> None:
        if name in self.there:
            title, _, categories = self.there[name]
            self._write(name, (title, text, categories))

    @rule(name=NAMES, to=NAMES)
    def rename(self, name: str, to: str) -> None:
        if name in self.there and to not in self.there:
            folder = self.place.root / "inbox"
            (folder / to).parent.mkdir(exist_ok=True)
            (folder / name).rename(folder / to)
            self.there[to] = self.there.pop(name)
            self.leads.pop(name, None)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if name in self.there:
            (self.place.root / "inbox" / name).unlink()
            self.removed[name] = self.there.pop(name)
            self.leads.pop(name, None)

    @rule(name=NAMES)
    def restore(self, name: str) -> None:
        if name in self.removed and name not in self.there:
            self._write(name, self.removed.pop(name))

    @rule(rename=RENAMES, rules=RULES, nested=st.booleans(), title=TITLES)
    def configure(
        self, rename: dict[str, str], rules: tuple[dict[str, Any], ...], nested: bool, title: str
    ) -> None:
        """Another configuration, from the next start on."""
        self.place.rename, self.place.rules = rename, rules
        self.place.nested, self.place.title = nested, title

    @rule()
    def lose_the_output(self) -> None:
        shutil.rmtree(self.place.root / "feeds", ignore_errors=True)

    @rule(name=NAMES)
    def look_at_one(self, name: str) -> None:
        assert self.place.once(name).report.errors == []

    @rule()
    def look(self) -> None:
        """A whole scan; the second changes nothing."""
        assert self.place.once().report.errors == []
        before = self.place.files()
        again = self.place.once()
        assert (again.report.errors, again.counts(), again.written) == ([], {}, [])
        assert self.place.files() == before
        self._check_stories()
        self._check_files()

    def _check_stories(self) -> None:
        """Every file's story is published once, and ids that were there are there."""
        items = self.place.feed()["items"]
        ids = [item["id"] for item in items]
        assert len(set(ids)) == len(ids)
        assert self.published <= set(ids)
        self.published |= set(ids)
        shown = [(item["title"], item["content_html"].strip()) for item in items]
        assert len(set(shown)) == len(shown)

    def _check_files(self) -> None:
        """A file that stays where it is keeps the article that it stands for."""

        async def leads(world: World) -> dict[str, str]:
            query = (
                sa.select(aliases.c.value, articles.c.key)
                .join(articles, articles.c.id == aliases.c.article_id)
                .where(aliases.c.kind == "identity", aliases.c.lead)
            )
            async with world.context.store._read() as connection:
                rows = await connection.execute(query)
                return {row.value: row.key for row in rows}

        now = self.place.run(leads)
        assert len(set(now.values())) == len(now), "two files lead one article"
        assert now.keys() <= self.there.keys()
        for name, key in self.leads.items():
            assert now[name] == key
        self.leads = now


Files.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestFiles = Files.TestCase
