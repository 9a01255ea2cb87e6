"""What stands below an article in the feeds: the other sources that have it."""

from dataclasses import replace
from html import escape

from aggregator.article import Copy, Entry, Feed

# By language; what is not here is said in English.
_ALSO_IN = {
    "ar": "أيضًا في:",
    "de": "Auch bei:",
    "es": "También en:",
    "fr": "Aussi dans :",
    "ja": "掲載元：",
    "ko": "다른 출처:",
    "pt": "Também em:",
    "ru": "Также в:",
    "zh": "另见：",
}


def with_footers(feed: Feed) -> Feed:
    """Return a legible feed whose articles name the other sources below their text."""
    return replace(feed, entries=tuple(map(_with_footer, feed.entries)))


def _with_footer(entry: Entry) -> Entry:
    article = entry.article
    # Without a text of its own, an article is shown by its summary.
    if not entry.also_in or not article.html:
        return entry
    said = _ALSO_IN.get((article.language or "").partition("-")[0], "Also in:")
    named = ", ".join(map(_link, entry.also_in))
    footer = f"<footer><p>{said} {named}</p></footer>"
    return replace(entry, article=replace(article, html=article.html + footer))


def _link(copy: Copy) -> str:
    name = f"<bdi>{escape(copy.source)}</bdi>"
    return f'<a href="{escape(copy.url)}">{name}</a>' if copy.url else name
