"""An answer as a table that fits a terminal."""

from datetime import datetime
from typing import Any

from local.athena.lake import Rows

_WIDEST = 48


def table(rows: Rows) -> str:
    """Return the rows under their column names, numbers to the right, long values cut."""
    cells = [[cell(value) for value in row] for row in rows.rows]
    widths = [
        max([len(name), *(len(row[position]) for row in cells)])
        for position, name in enumerate(rows.columns)
    ]
    numeric = [
        bool(rows.rows) and all(_is_number(row[position]) for row in rows.rows)
        for position in range(len(rows.columns))
    ]

    def line(texts: list[str]) -> str:
        padded = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(texts, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    ruler = "  ".join("─" * width for width in widths)
    count = f"({len(cells)} row{'s' if len(cells) != 1 else ''})"
    return "\n".join([line(list(rows.columns)), ruler, *(line(row) for row in cells), count])


def cell(value: Any) -> str:
    """Return a value as text on one line, cut where it is long."""
    match value:
        case None:
            return ""
        case datetime():
            text = value.isoformat(" ", timespec="seconds")
        case float():
            text = f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
        case list():
            text = ", ".join(cell(item) for item in value)
        case _:
            text = str(value)
    text = text.replace("\n", " ")
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
