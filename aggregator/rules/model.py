"""How a rule is written in the configuration, and what is wrong with one that is not right."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from aggregator.rules.patterns import compiled

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Nine digits of days are what a timedelta holds.
_AGE = re.compile(r"([<>]) ?([0-9]{1,9})([smhd])")
_LENGTH = re.compile(r"([<>]) ?([0-9]{1,9})")
# Language, and what may follow it (RFC 5646, 2.1); no private use, no grandfathered tags.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,4}", re.IGNORECASE | re.ASCII)
# What XML 1.0 forbids (production 2), other controls, and what would break a line.
_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# A backslash, or a group's number or name. Three digits would be an octal character.
_ESCAPE = re.compile(r"\\(?:\\|(?P<number>[1-9][0-9]?)(?![0-9])|g<(?P<name>\w+)>|(?P<other>))")
_LONGEST_REPLACEMENT = 1000


def age_limit(value: str) -> tuple[str, timedelta]:
    """Return "<" or ">" and the age of a limit such as ">2d". Raises ValueError."""
    limit = _AGE.fullmatch(value)
    if not limit:
        raise ValueError("is no age; write >2d for older than two days, <12h for younger")
    return limit[1], timedelta(**{_UNITS[limit[3]]: int(limit[2])})


def length_limit(value: str) -> tuple[str, int]:
    """Return "<" or ">" and the characters of a limit such as ">2000". Raises ValueError."""
    limit = _LENGTH.fullmatch(value)
    if not limit:
        raise ValueError("is no length; write >2000 for longer than 2000 characters, <300")
    return limit[1], int(limit[2])


def _age(value: str) -> str:
    age_limit(value)
    return value


def _length(value: str) -> str:
    length_limit(value)
    return value


def _regex(value: str) -> str:
    import regex  # noqa: PLC0415

    try:
        compiled(value)
    except regex.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    except RecursionError as error:
        raise ValueError("is no regular expression: it is nested too deeply") from error
    return value


def _replacement(pattern: str, value: str) -> None:
    _plain(value)
    if len(value) > _LONGEST_REPLACEMENT:
        raise ValueError(f"is longer than {_LONGEST_REPLACEMENT:,} characters")
    expression = compiled(pattern)
    groups = {*expression.groupindex, *map(str, range(expression.groups + 1))}
    for escape in _ESCAPE.finditer(value):
        if escape["other"] is not None:
            raise ValueError(r"has a backslash that is not part of \1, \g<name> or \\")
        name = escape["number"] or escape["name"]
        if name and name not in groups:
            raise ValueError(f"names a group {name} that the regular expression does not have")


def _replacements(value: dict[str, str]) -> dict[str, str]:
    wrong = [said for pair in value.items() for said in _wrong_with(*pair)]
    if wrong:
        raise ValueError("; ".join(wrong))
    return value


def _wrong_with(pattern: str, replacement: str) -> Iterator[str]:
    try:
        _regex(pattern)
    except ValueError as error:
        yield f"holds {pattern!r}, which {error}"
        return
    try:
        _replacement(pattern, replacement)
    except ValueError as error:
        yield f"holds {replacement!r}, which {error}"


def _plain(value: str) -> str:
    if _ILLEGAL.search(value):
        raise ValueError("holds a line break or a control character")
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("is no language; write it like zh-CN or en")
    return value


def _web_address(value: str) -> str:
    # Made here: it takes 10 ms, and hardly any rule has an address.
    from pydantic import HttpUrl, TypeAdapter  # noqa: PLC0415

    try:
        return str(TypeAdapter(HttpUrl).validate_python(value))
    except ValidationError as error:
        raise ValueError("is no web address; write it like https://example.org/a.png") from error


def _as_given(value: Any, several: ValidatorFunctionWrapHandler) -> Any:
    """Take one value for a list of one; what is wrong with it is said of it, without a number."""
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError("is empty")
        return several(value)
    try:
        return several((value,))
    except ValidationError as error:
        details = [
            InitErrorDetails(
                type=one["type"], loc=one["loc"][1:], input=one["input"], ctx=one.get("ctx", {})
            )
            for one in error.errors()
        ]
        raise ValidationError.from_exception_data(error.title, details) from error


def _one_or_several(kind: Any) -> WrapValidator:
    several = Annotated[tuple[kind, ...], Field(min_length=1)]
    return WrapValidator(_as_given, json_schema_input_type=kind | several)


Age = Annotated[str, AfterValidator(_age)]
Length = Annotated[str, AfterValidator(_length)]
Regex = Annotated[str, Field(min_length=1), AfterValidator(_regex)]
Regexes = Annotated[tuple[Regex, ...], _one_or_several(Regex)]
Glob = Annotated[str, Field(min_length=1)]
Globs = Annotated[tuple[Glob, ...], _one_or_several(Glob)]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_plain)
]
Labels = Annotated[tuple[Label, ...], _one_or_several(Label)]
Replaced = Annotated[dict[str, str], Field(min_length=1), AfterValidator(_replacements)]
Language = Annotated[str, AfterValidator(_language)]
Languages = Annotated[tuple[Language, ...], _one_or_several(Language)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("is empty")
        return self


class Condition(_Part):
    """What an article is to be like; all of it must hold. A list of values means any of them."""

    title: Regexes = Field((), description="regular expressions, searched in the title")
    text: Regexes = Field((), description="regular expressions, searched in the plain text")
    author: Regexes = Field((), description="regular expressions, searched in each author's name")
    url: Globs = Field((), description="globs of the article's whole address")
    source: Globs = Field((), description="globs of the source's name")
    category: Globs = Field((), description="globs of a category's name")
    language: Globs = Field((), description="languages, or globs of them; zh is zh-CN too")
    age: Age | None = Field(
        None, description="time since it was published, such as >2d for older, <12h for younger"
    )
    length: Length | None = Field(
        None, description="characters of its plain text, such as >2000 or <300"
    )


Conditions = Annotated[tuple[Condition, ...], _one_or_several(Condition)]


class If(Condition):
    """A condition that may have exceptions."""

    not_: Conditions = Field(
        (), alias="not", description="what it is not to be like: a mapping, or a list for any of"
    )


Ifs = Annotated[tuple[If, ...], _one_or_several(If)]


class Replacements(_Part):
    """What is replaced, as regular expression: replacement, one after the other."""

    title: Replaced = Field({}, description="in the title")
    text: Replaced = Field({}, description="in the text between the tags of the article")
    author: Replaced = Field({}, description="in each author's name")
    url: Replaced = Field({}, description="in the article's address")


class Values(_Part):
    """What is put in the place of what was there."""

    title: Label | None = Field(None, description="the title")
    author: Labels = Field((), description="the authors")
    language: Language | None = Field(None, description="the language, like zh-CN")
    image: WebAddress | None = Field(None, description="the address of the lead image")


class Rule(_Part):
    """What is done with the articles that fulfil a condition, or with all."""

    if_: Ifs = Field(
        (),
        alias="if",
        description="which articles: a mapping of which all must hold, or a list of mappings of "
        "which any must; default: all articles",
    )
    drop: bool = Field(False, description="the article is left out")
    replace: Replacements | None = Field(
        None, description="what is replaced, as regular expression: replacement"
    )
    set: Values | None = Field(None, description="what is put in the place of what was there")
    remove_categories: Globs = Field((), description="globs of categories that it loses")
    categories: Labels = Field((), description="categories that it gets")

    @model_validator(mode="after")
    def _acts(self) -> Self:
        changes = [self.replace, self.set, self.remove_categories, self.categories]
        if not self.drop and not any(changes):
            raise ValueError(
                "does nothing; give it drop, replace, set, remove_categories or categories"
            )
        if self.drop and any(changes):
            raise ValueError("drops the article and changes it; make it two rules")
        return self
