"""From stale feeds to files: only the feeds whose articles changed, only the bytes that differ."""

import asyncio
import functools
import hashlib
import json
import logging
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Container,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from aggregator import __version__, digests, search
from aggregator.article import Entry, Feed
from aggregator.errors import AggregatorError, PublishError
from aggregator.nfkc import fold
from aggregator.publish import (
    FORMATS,
    ICON,
    MOVES,
    FeedLink,
    Site,
    applied,
    digest_entry,
    faults,
    feed_url,
    file_name,
    fit,
    may_exceed,
    page_name,
    remove,
    render,
    render_article,
    render_index,
    render_moves,
    slug,
    sweep,
    write,
)
from aggregator.refine import Compute
from aggregator.rules import If, globbed
from aggregator.store import PAGE, Archive, Asked, Choice, FeedRow, FeedStatus, Page, Store
from aggregator.weighing import Conditions, purposes, weigh

log = logging.getLogger(__name__)
T = TypeVar("T")

# Feeds that are read, rendered and written as one task: 8 of 50 entries of 8 kB are about 5 MB.
_FEEDS_AT_ONCE = 8
# Such tasks in hand: of 356 feeds, rendering takes 0.9 s in the pool and reading and writing 1.3 s
# here; together they take the longer of the two.
_PARTS_IN_HAND = 3
# Bytes of files that are rendered before they are written, about four feeds in four formats: they
# wait for the disk together, and are what a worker needs most of its memory for.
_WRITTEN_AT_ONCE = 6_000_000
_PAGES_AT_ONCE = 100
# Pages of archives, which have 50 entries each.
_ARCHIVED_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A custom feed: the articles that are all of this, what is empty asking for nothing.

    In any of ``categories``, in all of ``all_categories``, in none of ``not_categories``; of
    ``sources``, globs of their names; in ``languages`` (BCP 47: ``zh`` is zh-CN too); found by
    ``search`` (see ``search.query``); one of the ``conditions`` holds, which ask for no age. Those
    of the kind "source" are of the source of their name. ``limit`` in entries. ``digest``: one
    entry for each day or week, with what appeared in it.
    """

    name: str
    limit: int
    kind: Literal["custom", "source"] = "custom"
    categories: tuple[str, ...] = ()
    all_categories: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    search: str = ""
    conditions: tuple[If, ...] = ()
    digest: digests.Every | Literal[""] = ""
    sort: Literal["published", "updated"] = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where and how feeds are written.

    ``limit``: entries per feed, ``most``: bytes of each of its files; ``quota``: how many entries a
    category takes from one source; ``zone``: the IANA time zone of digests.
    """

    folder: Path
    site: Site
    limit: int
    most: int = 512_000
    quota: int | None = None
    selections: tuple[Selection, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A feed that was stale. ``written`` counts the files whose bytes differed."""

    name: str
    slug: str
    entries: int
    written: int


async def prepare_output(store: Store, output: Output) -> None:
    """Bring the feeds in line with the configuration, at a start and after an edit.

    Custom feeds get their addresses, renamed categories their articles; when the settings or the
    program changed, or files are missing, the feeds concerned are marked to be written.
    """
    await store.set_site(output.site.base_url)
    for old, new in output.rename.items():
        await store.rename_category(old, new, slug(new))
    for selection in output.selections:
        if selection.kind == "custom":
            await store.make_custom_feed(selection.name, slug(selection.name))
    own = [selection.name for selection in output.selections if selection.kind == "source"]
    await store.make_source_feeds({name: slug(name) for name in own})
    known = await _known(store, output)
    await store.follow(purposes(_conditions(known), words=_searching(output)))
    rows = await store.feed_rows()
    settings = _digest(output)
    lost, pages_lost = await asyncio.to_thread(_tidy, output, rows)
    if await store.note("output") != settings:
        lost, pages_lost = [row.id for row in rows], True
    if pages_lost:
        lost += [one.feed.id for one in _digested(known)]
    if lost:
        await store.want_feeds(lost)
    if pages_lost:
        await store.want_pages()
    await _mend_archives(store, output, rows)
    await (store.resume_pings() if output.site.hub else store.forget_pings())
    await store.set_note("output", settings)


async def publish(store: Store, output: Output, compute: Compute, now: datetime) -> list[Written]:
    """Write every feed and page that is stale; return the feeds that were.

    Digests of periods that are over by ``now`` are made before.

    Raises StoreError, and PublishError when something could not be written: all else is written
    before, and what was not stays stale.
    """
    known = await _known(store, output)
    # Closed first: what is saved from here on appears later.
    over = await digests.close(store, _digested(known), output.zone, now)
    if (conditions := _conditions(known)) or _searching(output):
        await weigh(store, conditions, compute)
    if over:
        await digests.gather(store, over)
        known = await _known(store, output)
    if due := _drawing(known):
        # Noted, for what they draw from may be written before they are, and then a crash come.
        await store.want_feeds(due)
        known = replace(known, rows=await _rows(store, known.chosen))
    await _file(store, known)
    work = _Work(store=store, output=output, compute=compute, known=known)
    # Pages before the feeds that link to them; the feed of everything, which is stale whenever
    # another one is, last with the index: a crash before leaves both to be written.
    await _publish_pages(work)
    everything, stale = _stale(known.rows)
    done = await _publish_parts(work, stale)
    if everything:
        done = await _publish_everything(work, everything[0]) + done
    if work.faulty:
        await store.faulty(work.faulty, datetime.now(UTC))
    if work.failed:
        raise PublishError("\n".join(sorted(work.failed)))
    return done


async def choices(store: Store, output: Output) -> list[tuple[Choice, int]]:
    """Return what custom feeds show, and how many entries each. Raises StoreError."""
    known = await _known(store, output)
    live = [row for row in known.custom if not known.chosen[_name(row)].digest]
    return [(_choice(row, known), known.chosen[_name(row)].limit) for row in live]


async def retired(store: Store, output: Output) -> frozenset[str]:
    """Return the slugs of feeds that were published and that nobody configures any longer."""
    wanted = {row.id for row in (await _known(store, output)).rows}
    rows = await store.feed_rows()
    return frozenset(row.slug for row in rows if row.written and row.id not in wanted)


async def next_digest(store: Store, output: Output, now: datetime) -> datetime | None:
    """Return when the next period ends that a digest is made of; None if none ever does."""
    if not any(one.digest for one in output.selections):
        return None
    return await digests.due(store, _digested(await _known(store, output)), output.zone, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The feeds that are wanted, the selections by kind and name, and sources by number."""

    rows: Sequence[FeedRow]
    chosen: Mapping[tuple[str, str], Selection]
    sources: Mapping[int, str]

    @property
    def custom(self) -> list[FeedRow]:
        """The feeds that show a selection."""
        return [row for row in self.rows if _name(row) in self.chosen]


async def _known(store: Store, output: Output) -> _Known:
    chosen: dict[tuple[str, str], Selection] = {
        (one.kind, fold(one.name) if one.kind == "custom" else one.name): one
        for one in output.selections
    }
    globs = any(one.sources for one in output.selections)
    return _Known(
        rows=await _rows(store, chosen),
        chosen=chosen,
        sources=await store.source_names() if globs else {},
    )


def _searching(output: Output) -> bool:
    return any(one.search for one in output.selections)


def _conditions(known: _Known) -> Conditions:
    asked = {row.id: known.chosen[_name(row)].conditions for row in known.custom}
    return {feed: conditions for feed, conditions in asked.items() if conditions}


def _digested(known: _Known) -> list[digests.Digested]:
    return [
        digests.Digested(feed=row, choice=_choice(row, known), every=one.digest, limit=one.limit)
        for row in known.custom
        if (one := known.chosen[_name(row)]).digest
    ]


async def _rows(store: Store, chosen: Container[tuple[str, str]]) -> list[FeedRow]:
    rows = await store.feed_rows()
    return [row for row in rows if row.kind not in ("custom", "source") or _name(row) in chosen]


def _name(row: FeedRow) -> tuple[str, str]:
    """Return what the selection of a feed is known by: names of sources are as they are."""
    return row.kind, row.name if row.kind == "source" else row.key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What publishing works on, and what went wrong so far, a sentence for each feed or page.

    ``faulty`` holds what was wrong with feeds, by their numbers.
    """

    store: Store
    output: Output
    compute: Compute
    known: _Known
    failed: list[str] = field(default_factory=list)
    faulty: dict[int, str] = field(default_factory=dict)

    async def write(
        self, task: "_Rendering", items: Sequence[Feed | Entry]
    ) -> list[list[str] | PublishError]:
        """Render items and write their files.

        Returns the names of the files of each that differed, or why it could not be written.
        """
        writing = _Writing(render=task, folder=self.output.folder)
        done = await self.compute(writing, items)
        return [self._outcome(_inside(one), files) for one, files in zip(items, done, strict=True)]

    def _outcome(
        self, inside: str, written: list[str] | AggregatorError
    ) -> list[str] | PublishError:
        if isinstance(written, list):
            return written
        said = str(written)
        self.failed.append(said if inside in said else f"{inside}: {said}")
        return PublishError(self.failed[-1])


_Rendering = Callable[[Any], dict[str, bytes] | PublishError]
"""Makes the files of a feed or of an article, by their names in its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """Renders and writes, in the process that renders: files are larger than what they tell.

    Of 10,000 posts in 222 feeds and their archives they have 813 MB, which went through a pipe.
    The ``few`` feeds of one article are written by the process that they are read in, which has
    most of their entries from the last time: measured, 70 ms in place of 85.
    """

    few: ClassVar = 4
    render: _Rendering
    folder: Path

    def __call__(self, item: Feed | Entry) -> list[str] | PublishError:
        """Write the files of an item; return the names of those that differed."""
        (written,) = self.map([item])
        return written

    def map(self, items: Sequence[Feed | Entry]) -> list[list[str] | PublishError]:
        """Write the files of many items, which wait for the disk together."""
        done: list[list[str] | PublishError] = []
        made: list[tuple[str, dict[str, bytes] | PublishError]] = []
        size = 0
        for item in items:
            files = self.render(item)
            made.append((_inside(item), files))
            size += sum(map(len, files.values())) if isinstance(files, dict) else 0
            if size > _WRITTEN_AT_ONCE:
                done += self._written(made)
                made, size = [], 0
        return done + self._written(made)

    def _written(
        self, made: Sequence[tuple[str, dict[str, bytes] | PublishError]]
    ) -> list[list[str] | PublishError]:
        groups = [
            {_path(inside, name): data for name, data in files.items()}
            for inside, files in made
            if isinstance(files, dict)
        ]
        written = iter(write(self.folder, groups))
        return [
            _named(inside, next(written)) if isinstance(files, dict) else files
            for inside, files in made
        ]


def _inside(item: Feed | Entry) -> str:
    """Return the folder of an item's files: pages of articles name it themselves."""
    return "" if isinstance(item, Entry) else item.slug if item.at is None else item.at


def _named(inside: str, written: list[str] | PublishError) -> list[str] | PublishError:
    if isinstance(written, list):
        return [name.removeprefix(f"{inside}/") for name in written]
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A feed as it is to be written, and which pages of its archive are."""

    row: FeedRow
    feed: Feed
    archive: Archive
    pages: Sequence[int] = ()


async def _publish_parts(work: _Work, stale: Sequence[FeedRow]) -> list[Written]:
    """Write feeds, some of them being rendered while others are read or written."""

    async def parts() -> AsyncIterator[Coroutine[Any, Any, list[Written]]]:
        for start in range(0, len(stale), _FEEDS_AT_ONCE):
            yield _publish_part(work, stale[start : start + _FEEDS_AT_ONCE])

    return [written for part in await _some_at_once(parts()) for written in part]


async def _some_at_once(parts: AsyncIterator[Coroutine[Any, Any, T]]) -> list[T]:
    """Do parts of the work, a few in hand; all end before what went wrong with one is raised."""
    gate = asyncio.Semaphore(_PARTS_IN_HAND)
    tasks: list[asyncio.Task[T]] = []
    try:
        await gate.acquire()
        async for part in parts:
            tasks.append(asyncio.create_task(part))
            tasks[-1].add_done_callback(lambda _: gate.release())
            await gate.acquire()
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    results = await asyncio.gather(*tasks, return_exceptions=True)
    done = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done


async def _publish_part(work: _Work, part: Sequence[FeedRow]) -> list[Written]:
    shown = await _feeds_at(work, part)
    # An address without a single article yet is no feed anybody could have subscribed to.
    periods = [one.feed for one in shown if _is_digest(one.row, work.known)]
    await _publish_digests(work, periods)
    await work.store.not_wanted([one.row for one in shown if not _ready(one.row, one.feed)])
    ready = await _with_archives(work, [one for one in shown if _ready(one.row, one.feed)])
    task = functools.partial(_rendered, site=work.output.site, folder=work.output.folder)
    return [
        Written(
            name=one.row.name,
            slug=one.row.slug,
            entries=len(one.feed.entries),
            written=count,
        )
        for one, count in await _write_feeds(work, task, ready)
    ]


def _is_digest(row: FeedRow, known: _Known) -> bool:
    return _name(row) in known.chosen and bool(known.chosen[_name(row)].digest)


async def _publish_digests(work: _Work, feeds: Sequence[Feed]) -> None:
    """Write the pages of digests, which have no other address."""
    task = functools.partial(_rendered_page, site=work.output.site)
    await work.write(task, [entry for feed in feeds for entry in feed.entries])


async def _publish_everything(work: _Work, row: FeedRow) -> list[Written]:
    """Write the feed of everything, the first page and the list of feeds."""
    (one,) = await _feeds(work, [row])
    shown = {row.slug for row in work.known.rows}
    links = [
        FeedLink(status.slug, status.title, status.entries, status.updated)
        for status in await work.store.feed_statuses()
        if status.slug in shown and status.slug != row.slug and not _is_unwritten(status)
    ]
    rows = work.known.rows
    moves = {row.slug: at.slug for row in rows if (at := _where_it_is(row, rows)) != row}
    task = functools.partial(_rendered_first, links=links, moves=moves, output=work.output)
    done = await _write_feeds(work, task, await _with_archives(work, [one]))
    if done and not moves:
        await asyncio.to_thread(remove, work.output.folder, [MOVES])
    title = work.output.site.title
    return [
        Written(name=title, slug=row.slug, entries=len(one.feed.entries), written=count)
        for _, count in done
    ]


def _is_unwritten(status: FeedStatus) -> bool:
    """Whether there is nothing yet of a feed but what is wrong with it."""
    return bool(status.fault) and status.updated is None


async def _write_feeds(
    work: _Work,
    task: _Rendering,
    ready: Sequence[tuple[_Shown, int]],
) -> list[tuple[_Shown, int]]:
    """Write feeds, given with how many files of their archives differed.

    Returns those that are written, with how many files differed in all.
    """
    shown = [one for one, _ in ready]
    results = await _write_told(work, task, shown)
    done = []
    for (one, before), result in zip(ready, results, strict=True):
        if isinstance(result, list):
            done.append((one, before + len(result)))
        else:
            work.faulty[one.row.id] = str(result)
    await work.store.written([(one.row, one.feed.entries) for one, _ in done])
    return done


async def _write_told(
    work: _Work, task: _Rendering, shown: Sequence[_Shown]
) -> list[list[str] | PublishError]:
    """Write feeds; the hub is to be told of the files that differed."""
    items = [one.feed for one in shown]
    if not work.output.site.hub:
        return await work.write(task, items)
    # The documents where a feed was before say that it is elsewhere, and nobody is told of them.
    feeds = [one.feed for one in shown if one.feed.at is None]
    topics = {(f.slug, name): topic for f in feeds for name, topic in _topics(f, work.output.site)}
    await work.store.expect_pings(list(topics.values()))
    written = await work.write(task, items)
    pairs = zip(shown, written, strict=True)
    differ = {
        (one.row.slug, name) for one, names in pairs if isinstance(names, list) for name in names
    }
    changed = [topic for at, topic in topics.items() if at in differ]
    same = [topic for at, topic in topics.items() if at not in differ]
    await work.store.settle_pings(changed, same)
    return written


def _topics(feed: Feed, site: Site) -> Iterator[tuple[str, str]]:
    """Yield the files of a feed and the addresses that a hub knows them by."""
    for name in site.formats:
        yield FORMATS[name].file, feed_url(feed.slug, name, site)


async def _publish_pages(work: _Work) -> None:
    async def parts() -> AsyncIterator[Coroutine[Any, Any, None]]:
        pages = await work.store.due_pages(_PAGES_AT_ONCE)
        while pages:
            last = pages[-1].number
            yield _publish_some_pages(work, pages)
            full = len(pages) == _PAGES_AT_ONCE
            pages = await work.store.due_pages(_PAGES_AT_ONCE, after=last) if full else []

    await _some_at_once(parts())


async def _publish_some_pages(work: _Work, pages: Sequence[Page]) -> None:
    task = functools.partial(_rendered_page, site=work.output.site)
    live = [page for page in pages if page.live]
    gone = [page for page in pages if not page.live]
    done = await work.write(task, [page.entry for page in live])
    names = [page_name(page.entry) for page in gone]
    await asyncio.to_thread(remove, work.output.folder, names)
    written = [page for page, files in zip(live, done, strict=True) if isinstance(files, list)]
    await work.store.pages_written(written + gone)


async def _feeds_at(work: _Work, rows: Sequence[FeedRow]) -> list[_Shown]:
    """Return what is shown at addresses: the feeds themselves, or those that they moved to."""
    shown = await _feeds(work, [_where_it_is(row, work.known.rows) for row in rows])
    return [
        one
        if one.row == row
        else replace(one, row=row, feed=replace(one.feed, at=row.slug), pages=())
        for row, one in zip(rows, shown, strict=True)
    ]


async def _feeds(work: _Work, rows: Sequence[FeedRow]) -> list[_Shown]:
    asked = [_asked(work, row) for row in rows if not _is_digest(row, work.known)]
    found = await work.store.entries_of_feeds(asked)
    entries = {one.feed.id: each for one, each in zip(asked, found, strict=True)}
    for row in rows:
        if _is_digest(row, work.known):
            entries[row.id] = await _digests(work, row, work.known.chosen[_name(row)])
    archives = await work.store.archives([row.id for row in rows])
    return [
        await _with_older(work, row, _whole(work, row, entries[row.id]), archives[row.id])
        for row in rows
    ]


def _asked(work: _Work, row: FeedRow) -> Asked:
    selection = work.known.chosen.get(_name(row))
    return Asked(
        feed=row,
        limit=selection.limit if selection else work.output.limit,
        choice=_choice(row, work.known) if selection else None,
        quota=work.output.quota,
    )


def _whole(work: _Work, row: FeedRow, entries: Sequence[Entry]) -> Feed:
    site = work.output.site
    return Feed(
        slug=row.slug,
        id=row.uri,
        title=row.name or site.title,
        description=site.description,
        language=_language(entries),
        entries=tuple(entries),
    )


async def _with_older(work: _Work, row: FeedRow, whole: Feed, archive: Archive) -> _Shown:
    """Bound a feed in size, and have it lead to its archive, in which everything is whole."""
    feed = await _cut_to_fit(work, whole)
    pairs = zip(feed.entries, whole.entries, strict=False)
    pages = _pages_to_write(archive, {shown.key for shown, entry in pairs if shown is entry})
    older = _page_of(archive.filed) if pages or archive.kept else None
    return _Shown(row=row, feed=replace(feed, older=older), archive=archive, pages=pages)


async def _cut_to_fit(work: _Work, whole: Feed) -> Feed:
    """Return what is to be left of a feed so that its files do not become too large."""
    site, most = work.output.site, work.output.most
    if not may_exceed(whole, most):
        return whole
    (cut,) = await work.compute(functools.partial(fit, site=site, most=most), [whole])
    if isinstance(cut, AggregatorError):
        return whole  # and it will be told why it cannot be rendered
    gone = len(whole.entries) - cut.entries
    if cut.short or gone:
        said = "%s: of %s entries only the summary fits, %s do not fit at all"
        log.info(said, whole.title, len(cut.short), gone)
    return applied(whole, cut, site)


def _page_of(position: int) -> int:
    return -(-position // PAGE)


def _pages_to_write(archive: Archive, here: Container[str]) -> list[int]:
    """Return the pages of an archive to write, where ``here`` are the keys that the feed has whole.

    None as long as the feed has what is on no page yet: the newest page is written when it begins,
    when it is complete, and before something of it leaves the feed.
    """
    first, last = max(1, _page_of(archive.kept)), _page_of(archive.filed)
    begun = archive.kept and first != last
    if begun or not all(key in here for key in archive.waiting):
        return sorted({*archive.due, *range(first, last + 1)})
    return sorted(archive.due)


async def _with_archives(work: _Work, shown: Sequence[_Shown]) -> list[tuple[_Shown, int]]:
    """Write the pages of archives; return the feeds that may follow, and how many files differed.

    Pages come before the feeds that lead to them, and feeds whose pages failed stay as they are.
    """
    pages = [(one, page) for one in shown for page in one.pages]
    task = functools.partial(_rendered, site=work.output.site, folder=work.output.folder)
    written: dict[int, int] = {one.row.id: 0 for one in shown}
    for start in range(0, len(pages), _ARCHIVED_AT_ONCE):
        part = pages[start : start + _ARCHIVED_AT_ONCE]
        found = await work.store.archived([(one.row.id, page) for one, page in part])
        some = [_page(*one, entries) for one, entries in zip(part, found, strict=True)]
        results = await work.write(task, some)
        for (one, _), result in zip(part, results, strict=True):
            if isinstance(result, list):
                written[one.row.id] += len(result)
            else:
                work.faulty[one.row.id] = str(result)
    ready = [one for one in shown if one.row.id not in work.faulty]
    await work.store.pages_kept([(one.row.id, _kept(one), one.pages) for one in ready if one.pages])
    return [(one, written[one.row.id]) for one in ready]


def _kept(one: _Shown) -> int:
    """Return up to where the pages on disk have an archive, now that some were written."""
    newest = _page_of(one.archive.filed) in one.pages
    return one.archive.filed if newest else one.archive.kept


def _page(one: _Shown, number: int, entries: Sequence[Entry]) -> Feed:
    return replace(
        one.feed,
        language=_language(entries),
        entries=tuple(entries),
        page=number,
        older=number - 1 or None,
        newer=number + 1 if number < _page_of(one.archive.filed) else None,
    )


async def _file(store: Store, known: _Known) -> None:
    """Tell the archives of the feeds that are about to be written what is new in them."""
    everything, stale = _stale(known.rows)
    if not everything and not stale:
        return
    custom = [row for row in known.custom if row in stale and not _is_digest(row, known)]
    choices = {row.id: (_choice(row, known), known.chosen[_name(row)].limit) for row in custom}
    await store.file(stale, choices)


async def _mend_archives(store: Store, output: Output, rows: Sequence[FeedRow]) -> None:
    """Have pages written again that are missing, and all when they would lead elsewhere."""
    lead = json.dumps([output.site.base_url, *output.site.formats])
    anew = await store.note("archives") not in ("", lead)
    there = set() if anew else await asyncio.to_thread(_pages_there, output, rows)
    missing = [
        (row.id, page)
        for row in rows
        for page in range(1, _page_of(row.kept) + 1)
        if (row.id, page) not in there
    ]
    await store.want_archived(missing)
    await store.set_note("archives", lead)


def _pages_there(output: Output, rows: Sequence[FeedRow]) -> set[tuple[int, int]]:
    """Return the pages (feed, page) of archives that are on disk in every format."""
    there = set()
    for row in rows:
        folder = output.folder / row.slug / "archive"
        names = {path.name for path in folder.iterdir()} if row.kept and folder.is_dir() else set()
        for page in range(1, _page_of(row.kept) + 1):
            wanted = {Path(file_name(name, page)).name for name in output.site.formats}
            if wanted <= names:
                there.add((row.id, page))
    return there


async def _digests(work: _Work, row: FeedRow, selection: Selection) -> list[Entry]:
    site, zone = work.output.site, work.output.zone
    made = await work.store.digests(row.id, selection.limit)
    return [digest_entry(one, (row.uri, row.name), site, zone) for one in made]


def _rendered(feed: Feed, site: Site, folder: Path) -> dict[str, bytes] | PublishError:
    """Render a feed; one that cannot be is no reason not to write the others."""
    return _attempt(feed.title, functools.partial(_checked, feed, site, folder))


def _checked(feed: Feed, site: Site, folder: Path) -> dict[str, bytes]:
    """Render a feed and check it as readers get it. Raises PublishError."""
    files = render(feed, site)
    before = {} if feed.page else _last(folder / (feed.at or feed.slug), files)
    named = {FORMATS[name].file: files[file_name(name, feed.page)] for name in site.formats}
    if wrong := faults(named, before):
        raise PublishError(f"{feed.title}: not replaced, it fails the check: {'; '.join(wrong)}")
    return files


def _last(folder: Path, files: Iterable[str]) -> dict[str, bytes]:
    """Return a format that a feed has on disk, the one that is quickest to read."""
    for name in ("feed.json", "rss.xml", "atom.xml"):
        if name in files:
            try:
                return {name: (folder / name).read_bytes()}
            except OSError:
                continue  # there is none yet, or writing will say what is wrong
    return {}


def _rendered_first(
    feed: Feed, links: Sequence[FeedLink], moves: Mapping[str, str], output: Output
) -> dict[str, bytes] | PublishError:
    def files() -> dict[str, bytes]:
        first = _checked(feed, output.site, output.folder)
        first |= render_index(feed, links, output.site)
        return first | ({MOVES: render_moves(moves)} if moves else {})

    return _attempt(feed.title, files)


def _rendered_page(entry: Entry, site: Site) -> dict[str, bytes] | PublishError:
    return _attempt(entry.id, lambda: {page_name(entry): render_article(entry, site)})


def _attempt(name: str, work: Callable[[], dict[str, bytes]]) -> dict[str, bytes] | PublishError:
    try:
        return work()
    except PublishError as error:
        return error
    except Exception as error:
        said = f"{name}: cannot be rendered: {type(error).__name__}: {error}"
        log.exception("%s", said)
        return PublishError(said)


def _ready(row: FeedRow, feed: Feed) -> bool:
    return bool(feed.entries) or row.written > 0 or row.kind != "category"


def _language(entries: Sequence[Entry]) -> str | None:
    """Return the language of a feed: the one that all its entries have."""
    languages = {entry.article.language for entry in entries}
    return languages.pop() if len(languages) == 1 else None


def _stale(rows: Sequence[FeedRow]) -> tuple[list[FeedRow], list[FeedRow]]:
    """Return the feed of everything, if it is to be written, and the others that are."""
    stale = [row for row in rows if row.wanted > row.written]
    everything = [row for row in stale if row.kind == "everything"]
    return everything, [row for row in stale if row.kind != "everything"]


def _drawing(known: _Known) -> list[int]:
    """Return the feeds that draw from a stale feed and are not stale themselves.

    Custom feeds, and the addresses where a feed was before it moved.

    One without categories draws from everything, and may come out as it was; those of sources are
    marked with their articles.
    """
    stale = {row.id for row in known.rows if row.wanted > row.written}
    everything = {row.id for row in known.rows if row.kind == "everything"}

    def drawn(row: FeedRow) -> Collection[int]:
        choice = _choice(row, known)
        if choice.any_of is None and not choice.all_of:
            return everything
        return {*(choice.any_of or ()), *choice.all_of}

    old = [row for row in known.rows if _where_it_is(row, known.rows).id in stale - {row.id}]
    custom = [
        row for row in known.custom if stale and row.kind == "custom" and not _is_digest(row, known)
    ]
    drawing = [row for row in custom if not stale.isdisjoint(drawn(row))]
    return [row.id for row in (*old, *drawing) if row.id not in stale]


def _choice(row: FeedRow, known: _Known) -> Choice:
    """Return what a custom feed shows, in the numbers of the store."""
    if row.kind == "source":
        return Choice(sources=(int(row.key),))
    one = known.chosen[_name(row)]
    every = [_members((name,), known) for name in one.all_categories]
    any_of = _members(one.categories, known) if one.categories else None
    return Choice(
        # A category that no article ever had: none is in all of them.
        any_of=any_of if all(every) else (),
        all_of=tuple(number for members in every for number in members),
        none_of=_members(one.not_categories, known),
        sources=_sources(one.sources, known) if one.sources else None,
        languages=one.languages,
        search=search.query(one.search) if one.search else search.NOTHING,
        members_of=row.id if one.conditions else None,
        sort=one.sort,
    )


def _where_it_is(row: FeedRow, rows: Sequence[FeedRow]) -> FeedRow:
    """Return the feed that readers of a feed are to go to: itself, unless its category moved."""
    passed = {row.id}
    while row.moved_to is not None and row.moved_to not in passed:
        passed.add(row.moved_to)
        row = next((one for one in rows if one.id == row.moved_to), row)
    return row


def _members(categories: Iterable[str], known: _Known) -> tuple[int, ...]:
    names = set(map(fold, categories))
    named = (row for row in known.rows if row.kind == "category" and row.key in names)
    return tuple(_where_it_is(row, known.rows).id for row in named)


def _sources(globs: tuple[str, ...], known: _Known) -> tuple[int, ...]:
    return tuple(number for number, name in known.sources.items() if globbed(globs, (name,)))


def _path(inside: str, name: str) -> str:
    return f"{inside}/{name}" if inside else name


def _tidy(output: Output, rows: Sequence[FeedRow]) -> tuple[list[int], bool]:
    """Remove what a crash left; return the feeds that miss a file, and whether all pages do."""
    sweep(output.folder)
    pages = output.folder / "articles"
    try:
        # Made even when no article needs a page, so that its absence means something.
        pages.mkdir(parents=True)
    except FileExistsError:
        return _lost(output, rows), False
    except OSError as error:
        raise PublishError(f"{pages}: cannot be made: {error.strerror}") from error
    return _lost(output, rows), True


def _lost(output: Output, rows: Sequence[FeedRow]) -> list[int]:
    """Return the feeds that were written and of which a file is missing."""
    names = [FORMATS[name].file for name in output.site.formats] + ["index.html"]
    first = ["feeds.opml"] if output.site.icon else ["feeds.opml", ICON]

    def complete(row: FeedRow) -> bool:
        wanted = names if row.slug else names + first
        return all((output.folder / row.slug / name).is_file() for name in wanted)

    return [row.id for row in rows if row.written and not complete(row)]


def _digest(output: Output) -> str:
    settings = asdict(output) | {"folder": str(output.folder), "version": __version__}
    return hashlib.sha256(
        json.dumps(settings, sort_keys=True, default=If.model_dump).encode()
    ).hexdigest()
