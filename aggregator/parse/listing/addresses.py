"""What an address says about what is there: an article, or a place where articles are filed."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

_FILING = frozenset(
    (
        *("tag", "tags", "category", "categories", "author", "authors", "topic", "topics", "user"),
        *("users", "people", "profile", "label", "labels", "page", "search", "login", "signin"),
        *("signup", "register", "share", "about", "contact", "privacy", "terms", "cookies", "help"),
        *("subscribe", "newsletter", "newsletters", "account", "section", "sections", "archives"),
        *(
            "rss",
            "feed",
            "sitemap",
            "careers",
            "jobs",
            "advertise",
            "imprint",
            "impressum",
            "legal",
        ),
        *(
            "columnist",
            "contributors",
            "staff",
            "team",
            "person",
            "speakers",
            "members",
            "member",
            "vote",
            "hide",
            "from",
        ),
    )
)
_ID = re.compile(
    r"(?:^|[&;])(?:p|id|aid|nid|newsid|artid|article|story|sid|tid|t|v|item)=[\w-]+",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){2,}")
_NUMBER = re.compile(r"\d{4,}")
_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_LONG = 20


@lru_cache(maxsize=4096)
def is_story(url: str) -> bool:
    """Tell whether an address looks like an article's: words, a date or a number at its end."""
    parts = _split(url)
    if parts is None:
        return False
    segments, query = parts
    if _filed(segments):
        return False
    if _ID.search(query):
        return True
    if not segments:
        return False
    last = _SUFFIX.sub("", segments[-1])
    if _SLUG.search(last) or _NUMBER.search(last) or len(last) >= _LONG:
        return True
    return any(_NUMBER.search(one) for one in segments[:-1]) and not last.isdigit()


@lru_cache(maxsize=4096)
def is_filing(url: str) -> bool:
    """Tell whether an address is that of a tag, an author, a section, a form or the front page."""
    parts = _split(url)
    if parts is None:
        return True
    segments, query = parts
    return _filed(segments) if segments else not query


@lru_cache(maxsize=4096)
def shape(url: str) -> tuple[str, ...]:
    """Give what the addresses of a site's articles have in common: the form of each segment."""
    parts = _split(url)
    if parts is None:
        return ()
    segments, query = parts
    forms = tuple(map(_form, segments))
    return (*forms, "?") if _ID.search(query) else forms


def folder(url: str) -> str:
    """Give what an address has before its last segment, "" where that is only the host."""
    head, _, _ = url.partition("?")[0].rstrip("/").rpartition("/")
    return head if head.count("/") > 2 else ""  # noqa: PLR2004 - those of "https://host"


def site(url: str) -> str:
    """Give the host without what comes before its last two names: a coarse "same site"."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    names = host.split(".")
    short = len(names) > 2 and len(names[-2]) <= 3  # noqa: PLR2004 - "co.uk", "com.cn"
    return ".".join(names[-3 if short else -2 :])


def _split(url: str) -> tuple[list[str], str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    path = unquote(parts.path + fragment)
    return [segment for segment in path.split("/") if segment], parts.query


def _filed(segments: list[str]) -> bool:
    lower = [segment.lower() for segment in segments]
    # A filing place may have articles below it: /topics/rust/2024/some-words.
    return any(one in _FILING for one in lower[-2:])


def _form(segment: str) -> str:
    suffix = _SUFFIX.search(segment)
    name = segment[: suffix.start()] if suffix else segment
    if name.isdigit():
        form = "0"
    elif _SLUG.search(name) or _NUMBER.search(name) or len(name) >= _LONG:
        form = "words"
    else:
        form = "word"
    return form + (suffix[0].lower() if suffix else "")
