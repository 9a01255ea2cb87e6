"""The YAML file: its settings, and every problem in it at once, with line and hint."""

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ByteSize,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    create_model,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from aggregator import yamlfile
from aggregator.errors import ConfigError, StoreError
from aggregator.nfkc import fold
from aggregator.rules import Globs, Ifs, Languages, Rule
from aggregator.serving import Limit, Network, Readers
from aggregator.sources import KINDS, Settings, Source, maildir
from aggregator.sources.base import Duration, WebAddress, WebFolder, Zone, web_address
from aggregator.sources.directory import DirectorySettings, matcher
from aggregator.store.glance import file_of

# Bytes. 10,000 sources take 1 MB.
MOST_BYTES = 16_000_000

# The settings of a custom feed one of which it needs.
_CHOICES = ("categories", "all_categories", "sources", "language", "search", "if", "digest")

_NO_ADDRESS = "needs a base_url, at which the hub can reach this program"

# Characters of a wrong value that are shown.
_LONGEST = 80


def _local_folder(value: str) -> str:
    if "://" in value:
        raise ValueError("is no folder; other places to write to are not supported yet")
    return value


def _query(value: str) -> str:
    from aggregator.search import query  # noqa: PLC0415

    query(value)
    return value


def _timeless(value: Ifs) -> Ifs:
    if any(one.age or any(other.age for other in one.not_) for one in value):
        raise ValueError("asks for an age, but what is in a feed is decided when an article comes")
    return value


Timeless = Annotated[Ifs, AfterValidator(_timeless)]


def _picture(value: str) -> str:
    # What RSS 2.0 allows; of an address without a suffix nobody can tell.
    suffix = PurePosixPath(urlsplit(web_address(value)).path).suffix.lower()
    if suffix not in ("", ".png", ".jpg", ".jpeg", ".gif"):
        raise ValueError("is no PNG, JPEG or GIF, and RSS takes no other picture")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Serve(_Section):
    """Where the daemon serves the feeds and pages."""

    host: str = Field(
        "127.0.0.1", min_length=1, description="the address to listen on; 0.0.0.0 for all"
    )
    port: int = Field(8000, ge=0, le=65535, description="the port; 0 takes any free one")
    readers: Readers = Field(
        (), description="the only ones who may read feeds and pages; default: everybody"
    )
    limit: Limit | None = Field(
        None,
        description="requests that one address may make a second, minute or hour; more get 429; "
        "default: no limit",
    )
    proxies: tuple[Network, ...] = Field(
        (),
        description="addresses and networks of proxies whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed",
    )


class Categories(_Section):
    """How categories are named."""

    rename: dict[str, str] = Field(
        {}, description="spellings that mean the same, as old name: new name"
    )
    nested: bool = Field(
        False, description="a list of categories is a path: each level has its own feeds"
    )
    only: tuple[str, ...] = Field(
        (), description="the only categories that there are; default: all that articles name"
    )
    quota: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="entries of one source that a category shows at most, so that none fills it",
    )


class CustomFeed(_Section):
    """A feed of one's own beside those of the categories: the articles that are all of this."""

    name: str = Field(min_length=1, description="shown to readers, and what its folder is called")
    categories: tuple[str, ...] = Field(
        (), min_length=1, description="holds the articles that are in any of these"
    )
    all_categories: tuple[str, ...] = Field(
        (), min_length=1, description="only those that are in every one of these"
    )
    not_categories: tuple[str, ...] = Field(
        (), min_length=1, description="only those that are in none of these"
    )
    sources: Globs = Field((), description="only what these sources have; names, or globs of them")
    language: Languages = Field((), description="only articles in these languages; zh is zh-CN too")
    search: Annotated[str, AfterValidator(_query)] | None = Field(
        None,
        description='only articles that hold these words, "phrases", this OR that, and -not those',
    )
    sort: Literal["published", "updated"] = Field(
        "published", description="what comes first: the newest articles, or the newest changes"
    )
    if_: Timeless = Field(
        (), alias="if", description="only articles that are like this, as in rules"
    )
    digest: Literal["daily", "weekly"] | None = Field(
        None,
        description="one entry for each day or week (from Monday on) with its headlines, once it "
        "is over in the time zone above",
    )
    limit: int | None = Field(
        None, ge=1, le=10_000, description="entries in it; default: publish.limit"
    )


class Publish(_Section):
    """What is written."""

    limit: int = Field(50, ge=1, le=10_000, description="entries in each feed, the newest ones")
    max_bytes: ByteSize = Field(
        ByteSize(512_000),
        ge=10_000,
        description="size of each file of a feed; the oldest articles in it become their summaries",
    )
    formats: tuple[Literal["rss", "atom", "json"], ...] = Field(
        ("rss", "atom", "json"), min_length=1, description="how each feed is written"
    )
    also_in: bool = Field(False, description="below each article, the other sources that have it")
    icon: Annotated[str, AfterValidator(_picture)] | None = Field(
        None,
        description="the web address of a square picture that readers show beside the feeds: PNG, "
        "JPEG or GIF; default: the one of this program",
    )
    ttl: Duration = Field(
        "30m", description="how long readers may wait before they ask again; RSS tells them"
    )
    hub: WebAddress | None = Field(
        None, description="a WebSub hub: it is told which feeds changed, and tells their readers"
    )


def _kind_of(value: Any) -> str | None:
    """Tell the kinds of source apart by their key."""
    if isinstance(value, Settings):
        return value.kind
    kinds = [kind for kind in KINDS if kind in value] if isinstance(value, dict) else []
    return kinds[0] if len(kinds) == 1 else None


def _defaults_model() -> type[BaseModel]:
    """Return a model of all settings that any kind of source has, but its name and target."""
    fields: dict[str, Any] = {}
    for kind, (settings, _) in KINDS.items():
        for name, info in settings.model_fields.items():
            if name not in ("name", "rules", kind):
                fields[name] = (info.annotation, info)
    return create_model("Defaults", __base__=_Section, __doc__="For every source.", **fields)


Defaults = _defaults_model()
if TYPE_CHECKING:
    AnySource = Settings
else:
    AnySource = Annotated[
        Union[tuple(Annotated[settings, Tag(kind)] for kind, (settings, _) in KINDS.items())],  # noqa: UP007
        Discriminator(_kind_of),
    ]


class Config(_Section):
    """The configuration file of aggregator."""

    title: str = Field("Feeds", min_length=1, description="the title of the page and of all feeds")
    base_url: WebFolder | None = Field(
        None,
        description="the address readers fetch from; written into the feeds; default: what serve "
        "says",
    )
    root: str = Field(
        ".", description="where relative paths start, itself relative to the folder of this file"
    )
    store: str = Field(
        "sqlite:///data/aggregator.db",
        description="the database that remembers the articles: sqlite:///PATH or "
        "postgresql://USER@HOST/NAME",
    )
    output: Annotated[str, AfterValidator(_local_folder)] = Field(
        "feeds/", min_length=1, description="the folder that feeds and pages are written to"
    )
    timezone: Zone = Field(
        "UTC", description="the time zone of dates that name none, like Asia/Shanghai"
    )
    keep: Duration | None = Field(
        None,
        description="articles older than this are forgotten once no feed shows them, like 365d; "
        "default: all are kept",
    )
    contact: str = Field(
        "",
        pattern=r"^[!-~]*$",
        description="a web or mail address that is told to the servers that are asked; default: "
        "base_url",
    )
    allow_commands: bool = Field(
        False, description="command sources may run programs, with the rights of this one"
    )
    serve: Serve = Field(Serve(), description="where the daemon serves the feeds and pages")
    defaults: Defaults = Field(  # type: ignore[valid-type]
        default_factory=Defaults,
        description="any setting of a source, for all sources that have it; a source's own counts "
        "before it",
    )
    sources: tuple[AnySource, ...] = Field(
        min_length=1, description="where articles come from; the key of each names its kind"
    )
    rules: tuple[Rule, ...] = Field(
        (), description="what is done with articles that are like this or that, in order"
    )
    duplicates: Literal["merge", "mark", "keep"] = Field(
        "merge",
        description="a story that several sources tell: merge shows it once, mark names the other "
        "sources with each, keep shows all",
    )
    duplicates_within: Duration = Field(
        "7d",
        description="how far apart in time they may be, and how long copies are looked for",
    )
    categories: Categories = Field(Categories(), description="how categories are named")
    feeds: tuple[CustomFeed, ...] = Field(
        (), description="feeds of your own choice, beside everything and one per category"
    )
    publish: Publish = Field(Publish(), description="what is written")

    @property
    def public_url(self) -> str:
        """Where readers fetch the feeds; ends with "/"."""
        host = f"[{self.serve.host}]" if ":" in self.serve.host else self.serve.host
        return self.base_url or f"http://{host}:{self.serve.port}/"


class Loaded(BaseModel):
    """A configuration that is right, with the folder that its relative paths start from."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    path: Path
    root: Path
    config: Config

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources, ready to be scanned."""
        return tuple(
            Source(
                name=settings.name or settings.target,
                settings=settings,
                zone=settings.timezone or self.config.timezone,
            )
            for settings in self.config.sources
        )

    def document(self, path: Path) -> tuple[Source, str] | None:
        """Return the source whose folder a file is in, and the file's path in that folder."""
        whole = path.resolve()
        for source in self.sources:
            folder = (self.root / source.settings.target).resolve()
            if source.settings.kind == "directory" and whole.is_relative_to(folder):
                inside = whole.relative_to(folder).as_posix()
                letter = maildir.message(folder, inside)
                return source, letter[1] if letter else inside
        return None


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Loaded:
    """Read the configuration. Raises ConfigError with every problem, one a line."""
    tree = _tree(path, environment)
    problems = list(tree.problems)
    config = None
    if isinstance(tree.value, dict):
        try:
            config = Config.model_validate(_with_defaults(_given(tree.value)))
        except ValidationError as error:
            told = {place for place, _ in problems}
            explained = (_explained(d) for d in error.errors() if not _follows(d))
            problems += [problem for problem in explained if problem[0] not in told]
    else:
        problems.append(((), "holds no settings; begin with 'sources:', or see aggregator init"))
    root = _root(path, tree.value)
    problems += _beyond_types(tree.value, root)
    if problems or config is None:
        raise ConfigError(_lines(path, tree, problems))
    return Loaded(path=path, root=root, config=config)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file, for editors."""
    described = Config.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


Problem = tuple[yamlfile.Path, str]


def _tree(path: Path, environment: Mapping[str, str]) -> yamlfile.Tree:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        hint = (
            "; aggregator init writes a first one" if isinstance(error, FileNotFoundError) else ""
        )
        raise ConfigError([f"{path}: cannot be read: {error.strerror}{hint}"]) from error
    if len(data) > MOST_BYTES:
        raise ConfigError([f"{path}: is larger than {MOST_BYTES:,} bytes"])
    try:
        return yamlfile.read(data.decode("utf-8-sig"), environment)
    except yamlfile.YamlError as error:
        raise ConfigError([f"{path}:{error.line}: {error}"]) from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError([f"{path}:{line}: is not UTF-8; save it as UTF-8"]) from error


def _given(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out settings with nothing behind them: all below them is commented out."""
    fields = Config.model_fields
    return {
        name: given
        for name, given in value.items()
        if given is not None or name not in fields or fields[name].is_required()
    }


def _with_defaults(value: dict[str, Any]) -> dict[str, Any]:
    """Give every source the defaults that its kind has a setting for."""
    defaults, sources = value.get("defaults"), value.get("sources")
    if not isinstance(defaults, dict) or not isinstance(sources, list):
        return value
    try:
        Defaults.model_validate(defaults)
    except ValidationError as error:
        # Reported once, where they stand, and not again for every source.
        wrong = {detail["loc"][0] for detail in error.errors()}
        defaults = {name: given for name, given in defaults.items() if name not in wrong}
    return value | {"sources": [_with_defaults_of(one, defaults) for one in sources]}


def _with_defaults_of(source: Any, defaults: dict[str, Any]) -> Any:
    kind = _kind_of(source)
    if kind is None:
        return source
    known = KINDS[kind][0].model_fields
    return {name: given for name, given in defaults.items() if name in known} | source


def _root(path: Path, value: Any) -> Path:
    given = value.get("root") if isinstance(value, dict) else None
    return Path(os.path.realpath(path.parent / (given if isinstance(given, str) else "")))


def _beyond_types(value: Any, root: Path) -> Iterator[Problem]:
    """Find what no type can say: folders, names, the store."""
    if not isinstance(value, dict):
        return
    if not _is_folder(root):
        yield ("root",), f"the folder {root} is not there"
        return
    store = value.get("store")
    if isinstance(store, str) and file_of(store, root) is None:
        from aggregator.store import address  # noqa: PLC0415 - it imports SQLAlchemy

        try:
            address(store, root)
        except StoreError as error:
            yield ("store",), str(error)
    sources = [s if isinstance(s, dict) else {} for s in _list(value.get("sources"))]
    output = value.get("output") or Config.model_fields["output"].default
    for number, source in enumerate(sources):
        for key, said in _wrong_with_source(source, value, root, root / str(output)):
            yield ("sources", number, key), said
    defaults = value.get("defaults")
    if isinstance(defaults, dict) and _is_on(defaults.get("websub")) and not value.get("base_url"):
        yield ("defaults", "websub"), _NO_ADDRESS
    publish = value.get("publish")
    if isinstance(publish, dict) and publish.get("hub") and not value.get("base_url"):
        yield ("publish", "hub"), "needs a base_url, at which the hub can fetch the feeds"
    kinds = [_kind_of(s) for s in sources]
    same = [
        problem
        for kind in sorted({*filter(None, kinds)})
        for problem in _twice("sources", _targets(sources, kinds, kind, root), "is read by")
    ]
    names = [s.get("name") or s.get(kind or "") for s, kind in zip(sources, kinds, strict=True)]
    called = _twice("sources", names, "is the name of")
    yield from [*same, *(problem for problem in called if problem[0] not in dict(same))]
    yield from _wrong_with_feeds(_list(value.get("feeds")), str(store))


def _wrong_with_feeds(given: list[Any], store: str) -> Iterator[Problem]:
    feeds = [f if isinstance(f, dict) else {} for f in given]
    # The store knows custom feeds by their folded names.
    names = [fold(f["name"]) if isinstance(f.get("name"), str) else None for f in feeds]
    yield from _twice("feeds", names, "is the name of")
    for number, feed in enumerate(feeds):
        if not any(choice in feed for choice in _CHOICES):
            yield ("feeds", number), f"chooses nothing; say what is in it: {', '.join(_CHOICES)}"
        if "search" in feed and store.startswith("postgresql"):
            yield ("feeds", number, "search"), "needs a SQLite store; PostgreSQL cannot search yet"


def _wrong_with_source(
    source: dict[str, Any], config: dict[str, Any], root: Path, output: Path
) -> Iterator[tuple[str, str]]:
    """Yield the settings of a source that do not fit the rest, and why."""
    if isinstance(source.get("directory"), str):
        yield from (("directory", said) for said in _wrong_with_folder(source, root, output))
    if isinstance(source.get("opml"), str) and not _is_there(source["opml"], root):
        yield "opml", f"the file {root / source['opml']} is not there"
    if "command" in source and not _is_on(config.get("allow_commands")):
        said = "is a program to be run; write allow_commands: true at the top to allow that"
        yield "command", said
    if _is_on(source.get("websub")) and not config.get("base_url"):
        yield "websub", _NO_ADDRESS


def _wrong_with_folder(source: dict[str, Any], root: Path, output: Path) -> Iterator[str]:
    folder = root / source["directory"]
    if not _is_folder(folder):
        home = "; write ${HOME} for ~" if source["directory"].startswith("~") else ""
        yield f"the folder {folder} is not there{home}"
        return
    inside = os.path.relpath(output.resolve(), folder.resolve())
    try:
        settings = DirectorySettings.model_validate(source)
    except ValidationError:
        return
    if not inside.startswith("..") and matcher(settings)(os.path.normpath(f"{inside}/index.html")):
        yield (
            f"the pages that are written to {output} would be read as articles again; "
            "give output or the source another folder, or the source a glob without them"
        )


def _is_on(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "on", "1")


def _is_there(target: str, root: Path) -> bool:
    try:
        return "://" in target or (root / target).is_file()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    """Whether a path is that of a folder; no path at all, such as one too long, is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _targets(
    sources: Sequence[dict[str, Any]], kinds: Sequence[str | None], kind: str, root: Path
) -> list[str | None]:
    """Return what each source of a kind reads, the same for two spellings of a folder.

    ``kinds``: those of the sources.
    """
    targets: list[str | None] = []
    for source, its in zip(sources, kinds, strict=True):
        target = source[kind] if its == kind else None
        if kind == "directory" and isinstance(target, str):
            target = os.path.relpath(os.path.realpath(root / target), root)
        targets.append(target if isinstance(target, str) else None)
    return targets


def _twice(section: str, names: Sequence[Any], said: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, name in enumerate(names):
        if not isinstance(name, str):
            continue
        if name in first:
            other = f"{section}[{first[name]}]"
            yield (section, number), f"{_short(name)} {said} {other} too; keep one"
        first.setdefault(name, number)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _lines(path: Path, tree: yamlfile.Tree, problems: Sequence[Problem]) -> list[str]:
    placed = sorted({(tree.line(place), _dotted(place), said) for place, said in problems})
    return [f"{path}:{line}: {place + ': ' if place else ''}{said}" for line, place, said in placed]


def _dotted(place: yamlfile.Path) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _follows(detail: ErrorDetails) -> bool:
    """Tell a list that is too short only because its items are wrong, which is said of them."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _explained(detail: ErrorDetails) -> Problem:
    """Turn one of pydantic's errors into a place and a sentence."""
    place, given = _place(detail["loc"]), detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            said = f"is no setting here{_meant(str(place[-1]), detail['loc'])}"
        case "missing":
            said = "is missing"
        case "too_short" | "string_too_short":
            said = "is empty"
        case "union_tag_not_found" | "union_tag_invalid":
            said = _no_kind(given)
        case _ if given is None:
            said = "has nothing behind it; give it a value or leave it out"
        case "value_error":
            said = f"{_shown(detail)} {detail['ctx']['error']}"
        case other:
            bare = "…" if _is_secret(detail["loc"]) else given
            wanted = _WANTED.get(other, detail["msg"]).format(given=bare, **detail.get("ctx", {}))
            said = f"is to be {wanted}, not {_shown(detail)}"
    return place, said


# By pydantic's names for what is wrong.
_WANTED = {
    "tuple_type": "a list, such as [{given}]",
    "string_type": "text",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping, one 'name: value' a line",
    "model_type": "a mapping, one 'name: value' a line",
    "literal_error": "{expected}",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "byte_size": "a size such as 10MB",
    "byte_size_unit": "a size such as 10MB",
}


def _shown(detail: ErrorDetails) -> str:
    return "what is given" if _is_secret(detail["loc"]) else _short(detail["input"])


def _is_secret(location: tuple[int | str, ...]) -> bool:
    return not {"auth", "proxy", "headers", "readers"}.isdisjoint(location)


def _place(location: tuple[int | str, ...]) -> yamlfile.Path:
    """Return where in the file it is: without the kind that pydantic puts behind a number."""
    if location[0] == "sources":
        return location[:2] + location[3:]
    return location


def _short(value: Any) -> str:
    """Show what was given, unless it is long."""
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _no_kind(source: Any) -> str:
    kinds = ", ".join(KINDS)
    if not isinstance(source, dict):
        return f"is no source; write one of {kinds} and what it is to read"
    given = [kind for kind in KINDS if kind in source]
    if given:
        return f"has {' and '.join(given)}; a source is one of them, so make two"
    close = [match for key in source for match in difflib.get_close_matches(key, list(KINDS), n=1)]
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"has no kind; one of {kinds} names what it reads{meant}"


def _hint(key: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(key.lower(), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _meant(key: str, location: tuple[int | str, ...]) -> str:
    """Say what an unknown setting may have been meant for."""
    owners = [kind for kind, (settings, _) in KINDS.items() if key in settings.model_fields]
    if location[0] == "sources" and owners:
        return f"; it is one of a {' or '.join(owners)} source"
    return _hint(key, _known(location[:-1]))


def _known(place: tuple[str | int, ...]) -> list[str]:
    """Return the settings that a place in the file has."""
    model: Any = Config
    for part in place:
        if part in KINDS:
            model = KINDS[str(part)][0]
        elif isinstance(part, str) and part in (fields := _fields(model)):
            model = _inner(fields[part].annotation)
    return list(_fields(model))


def _fields(model: Any) -> dict[str, FieldInfo]:
    """Return the settings of a model by the names that they have in the file."""
    known = getattr(model, "model_fields", {})
    return {field.alias or name: field for name, field in known.items()}


def _inner(annotation: Any) -> Any:
    """Return the model inside an annotation such as tuple[Model, ...] or Model | None."""
    return next((part for part in get_args(annotation) if part is not NoneType), annotation)
