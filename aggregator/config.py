"""The YAML file: its settings, and every problem in it at once, with line and hint."""

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    create_model,
)
from pydantic_core import ErrorDetails

from aggregator import yamlfile
from aggregator.errors import ConfigError, StoreError
from aggregator.sources import KINDS, Settings, Source
from aggregator.sources.base import Duration, Zone
from aggregator.store.connect import address

# Bytes. 10,000 sources take 1 MB.
MOST_BYTES = 16_000_000


def _web_root(value: str) -> str:
    if not value.lower().startswith(("http://", "https://")):
        raise ValueError("is no web address; write it with http:// or https://")
    return value if value.endswith("/") else f"{value}/"


def _local_folder(value: str) -> str:
    if "://" in value:
        raise ValueError("is no folder; other places to write to are not supported yet")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Serve(_Section):
    """Where the daemon serves the feeds and pages."""

    host: str = Field("127.0.0.1", description="the address to listen on; 0.0.0.0 for all")
    port: int = Field(8000, ge=0, le=65535, description="0 takes any free one")


class Categories(_Section):
    """How categories are named."""

    rename: dict[str, str] = Field({}, description="old name: new name")
    nested: bool = Field(False, description="a hierarchy of categories becomes a path of feeds")


class CustomFeed(_Section):
    """A feed of one's own beside those of the categories."""

    name: str = Field(min_length=1)
    categories: tuple[str, ...] = Field(min_length=1, description="articles in any of these")
    limit: int | None = Field(None, ge=1, le=10_000, description="entries; default publish.limit")


class Publish(_Section):
    """What is written."""

    limit: int = Field(50, ge=1, le=10_000, description="entries in each feed")
    formats: tuple[Literal["rss", "atom", "json"], ...] = Field(
        ("rss", "atom", "json"), min_length=1
    )


def _kind_of(value: Any) -> str | None:
    """Tell the kinds of source apart by their key."""
    if isinstance(value, Settings):
        return value.kind
    kinds = [kind for kind in KINDS if isinstance(value, Mapping) and kind in value]
    return kinds[0] if len(kinds) == 1 else None


def _defaults_model() -> type[BaseModel]:
    """Return a model of all settings that any kind of source has, but its name and target."""
    fields: dict[str, Any] = {}
    for kind, (settings, _) in KINDS.items():
        for name, info in settings.model_fields.items():
            if name not in ("name", kind):
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

    title: str = Field("Feeds", min_length=1, description="of the page and of all feeds")
    base_url: Annotated[str, AfterValidator(_web_root)] | None = Field(
        None, description="where readers fetch; default: the address that is served"
    )
    root: str = Field(".", description="where relative paths start, from the folder of this file")
    store: str = Field("sqlite:///data/aggregator.db", description="the database")
    output: Annotated[str, AfterValidator(_local_folder)] = Field(
        "feeds/", description="the folder that is published"
    )
    timezone: Zone = Field("UTC", description="for dates that name none")
    keep: Duration | None = Field(None, description="forget older articles; default: never")
    serve: Serve = Serve()
    defaults: Defaults = Field(  # type: ignore[valid-type]
        default_factory=Defaults, description="any setting of a source, for all of them"
    )
    sources: tuple[AnySource, ...] = Field(min_length=1)
    categories: Categories = Categories()
    feeds: tuple[CustomFeed, ...] = Field((), description="feeds of your own choice")
    publish: Publish = Publish()

    @property
    def public_url(self) -> str:
        """Where readers fetch the feeds; ends with "/"."""
        host = f"[{self.serve.host}]" if ":" in self.serve.host else self.serve.host
        return self.base_url or f"http://{host}:{self.serve.port}/"


class Loaded(BaseModel):
    """A configuration that is right, with the folder that its relative paths start from."""

    model_config = ConfigDict(frozen=True)

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


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Loaded:
    """Read the configuration. Raises ConfigError with every problem, one a line."""
    tree = _tree(path, environment)
    problems = list(tree.problems)
    config = None
    if isinstance(tree.value, dict):
        try:
            config = Config.model_validate(_with_defaults(tree.value))
        except ValidationError as error:
            problems += [_explained(detail) for detail in error.errors() if not _follows(detail)]
    else:
        problems.append(((), "is no mapping; start with 'sources:', see aggregator init"))
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
    return (path.parent / (given if isinstance(given, str) else ".")).resolve()


def _beyond_types(value: Any, root: Path) -> Iterator[Problem]:
    """Find what no type can say: folders, names, the store."""
    if not isinstance(value, dict):
        return
    if not root.is_dir():
        yield ("root",), f"the folder {root} is not there"
    store = value.get("store")
    if isinstance(store, str):
        try:
            address(store, root)
        except StoreError as error:
            yield ("store",), str(error)
    sources = [s if isinstance(s, dict) else {} for s in _list(value.get("sources"))]
    for number, source in enumerate(sources):
        folder = source.get("directory")
        if isinstance(folder, str) and not (root / folder).is_dir():
            yield ("sources", number, "directory"), f"the folder {root / folder} is not there"
    yield from _twice("sources", [s.get("name") or s.get(_kind_of(s) or "") for s in sources])
    yield from _twice("sources", [_target(s) for s in sources], "is the target of")
    feeds = [f if isinstance(f, dict) else {} for f in _list(value.get("feeds"))]
    yield from _twice("feeds", [f.get("name") for f in feeds])


def _target(source: dict[str, Any]) -> str | None:
    kind = _kind_of(source)
    return f"{kind}: {source[kind]}" if kind and source.get("name") else None


def _twice(section: str, names: Sequence[Any], said: str = "is the name of") -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, name in enumerate(names):
        if not isinstance(name, str):
            continue
        if name in first:
            other = f"{section}[{first[name]}]"
            yield (section, number), f"{name!r} {said} {other} too; each can be there once"
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
    place = tuple(part for part in detail["loc"] if not _is_tag(part, detail["loc"]))
    match detail["type"]:
        case "extra_forbidden":
            return place, f"is no setting here{_hint(str(place[-1]), _known(detail['loc'][:-1]))}"
        case "missing":
            return place, "is missing"
        case "too_short" | "string_too_short":
            return place, "is empty"
        case "union_tag_not_found" | "union_tag_invalid":
            return place, _no_kind(detail["input"])
        case "value_error":
            return place, f"{detail['input']!r} {detail['ctx']['error']}"
        case _:
            return place, f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {_shown(detail)}"


def _is_tag(part: str | int, place: tuple[str | int, ...]) -> bool:
    """Tell the kind that pydantic puts behind a source's number from a setting of that name."""
    return place[0] == "sources" and len(place) > 2 and part is place[2]  # noqa: PLR2004


def _shown(detail: ErrorDetails) -> str:
    return repr(detail["input"]) if len(repr(detail["input"])) < 60 else "what is there"  # noqa: PLR2004


def _no_kind(source: Any) -> str:
    kinds = ", ".join(KINDS)
    if not isinstance(source, dict):
        return f"is no source; write one of {kinds} and what it is to read"
    given = [kind for kind in KINDS if kind in source]
    if given:
        return f"has {' and '.join(given)}; a source is one of them, so make two"
    close = [hint for key in source if (hint := _hint(str(key), list(KINDS)))]
    return f"has no kind; one of {kinds} names what it reads{close[0] if close else ''}"


def _hint(key: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(key.lower(), known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _known(place: tuple[str | int, ...]) -> list[str]:
    """Return the settings that a place in the file has."""
    model: Any = Config
    for part in place:
        if part in KINDS:
            model = KINDS[str(part)][0]
        elif isinstance(part, str) and part in getattr(model, "model_fields", {}):
            model = _inner(model.model_fields[part].annotation)
    return list(model.model_fields)


def _inner(annotation: Any) -> Any:
    """Return the model inside an annotation such as tuple[Model, ...]."""
    return get_args(annotation)[0] if get_origin(annotation) is tuple else annotation
