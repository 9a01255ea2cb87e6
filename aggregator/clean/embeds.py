"""Frames and plug-ins: an embedded video becomes a link to it, with its picture when known."""

import re

from lxml import etree

from aggregator.article import Step
from aggregator.clean.characters import one_line
from aggregator.clean.tree import Element, find, take_out
from aggregator.clean.urls import host_and_path, web_address

# (host, path of the player, address of the page, address of the picture)
_PLAYERS = (
    (
        re.compile(r"(?:m\.)?youtube(?:-nocookie)?\.com"),
        re.compile(r"/(?:embed|v|shorts)/(?!videoseries)([\w-]{11})\b"),
        "https://www.youtube.com/watch?v={}",
        "https://i.ytimg.com/vi/{}/hqdefault.jpg",
    ),
    (
        re.compile(r"player\.vimeo\.com"),
        re.compile(r"/video/(\d+)"),
        "https://vimeo.com/{}",
        None,
    ),
    (
        re.compile(r"(?:geo\.)?dailymotion\.com"),
        re.compile(r"/embed/video/(\w+)"),
        "https://www.dailymotion.com/video/{}",
        "https://www.dailymotion.com/thumbnail/video/{}",
    ),
)
_BILIBILI = re.compile(r"[?&](?:bvid=(BV\w{10})|aid=(\d+))")
_PEERTUBE = re.compile(r"/videos/embed/([\w-]{22,36})")
_SOURCES = ("src", "data-src", "data-lazy-src", "data", "data-litespeed-src")


def replace(body: Element, base: str | None) -> tuple[Step, ...]:
    """Puts a link in the place of every embedded video of a known host."""
    replaced = []
    for frame in find(body, "iframe", "embed", "object"):
        address = next(filter(None, map(frame.get, _SOURCES)), None)
        video = _video(web_address(address, base))
        if video:
            frame.addprevious(_link(frame, *video))
            replaced.append(frame)
    return take_out(replaced, "embedded video", "a link instead")


def _video(player: str | None) -> tuple[str, str | None] | None:
    """The page and the picture of a video, from the address of its player."""
    if not player:
        return None
    host, path = host_and_path(player)
    for hosts, paths, page, picture in _PLAYERS:
        found = paths.match(path) if hosts.fullmatch(host) else None
        if found:
            return page.format(found[1]), picture and picture.format(found[1])
    return _bilibili(player) if host == "player.bilibili.com" else _peertube(player, path)


def _bilibili(player: str) -> tuple[str, None] | None:
    found = _BILIBILI.search(player)
    name = found and (found[1] or f"av{found[2]}")
    return (f"https://www.bilibili.com/video/{name}", None) if name else None


def _peertube(player: str, path: str) -> tuple[str, None] | None:
    found = _PEERTUBE.match(path)  # any host: the path names the software, and the link is plain
    return (player[: player.index(path)] + f"/videos/watch/{found[1]}", None) if found else None


def _link(frame: Element, page: str, picture: str | None) -> Element:
    paragraph = etree.Element("p")
    link = etree.SubElement(paragraph, "a", href=page)
    text = f"▶ {one_line(frame.get('title', '')) or host_and_path(page)[0]}"
    if picture:
        etree.SubElement(link, "img", src=picture, alt="")
        etree.SubElement(link, "br").tail = text
    else:
        link.text = text
    return paragraph
