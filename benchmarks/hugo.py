"""Posts in a folder to feeds per category, against Hugo: all of them at once, then one more.

    python benchmarks/run cold one

Both write one feed for everything and one per category, of the newest 50, from the same folder.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import generate
import ours
from lxml import etree
from processes import measure
from race import Comparison, Figures, Goal, MissingError, Row, Setting, alternate, compared, figures

_HUGO_SITE = """
baseURL = "https://feeds.example/"
title = "Benchmark"
contentDir = "posts"
disableKinds = ["section", "taxonomy", "sitemap", "robotsTXT", "404"]
ignoreErrors = ["error-disable-taxonomy"]  # which only says that the word changed its meaning
[taxonomies]
category = "categories"
[outputs]
home = ["RSS"]
term = ["RSS"]
[services.rss]
limit = 50
[markup.goldmark.renderer]
unsafe = true
[[cascade]]  # no page for each post: feeds only
_target = {kind = "page"}
_build = {render = "never"}
"""
_AGGREGATOR_CONFIG = """
title: Benchmark
base_url: https://feeds.example/
store: sqlite:///aggregator.db
output: public/
serve: {port: 0}
sources:
  - directory: posts/
    name: Benchmark
    remove: [.appendQr_wrap, .article-editor]
publish: {limit: 50, formats: [rss, atom, json]}
"""
_POSTS, _FEW = 10_000, 10

_FEEDS = frozenset(("rss.xml", "atom.xml", "feed.json"))

# Seconds between two looks whether the daemon has published, and after which it must have.
_LOOK, _PATIENCE = 0.005, 120.0
# Seconds between the last write of a post and its coming into the folder, more than a tick of the
# clock that files are dated by.
_WRITTEN = 0.02
# Nanoseconds without a further feed after which all are written.
_QUIET = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Site:
    """A program in a folder of its own with posts of its own.

    ``made`` are the patterns of what it leaves behind, ``feed`` is what it calls an RSS feed.
    """

    folder: Path
    command: list[str]
    made: tuple[str, ...]
    feed: str

    @property
    def posts(self) -> Path:
        return self.folder / "posts"

    def run(self) -> Figures:
        return figures(measure(self.command, self.folder))

    def run_anew(self, _turn: int = 0) -> Figures:
        """Run as if it had never run before."""
        for path in (path for pattern in self.made for path in self.folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return self.run()

    def add(self, number: int) -> int:
        """Put a post into its place, whole; return when."""
        new = self.folder / "new"
        new.write_text(generate.post(number), "utf-8")
        # Moved in when its last write is a while ago: what changes shortly after it was written
        # may still grow, and the daemon would wait 50 ms for more.
        time.sleep(_WRITTEN)
        begun = time.time_ns()
        new.rename(self.posts / f"{number:06d}.md")
        return begun

    def feeds(self) -> list[list[str]]:
        """Return the feeds: of each, the numbers that its posts' titles end with; all sorted."""
        files = (self.folder / "public").rglob(self.feed)
        titles = (etree.parse(file).xpath("//item/title/text()") for file in files)
        return sorted(sorted(re.findall(r"\d+$", one)[0] for one in found) for found in titles)


def _hugo(folder: Path) -> Site:
    (folder / "hugo.toml").write_text(_HUGO_SITE, "utf-8")
    command = ["hugo", "--config", "hugo.toml", "--cacheDir", str(folder / "cache")]
    return Site(folder, command, ("public", "resources", "cache", ".hugo*"), "index.xml")


def _aggregator(folder: Path) -> Site:
    (folder / ours.CONFIG).write_text(_AGGREGATOR_CONFIG, "utf-8")
    return Site(folder, ours.command("once"), ("public", "aggregator.db*"), "rss.xml")


_Makers = Mapping[str, Callable[[Path], Site]]


@contextmanager
def _sites(count: int, makers: _Makers) -> Iterator[dict[str, Site]]:
    """Write posts, the same ones for each; yield what makers make of them."""
    if not shutil.which("hugo"):
        raise MissingError("hugo", "Debian package hugo")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        generate.write_posts(count, folder / "posts")
        for maker in makers:
            shutil.copytree(folder / "posts", folder / maker / "posts")
        yield {maker: make(folder / maker) for maker, make in makers.items()}


def _checked(sites: Iterable[Site]) -> int:
    """Return how many feeds all wrote. Raises RuntimeError unless they are of the same posts."""
    every = [site.feeds() for site in sites]
    if not every[0] or any(feeds != every[0] for feeds in every):
        raise RuntimeError(f"not the same feeds, or other posts: {list(map(len, every))}")
    return len(every[0])


# Everything from nothing


def _cold(setting: Setting) -> list[Comparison]:
    count = setting.size(_POSTS, _FEW)
    with _sites(count, {"aggregator": _aggregator, "hugo": _hugo}) as sites:
        results = alternate(setting.runs, {name: one.run_anew for name, one in sites.items()})
        made = _checked(sites.values())
    goals = {"s": Goal(most=1.0), "MB": Goal(most=0.25), "processor s": None}
    task = f"{count:,} posts to {made} feeds, from nothing"
    return list(compared(task, results, "aggregator", "hugo", goals))


COLD = Row(
    name="cold",
    measure=_cold,
    notes=(
        "posts of about 8 kB in 221 categories, 222 feeds of the newest 50. The aggregator "
        "(`once`) removes what two CSS selectors choose, cleans, finds duplicates and "
        "near-duplicates, keeps all in a database that a power cut leaves whole, and writes each "
        "feed as RSS, Atom, JSON Feed and page, with archives, and a page for each post. Hugo "
        "renders Markdown and writes RSS only; it cleans and keeps nothing and syncs no file. "
        "It runs with its defaults (all cores) without a page for each post, its caches empty. "
        "That both wrote the same posts into the same number of feeds is checked."
    ),
)


# One more


def _one_more(setting: Setting) -> Iterator[Comparison]:
    count = setting.size(_POSTS, _FEW)
    with _sites(count, {"daemon": _aggregator, "once": _aggregator, "hugo": _hugo}) as sites:
        sites["hugo"].run_anew()
        sites["once"].run_anew()
        # What is known is copied: to make it again takes as long as a cold run.
        shutil.copytree(sites["once"].folder, sites["daemon"].folder, dirs_exist_ok=True)
        with ours.daemon(sites["daemon"].folder):
            contenders = {name: partial(_HOW[name], site, count) for name, site in sites.items()}
            # Once before it counts: whenever the daemon comes to watch, this post it finds.
            for contender in contenders.values():
                contender(-1)
            results = alternate(setting.runs, contenders)
        _checked(sites.values())
    task = f"one post more than {count:,}"
    yield from compared(f"{task}, daemon", results, "daemon", "hugo", {"s": Goal(most=0.01)})
    goals = {"s": None, "MB": None, "processor s": None}
    yield from compared(f"{task}, `once`", results, "once", "hugo", goals)


def _rebuilt(site: Site, count: int, turn: int) -> Figures:
    """Add a post and run the program."""
    site.add(count + 1 + turn)
    return site.run()


def _noticed(site: Site, count: int, turn: int) -> Figures:
    """Add a post; return how long it took until the last feed was in its place."""
    begun = site.add(count + 1 + turn)
    end = time.monotonic() + _PATIENCE
    everything = site.folder / "public" / site.feed  # written after those of categories
    while everything.stat().st_ctime_ns < begun:
        if time.monotonic() > end:
            raise RuntimeError((site.folder / "daemon.log").read_text("utf-8"))
        time.sleep(_LOOK)
    while time.time_ns() - (last := _last(site)) < _QUIET:
        time.sleep(_LOOK)
    return {"s": (last - begun) / 1e9}


def _last(site: Site) -> int:
    """Return when the last of the feeds was written, or renamed into its place."""
    files = (site.folder / "public").rglob("*")
    return max(file.stat().st_ctime_ns for file in files if file.name in _FEEDS)


_HOW = {
    "daemon": _noticed,
    "once": _rebuilt,
    "hugo": _rebuilt,
}

ONE = Row(
    name="one",
    measure=_one_more,
    notes=(
        "as cold, when all posts but one are known. The daemon runs already: its time is from the "
        "file's being moved into the folder to the last of the feeds in its place; of a file that "
        "is written there it waits 50 ms for more. `once` is a whole process, Python's start and "
        "all. Hugo builds all again, its caches full (`hugo --watch` 0.111 sees a new post, but "
        "writes no feed anew). That all three wrote the same posts is checked."
    ),
)
