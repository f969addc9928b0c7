"""Server-sent events: a stream of them from values, and the values of a stream."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mockhoop.media import json_text
from mockhoop.media.charset import decoded
from mockhoop.media.unreadable import Unreadable

_BETWEEN = re.compile(r"\n{2,}")
_FIELDS = ("event", "id", "retry", "data")


def written(value: Any) -> bytes:
    """An event for each value of a list: its own fields when it has nothing but these, else JSON as its data.

    A text is a stream already.
    """
    if isinstance(value, str):
        return value.encode(errors="replace")
    items = value if isinstance(value, list | tuple) else [value]
    return "".join("".join(f"{line}\n" for line in _lines(item)) + "\n" for item in items).encode(errors="replace")


def parsed(body: bytes, charset: str = "") -> list[Any]:
    """What each event of a stream says: its data, or its fields when it has others too."""
    text = decoded(body, charset).replace("\r\n", "\n").replace("\r", "\n")
    return [event for block in _BETWEEN.split(text) if (event := _event(block)) is not _NOTHING]


_NOTHING = object()


def _lines(item: Any) -> Iterator[str]:
    if isinstance(item, Mapping) and item and set(item) <= set(_FIELDS):
        for field in _FIELDS:
            if field in item:
                yield from _field(field, item[field])
    else:
        yield f"data: {json_text.written(item).decode()}"


def _field(name: str, value: Any) -> Iterator[str]:
    text = value if isinstance(value, str) else json_text.written(value).decode()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # Only data may go over several lines.
    for line in lines if name == "data" else [" ".join(lines)]:
        yield f"{name}: {line}"


def _event(block: str) -> Any:
    fields: dict[str, str] = {}
    data: list[str] = []
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif name in _FIELDS:
            fields[name] = value.removeprefix(" ")
    if data:
        fields["data"] = "\n".join(data)
    if not fields:
        return _NOTHING
    values = {name: _value(name, text) for name, text in fields.items()}
    return values["data"] if values.keys() == {"data"} else values


def _value(name: str, text: str) -> Any:
    if name in ("event", "id"):
        return text
    try:
        return json_text.parsed_text(text)
    except Unreadable:
        return text
