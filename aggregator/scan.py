"""One scan of one source, from its documents to the store. Begin reading here.

    documents()  what the source holds that was not seen before            sources/
    prepare()    parse, clean, apply rules, take fingerprints              prepare.py
    refine()     of what is new: full text, boilerplate learned by now     refine.py
    decide()     new, changed, unchanged, a duplicate, or frozen           dedupe
    alike()      whether another source told the same story                near
    save()       articles, aliases, categories; which feeds are stale      store/

``output.py`` then writes the stale feeds. The stages raise; here alone that becomes values in the
Report: one bad document never stops a source, one bad source never stops the program.
"""

import asyncio
import functools
import logging
import random
import shlex
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from aggregator import boilerplate
from aggregator.article import Document
from aggregator.decider import Decider, DuplicatePolicy, ids, likeness
from aggregator.dedupe import addresses, entry_key
from aggregator.due import Fared, asked, next_due
from aggregator.errors import (
    AggregatorError,
    FetchError,
    ParseError,
    RestingError,
    StoreConflictError,
    Trouble,
)
from aggregator.flood import held_back, may_flood, suspicion, vanished
from aggregator.health import Health, healthy
from aggregator.identity import (
    Candidate,
    Changed,
    Duplicate,
    Frozen,
    Ledger,
    Likeness,
    New,
    Owner,
    Unchanged,
)
from aggregator.prepare import CategoryPolicy, Prepared, Ready, Task, brief, prepare
from aggregator.refine import Chunk, Compute, Tools, Web, recut_stored, refine
from aggregator.rules import Rule
from aggregator.sources import (
    AGAIN,
    Answered,
    Failure,
    Found,
    Gone,
    Known,
    Memory,
    Outlines,
    Problem,
    Settled,
    Source,
    Visit,
    documents,
)
from aggregator.store import (
    DocumentState,
    Drop,
    Kept,
    Listed,
    Outcome,
    Recut,
    Rival,
    SourceState,
    Store,
    Visited,
)
from aggregator.store.store import Batch

if TYPE_CHECKING:
    from aggregator.fetch import Client

log = logging.getLogger(__name__)

# Documents and bytes that are prepared as one task and saved in one transaction: below, the cost
# of a transaction shows; above, a crash undoes more and the pool's workers wait for each other. No
# more than boilerplate is learned from at once, or the first of a chunk would teach nothing.
CHUNK_DOCUMENTS, CHUNK_BYTES = boilerplate.WINDOW, 4_000_000
# Chunks in hand at once: what keeps the pool busy while one chunk is being saved.
IN_HAND = 4

# Problems of parts of documents that one chunk reports.
_TOLD = 20

# The newest entries of a feed that its rhythm is taken from.
_RHYTHM_OF = 10

T = TypeVar("T")

# Workers that race for an article meet once, not again and again.
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a scan works with.

    ``compute`` maps a pure function over items, wherever it likes; ``progress`` is told of every
    chunk that was saved. ``rules`` are those for all sources, each with what to call it.
    ``settled`` is what visits to folders leave for the next ones, by the key of the source: it
    holds as long as the settings do that shape articles, and so does a context.
    """

    store: Store
    client: "Client"
    compute: Compute
    root: Path
    policy: CategoryPolicy
    rules: tuple[tuple[str, Rule], ...] = ()
    duplicates: DuplicatePolicy = field(default_factory=DuplicatePolicy)
    progress: Callable[["Report"], None] = lambda _: None
    settled: dict[str, dict[str, Settled]] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a scan is for, if not all that is new.

    ``only``: just these files. ``forced``: a person asks, even for what is not due. ``pushed``: a
    hub delivered this.
    """

    only: frozenset[str] = frozenset()
    forced: bool = False
    pushed: bytes | None = None

    @property
    def whole(self) -> bool:
        """Whether all of the source is visited."""
        return not self.only and self.pushed is None


@dataclass(slots=True, kw_only=True)
class Report:
    """What a scan did.

    ``status`` is "ok", "unchanged" or "error"; ``errors`` are (document, what was wrong). ``due``
    is when the source is to be visited next, None never. ``grown``: it lists other feeds now.
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
    due: datetime | None = None
    grown: bool = False

    @property
    def articles(self) -> int:
        """How many articles were read, whatever became of them."""
        return self.new + self.changed + self.unchanged + self.duplicates + self.dropped


async def scan(source: Source, context: Context, errand: Errand | None = None) -> Report:
    """Visit a source, store what is new, and say what happened."""
    errand = errand or Errand()
    report = Report(source=source.name, kind=source.settings.kind)
    settled = context.settled.setdefault(source.key, {})
    state = await context.store.source_state(source.key, errand.only or _seen(settled))
    if errand.only and (state.health == "held" or state.released):
        # Whether lost files are back, or let go, shows only in all of them.
        errand = replace(errand, only=frozenset())
        state = await context.store.source_state(source.key, _seen(settled))
    if _left_alone(source, state, errand, report, context.now()):
        return report
    how = brief(source, context.policy, context.rules)
    task = Task(brief=how, learned=None, now=context.now())
    memories = {name: Memory.model_validate_json(told) for name, told in state.memories.items()}
    unread = not state.scans and not state.seen and not errand.only and not settled
    work = _Scan(source, context, state, report, task, memories, unread)
    try:
        async with aclosing(_chunks(work, _visit(work, errand))) as chunks:
            async for chunk in chunks:
                await _take_refined(work, chunk)
                context.progress(report)
    except AggregatorError as error:
        _failed(work, source.settings.target, error)
    if report.status == "ok" and not report.documents:
        report.status = "unchanged"
    await _close(work, errand)
    return report


def _seen(settled: Mapping[str, Settled]) -> frozenset[str] | None:
    """Return the documents that must be known before a visit to all: none if it asks for some."""
    return frozenset() if settled else None


@dataclass(slots=True)
class _Scan:
    """A scan on its way. ``task`` is how documents are prepared: what was learned grows with it.

    ``memories`` are those of the source's addresses; ``unread``: nothing of it was stored yet, and
    nothing need be asked of it, which is two queries less of each of 300 feeds. ``trouble`` is what
    ails it, ``retry`` for how many seconds its server asks to be left alone, ``asked`` whether it
    was asked at all. ``held``: a part of what it brought is held back. ``recalled`` is what its
    newest articles consist of, until there are others. ``known`` and ``kept`` are noted at its end.
    """

    source: Source
    context: Context
    state: SourceState
    report: Report
    task: Task
    memories: dict[str, Memory]
    unread: bool
    trouble: Trouble | Literal[""] = ""
    retry: float = 0.0
    asked: bool = True
    held: bool = False
    recalled: list[tuple[str, ...]] | None = None
    known: list[DocumentState] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    @property
    def tools(self) -> Tools:
        """What refining works with."""
        context = self.context
        web = Web(source=self.source, client=context.client, compute=context.compute)
        return Tools(
            source_id=self.state.id,
            store=context.store,
            web=web,
            unread=self.unread,
            recalled=self.recalled,
        )


def _visit(work: _Scan, errand: Errand) -> Visit:
    store, number = work.context.store, work.state.id

    async def known(uids: Sequence[str]) -> frozenset[str]:
        return frozenset(await store.revisions(number, uids))

    settled = work.context.settled[work.source.key]
    recall = functools.partial(store.seen_in, number) if settled and not errand.only else None
    return Visit(
        root=work.context.root,
        seen=work.state.seen,
        settled=settled,
        recall=recall,
        client=work.context.client,
        only=errand.only,
        memories=dict(work.memories),
        body=functools.partial(store.answered, number),
        known=known,
        now=work.task.now,
        forced=errand.forced,
        pushed=errand.pushed,
        zone=work.source.zone,
    )


def _left_alone(
    source: Source, state: SourceState, errand: Errand, report: Report, now: datetime
) -> bool:
    """Whether a server is not to be asked at all: it said so."""
    if not source.settings.remote or errand.pushed is not None:
        return False
    if state.wait_until and now < state.wait_until:
        said = f"the server asked to be left alone until {state.wait_until:%Y-%m-%d %H:%M} UTC"
        report.status, report.due = "error", state.wait_until
    elif state.health == "gone" and not errand.forced:
        said, report.status = "is gone for good and not asked any more", "unchanged"
    else:
        return False
    report.errors.append((source.settings.target, said))
    return True


def _failed(work: _Scan, document: str, error: AggregatorError) -> None:
    work.report.errors.append((document, str(error)))
    work.report.status = "error"
    work.trouble = error.trouble if isinstance(error, FetchError | ParseError) else "malformed"
    work.retry = (error.retry or 0.0) if isinstance(error, FetchError) else 0.0
    work.asked = not isinstance(error, RestingError)


async def _close(work: _Scan, errand: Errand) -> None:
    """Note how the visit ended, and when the next one is due."""
    source, report, state, now = work.source, work.report, work.state, work.context.now()
    failed = report.errors[-1][1] if report.status == "error" else ""
    memory = work.memories.get(source.settings.target, Memory())
    failures = state.failures + int(work.asked) if failed else 0
    fared = Fared(
        trouble=work.trouble if failed else "",
        failures=failures,
        retry=work.retry,
        asked=work.asked,
        memory=memory,
        pushed=state.pushed,
    )
    report.due = next_due(source, fared, now, work.context.chance())
    health = Health(work.trouble, failed) if failed else healthy(memory, now)
    visited = Visited(
        at=now,
        error=failed,
        health=health.kind,
        health_text=health.text,
        failures=failures,
        due=report.due,
        wait_until=now + asked(work.retry) if work.retry else None,
        whole=errand.whole,
        held=work.held,
        documents=tuple(work.known),
        kept=tuple(work.kept),
    )
    await work.context.store.visited(state.id, visited)


async def _recall(work: _Scan) -> None:
    """Learn again what the source's history teaches, before the first document is prepared."""
    store, number = work.context.store, work.state.id
    work.recalled = [] if work.unread else await store.history(number, boilerplate.WINDOW)
    work.task = replace(work.task, learned=boilerplate.learn(work.recalled))


# From documents to prepared chunks


async def _chunks(work: _Scan, visit: Visit) -> AsyncGenerator[Chunk, None]:
    """Yield what was found together with what it became, in order, a few chunks ahead."""
    waiting: deque[tuple[list[Found], Task, asyncio.Task[list[Prepared]]]] = deque()

    async def first() -> Chunk:
        found, task, done = waiting.popleft()
        return Chunk(found=found, prepared=await done, task=task)

    try:
        async with aclosing(_grouped(documents(work.source, visit))) as groups:
            async for group in groups:
                mine = [found for found in group if isinstance(found, Document)]
                if mine and work.task.brief.learns and work.task.learned is None:
                    await _recall(work)
                preparing = asyncio.create_task(_prepared(work.context, work.task, mine))
                waiting.append((group, work.task, preparing))
                if len(waiting) >= IN_HAND:
                    yield await first()
        while waiting:
            yield await first()
    finally:
        for _, _, unfinished in waiting:
            unfinished.cancel()


async def _prepared(context: Context, task: Task, mine: Sequence[Document]) -> list[Prepared]:
    if not mine:
        return []
    results = await context.compute(functools.partial(prepare, task=task), mine)
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


async def _take_refined(work: _Scan, chunk: Chunk) -> None:
    """Refine a chunk and store it; what it taught counts for what was stored before, too."""
    if work.source.settings.single and all(isinstance(f, Known | Answered) for f in chunk.found):
        return _take_known(work, chunk)
    refined = await refine(chunk, work.tools)
    learned, before = refined.learned, work.task.learned or frozenset()
    if learned is None:
        return await _take(work, refined, [])
    gained = learned - before
    recuts = await recut_stored(gained, learned, work.tools) if gained else []
    await _take(work, refined, recuts)
    work.task = replace(work.task, learned=learned)
    return None


def _take_known(work: _Scan, chunk: Chunk) -> None:
    """Have what is no news noted with the end of the visit, without a transaction of its own."""
    work.known += _states(work.source, chunk, frozenset())
    for one in _of(Answered, chunk):
        work.memories[one.name] = one.memory
        work.kept.append(_kept(one, one.memory))


async def _take(work: _Scan, chunk: Chunk, recuts: Sequence[Recut]) -> None:
    """Decide and save one chunk, again when another worker stored the same article meanwhile."""
    for _ in range(_TRIES - 1):
        try:
            return await _take_once(work, chunk, recuts)
        except StoreConflictError:
            continue
    return await _take_once(work, chunk, recuts)


async def _take_once(work: _Scan, chunk: Chunk, recuts: Sequence[Recut]) -> None:
    """Decide and save one chunk in one transaction, then count it."""
    source, now = work.source, work.context.now()
    every = [ready for one in chunk.prepared for ready in one.articles]
    wanted = [ready for ready in every if not _left_out(ready)]
    drops = [_drop(ready) for ready in every if _left_out(ready)]
    retract = getattr(source.settings, "on_delete", "keep") == "retract"
    async with work.context.store.batch(work.state.id) as batch:
        for gone in _of(Gone, chunk):
            if not (retract and await _lost(work, batch, gone)):
                await batch.gone(gone.names, now, retract=retract)
        if drops and retract:
            await batch.gone([drop.article.uid for drop in drops], now, retract=True)
        known = await _ledger(batch, [ready.candidate for ready in wanted], source)
        decider = Decider(
            source=source,
            known=known,
            likes=await _alike(work, batch, [ready.candidate for ready in wanted], known),
            parted=await _parted(work, batch, [ready.candidate for ready in wanted], known),
            mode=work.context.duplicates.mode,
            scan=work.state.scans + 1,
            now=now,
        )
        outcomes = [decider.outcome(ready) for ready in wanted]
        taken = await _without_flood(work, batch, chunk, outcomes)
        await batch.save(taken)
        await batch.drop(drops, now)
        # In the same transaction: what a crash kept from being cut would never be cut.
        await batch.recut(recuts, now)
        await batch.remember(_states(source, chunk, _unsettled(outcomes, taken)))
        memories = _memories(chunk, outcomes, work.task.now)
        await batch.keep([_kept(one, memories[one.name]) for one in _of(Answered, chunk)], now)
        for one in _of(Outlines, chunk):
            work.report.grown |= await batch.list_feeds(_listed(one))
        if chunk.learned is not None:
            await batch.trim_history(boilerplate.WINDOW)
    work.memories |= memories
    work.unread, work.recalled = False, None
    _count(work, chunk, outcomes)
    work.report.dropped += len(drops)


def _of(kind: type[T], chunk: Chunk) -> list[T]:
    return [one for one in chunk.found if isinstance(one, kind)]


def _left_out(ready: Ready) -> bool:
    return ready.candidate.article.draft or bool(ready.dropped)


def _drop(ready: Ready) -> Drop:
    candidate = ready.candidate
    why = ready.dropped or "it is a draft"
    return Drop(article=candidate.article, fetched=candidate.fetched, why=why)


async def _ledger(batch: Batch, candidates: Sequence[Candidate], source: Source) -> Ledger:
    return await batch.ledger(
        (uid for c in candidates for uid in (c.article.uid, c.moved_from) if uid),
        (one for c in candidates for one in c.hashes),
        (key for c in candidates for key in addresses(c.article)),
        (entry_key(i) for c in candidates for i in ids(c.article, source) if i),
    )


# What is held back


async def _without_flood(
    work: _Scan, batch: Batch, chunk: Chunk, outcomes: list[Outcome]
) -> list[Outcome]:
    """Return what is to be saved of all that a source lists; what would flood readers waits."""
    if not _is_judged(work, chunk) or not may_flood(outcomes):
        return outcomes
    found = suspicion(outcomes, await batch.past())
    if not found.text:
        return outcomes
    await _hold(work, batch, found.text)
    return held_back(outcomes, found)


def _is_judged(work: _Scan, chunk: Chunk) -> bool:
    """Whether a source lists all of its articles here, and nobody asked for them to be others."""
    source, target = work.source, work.source.settings.target
    # Of sitemaps and folders only what changed is read, and nothing can be told from that. Nobody
    # has read here before, or an edit of the configuration has it read anew: no validators.
    listed = source.settings.remote and any(one.name == target for one in chunk.prepared)
    return listed and bool(work.state.seen.get(target)) and not work.state.released


async def _lost(work: _Scan, batch: Batch, gone: Gone) -> bool:
    """Whether so many files are gone that their articles stay until a person says so."""
    said = vanished(len(gone.names) - gone.moved, await batch.documents(), gone.there)
    if said and not work.state.released:
        await _hold(work, batch, f"{work.source.settings.target}: {said}")
        return True
    return False


async def _hold(work: _Scan, batch: Batch, text: str) -> None:
    await batch.hold(text, work.context.now())
    if not work.held:
        how = f"held back until: aggregator release {shlex.quote(work.source.name)}"
        work.report.errors.append((work.source.settings.target, f"{text}; {how}"))
    work.held = True


# Who else told it


async def _alike(
    work: _Scan, batch: Batch, candidates: Sequence[Candidate], known: Ledger
) -> dict[str, Likeness]:
    """Return what other sources told of the same stories, by uid."""
    policy = work.context.duplicates
    if policy.mode == "keep":
        return {}
    new = {
        c.article.uid: c for c in candidates if c.bands and c.article.uid not in known.identities
    }
    rivals = await batch.rivals({uid: c.bands for uid, c in new.items()})
    pairs = [(new[uid], found) for uid, found in rivals.items()]
    # A further copy that was edited may be told apart by its keys, and tell the same all the same.
    copies = {
        c.article.uid: (c, o)
        for c in candidates
        if (o := _edited(c, known, primary=False)) and o.source not in (0, work.state.id)
    }
    kin = await batch.kin({uid: owner.key for uid, (_, owner) in copies.items()})
    pairs += [(_dated(*copies[uid]), found) for uid, found in kin.items()]
    return await _compared(work, pairs, policy.window)


async def _parted(
    work: _Scan, batch: Batch, candidates: Sequence[Candidate], known: Ledger
) -> frozenset[str]:
    """Return the uids of articles that no longer tell the story that they were bound to."""
    edited = {c.article.uid: (c, o) for c in candidates if (o := _edited(c, known, primary=True))}
    kin = await batch.kin({uid: owner.key for uid, (_, owner) in edited.items()})
    others = {
        uid: rest
        for uid, found in kin.items()
        if (rest := [one for one in found if one.key != edited[uid][1].key])
    }
    pairs = [(_dated(*edited[uid]), found) for uid, found in others.items()]
    return frozenset(others) - (await _compared(work, pairs, timedelta.max)).keys()


async def _compared(
    work: _Scan, pairs: Sequence[tuple[Candidate, Sequence[Rival]]], window: timedelta
) -> dict[str, Likeness]:
    task = functools.partial(likeness, window=window, now=work.task.now)
    done = await work.context.compute(task, pairs) if pairs else []
    return {
        one.article.uid: found
        for (one, _), found in zip(pairs, done, strict=True)
        if isinstance(found, Likeness)
    }


def _edited(at_hand: Candidate, known: Ledger, *, primary: bool) -> Owner | None:
    """Return the stored article if its text is another one at hand, and others tell its story.

    ``primary``: the article is the one at hand, which is a further copy of it otherwise.
    """
    trace = known.identities.get(at_hand.article.uid)
    owner = known.owners[trace.key] if trace and trace.key else None
    if trace is None or owner is None or owner.plain_hash == at_hand.plain_hash:
        return None
    return owner if trace.primary == primary and (owner.merged or owner.told) else None


def _dated(at_hand: Candidate, owner: Owner) -> Candidate:
    """Date an article that names no date as it was: an edit is no news."""
    article = at_hand.article
    return replace(
        at_hand, article=replace(article, published=article.published or owner.published)
    )


def _unsettled(outcomes: Sequence[Outcome], taken: Sequence[Outcome]) -> frozenset[str]:
    """Return the uids of articles whose state is not taken yet: frozen, or held back."""
    frozen = {o.candidate.article.uid for o in taken if isinstance(o.decision, Frozen)}
    saved = {o.candidate.article.uid for o in taken}
    return frozenset(frozen | ({o.candidate.article.uid for o in outcomes} - saved))


def _states(source: Source, chunk: Chunk, unsettled: frozenset[str]) -> list[DocumentState]:
    """Return what is to be remembered of documents: also the bad ones, until they change.

    A source that is one document is asked again as if it had never been read; so is a document
    with an entry that is not settled, which is taken later, and one of which more can be had.
    """
    states = []
    for one in chunk.found:
        match one:
            case Failure(name=name, error=error, validators=validators):
                states.append(DocumentState(name=name, validators=validators, error=error))
            case Known(name=name, validators=validators):
                states.append(DocumentState(name=name, validators=validators))
    for done in chunk.prepared:
        again = done.pending or (done.error and source.settings.single)
        again = again or any(r.candidate.article.uid in unsettled for r in done.articles)
        validators = AGAIN if again else done.validators
        states.append(DocumentState(name=done.name, validators=validators, error=done.error))
    return states


# What is remembered of addresses


def _memories(chunk: Chunk, outcomes: Sequence[Outcome], now: datetime) -> dict[str, Memory]:
    """Return what is to be remembered, with what the documents taught, by address."""
    prepared = {one.name: one for one in chunk.prepared if not one.error}
    some_new = any(isinstance(outcome.decision, New) for outcome in outcomes)
    memories = {}
    for one in _of(Answered, chunk):
        done = prepared.get(one.name)
        memories[one.name] = _taught(one.memory, done, some_new, now) if done else one.memory
    return memories


def _taught(memory: Memory, done: Prepared, some_new: bool, now: datetime) -> Memory:
    told = done.hints
    # Links in the head of an answer come before those inside (W3C WebSub, 4).
    hub, topic = memory.linked
    hints = replace(told, hub=hub or told.hub, topic=topic or told.topic)
    dates = [ready.candidate.article.published for ready in done.articles]
    dated = sorted((date for date in dates if date and date <= now), reverse=True)[:_RHYTHM_OF]
    news = now if some_new and not dated else memory.newest
    return memory.model_copy(
        update={
            "hints": hints,
            "entries": len(done.articles),
            "newest": dated[0] if dated else news,
            "rhythm": (dated[0] - dated[-1]).total_seconds() / (len(dated) - 1)
            if len(dated) > 1
            else memory.rhythm,
        }
    )


def _kept(one: Answered, memory: Memory) -> Kept:
    return Kept(name=one.name, memory=memory.model_dump_json(exclude_defaults=True), body=one.body)


def _listed(found: Outlines) -> list[Listed]:
    return [
        Listed(url=one.url, title=one.title, categories=(*one.path, *one.categories))
        for one in found.outlines
    ]


# Counting


def _count(work: _Scan, chunk: Chunk, outcomes: Sequence[Outcome]) -> None:
    report, source, prepared = work.report, work.source, chunk.prepared
    report.errors += [(one.name, one.error) for one in _of(Failure, chunk)]
    report.errors += [(one.name, one.error) for one in prepared if one.error]
    partial = [(one.name, said) for one in prepared for said in one.problems]
    partial += [(one.name, one.text) for one in _of(Problem, chunk)]
    report.errors += partial[:_TOLD]
    report.documents += len(prepared) + len(_of(Failure, chunk)) + len(_of(Outlines, chunk))
    for one in prepared:
        if one.error and source.settings.single:
            report.status, work.trouble = "error", one.trouble
        if one.traceback:
            log.error("%s: %s\n%s", source.name, one.error, one.traceback)
    for outcome in outcomes:
        _count_outcome(report, outcome)


def _count_outcome(report: Report, outcome: Outcome) -> None:
    match outcome.decision:
        case New() if outcome.bond == "merged":
            report.duplicates += 1
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
