"""The private feed that tells an operator which sources are not well."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import escape

from aggregator.article import Article, Entry, Feed
from aggregator.health import ADVICE
from aggregator.publish import Site, render
from aggregator.publish.site import NEVER
from aggregator.store import SourceStatus, Store

# What may pass by itself is told once it has not: after so many visits that failed one after the
# other, or so long a time.
_PASSING = frozenset(("unreachable", "blocked", "missing", "certificate"))
_VISITS, _AFTER = 3, timedelta(hours=6)

_MOST = 200  # entries: beyond, something is wrong with this machine, not with the sources

# The note in the store that holds what the address ends with.
TOKEN = "troubles"  # noqa: S105 - its name


async def token_of(store: Store, fresh: str) -> str:
    """Return what the address of the feed ends with: ``fresh`` if there is none yet."""
    known = await store.note(TOKEN)
    if not known:
        await store.set_note(TOKEN, fresh)
    return known or fresh


def address(base_url: str, token: str) -> str:
    """Return where the feed is, in the format that most readers know."""
    return f"{base_url}status/{token}/rss.xml"


async def troubles_files(store: Store, site: Site, token: str, now: datetime) -> dict[str, bytes]:
    """Return the feed in all its formats, by file name."""
    feed = troubles_feed(await store.troubles(), site, token, now)
    return render(feed, site)


def troubles_feed(statuses: Sequence[SourceStatus], site: Site, token: str, now: datetime) -> Feed:
    """Return the feed of what is wrong, newest first; an entry goes when its source is well."""
    told = [status for status in statuses if _is_told(status, now)]
    told.sort(key=lambda status: status.health_since or now, reverse=True)
    slug = f"status/{token}"
    return Feed(
        slug=slug,
        id=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, site.base_url + slug)}",
        title="Troubles",
        description="Sources that are not well",
        language="en",
        entries=tuple(_entry(status, site, slug) for status in told[:_MOST]),
    )


def _is_told(status: SourceStatus, now: datetime) -> bool:
    lasted = now - (status.health_since or now)
    return status.health not in _PASSING or status.failures >= _VISITS or lasted >= _AFTER


def _entry(status: SourceStatus, site: Site, slug: str) -> Entry:
    since = status.health_since or NEVER
    named = f"{site.base_url}\n{status.kind}:{status.target}\n{status.health}\n{since.isoformat()}"
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, named))
    advice = ADVICE.get(status.health, "")
    html = f"<p>{escape(status.health_text)}</p><p>{escape(_sentence(advice))}</p>"
    article = Article(
        uid=key,
        title=f"{status.name}: {status.health}",
        url=f"{site.base_url}{slug}/#{key}",
        html=html,
        text=f"{status.health_text}\n{_sentence(advice)}",
        summary=status.health_text,
        categories=(status.health,),
    )
    return Entry(
        id=f"urn:uuid:{key}",
        key=key,
        article=article,
        published=since,
        updated=since,
        source=status.name,
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
