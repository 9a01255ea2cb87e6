"""The life of one article, in order: where it was seen, what was done to it, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aggregator.article import Article
from aggregator.config import Loaded
from aggregator.dedupe import addresses
from aggregator.errors import AggregatorError
from aggregator.store import Dropped, Event, Life, Store


async def explain(target: str, loaded: Loaded, store: Store) -> list[dict[str, Any]]:
    """Return what is known of the articles that an id, an address or a path names.

    Also of those that were left out; the list is empty when nothing goes by that name. Raises
    StoreError.
    """
    lives = await _lives(target, loaded, store)
    dropped = await store.drops(target, _uid(target, loaded))
    return [*map(_lived, lives), *map(_left_out, dropped)]


async def named(target: str, loaded: Loaded, store: Store) -> str:
    """Return the key of the one article that an id, an address or a path names.

    Raises AggregatorError when there is none, or several, whose ids it lists.
    """
    found = await _lives(target, loaded, store)
    if not found:
        raise AggregatorError(f"{target}: no article goes by this id, address or path")
    if len(found) > 1:
        ids = ", ".join(life.entry.id for life in found)
        raise AggregatorError(f"{target}: several articles go by it; name one of {ids}")
    return found[0].entry.key


async def _lives(target: str, loaded: Loaded, store: Store) -> list[Life]:
    keys = addresses(Article(uid="", url=target, entry_id=target))
    return await store.lives(target, keys, _uid(target, loaded))


def _uid(target: str, loaded: Loaded) -> tuple[str, str] | None:
    """Return the source and the name in it of a path, if it leads into a folder that is read."""
    found = loaded.document(Path(target))
    return (found[0].key, found[1]) if found else None


def _lived(life: Life) -> dict[str, Any]:
    entry, article = life.entry, life.entry.article
    return {
        "id": entry.id,
        "title": article.title,
        "url": article.url,
        "source": entry.source,
        "document": article.uid,
        "state": life.state,
        "lead": life.lead if life.bond else "",
        "published": entry.published,
        "updated": entry.updated,
        "categories": list(article.categories),
        "feeds": list(life.feeds),
        "also_in": [asdict(copy) for copy in entry.also_in],
        "problems": list(article.problems),
        "events": [_event(event) for event in life.events],
    }


def _left_out(dropped: Dropped) -> dict[str, Any]:
    event = {"at": dropped.at, "event": "dropped", "source": dropped.source}
    return {
        "id": "",
        "title": dropped.title,
        "url": dropped.url,
        "source": dropped.source,
        "document": dropped.uid,
        "state": "dropped",
        "events": [event | _detail(dropped.detail)],
    }


def _event(event: Event) -> dict[str, Any]:
    return {"at": event.at, "event": event.kind, "source": event.source} | _detail(event.detail)


def _detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(detail)
    if "steps" in told:
        told["steps"] = [_step(step) for step in told["steps"]]
    return told


def _step(step: Sequence[Any]) -> dict[str, Any]:
    name, detail, blocks, size = step
    return {"name": name, "detail": detail, "blocks": blocks, "bytes": size}
