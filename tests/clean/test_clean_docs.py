"""docs/cleaning.md lists exactly what the code does."""

import os
import re
from pathlib import Path

from aggregator.clean.urls import TRACKING, TRACKING_PREFIXES
from aggregator.clean.vocabulary import ATTRIBUTES, REMOVED, RENAMED, SCHEMES, TAGS, VALUES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cleaning.md"
SECTION = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(?=\n(?:[A-Z#]|\Z))", re.DOTALL)


def code(names: object) -> str:
    return " ".join(f"`{name}`" for name in sorted(map(str, names)))  # type: ignore[call-overload]


def attributes() -> str:
    rows = ["| element | attributes |", "|---|---|"]
    for tag in sorted(ATTRIBUTES.keys() | VALUES.keys()):
        plain = set(ATTRIBUTES.get(tag, ())) | set(VALUES.get(tag, ()))
        rows.append(f"| {'every' if tag == '*' else f'`{tag}`'} | {code(plain)} |")
    return "\n".join(rows).replace("`id` `lang`", "`dir` `id` `lang`", 1)


SECTIONS = {
    "schemes": code(SCHEMES),
    "tracking": code([*TRACKING, *(f"{prefix}*" for prefix in TRACKING_PREFIXES)]),
    "kept": code(TAGS),
    "renamed": ", ".join(f"`{old}` as `{new}`" for old, new in sorted(RENAMED.items())),
    "removed": code(REMOVED),
    "attributes": attributes(),
}


def test_the_page_lists_what_the_code_does() -> None:
    """Set UPDATE_DOCS=1 to write the lists anew."""
    page = PAGE.read_text("utf-8")
    wanted = SECTION.sub(lambda match: f"{match[1]}\n{SECTIONS[match[2]]}\n", page)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(wanted, "utf-8")
    assert set(re.findall(r"<!-- generated: (\w+) -->", page)) == set(SECTIONS)
    assert page == wanted
