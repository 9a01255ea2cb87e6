"""What stands below an article in the feeds: the other sources that have it."""

from dataclasses import replace
from html import escape

from aggregator.article import Copy, Entry

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


def with_footer(entry: Entry) -> Entry:
    """Return a legible entry that names the other sources of its article below the text."""
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
