"""Whatever happens to several sources' copies of a few stories: the laws that readers rely on."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from place import Place

from aggregator.errors import StoreError
from aggregator.jobs import Publish, Scan, World, perform
from aggregator.scan import Report
from aggregator.store import Life

STORIES = {
    "bridge": (
        "The harbour bridge of Lindau was closed on Thursday morning after divers found a crack in "
        "the second pier, and the town expects that repairs will last until spring.",
        "Ferries now leave every twenty minutes from the old customs house, where volunteers of "
        "the fire brigade help passengers with prams over the narrow gangway.",
        "The engineer in charge said that the crack had probably been there for years and that "
        "nobody had been in danger, because the load was limited long ago.",
        "Shopkeepers on the island fear for their trade and have asked the council for another "
        "ferry in the evening, which would have to be paid by the district.",
    ),
    "pears": (
        "Nobody remembers who planted the pear trees behind the monastery, but every autumn half "
        "the village climbs over the wall to shake them, and the monks look away.",
        "This year the harvest was so large that the baker sold tarts for a week and the priest "
        "preached about gluttony, with a napkin still tucked into his collar.",
        "What cannot be eaten is pressed behind the school, where the children are allowed to "
        "turn the handle and drink what runs over the rim of the barrel.",
        "The abbot says that he has never seen anyone on the wall, and that the branches which "
        "hang over the lane belong to whoever is tall enough to reach them.",
    ),
}
TITLES = {
    "bridge": ("Lindau closes its bridge", "Bridge in Lindau is closed"),
    "pears": ("Pears behind the monastery", "A harvest over the wall"),
}
FORMS = ("whole", "cut", "longer", "footer")
FURNITURE = "Sign up for our newsletter and follow us on all our channels"


@dataclass(frozen=True)
class Told:
    """What a file holds."""

    story: str
    title: int = 0
    form: str = "whole"
    categories: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        parts = STORIES[self.story]
        match self.form:
            case "cut":
                parts = parts[:3]
            case "longer":
                more = (
                    f"The council of the {self.story} will meet on Tuesday to talk about all this, "
                )
                parts = (*parts, more + "and whoever lives here is asked to come and to be heard.")
            case "footer":
                parts = (*parts, FURNITURE)
        return "\n\n".join(parts)


SOURCES = {"Alpha": "keep", "Beta": "retract", "Gamma": "retract"}
FILES = st.sampled_from([(s, n) for s in SOURCES for n in ("a.md", "b.md")])
TOLD = st.builds(
    Told,
    story=st.sampled_from(["bridge", "bridge", "pears"]),
    title=st.integers(0, 1),
    form=st.sampled_from(FORMS),
    categories=st.sampled_from([(), ("Town",), ("Town", "Lake"), ("Lake",)]),
)
Where = tuple[str, str]
# What is scanned after an edit.
LOOKS = st.sampled_from(["", "all", "all", *SOURCES])


class Papers(RuleBasedStateMachine):
    """Editors at work in three folders, an operator, and an aggregator that looks now and then."""

    def __init__(self, store: str = "sqlite:///data/store.db") -> None:
        super().__init__()
        root = Path(tempfile.mkdtemp(prefix="aggregator-stories-"))
        self.place = Place(root, store=store, limit=1000, compute=_here)
        self.place.sources = {
            name: {"directory": name.lower(), "on_delete": on_delete}
            for name, on_delete in SOURCES.items()
        }
        for name in SOURCES:
            (root / name.lower()).mkdir()
            # A folder that is empty at once is an error.
            self._put((name, "own.md"), f"---\ntitle: Of {name}\ndate: 2024-05-31\n---\n{name}.\n")
        self.files: dict[Where, Told] = {}
        self.seen: dict[Where, Told] = {}
        self.gone: dict[Where, Told] = {}
        self.ids: dict[Where, str] = {}
        self.shown: dict[str, tuple[Any, ...]] = {}
        # Stories of which more than one entry may be shown, because of what people did.
        self.several: set[str] = set()
        # What a file held before it held another story: its keys lead to that file's article.
        self.left: set[tuple[str, int, str]] = set()
        # Files that held another story: what equals an article then stays what it was beside it.
        self.replaced: set[Where] = set()
        self.dropped: set[str] = set()
        # Stories that were retracted and then pruned: those do not come back.
        self.buried: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.place.root)
        if self.place.store.startswith("postgresql"):
            with psycopg.connect(self.place.store, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")

    def _put(self, where: Where, text: str) -> None:
        self.place.put(f"{where[0].lower()}/{where[1]}", text)

    def _path(self, where: Where) -> Path:
        return self.place.root / where[0].lower() / where[1]

    # Editors

    @initialize(told=st.tuples(TOLD, TOLD, TOLD), story=st.sampled_from(sorted(STORIES)))
    def begin(self, told: tuple[Told, ...], story: str) -> None:
        """Three sources tell one story."""
        for source, one in zip(SOURCES, told, strict=True):
            self._write((source, "a.md"), replace(one, story=story))
        self._look("all")

    @rule(where=FILES, told=TOLD, look=LOOKS)
    def write(self, where: Where, told: Told, look: str) -> None:
        """A new file, or another story in an old one."""
        self._write(where, told)
        self._look(look)

    def _write(self, where: Where, told: Told) -> None:
        known = self.files.get(where) or self.seen.get(where) or self.gone.get(where)
        if known and known.story != told.story:
            self.replaced.add(where)
            self.several |= {known.story, told.story}
            self.left |= {(known.story, t, f) for t in (0, 1) for f in FORMS}
        others = {
            w for w in (*self.files, *self.seen, *self.gone) if w[0] == where[0] and w != where
        }
        self.several |= {
            told.story
            for w in others
            for one in (self.files, self.seen, self.gone)
            if w in one and one[w].story == told.story
        }
        categories = ", ".join(told.categories)
        title = TITLES[told.story][told.title]
        head = f"title: {title}\ndate: 2024-05-31\ncategories: [{categories}]"
        self._put(where, f"---\n{head}\n---\n{told.text}\n")
        self.files[where] = told

    @rule(where=FILES, title=st.integers(0, 1), form=st.sampled_from(FORMS), look=LOOKS)
    def edit(self, where: Where, title: int, form: str, look: str) -> None:
        if where in self.files:
            self._write(where, replace(self.files[where], title=title, form=form))
            self._look(look)

    @rule(where=FILES, look=LOOKS)
    def delete(self, where: Where, look: str) -> None:
        if where in self.files:
            self._path(where).unlink()
            self.gone[where] = self.files.pop(where)
            self._look(look)

    @rule(where=FILES, look=LOOKS)
    def restore(self, where: Where, look: str) -> None:
        if where in self.gone and where not in self.files:
            self._write(where, self.gone[where])
            self._look(look)

    @rule(where=FILES)
    def rename(self, where: Where) -> None:
        to = (where[0], "b.md" if where[1] == "a.md" else "a.md")
        if where in self.files and to not in self.files:
            told = self.gone.get(to) or self.seen.get(to)
            if told:
                self.several |= {told.story, self.files[where].story}
                self.left |= {(told.story, t, f) for t in (0, 1) for f in FORMS}
            self.several.add(self.files[where].story)
            self._path(where).rename(self._path(to))
            self.gone[where] = self.files[where]
            self.files[to] = self.files.pop(where)

    # The operator

    @rule(mode=st.sampled_from(["merge", "merge", "mark", "keep"]))
    def change_mode(self, mode: Literal["merge", "mark", "keep"]) -> None:
        if mode != self.place.duplicates:
            self.several |= set(STORIES)
            self.place.duplicates = mode

    @rule(source=st.sampled_from(sorted(SOURCES)), on=st.booleans())
    def change_boilerplate(self, source: str, on: bool) -> None:
        self.place.sources[source]["boilerplate"] = on

    @rule(drops=st.sampled_from([(), ("pears",), ("bridge",)]))
    def change_rules(self, drops: tuple[str, ...]) -> None:
        self.place.rules = [
            {"if": {"title": "monastery|wall" if one == "pears" else "Lindau"}, "drop": True}
            for one in drops
        ]
        self.dropped = set(drops)

    @rule(where=FILES)
    def split(self, where: Where) -> None:
        """And back: the same feeds as before, but for the time of the change."""
        self._visit(twice=True)
        life = self._life(where)
        if life is None or life.bond != "merged" or life.state != "merged":
            return
        before = self._undated()
        key = life.entry.key
        single, self.several = self.several, set(STORIES)
        self._do("split", key)
        self.several = single
        shown = self._life(where)
        assert shown
        assert shown.state == "live"
        self._do("join", key, "")
        assert self._undated() == before

    @rule(where=FILES)
    def split_for_good(self, where: Where) -> None:
        life = self._life(where)
        if life and life.bond in ("merged", "marked") and life.state in ("merged", "live"):
            self.several |= set(STORIES)
            self._do("split", life.entry.key)

    @rule(where=FILES, into=FILES)
    def merge(self, where: Where, into: Where) -> None:
        one, other = self._life(where), self._life(into)
        if one and other and self.seen.get(where) and self.seen.get(into):
            if self.seen[where].story != self.seen[into].story:
                return
            self.several |= set(STORIES)
            try:
                self._do("join", one.entry.key, other.entry.key)
            except StoreError:
                return

    @rule()
    def prune(self) -> None:
        """The feeds show all; so only what was retracted goes."""
        self.buried |= {told.story for told in (*self.gone.values(), *self.seen.values())}
        self.place.run(lambda world: world.context.store.prune(self.place.now, 1000))

    @rule()
    def tidy(self) -> None:
        self.place.run(lambda world: world.context.store.tidy(self.place.now - timedelta(days=7)))

    # The aggregator

    @rule()
    def look(self) -> None:
        self._visit(twice=True)

    def _look(self, which: str) -> None:
        if which:
            self._visit(*([] if which == "all" else [which]))

    def _visit(self, *only: str, twice: bool = False) -> None:
        self.place.now += timedelta(minutes=1)
        names = only or tuple(self.place.sources)

        async def work(world: World) -> None:
            for report in [await perform(Scan(name), world) for name in names]:
                assert isinstance(report, Report)
                assert report.errors == []
            await perform(Publish(), world)
            if twice:
                await self._again(world)
            for where in {*self.files, *self.seen}:
                if where[0] not in names:
                    continue
                if where in self.files:
                    self.seen[where] = self.files[where]
                else:
                    self.seen.pop(where, None)
            await self._check(world)

        self.place.run(work)

    async def _again(self, world: World) -> None:
        """A second visit finds nothing to do."""
        before = self.place.files()
        for name in world.sources:
            report: Any = await perform(Scan(name), world)
            assert (report.new, report.changed, report.duplicates, report.errors) == (0, 0, 0, [])
        assert await perform(Publish(), world) == []
        assert self.place.files() == before

    async def _check(self, world: World) -> None:
        feed = self.place.feed()["items"]
        ids = [item["id"] for item in feed]
        assert len(set(ids)) == len(ids)
        lives = {where: await _life(world, where) for where in self.seen}
        self._check_files(feed, lives)
        self._check_stories(feed)
        self._check_updated(feed)
        await self._check_feeds_are_written(world)

    async def _check_feeds_are_written(self, world: World) -> None:
        """Nothing is stale: all written anew, not a byte differs."""
        store, before = world.context.store, self.place.files()
        await store.want_feeds([row.id for row in await store.feed_rows()])
        await store.want_pages()
        await perform(Publish(), world)
        after = self.place.files()
        assert {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)} == set()

    def _check_files(self, feed: list[dict[str, Any]], lives: dict[Where, Life | None]) -> None:
        """What a file tells is shown, under the id that it always had."""
        shown = {item["id"]: item for item in feed}
        for where, told in self.seen.items():
            if told.story in self.dropped | self.buried:
                continue
            life = lives[where]
            assert life, f"{where} is unknown"
            if (told.story, told.title, told.form) in self.left:
                continue
            entry = life.lead if life.state == "merged" else life.entry.id
            assert entry in shown, f"{where} is not shown ({life.state}, {life.bond})"
            telling = feed if where in self.replaced else [shown[entry]]
            assert any(STORIES[told.story][0][:40] in i["content_html"] for i in telling), where
            if life.entry.article.uid == where[1] and life.entry.source == where[0]:
                assert self.ids.setdefault(where, life.entry.id) == life.entry.id

    def _check_stories(self, feed: list[dict[str, Any]]) -> None:
        for story in set(STORIES) - self.several - self.dropped - self.buried:
            telling = [i for i in feed if STORIES[story][0][:40] in i["content_html"]]
            told = any(t.story == story for t in self.seen.values())
            assert len(telling) <= 1
            assert telling or not told

    def _check_updated(self, feed: list[dict[str, Any]]) -> None:
        """The time of the change moves only with the title or the text."""
        for item in feed:
            now = item["date_modified"], item["title"], item["content_html"]
            before = self.shown.get(item["id"])
            if before and before[1:] == now[1:]:
                assert before[0] == now[0], item["title"]
            self.shown[item["id"]] = now

    def _undated(self) -> dict[str, list[dict[str, Any]]]:
        return {
            slug: [
                {k: v for k, v in item.items() if k != "date_modified"}
                for item in self.place.feed(slug)["items"]
            ]
            for slug in ("", *self.place.slugs())
        }

    def _do(self, what: str, *keys: str) -> None:
        async def work(world: World) -> None:
            await getattr(world.context.store, what)(*keys, self.place.now)
            await perform(Publish(), world)
            await self._check(world)

        self.place.now += timedelta(minutes=1)
        self.place.run(work)

    def _life(self, where: Where) -> Life | None:
        return self.place.run(lambda world: _life(world, where))  # type: ignore[no-any-return]


async def _life(world: World, where: Where) -> Life | None:
    found = await world.context.store.lives("", [], (world.sources[where[0]].key, where[1]))
    assert len(found) <= 1
    return found[0] if found else None


async def _here(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Compute without a pool: there is little to do, often."""
    return [task(item) for item in items]


def _laws(store: str, examples: int) -> None:
    quick = settings(
        max_examples=examples,
        stateful_step_count=6,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Papers(store), settings=quick)


def test_the_laws_hold_on_sqlite() -> None:
    _laws("sqlite:///data/store.db", 6)


def test_the_laws_hold_on_postgresql(postgresql_url: str) -> None:
    _laws(postgresql_url, 2)
