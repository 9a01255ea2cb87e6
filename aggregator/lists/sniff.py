"""What a document is, by its content: what servers declare is wrong too often."""

import re

from aggregator.lists.page import read_page
from aggregator.lists.xmltext import beginning, opening

_FEED = re.compile(r"<(?:[a-z][\w.-]*:)?(rss|feed|rdf)(?=[\s/>])", re.IGNORECASE | re.ASCII)
# RDF has other uses. RSS 0.90 and 1.0 are those with a channel.
_CHANNEL = re.compile(r"<(?:[a-z][\w.-]*:)?channel(?=[\s/>])", re.IGNORECASE | re.ASCII)
# The version is what makes an object a feed (https://www.jsonfeed.org/version/1.1/); PHP escapes
# the slashes.
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
_PAGE = re.compile(
    r"html|head|body|title|meta|link|script|style|frameset|noscript|base|div|table|center|p|h1"
)

# Titles of the pages that stand before others, and marks in their sources. A page is one of them
# only when it has next to nothing to read as well: some of the marks are on pages that let through.
_CHALLENGE_TITLES = re.compile(
    r"just a moment\.\.\.|attention required! \| cloudflare|please wait\.\.\. \| cloudflare"
    r"|ddos-guard"
    r"|checking your browser\b.*|pardon our interruption\.*|access to this page has been denied\.?"
    r"|making sure you.{1,6}re not a bot!?|vercel security checkpoint|sucuri website firewall\b.*"
    r"|bot verification|human verification|are you a (?:ro)?bot\?|robot check"
    r"|security check(?:point)?|one moment, please\.\.\."
    r"|百度安全验证|安全验证|访问验证|人机验证|滑动验证页面|验证码",
    re.IGNORECASE,
)
_CHALLENGE_MARKS = re.compile(
    r"""_cf_chl_opt|cf-chl-|cf-browser-verification|cf_captcha_kind|ddos-guard/js-challenge
    |/_Incapsula_Resource\?|Incapsula\ incident\ ID|px-captcha|captcha-delivery\.com
    |sucuri_cloudproxy_js|token\.awswaf\.com|gokuProps|anubis_challenge|acw_sc__v2
    |/vercel/security/|sgcaptcha|/_sec/cp_challenge""",
    re.VERBOSE,
)
# Characters that one can read. Challenges say what they are in a few sentences.
_LITTLE = 1_500
# Challenges are small; a page beyond is not looked through.
_LARGEST_CHALLENGE = 300_000


def looks_like_feed(body: bytes) -> bool:
    """Tell whether it is RSS (0.90 to 2.0), Atom or JSON Feed.

    A feed also is one behind a byte order mark, in UTF-16, and behind what a program printed first.
    """
    text = beginning(body)
    if text.lstrip().startswith("{"):
        return _JSON_FEED.search(body) is not None
    first = opening(text)
    if first.doctype == "html" or first.name in ("html", "head", "body"):
        return False
    root = _FEED.search(text, first.at)
    return root is not None and (root[1].lower() != "rdf" or _CHANNEL.search(text) is not None)


def looks_like_page(body: bytes) -> bool:
    """Tell whether it is a web page."""
    first = opening(beginning(body))
    if first.doctype == "html":
        return True
    return _PAGE.fullmatch(first.name) is not None and not looks_like_feed(body)


def is_challenge(html: str) -> bool:
    """Tell whether a page asks for proof of being human, in place of what was asked for."""
    if len(html) > _LARGEST_CHALLENGE:
        return False
    page = read_page(html)
    if page.visible > _LITTLE:
        return False
    title = " ".join(page.title.split())
    return bool(_CHALLENGE_TITLES.fullmatch(title) or _CHALLENGE_MARKS.search(html))
