"""How database clients print rows."""

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from mockhoop.values.transcripts.draw import Cell, Row


def width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide character such as 漢."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def psql(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """The aligned table of psql, with its row count."""
    cells = [[_text(cell, null="") for cell in row] for row in rows]
    widths = _widths(columns, cells)
    right = _numeric(columns, rows)
    lines = [
        "|".join(f" {_centred(c, w)} " for c, w in zip(columns, widths, strict=True)),
        "+".join("-" * (w + 2) for w in widths),
    ]
    for row in cells:
        padded = [f" {_padded(c, w, r)} " for c, w, r in zip(row, widths, right, strict=True)]
        # psql writes nothing behind the text of the last column.
        padded[-1] = " " + (padded[-1].strip() if not right[-1] else padded[-1][1:-1])
        lines.append("|".join(padded))
    return "\n".join([*lines, _row_count(len(rows)), "", ""])


def unaligned(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """What ``psql -A`` prints with a TAB as the separator."""
    return _separated(columns, rows, null="") + _row_count(len(rows)) + "\n"


def mysql_batch(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """What mysql prints when its output is not a terminal; nothing at all without rows."""
    return _separated(columns, rows, null="NULL") if rows else ""


def mysql_table(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """The bordered table of ``mysql --table``; nothing at all without rows."""
    if not rows:
        return ""
    cells = [[_text(cell, null="NULL", false="0", true="1") for cell in row] for row in rows]
    widths = _widths(columns, cells)
    right = _numeric(columns, rows)
    border = "+" + "+".join("-" * (w + 2) for w in widths) + "+"
    body = [
        "|" + "|".join(f" {_padded(c, w, r)} " for c, w, r in zip(row, widths, right, strict=True)) + "|"
        for row in cells
    ]
    heading = "|" + "|".join(f" {_padded(c, w, False)} " for c, w in zip(columns, widths, strict=True)) + "|"
    return "\n".join([border, heading, border, *body, border, ""])


def sqlcmd(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """The layout of sqlcmd: columns underlined with dashes, then the number of rows affected."""
    noun = "row" if len(rows) == 1 else "rows"
    return _underlined(columns, rows) + f"\n({len(rows)} {noun} affected)\n"


def sqlplus(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """The layout of SQL*Plus."""
    if not rows:
        return "\nno rows selected\n\n"
    noun = "row" if len(rows) == 1 else "rows"
    body = _underlined([c.upper() for c in columns], rows)
    return f"\n{body}\n{len(rows)} {noun} selected.\n\n"


def columns_of(heading: str, rows: Sequence[Sequence[str]], gap: int = 3) -> str:
    """Columns padded with blanks, as kubectl and docker print them; the heading's words are the columns."""
    titles = heading.split("|")
    widths = _widths(titles, rows)
    lines = [
        "".join(_padded(cell, w + gap, False) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in (titles, *rows)
    ]
    return "\n".join(lines) + "\n"


def _separated(columns: Sequence[str], rows: Sequence[Row], null: str) -> str:
    lines = ["\t".join(columns), *("\t".join(_text(cell, null) for cell in row) for row in rows)]
    return "\n".join(lines) + "\n"


def _underlined(columns: Sequence[str], rows: Sequence[Row]) -> str:
    cells = [[_text(cell, null="NULL", false="0", true="1") for cell in row] for row in rows]
    widths = _widths(columns, cells)
    right = _numeric(columns, rows)
    lines = [
        " ".join(_padded(c, w, r) for c, w, r in zip(columns, widths, right, strict=True)),
        " ".join("-" * w for w in widths),
        *(" ".join(_padded(c, w, r) for c, w, r in zip(row, widths, right, strict=True)) for row in cells),
    ]
    return "\n".join(lines) + "\n"


def _row_count(count: int) -> str:
    return "(1 row)" if count == 1 else f"({count} rows)"


def _text(cell: Cell, null: str, false: str = "f", true: str = "t") -> str:
    if cell is None:
        return null
    if isinstance(cell, bool):
        return true if cell else false
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(columns, *cells, strict=True)]


def _numeric(columns: Sequence[str], rows: Sequence[Row]) -> list[bool]:
    if not rows:
        return [False] * len(columns)
    return [
        all(isinstance(v, int | float) and not isinstance(v, bool) for v in column)
        for column in zip(*rows, strict=True)
    ]


def _padded(text: str, size: int, right: bool) -> str:
    blanks = " " * (size - width(text))
    return blanks + text if right else text + blanks


def _centred(text: str, size: int) -> str:
    blanks = size - width(text)
    return " " * (blanks // 2) + text + " " * (blanks - blanks // 2)
