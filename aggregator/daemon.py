"""The daemon: what is due when, file events, publishing, reloading, an orderly end."""

import asyncio
import contextlib
import functools
import inspect
import logging
import os
import signal
import time
from collections import deque
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from watchfiles import Change, awatch

from aggregator.due import first_due
from aggregator.errors import AggregatorError
from aggregator.jobs import Job, Prune, Publish, Scan, Tell, World, perform
from aggregator.output import next_digest
from aggregator.scan import Report
from aggregator.sources import Source
from aggregator.sources.directory import DirectorySettings, touched
from aggregator.turns import Turns
from aggregator.websub import Desk, tend, wanted

log = logging.getLogger(__name__)

# Seconds: what changed after quiet is published at once, or after the first while scans go on. Soon
# after another publishing it waits four times what that took, so that publishing never takes more
# than a fifth of the time; without scans not longer than the first. What failed is tried again
# after the last.
_DEBOUNCE = 0.1
_BREATH = 4.0
_RETRY = 30.0

# Seconds after which what depends on the clock is looked at anew: clocks are set, laptops sleep.
_CLOCK = 60.0

# Milliseconds: file events are gathered for the first at most, until a step of the second brings
# none; whether the folders are still the ones being watched is looked at after the third. The
# watcher looks once a step, so an event waits one and a half on average. Measured at rest, in per
# cent of a core: 0.1 with steps of 50, 0.4 of 5, 0.9 of 2, 1.8 of 1.
_GATHER, _STEP, _LOOK = 100, 5, 1000

# Seconds: a file that was written so shortly before may be half of what is to come, and is waited
# for until it is the same that long, as often as the second.
_WRITING, _WAITS = 0.05, 20

# Files that events name before looking at the whole folder is the quicker way. The kernel drops
# events beyond 16,384 in its queue; by then the whole folder is being looked at.
_NAMED = 500

# Seconds between two looks at the configuration. An edit is taken once it is the same twice: an
# editor may be half through. Asking for the file's state finds what no event tells: a link that
# leads elsewhere now, a network share.
_CONFIG_LOOK = 0.5

# Seconds that scans get to finish when the daemon ends, before they are undone, and publishing
# after them; with the server's two seconds they make less than five.
_PARTING, _LAST_WORDS = 1.0, 1.0

# Seconds between two looks at which hubs are to be asked; what a scan found is looked at at once.
_HUBS_LOOK = 60.0

# What hubs delivered of one source and is not read yet. Beyond, the source is asked, which has all.
_UNREAD = 4

# Before everything: asks the store when the next article is due without letting one out.
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)

# Asked for instead of some files: all of the source.
_WHOLE: frozenset[str] = frozenset()

# Returns the World of the configuration as it is now. Once the configuration is known to be right,
# before anything is changed, what it is given is awaited, with that World. Raises AggregatorError.
Reload = Callable[[Callable[[World], Awaitable[None]]], Awaitable[World]]


class Daemon:
    """Runs the jobs of a World until it is told to stop.

    ``reload`` reads the configuration anew and raises AggregatorError to keep the one in force;
    ``config`` is the file whose edits call for it.
    """

    def __init__(self, world: World, reload: Reload, config: Path) -> None:
        self.config_error = ""
        self.started = datetime.now(UTC)
        self._reload = reload
        self._config = config
        self._seen = _state(config)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._turns = Turns()
        self._due: dict[str, datetime | None] = {}
        self._publishing = asyncio.Lock()
        self._asked: dict[str, frozenset[str]] = {}
        self._news: dict[str, deque[Scan]] = {}
        self._scans: dict[str, asyncio.Task[None]] = {}
        self._allowed = asyncio.Event()
        self._allowed.set()
        self._stale = asyncio.Event()
        self._stop = asyncio.Event()
        self._edited = asyncio.Event()
        self._rewatch = asyncio.Event()
        self._written = asyncio.Event()
        self._hubs = asyncio.Event()
        self._hubs_of: set[str] = set()
        self._world = self._told(world)

    def _told(self, world: World) -> World:
        """Return a world that says so whenever something was saved that could be published."""
        context = replace(world.context, progress=lambda _: self._stale.set())
        return replace(world, context=context)

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until SIGTERM or SIGINT; SIGHUP reloads. ``ready`` is called when all is running."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self._edited.set)
        working = asyncio.create_task(self._work(ready))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working  # raises what kept it from starting
            log.info("Stopping; what cannot be finished in a second is undone and done next time")
        finally:
            await self._part([working, stopped])

    async def _work(self, ready: Callable[[], None]) -> None:
        """Publish what there is, so that there is something to see, then start all the rest."""
        await self._publish()
        await self._schedule()
        self._scheduler.start()
        ready()
        lasting = (
            self._publish_on_demand,
            self._watch_folders,
            self._watch_config,
            self._take_edits,
            self._keep_time,
            self._keep_hubs,
            self._tell_hub,
        )
        async with asyncio.TaskGroup() as group:
            for work in lasting:
                group.create_task(self._lasting(work))

    async def _lasting(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do what never ends; whatever goes wrong with it, it is begun again."""
        while True:
            try:
                await work()
            except Exception:
                log.exception("Something unexpected; it is tried again in %d s", _RETRY)
            await asyncio.sleep(_RETRY)

    async def _part(self, background: Sequence[asyncio.Task[Any]]) -> None:
        """Let work in hand finish, give up what takes too long, write what it brought."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._asked.clear()
        await _cancelled(background)
        if self._scans:
            await asyncio.wait(self._scans.values(), timeout=_PARTING)
        await self._end_scans(tuple(self._scans))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await self._publish()

    async def _keep_time(self) -> None:
        """Let the scheduler look at the clock: it counts seconds, which pass while nobody runs."""
        while True:
            await asyncio.sleep(_CLOCK)
            self._scheduler.wakeup()

    # Scanning

    async def _schedule(self) -> None:
        """Give every source its next time: the one it had, unless the source is new."""
        self._due.clear()
        # What a scan found while the store was read is newer.
        planned = await self._world.context.store.planned() | self._due
        self._scheduler.remove_all_jobs()
        now = datetime.now(UTC)

        async def due(name: str) -> None:
            await self._scan_due(name)

        # Of 10,000 jobs, half the time went into asking for this again and again.
        due.__signature__ = inspect.signature(due)  # type: ignore[attr-defined]
        for source in self._world.sources.values():
            self._scheduler.add_job(
                due,
                trigger=source.trigger,
                args=[source.name],
                id=source.key,
                next_run_time=first_due(source, planned, now),
                coalesce=True,
                misfire_grace_time=None,
            )
        if self._world.keep is not None:
            self._scheduler.add_job(
                self._prune,
                "interval",
                days=1,
                id="prune",
                next_run_time=now,
                misfire_grace_time=None,
            )

    async def _scan_due(self, name: str) -> None:
        """Ask for a scan; a server that answers more slowly than it is due is not asked twice."""
        if name not in self._scans or not self._world.sources[name].settings.remote:
            self._ask(name)

    def _ask(self, name: str, only: frozenset[str] = _WHOLE) -> None:
        """Have a source scanned, all of it or some files.

        One scan at a time: what is asked for while it is scanned is gathered into one more scan.
        """
        before = self._asked.get(name, only)
        both = before | only if before and only else _WHOLE
        self._asked[name] = both if len(both) <= _NAMED else _WHOLE
        self._begin(name)

    def _begin(self, name: str) -> None:
        if name not in self._scans:
            self._scans[name] = asyncio.create_task(self._scan_asked(name))

    async def _scan_asked(self, name: str) -> None:
        try:
            while name in self._asked or name in self._news:
                await self._allowed.wait()
                await self._scan_turn(name)
        finally:
            self._scans.pop(name, None)

    async def _scan_turn(self, name: str) -> None:
        """Scan a source when it is its turn, unless it is no longer configured."""
        source = self._world.sources.get(name)
        if source is None:
            self._asked.pop(name, None)
            self._news.pop(name, None)
            return
        async with self._turns.turn(source):
            job = self._next(name)
            if job is None or name not in self._world.sources:
                return
            report = await self._perform(job)
        self._read(job)
        if isinstance(report, Report):
            self._take_report(source, report, job)

    def _next(self, name: str) -> Scan | None:
        """Return what a source is to be scanned for; what its hub delivered comes first.

        That stays where it is until it is read: a scan may be undone.
        """
        if name in self._news:
            return self._news[name][0]
        only = self._asked.pop(name, None)
        return None if only is None else Scan(name, tuple(sorted(only)))

    def _take_report(self, source: Source, report: Report, done: Scan) -> None:
        _log(report)
        self._stale.set()
        if done.pushed is not None and not report.articles:
            self.take_news(source.name, b"")
        if wanted(source):
            self.look_at_hubs((source.key,))
        job = self._scheduler.get_job(source.key)
        if not done.only and done.pushed is None:
            self._due[source.key] = report.due
            if job:
                job.modify(next_run_time=report.due)
        if report.grown:
            self._edited.set()

    async def _end_scans(self, names: Collection[str]) -> None:
        """Undo the scans in hand of these sources; what they saved stays saved."""
        for name in names:
            self._asked.pop(name, None)
        ended = {name: self._scans[name] for name in names if name in self._scans}
        await _cancelled(tuple(ended.values()))
        for name, task in ended.items():
            # One that was cancelled before its first step could not do this itself.
            if self._scans.get(name) is task:
                del self._scans[name]

    async def _prune(self) -> None:
        pruned = await self._perform(Prune())
        if pruned:
            log.info("Pruned %s articles", pruned)

    async def _perform(self, job: Job) -> Any:
        """Do a job; whatever goes wrong with it, the daemon lives."""
        called = f"Scanning {job.source}" if isinstance(job, Scan) else type(job).__name__
        try:
            return await perform(job, self._world)
        except AggregatorError as error:
            log.error("%s failed: %s", called, error)  # noqa: TRY400 - for people, no traceback
        except Exception:
            log.exception("%s failed unexpectedly", called)
        return None

    # Hubs

    def take_news(self, name: str, delivered: bytes) -> bool:
        """Have what a hub delivered read when it is the source's turn; return whether it will be.

        Without a body, and when too much is delivered, the source itself is asked.
        """
        if name not in self._world.sources or self._stop.is_set():
            return False
        unread = self._news.setdefault(name, deque())
        if delivered and len(unread) < _UNREAD:
            unread.append(Scan(name, pushed=delivered))
        else:
            # The first may be in hand.
            self._news[name] = deque((*list(unread)[:1], Scan(name, forced=True)))
        self._begin(name)
        return True

    def _read(self, done: Scan) -> None:
        unread = self._news.get(done.source)
        if unread and unread[0] is done:
            unread.popleft()
        if not unread:
            self._news.pop(done.source, None)

    def look_at_hubs(self, keys: Iterable[str]) -> None:
        """Have it looked at whether the hubs of sources, by their keys, are to be asked."""
        self._hubs_of.update(keys)
        self._hubs.set()

    async def _keep_hubs(self) -> None:
        """Ask hubs for what is due, and for what scans and edits of the configuration changed."""
        known: dict[str, Source] = {}
        self.look_at_hubs(source.key for source in self._world.sources.values())
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_HUBS_LOOK):
                    await self._hubs.wait()
            self._hubs.clear()
            keys, self._hubs_of = self._hubs_of, set()
            world = self._world
            known |= {source.key: source for source in world.sources.values()}
            context = world.context
            desk = Desk(
                store=context.store,
                client=context.client,
                address=world.callbacks,
                sources=known,
                now=context.now,
            )
            await tend(desk, keys)
            await asyncio.sleep(_DEBOUNCE)

    async def _tell_hub(self) -> None:
        """Tell the hub of the feeds which of them changed, at once, and again when that failed."""
        while True:
            self._written.clear()
            due = await self._perform(Tell())
            wait = (due - datetime.now(UTC)) / timedelta(seconds=1) if due else _CLOCK
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait, _DEBOUNCE), _CLOCK)):
                    await self._written.wait()

    # Publishing

    async def _publish_on_demand(self) -> None:
        """Publish when something changed, when an article's date has come, a period ended."""
        rested = 0.0
        while True:
            await self._anything_to_publish()
            await self._breathe(rested - time.monotonic())
            began = time.monotonic()
            if await self._publish():
                ended = time.monotonic()
                rested = ended + _BREATH * (ended - began)
            else:
                await asyncio.sleep(_RETRY)

    async def _breathe(self, rest: float) -> None:
        """Let changes gather after another publishing; what scans go on get most of the time.

        ``rest``: seconds until publishing has had no more than its share; 0 or less after quiet.
        """
        await asyncio.sleep(min(max(rest, 0), _DEBOUNCE))
        if self._scans:
            await asyncio.wait(tuple(self._scans.values()), timeout=max(rest, _DEBOUNCE))

    async def _anything_to_publish(self) -> None:
        """Wait until something is stale, the next waiting article is due, or a period ends.

        The store is asked, too: another process may split or merge articles in it.
        """
        store = self._world.context.store
        while not self._stale.is_set():
            if await store.stale():
                return
            now = datetime.now(UTC)
            dates = (
                await store.release(_BEGINNING),
                await next_digest(store, self._world.output, now),
            )
            due = min(filter(None, dates), default=None)
            wait = (due - now) / timedelta(seconds=1) if due else _CLOCK
            if wait <= 0:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(wait, _CLOCK)):
                    await self._stale.wait()

    async def _publish(self) -> bool:
        """Publish what is stale; return False, and leave it stale, when that failed."""
        async with self._publishing:
            self._stale.clear()
            written = await self._perform(Publish())
        if written is None:
            self._stale.set()
        elif written:
            log.info("Published %d feed%s", len(written), "s" if len(written) > 1 else "")
            self._written.set()
        return written is not None

    # File events

    async def _watch_folders(self) -> None:
        """Scan what file events name; periodic scans find what events miss."""
        while True:
            self._rewatch.clear()
            watched = await asyncio.to_thread(self._watched)
            try:
                await self._watch(watched)
            except (OSError, RuntimeError) as error:
                log.warning("Folders cannot be watched (%s); periodic scans go on", error)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_RETRY):
                        await self._rewatch.wait()

    async def _watch(self, watched: dict[str, tuple[Path, int]]) -> None:
        """Notice changes in folders, by source, until other folders are to be watched."""
        if not watched:
            await asyncio.sleep(_LOOK / 1000)
            return
        settled = False
        async for changes in awatch(
            *{folder for folder, _ in watched.values()},
            watch_filter=None,
            debounce=_GATHER,
            step=_STEP,
            stop_event=self._rewatch,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
        ):
            for name, (folder, _) in watched.items():
                if not settled:
                    self._ask(name)  # what changed before the watch stood told nobody
                elif changes and (source := self._world.sources.get(name)):
                    self._notice(changes, folder, source)
            settled = True
            if watched != await asyncio.to_thread(self._watched):
                return

    def _watched(self) -> dict[str, tuple[Path, int]]:
        """Return the folder to watch for each source, with its inode: it may be made anew."""
        root = self._world.context.root
        found = {}
        for source in self._world.sources.values():
            if isinstance(source.settings, DirectorySettings) and source.settings.watch:
                folder = Path(os.path.realpath(root / source.settings.directory))
                with contextlib.suppress(OSError):
                    found[source.name] = (folder, folder.stat().st_ino)
        return found

    def _notice(self, changes: set[tuple[Change, str]], folder: Path, source: Source) -> None:
        """Ask for a scan of the files that events name, or of all when a folder came or went."""
        assert isinstance(source.settings, DirectorySettings)  # noqa: S101 - see _watched
        prefix = f"{folder}{os.sep}"
        inside = [
            (path.removeprefix(prefix) if path != str(folder) else "", change == Change.deleted)
            for change, path in changes
            if path == str(folder) or path.startswith(prefix)
        ]
        names = touched(source.settings, folder, inside)
        if names is None:
            self._ask(source.name)
        elif names:
            self._ask_whole(source.name, folder, names)

    def _ask_whole(
        self, name: str, folder: Path, files: frozenset[str], waits: int = _WAITS
    ) -> None:
        """Ask for a scan of files; for those that are being written, once they are whole.

        One that is written for longer than a second is read as it is, and again when it changes.
        """
        if self._stop.is_set():
            return
        now = time.time_ns()
        growing = frozenset(file for file in files if is_growing(folder / file, now))
        ready = files if not waits else files - growing
        if ready:
            self._ask(name, ready)
        if growing and waits:
            loop = asyncio.get_running_loop()
            loop.call_later(_WRITING, self._ask_whole, name, folder, growing, waits - 1)

    # Configuration

    async def _watch_config(self) -> None:
        """Notice an edit of the configuration."""
        before = self._seen
        while True:
            await asyncio.sleep(_CONFIG_LOOK)
            now = await asyncio.to_thread(_state, self._config)
            if now == before and now != self._seen:
                self._seen = now
                self._edited.set()
            before = now

    async def _take_edits(self) -> None:
        while True:
            await self._edited.wait()
            self._edited.clear()
            await self._take_config()

    async def _take_config(self) -> None:
        """Take the configuration as it is now, or say why the old one stays in force."""
        before = self._world
        try:
            async with contextlib.AsyncExitStack() as quiet:
                quieten = functools.partial(self._quieten, quiet)
                self._world = self._told(await self._reload(quieten))
        except AggregatorError as error:
            self.config_error = str(error)
            log.error("The edit is not taken; the old one stays in force:\n%s", error)  # noqa: TRY400
            return
        finally:
            self._allowed.set()
            for name in self._news:
                self._begin(name)
        self.config_error = ""
        self.look_at_hubs(s.key for w in (before, self._world) for s in w.sources.values())
        await self._schedule()
        self._rewatch.set()
        self._written.set()
        self._stale.set()
        count = len(self._world.sources)
        log.info("Took the configuration anew: %d source%s", count, "s" if count > 1 else "")

    async def _quieten(self, quiet: contextlib.AsyncExitStack, coming: World) -> None:
        """Bring work to rest: a scan by the old settings must not save over the new ones.

        Those that stay as they are go on: to begin them again would ask their servers twice.
        """
        await quiet.enter_async_context(self._publishing)
        self._allowed.clear()
        await self._end_scans(tuple(_changed(self._world, coming)))


async def _cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _changed(now: World, coming: World) -> Iterator[str]:
    """Yield the sources whose scans would go by what is in force no longer."""
    same = _for_all(now) == _for_all(coming)
    for name, source in now.sources.items():
        if not same or coming.sources.get(name) != source:
            yield name


def _for_all(world: World) -> tuple[object, ...]:
    context = world.context
    return context.root, context.policy, context.rules, context.duplicates


def _state(path: Path) -> tuple[int, ...]:
    """Return what differs when a file was written, replaced, or its link led elsewhere."""
    try:
        state = path.stat()
    except OSError:
        return ()
    return state.st_mtime_ns, state.st_size, state.st_ino, state.st_dev


def is_growing(path: Path, now: int) -> bool:
    """Whether more may be written into a file, by its times: ``now`` in nanoseconds.

    One that was moved into its place, or whose mode or times were set, was whole before: that
    changes its ctime alone, while writing sets both times to the same.
    """
    try:
        state = path.lstat()
    except OSError:
        return False  # gone, or a message of a Maildir, which is whole when it comes
    written = 0 <= now - state.st_mtime_ns < _WRITING * 1_000_000_000
    return written and state.st_ctime_ns <= state.st_mtime_ns


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
