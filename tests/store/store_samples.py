"""Articles, and the shortest way to bring them into a store."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.article import Article, Entry
from aggregator.dedupe import addresses, candidate, decide, entry_key, own_id
from aggregator.identity import Decision
from aggregator.publish import slug
from aggregator.store import Category, FeedRow, Outcome, SourceEntry, Store, open_store
from aggregator.store.records import State
from aggregator.store.store import Batch

DAY = datetime(2024, 5, 1, tzinfo=UTC)
INBOX = SourceEntry(
    key="directory:inbox", name="Inbox", kind="directory", target="inbox", recipe="1"
)
WIRE = SourceEntry(
    key="feed:https://x.example/f",
    name="Wire",
    kind="feed",
    target="https://x.example/f",
    recipe="1",
)


def story(number: int, *categories: str, **more: object) -> Article:
    """An article of its own, a day younger for every number."""
    text = f"This is the story of number {number}."
    return replace(
        Article(
            uid=f"{number}.md",
            title=f"Story {number}",
            html=f"<p>{text}</p>",
            text=text,
            published=DAY + timedelta(days=number),
            categories=categories,
        ),
        **more,
    )


@asynccontextmanager
async def opened(url: str, *sources: SourceEntry) -> AsyncIterator[Store]:
    """A store that knows these sources (the inbox if none are named) and its site."""
    async with open_store(url, Path("/")) as store:
        await store.set_site("https://feeds.example.org/")
        await store.set_sources(sources or [INBOX])
        yield store


async def bring(
    store: Store,
    *stories: Article,
    source: SourceEntry = INBOX,
    scan: int = 1,
    state: State = "live",
) -> list[Decision]:
    """Decide and save articles as one batch of a source."""
    number = (await store.source_state(source.key)).id
    async with store.batch(number) as batch:
        return await save_in(batch, stories, source, scan, state)


async def save_in(
    batch: Batch,
    stories: Iterable[Article],
    source: SourceEntry = INBOX,
    scan: int = 1,
    state: State = "live",
) -> list[Decision]:
    """Decide and save articles, one after the other, in a batch that is open."""
    decisions = []
    for one in map(candidate, stories):
        keys = addresses(one.article)
        known = await batch.ledger([one.article.uid], [one.content_hash], keys)
        made = one.article.entry_id or own_id(one.article, source.key)
        outcome = Outcome(
            candidate=one,
            decision=decide(one, known, scan),
            entry_id=made,
            key=entry_key(made),
            published=one.article.published or DAY,
            updated=one.article.published or DAY,
            state=state,
            categories=tuple(Category(name=n, slug=slug(n)) for n in one.article.categories),
            addresses=tuple(keys),
            scan=scan,
            at=DAY,
        )
        await batch.save([outcome])
        decisions.append(outcome.decision)
    return decisions


async def feeds(store: Store) -> dict[str, FeedRow]:
    """The feeds by slug."""
    return {row.slug: row for row in await store.feed_rows()}


async def shown(store: Store, slug: str = "", limit: int = 50) -> list[Entry]:
    """What a feed shows."""
    return await store.entries((await feeds(store))[slug], limit)


async def titles(store: Store, slug: str = "", limit: int = 50) -> list[str]:
    """The titles that a feed shows, newest first."""
    return [entry.article.title for entry in await shown(store, slug, limit)]
