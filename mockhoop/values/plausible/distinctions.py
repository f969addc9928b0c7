"""Telling alternatives apart: a value that suits several is changed a little, until it suits only one.

Alternatives often overlap without meaning to: objects of which nothing is required, say. What another one requires
can be left out, what it describes can be null.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any

from mockhoop.values.plausible.checks import fits
from mockhoop.values.plausible.json_values import is_number
from mockhoop.values.plausible.keywords import Schema
from mockhoop.values.plausible.schemas import Schemas

# How many changes are looked at, how many of them are followed, and how far within a value they are made.
MOST_CHANGES = 400
MOST_WAYS = 16
DEEPEST_CHANGE = 4
# What stands in the place of something else, the mildest first.
OTHERS: tuple[Any, ...] = (None, "", False, 0, 0.5, [], {}, [None])


def only(
    schemas: Schemas, value: Any, wanted: Schema, unwanted: Sequence[Schema], suits: Callable[[Any], bool]
) -> Iterator[Any]:
    """The value, changed so that it satisfies the wanted schema and none of the unwanted ones, in ways that suit."""
    found = [value]
    for schema in unwanted:
        found = list(islice(_out_of(schemas, schema, wanted, found), MOST_WAYS))
    yield from (deepcopy(one) for one in found if suits(one))


def _out_of(schemas: Schemas, unwanted: Schema, wanted: Schema, values: Iterable[Any]) -> Iterator[Any]:
    """The values that do not satisfy the unwanted schema; the others changed so that they do not any more."""
    for value in values:
        if not fits(schemas, unwanted, value):
            yield value
            continue
        for one in islice(_changed(schemas, unwanted, value, DEEPEST_CHANGE), MOST_CHANGES):
            if not fits(schemas, unwanted, one) and fits(schemas, wanted, one):
                yield one


def _changed(schemas: Schemas, unwanted: Schema, value: Any, depth: int) -> Iterator[Any]:
    """Values like this one that may not satisfy the unwanted schema, the mildest change first."""
    flat = schemas.flat(unwanted)
    if isinstance(value, dict):
        yield from _objects(schemas, flat, value, depth)
    elif isinstance(value, list):
        yield from _arrays(schemas, flat, value, depth)
    elif isinstance(value, str):
        yield from (f"{value}s", f"{value} etc.", value[: len(value) // 2])
    elif is_number(value):
        yield from (value + 1, value - 1, value + 0.5, -value, value * 1000)
    for choice in flat.get("choices", ()):
        for option in choice.options:
            yield from _changed(schemas, option, value, depth - 1) if depth else ()
    yield from OTHERS


def _objects(schemas: Schemas, flat: Mapping[str, Any], value: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    required: Sequence[str] = flat.get("required", ())
    known = {
        name: schema
        for name, schema in flat.get("properties", {}).items()
        if schemas.direction not in schemas.hidden_in(schema)
    }
    yield from (_without(value, name) for name in required if name in value)
    missing = [name for name in known if name not in value]
    yield from ({**value, name: None} for name in missing)
    for name in (name for name in known if name in value and depth):
        yield from ({**value, name: one} for one in _changed(schemas, known[name], value[name], depth - 1))
    yield from ({**value, name: one} for name in missing for one in OTHERS[1:])
    yield from (_without(value, name) for name in value if name not in required)
    if flat.get("additionalProperties", True) is not True:
        yield from ({**value, "other": one} for one in OTHERS)


def _arrays(schemas: Schemas, flat: Mapping[str, Any], value: list[Any], depth: int) -> Iterator[list[Any]]:
    items = flat.get("items", True)
    for place, item in enumerate(value if depth else ()):
        changes = _changed(schemas, items, item, depth - 1)
        yield from ([*value[:place], one, *value[place + 1 :]] for one in changes)
    yield from (value[:count] for count in range(len(value)))
    if value:
        most = flat.get("maxItems", len(value))
        yield value * (most // len(value) + 1)


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key != name}
