"""The commands. The only place that starts an event loop or prints."""

import atexit
import contextlib
import difflib
import gc
import io
import json
import logging
import re
import shlex
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar, cast

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from aggregator import __version__
from aggregator.errors import AggregatorError, ConfigError, PublishError
from aggregator.table import Table

if TYPE_CHECKING:
    from rich.progress import Progress

    from aggregator.config import Loaded
    from aggregator.jobs import World
    from aggregator.output import Written
    from aggregator.pings import HubStatus
    from aggregator.scan import Report
    from aggregator.sources import Source
    from aggregator.store import FeedStatus, Glance, Released, SourceStatus, Store

T = TypeVar("T")

app = typer.Typer(
    name="aggregator",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Folders of articles and feeds in; clean, deduplicated feeds per category out.",
    epilog="First steps: aggregator init, then aggregator run.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Characters. What is no terminal has no width; a table there takes what it needs.
_WIDE = 1000
# From here on there is room for what can be done without.
_ROOMY = 80
# Seconds that the hub gets after a single run.
_FOR_HUB = 10
# Names that a message lists.
_NAMED = 10


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, soft_wrap=True, width=None if stream.isatty() else _WIDE)


_out = _console(stderr=False)
_err = _console(stderr=True)

ConfigPath = Annotated[
    Path,
    typer.Option("-c", "--config", metavar="FILE", help="The configuration."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
_DEFAULT = Path("config/aggregator.yaml")


def main() -> NoReturn:
    """Run the command line. Exits 2 for a bad configuration, 1 for what else went wrong."""
    # What is made at the start is there to stay. To look for garbage in it took a third of the
    # start of a daemon with 10,000 sources; see _settled for when it is looked for.
    gc.disable()
    # Nor is it worth looking for at the end, which takes 20 ms of any command.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        # A file name may hold bytes that are no text, and a terminal may lack a letter.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ConfigError as error:
        for problem in error.problems:
            _complain(problem)
        sys.exit(2)
    except AggregatorError as error:
        _complain(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _run(work: Coroutine[Any, Any, T]) -> T:
    # Imported here: it takes 15 ms, and not every command waits for something.
    import asyncio  # noqa: PLC0415

    return asyncio.run(work)


def _settled() -> None:
    """Look for garbage from here on, but not in what is there already."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _version(wanted: bool) -> None:
    if wanted:
        _out.print(f"aggregator {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example: aggregator run -c /etc/aggregator.yaml")
def run(config: ConfigPath = _DEFAULT) -> None:
    """Scan, publish and serve until stopped.

    SIGTERM and Ctrl-C end it cleanly; SIGHUP, or an edit of the file, takes the configuration anew.
    """
    from aggregator.app import run as run_daemon  # noqa: PLC0415
    from aggregator.config import load  # noqa: PLC0415

    _log_to_stderr()

    def announce(url: str) -> None:
        _say(f"Subscribe to the feeds at {url}   (Ctrl-C stops)")
        sys.stdout.flush()

    loaded = load(config)
    _settled()
    _run(run_daemon(loaded, announce))


@app.command(
    epilog="Examples: aggregator once, or with names: aggregator once 'Sina Finance' --json"
)
def once(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Only these sources.")
    ] = None,
    config: ConfigPath = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Scan all sources once, or those named, then publish what changed.

    Exits 1 when a source failed; the others are published all the same.
    """
    from aggregator.config import load  # noqa: PLC0415

    loaded = load(config)
    began = time.monotonic()
    reports, written, failure = _run(_once(loaded, sources or []))
    result = {
        "sources": [_report(report) for report in reports],
        "feeds": [asdict(feed) for feed in written],
        "seconds": round(time.monotonic() - began, 3),
    }
    if as_json:
        _print_json(result)
    else:
        _show_once(result)
    if failure:
        _err.print(_visible(failure), style="red", markup=False, highlight=False)
    raise typer.Exit(int(bool(failure) or any(report.status == "error" for report in reports)))


async def _once(
    loaded: "Loaded", names: Sequence[str]
) -> tuple[list["Report"], list["Written"], str]:
    """Scan all sources or those named, then publish.

    Returns what each did, and "" or why a feed could not be written.
    """
    import asyncio  # noqa: PLC0415

    from aggregator.app import enter, open_app  # noqa: PLC0415
    from aggregator.jobs import Publish, Tell, perform  # noqa: PLC0415

    _settled()
    async with open_app(loaded) as opened:
        with _progress() as progress:
            world = await enter(loaded, opened)
            _check_names(names, world)
            reports = await _visit_all(_chosen(names, world), world, progress, forced=bool(names))
            if any(report.grown for report in reports):
                # Lists were read for the first time, or name other feeds now.
                world = await enter(loaded, opened)
                done = {report.source for report in reports}
                new = [source for source in _chosen(names, world) if source.name not in done]
                reports += await _visit_all(new, world, progress, forced=bool(names))
            progress.add_task("publishing", total=None, done="")
            try:
                written, failure = cast("list[Written]", await perform(Publish(), world)), ""
            except PublishError as error:
                written, failure = [], str(error)
            # What the hub does not take by then it is told when the program runs again.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FOR_HUB):
                    await perform(Tell(), world)
            return reports, written, failure


def _check_names(names: Sequence[str], world: "World") -> None:
    for unknown in (name for name in names if name not in world.sources):
        _usage(f"there is no source {unknown!r}{_close(unknown, list(world.sources))}")


def _chosen(names: Sequence[str], world: "World") -> list["Source"]:
    """Return the sources of these names with all that they list; all, if none is named."""
    every = world.sources.values()
    return [s for s in every if not names or s.name in names or s.listed_in in names]


async def _visit_all(
    sources: Sequence["Source"], world: "World", progress: "Progress", *, forced: bool
) -> list["Report"]:
    import asyncio  # noqa: PLC0415

    from aggregator.turns import Turns  # noqa: PLC0415

    # Folders one after the other: which of two copies was there first must not be left to chance.
    turns = Turns(local=1)

    async def visit(source: "Source") -> "Report":
        async with turns.turn(source):
            return await _visit(source.name, world, progress, forced=forced)

    return list(await asyncio.gather(*map(visit, sources)))


async def _visit(name: str, world: "World", progress: "Progress", *, forced: bool) -> "Report":
    """Scan a source, with a line of progress for as long as that takes."""
    from aggregator.jobs import Scan, perform  # noqa: PLC0415

    task = progress.add_task(_cell(name), total=None, done="")

    def tell(report: "Report") -> None:
        progress.update(task, done=f"{report.documents:,} documents")

    told = replace(world, context=replace(world.context, progress=tell))
    report = cast("Report", await perform(Scan(name, forced=forced), told))
    progress.remove_task(task)
    return report


def _report(report: "Report") -> dict[str, Any]:
    values = asdict(report)
    del values["due"], values["grown"]
    values["errors"] = [{"document": d, "error": e} for d, e in report.errors]
    return {"name": values.pop("source")} | values


def _show_once(result: dict[str, Any]) -> None:
    counts = ("documents", "new", "changed", "unchanged", "duplicates", "dropped")
    sources = result["sources"]
    shown = [c for c in counts if c == "documents" or any(source[c] for source in sources)]
    table = Table("Source", "Status", *(f">{name.capitalize()}" for name in shown))
    for source in sources:
        status = _coloured(source["status"])
        table.add(_visible(source["name"]), status, *(f"{source[name]:,}" for name in shown))
    _out.print(table)
    for source in sources:
        for error in source["errors"]:
            _complain(f"{source['name']}: {_located(error['document'], error['error'])}")
    files = sum(feed["written"] for feed in result["feeds"])
    feeds = _counted(len(result["feeds"]), "feed")
    _say(f"{feeds} changed, {_counted(files, 'file')} written, in {result['seconds']:.1f} s")


@app.command(epilog="Example: aggregator check --online")
def check(
    config: ConfigPath = _DEFAULT,
    online: Annotated[bool, typer.Option("--online", help="Also try every source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether the configuration is right; exits 2 and lists every problem if not.

    With --online every source is visited, nothing is stored, and the exit is 1 if one fails.
    """
    from aggregator.config import load  # noqa: PLC0415

    try:
        loaded = load(config)
    except ConfigError as error:
        if as_json:
            _print_json({"problems": error.problems, "sources": []})
            raise typer.Exit(2) from error
        raise
    tried = _run(_try(loaded)) if online else []
    if as_json:
        _print_json({"problems": [], "sources": tried})
    else:
        _say(f"{config} is right: {_counted(len(loaded.sources), 'source')}")
        for source in tried:
            if source["error"]:
                _complain(f"{source['name']}: {source['error']}")
            else:
                _say(f"{source['name']}: {_counted(source['articles'], 'article')}")
    raise typer.Exit(int(any(source["error"] for source in tried)))


async def _try(loaded: "Loaded") -> list[dict[str, Any]]:
    import asyncio  # noqa: PLC0415

    from aggregator.preview import Look, preview  # noqa: PLC0415
    from aggregator.turns import Turns  # noqa: PLC0415

    _settled()
    turns = Turns()

    async def visit(source: "Source") -> dict[str, Any]:
        async with turns.turn(source):
            found = await preview(Look(source), loaded)
        error = "; ".join(found.errors) if not found.articles else ""
        return {"name": source.name, "articles": len(found.articles), "error": error}

    return await asyncio.gather(*map(visit, loaded.sources))


@app.command(
    epilog="Examples: aggregator preview post.md, aggregator preview https://example.org/feed.xml"
)
def preview(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="A source, address, file or folder.")
    ],
    config: ConfigPath = _DEFAULT,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Addresses may be inside the network.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a source, an address, a file or a folder would become; stores nothing."""
    from aggregator.preview import missed, resolve  # noqa: PLC0415
    from aggregator.preview import preview as visit  # noqa: PLC0415

    loaded = _load_or_none(config)
    _settled()
    articles: list[dict[str, Any]] = []
    notes: list[str] = []
    errors: list[str] = []
    for target in targets:
        try:
            look = resolve(target, loaded, allow_private=allow_private)
        except AggregatorError as error:
            errors.append(str(error))
            continue
        found = _run(visit(look, loaded))
        articles += found.articles
        notes += found.notes
        nothing = not (found.articles or found.errors or found.notes)
        errors += [missed(look)] if nothing else found.errors
    if as_json:
        _print_json(articles)
    else:
        for note in notes:
            _say(note, "dim")
        _show_articles(articles)
    for said in errors:
        _complain(said)
    raise typer.Exit(int(bool(errors)))


def _load_or_none(config: Path) -> "Loaded | None":
    """Return the configuration; previews of files and addresses work without one."""
    from aggregator.config import load  # noqa: PLC0415

    return load(config) if config.exists() or config != _DEFAULT else None


def _show_articles(articles: Sequence[dict[str, Any]]) -> None:
    for article in articles:
        _say(article["title"] or "(no title)", "bold")
        when = article["published"]
        facts = [f"{when:%Y-%m-%d %H:%M}" if when else "no date", *article["authors"]]
        facts += [article["language"] or ""]
        _indented(" · ".join(filter(None, facts)), "dim")
        _indented(", ".join(article["categories"]), "cyan")
        for name in ("url", "image", "summary"):
            _indented(article[name] or "")
        for problem in article["problems"]:
            _indented(f"! {problem}", "yellow")
        if article["dropped"]:
            _indented(f"left out by {article['dropped']}", "red")


def _indented(text: str, style: str = "") -> None:
    """Print a paragraph, wrapped to the terminal and two columns in."""
    from rich.padding import Padding  # noqa: PLC0415

    if text:
        _out.print(
            Padding(Text(_visible(text), style), (0, 0, 0, 2), expand=False), soft_wrap=False
        )


@app.command(epilog="Example: aggregator status --json")
def status(config: ConfigPath = _DEFAULT, as_json: AsJson = False) -> None:
    """Show the sources with their health, last and next scan, and the feeds."""
    from aggregator.config import load  # noqa: PLC0415

    sources, feeds, troubles, hub = _status(load(config))
    if as_json:
        _print_json(
            {
                "sources": [asdict(source) for source in sources],
                "feeds": [asdict(feed) for feed in feeds],
                "troubles": troubles,
                "hub": asdict(hub) if hub else None,
            }
        )
        return
    _show_sources(sources)
    _show_feeds(feeds)
    if troubles:
        _say(f"\nTroubles as a feed, for you alone: {troubles}")
    if hub:
        _show_hub(hub)


def _show_hub(hub: "HubStatus") -> None:
    waiting = f"; to be told of {_counted(hub.waiting, 'document')}" if hub.waiting else ""
    if hub.error:
        since = _distance(datetime.fromisoformat(hub.since)).removesuffix(" ago")
        _complain(f"Hub: {hub.error} (since {since}){waiting}")
    else:
        _say(f"Hub: {hub.url}{waiting}")


def _status(
    loaded: "Loaded",
) -> tuple[list["SourceStatus"], list["FeedStatus"], str, "HubStatus | None"]:
    """Return sources, feeds, the address of the feed of troubles ("" if none yet), and the hub."""
    from aggregator.pings import hub_status  # noqa: PLC0415
    from aggregator.troubles import TOKEN, address  # noqa: PLC0415

    seen = _glance(loaded)
    known = {source.name: source for source in seen.sources}
    sources = [
        known.pop(one.name) if one.name in known else _unvisited(one) for one in loaded.sources
    ]
    token = seen.notes.get(TOKEN)
    troubles = address(loaded.config.public_url, token) if token else ""
    hub = hub_status(loaded.config.publish.hub or "", seen)
    return [*sources, *known.values()], seen.feeds, troubles, hub


def _glance(loaded: "Loaded") -> "Glance":
    """Look at the store as quickly as that can be done."""
    from aggregator.store.glance import file_of, glance_at  # noqa: PLC0415

    async def look(_: "Loaded", store: "Store") -> "Glance":
        return await store.glance()

    file = file_of(loaded.config.store, loaded.root)
    return (file and glance_at(file)) or _in_store(loaded, look)


def _unvisited(source: "Source") -> "SourceStatus":
    from aggregator.store import SourceStatus  # noqa: PLC0415

    settings = source.settings
    return SourceStatus(
        name=source.name, kind=settings.kind, target=settings.target, status="new", health="new"
    )


def _show_sources(sources: Sequence["SourceStatus"]) -> None:
    kind = ["Kind"] if _out.width >= _ROOMY else []
    table = Table("Source", *kind, "Status", ">Articles", "Last scan", "Next scan")
    for source in sources:
        table.add(
            _visible(source.name),
            *([source.kind] if kind else []),
            _health(source),
            f"{source.articles:,}",
            _distance(source.last_scan),
            _distance(source.next_scan),
        )
    _out.print(table)
    for source in sources:
        if source.hub_until and source.hub_until > datetime.now(UTC):
            until = f"{source.hub_until.astimezone():%Y-%m-%d %H:%M}"
            _say(f"{source.name}: pushed by {source.hub} until {until}")
        if source.health == "ok" and source.health_text:
            _say(f"{source.name}: {source.health_text}", "dim")
        elif source.health_text or source.error:
            said = _located(source.target, source.health_text or source.error)
            since = f" (since {_distance(source.health_since)})" if source.health_since else ""
            _complain(f"{source.name}: {said}{since.replace(' ago', '')}{_advice(source)}")
        if source.held:
            said = _counted(source.held, "new article")
            _complain(f"{source.name}: {said} held; aggregator release {shlex.quote(source.name)}")
        if source.problems:
            said = _counted(source.problems, "document")
            _complain(f"{source.name}: {said} cannot be read; aggregator preview says why")


def _health(source: "SourceStatus") -> tuple[str, str]:
    """Say how a source is: what ails it, or that nothing does."""
    shown = source.status if source.health in ("ok", "new", "") else source.health
    return shown, _COLOURS.get(shown, "red" if source.status == "error" else "yellow")


def _advice(source: "SourceStatus") -> str:
    from aggregator.health import ADVICE  # noqa: PLC0415

    return f"; {ADVICE[source.health]}" if source.health in ADVICE else ""


def _show_feeds(feeds: Sequence["FeedStatus"]) -> None:
    if not feeds:
        _say("No feed yet: aggregator run, or aggregator once")
        return
    _say("")
    table = Table("Feed", "Folder", ">Entries", "Newest")
    for feed in feeds:
        newest = f"{feed.updated.astimezone():%Y-%m-%d %H:%M}" if feed.updated else "–"
        title, folder = _visible(feed.title or "everything"), _visible(f"{feed.slug}/")
        table.add(title, folder, f"{feed.entries:,}", newest)
    _out.print(table)
    for feed in feeds:
        if feed.fault:
            since = _distance(feed.fault_since).replace(" ago", "")
            _complain(f"{feed.fault} (since {since}); what was published stays")


@app.command(
    epilog="Examples: aggregator explain https://example.org/a, aggregator explain inbox/a.md"
)
def explain(
    target: Annotated[str, typer.Argument(metavar="ID|URL|PATH", help="The article.")],
    config: ConfigPath = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show an article's life: where it came from, what was done to it, which feeds have it.

    Exits 1 when nothing goes by that name.
    """
    from aggregator.config import load  # noqa: PLC0415
    from aggregator.explain import explain as tell  # noqa: PLC0415

    async def work(loaded: "Loaded", store: "Store") -> list[dict[str, Any]]:
        return await tell(target, loaded, store)

    found = _in_store(load(config), work)
    if as_json:
        _print_json(found)
    else:
        for one in found:
            _show_life(one)
    if not found:
        _complain(f"{target}: no article goes by this id, address or path")
    raise typer.Exit(int(not found))


def _in_store(loaded: "Loaded", work: Callable[["Loaded", "Store"], Awaitable[T]]) -> T:
    """Work with the store, also while a daemon does."""
    from aggregator.store import open_store  # noqa: PLC0415

    async def inside() -> T:
        async with open_store(loaded.config.store, loaded.root) as store:
            return await work(loaded, store)

    return _run(inside())


def _show_life(life: dict[str, Any]) -> None:
    _say(life["title"] or "(no title)", "bold")
    where = f"in {', '.join(life['feeds'])}" if life.get("feeds") else ""
    facts = [life["state"], life["source"], life["document"], where]
    _indented(" · ".join(filter(None, facts)), "dim")
    for line in (life["id"], life["url"]):
        _indented(line or "")
    if life.get("lead"):
        _indented(f"tells the same story as {life['lead']}", "cyan")
    for copy in life.get("also_in", ()):
        _indented(f"also in {copy['source']} {copy['url'] or ''}", "cyan")
    for event in life["events"]:
        _show_event(event)


def _show_event(event: dict[str, Any]) -> None:
    told = [event.get("fetched"), event.get("why")]
    told += [f"with {event[name]}" for name in ("lead", "copy") if event.get(name)]
    told += [f"{event['score']:.0%} alike"] if "score" in event else []
    told += ["its text is shown"] if event.get("shown") else []
    said = "; ".join(filter(None, told))
    _indented(f"{event['at']:%Y-%m-%d %H:%M:%S}  {event['event']}  {event['source']}", "green")
    _indented(said)
    for step in event.get("steps", ()):
        size = f"{step['bytes']:,} bytes" if step["bytes"] else ""
        took = [_counted(step["blocks"], "block") if step["blocks"] else "", size]
        _indented(f"– {step['name']}: {' · '.join(filter(None, [step['detail'], *took]))}", "dim")


@app.command(epilog="Example: aggregator split https://example.org/a")
def split(
    target: Annotated[str, typer.Argument(metavar="ID|URL|PATH", help="The merged article.")],
    config: ConfigPath = _DEFAULT,
) -> None:
    """Show an article by itself again that was merged with another source's.

    It takes effect when feeds are written next; aggregator merge undoes it.
    """
    from aggregator.config import load  # noqa: PLC0415
    from aggregator.explain import named  # noqa: PLC0415

    async def work(loaded: "Loaded", store: "Store") -> None:
        await store.split(await named(target, loaded, store), datetime.now(UTC))

    _in_store(load(config), work)
    _say(f"{target} is an article of its own again, in the feeds that are written next")


@app.command(epilog="Example: aggregator merge https://example.org/a https://example.com/b")
def merge(
    target: Annotated[str, typer.Argument(metavar="ID|URL|PATH", help="The further copy.")],
    into: Annotated[
        str, typer.Argument(metavar="[ID|URL|PATH]", help="The article; default: as before.")
    ] = "",
    config: ConfigPath = _DEFAULT,
) -> None:
    """Show an article as a copy of another one, or of the one that it was split from.

    It takes effect when feeds are written next; aggregator split undoes it.
    """
    from aggregator.config import load  # noqa: PLC0415
    from aggregator.explain import named  # noqa: PLC0415

    async def work(loaded: "Loaded", store: "Store") -> None:
        lead = await named(into, loaded, store) if into else ""
        await store.join(await named(target, loaded, store), lead, datetime.now(UTC))

    _in_store(load(config), work)
    _say(f"{target} is shown as a copy, in the feeds that are written next")


@app.command(epilog="Example: aggregator release LWN 'Sina Finance'")
def release(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Sources of which a part is held.")
    ],
    config: ConfigPath = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Let through what is held of sources, because it looked as if it would flood readers.

    It takes effect when feeds are written next; lost files leave them at the next scan.
    """
    from aggregator.config import load  # noqa: PLC0415

    async def work(_: "Loaded", store: "Store") -> list["Released"]:
        known = [source.name for source in await store.source_statuses()]
        for unknown in (name for name in sources if name not in known):
            _usage(f"there is no source {unknown!r}{_close(unknown, known)}")
        return await store.let_through(list(dict.fromkeys(sources)), datetime.now(UTC))

    done = _in_store(load(config), work)
    if as_json:
        _print_json([asdict(one) for one in done])
        return
    for one in done:
        _say(f"{one.name}: {_released(one)}")


def _released(done: "Released") -> str:
    if done.next_visit:
        return "what is held of it is taken at its next scan"
    said = _counted(done.articles, "article")
    return (
        f"{said} let through, in the feeds that are written next"
        if done.articles
        else ("nothing is held of it")
    )


@app.command(epilog="Example: aggregator init ~/feeds")
def init(
    folder: Annotated[Path, typer.Argument(help="Where to begin.")] = Path(),
) -> None:
    """Write a first configuration and an inbox with one article; overwrites nothing."""
    from importlib import resources  # noqa: PLC0415

    from aggregator.config import schema as make_schema  # noqa: PLC0415

    starter = resources.files("aggregator").joinpath("starter.yaml").read_text("utf-8")
    welcome = resources.files("aggregator").joinpath("welcome.md").read_text("utf-8")
    files = {
        folder / "config" / "aggregator.yaml": starter,
        folder / "config" / "aggregator.schema.json": _json(make_schema()) + "\n",
        folder / "inbox" / "welcome.md": welcome,
    }
    present = [path for path in files if path.exists()]
    if present:
        _usage(f"{present[0]} is there already; nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        _say(f"wrote {path}")
    where = shlex.quote(str(folder / "config" / "aggregator.yaml"))
    _say(f"Next: aggregator run{'' if folder == Path() else f' -c {where}'}")


@app.command(epilog="Example: aggregator schema > config/aggregator.schema.json")
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from aggregator.config import schema as make_schema  # noqa: PLC0415

    sys.stdout.write(_json(make_schema()) + "\n")


def _usage(problem: str) -> NoReturn:
    _complain(problem)
    raise typer.Exit(2)


def _say(text: str, style: str = "") -> None:
    _out.print(_visible(text), style=style, markup=False, highlight=False)


def _complain(problem: str) -> None:
    _err.print(_visible(problem), style="red", markup=False, highlight=False)


# What a terminal takes for commands, and what turns the direction of all that follows: titles, file
# names and answers of servers hold anything (Unicode, "Trojan Source", CVE-2021-42574).
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _visible(text: str) -> str:
    """Return a text that does nothing to a terminal but to be read."""
    return _COMMANDS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _cell(text: str) -> str:
    """Return a text as a line of progress shows it."""
    return escape(_visible(text))


class _Visible(logging.Formatter):
    """Log lines that do nothing to a terminal but to be read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines, of a record."""
        return _visible(super().format(record))


def _close(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    more = ", …" if len(known) > _NAMED else ""
    return f"; there are: {', '.join(known[:_NAMED])}{more}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _located(place: str, said: str) -> str:
    """Name where something went wrong, unless what is said about it does."""
    return said if place in said else f"{place}: {said}"


def _print_json(value: Any) -> None:
    sys.stdout.write(_json(value) + "\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def _coloured(status: str) -> tuple[str, str]:
    return status, _COLOURS[status]


_COLOURS = {"ok": "green", "unchanged": "green", "error": "red", "new": "yellow"}


def _distance(moment: datetime | None) -> str:
    """Say how far away a moment is, roughly."""
    if moment is None:
        return "–"
    away = moment - datetime.now(UTC)
    size = abs(away) / timedelta(seconds=1)
    unit, name = next((u, n) for u, n in _UNITS if size >= 2 * u or u == 1)
    text = f"{size / unit:.0f} {name}"
    return f"in {text}" if away > timedelta() else f"{text} ago"


# Seconds. From twice as many on, a distance is told in that unit.
_UNITS = ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s"))


@contextlib.contextmanager
def _progress() -> "Iterator[Progress]":
    """Show progress on standard error; nothing is shown unless that is a terminal."""
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[done]}", style="dim"),
    )
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as progress:
        yield progress


def _log_to_stderr() -> None:
    """Log lines for people on a terminal, plain ones with a time for a journal."""
    if _err.is_terminal:
        from rich.logging import RichHandler  # noqa: PLC0415

        handler: logging.Handler = RichHandler(console=_err, show_path=False)
        layout = "%(message)s"
    else:
        handler = logging.StreamHandler()
        layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(_Visible(layout))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy in ("apscheduler", "watchfiles", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
