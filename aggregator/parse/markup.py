"""From the text of a post to HTML: Markdown, HTML, plain text, and the mixtures of them."""

import html
import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

# CommonMark with what every generator adds. "html": posts mix both, and cleaning sanitises.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
)

# The longest real post has 173 kB. A million brackets, each of which might open a link, would take
# a minute and more.
LONGEST_MARKDOWN = 250_000

_BLOCKS = (
    "address|article|aside|audio|blockquote|body|center|details|div|dl|fieldset|figure|footer|form"
    "|h[1-6]|head|header|hr|html|iframe|link|main|meta|nav|ol|picture|pre|p|script|section|style"
    "|table|title|ul|video"
)
_COMMENT = r"<!--.*?(?:-->|\Z)"  # ends with the text, so that none is looked for twice
_BLOCK = re.compile(
    rf"(?:\s+|{_COMMENT}|<[!?][^<>]*>)*+(?:<({_BLOCKS})(?=[\s/>])|\Z)", re.IGNORECASE | re.DOTALL
)
_VOID = frozenset(("hr", "link", "meta"))
# A blank line and then no tag: so CommonMark is told that Markdown follows inside an element.
_MARKDOWN_INSIDE = re.compile(
    r"\s*<\w+(?:[^<>]*\bmarkdown\s*=|[^<>]*>[ \t]*\n[ \t]*\n\s*[^<\s])", re.IGNORECASE
)
_WRAPPERS = re.compile(
    rf"(?:\s+|{_COMMENT}|<(?:div|section|article|main|header)(?=[\s>])[^<>]*>)*+",
    re.IGNORECASE | re.DOTALL,
)
_HEADING = re.compile(r"<h1(?=[\s>])[^<>]*>", re.IGNORECASE)
_HEADING_END = re.compile(r"</h1\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_MORE = re.compile(r"<!--[ \t]{0,9}(?:more|excerpt)[ \t]{0,9}-->", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def is_html(body: str) -> bool:
    """Tell whether ``body`` is HTML throughout, not Markdown that may contain HTML.

    It is when nothing but blank space and comments stands outside its block elements. CommonMark
    would end such a block at the first blank line and take what is indented after it for code; in
    a text that is one ``<div>`` its author meant neither.
    """
    if _MARKDOWN_INSIDE.match(body):
        return False
    position = 0
    while match := _BLOCK.match(body, position):
        if match[1] is None:
            return position > 0
        position = _end_of_element(body, match.end(), match[1].lower())
    return False


def _end_of_element(body: str, start: int, name: str) -> int:
    """Give where the element ends whose name ends at ``start``; an open one ends with the text."""
    if name in _VOID:
        return body.find(">", start) + 1 or len(body)
    depth = 1
    for tag in _tags_named(name).finditer(body, start):
        if tag[1] is None:  # a comment
            continue
        depth = depth - 1 if tag[1] else 1 if name == "p" else depth + 1
        if depth == 0:
            return tag.end()
    return len(body)


@cache
def _tags_named(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_COMMENT}|<(/?){name}(?=[\s/>])[^<>]*>?", re.IGNORECASE | re.DOTALL)


def from_markdown(body: str) -> str:
    """Give the HTML of CommonMark, tables, strikethrough and footnotes; HTML in it stays."""
    return str(_MARKDOWN.render(body))


def from_plain(body: str) -> str:
    """Give plain text as HTML: paragraphs at blank lines, line breaks kept."""
    paragraphs = _PARAGRAPHS.split(body.strip("\n"))
    return "\n".join(
        f"<p>{html.escape(paragraph, quote=False).replace(chr(10), '<br>' + chr(10))}</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def heading(body: str) -> tuple[str, str]:
    """Give the text of the first ``<h1>`` of HTML, and the HTML without it if it comes first.

    Readers show the title above the text, so a heading that became the title would stand there
    twice. One further down is a part of the text and stays.
    """
    start = _HEADING.search(body)
    end = _HEADING_END.search(body, start.end()) if start else None
    if not start or not end:
        return "", body
    words = " ".join(html.unescape(_TAG.sub("", body[start.end() : end.start()])).split())
    if words and _WRAPPERS.fullmatch(body, 0, start.start()):
        return words, body[: start.start()] + body[end.end() :]
    return words, body


def excerpt(body: str) -> str:
    """Give what stands before ``<!-- more -->``, "" without such a mark."""
    mark = _MORE.search(body)
    return body[: mark.start()].strip() if mark else ""
