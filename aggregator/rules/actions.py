"""What a rule does to an article: a new article each time, the old one stays as it is."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from aggregator.article import Article
from aggregator.nfkc import fold
from aggregator.rules.conditions import category_names, levels
from aggregator.rules.model import Replacements, Rule, Values
from aggregator.rules.patterns import NotAppliedError, globbed, short, substituted

Plain = Callable[[str], str]

# The tags of sanitised HTML: quotes are balanced, and there is no other "<".
_TAG = re.compile(r'(<[^<>"]*+(?:"[^"]*+"[^<>"]*+)*+>)')
# RFC 3986 with letters of all scripts; nothing that could end an attribute or a line.
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\"'<>\\]+[^\s\"<>\\]*", re.IGNORECASE)
# As long as cleaning leaves a title.
_LONGEST_LABEL = 1000


def act(article: Article, rule: Rule, plain: Plain) -> Article:
    """The article after a rule's actions, in this order: replace, set, remove, add.

    ``plain`` gives the text of sanitised HTML. Raises NotAppliedError.
    """
    if rule.replace:
        article = _replaced(article, rule.replace, plain)
    if rule.set:
        article = _set(article, rule.set)
    if rule.remove_categories:
        article = _without(article, rule.remove_categories)
    return _with(article, rule.categories)


def difference(before: Article, after: Article) -> str:
    """What a rule changed, in words, or "" when it changed nothing."""
    return "" if after is before else "; ".join(_differences(before, after))


def _changed(article: Article, values: Mapping[str, Any]) -> Article:
    """The article with other values; the very same one if it has them already."""
    new = {name: value for name, value in values.items() if value != getattr(article, name)}
    return replace(article, **new) if new else article


def _replaced(article: Article, replacements: Replacements, plain: Plain) -> Article:
    values: dict[str, Any] = {}
    if replacements.title:
        values["title"] = _labels(replacements.title, (article.title,))[0]
    if replacements.author:
        values["authors"] = _labels(replacements.author, article.authors)
    if replacements.url and article.url:
        values["url"] = _address(replacements.url, article.url)
    if replacements.text:
        values["html"] = _between_tags(replacements.text, article.html)
        if values["html"] != article.html:
            values["text"] = plain(values["html"])
    return _changed(article, values)


def _labels(pairs: Mapping[str, str], labels: tuple[str, ...]) -> tuple[str, ...]:
    results = _all_replaced(pairs, labels)
    changed = (
        label if result == label else " ".join(result.split())[:_LONGEST_LABEL]
        for label, result in zip(labels, results, strict=True)
    )
    # Nothing is shown of an article whose title or authors are gone, so they stay then.
    return tuple(dict.fromkeys(filter(None, changed))) or labels


def _all_replaced(pairs: Mapping[str, str], texts: Sequence[str]) -> Sequence[str]:
    for pattern, replacement in pairs.items():
        texts = substituted(pattern, replacement, texts)
    return texts


def _address(pairs: Mapping[str, str], address: str) -> str:
    result = _all_replaced(pairs, [address])[0]
    if result != address and not _WEB_ADDRESS.fullmatch(result):
        raise NotAppliedError(f"{short(result)} is no web address")
    return result


def _between_tags(pairs: Mapping[str, str], markup: str) -> str:
    """Replace in each text between two tags; what comes in is text and never markup."""
    texts = _texts(markup)
    results = _all_replaced(pairs, list(texts.values()))
    new = {
        at: result
        for (at, text), result in zip(texts.items(), results, strict=True)
        if result != text
    }
    if not new:
        return markup
    return "".join(
        html.escape(new[at], quote=False) if at in new else part
        for at, part in enumerate(_TAG.split(markup))
    )


# Of the article at hand, which all rules ask for.
@lru_cache(1)
def _texts(markup: str) -> Mapping[int, str]:
    """What is between the tags, unless it is blank, each by its place among texts and tags."""
    parts = enumerate(_TAG.split(markup))
    return {at: html.unescape(part) for at, part in parts if not at % 2 and part.strip()}


def _set(article: Article, values: Values) -> Article:
    given = {
        "title": values.title,
        "authors": values.author,
        "language": values.language,
        "image": values.image,
    }
    return _changed(article, {name: value for name, value in given.items() if value})


def _without(article: Article, globs: tuple[str, ...]) -> Article:
    """Take categories away, and levels of hierarchies, be they named alone or as a path."""
    paths = tuple(filter(None, (_cut(path, globs) for path in article.category_paths)))
    gone = _level_names(article.category_paths) - _level_names(paths)
    kept = (
        name for name in article.categories if not globbed(globs, [name]) and fold(name) not in gone
    )
    return _changed(article, {"categories": tuple(kept), "category_paths": paths})


def _cut(path: tuple[str, ...], globs: tuple[str, ...]) -> tuple[str, ...]:
    named = zip_longest(path, levels(path), fillvalue="")
    return tuple(name for name, level in named if not globbed(globs, [name, level]))


def _level_names(paths: Sequence[Sequence[str]]) -> set[str]:
    return {fold(name) for path in paths for name in path}


def _with(article: Article, added: tuple[str, ...]) -> Article:
    known = {fold(name) for name in article.categories}
    new: dict[str, str] = {}
    for name in added:
        if fold(name) not in known:
            new.setdefault(fold(name), name)
    return replace(article, categories=(*article.categories, *new.values())) if new else article


def _differences(before: Article, after: Article) -> Iterator[str]:
    for name in ("title", "authors", "url", "language", "image"):
        old, new = getattr(before, name), getattr(after, name)
        if new != old:
            yield f"{name} {_shown(old)} → {_shown(new)}"
    if after.html != before.html:
        yield "text replaced"
    old, new = dict.fromkeys(category_names(before)), dict.fromkeys(category_names(after))
    added, removed = [n for n in new if n not in old], [n for n in old if n not in new]
    if removed:
        yield f"categories - {short(', '.join(removed))}"
    if added:
        yield f"categories + {short(', '.join(added))}"


def _shown(value: str | tuple[str, ...] | None) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else value
    return f"“{short(text)}”" if text else "none"
