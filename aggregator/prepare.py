"""From a document to articles that are ready to be decided. Pure functions, run by the pool.

parse()    what the document holds                                      parse/
clean()    safe, tidy, text and summary taken                           clean/
finish()   learned boilerplate out, rules, categories, keys             boilerplate rules dedupe
"""

import functools
import hashlib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator import boilerplate, near
from aggregator.article import Article, Document, Hints, Step
from aggregator.clean import Recipe, clean, recut
from aggregator.clean.text import plain
from aggregator.dedupe import candidate
from aggregator.errors import ParseError, Trouble
from aggregator.identity import Candidate
from aggregator.nfkc import fold
from aggregator.parse import parse
from aggregator.parse.decode import decode
from aggregator.parse.listing import Selectors
from aggregator.parse.parsed import Parsed
from aggregator.publish import slug, slug_path
from aggregator.rules import Rule, apply
from aggregator.sources import Source
from aggregator.sources.page import PageSettings
from aggregator.store import Category


@dataclass(frozen=True, slots=True)
class CategoryPolicy:
    """How categories are named: renamed (folded name -> name), and whether hierarchies nest.

    ``only``: the folded names of those that count; none named, all do.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    nested: bool = False
    only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What preparing a document takes from its source and the configuration.

    ``rules`` come with the labels they are named by. ``learns``: boilerplate is looked for.
    ``awaits``: the pages of its articles may be fetched, so the results come with the articles as
    cleaned, and rules that look at the text wait until it is whole. ``listing``: its documents are
    pages that list articles, and where on them those are.
    """

    source: str
    recipe: Recipe
    zone: str
    categories: tuple[str, ...]
    policy: CategoryPolicy
    rules: tuple[tuple[str, Rule], ...] = ()
    learns: bool = True
    awaits: bool = False
    listing: Selectors | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What changes from one chunk to the next: the boilerplate learned so far, and the time.

    ``learned`` is None where nothing was looked for yet.
    """

    brief: Brief
    learned: frozenset[str] | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An article ready to be decided. ``dropped`` says which rule left it out, "" if none did.

    ``raw`` is the article as cleaned, before anything was learned or ruled.
    """

    candidate: Candidate
    categories: tuple[Category, ...]
    dropped: str = ""
    raw: Article | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document's articles, ready to be decided, or why there are none (``error``).

    ``problems`` are those of parts that became no article. ``pending``: more can be had of it
    later, as long as it stays the same. ``how`` and ``confidence``: see Parsed.
    """

    name: str
    validators: str
    articles: tuple[Ready, ...] = ()
    error: str = ""
    trouble: Trouble = "malformed"
    traceback: str = ""
    problems: tuple[str, ...] = ()
    hints: Hints = field(default_factory=Hints)
    pending: bool = False
    how: str = ""
    confidence: float = 1.0


def prepare(document: Document, task: Task) -> Prepared:
    """Read, clean and fingerprint the articles of a document. Never raises."""
    done = functools.partial(Prepared, name=document.name, validators=document.validators)
    try:
        parsed = _parsed(document, task.brief)
        fetched = _fetched(document)
        return done(
            articles=tuple(
                _ready(_spoken(raw, parsed), document, fetched, task) for raw in parsed.articles
            ),
            problems=parsed.problems,
            hints=parsed.hints,
            how=parsed.how,
            confidence=parsed.confidence,
        )
    except ParseError as error:
        return done(error=str(error), trouble=error.trouble)
    except Exception as error:
        said = f"{document.name}: unexpected {type(error).__name__}: {error}"
        return done(error=said, traceback=traceback.format_exc())


def _spoken(article: Article, parsed: Parsed) -> Article:
    """Return an article in its document's language, where it names none itself."""
    if article.language or not parsed.language:
        return article
    return replace(article, language=parsed.language)


def _parsed(document: Document, brief: Brief) -> Parsed:
    zone = ZoneInfo(brief.zone)
    if brief.listing is None:
        return parse(document, zone)
    # Imported here: few sources are pages.
    from aggregator.parse.listing import read_listing  # noqa: PLC0415

    found = read_listing(document, brief.listing, zone)
    return Parsed(articles=found.articles, how=found.how, confidence=found.confidence)


def completed(wanted: tuple[Ready, Document | str], task: Task) -> Ready:
    """Give an article the text of its page, or say why there is none; see ``extract.complete``."""
    ready, page = wanted
    article = ready.raw or ready.candidate.article
    if isinstance(page, Document):
        # Imported here: few sources fetch pages, and those that do not need not wait for it.
        from aggregator.extract import complete  # noqa: PLC0415

        text, _ = decode(page.body, page.charset)
        # What a page says of its articles is another text than theirs, and none to compare with.
        listed = task.brief.listing is not None and not task.brief.listing.content
        bare = replace(article, html="", text="", summary="") if listed else article
        whole = complete(bare, text, page.url or page.name)
        whole = whole if whole.html else replace(article, trail=whole.trail)
        article = clean(whole, task.brief.recipe)
    else:
        step = Step("full text", f"the feed's own: {page}")
        article = replace(article, trail=(*article.trail, step))
    return again(replace(ready, raw=article), task)


def again(ready: Ready, task: Task) -> Ready:
    """Finish an article once more, of which more is known now; it stays the same to its source."""
    before = ready.candidate
    done = finish(ready.raw or before.article, task)
    made = replace(
        done.candidate,
        revision=before.revision,
        modified=before.modified,
        moved_from=before.moved_from,
        fetched=before.fetched,
    )
    return replace(done, candidate=made, raw=ready.raw)


def finish(cleaned: Article, task: Task) -> Ready:
    """Make an article ready that is clean: boilerplate out, rules, categories, keys."""
    brief = task.brief
    blocks = boilerplate.blocks(cleaned.html) if brief.learns else None
    cut = without_boilerplate(cleaned, task.learned) if task.learned else cleaned
    article, dropped, categories = _ruled(cut, task)
    # What an article shows by itself is compared with what it showed before; what was learned
    # meanwhile is no change of it.
    plain = None if cut is cleaned else _ruled(cleaned, task)[0]
    bands = near.sketch(article.title, article.text)
    made = candidate(article, plain, blocks=blocks, bands=bands)
    return Ready(candidate=made, categories=categories, dropped=dropped)


def without_boilerplate(article: Article, learned: frozenset[str]) -> Article:
    """Return a clean article without the blocks that were learned to be boilerplate."""
    html, steps = boilerplate.strip(article.html, learned)
    return replace(recut(article, html), trail=(*article.trail, *steps)) if steps else article


def brief(
    source: Source, policy: CategoryPolicy, rules: tuple[tuple[str, Rule], ...] = ()
) -> Brief:
    """Return what preparing the documents of a source takes; ``rules`` are those for all."""
    settings = source.settings
    recipe = Recipe(
        remove=settings.remove,
        drop_images=settings.drop_images,
        base=getattr(settings, "base_url", None),
        language=settings.language,
    )
    own = tuple((f"{source.name}: rules[{n}]", rule) for n, rule in enumerate(settings.rules))
    return Brief(
        source=source.name,
        recipe=recipe,
        zone=source.zone,
        categories=settings.categories,
        policy=policy,
        rules=own + rules,
        learns=settings.boilerplate,
        awaits=bool(getattr(settings, "full_text", False)),
        listing=_selectors(settings) if isinstance(settings, PageSettings) else None,
    )


def _selectors(settings: PageSettings) -> Selectors:
    return Selectors(**{f.name: getattr(settings, f.name) or "" for f in fields(Selectors)})


def recipe_digest(brief: Brief) -> str:
    """Return a digest of the settings that shape a source's articles.

    When it moves, what was read before is read again, so that an edit of the configuration shows,
    and the pages of its articles are asked for again: a new version must not move it.
    """
    settled = replace(
        brief,
        source=brief.source if brief.rules else "",
        policy=replace(brief.policy, only=frozenset()),  # a set has no order of its own
        rules=tuple(("", rule) for _, rule in brief.rules),
    )
    listing = brief.listing or ""  # apart, for most sources have none
    said = f"{settled!r}{sorted(brief.policy.only)}{listing}"
    return hashlib.sha256(said.encode()).hexdigest()


def _ready(raw: Article, document: Document, fetched: str, task: Task) -> Ready:
    cleaned = clean(raw, task.brief.recipe)
    ready = finish(cleaned, _early(task) if task.brief.awaits else task)
    made = replace(
        ready.candidate,
        modified=document.modified,
        moved_from=document.moved_from,
        fetched=fetched,
    )
    if task.brief.awaits:
        # Settings that count only once the text is whole must count again when they are edited; and
        # of what is only an address nothing but its date tells that it has changed.
        dated = "" if raw.html else f"/{raw.updated or ''}"
        revision = f"{made.revision}/{recipe_digest(task.brief)[:16]}{dated}"
        made = replace(made, revision=revision)
    return replace(ready, candidate=made, raw=cleaned if task.brief.awaits else None)


def _early(task: Task) -> Task:
    """Leave out the rules that look at the text."""
    early = tuple((label, rule) for label, rule in task.brief.rules if not _looks_at_text(rule))
    return replace(task, brief=replace(task.brief, rules=early))


def _looks_at_text(rule: Rule) -> bool:
    conditions = [*rule.if_, *(but for one in rule.if_ for but in one.not_)]
    return any(one.text or one.length or one.language for one in conditions)


def _fetched(document: Document) -> str:
    """Say how a document was had."""
    how = [f"{len(document.body):,} bytes"]
    how += [document.media_type] if document.media_type else []
    how += [f"in {document.charset}"] if document.charset else []
    how += [f"of {document.modified:%Y-%m-%d %H:%M}"] if document.modified else []
    return f"{document.url or document.name} ({', '.join(how)})"


def _ruled(cleaned: Article, task: Task) -> tuple[Article, str, tuple[Category, ...]]:
    brief = task.brief
    categories = _named(cleaned, brief)
    article = _called(cleaned, categories)
    if not brief.rules:
        return article, "", categories
    ruled = apply(article, brief.rules, brief.source, task.now, plain)
    after = ruled.article
    if after.html != article.html:
        # The sanitiser has the last word, whatever a rule put there.
        summary = recut(article, after.html).summary
        after = clean(replace(after, summary=summary), brief.recipe)
    if after.categories != article.categories:
        categories = _only(_categories(after.categories, categories), brief.policy)
        after = _called(after, categories)
    return after, ruled.dropped, categories


def _called(article: Article, categories: tuple[Category, ...]) -> Article:
    names = tuple(category.name for category in categories)
    # A copy takes 5 µs, and most articles keep their categories as they are.
    return article if names == article.categories else replace(article, categories=names)


def _named(article: Article, brief: Brief) -> tuple[Category, ...]:
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
        found.setdefault(called, _category(called))
    return _only(tuple(found.values()), brief.policy)


@functools.lru_cache(maxsize=4096)
def _category(name: str) -> Category:
    """Return a category; a source has a few for all of its articles."""
    return Category(name=name, slug=slug(name))


def _categories(names: tuple[str, ...], known: tuple[Category, ...]) -> tuple[Category, ...]:
    """Return the categories of these names; those that are known keep their slugs."""
    slugs = {category.name: category.slug for category in known}
    return tuple(Category(name=name, slug=slugs.get(name) or slug(name)) for name in names)


def _only(categories: tuple[Category, ...], policy: CategoryPolicy) -> tuple[Category, ...]:
    if not policy.only:
        return categories
    return tuple(category for category in categories if fold(category.name) in policy.only)
