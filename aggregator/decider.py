"""What a decided article shall be in the store: its id, its dates, and whom it is shown with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from aggregator.article import Article
from aggregator.dedupe import addresses, decide, entry_key, given_id, own_id
from aggregator.identity import (
    Candidate,
    Changed,
    Decision,
    Duplicate,
    Frozen,
    Ledger,
    Likeness,
    New,
    Owner,
    Trace,
    Unchanged,
)
from aggregator.near import Story, compare
from aggregator.prepare import Ready
from aggregator.sources import Source
from aggregator.store import Outcome, Rival
from aggregator.store.records import Bond, State, fuller

# A clock that is a little ahead is no date in the future; a date beyond the horizon is a mistake.
SKEW, HORIZON = timedelta(minutes=5), timedelta(days=730)


@dataclass(frozen=True, slots=True)
class DuplicatePolicy:
    """What becomes of a story that another source told within ``window`` before or after.

    "merge" shows one for both, "mark" names each other's source, "keep" does not look.
    """

    mode: Literal["merge", "mark", "keep"] = "merge"
    window: timedelta = timedelta(days=7)


def likeness(
    pair: tuple[Candidate, Sequence[Rival]], window: timedelta, now: datetime
) -> Likeness | None:
    """Compare an article with those of other sources; return the one most like it, if any is."""
    at_hand, rivals = pair
    article = at_hand.article
    published = article.published or at_hand.modified or now
    mine = _story(article.title, article.text, article.url, article.language, published)
    best: Likeness | None = None
    for rival in rivals:
        if abs(rival.published - published) > window:
            continue
        verdict = compare(mine, _story_of(rival))
        if verdict.same and (best is None or verdict.score > best.score):
            best = Likeness(
                lead=rival.lead,
                score=verdict.score,
                reason=verdict.reason,
                fuller=fuller((len(article.text), at_hand.richness), (rival.size, rival.richness)),
            )
    return best


def _story_of(rival: Rival) -> Story:
    return _story(rival.title, rival.text, rival.url, rival.language, rival.published)


def _story(
    title: str, text: str, url: str | None, language: str | None, published: datetime
) -> Story:
    return Story(title=title, text=text, url=url, language=language, published=published)


@dataclass(slots=True)
class Decider:
    """Decides the articles of a chunk in order, entering each decision into the ledger.

    ``likes`` are what other sources told of the same stories, ``parted`` the articles that no
    longer tell the story that they were bound to, both by uid.
    """

    source: Source
    known: Ledger
    likes: Mapping[str, Likeness]
    parted: frozenset[str]
    mode: Literal["merge", "mark", "keep"]
    scan: int  # numbers the source's scan
    now: datetime
    _told: set[str] = field(default_factory=set)  # the leads that articles were bound to

    def outcome(self, ready: Ready) -> Outcome:
        """Decide one article and enter the decision into the ledger."""
        at_hand = ready.candidate
        decision = decide(at_hand, self.known, self.scan)
        identifier = self._entry_id(at_hand) if isinstance(decision, New) else ""
        at_hand, published, state = self._dated(at_hand, decision)
        parted = isinstance(decision, Changed) and at_hand.article.uid in self.parted
        like, bond = self._bond(at_hand, decision, state)
        if state == "live" and (bond == "merged" or (_is_merged(decision) and not parted)):
            state = "merged"
        elif state == "live" and _is_held(decision):
            state = "held"
        result = Outcome(
            candidate=at_hand,
            decision=decision,
            entry_id=identifier,
            key=entry_key(identifier),
            published=published,
            updated=self._updated(at_hand, decision, published),
            state=state,
            categories=ready.categories,
            addresses=tuple(addresses(at_hand.article)),
            scan=self.scan,
            at=self.now,
            likeness=like,
            bond=bond,
            parted=parted,
        )
        _enter(result, self.known)
        return result

    def _bond(
        self, at_hand: Candidate, decision: Decision, state: State
    ) -> tuple[Likeness | None, Bond]:
        """Return what else tells the story of a new article, and what comes of that."""
        like = self.likes.get(at_hand.article.uid)
        if not isinstance(decision, New) or state != "live" or like is None:
            return None, ""
        if like.lead in self._told:
            return None, ""  # what one source tells twice is two
        self._told.add(like.lead)
        return like, "merged" if self.mode == "merge" else "marked"

    def _entry_id(self, at_hand: Candidate) -> str:
        """Return the id that a new article gets: one that no other article has or had."""
        given, wanted = ids(at_hand.article, self.source)
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

    def _updated(self, at_hand: Candidate, decision: Decision, published: datetime) -> datetime:
        """Return the time of the last real change: it moves only with title or text."""
        article = at_hand.article
        declared = article.updated if article.updated and article.updated <= self.now else None
        if not isinstance(decision, Changed) or _is_yet_to_come(decision.owner, self.now):
            # Nobody has seen it before.
            return declared if declared and declared >= published else published
        owner, before = decision.owner, decision.owner.updated
        # Where a copy's text is shown, readers see nothing of an edit but the title.
        seen = not owner.covered or at_hand.title_key != owner.title_key
        if not (decision.content and seen):
            return before
        return declared if declared and declared > before else max(self.now, before)


def _is_merged(decision: Decision) -> bool:
    return isinstance(decision, Changed) and decision.owner.merged


def _is_yet_to_come(owner: Owner, now: datetime) -> bool:
    return owner.held or owner.published > now


def _is_held(decision: Decision) -> bool:
    return isinstance(decision, Changed) and decision.owner.held


def ids(article: Article, source: Source) -> tuple[str | None, str]:
    """Return the id that a feed gave an article, if any, and the one made here."""
    return given_id(article), own_id(article, source.key)


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
    """Let hashes and addresses lead to an article, unless another one that is there has them."""
    for one in result.candidate.hashes:
        if known.hashes.get(one) is None:
            known.hashes[one] = shown
    for address in result.addresses:
        known.addresses.setdefault(address, shown)


def _owner(result: Outcome, key: str) -> Owner:
    at_hand = result.candidate
    return Owner(
        key=key,
        content_hash=at_hand.content_hash,
        plain_hash=at_hand.plain_hash,
        title_key=at_hand.title_key,
        text_key=at_hand.text_key,
        richness=at_hand.richness,
        published=result.published,
        updated=result.updated,
        held=result.state == "held",
        merged=result.state == "merged",
    )
