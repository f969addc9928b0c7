"""JSON values one after another: a line for each, or RFC 7464's sequence."""

import re
from typing import Any

from mockhoop.media import json_text
from mockhoop.media.charset import decoded
from mockhoop.media.unreadable import Unreadable

_RECORD = "\x1e"


def written_lines(value: Any) -> bytes:
    """Each value on a line of its own; what is no list is one line."""
    return b"".join(json_text.written(item) + b"\n" for item in _listed(value))


def written_sequence(value: Any) -> bytes:
    """Each value between a record separator and a line's end."""
    return b"".join(_RECORD.encode() + json_text.written(item) + b"\n" for item in _listed(value))


def parsed_lines(body: bytes, charset: str = "") -> list[Any]:
    """The value of each line; empty lines do not count.

    Raises:
        Unreadable: a line is no JSON; its number is told.
    """
    lines = decoded(body, charset).split("\n")
    return [_parsed(line, f"line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def parsed_sequence(body: bytes, charset: str = "") -> list[Any]:
    """The value of each record; raises as ``parsed_lines`` does."""
    first, *records = re.split(f"{_RECORD}+", decoded(body, charset))
    if first.strip():
        raise Unreadable("a sequence begins with a record separator, U+001E, at offset 0")
    return [_parsed(record, f"record {number}") for number, record in enumerate(records, 1) if record.strip()]


def _parsed(text: str, where: str) -> Any:
    try:
        return json_text.parsed_text(text)
    except Unreadable as error:
        raise Unreadable(f"{where}: {error}", error.code) from None


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
