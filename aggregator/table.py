"""Tables in a terminal: what rich's own look like, for thousands of rows.

rich measures each cell twice and wraps it once, which takes 0.3 ms a row: a third of a second for
a thousand. A table that fits needs none of that; one that does not is left to rich.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table as RichTable

# Between two columns.
_GAP = "  "

# Text as it is, or with one of rich's styles. Without tabs and line breaks it takes one line.
Cell = str | tuple[str, str]


class Table:
    """A table without lines, to be printed with rich; ">" before a heading puts it to the right.

    Where it must, the first column folds and the others are cut.
    """

    def __init__(self, *headings: str) -> None:
        self._right = [heading.startswith(">") for heading in headings]
        self._rows: list[Sequence[Cell]] = [[(one.lstrip(">"), "bold") for one in headings]]

    def add(self, *cells: Cell) -> None:
        """Add a row, of as many cells as there are headings."""
        self._rows.append(cells)

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> Iterator["RenderableType | Segment"]:
        """Yield what rich is to print."""
        texts = [[_text(cell) for cell in row] for row in self._rows]
        widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
        fits = sum(widths) + len(_GAP) * (len(widths) - 1) <= options.max_width
        if not fits or any("\n" in text or "\t" in text for row in texts for text in row):
            yield self._left_to_rich()
            return
        for row in self._rows:
            yield from self._line(console, row, widths)

    def _line(
        self, console: "Console", row: Sequence[Cell], widths: Sequence[int]
    ) -> Iterator[Segment]:
        plain, gap = "", ""
        for cell, width, right in zip(row, widths, self._right, strict=True):
            text, style = (cell, "") if isinstance(cell, str) else cell
            blank = " " * (width - cell_len(text))
            plain += gap + blank if right else gap
            if style:
                yield Segment(plain)
                yield Segment(text, console.get_style(style))
                plain = ""
            else:
                plain += text
            plain += "" if right else blank
            gap = _GAP
        yield Segment(f"{plain}\n")

    def _left_to_rich(self) -> "RichTable":
        from rich.table import Table as RichTable  # noqa: PLC0415 - most tables fit
        from rich.text import Text  # noqa: PLC0415

        headings, *rows = self._rows
        table = RichTable(box=None, header_style="bold", pad_edge=False)
        for number, (heading, right) in enumerate(zip(headings, self._right, strict=True)):
            table.add_column(
                _text(heading),
                justify="right" if right else "left",
                overflow="fold" if number == 0 else "ellipsis",
                no_wrap=number > 0,
            )
        for row in rows:
            table.add_row(*map(Text.assemble, row))
        return table


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]
