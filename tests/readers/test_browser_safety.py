"""Attacks on readers: in a real browser nothing of them runs, and in no feed is anything left."""

import asyncio
import contextlib
import itertools
import json
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import vectors
from bs4 import BeautifulSoup
from lxml import etree
from web import Reply, Web, serving

from aggregator.article import Article, Enclosure, Entry, Feed, Origin
from aggregator.clean import Recipe, clean
from aggregator.clean.vocabulary import TAGS
from aggregator.publish import FeedLink, Site, page_name, render, render_article, render_index, slug

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BATCH = 2400
WHEN = datetime(2024, 6, 1, tzinfo=UTC)

Pages = dict[str, bytes]

# Where the pictures of the attacks come from that only count readers.
COUNTER = re.compile(
    r"(?:^|\s)(?:https?:)?//(?:evil\.test/p|pixel\.|feeds\.feedburner|www\.(?:google-analytics|facebook)|"
    r"ad\.doubleclick)"
)


def site(base: str, formats: tuple[str, ...] = ("json",)) -> Site:
    return Site("Attacks", f"{base}/", formats, description="</p><img src=x onerror=alert(1)>")


# Articles in which everything that a source can say is an attack


def entry(number: int, payload: str) -> Entry:
    raw = Article(
        uid=payload,
        title=payload,
        url=(None, payload, f"https://ok.test/{payload}")[number % 3],
        authors=(payload,),
        categories=(payload,),
        html=payload,
        summary=f"{payload} is said here",
        image=payload if number % 2 else f"https://ok.test/{payload}",
        language=payload,
        enclosures=(
            Enclosure(url=payload, media_type=payload, title=payload),
            Enclosure(url=f"https://ok.test/{payload}", media_type=payload, title=payload),
        ),
        origin=Origin(title=payload, url=payload, feed_url=payload, id=payload, updated=WHEN),
    )
    article = clean(raw, Recipe(base="https://ok.test/"))
    return Entry(
        id=f"urn:x:{number}",
        key=f"k{number}",
        article=article,
        published=WHEN,
        updated=WHEN,
        source=payload,
        slugs=tuple(map(slug, article.categories)),
    )


def feed(entries: Sequence[Entry]) -> Feed:
    return Feed(slug="x", id="urn:x", title="x", entries=tuple(entries))


def published(payloads: Sequence[str], base: str) -> Pages:
    """The pages of a site about these payloads, and one in which nothing but the sanitiser helps.

    An article page holds the HTML of many articles, each cleaned by itself.
    """
    entries = [entry(number, payload) for number, payload in enumerate(payloads)]
    links = [FeedLink(slug(one.article.title), one.article.title, 1, WHEN) for one in entries]
    files = render(feed(entries), site(base))
    html = [one.article.html for one in entries]
    whole = Article(
        uid="x",
        title=payloads[0],
        html="".join(f"<section>{part}</section>" for part in html),
        authors=tuple(author for one in entries for author in one.article.authors),
        enclosures=tuple(e for one in entries for e in one.article.enclosures),
    )
    everything = Entry(
        id="urn:x", key="all", article=whole, published=WHEN, updated=WHEN, source="x"
    )
    bare = "".join(f"<section>{part}</section>" for part in html)
    return {
        "x/index.html": files["index.html"],
        "index.html": render_index(feed(entries), links, site(base))["index.html"],
        page_name(everything): render_article(everything, site(base)),
        "bare.html": f"<!doctype html><meta charset=utf-8><title>x</title>{bare}".encode(),
    }


# The browser

# Whatever an attack calls to prove itself tells; so does what only the page's policy stopped.
LISTEN = """
for (const name of ["alert", "confirm", "prompt", "print", "eval", "fetch", "open", "msgbox"])
  window[name] = () => console.error("ran " + name);
addEventListener("securitypolicyviolation", event =>
  console.error("wanted " + event.violatedDirective + " " + event.blockedURI));
"""
# What waits for a click, a hover or another page to run.
LOOK = """
(async () => {
  await new Promise(resolve => setTimeout(resolve, 60));
  const banned = new RegExp("^(on.*|style|srcdoc|formaction|action|ping|background|http-equiv|"
    + "name|target|is|slot|part|autofocus|contenteditable|tabindex|accesskey|popover.*|usemap|"
    + "xlink.*|xmlns.*)$");
  const found = [];
  for (const element of document.querySelectorAll("body, body *")) {
    const name = element.localName;
    if (/^(script|iframe|object|embed|base|meta|link|form|input|svg|style|template)$/.test(name))
      found.push("element " + name);
    for (const {name: attribute, value} of element.attributes) {
      if (banned.test(attribute.toLowerCase())) found.push("attribute " + attribute);
      if (/^(href|src|cite|poster|data)$/.test(attribute)) {
        const scheme = new URL(value, location).protocol;
        if (!/^(https?|mailto|tel|magnet):$/.test(scheme)) found.push("scheme " + scheme);
      }
    }
    if (/fixed|sticky/.test(getComputedStyle(element).position)) found.push("overlay");
    const id = element.id;
    if (element.closest("section:not([class]), .content") && id && !id.startsWith("user-content-"))
      found.push("id " + id);
  }
  return [...new Set(found)];
})()
"""

_OPTIONS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --remote-debugging-port=0 "
    "--no-proxy-server"
)


@dataclass
class Browser:
    """A tab of Chromium, spoken to in the DevTools protocol."""

    socket: aiohttp.ClientWebSocketResponse
    base: str
    numbers: Iterator[int]
    seen: list[str]

    async def ask(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "method": method, "params": params})
        return await self._until(lambda said: said.get("id") == number)

    async def visit(self, name: str) -> list[str]:
        """Open a page of the site and return what happened there that should not have."""
        await self._open("about:blank")  # what the page before still wanted is not this one's
        self.seen.clear()
        await self._open(f"{self.base}/{name}")
        look = await self.ask(
            "Runtime.evaluate", expression=LOOK, awaitPromise=True, returnByValue=True
        )
        value = look.get("result", {}).get("result", {}).get("value")
        return sorted({*self.seen, *(["the page went away"] if value is None else value)})

    async def _open(self, address: str) -> None:
        opened = await self.ask("Page.navigate", url=address)
        loaded = {"name": "load", "loaderId": opened["result"]["loaderId"]}
        await self._until(lambda said: said.get("params", {}).items() >= loaded.items())

    async def _until(self, arrived: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            said = await self.socket.receive_json(timeout=20)
            self._note(said.get("method", ""), said.get("params", {}))
            if arrived(said):
                return said  # type: ignore[no-any-return]

    def _note(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Runtime.consoleAPICalled" if params["type"] == "error":
                self.seen.append(str(params["args"][0].get("value")))
            case "Page.javascriptDialogOpening" | "Page.windowOpen" | "Target.targetCreated":
                self.seen.append(method)
            case "Network.requestWillBeSent":
                address, kind = params["request"]["url"], params["type"]
                ours = address.startswith((f"{self.base}/", "data:image/svg"))
                if not ours and kind not in {"Image", "Media", "TextTrack"}:
                    self.seen.append(f"{kind} {address}")
                if COUNTER.search(address):
                    self.seen.append(f"counted by {address}")


@contextlib.asynccontextmanager
async def browsing(base: str, profile: Path) -> AsyncIterator[Browser]:
    command = [str(CHROMIUM), *_OPTIONS.split(), f"--user-data-dir={profile}"]
    command.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=PIPE)
    try:
        port = await _port(process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                [tab] = [one for one in await answer.json() if one["type"] == "page"]
            address = tab["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as socket:
                browser = Browser(socket, base, itertools.count(1), [])
                for domain in ("Page", "Runtime", "Network"):
                    await browser.ask(f"{domain}.enable")
                await browser.ask("Page.setLifecycleEventsEnabled", enabled=True)
                await browser.ask("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
                yield browser
    finally:
        process.terminate()
        await process.communicate()


async def _port(process: Process) -> str:
    """Where the browser listens, as it says when it starts."""
    assert process.stderr is not None
    async for line in process.stderr:
        if found := re.search(rb"DevTools listening on ws://127.0.0.1:(\d+)/", line):
            return found[1].decode()
    raise RuntimeError("Chromium did not start")


async def guilty(
    browser: Browser, web: Web, payloads: Sequence[str], make: Callable[[Sequence[str]], Pages]
) -> list[tuple[str, list[str]]]:
    """Return the payloads that did something, found by halves, and what they did."""
    found: list[str] = []
    for name, page in make(payloads).items():
        web.replies[f"/{name}"] = Reply(page, headers=[("Content-Type", "text/html")])
        found += await browser.visit(name)
    if not found:
        return []
    if len(payloads) == 1:
        return [(payloads[0], found)]
    half = len(payloads) // 2
    return [
        *await guilty(browser, web, payloads[:half], make),
        *await guilty(browser, web, payloads[half:], make),
    ]


def in_browser(work: Callable[[Browser, Web], Awaitable[Any]], folder: Path) -> Any:
    async def inside(web: Web) -> Any:
        async with browsing(web.url, folder / "profile") as browser:
            return await work(browser, web)

    with serving() as web:
        return asyncio.run(inside(web))


def known(corpus: Path) -> list[str]:
    """The payloads that others have collected."""
    found: list[str] = json.loads((corpus / "security/blns/blns.json").read_text("utf-8"))
    for path in sorted((corpus / "html/xss-payload-list/Intruder").iterdir()):
        found += path.read_text("utf-8", "replace").splitlines()
    return sorted(set(found) - {""})


needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@needs_browser
def test_a_payload_that_runs_is_named(tmp_path: Path) -> None:
    attacks = {
        "<img src=x: onerror=alert(1)>": "ran alert",
        "<iframe src=https://evil.test/></iframe>": "Document https://evil.test/",
        "<script src=https://evil.test/x></script>": "Script https://evil.test/x",
        "<p style=position:fixed>x</p>": "overlay",
        "<a href=JaVascript:alert(1)>x</a>": "scheme javascript:",
        "<p onclick=alert(1)>x": "attribute onclick",
        "<meta http-equiv=refresh content='0;url=https://evil.test/'>": "Document https://evil.test/",
        "<img src=https://evil.test/p.gif>": "counted by https://evil.test/p.gif",
    }

    def raw(payloads: Sequence[str]) -> Pages:
        return {"raw.html": "".join(f"<section>{one}</section>" for one in payloads).encode()}

    payloads = [*attacks, f"<p>{escape(next(iter(attacks)))}</p>"]
    found = in_browser(lambda browser, web: guilty(browser, web, payloads, raw), tmp_path)
    assert [payload for payload, _ in found] == list(attacks), found
    for payload, said in found:
        assert attacks[payload] in said


@needs_browser
def test_nothing_of_our_own_runs(tmp_path: Path) -> None:
    assert in_browser(lambda *tab: _all_guilty(*tab, vectors.ALL), tmp_path) == []


@needs_browser
def test_nothing_that_others_collected_runs(corpus: Path, tmp_path: Path) -> None:
    assert in_browser(lambda *tab: _all_guilty(*tab, known(corpus)), tmp_path) == []


async def _all_guilty(browser: Browser, web: Web, payloads: Sequence[str]) -> list[Any]:
    found = []
    for start in range(0, len(payloads), BATCH):
        batch = payloads[start : start + BATCH]
        found += await guilty(browser, web, batch, lambda some: published(some, web.url))
    return found


# The feeds, read back by other parsers than those that made them

ATOM, CONTENT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}encoded"
SAFE = re.compile(r"(?:https?://|mailto:|tel:|magnet:|#user-content-)", re.IGNORECASE)
ADDRESSES = {"href", "src", "cite", "poster", "action", "formaction", "data", "background"}


def contents(files: Pages) -> dict[str, list[str]]:
    """The HTML of every entry, format by format."""
    rss, atom = etree.fromstring(files["rss.xml"]), etree.fromstring(files["atom.xml"])
    items = json.loads(files["feed.json"])["items"]
    return {
        "RSS": [
            (item.findtext(CONTENT) or item.findtext("description") or "")
            for item in rss.iter("item")
        ],
        "Atom": [item.findtext(f"{ATOM}content") or "" for item in atom.iter(f"{ATOM}entry")],
        "JSON": [item.get("content_html", "") for item in items],
    }


def outside(files: Pages) -> list[str]:
    """Every address in the feeds that is not within an entry's HTML."""
    found: list[str] = []
    for name in ("rss.xml", "atom.xml"):
        for element in etree.fromstring(files[name]).iter():
            found += [element.get(name, "") for name in ("href", "url", "src") if element.get(name)]
            if etree.QName(element).localname in {"link", "comments", "icon", "logo"}:
                found += filter(None, [(element.text or "").strip()])
    for item in json.loads(files["feed.json"])["items"]:
        found += [item["url"], *filter(None, [item.get("image")])]
        found += [attachment["url"] for attachment in item.get("attachments", [])]
    return found


def flaws(html: str, parser: str) -> list[str]:
    """What must not be in the HTML of an entry, as one parser sees it."""
    found = []
    for element in BeautifulSoup(html, parser).find_all(True):
        if element.name not in TAGS | {"html", "body"}:
            found.append(f"element {element.name}")
        for name, value in element.attrs.items():
            if name.startswith("on") or name in {"style", "srcdoc", "ping", "target", "name"}:
                found.append(f"attribute {name}")
            if name in ADDRESSES and not SAFE.match(str(value)):
                found.append(f"address {value}")
            if name in {"src", "srcset", "poster"} and COUNTER.search(str(value)):
                found.append(f"counter {value}")
    return found


def check_feeds(payloads: Sequence[str]) -> None:
    files = render(
        feed([entry(number, one) for number, one in enumerate(payloads)]),
        site("https://a.test", ("rss", "atom", "json")),
    )
    assert [address for address in outside(files) if not SAFE.match(address)] == []
    for name, entries in contents(files).items():
        assert len(entries) == len(payloads)
        for payload, html in zip(payloads, entries, strict=True):
            for parser in ("lxml", "html.parser") if name == "RSS" else ("lxml",):
                assert not flaws(html, parser), (name, parser, payload, html)


def test_nothing_of_our_own_is_left_in_a_feed() -> None:
    check_feeds(vectors.ALL)


def test_nothing_that_others_collected_is_left_in_a_feed(corpus: Path) -> None:
    check_feeds(known(corpus)[::5])  # the browser above is shown all of them
