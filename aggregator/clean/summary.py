"""The summary: plain text, the given one or the first whole sentences of the article."""

import re
from collections.abc import Callable
from html import unescape
from unicodedata import category

from aggregator.clean.characters import one_line

# What search engines and readers show of a description: two or three lines.
LENGTH = 280
LENGTH_CJK = 140
# A given summary was written by somebody; it is kept whole up to three times that.
GIVEN = 3
# A "summary" longer than this is the article itself, and its first part says enough.
_LONGEST_RAW = 8000

# Where the first sentences are, title and datelines among them.
_LONGEST_START = 2000

_TAGS = (
    "a|abbr|address|article|aside|audio|b|big|blockquote|body|br|caption|center|cite|code|col|dd|"
    "del|details|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|"
    "i|iframe|img|ins|kbd|li|link|main|mark|meta|nav|noscript|object|ol|p|picture|pre|q|rp|rt|ruby|"
    "s|samp|section|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td|tfoot|th|"
    "thead|time|tr|tt|u|ul|var|video|wbr"
)
_INLINE_TAG = (
    r"(?:a|abbr|b|big|cite|code|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)"
)
_RAW = re.compile(
    r"<(script|style|title)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_INLINE = re.compile(rf"</?{_INLINE_TAG}(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_TAGS}|script|style|title)(?:[\s/][^<>]*)?(?:>|\Z)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")

_TAIL = re.compile(
    r"(?:\s*(?:\[(?:…|\.{3}|\+|[Mm]ore)\]|\((?:[Mm]ore)?\s?(?:…|\.{3})\)|"
    r"(?:… |\.{3} |[|»>] ?)?(?:[Rr]ead [Mm]ore|[Cc]ontinue [Rr]eading|[Rr]ead the rest)"
    r"(?: of this entry)?(?: ?(?:…|\.{3}|[»→›>]+))?|"
    r"(?:阅读全文|阅读原文|查看全文|点击查看|閱讀全文|続きを読む|더 ?보기)"
    r"(?: ?(?:…|\.{3}|[»→›>]+))?))\s*\Z"
)
_LONGEST_TAIL = 60
_TAIL_ENDS = (*"])egty…»→›>文る기", "...")
# What stands around the words that two texts are compared by.
_BESIDE_CORE = " .…。"
# Lines that are no part of a text: where it is from and by whom, and links to players.
_BESIDE = re.compile(
    r"(?:来源|來源|原标题|作者|编辑|責任編輯|责任编辑|记者|記者|文|图|Source|Author|By)\s*[:：/／|｜].{0,40}|"
    r"By [A-Z][\w.'’ -]{0,40}|▶ .*"
)

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_RUN_OF_CJK = re.compile(f"{_CJK.pattern}+")
_NO_SPACE = re.compile(
    r" (?<=[\u3001\u3002\u300d\u300f\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
    r"\u3040-\u30ff\u4e00-\u9fff] )"
    r"(?=[\u300c\u300e\uff08\u3040-\u30ff\u4e00-\u9fff])"
)
# A sentence ends after CJK marks anywhere, after others before white space; closing quotes belong
# to it.
_SENTENCE_END = re.compile(r"(?:[。！？｡]+|[.!?…]+(?=[\"'”’»)\]]*(?:\s|\Z)))[\"'”’」』）»)\]]*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|[Ee]\.g|[Ii]\.e|etc|vs|cf|al|approx|[Mm]rs?|[Mm]s|[Dd]r|[Pp]rof|[Ss]t|[Jj]r|"
    r"[Ss]r|[Nn]o|[Ff]ig|[Vv]ol|[Ii]nc|[Ll]td|[Cc]orp|[Gg]en|[Ss]en|[Rr]ep|[Gg]ov|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|Aug|Sept?|Oct|Nov|Dec|usw|bzw|[zZ]\.B|d\.h)|\.[A-Za-z])\.\Z"
)
_LONGEST_ABBREVIATION = 12
# Characters after the limit that say whether a sentence ends before it: quotes and brackets.
_LONGEST_QUOTES = 20


def summarise(given: str, title: str, text: Callable[[], str]) -> str:
    """A summary in plain text: the given one, or the first sentences of what ``text`` gives, or "".

    What only repeats the title is no summary.
    """
    kept = tidy(_cut(tidy(given), GIVEN)) if given else ""
    return kept if kept and _core(kept) != _core(title) else _first_sentences(title, text())


def tidy(given: str) -> str:
    """A given summary as plain text on one line, without "Read more" and its kind.

    Only tags of HTML go, so that ``vector<int>`` survives. Entities are decoded until none is
    left, since generators escape them twice and thrice.
    """
    text, before = one_line(given[:_LONGEST_RAW]), None
    while text != before:
        before = text
        if "<" in text or "&" in text:
            text = one_line(_ENTITY.sub(lambda match: unescape(match[0]), _without_tags(text)))
        text = _without_tail(text)
    return text


def _without_tail(text: str) -> str:
    if not text.endswith(_TAIL_ENDS):
        return text
    start = max(0, len(text) - _LONGEST_TAIL)
    found = _TAIL.search(text, start)
    return text[: found.start()].rstrip() if found else text


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    return _TAG.sub(" ", _INLINE.sub("", _RAW.sub(" ", text)))


def _core(text: str) -> str:
    return text.casefold().strip(_BESIDE_CORE)


def _is_of_core(line: str, core: str) -> bool:
    """Whether a line says what has this core. Folding case makes no text shorter."""
    bare = line.strip(_BESIDE_CORE)
    return len(bare) <= len(core) and bare.casefold() == core


def _first_sentences(title: str, text: str) -> str:
    lines, core = text[:_LONGEST_START].split("\n"), _core(title)
    telling = [
        line for line in lines if not _is_of_core(line, core) and not _BESIDE.fullmatch(line)
    ]
    start = " ".join(telling or lines)
    # The text is clean already; only what looks like markup or entities is to be tidied.
    if "<" in start or "&" in start:
        found = tidy(_cut(tidy(_joined(start)), 1))
    else:
        found = _without_tail(_cut(_without_tail(_joined(start[: 3 * LENGTH]).strip()), 1))
    return "" if _core(found) == core else found


def _joined(text: str) -> str:
    """Lines as one; no space between two that the script writes without."""
    return text if text.isascii() else _NO_SPACE.sub("", text)


def _cut(text: str, times: int) -> str:
    """Whole sentences up to about ``times`` the usual length, or else whole words and "…"."""
    limit = times * (LENGTH_CJK if _is_cjk(text) else LENGTH)
    if len(text) <= limit:
        return text
    end = _last_sentence_end(text, limit)
    return text[:end].rstrip() if end else cut_at_word(text, limit)


def _is_cjk(text: str) -> bool:
    sample = text[:LENGTH]
    if sample.isascii():
        return False
    # Taking out runs is counting them in a fifth of the time: 2 µs instead of 10.
    return (len(sample) - len(_RUN_OF_CJK.sub("", sample))) * 3 > len(sample)


def _last_sentence_end(text: str, limit: int) -> int:
    """Where the last whole sentence of the first ``limit`` characters ends, or 0."""
    # Most texts have one in the second half, and looking for it takes three quarters of all here.
    return _sentence_end_from(limit // 2, text, limit) or _sentence_end_from(0, text, limit)


def _sentence_end_from(first: int, text: str, limit: int) -> int:
    for match in reversed(list(_SENTENCE_END.finditer(text, first, limit + _LONGEST_QUOTES))):
        start = match.start()
        if match.end() <= limit and not (
            match[0][0] == "."
            and _ABBREVIATION.search(text, max(0, start - _LONGEST_ABBREVIATION), start + 1)
        ):
            return match.end()
    return 0


def cut_at_word(text: str, limit: int) -> str:
    """At most ``limit`` characters, "…" included, ending after a whole word and grapheme."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > limit // 2 and not _is_boundary(text[end - 1], text[end]):
        end -= 1
    if end == limit // 2:  # one endless word
        end = limit - 1
    while end > 1 and _sticks(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip(" ,;:、，；：") + "…"


def _is_boundary(before: str, after: str) -> bool:
    if after == " " or before == " ":
        return True
    return bool(_CJK.match(after) or _CJK.match(before)) and not _sticks(before, after)


def _sticks(before: str, after: str) -> bool:
    """Whether two characters belong to one grapheme (the parts of UAX 29 that text meets)."""
    joined = after in "\u200d\ufe0e\ufe0f" or before == "\u200d" or category(after)[0] == "M"
    flags = "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"
    return joined or flags or "\U0001f3fb" <= after <= "\U0001f3ff"
