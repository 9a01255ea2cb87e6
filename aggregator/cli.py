"""The commands. The only place that starts an event loop or prints."""

import asyncio
import difflib
import json
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from aggregator import __version__
from aggregator.errors import AggregatorError, ConfigError

app = typer.Typer(
    name="aggregator",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Folders of articles and feeds in; clean, deduplicated feeds per category out.",
    epilog="First steps: aggregator init, then aggregator run.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True)

ConfigPath = Annotated[
    Path,
    typer.Option("-c", "--config", metavar="FILE", help="The configuration."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]
_DEFAULT = Path("config/aggregator.yaml")


def main() -> NoReturn:
    """Run the command line. Exits 2 for a bad configuration, 1 for what else went wrong."""
    try:
        app()
    except ConfigError as error:
        for problem in error.problems:
            _err.print(problem, style="red", markup=False, highlight=False)
        sys.exit(2)
    except AggregatorError as error:
        _err.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


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
        _out.print(f"Subscribe to the feeds at {url}   (Ctrl-C stops)", highlight=False)
        sys.stdout.flush()

    asyncio.run(run_daemon(load(config), announce))


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
    names = [source.name for source in loaded.sources]
    for unknown in (name for name in sources or [] if name not in names):
        _usage(f"there is no source {unknown!r}{_close(unknown, names)}")
    result = asyncio.run(_once(loaded, sources or names))
    if as_json:
        _print_json(result)
    else:
        _show_once(result)
    raise typer.Exit(int(any(source["status"] == "error" for source in result["sources"])))


async def _once(loaded: Any, names: Sequence[str]) -> dict[str, Any]:
    from aggregator.app import enter, open_app  # noqa: PLC0415
    from aggregator.jobs import Publish, Scan, perform  # noqa: PLC0415

    began = time.monotonic()
    async with open_app(loaded) as opened:
        with _progress() as progress:
            world = await enter(loaded, opened)
            tasks = {name: progress.add_task(escape(name), total=None) for name in names}

            def tell(report: Any) -> None:
                progress.update(tasks[report.source], completed=report.documents)

            context = replace(world.context, progress=tell)
            world = replace(world, context=context)
            gate = asyncio.Semaphore(16)

            async def visit(name: str) -> Any:
                async with gate:
                    report = await perform(Scan(name), world)
                    progress.update(tasks[name], visible=False)
                    return report

            reports = await asyncio.gather(*map(visit, names))
            publishing = progress.add_task("publishing", total=None)
            written = await perform(Publish(), world)
            progress.update(publishing, visible=False)
    return {
        "sources": [_report(report) for report in reports],
        "feeds": [asdict(feed) for feed in written],  # type: ignore[union-attr]
        "seconds": round(time.monotonic() - began, 3),
    }


def _report(report: Any) -> dict[str, Any]:
    values = asdict(report)
    values["name"] = values.pop("source")
    values["errors"] = [{"document": d, "error": e} for d, e in values["errors"]]
    return {"name": values.pop("name")} | values


def _show_once(result: dict[str, Any]) -> None:
    columns = ("documents", "new", "changed", "unchanged", "duplicates", "dropped")
    table = _table("Source", "Status", *(name.capitalize() for name in columns))
    for source in result["sources"]:
        status = _coloured(source["status"])
        table.add_row(escape(source["name"]), status, *(str(source[name]) for name in columns))
    _out.print(table)
    for source in result["sources"]:
        for error in source["errors"]:
            said = error["error"]
            text = said if error["document"] in said else f"{error['document']}: {said}"
            _err.print(f"{source['name']}: {text}", style="yellow", markup=False, highlight=False)
    files = sum(feed["written"] for feed in result["feeds"])
    _out.print(
        f"{len(result['feeds'])} feeds changed, {files} files written, in {result['seconds']} s",
        highlight=False,
    )


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
    tried = asyncio.run(_try(loaded)) if online else []
    if as_json:
        _print_json({"problems": [], "sources": tried})
    else:
        _out.print(f"{config}: right, {len(loaded.sources)} sources", markup=False, highlight=False)
        for source in tried:
            said = source["error"] or f"{source['articles']} articles"
            _out.print(f"{source['name']}: {said}", markup=False, highlight=False)
    raise typer.Exit(int(any(source["error"] for source in tried)))


async def _try(loaded: Any) -> list[dict[str, Any]]:
    from aggregator.preview import preview  # noqa: PLC0415

    tried = []
    for source in loaded.sources:
        try:
            found = await preview(source, loaded)
            error = "; ".join(found.errors) if found.errors and not found.articles else ""
            tried.append({"name": source.name, "articles": len(found.articles), "error": error})
        except AggregatorError as problem:
            tried.append({"name": source.name, "articles": 0, "error": str(problem)})
    return tried


@app.command(
    epilog="Examples: aggregator preview post.md, aggregator preview https://example.org/feed.xml"
)
def preview(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="A source, address, file or folder.")
    ],
    config: ConfigPath = _DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Show what a source, an address, a file or a folder would become; stores nothing."""
    from aggregator.preview import preview as look  # noqa: PLC0415
    from aggregator.preview import resolve  # noqa: PLC0415

    loaded = _load_or_none(config)
    articles: list[dict[str, Any]] = []
    errors: list[str] = []
    for target in targets:
        found = asyncio.run(look(resolve(target, loaded), loaded))
        articles += found.articles
        errors += found.errors
    if as_json:
        _print_json(articles)
    else:
        _show_articles(articles)
    for error in errors:
        _err.print(error, style="red", markup=False, highlight=False)
    raise typer.Exit(int(bool(errors) or not articles))


def _load_or_none(config: Path) -> Any:
    """Return the configuration; previews of files and addresses work without one."""
    from aggregator.config import load  # noqa: PLC0415

    return load(config) if config.exists() or config != _DEFAULT else None


def _show_articles(articles: Sequence[dict[str, Any]]) -> None:
    for article in articles:
        facts = [article["published"] or "no date", *article["authors"], article["language"] or ""]
        _out.print(article["title"] or "(no title)", style="bold", markup=False, highlight=False)
        _out.print("  " + " · ".join(f for f in facts if f), style="dim", markup=False)
        if article["categories"]:
            _out.print("  " + ", ".join(article["categories"]), style="cyan", markup=False)
        for line in filter(None, (article["url"], article["image"], article["summary"])):
            _out.print(f"  {line}", markup=False, highlight=False)
        for problem in article["problems"]:
            _out.print(f"  ! {problem}", style="yellow", markup=False, highlight=False)


@app.command(epilog="Example: aggregator status --json")
def status(config: ConfigPath = _DEFAULT, as_json: AsJson = False) -> None:
    """Show the sources with their health, last and next scan, and the feeds."""
    from aggregator.config import load  # noqa: PLC0415

    sources, feeds = asyncio.run(_status(load(config)))
    if as_json:
        _print_json({"sources": [asdict(s) for s in sources], "feeds": [asdict(f) for f in feeds]})
        return
    table = _table("Source", "Kind", "Status", "Articles", "Last scan", "Next scan", "Error")
    for source in sources:
        table.add_row(
            escape(source.name),
            source.kind,
            _coloured(source.status),
            str(source.articles),
            _moment(source.last_scan),
            _moment(source.next_scan),
            escape(source.error or (f"{source.problems} bad documents" if source.problems else "")),
        )
    _out.print(table)
    table = _table("Feed", "Folder", "Entries", "Updated")
    for feed in feeds:
        table.add_row(
            escape(feed.title or "everything"),
            escape(f"{feed.slug}/"),
            str(feed.entries),
            _moment(feed.updated),
        )
    _out.print(table)


async def _status(loaded: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    from aggregator.store import open_store  # noqa: PLC0415

    async with open_store(loaded.config.store, loaded.root) as store:
        return await store.source_statuses(), await store.feed_statuses()


@app.command(epilog="Example: aggregator init ~/feeds")
def init(
    folder: Annotated[Path, typer.Argument(help="Where to begin.")] = Path(),
) -> None:
    """Write a first configuration and an inbox with one article; overwrites nothing."""
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
        _out.print(f"wrote {path}", markup=False, highlight=False)
    where = "" if folder == Path() else f" -c {folder / 'config' / 'aggregator.yaml'}"
    _out.print(f"Next: aggregator run{where}", markup=False, highlight=False)


@app.command(epilog="Example: aggregator schema > config/aggregator.schema.json")
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from aggregator.config import schema as make_schema  # noqa: PLC0415

    sys.stdout.write(_json(make_schema()) + "\n")


def _usage(problem: str) -> NoReturn:
    _err.print(problem, style="red", markup=False, highlight=False)
    raise typer.Exit(2)


def _close(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(known)}"


def _print_json(value: Any) -> None:
    sys.stdout.write(_json(value) + "\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _coloured(status: str) -> str:
    colours = {"ok": "green", "unchanged": "green", "error": "red", "new": "yellow"}
    return f"[{colours[status]}]{status}[/]"


def _moment(time: datetime | None) -> str:
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S") if time else "–"


def _progress() -> Progress:
    """Return progress on standard error; nothing is shown unless that is a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed} documents"),
        console=_err,
        transient=True,
        disable=not _err.is_terminal,
    )


def _log_to_stderr() -> None:
    """Log lines for people on a terminal, plain ones with a time for a journal."""
    if _err.is_terminal:
        handler: logging.Handler = RichHandler(console=_err, show_path=False)
        layout = "%(message)s"
    else:
        handler = logging.StreamHandler()
        layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, handlers=[handler], format=layout)
    for noisy in ("apscheduler", "watchfiles", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
