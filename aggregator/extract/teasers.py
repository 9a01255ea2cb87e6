"""How a feed's article looks that is only the beginning or a summary of one."""

import re

from aggregator.article import Article

_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003ffff]")

# Only the end of a text is looked at.
_END = 160

_DOTS = re.compile(r"(?:…|\.\.\.|\. \. \.|。。。|⋯)[\s\])）】]{0,4}\Z")
_MORE_WORDINGS = (
    r"(?:continue|keep) reading\b.{0,90}",
    r"read (?:more|on|full|the (?:rest|full|whole|entire|original))\b.{0,90}",
    r"(?:click here )?(?:to )?(?:read|view|see) (?:the )?(?:full|complete|entire|whole|original)"
    r" (?:article|story|post|text|entry).{0,60}",
    r"full (?:story|article|text)|view (?:article|post)|learn more|more",
    r"(?:mehr|weiter) ?lesen|mehr|zum artikel|den (?:ganzen|vollständigen) artikel.{0,40}",
    r"lire (?:la suite|plus|l['’]article).{0,60}|(?:seguir|sigue|continuar) leyendo.{0,60}",
    r"leer más|leia mais|ler mais|continue (?:a )?lendo.{0,60}",
    r"leggi (?:tutto|di più|l['’]articolo)",
    r"читать (?:далее|дальше|полностью|ещ[её]).{0,40}|подробнее.{0,20}",
    r"続きを読む.{0,20}|続きは.{0,30}|全文を読む|더 ?보기|전체 ?보기|계속 ?읽기",
    r"(?:点击|點擊|点此|繼續|继续)?(?:阅读|閱讀|查看|浏览|瀏覽)"
    r"(?:全文|原文|更多|详情|詳情|剩余部分|余下全文)",
    r"(?:展开|展開)(?:全文)?|全文|更多(?:内容|详情)?|详细(?:内容|信息)",
)
# They stand on a line of their own, or after the end of a sentence: "no more" ends none.
_MORE = re.compile(
    rf"(?:\A|[^\w\s,;]\s{{0,3}}|\n)(?:{'|'.join(_MORE_WORDINGS)})\W{{0,6}}\Z", re.IGNORECASE
)
_FOOTER = re.compile(
    r"\bthe post .{0,300} (?:appeared first on|first appeared on) .{0,120}\Z",
    re.IGNORECASE | re.DOTALL,
)
_FOOTERS = 500

_SUMMARY = 500
"""Characters (CJK ones count twice) that a text of its own has at least. Feeds that cut give 55
words (WordPress), or 200 or 300 characters, and often no mark of it."""

_SHOWS = re.compile(r"<(?:video|audio|table|pre)\b")


def is_teaser(article: Article) -> bool:
    """Whether a (cleaned) feed article looks as if it were only a beginning or a summary.

    It is when it ends with dots or "read more", or is short. Not when it is something else than
    an article: a note without a title, an episode with its media file, a picture without a word.
    """
    text = article.text
    if _is_cut(text):
        return True
    played = any(e.media_type.startswith(("audio/", "video/")) for e in article.enclosures)
    if played or not article.title or _SHOWS.search(article.html):
        return False
    if not text:
        return "<img" not in article.html
    return width(text) < _SUMMARY


def _is_cut(text: str) -> bool:
    end = text[-_END:].rstrip()
    return bool(_DOTS.search(end) or _MORE.search(end))


def width(text: str) -> int:
    """Characters of a text, those of Chinese, Japanese and Korean twice, as they say as much."""
    return len(text) + len(_WIDE.findall(text))


def without_ending(text: str) -> str:
    """A text without the marks of having been cut: dots, "read more", "The post … appeared …"."""
    if " first" in text[-_FOOTERS:].lower():
        text = text[:-_FOOTERS] + _FOOTER.sub("", text[-_FOOTERS:])
    for ending in (_MORE, _DOTS):
        text = text[:-_END] + ending.sub("", text[-_END:].rstrip())
    return text.rstrip()
