"""The daemon: what is due when, file events, publishing, reloading, an orderly end."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from watchfiles import Change, awatch

from aggregator.errors import AggregatorError, ConfigError
from aggregator.jobs import Job, Prune, Publish, Scan, World, perform
from aggregator.scan import Report
from aggregator.sources import Source, first_due
from aggregator.sources.directory import DirectorySettings, matcher

log = logging.getLogger(__name__)

# Sources that are visited at once. Beyond, memory grows and no visit ends sooner.
_AT_ONCE = 16

# Seconds: file events are gathered for the first, changes to publish for the second, which grows
# to what the last publishing took; a failed publishing is tried again after the third.
_GATHER_MS = 100
_DEBOUNCE = 0.1
_RETRY = 30.0

# Seconds that work in hand gets to finish when the daemon ends; then it is undone.
_PARTING = 8.0

Reload = Callable[[], Awaitable[World]]


class Daemon:
    """Runs the jobs of a World until it is told to stop.

    ``reload`` reads the configuration anew and raises ConfigError to keep the one in force;
    ``config`` is the file whose edits call for it.
    """

    def __init__(self, world: World, reload: Reload, config: Path) -> None:
        self.config_error = ""
        self.started = datetime.now(UTC)
        self._world = world
        self._reload = reload
        self._config = config
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._turns: dict[str, asyncio.Lock] = {}
        self._stale = asyncio.Event()
        self._stop = asyncio.Event()
        self._rewatch = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def world(self) -> World:
        """The world in force."""
        return self._world

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until SIGTERM or SIGINT; SIGHUP reloads. ``ready`` is called when all is running."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._on_reload)
        await self._publish()
        await self._schedule()
        self._scheduler.start()
        background = [
            asyncio.create_task(one)
            for one in (self._publish_on_demand(), self._watch_folders(), self._watch_config())
        ]
        try:
            ready()
            await self._stop.wait()
            log.info("Stopping; work in hand is finished")
        finally:
            self._scheduler.shutdown(wait=False)
            await self._part(background)

    async def _part(self, background: list[asyncio.Task[None]]) -> None:
        """Let work in hand finish, write what it brought, and give up what takes too long."""
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PARTING)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._stale.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PARTING):
                    await self._publish()

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Scanning

    async def _schedule(self) -> None:
        """Give every source its next time: the one it had, unless the source is new."""
        self._scheduler.remove_all_jobs()
        planned = await self._world.context.store.planned()
        now = datetime.now(UTC)
        for source in self._world.sources.values():
            self._scheduler.add_job(
                self._scan_due,
                trigger=source.trigger,
                args=[source.name],
                id=source.key,
                next_run_time=first_due(source, planned.get(source.key), now),
                coalesce=True,
                misfire_grace_time=None,
                max_instances=1,
            )
        if self._world.keep is not None:
            self._scheduler.add_job(
                self._prune, "interval", days=1, id="prune", misfire_grace_time=None
            )

    async def _scan_due(self, name: str) -> None:
        self._start(self._scan_and_plan(name))

    async def _scan_and_plan(self, name: str) -> None:
        """Scan a source and note when it is due again: after, for a crash must not skip it."""
        await self._scan(name)
        source = self._world.sources.get(name)
        job = self._scheduler.get_job(source.key) if source else None
        if source and job and job.next_run_time:
            await self._world.context.store.plan(source.key, job.next_run_time)

    async def _scan(self, name: str, only: tuple[str, ...] = ()) -> None:
        """Scan a source when it is its turn; one scan at a time of each."""
        async with self._turns.setdefault(name, asyncio.Lock()), self._gate:
            if name not in self._world.sources:
                return
            report = await self._perform(Scan(name, only))
        if isinstance(report, Report):
            _log(report)
            self._stale.set()

    async def _prune(self) -> None:
        pruned = await self._perform(Prune())
        if pruned:
            log.info("Pruned %s articles", pruned)

    async def _perform(self, job: Job) -> Any:
        """Do a job; whatever goes wrong with it, the daemon lives."""
        try:
            return await perform(job, self._world)
        except AggregatorError as error:
            log.error("%s: %s", job, error)  # noqa: TRY400 - a message for people, no traceback
        except Exception:
            log.exception("%s failed", job)
        return None

    # Publishing

    async def _publish_on_demand(self) -> None:
        """Publish soon after something changed, and when an article's date has come."""
        pause = _DEBOUNCE
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(await self._until_next()):
                    await self._stale.wait()
            await asyncio.sleep(pause)
            began = time.monotonic()
            done = await self._publish()
            pause = max(_DEBOUNCE, time.monotonic() - began) if done else _RETRY
            if not done:
                self._stale.set()

    async def _publish(self) -> bool:
        self._stale.clear()
        written = await self._perform(Publish())
        if written:
            log.info("Published %d feeds", len(written))
        return written is not None

    async def _until_next(self) -> float | None:
        """Return the seconds until the next waiting article is due, None when there is none."""
        now = datetime.now(UTC)
        due = await self._world.context.store.release(now)
        return max((due - now) / timedelta(seconds=1), 0.0) if due else None

    # File events

    async def _watch_folders(self) -> None:
        """Scan what file events name; periodic scans find what events miss."""
        while True:
            self._rewatch.clear()
            folders = self._watched()
            if not folders:
                await self._rewatch.wait()
                continue
            try:
                async for changes in _changes(list(folders), self._rewatch):
                    self._notice(changes, folders)
            except (OSError, RuntimeError) as error:
                log.warning("Folders cannot be watched (%s); periodic scans go on", error)
                await self._rewatch.wait()

    def _watched(self) -> dict[Path, Source]:
        root = self._world.context.root
        return {
            folder: source
            for source in self._world.sources.values()
            if isinstance(source.settings, DirectorySettings)
            and source.settings.watch
            and (folder := (root / source.settings.directory).resolve()).is_dir()
        }

    def _notice(self, changes: set[tuple[Change, str]], folders: dict[Path, Source]) -> None:
        for folder, source in folders.items():
            names = {
                str(Path(path).relative_to(folder))
                for _, path in changes
                if Path(path).is_relative_to(folder)
            }
            seen = {n for n in names if not any(part.startswith(".") for part in Path(n).parts)}
            if not seen:
                continue
            assert isinstance(source.settings, DirectorySettings)  # noqa: S101 - see _watched
            matches = matcher(source.settings)
            # A folder that came or went stands for all that is in it: the whole tree is looked at.
            whole = any(not matches(n) and (folder / n).is_dir() for n in seen) or any(
                not matches(n) and not Path(n).suffix and not (folder / n).exists() for n in seen
            )
            files = tuple(sorted(n for n in seen if matches(n)))
            if whole or files:
                self._start(self._scan(source.name, () if whole else files))

    # Configuration

    async def _watch_config(self) -> None:
        folder = self._config.parent.resolve()
        path = folder / self._config.name
        async for changes in awatch(folder, recursive=False, debounce=_GATHER_MS):
            if any(Path(changed) == path for _, changed in changes) and path.exists():
                await self._take_config()

    def _on_reload(self) -> None:
        self._start(self._take_config())

    async def _take_config(self) -> None:
        """Take the configuration as it is now, or say why the old one stays in force."""
        try:
            self._world = await self._reload()
        except ConfigError as error:
            self.config_error = str(error)
            log.error("The edit is not taken; the old one stays in force:\n%s", error)  # noqa: TRY400
            return
        except AggregatorError as error:
            self.config_error = str(error)
            log.error("The edit cannot be taken: %s", error)  # noqa: TRY400
            return
        self.config_error = ""
        await self._schedule()
        self._rewatch.set()
        self._stale.set()
        log.info("Took the configuration anew: %d sources", len(self._world.sources))


async def _changes(
    folders: list[Path], stop: asyncio.Event
) -> AsyncIterator[set[tuple[Change, str]]]:
    async for changes in awatch(
        *folders, watch_filter=None, debounce=_GATHER_MS, step=_GATHER_MS // 2, stop_event=stop
    ):
        yield changes


def _log(report: Report) -> None:
    for document, error in report.errors:
        text = error if document in error else f"{document}: {error}"
        log.warning("%s: %s", report.source, text)
    if report.new or report.changed or report.duplicates:
        log.info(
            "%s: %d new, %d changed, %d duplicates",
            report.source,
            report.new,
            report.changed,
            report.duplicates,
        )
