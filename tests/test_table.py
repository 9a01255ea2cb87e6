"""Tables look as those of rich do, whichever of the two draws them."""

import io

import pytest
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from aggregator.table import Table

_ROWS = [
    ("Wire", "feed", "ok", "1,204"),
    ("新浪财经 财经新闻", "page", "blocked", "7"),
    ("a name of so many words that it becomes the widest", "directory", "new", "0"),
    ("", "–", "", ""),
    (":smile: [red]no markup[/]", "[/]", "\\[x]", "e\u0301"),
]


def _printed(table: object, width: int, *, colours: bool = False) -> str:
    told = io.StringIO()
    kind = "standard" if colours else None
    console = Console(
        file=told,
        width=width,
        soft_wrap=True,
        force_terminal=colours,
        color_system=kind,  # type: ignore[arg-type]
    )
    console.print(table)
    return told.getvalue()


def _ours(rows: list[tuple[str, ...]]) -> Table:
    table = Table("Source", "Kind", "Status", ">Articles")
    for row in rows:
        table.add(*row)
    return table


def _of_rich(rows: list[tuple[str, ...]]) -> RichTable:
    table = RichTable(box=None, header_style="bold", pad_edge=False)
    table.add_column("Source", overflow="fold")
    table.add_column("Kind", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Articles", justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 81, 82, 83, 1000])
def test_a_table_looks_as_richs_does(width: int) -> None:
    assert _printed(_ours(_ROWS), width) == _printed(_of_rich(_ROWS), width)


@pytest.mark.parametrize("name", ["two\nlines", "a\ttab", "two\r\nlines"])
def test_so_does_one_whose_cells_take_several_lines(name: str) -> None:
    rows = [*_ROWS, (name, "feed", "ok", "1")]
    assert _printed(_ours(rows), 1000) == _printed(_of_rich(rows), 1000)


def test_so_does_one_without_rows() -> None:
    assert _printed(_ours([]), 80) == _printed(_of_rich([]), 80)


@pytest.mark.parametrize("width", [20, 1000])
def test_cells_have_the_colours_they_were_given(width: int) -> None:
    table = Table("Source", ">Status")
    table.add("Wire", ("ok", "green"))
    table.add("Other", ("error", "red"))
    said = _printed(table, width, colours=True)
    assert "\x1b[32mok\x1b[0m" in said
    assert "\x1b[31merror\x1b[0m" in said
    assert "\x1b[1mSource" in said
    assert "\x1b[1mStatus" in said
