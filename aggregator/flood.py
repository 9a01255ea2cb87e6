"""Whether what a visit brought would flood subscribers, and what is held back then: pure functions.

A feed that is made by another program from one day to the next, a domain that changed hands, a
clock in the place of dates: each brings what was there before as if it were new. An article cannot
be taken back from readers, so such a part is kept out of the feeds until a person lets it through.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.identity import Changed, Frozen, New
from aggregator.store import Outcome, Past

# New articles of one visit below which nobody is flooded, whatever they are. Most readers show ten
# headlines without scrolling; and who moves two or three posts makes no alarm.
_MANY = 8

# Articles that a source must have brought before anything about it can be unusual.
_SEVERAL = 5

# Ids are renewed if there are so many new articles for each one that is known still. One or two
# often stay, like a pinned post; of a feed that only grew, most do.
_FOR_EACH_KNOWN = 10

# So many times what a source ever brought at once is far more than that. Twice as much is a long
# weekend.
_FAR_MORE = 3

# Dates that lie closer together are one moment: the longest that a feed takes to be made. Articles
# that came further apart than this on average had dates of their own.
_ONE_MOMENT = timedelta(minutes=10)

# Files of a folder below which the loss of more than half of them is somebody tidying up.
_MANY_FILES = 10


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What is held back of a visit, each with the reason in words, "" if it is not.

    ``new``: its new articles. ``dates``: what it says now of the articles with these uids,
    ``redated``, which were there before.
    """

    new: str = ""
    dates: str = ""
    redated: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """All that was seen, "" if nothing is suspicious."""
        return "; ".join(filter(None, (self.new, self.dates)))


def may_flood(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether there is enough of it to look at what the source brought before."""
    redated = sum(1 for _ in _redated(outcomes))
    return max(len(_news(outcomes)), redated) >= _MANY


def suspicion(outcomes: Sequence[Outcome], past: Past) -> Suspicion:
    """Judge all that one visit to a source brought; ``past`` is what it brought before."""
    if past.articles < _SEVERAL:
        return Suspicion()
    redated = list(_redated(outcomes))
    new, habit = _news(outcomes), _dates_by_the_clock(outcomes)
    dates = "" if habit else _why_dates(redated)
    return Suspicion(
        new=_why_renewed(new, outcomes, past) or ("" if habit else _why_burst(new, past)),
        dates=dates,
        redated=frozenset(o.candidate.article.uid for o, _ in redated) if dates else frozenset(),
    )


def held_back(outcomes: Sequence[Outcome], found: Suspicion) -> list[Outcome]:
    """Return what is to be saved: new articles wait, and those with new dates are left alone."""
    kept = (o for o in outcomes if o.candidate.article.uid not in found.redated)
    if not found.new:
        return list(kept)
    return [
        replace(o, state="held", held=found.new, likeness=None, bond="") if _is_news(o) else o
        for o in kept
    ]


def vanished(gone: int, known: int, there: int) -> str:
    """Say that a folder lost too many of its files at once to believe it, or "".

    ``known`` counts the files that it had, ``there`` those that were found now.
    """
    left = max(known - gone, there)
    if gone and not left:
        return f"all its {gone} files are gone at once (is it mounted?)"
    if known >= _MANY_FILES and gone > left:
        return f"{gone} of its {known} files are gone at once (is all of it mounted?)"
    return ""


def _news(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if _is_news(one)]


def _is_news(outcome: Outcome) -> bool:
    """Whether readers would see one article more."""
    return isinstance(outcome.decision, New) and outcome.state == "live"


def _redated(outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, datetime]]:
    """Yield articles that were published with an earlier date, and that date."""
    for one in outcomes:
        decision = one.decision
        if isinstance(decision, Changed) and one.state == "live" and not decision.owner.held:
            before = decision.owner.published
            if one.candidate.article.published and one.published > before:
                yield one, before


def _dates_by_the_clock(outcomes: Sequence[Outcome]) -> bool:
    """Whether a source dates everything by the time of the visit, as it ever did."""
    streaks = [o.decision.streak for o in outcomes if isinstance(o.decision, Changed)]
    frozen = any(isinstance(o.decision, Frozen) for o in outcomes)
    return frozen or sum(streak > 1 for streak in streaks) * 2 > len(streaks)


def _why_renewed(new: Sequence[Outcome], outcomes: Sequence[Outcome], past: Past) -> str:
    known = sum(not isinstance(o.decision, New) for o in outcomes)
    if len(new) < max(_MANY, known * _FOR_EACH_KNOWN):
        return ""
    told = _same_moment([o.candidate.article.published for o in new])
    again = sum(_was_there(o, past, dated=not told) for o in new)
    if again * 2 <= len(new):
        return ""
    still = f"only {known} of them" if known else "none of them"
    return (
        f"{len(new)} articles came as new that seem to be old ones under other ids and addresses; "
        f"{still} is known by what it lists now"
    )


def _was_there(outcome: Outcome, past: Past, *, dated: bool) -> bool:
    """Whether a new article is an old one by its date or, where that says nothing, its title."""
    published = outcome.candidate.article.published
    if dated and published:
        return past.newest is not None and published <= past.newest
    return outcome.candidate.title_key in past.titles


def _why_burst(new: Sequence[Outcome], past: Past) -> str:
    moment = _same_moment([o.candidate.article.published for o in new])
    if len(new) < _MANY or len(new) <= past.most * _FAR_MORE or past.pause < _ONE_MOMENT:
        return ""
    most = f"it never brought more than {past.most} at once" if past.most else "it never did so"
    return f"{len(new)} new articles came at once, all dated {moment}; {most}" if moment else ""


def _why_dates(redated: Sequence[tuple[Outcome, datetime]]) -> str:
    moment = _same_moment([o.candidate.article.published for o, _ in redated])
    if len(redated) < _MANY or not moment or mean_pause(d for _, d in redated) < _ONE_MOMENT:
        return ""
    return f"{len(redated)} articles that were there before are all dated {moment} now"


def mean_pause(dates: Iterable[datetime]) -> timedelta:
    """Return the time that lies between two of some dates on average."""
    known = sorted(dates)
    return (known[-1] - known[0]) / (len(known) - 1) if len(known) > 1 else timedelta()


def _same_moment(dates: Sequence[datetime | None]) -> str:
    """Return the moment of which all dates are, "" if they are of several or not all known."""
    known = [date for date in dates if date]
    if not known or len(known) < len(dates) or max(known) - min(known) > _ONE_MOMENT:
        return ""
    return f"{max(known):%Y-%m-%d %H:%M}"
