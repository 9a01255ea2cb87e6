"""Whether an article is what a rule asks for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import gt, lt
from typing import Any

from aggregator.article import Article
from aggregator.rules.model import Condition, If, age_limit, length_limit
from aggregator.rules.patterns import found, globbed, short

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, ">": gt}


# Levels of a hierarchy that have a path. To join thousands of them would be quadratic.
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """What a condition can look at."""

    article: Article
    source: str
    now: datetime


def category_names(article: Article) -> Iterator[str]:
    """Yield the categories of an article, and each level of a hierarchy as a path."""
    yield from article.categories
    for path in article.category_paths:
        yield from levels(path)


def levels(path: tuple[str, ...]) -> Iterator[str]:
    """Yield the upper levels of a hierarchy as paths: for Science, Physics also Science/Physics."""
    return ("/".join(path[:depth]) for depth in range(1, min(len(path), _DEEPEST) + 1))


def _in_language(globs: tuple[str, ...], seen: Seen) -> bool:
    """Compare as RFC 4647, 3.3.1 does it: ``zh`` is every Chinese."""
    tag = seen.article.language
    return bool(tag) and globbed(
        (one for glob in globs for one in (glob, f"{glob}-*")), [tag or ""]
    )


def _of_age(limit: str, seen: Seen) -> bool:
    sign, age = age_limit(limit)
    published = seen.article.published
    return published is not None and _COMPARE[sign](seen.now - published, age)


def _of_length(limit: str, seen: Seen) -> bool:
    sign, length = length_limit(limit)
    return _COMPARE[sign](len(seen.article.text), length)


# The quick ones first: most rules are done with an article before its text is searched.
_TESTS: Mapping[str, Callable[[Any, Seen], bool]] = {
    "source": lambda globs, seen: globbed(globs, [seen.source]),
    "language": _in_language,
    "length": _of_length,
    "age": _of_age,
    "category": lambda globs, seen: globbed(globs, category_names(seen.article)),
    "url": lambda globs, seen: globbed(globs, [seen.article.url] if seen.article.url else []),
    "title": lambda patterns, seen: _any_found(patterns, (seen.article.title,)),
    "author": lambda patterns, seen: _any_found(patterns, seen.article.authors),
    "text": lambda patterns, seen: _any_found(patterns, (seen.article.text,)),
}


def _any_found(patterns: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    return any(found(pattern, texts) for pattern in patterns)


def holds(condition: Condition, seen: Seen) -> bool:
    """Whether all of a condition holds. Raises NotAppliedError when a pattern takes too long."""
    for name, test in _TESTS.items():
        value = getattr(condition, name)
        if value and not test(value, seen):
            return False
    return not (
        isinstance(condition, If) and any(holds(exception, seen) for exception in condition.not_)
    )


def in_words(condition: Condition) -> str:
    """A condition for people, such as ``title 央行|PBOC, source Sina*``."""
    parts = [
        f"{name} {short(value if isinstance(value, str) else ' or '.join(value))}"
        for name in Condition.model_fields
        if (value := getattr(condition, name))
    ]
    if isinstance(condition, If) and condition.not_:
        parts.append(f"not {' or '.join(map(in_words, condition.not_))}")
    return ", ".join(parts)
