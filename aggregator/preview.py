"""What a source, an address, a file or a folder would become, without storing anything."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.app import contact, policy, rules
from aggregator.article import Document
from aggregator.config import Loaded
from aggregator.dedupe import entry_id
from aggregator.errors import AggregatorError
from aggregator.fetch import open_client
from aggregator.lists.opml import Outline
from aggregator.prepare import CategoryPolicy, Prepared, Ready, Task, brief, prepare
from aggregator.refine import Web, complete_all
from aggregator.sources import (
    KINDS,
    Answered,
    Failure,
    Found,
    Outlines,
    Problem,
    Source,
    Visit,
    documents,
)
from aggregator.sources.directory import DirectorySettings, matcher


@dataclass(frozen=True, slots=True)
class Preview:
    """The articles as they would be published, as plain values, and what could not be read.

    ``notes`` say how they were found.
    """

    articles: list[dict[str, Any]]
    errors: list[str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """A source to look at, and if not all of it, which of its files.

    ``instead`` is what else it may be, if it is not that.
    """

    source: Source
    only: frozenset[str] = frozenset()
    instead: Source | None = None


def resolve(target: str, loaded: Loaded | None, *, allow_private: bool = False) -> Look:
    """Return what a target names: a configured source, an address, a file or a folder.

    A file in a configured folder is read with that source's settings; an address that is not
    configured may lead inside the network with ``allow_private``. Raises AggregatorError.
    """
    sources = loaded.sources if loaded else ()
    for source in sources:
        if target in (source.name, source.settings.target):
            return Look(source)
    if target.lower().startswith(("http://", "https://")):
        feed, page = (
            _made(kind, target, loaded, allow_private=allow_private) for kind in ("feed", "page")
        )
        return Look(feed, instead=page)
    path = Path(target).resolve()
    if path.is_dir():
        return Look(_made("directory", str(path), loaded))
    if not path.is_file():
        raise AggregatorError(f"{target}: no source, web address, file or folder is called so")
    if loaded and (found := loaded.document(path)):
        return Look(found[0], frozenset({found[1]}))
    made = _made("directory", str(path.parent), loaded, glob="**")
    return Look(made, frozenset({path.name}))


async def preview(look: Look, loaded: Loaded | None) -> Preview:
    """Visit a source as if it had never been seen; a failed visit is one of the errors.

    An address that leads to no feed is looked at as a page that lists articles.
    """
    found = await _visited(look, loaded)
    if look.instead is None or found.articles or not found.errors:
        return found
    page = await _visited(Look(look.instead), loaded)
    if not page.articles:
        return found
    note = f"{look.source.settings.target}: leads to no feed; as a page source it gives:"
    return Preview(page.articles, page.errors, [note, *page.notes])


async def _visited(look: Look, loaded: Loaded | None) -> Preview:
    root = loaded.root if loaded else Path.cwd()
    how = brief(
        look.source,
        policy(loaded.config) if loaded else CategoryPolicy(),
        rules(loaded.config) if loaded else (),
    )
    task = Task(brief=how, learned=None, now=datetime.now(UTC))
    found = Preview([], [])
    try:
        async with open_client(contact=contact(loaded.config) if loaded else "") as client:
            now = task.now
            visit = Visit(
                root=root,
                seen={},
                client=client,
                only=look.only,
                now=now,
                forced=True,
                zone=look.source.zone,
            )
            web = Web(source=look.source, client=client, compute=_in_thread)
            async for one in documents(look.source, visit):
                await _add(one, task, web, found)
    except AggregatorError as error:
        found.errors.append(str(error))
    return found


def missed(look: Look) -> str:
    """Say that there was nothing to preview; and so when the source's glob is the reason."""
    what = ", ".join(sorted(look.only)) or look.source.settings.target
    settings = look.source.settings
    if isinstance(settings, DirectorySettings) and not any(map(matcher(settings), look.only)):
        return f"{what}: no article was found; the glob of {look.source.name} is {settings.glob}"
    return f"{what}: no article was found"


async def _in_thread(task: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    return [await asyncio.to_thread(task, item) for item in items]


async def _add(one: Found, task: Task, web: Web, found: Preview) -> None:
    if isinstance(one, Failure):
        found.errors.append(f"{one.name}: {one.error}")
    elif isinstance(one, Answered) and one.memory.why:
        found.notes.append(f"{one.name}: {one.memory.url}, {one.memory.why}")
    elif isinstance(one, Outlines):
        found.notes.extend(_outline(outline) for outline in one.outlines)
    elif isinstance(one, Problem):
        found.errors.append(f"{one.name}: {one.text}")
    elif isinstance(one, Document):
        done: Prepared = await asyncio.to_thread(prepare, one, task)
        if task.brief.awaits:
            every = {ready.candidate.article.uid: False for ready in done.articles}
            (done,) = await complete_all([done], every, task, web)
        if done.how:
            found.notes.append(f"{one.name}: {done.how}, confidence {done.confidence:.2f}")
        found.articles.extend(
            _shown(ready, web.source, one) | {"confidence": round(done.confidence, 3)}
            for ready in done.articles
        )
        found.errors.extend([done.error] if done.error else [])
        found.errors.extend(f"{one.name}: {said}" for said in done.problems)


def _outline(one: Outline) -> str:
    within = ", ".join((*one.path, *one.categories))
    return f"{one.title or one.url}: {one.url}" + (f" [{within}]" if within else "")


def _made(kind: str, target: str, loaded: Loaded | None, **more: Any) -> Source:
    """Return a source that the configuration does not have."""
    settings = KINDS[kind][0].model_validate({kind: target, **more})
    zone = loaded.config.timezone if loaded else "UTC"
    return Source(name=target, settings=settings, zone=zone)


def _shown(ready: Ready, source: Source, document: Document) -> dict[str, Any]:
    at_hand = ready.candidate
    article = at_hand.article
    published = article.published or at_hand.modified
    updated = article.updated
    return {
        "id": entry_id(article, source.key),
        "title": article.title,
        "url": article.url,
        "author": ", ".join(article.authors),
        "authors": list(article.authors),
        "published": published,
        "updated": updated or published,
        "categories": list(article.categories),
        "html": article.html,
        "text": article.text,
        "summary": article.summary,
        "image": article.image,
        "language": article.language,
        "content_hash": at_hand.content_hash,
        "source": source.name,
        "document": document.name,
        "problems": list(article.problems),
        "dropped": ready.dropped,
        "steps": [
            {"name": s.name, "detail": s.detail, "blocks": s.blocks, "bytes": s.size}
            for s in article.trail
        ],
    }
