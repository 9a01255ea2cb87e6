"""What stands around an article on its page: told by names in the markup, and by its wording."""

import re

from aggregator.extract.tree import Block, Element

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

# Words of class names and ids. Pages are built from the same few frameworks all over the world, so
# that these are English in every language.
_NAMES = frozenset(
    (
        *("ad", "ads", "advert", "advertisement", "advertising", "dfp", "sponsor", "sponsored"),
        *("promo", "promos", "promoted", "promotion", "teaser", "teasers", "cta", "outbrain"),
        *("taboola", "newsletter", "newsletters", "signup", "subscribe", "subscription", "donate"),
        *("donation", "related", "relatedposts", "recommended", "recommendation", "readmore"),
        *("recommendations", "trending", "popular", "latest", "seealso", "rail", "sidebar"),
        *("widget", "carousel", "share", "shares", "sharing", "sharebar", "sharedaddy", "social"),
        *("follow", "likes", "comment", "comments", "disqus", "respond", "breadcrumb"),
        *("breadcrumbs", "pagination", "nav", "navigation", "navbar", "menu", "toolbar", "footer"),
        *("copyright", "submeta", "overlay", "modal", "popup", "scrim", "tooltip", "cookie"),
        *("cookies", "consent", "byline", "bylines", "dateline", "timestamp", "tags", "tagbox"),
        *("noprint", "readtime", "bio", "jetpack", "login", "print", "prev", "rating", "ratings"),
    )
)
_PHRASES = re.compile(
    r"author-?(?:bio|box|info|card)|about-?author|most-?(?:read|popular)|sign-?(?:up|in)\b"
    r"|(?:publish(?:ed)?|article|post|entry)[_-]?date|read(?:ing)?-?time|read-?(?:more|next|also)"
    r"|more-?(?:from|stories|news|on)|next-?prev|prev-?next|bread-?crumb|up-?next|also-?like"
    r"|latest-?(?:news|stories)|print-?(?:only|header)|screen-?reader|visually-?hidden|sr-only",
    re.IGNORECASE,
)
_ROLES = frozenset(["navigation", "complementary", "banner", "contentinfo", "search", "dialog"])
_ROWS = frozenset(["tr", "td", "th", "tbody", "thead", "tfoot", "col", "colgroup"])
_CAPTION = re.compile(r"caption|credit", re.IGNORECASE)
_NO_ARTICLE = frozenset(["nav", "footer", "form", "dialog", "menu", "address"])

# How a line begins that sends the reader elsewhere or is about the page. Each language has them as
# its newspapers word them; regular expressions, on text with single spaces.
_BEGINNINGS = (
    r"(?:also )?(?:read|see|watch|listen|check) (?:more|also|next|out)\b",
    r"(?:read|see|view) the full\b|continue reading|explore further|up next|don.?t miss",
    r"(?:also|more) (?:on|from|by|in|about) .{0,60}:|also\s*:",
    r"(?:related|more)(?: \S{1,12}){0,3}\s*:|(?:also|popular) on |most (?:read|popular|viewed)",
    r"you (?:may|might) (?:also|like)|recommended(?: for you| stories| reading)?\s*:?\s*$",
    r"click (?:here|to tweet|on the link)|tap here|loading\W*$|advertisement\s*$",
    r"story continues\b",
    r"(?:follow|like|find|join) (?:us|me|@|the|\S+(?: \S+){0,3} on (?:x\b|twitter|facebook"
    r"|instagram|linkedin|tiktok|youtube|telegram|whatsapp))",
    r"follow .{0,60} (?:on|at) (?:twitter|facebook|x\b|https?:)",
    r"(?:sign ?up|subscribe|register)\b|like this (?:story|article|post)|sharing is caring",
    r"(?:share|like|print|email|tweet) (?:this|it|on|via|with|article)",
    r"(?:write|reach|contact|email) (?:to )?(?:the )?\S+(?: \S+){0,2} (?:at|on)\b.{0,80}@",
    r"reach the reporters?|tell us what you think|leave a (?:comment|reply)",
    r"(?:post )?comments?\s*$|(?:get|have) .{0,60} delivered ",
    r"get (?:the|our|your) .{0,60}(?:newsletter|inbox|\bapp\b|download)",
    r"(?:download|install) (?:the|our) .{0,30}\bapp\b|\d{1,3} ?[-–]? ?min(?:ute)?s? read\s*$",
    r"(?:tempo de leitura|lesezeit|temps de lecture|reading time|阅读时间)\b",
    r"tags?\s*[:：]|topics\s*$|(?:copyright|©|\(c\)) |all rights reserved",
    r"(?:lire|voir) (?:aussi|également)|à lire|abonnez|inscrivez|partager",
    r"(?:lesen|sehen) sie auch|mehr zum thema|auch interessant|jetzt abonnieren",
    r"(?:lea|lee|leia|veja|ver|vea) (?:tamb[ié]{1,2}[nm]|mais|más)\b|te puede interesar",
    r"suscr[ií]bete|inscreva-se|compart(?:ir|e|ilh)|leggi anche|iscriviti",
    r"читайте (?:также|ещ[её])|подпис(?:ывайтесь|аться)|поделиться",
    r"(?:延伸|相关|相關|推荐|推薦|热门|熱門|猜你喜欢|更多)(?:阅读|閱讀|新闻|新聞|文章|报道|報導)?\s*:?\s*$",
    r"(?:延伸|相关|相關|推荐|推薦|扩展)(?:阅读|閱讀|新闻|新聞|文章|报道|報導)\s*[:：]",
    r"(?:点击|點擊|点这里|戳)(?:查看|阅读|閱讀|进入|這裡|这里|下方|下载)",
    r"(?:扫描|掃描|长按|長按|扫一扫|微信扫).{0,12}(?:码|碼|關注|关注)",
    r"(?:欢迎|歡迎)?(?:关注|關注|订阅|訂閱)(?:我们|我們|本|官方|微信|公众号|公眾號)",
    r"(?:责任编辑|責任編輯|责编|編輯|编辑|版权|版權|免责声明|免責聲明)\s*(?:所有|归|声明)?\s*[:：]",
    r"分享(?:到|至|本文|给)|未经授权|未經授權|转载请注明|轉載請註明|本文来自|本文來自",
    r"関連(?:記事|リンク|ニュース)|あわせて読みたい|続きを読む|シェアする",
    r"관련 ?기사|더 ?보기|무단 ?전재|저작권자",
)
_ELSEWHERE = re.compile(rf"\W{{0,4}}(?:{'|'.join(_BEGINNINGS)})", re.IGNORECASE)
_RIGHTS = re.compile(
    r"all rights reserved|(?:copyright|©|ⓒ) ?(?:©|\(c\))? ?(?:\d{4}|by\b)|무단 ?전재"
    r"|版权所有|版權所有|未经授权|未經授權|click to tweet\]?$",
    re.IGNORECASE,
)

_LONGEST_NAMES = 400

MOST = 0.3
"""Of an article's text: what holds more of it is the article, whatever its name says."""

_LONGEST_LINE = 300
"""Characters: what is longer than two or three sentences is no line of furniture."""

_SENTENCE = 60
"""Characters (as ``Block.key`` has them): what is longer and links nowhere is a sentence of the
article, even if it begins with "Subscribe" or "Share it"."""


def names(element: Element) -> str:
    """The class names of an element, as far as anybody would read them."""
    return str(element.get("class", ""))[:_LONGEST_NAMES].strip()


def is_named(element: Element) -> bool:
    """Whether an element's name, class, id or role says that it is no part of the article."""
    if element.tag in _NO_ARTICLE or element.get("role") in _ROLES:
        return True
    if element.tag in _ROWS:
        return False
    called = f"{names(element)} {element.get('id', '')[:_LONGEST_NAMES]}"
    words = {word.lower() for word in _WORDS.findall(called)}
    return not words.isdisjoint(_NAMES) or bool(_PHRASES.search(called))


def is_worded(block: Block) -> bool:
    """Whether a line only sends elsewhere, or states whose it is."""
    text = " ".join(block.text.split())
    if len(text) > _LONGEST_LINE:
        return False
    short = len(block.key) < _SENTENCE or block.linked > 0
    return bool(_RIGHTS.search(text)) or (short and bool(_ELSEWHERE.match(text)))


def is_caption(element: Element) -> bool:
    """Whether an element is what stands below a picture."""
    return element.tag == "figcaption" or bool(_CAPTION.search(names(element)))
