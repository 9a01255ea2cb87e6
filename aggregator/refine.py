"""Between preparing and deciding: what only the web and the source's history can add.

fresh()      which of a chunk's articles the store does not have like this
full text    the pages of those that are only a beginning, if wanted     fetch/ extract/
learning     boilerplate that shows now, with these articles             boilerplate
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aggregator import boilerplate
from aggregator.article import Article, Document, Entry
from aggregator.dedupe import candidate
from aggregator.errors import AggregatorError, FetchError
from aggregator.prepare import (
    Prepared,
    Ready,
    Task,
    again,
    completed,
    prepare,
    without_boilerplate,
)
from aggregator.sources import Found, Remote, Source
from aggregator.store import Recut, Store

if TYPE_CHECKING:
    from aggregator.fetch import Client

_TYPES = ("", "text/html", "application/xhtml+xml")

Compute = Callable[[Callable[[Any], Any], Sequence[Any]], Awaitable[list[Any]]]


# The page of an article, why there is none, or why it could not be had.
Page = Document | str | FetchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some of what a source holds, what it became, and the task that made it so.

    ``learned``: what is known to be boilerplate after it; None if nothing was looked for.
    """

    found: list[Found]
    prepared: list[Prepared]
    task: Task
    learned: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """What fetching the pages of a source's articles takes."""

    source: Source
    client: "Client"
    compute: Compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What refining works with; ``source_id`` is the source's number in the store.

    ``unread``: nothing of the source is there yet; ``recalled``: what its newest articles consist
    of, if that was asked already.
    """

    source_id: int
    store: Store
    web: Web
    unread: bool = False
    recalled: Sequence[tuple[str, ...]] | None = None


async def refine(chunk: Chunk, tools: Tools) -> Chunk:
    """Return a chunk whose fresh articles have their whole text and no boilerplate."""
    fresh = await _fresh(chunk.prepared, tools)
    if not fresh:
        return chunk
    if chunk.task.brief.awaits:
        whole = await complete_all(chunk.prepared, fresh, chunk.task, tools.web)
        chunk = replace(chunk, prepared=whole)
    if chunk.task.brief.learns:
        chunk = await _learn(chunk, set(fresh), tools)
    return chunk


async def recut_stored(
    gained: frozenset[str], learned: frozenset[str], tools: Tools
) -> list[Recut]:
    """Return the source's newest articles without boilerplate that was ``gained`` only now."""
    held = await tools.store.holding(tools.source_id, gained)
    cut = functools.partial(_recut, learned=learned)
    done = await tools.web.compute(cut, held)
    return [recut for recut in done if isinstance(recut, Recut)]


def _recut(entry: Entry, learned: frozenset[str]) -> Recut | None:
    article = without_boilerplate(entry.article, learned)
    if article is entry.article:
        return None
    return Recut(key=entry.key, content_hash=entry.content_hash, candidate=candidate(article))


async def _fresh(prepared: Sequence[Prepared], tools: Tools) -> dict[str, bool]:
    """Return the uids of articles that are new or changed, and whether they are known at all."""
    shown = {r.candidate.article.uid: r.candidate.revision for r in _all(prepared)}
    known = {} if tools.unread else await tools.store.revisions(tools.source_id, shown)
    return {uid: uid in known for uid, now in shown.items() if known.get(uid) != now}


def _all(prepared: Iterable[Prepared]) -> Iterable[Ready]:
    return (ready for one in prepared for ready in one.articles)


# Full text


async def complete_all(
    prepared: Sequence[Prepared], fresh: Mapping[str, bool], task: Task, web: Web
) -> list[Prepared]:
    """Fetch the pages of fresh articles and take what is better than the feed's own text.

    ``fresh``: the uids of the articles that are meant, and whether they are known already.
    """
    wanted = [r for r in _all(prepared) if r.candidate.article.uid in fresh and not r.dropped]
    pages = await _pages(wanted, web)
    pairs = [(ready, _said(pages[ready.candidate.article.uid])) for ready in wanted]
    done = await web.compute(functools.partial(completed, task=task), pairs)
    better: dict[str, Ready | None] = {}
    for ready, result in zip(wanted, done, strict=True):
        uid = ready.candidate.article.uid
        better[uid] = _settled(ready, pages[uid], result, known=fresh[uid])
    later = {uid for uid, page in pages.items() if isinstance(page, FetchError) and _passes(page)}
    return [
        replace(
            one,
            articles=tuple(_replaced(one.articles, better)),
            pending=any(ready.candidate.article.uid in later for ready in one.articles),
        )
        for one in prepared
    ]


def _said(page: Page) -> Document | str:
    return str(page) if isinstance(page, FetchError) else page


def _passes(error: FetchError) -> bool:
    """Whether it may go by itself."""
    return error.trouble == "unreachable" or error.status == HTTPStatus.TOO_MANY_REQUESTS


def _replaced(articles: Iterable[Ready], better: dict[str, Ready | None]) -> Iterable[Ready]:
    for ready in articles:
        chosen = better.get(ready.candidate.article.uid, ready)
        if chosen:
            yield chosen


def _settled(
    ready: Ready, page: Page, result: Ready | AggregatorError, *, known: bool
) -> Ready | None:
    """Return what is to be published, None to leave what is.

    A page that cannot be had at the moment is tried again at the next visit; until then a new
    article shows what its source has, if that is anything, and one that is known what it showed
    before.
    """
    if isinstance(result, AggregatorError):
        return ready
    article = result.candidate.article
    bare = not article.title and not article.text
    if isinstance(page, FetchError) and _passes(page):
        unsure = replace(result, candidate=replace(result.candidate, revision=""))
        return None if known or bare else unsure
    return replace(result, dropped=f"there is nothing of it: {_said(page)}") if bare else result


async def _pages(wanted: Sequence[Ready], web: Web) -> dict[str, Page]:
    """Return the pages of articles, by uid; those of one server one after the other."""
    servers: dict[str | None, list[Article]] = {}
    for ready in wanted:
        article = ready.raw or ready.candidate.article
        servers.setdefault(urlsplit(article.url or "").hostname, []).append(article)
    parts = await asyncio.gather(*(_pages_there(part, web) for part in servers.values()))
    return {uid: page for part in parts for uid, page in part.items()}


async def _pages_there(articles: Sequence[Article], web: Web) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    silent: FetchError | None = None
    for article in articles:
        page = silent or await _page(article, web)
        if isinstance(page, FetchError) and page.trouble == "unreachable" and not page.status:
            silent = page  # who does not answer is not asked for the rest
        pages[article.uid] = page
    return pages


async def _page(article: Article, web: Web) -> Page:
    """Return the page of an article, why there is none, or why it could not be had."""
    from aggregator.extract import is_teaser  # noqa: PLC0415 - see prepare.completed

    settings = web.source.settings
    if not article.url or not isinstance(settings, Remote):
        return "it has no address"
    if getattr(settings, "full_text", False) == "auto" and not is_teaser(article):
        return "it is whole"
    try:
        answer = await web.client.get(settings.request(article.url, robots=True))
    except FetchError as error:
        return error
    if answer.media_type not in _TYPES:
        return f"the page is {answer.media_type}"
    return Document(
        name=article.url, body=answer.body or b"", charset=answer.charset, url=answer.url
    )


# Learned boilerplate


async def _learn(chunk: Chunk, fresh: set[str], tools: Tools) -> Chunk:
    """Learn from the source's newest articles and these; take out what that shows."""
    history = tools.recalled
    if history is None:
        history = await tools.store.history(tools.source_id, boilerplate.WINDOW)
    # What is told twice is no repetition across articles.
    told = {r.candidate.plain_hash: r for r in _all(chunk.prepared) if _is_news(r, fresh)}
    history = [*history, *(ready.candidate.blocks or () for ready in told.values())]
    learned = boilerplate.learn(history[-boilerplate.WINDOW :])
    # Since the chunk was prepared, those before it may have taught something.
    gained = learned - (chunk.task.learned or frozenset())
    if any(_holds(ready, fresh, gained) for ready in _all(chunk.prepared)):
        task = replace(chunk.task, learned=learned)
        chunk = replace(chunk, prepared=await _redone(chunk, gained, task, tools))
    return replace(chunk, learned=learned)


async def _redone(chunk: Chunk, gained: frozenset[str], task: Task, tools: Tools) -> list[Prepared]:
    """Prepare once more what holds boilerplate that has been learned meanwhile."""
    affected = [
        one
        for one in chunk.prepared
        if any(not gained.isdisjoint(ready.candidate.blocks or ()) for ready in one.articles)
    ]
    if task.brief.awaits:
        each = functools.partial(_all_again, task=task)
        done = await tools.web.compute(each, affected)
    else:
        documents = {one.name: one for one in chunk.found if isinstance(one, Document)}
        each = functools.partial(prepare, task=task)
        done = await tools.web.compute(each, [documents[one.name] for one in affected])
    better = {one.name: one for one in done if isinstance(one, Prepared)}
    return [better.get(one.name, one) for one in chunk.prepared]


def _all_again(prepared: Prepared, task: Task) -> Prepared:
    return replace(prepared, articles=tuple(again(ready, task) for ready in prepared.articles))


def _is_news(ready: Ready, fresh: set[str]) -> bool:
    article = ready.candidate.article
    return article.uid in fresh and not ready.dropped and not article.draft


def _holds(ready: Ready, fresh: set[str], gained: frozenset[str]) -> bool:
    mine = ready.candidate.blocks or ()
    return ready.candidate.article.uid in fresh and not gained.isdisjoint(mine)
