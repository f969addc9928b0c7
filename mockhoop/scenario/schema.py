"""The scenario language as a JSON Schema, which gives editors completion and marks mistakes of shape."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from inspect import getdoc
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from mockhoop.scenario.kinds import (
    Base64,
    ClockTime,
    Duration,
    Flag,
    Kind,
    OneOf,
    Payload,
    Real,
    Text,
    Uuid,
    Version,
    When,
    Whole,
)
from mockhoop.scenario.model import Scenario
from mockhoop.scenario.reader import Entry, entries_of
from mockhoop.scenario.times import NOW, UNITS

Schema = dict[str, Any]

_AMOUNTS = "(?=[0-9])" + "".join(rf"(?:[0-9]+(?:\.[0-9]+)?{unit})?" for unit in UNITS)
_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[-+][0-9]{2}:[0-9]{2})"
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_PATTERNS: Mapping[type[Kind], str] = {
    Duration: rf"\+?{_AMOUNTS}",
    When: rf"now|[-+]{_AMOUNTS}|{_INSTANT}",
    Uuid: "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    ClockTime: "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]",
    Base64: _BASE64,
}
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}


def json_schema() -> Schema:
    """The schema of a scenario file (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mockhoop scenario",
        "$ref": f"#/$defs/{Scenario.__name__}",
        "$defs": {record.__name__: _record(record) for record in sorted(records(), key=lambda one: str(one.__name__))},
    }


def records() -> list[Any]:
    """Every record of the language, in the order in which a reader of a scenario meets them."""
    found: list[Any] = []

    def meet(wanted: Any) -> None:
        if isinstance(wanted, type) and is_dataclass(wanted) and wanted not in found:
            found.append(wanted)
            for entry in entries_of(wanted).values():
                meet(entry.type)
        if _kind_of(wanted) is None:  # what a kind makes of a text is no record of the language
            for part in get_args(wanted):
                meet(part)

    meet(Scenario)
    return found


def about(record: Any) -> str:
    """What a record is, as its class says it."""
    return " ".join((getdoc(record) or "").replace("``", "`").split())


def default_of(record: Any, entry: Entry) -> Any:
    """What a field is when it is left out, as it would be written; None where that is not a plain value."""
    default = next(one.default for one in fields(record) if one.name == entry.name)
    if isinstance(_kind_of(entry.type), Duration) and isinstance(default, int):
        return _duration(default)
    if default is NOW:
        return "now"
    return default if isinstance(default, str | bool | int | float) and default != "" else None


def _kind_of(wanted: Any) -> Kind | None:
    return next((note for note in get_args(wanted) if isinstance(note, Kind)), None)


def _duration(nanoseconds: int) -> str:
    parts = []
    for unit, size in UNITS.items():
        amount, nanoseconds = divmod(nanoseconds, size)
        parts.append(f"{amount}{unit}" if amount else "")
    return "".join(parts) or "0s"


def _record(record: Any) -> Schema:
    entries = entries_of(record)
    properties = {key: _field(record, entry) for key, entry in entries.items()}
    described = {"description": about(record)}
    if getattr(record, "ROW", False):
        # Without "items": false, which editors that only know draft 7 take for "no item is right".
        return {
            **described,
            "type": "array",
            "prefixItems": list(properties.values()),
            "minItems": len(properties),
            "maxItems": len(properties),
        }
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    required = [entry.key for entry in entries.values() if entry.required]
    if required:
        schema["required"] = required
    shorthand = getattr(record, "SHORTHAND", None)
    return {**described, **schema} if shorthand is None else {**described, "anyOf": [properties[shorthand], schema]}


def _field(record: Any, entry: Entry) -> Schema:
    default = default_of(record, entry)
    return {"description": entry.doc, **_schema(entry.type), **({} if default is None else {"default": default})}


def _schema(wanted: Any) -> Schema:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind = _kind_of(wanted)
        return _schema(arguments[0]) if kind is None else _kind(kind)
    if origin in (Union, UnionType):
        return {"anyOf": [{"type": "null"} if one is NoneType else _schema(one) for one in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is Mapping:
        return {
            "type": "object",
            "propertyNames": _schema(arguments[0]),
            "additionalProperties": _schema(arguments[1]),
        }
    return dict(_PLAIN[wanted]) if wanted in _PLAIN else {"$ref": f"#/$defs/{wanted.__name__}"}


def _kind(kind: Kind) -> Schema:
    match kind:
        case Text(least=least, most=most, pattern=pattern):
            limits = {"minLength": least or None, "maxLength": most}
            return {"type": "string", **_given(limits), **(_pattern(kind, pattern) if pattern else {})}
        case OneOf(options=options, also=also):
            return {"enum": [*options, *also]}
        case Whole(least=least, most=most):
            return {"type": "integer", **_given({"minimum": least, "maximum": most})}
        case Real(least=least, most=most):
            return {"type": "number", **_given({"minimum": least, "maximum": most})}
        case Version(number=number):
            return {"const": number}
        case Flag():
            return {"type": "boolean"}
        case Payload():
            return {"anyOf": [{"type": "string", "minLength": 1}, _encoded(kind)]}
        case _:
            return {"type": "string", **_pattern(kind, _PATTERNS[type(kind)])}


def _encoded(kind: Kind) -> Schema:
    text = {"type": "string", "minLength": 1, **_pattern(kind, _BASE64)}
    return {"type": "object", "properties": {"base64": text}, "required": ["base64"], "additionalProperties": False}


def _pattern(kind: Kind, pattern: str) -> Schema:
    """The whole text must fit; editors say in words what is wanted."""
    return {"pattern": f"^(?:{pattern})$", "patternErrorMessage": f"expected {kind.expects}"}


def _given(limits: Schema) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}
