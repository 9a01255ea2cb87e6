"""From a raw article to a clean one.

``clean`` is one straight line of steps, each in a module of its own; docs/cleaning.md says what
each takes out, keeps and changes, and why they come in this order.
"""

import re
from dataclasses import dataclass, replace
from fnmatch import translate
from itertools import chain
from typing import Any

from aggregator.article import Article, Companion, Enclosure, Episode, Origin, Step
from aggregator.clean import (
    dialects,
    embeds,
    empties,
    images,
    junk,
    language,
    lead,
    links,
    sanitise,
    selectors,
    structure,
    tree,
)
from aggregator.clean.characters import legal_markup, one_line
from aggregator.clean.selectors import check_selector
from aggregator.clean.summary import summarise
from aggregator.clean.text import plain, running
from aggregator.clean.titles import clean_labels, clean_paths, clean_title
from aggregator.clean.urls import web_address, without_tracking
from aggregator.clean.vocabulary import TAGS

__all__ = ["Recipe", "check_selector", "clean", "clean_html", "recut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a source wants of its articles' cleaning.

    ``remove``: CSS selectors of what goes. ``drop_images``: shell globs of the addresses of
    pictures that are only placeholders. ``base``: what relative links start from when an article
    has no address of its own. ``language``: BCP 47, for articles that declare none.
    """

    remove: tuple[str, ...] = ()
    drop_images: tuple[str, ...] = ()
    base: str | None = None
    language: str | None = None


def clean(article: Article, recipe: Recipe) -> Article:
    """A raw article cleaned: safe ``html``, its ``text``, a ``summary``, everything tidy.

    Pure, and raises nothing for any input. Idempotent: cleaning what is clean changes nothing.
    """
    base = article.base or article.url or recipe.base
    html, body, steps = clean_html(article.html, base, recipe)
    text = plain(html)
    title = clean_title(article.title, text)
    spoken, note = language.of(article.language, recipe.language, f"{title}\n{text}")
    detected = (Step("language", note),) if note else ()
    return replace(
        article,
        **_tidied(article, recipe, base),
        title=title,
        html=html,
        text=text,
        summary=_summary(title, html, text, article.summary),
        image=lead.choose(article.image, base, body, _globs(recipe.drop_images)),
        language=spoken,
        problems=_problems(article.problems, steps),
        trail=(*article.trail, *steps, *detected),
    )


def clean_html(
    html: str, base: str | None, recipe: Recipe
) -> tuple[str, tree.Element, tuple[Step, ...]]:
    """Safe, tidy HTML of any HTML; the tree that it was written from, and what was taken out.

    ``base`` is what relative links start from. Pure, and raises nothing for any input.
    """
    markup = tree.bounded(legal_markup(html))
    remove = selectors.likely(markup, recipe.remove)
    steps: tuple[Step, ...] = ()
    if not selectors.are_simple(remove):
        markup, steps = selectors.remove_any(markup, remove)
        remove = ()
    body = tree.parse(markup)
    # Kept alive, so that the steps do not make a Python object of each element time and again.
    _alive = list(body.iter())
    steps += selectors.remove(body, remove) + _mended(body, base, _globs(recipe.drop_images))
    return sanitise.sanitise(tree.serialise(body)), body, steps


def recut(article: Article, html: str) -> Article:
    """A clean article after more was taken out of it.

    ``html`` is what is left of its HTML, clean as well. Text, lead image and summary become what
    ``clean`` makes of it; a summary or an image that the source gave stays, unless the image is
    one of those that went. Pure.
    """
    text = plain(html)
    made = article.summary == _summary(article.title, article.html, article.text)
    return replace(
        article,
        html=html,
        text=text,
        summary=_summary(article.title, html, text) if made else article.summary,
        image=lead.still(article.image, article.html, html),
    )


def _summary(title: str, html: str, text: str, given: str = "") -> str:
    return summarise(given, title, lambda: running(html, text))


def _mended(body: tree.Element, base: str | None, drops: images.Drops) -> tuple[Step, ...]:
    """Leaves in a tree what is to be read; what was done to it."""
    # Most steps have nothing to do in most articles, which the names of elements and of their
    # attributes tell.
    written = frozenset(chain.from_iterable(element.keys() for element in body.iter()))
    present = tree.names(body)
    changes = dialects.needed(written, present)
    steps = tuple(chain.from_iterable(change(body) or () for change in changes))
    if changes or not present.isdisjoint(embeds.FRAMES):
        steps += embeds.replace(body, base)
        present = tree.names(body)
    # What else the further steps make of elements is nothing that one after them looks for.
    steps += junk.remove(body, written, present) + images.mend(body, base, drops, present)
    if steps or not present <= TAGS:  # else, nothing is marked, and nothing has another name
        steps += tree.keep_vocabulary(body)
    steps += links.mend(body, written, base)
    structure.settle(body, present)
    empty = empties.remove(body, present)
    if not present.isdisjoint(sanitise.CODE):
        sanitise.name_code_languages(body)
    return (*steps, *empty)


def _globs(patterns: tuple[str, ...]) -> images.Drops:
    if not patterns:
        return lambda _address: False
    matches = re.compile("|".join(map(translate, patterns))).match
    return lambda address: matches(address) is not None


def _tidied(article: Article, recipe: Recipe, base: str | None) -> dict[str, Any]:
    """The fields of an article that do not hang on its HTML."""
    address = web_address(article.url, article.base or recipe.base)
    return {
        "url": address and without_tracking(address),
        "base": web_address(article.base, recipe.base),
        "authors": clean_labels(article.authors),
        "categories": clean_labels(article.categories),
        "category_paths": clean_paths(article.category_paths),
        "enclosures": _enclosures(article.enclosures, base),
        "origin": article.origin and _origin(article.origin, base),
    }


def _origin(origin: Origin, base: str | None) -> Origin:
    return replace(
        origin,
        title=one_line(origin.title),
        url=web_address(origin.url, base),
        feed_url=web_address(origin.feed_url, base),
    )


def _enclosures(enclosures: tuple[Enclosure, ...], base: str | None) -> tuple[Enclosure, ...]:
    kept = (
        replace(
            enclosure,
            url=address,
            title=one_line(enclosure.title),
            episode=enclosure.episode and _episode(enclosure.episode, base),
        )
        for enclosure in enclosures
        if (address := web_address(enclosure.url, base))
    )
    return tuple({enclosure.url: enclosure for enclosure in kept}.values())


def _episode(episode: Episode, base: str | None) -> Episode:
    return replace(
        episode,
        image=web_address(episode.image, base),
        chapters=episode.chapters and _companion(episode.chapters, base),
        transcripts=tuple(filter(None, (_companion(c, base) for c in episode.transcripts))),
    )


def _companion(companion: Companion, base: str | None) -> Companion | None:
    address = web_address(companion.url, base)
    return replace(companion, url=address) if address else None


def _problems(known: tuple[str, ...], steps: tuple[Step, ...]) -> tuple[str, ...]:
    lost = sum(
        step.blocks
        for step in steps
        if step.name == "pictures" and step.detail == images.NO_ADDRESS
    )
    if not lost:
        return known
    pictures = "a picture" if lost == 1 else f"{lost} pictures"
    return (*known, f"{pictures} without a usable address left out")
