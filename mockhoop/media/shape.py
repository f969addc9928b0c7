"""What a schema says of the shape of a value, as far as bodies that are no JSON need to know it."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

Resolve = Callable[[Any], Any]
Schema = Any

_COMBINED = ("allOf", "oneOf", "anyOf")
_MOST_PARTS = 64
"""Parts of one schema: more than anybody writes, and an end for those that contain themselves."""

_TYPE_OF = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
_INTEGER = re.compile(r"[+-]?\d{1,1000}")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parts(schema: Schema, resolve: Resolve) -> list[Mapping[str, Any]]:
    """The schema and all that it combines, references followed."""
    found: list[Mapping[str, Any]] = []
    waiting = [schema]
    while waiting and len(found) < _MOST_PARTS:
        part = resolve(waiting.pop(0))
        if isinstance(part, Mapping):
            found.append(part)
            for key in _COMBINED:
                if isinstance(part.get(key), list):
                    waiting.extend(part[key])
    return found


def types(schema: Schema, resolve: Resolve) -> set[str]:
    """The types that a value may have; none when the schema leaves it open."""
    return {name for part in parts(schema, resolve) for name in _types(part)}


def _types(part: Mapping[str, Any]) -> Iterator[str]:
    declared = part.get("type")
    if declared is not None:
        yield from [declared] if isinstance(declared, str) else declared
        if part.get("nullable") is True:
            yield "null"
    elif "properties" in part or "additionalProperties" in part:
        yield "object"
    elif "items" in part:
        yield "array"
    else:
        values = part["enum"] if isinstance(part.get("enum"), list) else [part["const"]] if "const" in part else []
        yield from (_TYPE_OF[type(value)] for value in values if type(value) in _TYPE_OF)


def properties(schema: Schema, resolve: Resolve) -> dict[str, Schema]:
    """The schema of each property: all that the parts say of it."""
    found: dict[str, Schema] = {}
    for part in parts(schema, resolve):
        for name, declared in (part.get("properties") or {}).items():
            found[name] = _together(found[name], declared) if name in found else declared
    return found


def required(schema: Schema, resolve: Resolve) -> set[str]:
    """The properties that an object may not lack, whichever alternative it follows."""
    found: set[str] = set()
    waiting = [schema]
    while waiting and len(found) < _MOST_PARTS:
        part = resolve(waiting.pop())
        if isinstance(part, Mapping):
            found.update(part.get("required") or ())
            waiting.extend(part.get("allOf") or ())
    return found


def additional(schema: Schema, resolve: Resolve) -> Schema:
    """The schema of properties that are not named; an empty one when nothing is said of them."""
    return _all(schema, resolve, "additionalProperties")


def items(schema: Schema, resolve: Resolve) -> Schema:
    """The schema of an array's items; an empty one when nothing is said of them."""
    return _all(schema, resolve, "items")


def _all(schema: Schema, resolve: Resolve, key: str) -> Schema:
    found = (part[key] for part in parts(schema, resolve) if isinstance(part.get(key), Mapping))
    return reduce(_together, found, {})


def _together(one: Schema, two: Schema) -> Schema:
    return two if not one else one if not two or one == two else {"allOf": [one, two]}


def reference_name(schema: Schema) -> str:
    """The name under which a reference knows its schema, if it is one."""
    reference = schema.get("$ref") if isinstance(schema, Mapping) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""


def text_of(value: Any) -> str:
    """A value that is neither object nor array, as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def from_text(text: str, schema: Schema, resolve: Resolve) -> Any:
    """The value that a text stands for, where the schema asks for one; else the text as it is."""
    wanted = types(schema, resolve)
    bare = text.strip()
    if "boolean" in wanted and bare in _BOOLEANS and not ({"integer", "number"} & wanted and bare in "01"):
        return _BOOLEANS[bare]
    if {"integer", "number"} & wanted and _INTEGER.fullmatch(bare):
        return int(bare)
    if "number" in wanted and len(bare) <= 1000 and _NUMBER.fullmatch(bare):
        value = float(bare)
        return value if value - value == 0 else text
    if "null" in wanted and not bare and "string" not in wanted:
        return None
    return text
