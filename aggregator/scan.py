"""One scan of one source, from its documents to the store. Begin reading here.

    documents()  what the source holds that was not seen before            sources/
    prepare()    parse, sort into categories, clean, take fingerprints     parse/ clean/ dedupe
    decide()     new, changed, unchanged, a duplicate, or frozen           dedupe
    save()       articles, aliases, categories; which feeds are stale      store/

``output.py`` then writes the stale feeds. The stages raise; here alone that becomes values in the
Report: one bad document never stops a source, one bad source never stops the program.
"""

import asyncio
import functools
import hashlib
import logging
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aggregator.article import Article, Document
from aggregator.clean import Recipe, clean
from aggregator.dedupe import addresses, candidate, decide, entry_key, own_id
from aggregator.errors import AggregatorError, ParseError, StoreConflictError
from aggregator.fetch import Client
from aggregator.identity import (
    Candidate,
    Changed,
    Decision,
    Duplicate,
    Frozen,
    Ledger,
    New,
    Owner,
    Trace,
    Unchanged,
)
from aggregator.parse import parse
from aggregator.publish import slug, slug_path
from aggregator.sources import Failure, Found, Gone, Known, Source, Visit, documents
from aggregator.store import Category, DocumentState, Outcome, SourceState, Store, fold
from aggregator.store.records import State

log = logging.getLogger(__name__)

# Documents and bytes that are prepared as one task and saved in one transaction: below, the cost
# of a transaction shows; above, a crash undoes more and the pool's workers wait for each other.
CHUNK_DOCUMENTS, CHUNK_BYTES = 128, 4_000_000
# Chunks in hand at once: what keeps the pool busy while one chunk is being saved.
IN_HAND = 4

# Workers that race for an article meet once, not again and again.
_TRIES = 3

# A clock that is a little ahead is no date in the future; a date beyond the horizon is a mistake.
SKEW, HORIZON = timedelta(minutes=5), timedelta(days=730)

Compute = Callable[[Callable[[Any], Any], Sequence[Any]], Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class CategoryPolicy:
    """How categories are named: renamed (folded name -> name), and whether hierarchies nest."""

    rename: Mapping[str, str] = field(default_factory=dict)
    nested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a scan works with.

    ``compute`` maps a pure function over items, wherever it likes; ``progress`` is told of every
    chunk that was saved.
    """

    store: Store
    client: Client
    compute: Compute
    root: Path
    policy: CategoryPolicy
    progress: Callable[["Report"], None] = lambda _: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Report:
    """What a scan did.

    ``status`` is "ok", "unchanged" or "error"; ``errors`` are (document, what was wrong).
    """

    source: str
    kind: str
    status: str = "ok"
    documents: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    dropped: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What preparing a document takes from its source and the configuration."""

    recipe: Recipe
    zone: str
    categories: tuple[str, ...]
    policy: CategoryPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document's articles, ready to be decided, or why there are none."""

    name: str
    validators: str
    articles: tuple[tuple[Candidate, tuple[Category, ...]], ...] = ()
    error: str = ""
    traceback: str = ""


Chunk = tuple[list[Found], list[Prepared]]


async def scan(source: Source, context: Context, only: frozenset[str] = frozenset()) -> Report:
    """Visit a source, store what is new, and say what happened. ``only``: just these files."""
    report = Report(source=source.name, kind=source.settings.kind)
    state = await context.store.source_state(source.key, only)
    visit = Visit(root=context.root, seen=state.seen, client=context.client, only=only)
    try:
        async with aclosing(_chunks(source, visit, context)) as chunks:
            async for chunk in chunks:
                await _take(source, context, state, chunk, report)
                context.progress(report)
    except AggregatorError as error:
        report.errors.append((source.settings.target, str(error)))
        report.status = "error"
    if report.status == "ok" and not report.documents:
        report.status = "unchanged"
    failed = report.errors[-1][1] if report.status == "error" else ""
    await context.store.scanned(state.id, context.now(), failed, whole=not only)
    return report


def prepare(document: Document, brief: Brief) -> Prepared:
    """Read, clean and fingerprint the articles of a document. Pure; never raises."""
    done = functools.partial(Prepared, name=document.name, validators=document.validators)
    try:
        parsed = parse(document, ZoneInfo(brief.zone))
        raw = (replace(a, language=a.language or parsed.language) for a in parsed.articles)
        return done(articles=tuple(_prepare_article(a, document, brief) for a in raw))
    except ParseError as error:
        return done(error=str(error))
    except Exception as error:
        said = f"{document.name}: unexpected {type(error).__name__}: {error}"
        return done(error=said, traceback=traceback.format_exc())


def brief(source: Source, policy: CategoryPolicy) -> Brief:
    """Return what preparing the documents of a source takes."""
    settings = source.settings
    recipe = Recipe(
        remove=settings.remove,
        drop_images=settings.drop_images,
        base=getattr(settings, "base_url", None),
        language=settings.language,
    )
    return Brief(recipe=recipe, zone=source.zone, categories=settings.categories, policy=policy)


def recipe_digest(source: Source, policy: CategoryPolicy) -> str:
    """Return a digest of the settings that shape a source's articles.

    When it moves, what was read before is read again, so that an edit of the configuration shows.
    """
    return hashlib.sha256(repr(brief(source, policy)).encode()).hexdigest()


def _prepare_article(
    raw: Article, document: Document, brief: Brief
) -> tuple[Candidate, tuple[Category, ...]]:
    cleaned = clean(raw, brief.recipe)
    categories = _categories(cleaned, brief)
    article = replace(cleaned, categories=tuple(category.name for category in categories))
    at_hand = candidate(article, modified=document.modified, moved_from=document.moved_from)
    return at_hand, categories


def _categories(article: Article, brief: Brief) -> tuple[Category, ...]:
    """Return an article's categories by the policy, the source's own last, each once."""
    names = [*article.categories, *brief.categories]
    found: dict[str, Category] = {}
    if brief.policy.nested:
        inside = {name for path in article.category_paths for name in path}
        names = [name for name in names if name not in inside]
        for path in article.category_paths:
            for depth in range(1, len(path) + 1):
                part = path[:depth]
                found.setdefault(
                    "/".join(part), Category(name="/".join(part), slug=slug_path(part))
                )
    for name in names:
        called = brief.policy.rename.get(fold(name), name)
        found.setdefault(called, Category(name=called, slug=slug(called)))
    return tuple(found.values())


# From documents to prepared chunks


async def _chunks(source: Source, visit: Visit, context: Context) -> AsyncGenerator[Chunk, None]:
    """Yield what was found together with what it became, in order, a few chunks ahead."""
    task = functools.partial(prepare, brief=brief(source, context.policy))
    waiting: deque[tuple[list[Found], asyncio.Task[list[Prepared]]]] = deque()
    try:
        async with aclosing(_grouped(documents(source, visit))) as groups:
            async for group in groups:
                mine = [found for found in group if isinstance(found, Document)]
                waiting.append((group, asyncio.create_task(_prepared(context, task, mine))))
                if len(waiting) >= IN_HAND:
                    first, done = waiting.popleft()
                    yield first, await done
        while waiting:
            first, done = waiting.popleft()
            yield first, await done
    finally:
        for _, unfinished in waiting:
            unfinished.cancel()


async def _prepared(
    context: Context, task: Callable[[Document], Prepared], mine: Sequence[Document]
) -> list[Prepared]:
    results = await context.compute(task, mine)
    return [
        Prepared(name=one.name, validators=one.validators, error=f"{one.name}: {result}")
        if isinstance(result, AggregatorError)
        else result
        for one, result in zip(mine, results, strict=True)
    ]


async def _grouped(found: AsyncGenerator[Found, None]) -> AsyncGenerator[list[Found], None]:
    group: list[Found] = []
    size = 0
    async for one in found:
        group.append(one)
        size += len(one.body) if isinstance(one, Document) else 0
        if len(group) >= CHUNK_DOCUMENTS or size >= CHUNK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


# From prepared chunks to the store


async def _take(
    source: Source, context: Context, state: SourceState, chunk: Chunk, report: Report
) -> None:
    """Decide and save one chunk, again when another worker stored the same article meanwhile."""
    for _ in range(_TRIES - 1):
        try:
            return await _take_once(source, context, state, chunk, report)
        except StoreConflictError:
            continue
    return await _take_once(source, context, state, chunk, report)


async def _take_once(
    source: Source, context: Context, state: SourceState, chunk: Chunk, report: Report
) -> None:
    """Decide and save one chunk in one transaction, then count it."""
    found, prepared = chunk
    ready = [pair for one in prepared for pair in one.articles if not pair[0].article.draft]
    drafts = [pair[0] for one in prepared for pair in one.articles if pair[0].article.draft]
    retract = getattr(source.settings, "on_delete", "keep") == "retract"
    now = context.now()
    async with context.store.batch(state.id) as batch:
        for gone in (one for one in found if isinstance(one, Gone)):
            await batch.gone(gone.names, retract=retract)
        known = await batch.ledger(
            (uid for c, _ in ready for uid in (c.article.uid, c.moved_from) if uid),
            (c.content_hash for c, _ in ready),
            (key for c, _ in ready for key in addresses(c.article)),
            (entry_key(i) for c, _ in ready for i in _ids(c.article, source) if i),
        )
        decider = _Decider(source, known, state.scans + 1, now)
        outcomes = [decider.outcome(c, categories) for c, categories in ready]
        await batch.save(outcomes)
        if drafts and retract:
            await batch.gone([draft.article.uid for draft in drafts], retract=True)
        await batch.remember(_states(source, found, prepared, outcomes))
    _count(report, source, found, prepared, outcomes)
    report.dropped += len(drafts)


@dataclass(slots=True)
class _Decider:
    """Decides the articles of a chunk in order, entering each decision into the ledger."""

    source: Source
    known: Ledger
    scan: int
    now: datetime

    def outcome(self, at_hand: Candidate, categories: tuple[Category, ...]) -> Outcome:
        """Decide one article and enter the decision into the ledger."""
        decision = decide(at_hand, self.known, self.scan)
        identifier = self._entry_id(at_hand) if isinstance(decision, New) else ""
        at_hand, published, state = self._dated(at_hand, decision)
        result = Outcome(
            candidate=at_hand,
            decision=decision,
            entry_id=identifier,
            key=entry_key(identifier),
            published=published,
            updated=self._updated(at_hand.article, decision, published),
            state=state,
            categories=categories,
            addresses=tuple(addresses(at_hand.article)),
            scan=self.scan,
        )
        _enter(result, self.known)
        return result

    def _entry_id(self, at_hand: Candidate) -> str:
        """Return the id that a new article gets: one that no other article has or had."""
        given, wanted = _ids(at_hand.article, self.source)
        known = self.known
        taken = given in known.addresses or given in known.buried
        if given and not taken and entry_key(given) not in known.owners:
            return given
        if entry_key(wanted) not in known.owners:
            return wanted
        # This identity stood for another story before, which keeps that id.
        uid = f"{at_hand.article.uid}\n{at_hand.content_hash}"
        return own_id(replace(at_hand.article, uid=uid), self.source.key)

    def _dated(self, at_hand: Candidate, decision: Decision) -> tuple[Candidate, datetime, State]:
        """Return when it counts as published, and whether it must wait for that."""
        published = at_hand.article.published
        fallback = at_hand.modified or self.now
        if isinstance(decision, Changed):
            fallback = decision.owner.published
        if published is None or published <= self.now + SKEW:
            return at_hand, published or min(fallback, self.now), "live"
        if self.source.settings.holds_future and published <= self.now + HORIZON:
            out_already = isinstance(decision, Changed) and fallback <= self.now
            return (at_hand, fallback, "live") if out_already else (at_hand, published, "waiting")
        said = f"its date, {published:%Y-%m-%d %H:%M}, is yet to come; first sight counts instead"
        problems = (*at_hand.article.problems, said)
        noted = replace(at_hand, article=replace(at_hand.article, problems=problems))
        return noted, min(fallback, self.now), "live"

    def _updated(self, article: Article, decision: Decision, published: datetime) -> datetime:
        """Return the time of the last real change: it moves only with title or text."""
        declared = article.updated if article.updated and article.updated <= self.now else None
        if not isinstance(decision, Changed) or decision.owner.published > self.now:
            # Nobody has seen it before.
            return declared if declared and declared >= published else published
        before = decision.owner.updated
        if not decision.content:
            return before
        return declared if declared and declared > before else max(self.now, before)


def _ids(article: Article, source: Source) -> tuple[str | None, str]:
    """Return the id that a feed gave an article, if any, and the one made here."""
    return article.entry_id, own_id(article, source.key)


def _enter(result: Outcome, known: Ledger) -> None:
    """Enter a decision into the ledger, so that the next article of the chunk meets it."""
    at_hand, lead, streak = result.candidate, True, 0
    match result.decision:
        case Unchanged():
            return
        case New():
            holder = shown = result.key
            known.owners[shown] = _owner(result, shown)
        case Changed(owner, _, streak):
            holder = shown = owner.key
            known.owners[shown] = _owner(result, shown)
        case Duplicate(owner, by, richer):
            holder, shown, lead = by.key, owner.key, owner is not by
            if richer:
                known.owners[shown] = replace(owner, richness=at_hand.richness)
        case Frozen(owner, streak):
            holder, shown = owner.key, ""
    known.identities[at_hand.article.uid] = Trace(
        key=holder,
        revision=at_hand.revision,
        primary=lead,
        streak=streak,
        changed_in=result.scan,
    )
    if shown:
        _enter_keys(result, shown, known)


def _enter_keys(result: Outcome, shown: str, known: Ledger) -> None:
    """Let hash and addresses lead to an article, unless another one that is there has them."""
    if known.hashes.get(result.candidate.content_hash) is None:
        known.hashes[result.candidate.content_hash] = shown
    for address in result.addresses:
        known.addresses.setdefault(address, shown)


def _owner(result: Outcome, key: str) -> Owner:
    at_hand = result.candidate
    return Owner(
        key=key,
        content_hash=at_hand.content_hash,
        title_key=at_hand.title_key,
        text_key=at_hand.text_key,
        richness=at_hand.richness,
        published=result.published,
        updated=result.updated,
    )


def _states(
    source: Source,
    found: Sequence[Found],
    prepared: Sequence[Prepared],
    outcomes: Sequence[Outcome],
) -> list[DocumentState]:
    """Return what is to be remembered of documents: also the bad ones, until they change.

    A source that is one document is asked again as if it had never been read; so is a document
    with a frozen entry, which is taken once it has come to rest.
    """
    states = []
    for one in found:
        match one:
            case Failure(name=name, error=error, validators=validators):
                states.append(DocumentState(name=name, validators=validators, error=error))
            case Known(name=name, validators=validators):
                states.append(DocumentState(name=name, validators=validators))
    frozen = {o.candidate.article.uid for o in outcomes if isinstance(o.decision, Frozen)}
    for done in prepared:
        again = done.error and source.settings.single
        again = again or any(c.article.uid in frozen for c, _ in done.articles)
        validators = "" if again else done.validators
        states.append(DocumentState(name=done.name, validators=validators, error=done.error))
    return states


def _count(
    report: Report,
    source: Source,
    found: Sequence[Found],
    prepared: Sequence[Prepared],
    outcomes: Sequence[Outcome],
) -> None:
    report.errors += [(one.name, one.error) for one in found if isinstance(one, Failure)]
    report.errors += [(one.name, one.error) for one in prepared if one.error]
    report.documents += len(prepared) + sum(isinstance(one, Failure) for one in found)
    if source.settings.single and any(one.error for one in prepared):
        report.status = "error"
    for one in prepared:
        if one.traceback:
            log.error("%s: %s\n%s", source.name, one.error, one.traceback)
    for outcome in outcomes:
        match outcome.decision:
            case New():
                report.new += 1
            case Changed():
                report.changed += 1
            case Duplicate():
                report.duplicates += 1
            case Unchanged():
                report.unchanged += 1
            case Frozen():
                report.unchanged += 1
                title = outcome.candidate.article.title
                report.errors.append(
                    (outcome.candidate.article.uid, f"{title!r} changes at every scan; frozen")
                )
