"""Where the feed of a page is: what the page says, and where feeds usually are."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from aggregator.lists.address import absolute
from aggregator.lists.page import Link, Page, read_page
from aggregator.lists.places import places
from aggregator.lists.sniff import is_challenge, looks_like_feed, looks_like_page

__all__ = [
    "Candidate",
    "common_places",
    "feeds_in",
    "is_challenge",
    "looks_like_feed",
    "looks_like_page",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed; ``why`` says, for people, what speaks for it.

    One that is ``doubtful`` is hardly the site's own feed: of comments, of one author. The usual
    places are to be tried before it.
    """

    url: str
    title: str = ""
    media_type: str = ""
    why: str = ""
    doubtful: bool = False


# More are of no use to anybody: each is asked for in turn.
_MOST = 50
_MOST_PLACES = 8

_NAMED, _LINKED = "the page names it as its feed", "the page links to it"
# From this weight on (see _rank) a feed is doubtful.
_DOUBTFUL = 128

_FEED_TYPE = re.compile(r"(?:application|text)/(?:x-)?(?:rss|atom|rdf|feed\+json)\b.*")
# What is also said of feeds, and of much else.
_VAGUE_TYPE = re.compile(r"(?:application|text)/(?:xml|json)|")
_NO_FEED = re.compile(
    r"oembed|wp-json|sitemap|opensearch|wlwmanifest|/rsd\b|\.opml|manifest\.json|/amp\b",
    re.IGNORECASE,
)
# Addresses that plainly are those of feeds: their last part, or their query.
_PLAINLY = re.compile(
    r"""(?:^|/)(?:feeds?|rss|rss2|atom|rdf)/?$
    |[./](?:rss|atom|rdf)$
    |(?:^|[/._-])(?:feeds?|rss2?|atom|index)(?:[._-][\w-]+)?\.(?:xml|rdf|json)$
    |/feeds/posts/default/?$""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|alt|type)=(?:rss2?|atom|feed)(?:&|$)", re.IGNORECASE
)
_SAYS_FEED = re.compile(r"\b(?:rss|atom|feed)\b|フィード|订阅|訂閱|피드", re.IGNORECASE)
# Services that subscribe to the feed whose address is in theirs.
_READERS = re.compile(
    r"(?:feedly|netvibes|inoreader|newsblur|add\.my\.yahoo|fusion\.google)\.", re.IGNORECASE
)

# "Commentary" is a magazine.
_COMMENTS = re.compile(
    r"""comments?\b|coment[aá]rios?\b|commentaires?\b|commenti\b|kommentare?\b|komentar|reacties
    |yorum|комментари|коментар|σχόλι|تعليق|תגוב
    |评论|評論|回應|留言|コメント|댓글|/replies""",
    re.IGNORECASE | re.VERBOSE,
)
# Of a part of the site.
_PART = re.compile(
    r"""/(?:category|categories|tags?|label|author|search|topics?|archives?)/|[?&](?:cat|tag|author|s)=
    |\b(?:category|tag|author|search)\b|posts\ by|分类|分類|标签|カテゴリ|catégorie|kategorie""",
    re.IGNORECASE | re.VERBOSE,
)
_ASIDE = re.compile(
    r"podcast|itunes|\baudio\b|\bvideos?\b|\btest\b|\bevents?\b|/plugins/", re.IGNORECASE
)
_WHOLE = re.compile(
    r"\ball\b|\btop stories\b|\blatest\b|\bheadlines\b|\bmain\b|全部|最新", re.IGNORECASE
)
_IN_LANGUAGE = re.compile(r"/([a-z]{2})(?:[-_][a-z]{2,4})?/", re.IGNORECASE)


def feeds_in(html: str, url: str) -> list[Candidate]:
    """Return the feeds that a page names, best first; ``url`` is where the page was had.

    First those of its ``link`` elements (https://www.rssboard.org/rss-autodiscovery), then links of
    its text that plainly lead to a feed. Within each, the site's feed comes before those of other
    languages, of categories and of comments; otherwise the page's own order counts.
    """
    page = read_page(html)
    base = _base(page, url)
    ranked: dict[str, tuple[int, Candidate]] = {}
    for link in page.links:
        found = _candidate(link, base)
        if found is None or found.url == absolute(url):
            continue
        rank = _rank(link, found, page, url)
        if found.url not in ranked or rank < ranked[found.url][0]:
            ranked[found.url] = rank, found
    best = sorted(ranked.values(), key=lambda each: each[0])
    return [replace(found, doubtful=rank >= _DOUBTFUL) for rank, found in best[:_MOST]]


def common_places(url: str) -> list[Candidate]:
    """Return addresses to try when a page names no feed, best first, at most 8.

    Some sites have a rule that leads from the address of a page to that of its feed.
    """
    return [Candidate(url=one.url, why=one.why) for one in places(url, _MOST_PLACES)]


def _base(page: Page, url: str) -> str:
    try:
        return urljoin(url, page.base.strip())
    except ValueError:
        return url


def _candidate(link: Link, base: str) -> Candidate | None:
    """Return what a link leads to if that is a feed."""
    said = link.attributes
    url = absolute(said.get("href", ""), base)
    if url is None or _NO_FEED.search(url):
        return None
    kind = said.get("type", "").partition(";")[0].strip().lower()
    named = _names_feed(said.get("rel", "").lower().split(), kind, said, url)
    if not named and not (link.element == "a" and _leads_to_feed(link, url, base)):
        return None
    return Candidate(
        url=url,
        title=" ".join(said.get("title", "").split()) or link.text[:200],
        media_type=kind,
        why=_NAMED if named else _LINKED,
    )


def _names_feed(rel: list[str], kind: str, said: dict[str, str], url: str) -> bool:
    """Tell whether a link is one that programs are to find."""
    if "stylesheet" in rel or not {"alternate", "feed"}.intersection(rel) or "oembed" in kind:
        return False
    if _FEED_TYPE.fullmatch(kind):
        return True
    vague = _VAGUE_TYPE.fullmatch(kind) is not None
    return vague and (
        "feed" in rel or _plainly(url) or bool(_SAYS_FEED.search(said.get("title", "")))
    )


def _leads_to_feed(link: Link, url: str, base: str) -> bool:
    """Tell whether a link for people plainly leads to a feed of the same site."""
    if link.attributes.get("href", "").strip().lower().startswith("feed:"):
        return True
    if not _plainly(url) or _READERS.search(url) or "http" in urlsplit(url).query:
        return False
    text = f"{link.text} {link.attributes.get('title', '')} {link.attributes.get('class', '')}"
    return _site(url) in (_site(base), "feedburner.com") or _SAYS_FEED.search(text) is not None


def _plainly(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_PLAINLY.search(parts.path) or _PLAIN_QUERY.search(parts.query)) or (
        parts.netloc.startswith(("feeds.", "feed.", "rss."))
    )


def _site(url: str) -> str:
    """Return what two addresses of one site have in common, roughly: the end of the host's name."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


# How far a feed is from being the site's


def _rank(link: Link, found: Candidate, page: Page, url: str) -> int:
    """Weigh what speaks against a feed, the lower the better."""
    parts = urlsplit(found.url)
    words = f"{found.title} {parts.path}"
    named = found.why == _NAMED
    part = bool(_PART.search(f"{words} ?{parts.query}"))
    against = (
        (256, bool(_COMMENTS.search(words)) or _of_one_article(parts.path, url)),
        (128, part and not named),
        (64, not named),
        (32, not _FEED_TYPE.fullmatch(found.media_type)),
        (16, part),
        (8, _other_language(link, found, page)),
        (4, bool(_ASIDE.search(words))),
        (2, not _WHOLE.search(found.title)),
        (1, "json" in found.media_type),
    )
    return sum(weight for weight, applies in against if applies)


def _of_one_article(path: str, url: str) -> bool:
    """Tell whether a feed lies below the page itself, which is deeper than a site within a site."""
    own = urlsplit(url).path.rstrip("/")
    return own.count("/") > 1 and path.startswith(f"{own}/")


def _other_language(link: Link, found: Candidate, page: Page) -> bool:
    own = _primary(page.language)
    said = _primary(link.attributes.get("hreflang", ""))
    if own and said and said != "x":
        return said != own
    folder = _IN_LANGUAGE.match(urlsplit(found.url).path)
    return bool(own and folder and _primary(folder[1]) != own)


def _primary(tag: str) -> str:
    return re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
