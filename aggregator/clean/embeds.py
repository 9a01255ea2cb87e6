"""Frames and plug-ins: a player becomes a link to what it plays, with its picture when known.

No frame is kept, not even of known hosts: most feed readers drop frames without a word, and what
one loads is out of everybody's control. A link is there in all of them.
"""

import re
from collections.abc import Iterator

from lxml import etree

from aggregator.article import Step
from aggregator.clean.characters import one_line
from aggregator.clean.tree import Element, find, take_out
from aggregator.clean.urls import host_and_path, web_address

# (the player's address after "https://" and "www.", what it plays, the picture of that)
_PLAYERS = tuple(
    (re.compile(player), page, picture)
    for player, page, picture in (
        (
            r"(?:m\.)?youtube(?:-nocookie)?\.com/(?:embed|v|shorts)/(?!videoseries)([\w-]{11})\b",
            "https://www.youtube.com/watch?v={}",
            "https://i.ytimg.com/vi/{}/hqdefault.jpg",
        ),
        (
            r"youtube(?:-nocookie)?\.com/embed/videoseries\?(?:.*&)?list=([\w-]+)",
            "https://www.youtube.com/playlist?list={}",
            "",
        ),
        (r"player\.vimeo\.com/video/(\d+)", "https://vimeo.com/{}", ""),
        (
            r"(?:geo\.)?dailymotion\.com/(?:embed/video/|player\.html\?video=)(\w+)",
            "https://www.dailymotion.com/video/{}",
            "https://www.dailymotion.com/thumbnail/video/{}",
        ),
        (r"player\.bilibili\.com/.*\bbvid=(BV\w{10})", "https://www.bilibili.com/video/{}", ""),
        (r"player\.bilibili\.com/.*\baid=(\d+)", "https://www.bilibili.com/video/av{}", ""),
        (r"([^/]+)/videos/embed/([\w-]{22,36})", "https://{}/videos/watch/{}", ""),  # PeerTube
        (r"v\.qq\.com/.*[?&]vid=(\w+)", "https://v.qq.com/x/page/{}.html", ""),
        (r"player\.youku\.com/embed/([\w=]+)", "https://v.youku.com/v_show/id_{}.html", ""),
        (r"player\.twitch\.tv/.*[?&]video=v?(\d+)", "https://www.twitch.tv/videos/{}", ""),
        (r"player\.twitch\.tv/.*[?&]channel=(\w+)", "https://www.twitch.tv/{}", ""),
        (r"open\.spotify\.com/embed/(\w+/\w+)", "https://open.spotify.com/{}", ""),
        (r"embed\.podcasts\.apple\.com/(.+)", "https://podcasts.apple.com/{}", ""),
        (r"codepen\.io/([\w/-]+)/embed/(?:preview/)?(\w+)", "https://codepen.io/{}/pen/{}", ""),
    )
)
FRAMES = frozenset({"iframe", "embed", "object"})
"""Elements that may play something."""

_SOURCES = ("src", "data-src", "data-lazy-src", "data", "data-litespeed-src", "data-cmp-src")

# A frame of any other host is taken for content if it looks like this, and not like that.
_CONTENT = re.compile(r"player|embed|video|audio|podcast|stream|episode|/maps?\b", re.IGNORECASE)
_FURNITURE = re.compile(
    r"(?:^|[./_-])(?:ads?|adserver|banners?|doubleclick|googlesyndication|googletagmanager|"
    r"recaptcha|captcha|disqus|comments?|like|share|follow|subscribe|newsletter|signup|consent|"
    r"cookie|analytics|tracking|pixel)(?:[./_?-]|$)|"
    r"substack\.com/embed",
    re.IGNORECASE,
)
# What players are called when nobody has named what they play.
_NAMELESS = re.compile(
    r"(?:youtube |vimeo |embed(?:ded)? |video |audio |media )*(?:player|embed|iframe|content)?",
    re.IGNORECASE,
)
# Lower or narrower frames are buttons.
_SMALLEST = 60


def replace(body: Element, base: str | None) -> tuple[Step, ...]:
    """Puts a link in the place of every frame or plug-in that plays something."""
    replaced = []
    for frame in find(body, *FRAMES):
        found = _played(frame, list(_addresses(frame, base)))
        if found and next(frame.iterancestors("object"), None) is None:
            frame.addprevious(_link(frame, *found))
            replaced.append(frame)
    return take_out(replaced, "embedded video", "a link instead")


def _addresses(frame: Element, base: str | None) -> Iterator[str]:
    for name in _SOURCES:
        address = web_address(frame.get(name), base)
        if address:
            yield address


def _played(frame: Element, addresses: list[str]) -> tuple[str, str] | None:
    """The page and the picture ("" if unknown) of what a frame plays."""
    for address in addresses:
        bare = address.partition("://")[2].removeprefix("www.")
        for player, page, picture in _PLAYERS:
            found = player.match(bare)
            if found:
                return page.format(*found.groups()), picture.format(*found.groups())
    if frame.tag == "iframe":
        return next(((one, "") for one in addresses if _is_content(frame, one)), None)
    return None


def _is_content(frame: Element, address: str) -> bool:
    if not address.startswith("https:") or _FURNITURE.search("".join(host_and_path(address))):
        return False
    sizes = (frame.get(name, "") for name in ("width", "height"))
    if any(size.isdigit() and int(size) < _SMALLEST for size in sizes):
        return False
    told = frame.get("allowfullscreen") is not None or bool(frame.get("title", "").strip())
    return told or bool(_CONTENT.search(address))


def _link(frame: Element, page: str, picture: str) -> Element:
    paragraph = etree.Element("p")
    link = etree.SubElement(paragraph, "a", href=page)
    title = one_line(frame.get("title", ""))
    text = f"▶ {host_and_path(page)[0] if _NAMELESS.fullmatch(title) else title}"
    if picture:
        etree.SubElement(link, "img", src=picture, alt="")
        etree.SubElement(link, "br").tail = text
    else:
        link.text = text
    return paragraph
