"""Front matter: what stands above the text of a post, in all the ways that generators know."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aggregator.parse.fields import KNOWN, squash
from aggregator.parse.recover import recover
from aggregator.parse.yamltext import UnreadableError, load_yaml

# The longest front matter of 4,086 real posts has 2.8 kB. tomllib takes quadratic time for a key
# with many dots: 1.2 s for this much.
_LONGEST = 65_536

_OPENING = re.compile(r"(-{3,}|\+{3,}|;{3,})[ \t]*([A-Za-z]{0,20})[ \t]*(?:\n|\Z)")
_CLOSING = {
    "-": re.compile(r"^(?:-{3,}|\.{3})[ \t]*$", re.MULTILINE),
    "+": re.compile(r"^\+{3,}[ \t]*$", re.MULTILINE),
    ";": re.compile(r"^;{3,}[ \t]*$", re.MULTILINE),
}
_DIALECTS = {"-": "yaml", "+": "toml", ";": "json", "yml": "yaml"}
# Hexo lets the opening fence be left out; so late a closing one is a rule in the text.
_HEADER_LINES = 64
_FENCE = re.compile(r"(?:-{3,}|;{3,})[ \t]*").fullmatch
_HEADER = re.compile(r"([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*)|$)")
_SIMPLE_KEY = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a text says about itself, by squashed key, and the text below it.

    ``dialect`` is yaml, toml, json or headers (Pelican), "" when there was none. ``problems`` are
    sentences for people.
    """

    fields: Mapping[str, object] = field(default_factory=dict)
    body: str = ""
    dialect: str = ""
    problems: tuple[str, ...] = ()


def split(text: str) -> FrontMatter:
    """Take the front matter off ``text``, after blank lines.

    Knows YAML, TOML and JSON between fences (``---``, ``+++``, ``;;;``, with a language after the
    opening one), bare JSON, Hexo's YAML without an opening fence, and Pelican's headers. What is
    not valid is recovered line by line, and a problem names the line. What is no front matter,
    like two horizontal rules, stays text.
    """
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        text = text if "\n" in text else text.replace("\r", "\n")
    start = len(text) - len(text.lstrip())
    found = (
        _fenced(text, start)
        or _bare_json(text, start)
        or _unopened(text, start)
        or _headers(text, start)
    )
    return found or FrontMatter(body=text)


def _fenced(text: str, start: int) -> FrontMatter | None:
    opening = _OPENING.match(text, start)
    if not opening:
        return None
    language = opening[2].lower() or opening[1][0]
    dialect = _DIALECTS.get(language, language)
    first_line = text.count("\n", 0, opening.end()) + 1
    limit = opening.end() + _LONGEST
    closing = _CLOSING[opening[1][0]].search(text, opening.end(), limit)
    if not closing:
        return _unclosed(text[opening.end() : limit], text[limit:], dialect, first_line)
    block, fence = text[opening.end() : closing.start()], closing[0]
    body = text[closing.end() :].removeprefix("\n")
    if not block.strip():
        return FrontMatter(body=body, dialect=dialect)
    try:
        return _plausible(_load(block, dialect, first_line), body)
    except UnreadableError as error:
        return _recovered(block + fence, body, dialect, error)


def _load(block: str, dialect: str, first_line: int) -> FrontMatter:
    """Read a whole block as its dialect has it; UnreadableError names the line of the file."""
    try:
        value, repeated = _LOADERS.get(dialect, _load_unknown)(block)
    except UnreadableError as error:
        line = error.line + first_line - 1 if error.line else first_line
        raise UnreadableError(f"not valid {dialect.upper()} ({error})", line) from error
    if not isinstance(value, dict):
        raise UnreadableError("no list of keys and values", first_line)
    problems = [
        f"Line {line + first_line - 1}: {key} is given again in the front matter;"
        " the last value counts, lists are joined."
        for key, line in repeated
    ]
    return FrontMatter(_squashed(value), "", dialect, tuple(problems))


def _load_toml(block: str) -> tuple[object, list[tuple[str, int]]]:
    try:
        return tomllib.loads(block, parse_float=str), []
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise UnreadableError(str(error), int(line[1]) if line else 0) from error


def _load_json(block: str) -> tuple[object, list[tuple[str, int]]]:
    """Read JSON; as YAML where only that takes it: trailing commas, and Hexo's missing braces."""
    try:
        return json.loads(block, parse_int=str, parse_float=str), []
    except (ValueError, RecursionError):
        return load_yaml(block if block.lstrip().startswith("{") else f"{{{block}}}")


def _load_unknown(_block: str) -> tuple[object, list[tuple[str, int]]]:
    raise UnreadableError("a language that is not read here")


_LOADERS = {"yaml": load_yaml, "toml": _load_toml, "json": _load_json}


def _squashed(value: Mapping[str, object]) -> dict[str, object]:
    fields = {squash(key): item for key, item in value.items()}
    inner = fields.get("taxonomies")  # where Zola keeps categories and tags
    return _squashed(inner) | fields if isinstance(inner, dict) else fields


def _plausible(found: FrontMatter, body: str) -> FrontMatter | None:
    """Keep two horizontal rules with a text and a colon between them from being front matter."""
    if KNOWN.isdisjoint(found.fields) and not all(map(_SIMPLE_KEY.fullmatch, found.fields)):
        return None
    return replace(found, body=body)


def _recovered(front: str, body: str, dialect: str, error: UnreadableError) -> FrontMatter | None:
    """Save what a block that ends with its fence still says."""
    if dialect in ("yaml", "toml"):
        fields, end = recover(front)
        rest = front[end:]
        body = body if _fence_only(rest) else f"{rest}\n{body}"
    else:
        fields, _ = recover("\n".join(line.strip(" \t{}") for line in front.split("\n")))
    if KNOWN.isdisjoint(fields):
        return None
    problem = f"Line {error.line}: the front matter is {error}; it was read line by line."
    return FrontMatter(_squashed(fields), body, dialect, (problem,))


def _fence_only(rest: str) -> bool:
    return not rest.strip().strip("-+;.")


def _unclosed(front: str, beyond: str, dialect: str, first_line: int) -> FrontMatter | None:
    fields, end = recover(front)
    if KNOWN.isdisjoint(fields):
        return None
    line = first_line + front.count("\n", 0, end)
    problem = f"The front matter is never closed; the text is taken to begin at line {line}."
    return FrontMatter(_squashed(fields), front[end:] + beyond, dialect, (problem,))


def _bare_json(text: str, start: int) -> FrontMatter | None:
    if not text.startswith("{", start):
        return None
    try:
        decoder = json.JSONDecoder(parse_int=str, parse_float=str)
        value, end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    if text[end : end + 1] not in ("", "\n") or not value:
        return None
    return _plausible(FrontMatter(_squashed(value), dialect="json"), text[end:])


def _unopened(text: str, start: int) -> FrontMatter | None:
    """Read Hexo's form: keys from the first line on, no blank line, and a closing fence."""
    lines = text[start : start + _LONGEST].split("\n", _HEADER_LINES)
    header = _HEADER.fullmatch(lines[0])
    if not header or squash(header[1]) not in KNOWN:
        return None
    end = next((at for at, line in enumerate(lines) if not line.strip() or _FENCE(line)), 0)
    if not end or not lines[end].strip():
        return None
    first_line = text.count("\n", 0, start) + 1
    block = "\n".join(lines[:end])
    body = text[start + len(block) + 1 + len(lines[end]) :].removeprefix("\n")
    try:
        return _plausible(_load(block, "yaml", first_line), body)
    except UnreadableError as error:
        return _recovered(f"{block}\n{lines[end]}", body, "yaml", error)


def _headers(text: str, start: int) -> FrontMatter | None:
    """Read Pelican's and MultiMarkdown's form: ``Key: value`` lines up to the first blank one."""
    head, _, body = text[start : start + _LONGEST].partition("\n\n")
    fields: dict[str, object] = {}
    key = ""
    for line in head.rstrip("\n").split("\n"):
        if match := _HEADER.fullmatch(line):
            key = squash(match[1])
            fields[key] = match[2] or ""
        elif key and line[:1] in (" ", "\t"):
            fields[key] = f"{fields[key]} {line.strip()}"
        else:
            return None
    if "title" not in fields and len(KNOWN.intersection(fields)) < 2:  # noqa: PLR2004 - one may be prose
        return None
    return FrontMatter(fields, body + text[start + _LONGEST :], "headers")
