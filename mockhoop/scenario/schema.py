"""The scenario language as a JSON Schema, which gives editors completion and marks mistakes of shape."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from mockhoop.scenario.kinds import Duration, Flag, Kind, OneOf, Payload, Real, Text, Uuid, Version, When, Whole
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.reader import entries_of

_DURATION = r"^[-+]?(?:[0-9]+(?:\.[0-9]+)?(?:w|d|h|m|s|ms|us|ns))+$"
_MOMENT = rf"^(?:now|[-+].*|{_DURATION[1:-1]}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T.*)$"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}

Schema = dict[str, Any]


def json_schema() -> Schema:
    """The schema of a scenario file (draft 2020-12)."""
    definitions: dict[str, Schema] = {}
    _reference(Scenario, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mockhoop scenario",
        "$ref": f"#/$defs/{Scenario.__name__}",
        "$defs": dict(sorted(definitions.items())),
    }


def records() -> list[Any]:
    """Every record of the language, in the order in which a reader of a scenario meets them."""
    definitions: dict[str, Schema] = {}
    found: list[Any] = []
    _reference(Scenario, definitions, found)
    return found


def _reference(record: Any, definitions: dict[str, Schema], found: list[Any] | None = None) -> Schema:
    name = record.__name__
    if name not in definitions:
        definitions[name] = {}  # records contain each other
        if found is not None:
            found.append(record)
        definitions[name] = _record(record, definitions, found)
    return {"$ref": f"#/$defs/{name}"}


def _record(record: Any, definitions: dict[str, Schema], found: list[Any] | None) -> Schema:
    entries = entries_of(record)
    properties = {
        key: {**_described(_schema(entry.type, definitions, found), entry.doc), **_default(record, entry.name)}
        for key, entry in entries.items()
    }
    if getattr(record, "ROW", False):
        items = list(properties.values())
        size = len(items)
        return {"type": "array", "prefixItems": items, "minItems": size, "maxItems": size}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    required = [entry.key for entry in entries.values() if entry.required]
    if required:
        schema["required"] = required
    shorthand = getattr(record, "SHORTHAND", None)
    if shorthand is None:
        return schema
    return {"anyOf": [schema, _schema(entries[shorthand].type, definitions, found)]}


def _described(schema: Schema, doc: str) -> Schema:
    return {"description": doc, **schema}


def _default(record: Any, name: str) -> Schema:
    default = next(one.default for one in fields(record) if one.name == name)
    shown = default is not MISSING and default is not None and isinstance(default, str | bool | float)
    return {"default": default} if shown else {}


def _schema(wanted: Any, definitions: dict[str, Schema], found: list[Any] | None) -> Schema:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind = next((note for note in arguments[1:] if isinstance(note, Kind)), None)
        return _schema(arguments[0], definitions, found) if kind is None else _kind(kind)
    if origin in (Union, UnionType):
        options = [_schema(one, definitions, found) for one in arguments if one is not NoneType]
        nullable = [{"type": "null"}] if NoneType in arguments else []
        return {"anyOf": [*options, *nullable]} if len(options) + len(nullable) > 1 else options[0]
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], definitions, found)}
    if origin is Mapping:
        keys = _schema(arguments[0], definitions, found)
        return {
            "type": "object",
            "propertyNames": keys,
            "additionalProperties": _schema(arguments[1], definitions, found),
        }
    return _reference(wanted, definitions, found) if is_dataclass(wanted) else dict(_PLAIN[wanted])


def _kind(kind: Kind) -> Schema:
    match kind:
        case Text(least=least, most=most, pattern=pattern):
            limits = {"minLength": least or None, "maxLength": most, "pattern": f"^(?:{pattern})$" if pattern else None}
            return {"type": "string", **{name: value for name, value in limits.items() if value is not None}}
        case OneOf(options=options, also=also):
            return {"enum": [*options, *also]}
        case Whole(least=least, most=most) | Real(least=least, most=most):
            bounds: Schema = {"minimum": least, "maximum": most}
            name = "integer" if isinstance(kind, Whole) else "number"
            return {"type": name, **{key: value for key, value in bounds.items() if value is not None}}
        case Version(number=number):
            return {"const": number}
        case Flag():
            return {"type": "boolean"}
        case Duration():
            return {"type": "string", "pattern": _DURATION, "examples": ["90s", "5m", "1h30m"]}
        case When():
            return {"type": "string", "pattern": _MOMENT, "examples": ["now", "-3h", "2024-07-25T15:56:35Z"]}
        case Uuid():
            return {"type": "string", "pattern": "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}
        case Payload():
            encoded = {"type": "object", "properties": {"base64": {"type": "string"}}, "required": ["base64"]}
            return {"anyOf": [{"type": "string", "minLength": 1}, encoded]}
        case _:
            return {"type": "string"}
