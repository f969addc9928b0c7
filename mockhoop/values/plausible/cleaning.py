"""Schemas without what makes no sense in them: real documents have arguments of the wrong kind.

Such a keyword says nothing, so it is left out; where it is plain what was meant, it is put right.
"""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from mockhoop.values.plausible.dialect import translated
from mockhoop.values.plausible.json_values import TYPES, is_number

# Beyond this, arithmetic with floats breaks down.
GREATEST = 1e300
ALIASES = {
    "bool": "boolean",
    "date": "string",
    "datetime": "string",
    "dict": "object",
    "double": "number",
    "file": "string",
    "float": "number",
    "int": "integer",
    "list": "array",
    "long": "integer",
    "map": "object",
    "str": "string",
    "uuid": "string",
}
_NUMERAL = re.compile(r"\s*-?\d{1,300}(\.\d+)?([eE][+-]?\d{1,3})?\s*\Z", re.ASCII)

Cleaner = Callable[[Any], Any]
"""Gives the argument of a keyword as it is meant, None if it means nothing."""


def cleaned(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a schema that are known and make sense."""
    found: dict[str, Any] = {}
    for word, argument in schema.items():
        if word in ANYTHING:
            found[word] = argument
        elif word in CLEANERS:
            clean = CLEANERS[word](argument)
            if clean is not None:
                found[word] = clean
    return found


def is_schema(thing: Any) -> bool:
    """Whether this is a schema: a mapping, or true or false."""
    return isinstance(thing, Mapping | bool)


def _number(argument: Any) -> Any:
    if isinstance(argument, str) and _NUMERAL.match(argument):
        argument = float(argument) if any(mark in argument for mark in ".eE") else int(argument)
    return argument if is_number(argument) and isfinite(argument) and abs(argument) < GREATEST else None


def _safe_number(argument: Any) -> Any:
    try:
        return _number(argument)
    except OverflowError:
        return None


def _bound(argument: Any) -> Any:
    return argument if isinstance(argument, bool) else _safe_number(argument)


def _step(argument: Any) -> Any:
    number = _safe_number(argument)
    return number if number is not None and 1e-15 < number < 1e30 else None


def _count(argument: Any) -> int | None:
    number = _safe_number(argument)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _types(argument: Any) -> Any:
    if isinstance(argument, str):
        return _type(argument)
    if not isinstance(argument, list | tuple):
        return None
    return [kind for kind in map(_type, argument) if kind] or None


def _type(kind: Any) -> str | None:
    if not isinstance(kind, str):
        return None
    return kind if kind in TYPES else ALIASES.get(kind.lower(), kind.lower() if kind.lower() in TYPES else None)


def _schema(argument: Any) -> Any:
    return argument if is_schema(argument) else None


def _schemas(argument: Any) -> Any:
    if not isinstance(argument, list | tuple):
        return None
    return [part for part in argument if is_schema(part)] or None


def _schemas_by_name(argument: Any) -> Any:
    if not isinstance(argument, Mapping):
        return None
    # YAML reads some names as numbers or as true; a property that is not described may be anything.
    return {str(name): schema if is_schema(schema) else True for name, schema in argument.items()}


def _schemas_by_pattern(argument: Any) -> Any:
    found = _schemas_by_name(argument) or {}
    patterns = {translated(pattern): schema for pattern, schema in found.items()}
    patterns.pop(None, None)
    return patterns or None


def _names(argument: Any) -> Any:
    if not isinstance(argument, list | tuple):
        return None
    return [name for name in argument if isinstance(name, str)]


def _names_by_name(argument: Any) -> Any:
    if not isinstance(argument, Mapping):
        return None
    found = {str(name): _names(names) for name, names in argument.items()}
    return {name: names for name, names in found.items() if names} or None


def _discriminator(argument: Any) -> Any:
    if not isinstance(argument, Mapping) or not isinstance(argument.get("propertyName"), str):
        return None
    mapping = argument.get("mapping")
    if mapping is None or (isinstance(mapping, Mapping) and all(isinstance(name, str) for name in mapping)):
        return argument
    return {"propertyName": argument["propertyName"]}


def _only(kind: type) -> Cleaner:
    return lambda argument: argument if isinstance(argument, kind) else None


def _flag(argument: Any) -> bool | None:
    return True if argument is True else None


ANYTHING = frozenset(("const", "default", "example"))
CLEANERS: dict[str, Cleaner] = {
    **dict.fromkeys(("minimum", "maximum"), _safe_number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _bound),
    **dict.fromkeys(("minItems", "maxItems", "minContains", "maxContains", "minLength", "maxLength"), _count),
    **dict.fromkeys(("minProperties", "maxProperties"), _count),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _schemas),
    **dict.fromkeys(("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames"), _schema),
    **dict.fromkeys(("then", "unevaluatedItems", "unevaluatedProperties"), _schema),
    **dict.fromkeys(("dependentSchemas", "properties"), _schemas_by_name),
    **dict.fromkeys(("nullable", "readOnly", "uniqueItems", "writeOnly"), _flag),
    **dict.fromkeys(("$ref", "contentEncoding", "contentMediaType", "format"), _only(str)),
    **dict.fromkeys(("enum", "examples"), _only(list)),
    "dependentRequired": _names_by_name,
    "discriminator": _discriminator,
    "multipleOf": _step,
    "pattern": lambda argument: translated(argument) if isinstance(argument, str) else None,
    "patternProperties": _schemas_by_pattern,
    "required": _names,
    "type": _types,
}
