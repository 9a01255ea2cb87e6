"""From stale feeds to files: only the feeds whose articles changed, only the bytes that differ."""

import asyncio
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aggregator import __version__
from aggregator.article import Entry, Feed
from aggregator.publish import (
    FeedLink,
    Site,
    page_name,
    remove,
    render,
    render_article,
    render_index,
    slug,
    sweep,
    write,
)
from aggregator.scan import Compute
from aggregator.store import FeedRow, Store

# Feeds that are read, rendered and written as one task: 16 of 50 entries of 8 kB are about 10 MB.
_FEEDS_AT_ONCE = 16
_PAGES_AT_ONCE = 200

_FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A custom feed: the articles in any of some categories. ``limit`` in entries."""

    name: str
    categories: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where and how feeds are written. ``limit``: entries per feed."""

    folder: Path
    site: Site
    limit: int
    selections: tuple[Selection, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)


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
        await store.make_custom_feed(selection.name, slug(selection.name))
    await asyncio.to_thread(sweep, output.folder)
    rows = await store.feed_rows()
    settings = _digest(output)
    if await store.note("output") != settings:
        await store.want_feeds(row.id for row in rows)
        await store.want_pages()
        await store.set_note("output", settings)
        return
    lost = await asyncio.to_thread(_lost, output, rows)
    if lost:
        await store.want_feeds(lost)
        if not (output.folder / "articles").is_dir():
            await store.want_pages()


async def publish(store: Store, output: Output, compute: Compute) -> list[Written]:
    """Write every feed and page that is stale; return what was written.

    Raises PublishError, StoreError; what was not written stays stale.
    """
    rows = [row for row in await store.feed_rows() if row.kind != "custom" or _wanted(row, output)]
    stale = _stale(rows, output)
    done: list[Written] = []
    for start in range(0, len(stale), _FEEDS_AT_ONCE):
        part = stale[start : start + _FEEDS_AT_ONCE]
        done += await _publish_part(store, output, compute, part, rows)
    if stale:
        await _publish_index(store, output, compute, rows)
    await _publish_pages(store, output, compute)
    return done


async def _publish_part(
    store: Store, output: Output, compute: Compute, part: Sequence[FeedRow], rows: Sequence[FeedRow]
) -> list[Written]:
    feeds = [await _feed(store, output, row, rows) for row in part]
    # An address without a single article yet is no feed anybody could have subscribed to.
    ready = [(row, f) for row, f in zip(part, feeds, strict=True) if _ready(row, f)]
    rendered = await compute(
        functools.partial(render, site=output.site), [feed for _, feed in ready]
    )
    done = []
    for (row, feed), files in zip(ready, rendered, strict=True):
        count = await asyncio.to_thread(_write_all, output.folder, row.slug, files)
        await store.written(row, feed.entries)
        name = row.name or output.site.title
        done.append(Written(name=name, slug=row.slug, entries=len(feed.entries), written=count))
    return done


async def _publish_index(
    store: Store, output: Output, compute: Compute, rows: Sequence[FeedRow]
) -> None:
    everything = next(row for row in rows if row.kind == "everything")
    feed = await _feed(store, output, everything, rows)
    shown = {row.slug for row in rows}
    links = [
        FeedLink(status.slug, status.title, status.entries, status.updated)
        for status in await store.feed_statuses()
        if status.slug in shown and status.slug != everything.slug
    ]
    task = functools.partial(_index, links=links, site=output.site)
    (files,) = await compute(task, [feed])
    await asyncio.to_thread(_write_all, output.folder, "", files)


async def _publish_pages(store: Store, output: Output, compute: Compute) -> None:
    while pages := await store.due_pages(_PAGES_AT_ONCE):
        live = [page.entry for page in pages if page.live]
        rendered = await compute(functools.partial(render_article, site=output.site), live)
        files = {page_name(e): data for e, data in zip(live, rendered, strict=True)}
        await asyncio.to_thread(_write_all, output.folder, "", files)
        gone = [page_name(page.entry) for page in pages if not page.live]
        await asyncio.to_thread(_remove_all, output.folder, gone)
        await store.pages_written(pages)


async def _feed(store: Store, output: Output, row: FeedRow, rows: Sequence[FeedRow]) -> Feed:
    selection = _selection(row, output)
    entries = await store.entries(
        row,
        selection.limit if selection else output.limit,
        of=[member.id for member in _members(selection, rows)],
    )
    return Feed(
        slug=row.slug,
        id=row.uri,
        title=row.name or output.site.title,
        description=output.site.description,
        language=_language(entries),
        entries=tuple(entries),
    )


def _index(feed: Feed, links: Sequence[FeedLink], site: Site) -> dict[str, bytes]:
    return render_index(feed, links, site)


def _ready(row: FeedRow, feed: Feed) -> bool:
    return bool(feed.entries) or row.written > 0 or row.kind != "category"


def _language(entries: Sequence[Entry]) -> str | None:
    """Return the language of a feed: the one that all its entries have."""
    languages = {entry.article.language for entry in entries}
    return languages.pop() if len(languages) == 1 else None


def _stale(rows: Sequence[FeedRow], output: Output) -> list[FeedRow]:
    """Return the feeds to write; a custom one also when a category that it draws from is."""
    direct = {row.id for row in rows if row.wanted > row.written}

    def drawn(row: FeedRow) -> Iterable[int]:
        return (member.id for member in _members(_selection(row, output), rows))

    return [row for row in rows if row.id in direct or not direct.isdisjoint(drawn(row))]


def _selection(row: FeedRow, output: Output) -> Selection | None:
    if row.kind != "custom":
        return None
    return next((s for s in output.selections if s.name == row.name), None)


def _wanted(row: FeedRow, output: Output) -> bool:
    return _selection(row, output) is not None


def _members(selection: Selection | None, rows: Sequence[FeedRow]) -> list[FeedRow]:
    if selection is None:
        return []
    names = {name.casefold() for name in selection.categories}
    return [row for row in rows if row.kind == "category" and row.name.casefold() in names]


def _write_all(folder: Path, inside: str, files: Mapping[str, bytes]) -> int:
    prefix = f"{inside}/" if inside else ""
    return sum(write(folder, f"{prefix}{name}", data) for name, data in sorted(files.items()))


def _remove_all(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        remove(folder, name)


def _lost(output: Output, rows: Sequence[FeedRow]) -> list[int]:
    """Return the feeds that were written and of which a file is missing."""
    names = [_FILES[name] for name in output.site.formats] + ["index.html"]
    return [
        row.id
        for row in rows
        if row.written and not all((output.folder / row.slug / name).is_file() for name in names)
    ]


def _digest(output: Output) -> str:
    settings = asdict(output) | {"folder": str(output.folder), "version": __version__}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
