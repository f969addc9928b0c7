"""A schema as it can be compared: references followed, ``allOf`` taken together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockhoop.contract.references import followed
from mockhoop.source import join_pointer

KINDS = frozenset(("string", "number", "integer", "boolean", "array", "object", "null"))


@dataclass(frozen=True, slots=True)
class At:
    """A schema, and the JSON pointer to it in its document."""

    pointer: str
    schema: Any


@dataclass(slots=True)
class Shape:
    """What a schema says of a value. ``additional`` is the schema of properties that have no name in it."""

    pointer: str
    name: str = ""
    kinds: frozenset[str] = KINDS
    allowed: tuple[Any, ...] | None = None
    properties: dict[str, At] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: At | None = None
    additional: At | bool = True
    alternatives: list[At] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    nothing: bool = False
    """No value fits."""


def shape(document: Mapping[str, Any], at: At) -> Shape:
    """The shape of the schema that stands there."""
    made = Shape(at.pointer)
    _lay(made, document, at, frozenset())
    return made


def _lay(made: Shape, document: Mapping[str, Any], at: At, passed: frozenset[str]) -> None:
    """Lay what a schema says over a shape; one that is part of itself says nothing new."""
    pointer, schema = _target(document, at)
    if pointer in passed:
        return
    if not isinstance(schema, Mapping):
        made.nothing = made.nothing or schema is False
        return
    if pointer != at.pointer and not passed:
        made.pointer, made.name = pointer, pointer.rpartition("/")[2]
    made.kinds &= _kinds(schema)
    if "const" in schema or "enum" in schema:
        values = [schema["const"]] if "const" in schema else list(schema["enum"])
        made.allowed = tuple(value for value in values if made.allowed is None or value in made.allowed)
    for name, below in _mapping(schema, "properties").items():
        made.properties[name] = At(join_pointer(pointer, "properties", name), below)
    made.required.update(name for name in schema.get("required", ()) if isinstance(name, str))
    if "items" in schema:
        made.items = At(join_pointer(pointer, "items"), schema["items"])
    if "additionalProperties" in schema:
        told = schema["additionalProperties"]
        made.additional = told if isinstance(told, bool) else At(join_pointer(pointer, "additionalProperties"), told)
    for word in ("oneOf", "anyOf"):
        made.alternatives += [
            At(join_pointer(pointer, word, place), one) for place, one in enumerate(schema.get(word, ()))
        ]
    for name, value in schema.items():
        if name not in _LAID:
            made.keywords[name] = _both(name, made.keywords[name], value) if name in made.keywords else value
    for place, one in enumerate(schema.get("allOf", ())):
        _lay(made, document, At(join_pointer(pointer, "allOf", place), one), passed | {pointer})


_LAID = frozenset(
    ("const", "enum", "type", "properties", "required", "items", "additionalProperties", "oneOf", "anyOf", "allOf")
)


def _both(name: str, one: Any, other: Any) -> Any:
    """What two schemas that both hold say with one keyword."""
    if one == other or name in _WORDS:
        return one
    if name in _LOWER_BOUNDS:
        return max(one, other)
    if name in _UPPER_BOUNDS:
        return min(one, other)
    return [*(one if isinstance(one, list) else [one]), other]


_WORDS = frozenset(("title", "description", "example", "examples", "nullable", "default", "deprecated"))
_LOWER_BOUNDS = frozenset(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"))
_UPPER_BOUNDS = frozenset(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"))


def _target(document: Mapping[str, Any], at: At) -> tuple[str, Any]:
    """Where the references that a schema consists of end, and what is there."""
    steps, schema = followed(document, (), at.schema)
    return join_pointer("", *steps) if steps else at.pointer, {} if schema is None else schema


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    told = schema.get("type")
    if told is None:
        return KINDS
    kinds: Iterable[str] = [told] if isinstance(told, str) else told
    found = {*kinds, *(("null",) if schema.get("nullable") is True else ())}
    return frozenset(found | {"integer"} if "number" in found else found)


def _mapping(schema: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = schema.get(name)
    return found if isinstance(found, Mapping) else {}
