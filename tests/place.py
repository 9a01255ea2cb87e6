"""A whole aggregator in a temporary folder: sources in, store, feeds out, with a clock to set."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from aggregator.decider import DuplicatePolicy
from aggregator.engines import LocalEngine
from aggregator.fetch import open_client
from aggregator.jobs import Job, Publish, Scan, World, perform
from aggregator.output import Output, Selection, Written, prepare_output
from aggregator.prepare import CategoryPolicy, brief, recipe_digest
from aggregator.publish import Site
from aggregator.refine import Compute
from aggregator.rules import Rule
from aggregator.scan import Context, Report
from aggregator.sources import KINDS, Remote, Source
from aggregator.store import SourceEntry, SourceStatus, open_store

NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass
class Place:
    """What a configuration says, and where it all is."""

    root: Path
    sources: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"Inbox": {"directory": "inbox"}}
    )
    now: datetime = NOON
    limit: int = 50
    most: int = 512_000
    nested: bool = False
    rename: Mapping[str, str] = field(default_factory=dict)
    quota: int | None = None
    only: frozenset[str] = frozenset()
    rules: Sequence[Mapping[str, Any]] = ()
    duplicates: Literal["merge", "mark", "keep"] = "merge"
    selections: tuple[Selection, ...] = ()
    title: str = "Papers"
    base_url: str = "https://feeds.example.org/"
    hub: str = ""
    zone: str = "UTC"
    compute: Compute | None = None
    store: str = "sqlite:///data/store.db"
    _tick: int = 0

    def put(self, name: str, text: str) -> Path:
        """Write a file below the root, with a file time of its own."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self._tick += 1
        os.utime(path, (1_700_000_000 + self._tick, 1_700_000_000 + self._tick))
        return path

    def post(self, name: str, title: str, text: str = "", **front: Any) -> Path:
        """Write a post into the inbox."""
        lines = [
            f"title: {json.dumps(title)}",
            *(f"{k}: {json.dumps(v)}" for k, v in front.items()),
        ]
        head = "\n".join(lines)
        return self.put(f"inbox/{name}", f"---\n{head}\n---\n{text or f'The text of {title}.'}\n")

    def once(self, *only: str) -> "Once":
        """Start, scan every source (of the first only some files, if named), publish, end."""

        async def work(world: World) -> Once:
            reports = []
            for name in world.sources:
                reports.append(await perform(Scan(name, only), world))
                if only:
                    break
            return Once(reports, await perform(Publish(), world))  # type: ignore[arg-type]

        return self.run(work)

    def scan(self) -> list[Report]:
        """Start, scan, and die before anything is published."""

        async def work(world: World) -> list[Report]:
            return [await perform(Scan(name), world) for name in world.sources]  # type: ignore[misc]

        return self.run(work)

    def do(self, *jobs: Job) -> list[Any]:
        """Start, and do these jobs."""

        async def work(world: World) -> list[Any]:
            return [await perform(job, world) for job in jobs]

        return self.run(work)

    def run(self, work: Callable[[World], Awaitable[Any]]) -> Any:
        """Start, and work in the world."""

        async def inside() -> Any:
            engine = LocalEngine()
            async with open_store(self.store, self.root) as store, open_client() as client:
                context = Context(
                    store=store,
                    client=client,
                    compute=self.compute or engine.compute,
                    root=self.root,
                    policy=CategoryPolicy(
                        {old.casefold(): new for old, new in self.rename.items()},
                        self.nested,
                        self.only,
                    ),
                    rules=tuple(
                        (f"rules[{n}]", Rule.model_validate(one))
                        for n, one in enumerate(self.rules)
                    ),
                    duplicates=DuplicatePolicy(self.duplicates),
                    now=lambda: self.now,
                )
                world = World(context=context, output=self.output, sources=self._sources())
                await store.set_sources([_entry(one, context) for one in world.sources.values()])
                await prepare_output(store, world.output)
                try:
                    return await work(world)
                finally:
                    engine.close()

        return asyncio.run(inside())

    @property
    def output(self) -> Output:
        """Where and how feeds are written."""
        return Output(
            folder=self.root / "feeds",
            site=Site(title=self.title, base_url=self.base_url, hub=self.hub),
            limit=self.limit,
            most=self.most,
            quota=self.quota,
            selections=self.selections,
            rename=self.rename,
            zone=self.zone,
        )

    def _sources(self) -> dict[str, Source]:
        made = {}
        for name, given in self.sources.items():
            kind = next(iter(given))
            model = KINDS[kind][0]
            # Servers of tests are on this machine, and in no hurry to be spared.
            near = {"allow_private": True, "delay": 0} if issubclass(model, Remote) else {}
            settings = model.model_validate(near | given)
            made[name] = Source(name=name, settings=settings, zone="UTC")
        return made

    def status(self, name: str) -> SourceStatus:
        """How a source is."""

        async def ask(world: World) -> SourceStatus:
            return {s.name: s for s in await world.context.store.source_statuses()}[name]

        return self.run(ask)  # type: ignore[no-any-return]

    def feed(self, slug: str = "") -> dict[str, Any]:
        """A published feed, as JSON."""
        path = self.root / "feeds" / slug / "feed.json"
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    def titles(self, slug: str = "") -> list[str]:
        """The titles in a published feed, in its order."""
        return [item["title"] for item in self.feed(slug)["items"]]

    def ids(self, slug: str = "") -> dict[str, str]:
        """The ids in a published feed by title."""
        return {item["title"]: item["id"] for item in self.feed(slug)["items"]}

    def slugs(self) -> set[str]:
        """The feeds that are published, but everything."""
        folder = self.root / "feeds"
        found = {path.parent.relative_to(folder).as_posix() for path in folder.rglob("feed.json")}
        return found - {"."}

    def files(self) -> dict[str, tuple[bytes, int, int]]:
        """Bytes, file time and inode of everything that is published."""
        folder = self.root / "feeds"
        return {
            path.relative_to(folder).as_posix(): (
                path.read_bytes(),
                path.stat().st_mtime_ns,
                path.stat().st_ino,
            )
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def touched(self, before: dict[str, tuple[bytes, int, int]]) -> set[str]:
        """The folders in which a file was written or removed since."""
        after = self.files()
        names = {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)}
        return {name.rpartition("/")[0] for name in names}


@dataclass
class Once:
    """What one run did."""

    reports: list[Report]
    written: list[Written]

    @property
    def report(self) -> Report:
        """The first source's."""
        return self.reports[0]

    def counts(self, number: int = 0) -> dict[str, int]:
        """The counts of a report that are not 0."""
        report = self.reports[number]
        names = ("documents", "new", "changed", "unchanged", "duplicates", "dropped")
        return {name: count for name in names if (count := getattr(report, name))}


def _entry(source: Source, context: Context) -> SourceEntry:
    return SourceEntry(
        key=source.key,
        name=source.name,
        kind=source.settings.kind,
        target=source.settings.target,
        recipe=recipe_digest(brief(source, context.policy, context.rules)),
    )
