"""Digests as entries: a list of links for each period."""

import uuid
from datetime import timedelta
from html import escape
from zoneinfo import ZoneInfo

from aggregator.article import Article, Digest, Entry, Headline
from aggregator.publish.site import Site, uri


def digest_entry(digest: Digest, feed: tuple[str, str], site: Site, zone: str) -> Entry:
    """Return a digest of a feed (its id and title) as an entry, with its times as of a zone.

    Its words are those of the headlines alone, each in its language and direction; dates are
    written as in ISO 8601, which is read alike everywhere.
    """
    uri_of_feed, title = feed
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{uri_of_feed}\n{digest.label}")
    languages = {one.language for one in digest.headlines}
    more = digest.total - len(digest.headlines)
    rest = f'<p dir="ltr">… + {more:,}</p>' if more else ""
    article = Article(
        uid=digest.label,
        title=f"{title} {_date(digest, zone)}",
        html=f"<ul>{''.join(_item(one, site, zone) for one in digest.headlines)}</ul>{rest}",
        text="\n".join(f"{one.title} ({one.source})" for one in digest.headlines),
        language=languages.pop() if len(languages) == 1 else None,
    )
    return Entry(
        id=f"urn:uuid:{name}",
        key=str(name),
        article=article,
        published=digest.ends,
        updated=digest.ends,
        source=title,
    )


def _date(digest: Digest, zone: str) -> str:
    if "W" not in digest.label:
        return digest.label
    last = digest.ends.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    return f"{digest.label} ({last - timedelta(days=6)} – {last})"


def _item(one: Headline, site: Site, zone: str) -> str:
    address = uri(one.url) if one.url else f"{site.base_url}articles/{one.key}.html"
    local = one.published.astimezone(ZoneInfo(zone))
    at = f'<time datetime="{local.isoformat()}" dir="ltr">{local:%Y-%m-%d %H:%M}</time>'
    # The direction is that of the title: what is isolated does not count.
    return (
        f'<li lang="{escape(one.language or "")}" dir="auto">'
        f'<a href="{escape(address)}">{escape(one.title)}</a>'
        f" · <bdi>{escape(one.source)}</bdi> · {at}</li>"
    )
