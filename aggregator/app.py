"""Builds everything that a configuration names; opens it and closes it."""

import asyncio
import contextlib
import secrets
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from aggregator.config import Config, Loaded, load
from aggregator.decider import DuplicatePolicy
from aggregator.engines import LocalEngine, open_engine
from aggregator.errors import ConfigError
from aggregator.fetch import Client, open_client
from aggregator.jobs import World
from aggregator.lists.opml import Outline
from aggregator.nfkc import fold
from aggregator.output import Output, Selection, prepare_output, retired
from aggregator.pings import hub_status
from aggregator.prepare import CategoryPolicy, brief, recipe_digest
from aggregator.publish import Site
from aggregator.rules import Rule
from aggregator.scan import Context
from aggregator.serving import terms
from aggregator.sources import Source
from aggregator.sources.base import seconds
from aggregator.sources.opml import OpmlSettings, expand
from aggregator.store import Listed, SourceEntry, Store, open_store
from aggregator.terms import Terms
from aggregator.troubles import token_of, troubles_files
from aggregator.websub import PLACE, Callbacks

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from aggregator.daemon import Daemon
    from aggregator.server import Health, Status


# Threads that mostly wait: as many as requests are in flight.
_WAITING = 64

# Bytes of chance in an address that nobody shall guess.
_TOKEN = 16

# Settings whose places are opened at the start.
_FIXED = ("output", "root", "serve.host", "serve.port", "store")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What is open while the program works."""

    store: Store
    client: Client
    engine: LocalEngine


@contextlib.asynccontextmanager
async def open_app(loaded: Loaded) -> AsyncIterator[App]:
    """Open the store, for this process alone, the HTTP client and the engine.

    Raises StoreError, StoreBusyError.
    """
    # Names of hosts are looked up in these threads: by default there are so few that half a dozen
    # name servers which do not answer hold up every source.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_WAITING))
    async with (
        open_store(loaded.config.store, loaded.root) as store,
        store.held(),
        open_client(contact=contact(loaded.config)) as client,
        open_engine() as engine,
    ):
        yield App(store=store, client=client, engine=engine)


def contact(config: Config) -> str:
    """Return what is told to the servers that are asked, so that they know whom to turn to."""
    return config.contact or config.base_url or ""


async def enter(loaded: Loaded, app: App) -> World:
    """Bring the store in line with a configuration; return the world that jobs work on."""
    world = build(loaded, app, await app.store.listed())
    await settle(world, app.store)
    return world


async def settle(world: World, store: Store) -> None:
    """Bring the store in line with a world that is about to be worked on."""
    entries = [_entry(source, world) for source in world.sources.values()]
    await store.set_sources(entries)
    await prepare_output(store, world.output)


def build(loaded: Loaded, app: App, listed: Mapping[str, Sequence[Listed]]) -> World:
    """Return the world of a configuration, without writing anything.

    ``listed``: the feeds that OPML sources list, by the keys of those.
    """
    config = loaded.config
    sources = {source.name: source for source in _all(loaded.sources, listed)}
    context = Context(
        store=app.store,
        client=app.client,
        compute=app.engine.compute,
        root=loaded.root,
        policy=policy(config),
        rules=rules(config),
        duplicates=DuplicatePolicy(
            config.duplicates, timedelta(seconds=seconds(config.duplicates_within))
        ),
    )
    return World(
        context=context,
        output=_output(loaded, sources.values()),
        sources=sources,
        keep=timedelta(seconds=seconds(config.keep)) if config.keep else None,
        callbacks=f"{config.base_url}{PLACE}" if config.base_url else "",
    )


def _all(configured: Sequence[Source], listed: Mapping[str, Sequence[Listed]]) -> Iterator[Source]:
    """Yield the sources that are configured, then those that OPML files list; each feed once.

    One that is in several lists has the categories of all.
    """
    yield from configured
    feeds = {source.settings.target for source in configured}
    names = {source.name for source in configured}
    children: dict[str, Source] = {}
    for source in configured:
        if isinstance(source.settings, OpmlSettings):
            outlines = [
                Outline(url=one.url, title=one.title, categories=one.categories)
                for one in listed.get(source.key, ())
            ]
            for one in outlines:
                if one.url in children:
                    more = (*source.settings.categories, *one.categories)
                    children[one.url] = _also_in(children[one.url], more)
            for feed in expand(source, outlines, feeds, names):
                feeds.add(feed.settings.target)
                names.add(feed.name)
                children[feed.settings.target] = feed
    yield from children.values()


def _also_in(source: Source, categories: Sequence[str]) -> Source:
    every = tuple(dict.fromkeys((*source.settings.categories, *categories)))
    return replace(source, settings=source.settings.model_copy(update={"categories": every}))


def policy(config: Config) -> CategoryPolicy:
    """Return how the configuration wants categories named."""
    rename = {fold(old): new for old, new in config.categories.rename.items()}
    only = frozenset(map(fold, config.categories.only))
    return CategoryPolicy(rename=rename, nested=config.categories.nested, only=only)


def rules(config: Config) -> tuple[tuple[str, Rule], ...]:
    """Return the rules for all sources, each with what to call it."""
    return tuple((f"rules[{number}]", rule) for number, rule in enumerate(config.rules))


async def run(loaded: Loaded, announce: Callable[[str], None]) -> None:
    """Run the daemon until it is told to stop. ``announce`` gets the address of the pages.

    Raises AggregatorError when it cannot start.
    """
    # Imported here: once and preview have no use for a server, whose import takes 0.2 s.
    from aggregator.daemon import Daemon  # noqa: PLC0415
    from aggregator.server import serve  # noqa: PLC0415

    async with open_app(loaded) as app:
        serve_at = loaded.config.serve
        pages = Pages(loaded, app)
        served = await serve(pages.application(), serve_at.host, serve_at.port)
        try:
            pages.port = served.port
            daemon = Daemon(await pages.enter(loaded), pages.reload, loaded.path)
            pages.daemon = daemon
            await daemon.run(ready=lambda: announce(served.url))
        finally:
            await served.stop()


class Pages:
    """Joins the daemon and the server: each shows what the other one does."""

    def __init__(self, loaded: Loaded, app: App) -> None:
        self.port = 0
        self.daemon: Daemon | None = None
        self._loaded = loaded
        self._app = app
        self._terms = _terms(loaded.config)

    def application(self) -> "ASGIApp":
        """Return the web application."""
        from aggregator.server import build as build_server  # noqa: PLC0415 - see run
        from aggregator.server import (  # noqa: PLC0415
            health_route,
            hubs_route,
            troubles_route,
        )

        output = self._loaded.root / self._loaded.config.output
        hubs = Callbacks(store=self._app.store, news=self._news, changed=self._changed)
        more = (
            health_route(self._health),
            troubles_route(self._token, self._troubles),
            hubs_route(hubs),
        )
        return build_server(output, self._status, *more, terms=lambda: self._terms)

    async def enter(self, loaded: Loaded) -> World:
        """Take a configuration, with the port that is really served."""
        await self._token()
        world = await enter(_at(loaded, self.port), self._app)
        await self._retire(world)
        return world

    async def reload(self, quieten: Callable[[World], Awaitable[None]]) -> World:
        """Read the configuration anew; ``quieten`` gets its world before it comes into force.

        Raises ConfigError also for what needs a restart, and StoreError.
        """
        loaded = await asyncio.to_thread(load, self._loaded.path)
        old, new = self._loaded.config, loaded.config
        moved = [n for n in _FIXED if attrgetter(n)(old) != attrgetter(n)(new)]
        if moved:
            said = "cannot change while the daemon runs; restart it"
            raise ConfigError([f"{loaded.path}: {name}: {said}" for name in moved])
        # First of all: who has lost the right to read is not to wait until work has come to rest.
        self._terms = replace(_terms(loaded.config), gone=self._terms.gone)
        coming = build(_at(loaded, self.port), self._app, await self._app.store.listed())
        await quieten(coming)
        await settle(coming, self._app.store)
        self._loaded = loaded
        await self._retire(coming)
        return coming

    async def _retire(self, world: World) -> None:
        gone = await retired(self._app.store, world.output)
        self._terms = replace(self._terms, gone=gone)

    def _news(self, name: str, delivered: bytes) -> bool:
        return self.daemon is not None and self.daemon.take_news(name, delivered)

    def _changed(self, key: str) -> None:
        if self.daemon:
            self.daemon.look_at_hubs((key,))

    async def _token(self) -> str:
        """Return what the address of the feed of troubles ends with."""
        return await token_of(self._app.store, secrets.token_urlsafe(_TOKEN))

    async def _troubles(self) -> dict[str, bytes]:
        """Return the files of the feed of troubles."""
        site = _output(_at(self._loaded, self.port)).site
        return await troubles_files(self._app.store, site, await self._token(), datetime.now(UTC))

    async def _health(self) -> "Health":
        from aggregator.server import Health  # noqa: PLC0415 - see run

        return Health(counts=await self._app.store.counts(), config_error=self._config_error())

    async def _status(self) -> "Status":
        from aggregator.server import Status  # noqa: PLC0415 - see run

        seen = await self._app.store.glance()
        return Status(
            sources=tuple(seen.sources),
            feeds=tuple(seen.feeds),
            config_error=self._config_error(),
            started=self.daemon.started if self.daemon else datetime.now(UTC),
            hub=hub_status(self._loaded.config.publish.hub or "", seen),
        )

    def _config_error(self) -> str:
        return self.daemon.config_error if self.daemon else ""


def _terms(config: Config) -> Terms:
    serve_at = config.serve
    return terms(serve_at.readers, serve_at.limit, serve_at.proxies)


def _at(loaded: Loaded, port: int) -> Loaded:
    """Return the configuration as served on a port that is only known after binding."""
    serve_at = loaded.config.serve.model_copy(update={"port": port})
    config = loaded.config.model_copy(update={"serve": serve_at})
    return loaded.model_copy(update={"config": config})


def _entry(source: Source, world: World) -> SourceEntry:
    return SourceEntry(
        key=source.key,
        name=source.name,
        kind=source.settings.kind,
        target=source.settings.target,
        recipe=recipe_digest(brief(source, world.context.policy, world.context.rules)),
    )


def _output(loaded: Loaded, sources: Iterable[Source] = ()) -> Output:
    config = loaded.config
    site = Site(
        title=config.title,
        base_url=config.public_url,
        formats=config.publish.formats,
        also_in=config.publish.also_in,
        icon=config.publish.icon or "",
        ttl=max(1, seconds(config.publish.ttl) // 60),
        hub=config.publish.hub or "",
    )
    return Output(
        folder=loaded.root / config.output,
        site=site,
        limit=config.publish.limit,
        most=int(config.publish.max_bytes),
        quota=config.categories.quota,
        selections=(*_custom(config), *_own(sources, config.publish.limit)),
        rename=config.categories.rename,
        zone=config.timezone,
    )


def _custom(config: Config) -> Iterator[Selection]:
    for feed in config.feeds:
        yield Selection(
            name=feed.name,
            limit=feed.limit or config.publish.limit,
            categories=feed.categories,
            all_categories=feed.all_categories,
            not_categories=feed.not_categories,
            sources=feed.sources,
            languages=feed.language,
            search=feed.search or "",
            conditions=feed.if_,
            digest=feed.digest or "",
            sort=feed.sort,
        )


def _own(sources: Iterable[Source], limit: int) -> Iterator[Selection]:
    """Yield the feeds of single sources; a list of feeds has no articles itself."""
    for source in sources:
        if source.settings.own_feed and not isinstance(source.settings, OpmlSettings):
            yield Selection(kind="source", name=source.name, limit=limit)
