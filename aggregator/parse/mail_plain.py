"""The plain text of a message as HTML: quotations, paragraphs, links; without its signature."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from aggregator.article import Step
from aggregator.parse.mail_words import is_about_subscribing

# Levels of quotation that are shown; what is deeper is so old that nobody counts.
_DEEPEST = 8
_QUOTE = re.compile(r"(?:> ?)+")
# A signature follows "-- " (RFC 3676, 4.3), a list's footer a line of underscores (Mailman). What
# is longer than this is no such thing.
_SIGNATURE = re.compile(r"-- ?|_{20,}|-{40,}")
_LONGEST_SIGNATURE = 12
# Text that was cut into lines has them about as long as the longest; more than this is no mail that
# was cut, less no text.
_WIDEST, _NARROWEST = 80, 50
# What begins a line of its own: items, headings, tables, code.
_OWN_LINE = re.compile(r"\s|[-*+•#|=~_>]|\d{1,3}[.)]\s|[A-Z][\w-]{1,20}: ")
# From here on (CJK radicals) scripts have no spaces to cut lines at.
_FIRST_WITHOUT_SPACES = "\u2e80"
_ADDRESS = re.compile(r"<?\b((?:https?://|www\.)[^\s<>\"'`]{1,2000})>?", re.IGNORECASE)
_AFTER = ".,;:!?*_)]}"

Line = tuple[int, str]


def from_mail_text(text: str, *, flowed: bool, delsp: bool) -> tuple[str, list[Step]]:
    """Give the plain text of a message as HTML, and what was left out of it.

    ``flowed`` and ``delsp`` are what the content type says of its lines (RFC 3676, 4).
    """
    lines = [_quoted(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines, cut = _without_signature(lines)
    unfolded = _unflowed(lines, delsp) if flowed else _unwrapped(lines)
    html, footers = _blocks(unfolded)
    steps = [Step("mail", "signature", 1, cut)] if cut else []
    return html, [*steps, *([Step("mail", "footer", footers)] if footers else [])]


def _quoted(line: str) -> Line:
    """Give the depth of quotation of a line, and the line without its marks."""
    found = _QUOTE.match(line)
    return (found[0].count(">"), line[found.end() :]) if found else (0, line)


def _without_signature(lines: list[Line]) -> tuple[list[Line], int]:
    end = len(lines)
    while end and not lines[end - 1][1].strip():
        end -= 1
    for start in range(max(0, end - _LONGEST_SIGNATURE - 1), end):
        depth, line = lines[start]
        if depth == 0 and _SIGNATURE.fullmatch(line.rstrip("\r")) and start:
            return lines[:start], sum(len(one) + 1 for _, one in lines[start:end])
    return lines, 0


def _unflowed(lines: Iterable[Line], delsp: bool) -> Iterator[Line]:
    """Join the lines of text that is marked as flowing: a space at the end says it goes on."""
    parts: list[str] = []
    before = 0
    for depth, raw in lines:
        line = raw.removeprefix(" ") if depth == 0 else raw
        if parts and depth != before:
            yield before, "".join(parts)
            parts = []
        before = depth
        goes_on = line.endswith(" ")
        parts.append(line[:-1] if goes_on and delsp else line)
        if not goes_on:
            yield depth, "".join(parts)
            parts = []
    if parts:
        yield before, "".join(parts)


def _unwrapped(lines: list[Line]) -> Iterator[Line]:
    """Join lines that were only cut because the next word did not fit."""
    width = max((len(line) for _, line in lines), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        yield from lines
        return
    parts: list[str] = []
    for (depth, line), (below, next_line) in zip(lines, [*lines[1:], (0, "")], strict=True):
        parts.append(line.strip() if parts else line.rstrip())
        word = next_line.split(" ", 1)[0]
        # A mark of quotation takes room, too.
        fits = len(line) + 1 + len(word) + 2 * depth <= width
        apart = not word or word[0] >= _FIRST_WITHOUT_SPACES or _OWN_LINE.match(next_line)
        if depth != below or fits or apart:
            yield depth, " ".join(parts)
            parts = []


def _blocks(lines: Iterable[Line]) -> tuple[str, int]:
    """Give paragraphs and quotations as HTML, and the number of paragraphs that were left out."""
    html: list[str] = []
    open_quotes = left_out = 0
    for (depth, blank), group in groupby(lines, key=lambda one: (one[0], not one[1].strip())):
        texts = [line.rstrip() for _, line in group]
        if blank:
            continue
        if is_about_subscribing("\n".join(texts)[:2000]):
            left_out += 1
            continue
        level = min(depth, _DEEPEST)
        html += ["<blockquote>"] * (level - open_quotes) + ["</blockquote>"] * (open_quotes - level)
        open_quotes = level
        html.append(f"<p>{'<br>'.join(map(_line, texts))}</p>")
    html += ["</blockquote>"] * open_quotes
    return "\n".join(html), left_out


def _line(text: str) -> str:
    """Give a line as HTML with its addresses as links; indents stay to be seen."""
    parts: list[str] = []
    position = 0
    for found in _ADDRESS.finditer(text):
        address = found[1].rstrip(_AFTER if "(" not in found[1] else _AFTER.replace(")", ""))
        if found[0].startswith("<") and found[0].endswith(">"):
            start, end = found.span()
            address = found[1]
        else:
            start, end = found.start(1), found.start(1) + len(address)
        shown = escape(address)
        target = shown if "://" in address[:8] else f"http://{shown}"
        parts += [_text(text[position:start]), f'<a href="{target}">{shown}</a>']
        position = end
    return "".join((*parts, _text(text[position:])))


def _text(text: str) -> str:
    return escape(text, quote=False).replace("  ", "&nbsp; ")
