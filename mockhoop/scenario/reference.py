"""The reference page of the scenario language: a table for each record, made of the model."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from mockhoop.scenario.kinds import Base64, ClockTime, Duration, Kind, OneOf, Payload, Uuid, When
from mockhoop.scenario.reader import Entry, entries_of
from mockhoop.scenario.schema import about, default_of, records
from mockhoop.scenario.script_model import Action

_TABLE = re.compile(r"(<!-- table of ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Any: "anything",
    NoneType: "`null`",
    Action: "[action](#actions)",
    Duration: "duration",
    When: "moment",
    Uuid: "id",
    ClockTime: "`HH:MM`",
    Base64: "text in base64",
    Payload: "text or `{base64: …}`",
}


def written(page: str) -> str:
    """A page with its tables as the model has them.

    They stand between ``<!-- table of X -->`` and ``<!-- end -->``; a table of several records has them one below the
    other, each under its first field.
    """
    by_name = {record.__name__: record for record in records()}

    def made(found: re.Match[str]) -> str:
        told = [by_name[name] for name in found[2].split()]
        return f"{found[1]}{_table(told[0]) if len(told) == 1 else _joint_table(told)}{found[3]}"

    return _TABLE.sub(made, page)


def missing(page: str) -> list[str]:
    """The records that have no table on a page."""
    there = {name for _, names, _ in _TABLE.findall(page) for name in names.split()}
    return [record.__name__ for record in records() if record.__name__ not in there]


def _table(record: Any) -> str:
    """What a record is, and its fields. What it has in common with another record stands in the table of that one."""
    base: Any = record.__base__
    above = entries_of(base) if base in records() else {}
    shared = [f"| | {_link(base)} | all of its fields |"] if above else []
    own = [_row(record, entry, entry.doc) for key, entry in entries_of(record).items() if key not in above]
    head = f'| <a id="{_words(record, "-")}"></a>{_words(record).capitalize()} | Value | |'
    return "\n".join([about(record), "", head, "|---|---|---|", *shared, *own, ""])


def _joint_table(told: list[Any]) -> str:
    rows = [row for record in told for row in _rows_below_first(record)]
    return "\n".join(["| Field | Value | |", "|---|---|---|", *rows, ""])


def _rows_below_first(record: Any) -> Iterator[str]:
    first, *others = entries_of(record).values()
    yield _row(record, first, f"**{about(record)}** {first.doc}")
    for entry in others:
        yield _row(record, entry, entry.doc, "&nbsp;· ")


def _row(record: Any, entry: Entry, doc: str, before: str = "") -> str:
    default = default_of(record, entry)
    plain = default is not None and default is not False
    text = doc + (f" When left out, `{str(default).lower() if default is True else default}`." if plain else "")
    nothing = any(one.name == entry.name and one.default is None for one in fields(record))
    value = _value(entry.type, null=not nothing)
    return f"| {before}`{entry.key}` | {value}{', required' if entry.required else ''} | {_escaped(text)} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "\\n")


def _value(wanted: Any, *, null: bool = True) -> str:
    """What may be written for a type of the model, in words; without ``null`` where that says nothing."""
    if wanted in _WORDS:
        return _WORDS[wanted]
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind = next((note for note in arguments if isinstance(note, Kind)), None)
        return _value(arguments[0], null=null) if kind is None else _of_kind(kind)
    if origin in (Union, UnionType):
        return " or ".join(_value(one) for one in arguments if null or one is not NoneType)
    if origin is tuple:
        return f"list of {_value(arguments[0])}"
    if origin is Mapping:
        return f"mapping from {_value(arguments[0])} to {_value(arguments[1])}"
    return _link(wanted)


def _of_kind(kind: Kind) -> str:
    if isinstance(kind, OneOf):
        return ", ".join(f"`{option}`" for option in kind.options)
    return _WORDS.get(type(kind)) or _escaped(kind.expects.removeprefix("a "))


def _link(record: Any) -> str:
    return f"[{_words(record)}](#{_words(record, '-')})"


def _words(record: Any, between: str = " ") -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", between, record.__name__).lower()
