"""Comma-separated values: a header with the names, and a row for each object."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from mockhoop.media import json_text
from mockhoop.media.charset import encoded
from mockhoop.media.shape import text_of


def written(value: Any, charset: str = "") -> bytes:
    """An array of flat objects as a header and rows; a text is a table already."""
    if isinstance(value, str):
        return encoded(value, charset)
    rows = list(value) if isinstance(value, list | tuple) else [value]
    # The names in the order in which they come first, since not every object has all of them.
    header = list(dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row))
    out = StringIO(newline="")
    writer = csv.writer(out)
    if header:
        writer.writerow(header)
    writer.writerows(_row(row, header) for row in rows)
    return encoded(out.getvalue(), charset)


def _row(row: Any, header: list[str]) -> list[str]:
    if isinstance(row, Mapping):
        return [_cell(row.get(name)) for name in header]
    return [_cell(cell) for cell in (row if isinstance(row, list | tuple) else [row])]


def _cell(value: Any) -> str:
    return json_text.written(value).decode() if isinstance(value, Mapping | list | tuple) else text_of(value)
