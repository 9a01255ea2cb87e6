"""What the operator wants done with articles: ``if`` an article is so, ``then`` do this with it.

``model`` is how rules are written and checked, ``conditions`` whether one holds, ``actions`` what
it does, ``patterns`` how texts of strangers are searched without waiting for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.article import Article, Step
from aggregator.rules.actions import Plain, act, difference
from aggregator.rules.conditions import Seen, holds, in_words
from aggregator.rules.model import Globs, If, Ifs, Languages, Rule
from aggregator.rules.patterns import NotAppliedError, globbed

__all__ = [
    "Globs",
    "If",
    "Ifs",
    "Languages",
    "NotAppliedError",
    "Plain",
    "Rule",
    "Ruled",
    "Seen",
    "apply",
    "globbed",
    "holds",
]


@dataclass(frozen=True, slots=True)
class Ruled:
    """An article after the rules. ``dropped`` says which rule left it out, "" when none did."""

    article: Article
    dropped: str = ""


def apply(
    article: Article, rules: Sequence[tuple[str, Rule]], source: str, now: datetime, plain: Plain
) -> Ruled:
    """Apply rules to a cleaned article in order, each to what the ones before it left.

    ``rules`` come with what to call each, such as "rules[0]"; ``source`` is the source's name;
    ``plain`` gives the text of sanitised HTML. Each rule that did something adds a Step to the
    trail, each that could not be applied a sentence to the problems. ``html`` that was changed has
    the same tags as before, and ``text`` follows it; a summary does not. Pure; never raises.
    """
    for label, rule in rules:
        try:
            reason = _reason(rule, Seen(article, source, now))
            if reason is None:
                continue
            if rule.drop:
                return _dropped(article, f"{label}{reason}: drop")
            article = _acted(article, rule, f"{label}{reason}", plain)
        except NotAppliedError as error:
            problem = f"{label} was not applied: {error}"
            article = replace(article, problems=(*article.problems, problem))
    return Ruled(article)


def _reason(rule: Rule, seen: Seen) -> str | None:
    """Why a rule is for an article, in words, or None if it is not."""
    if not rule.if_:
        return ""
    held = (one for one in rule.if_ if holds(one, seen))
    return next((f": if {in_words(one)}" for one in held), None)


def _dropped(article: Article, said: str) -> Ruled:
    return Ruled(replace(article, trail=(*article.trail, Step("rule", said))), said)


def _acted(article: Article, rule: Rule, said: str, plain: Plain) -> Article:
    after = act(article, rule, plain)
    did = difference(article, after)
    if not did:
        return article
    return replace(after, trail=(*after.trail, Step("rule", f"{said}: {did}")))
