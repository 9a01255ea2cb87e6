"""Writes the tables of docs/configuration.md and docs/commands.md, and the samples' schema.

Run ``python docs/generate.py`` after a setting, a command or an option has changed. Only what
stands between ``<!-- generated: NAME -->`` and ``<!-- end -->`` is replaced; a test fails while a
page differs from what this writes.
"""

import json
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from annotated_types import Ge, Le
from pydantic import BaseModel, ByteSize
from pydantic.fields import FieldInfo

from aggregator.cli import app
from aggregator.config import Categories, Config, CustomFeed, Publish, Serve, Timeless
from aggregator.config import schema as config_schema
from aggregator.rules import Rule
from aggregator.serving import Limit, Network, Password, Reader, Readers, Token
from aggregator.sources import KINDS, Remote, Settings
from aggregator.sources.base import (
    Duration,
    Every,
    Headers,
    Login,
    Pause,
    Proxy,
    Selector,
    Zone,
)
from aggregator.sources.page import Part

FOLDER = Path(__file__).resolve().parent
SCHEMA = FOLDER.parent / "config" / "aggregator.schema.json"
GENERATED = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

# Types that the models know by a name of their own, and what people call them.
_NAMED = (
    (Every, "duration or cron line"),
    (Duration, "duration"),
    (Zone, "time zone"),
    (Selector, "CSS selector"),
    (Rule, "[rule](rules.md)"),
    (Timeless, "[condition](rules.md)"),
    (Pause, "duration or 0"),
    (Part, "CSS selector"),
    (Headers, "mapping"),
    (Login, "user:password"),
    (Proxy, "web address"),
    (Readers, "list: settings, below"),
    (Limit, "requests/s, /m or /h"),
    (Network, "address or network"),
    (Token, "text"),
    (Password, "text"),
)
_PLAIN = {str: "text", bool: "`true`, `false`", int: "whole number", ByteSize: "size"}

# A setting without an example fails here; an example that is wrong fails in the tests.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "file": {
        "title": "title: Morning papers",
        "base_url": "base_url: https://feeds.example.org/",
        "root": "root: ..",
        "store": "store: sqlite:///data/aggregator.db",
        "output": "output: feeds/",
        "timezone": "timezone: Asia/Shanghai",
        "keep": "keep: 365d",
        "contact": "contact: https://example.org/about",
        "allow_commands": "allow_commands: true",
        "serve": "serve: {port: 8080}",
        "defaults": "defaults: {every: 1h}",
        "sources": "sources: [{directory: inbox/}]",
        "rules": "rules: [{if: {title: Sponsored}, drop: true}]",
        "duplicates": "duplicates: mark",
        "duplicates_within": "duplicates_within: 2d",
        "categories": "categories: {nested: true}",
        "feeds": "feeds: [{name: Both, categories: [Rust, Linux]}]",
        "publish": "publish: {limit: 100}",
    },
    "serve": {
        "host": "host: 0.0.0.0",
        "port": "port: 8080",
        "readers": 'readers: [{name: anna, password: "${ANNAS_PASSWORD}"}]',
        "limit": "limit: 60/m",
        "proxies": "proxies: [127.0.0.1, 10.0.0.0/8]",
    },
    "readers": {
        "name": "name: anna",
        "token": 'token: "${ANNAS_TOKEN}"',
        "password": 'password: "${ANNAS_PASSWORD}"',
    },
    "categories": {
        "rename": "rename: {News: Aktuelles}",
        "nested": "nested: true",
        "only": "only: [Rust, Linux]",
        "quota": "quota: 10",
    },
    "feeds": {
        "name": "name: Rust and Linux",
        "categories": "categories: [Rust, Linux]",
        "all_categories": "all_categories: [Rust, Security]",
        "not_categories": "not_categories: [Sport]",
        "sources": 'sources: ["Sina*", LWN]',
        "language": "language: [zh, en]",
        "search": "search: '央行 OR \"central bank\" -football'",
        "sort": "sort: updated",
        "if_": 'if: {title: "(?i)breaking"}',
        "digest": "digest: weekly",
        "limit": "limit: 100",
    },
    "publish": {
        "limit": "limit: 20",
        "max_bytes": "max_bytes: 1MB",
        "formats": "formats: [atom]",
        "also_in": "also_in: true",
        "icon": "icon: https://example.org/icon.png",
        "ttl": "ttl: 15m",
        "hub": "hub: https://hub.example.org/",
    },
    "source": {
        "every": 'every: "0 7 * * mon-fri"',
        "categories": "categories: [Linux]",
        "remove": 'remove: [".advert", "p.signature"]',
        "drop_images": 'drop_images: ["*/placeholder.png"]',
        "boilerplate": "boilerplate: off",
        "language": "language: zh-CN",
        "timezone": "timezone: Asia/Shanghai",
        "own_feed": "own_feed: true",
        "name": "name: Village paper",
        "rules": "rules: [{categories: [Village]}]",
    },
    "directory": {
        "directory": "directory: inbox/",
        "glob": 'glob: "posts/**/*.md"',
        "watch": "watch: false",
        "on_delete": "on_delete: retract",
        "base_url": "base_url: https://blog.example.org/",
        "max_size": "max_size: 20MB",
    },
    "web": {
        "allow_private": "allow_private: true",
        "delay": "delay: 5s",
        "headers": 'headers: {X-Api-Key: "${KEY}"}',
        "auth": 'auth: "reader:${PASSWORD}"',
        "proxy": "proxy: http://proxy.example.org:3128",
    },
    "feed": {
        "feed": "feed: https://example.org/feed.xml",
        "full_text": "full_text: auto",
        "websub": "websub: true",
    },
    "page": {
        "page": "page: https://example.org/news",
        "items": "items: article.post",
        "title": "title: h2",
        "link": "link: h2 a@href",
        "date": "date: time@datetime",
        "summary": "summary: p.teaser",
        "image": "image: img@data-src",
        "content": "content: div.body",
        "next": "next: a[rel=next]@href",
        "pages": "pages: 5",
        "full_text": "full_text: true",
    },
    "sitemap": {
        "sitemap": "sitemap: https://example.org/sitemap.xml",
        "limit": "limit: 20",
    },
    "opml": {
        "opml": "opml: blogs.opml",
        "full_text": "full_text: auto",
        "websub": "websub: true",
    },
    "command": {
        "command": "command: [./tools/board, --new]",
        "timeout": "timeout: 5m",
    },
}


def models() -> dict[str, tuple[type[BaseModel], list[str]]]:
    """Return for each table of settings the model, and the names of those that it lists."""
    whole: dict[str, type[BaseModel]] = {
        "file": Config,
        "serve": Serve,
        "readers": Reader,
        "categories": Categories,
        "feeds": CustomFeed,
        "publish": Publish,
        "source": Settings,
    }
    shared = {*Settings.model_fields, *Remote.model_fields}
    tables = {name: (model, list(model.model_fields)) for name, model in whole.items()}
    tables["web"] = (
        Remote,
        [name for name in Remote.model_fields if name not in Settings.model_fields],
    )
    for kind, (model, _) in KINDS.items():
        tables[kind] = (model, [name for name in model.model_fields if name not in shared])
    return tables


def settings() -> dict[str, str]:
    """Return the tables of settings by name."""
    return {table: _table(table, model, names) for table, (model, names) in models().items()}


def commands() -> dict[str, str]:
    """Return what the program says of each command, by the command's name."""
    group: Any = typer.main.get_command(app)
    return {name: _command(name, command) for name, command in group.commands.items()}


PAGES: Mapping[str, Callable[[], dict[str, str]]] = {
    "configuration.md": settings,
    "commands.md": commands,
}


def renewed(page: str, sections: Mapping[str, str]) -> str:
    """Return a page with its generated sections as they should be."""
    return GENERATED.sub(lambda match: f"{match[1]}\n{sections[match[2]]}\n\n{match[3]}", page)


def schema() -> str:
    """Return the JSON Schema that editors find beside the configuration of the samples."""
    return json.dumps(config_schema(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the pages and the schema."""
    SCHEMA.write_text(schema(), "utf-8")
    for name, sections in PAGES.items():
        path = FOLDER / name
        path.write_text(renewed(path.read_text("utf-8"), sections()), "utf-8")


def _table(table: str, model: type[BaseModel], names: Iterable[str]) -> str:
    hints = typing.get_type_hints(model, include_extras=True)
    rows = []
    for name in names:
        field, example = model.model_fields[name], f"`{EXAMPLES[table][name]}`"
        meaning = str(field.description).replace("|", "\\|")
        called = field.alias or name
        rows.append((f"`{called}`", _kind(hints[name], field), _default(field), meaning, example))
    return _rows(("setting", "type", "default", "meaning", "example"), rows)


def _kind(hint: Any, field: FieldInfo) -> str:
    least = [limit.ge for limit in field.metadata if isinstance(limit, Ge)]
    most = [limit.le for limit in field.metadata if isinstance(limit, Le)]
    return f"{_words(hint)}, {least[0]} to {most[0]:,}" if least and most else _words(hint)


def _words(hint: Any) -> str:
    named = [words for known, words in _NAMED if known == hint]
    if named or hint in _PLAIN:
        return named[0] if named else _PLAIN[hint]
    if hasattr(hint, "__metadata__"):
        return _words(hint.__origin__)
    inner = [part for part in get_args(hint) if part is not type(None)]
    return _composed(get_origin(hint), inner) if inner else "settings, below"


def _composed(origin: Any, inner: list[Any]) -> str:
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin is dict:
        return "mapping"
    if origin is tuple:
        return f"list: {_words(inner[0])}"
    return ", ".join(dict.fromkeys(map(_words, inner)))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or isinstance(value, BaseModel) or field.default_factory:
        return "–"
    if isinstance(value, tuple | dict):
        return f"`[{', '.join(value)}]`" if value else "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _command(name: str, command: Any) -> str:
    words = [_argument(one) for one in command.params if one.param_type_name == "argument"]
    parts = [f"```text\n{' '.join(['aggregator', name, '[OPTIONS]', *words])}\n```", command.help]
    rows = [(_spelling(one), _standard(one), one.help or "") for one in command.params]
    if rows:
        parts.append(_rows(("argument or option", "default", "meaning"), rows))
    return "\n\n".join(parts)


def _argument(parameter: Any) -> str:
    return str(parameter.metavar or f"[{parameter.name.upper()}]")


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter)}`"
    value = f" {parameter.metavar}" if parameter.metavar else ""
    return ", ".join(f"`{spelled}{value}`" for spelled in parameter.opts)


def _standard(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return f"`{parameter.default}`" if parameter.default else "–"


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *rows))


if __name__ == "__main__":
    main()
