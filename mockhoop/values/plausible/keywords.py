"""The keywords of a schema as one flat set, where each has one meaning and can be merged with its like.

Some are named as in the schema. Of the others, ``types`` is a tuple, ``low`` and ``high`` are the ends of a range,
``patterns``, ``nots``, ``contains``, ``choices`` and ``examples`` are tuples, since several can hold at once, and
``impossible`` says that no value will do. Conditions are choices, too: ``if`` is one between holding and not holding.
"""

from collections.abc import Iterator, Mapping
from re import search
from typing import Any, NamedTuple

Schema = Any  # a mapping, or in OpenAPI 3.1 also true or false
Flat = dict[str, Any]

KEPT = frozenset(
    (
        *("additionalProperties", "contentEncoding", "contentMediaType", "default", "dependentRequired"),
        *("discriminator", "enum", "format", "items", "maxItems", "maxLength", "maxProperties", "minItems"),
        *("minLength", "minProperties", "multipleOf", "patternProperties", "prefixItems", "properties"),
        *("propertyNames", "readOnly", "required", "unevaluatedItems", "unevaluatedProperties", "uniqueItems"),
        "writeOnly",
    )
)
# What a schema is about that does not name a type.
IMPLIED = (
    (
        "object",
        (
            *("properties", "additionalProperties", "required", "minProperties", "maxProperties"),
            *("patternProperties", "propertyNames", "dependentRequired"),
        ),
    ),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("string", ("patterns", "minLength", "maxLength", "format")),
    ("number", ("low", "high", "multipleOf")),
)


class Choice(NamedTuple):
    """Schemas of which one has to be satisfied: at least one for ``anyOf``, exactly one for ``oneOf``.

    ``if`` is like ``anyOf``; of ``first`` the earlier ones are preferred.
    """

    kind: str
    options: list[Schema]
    discriminator: Mapping[str, Any] | None


class Contained(NamedTuple):
    """A schema that so many items of an array satisfy."""

    schema: Schema
    least: int
    most: int | None


def own(schema: Mapping[str, Any], *, nullable: bool) -> Flat:
    """The keywords of a clean schema itself, without those of its parts and its reference.

    ``nullable`` says whether the keyword of that name counts, as it does in OpenAPI 3.0.
    """
    flat = {word: value for word, value in schema.items() if word in KEPT}
    types = schema.get("type")
    if types is not None:
        null = ("null",) if nullable and schema.get("nullable") is True else ()
        flat["types"] = ((types,) if isinstance(types, str) else tuple(types)) + null
    if "const" in schema:
        flat["enum"] = [schema["const"]]
    flat.update(bounds(schema))
    flat.update({to: (schema[word],) for word, to in (("pattern", "patterns"), ("not", "nots")) if word in schema})
    if "contains" in schema:
        flat["contains"] = (Contained(schema["contains"], schema.get("minContains", 1), schema.get("maxContains")),)
    if "patternProperties" in schema and "properties" in schema:
        flat["properties"] = {name: _all(described(schema, name)) for name in schema["properties"]}
    choices = [
        Choice(kind, schema[kind], schema.get("discriminator")) for kind in ("anyOf", "oneOf") if schema.get(kind)
    ]
    choices += _conditions(schema)
    if choices:
        flat["choices"] = tuple(choices)
    more = schema.get("examples")
    examples = [schema["example"]] if "example" in schema else []
    examples += more if isinstance(more, list) else []
    if examples:
        flat["examples"] = tuple(examples)
    return flat


def described(words: Mapping[str, Any], name: str) -> list[Schema]:
    """What a schema says about a property of this name: all of the schemas have to be satisfied."""
    known = words.get("properties", {})
    found = [known[name]] if name in known else []
    found += [schema for pattern, schema in words.get("patternProperties", {}).items() if search(pattern, name)]
    return found or [words.get("additionalProperties", True)]


def _all(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


def _conditions(schema: Mapping[str, Any]) -> Iterator[Choice]:
    """What holds only if something else does, as choices."""
    if "if" in schema and not schema.keys().isdisjoint(("then", "else")):
        test = schema["if"]
        holds = [test, schema.get("then", True)]
        yield Choice("if", [{"allOf": holds}, {"allOf": [{"not": test}, schema.get("else", True)]}], None)
    known = {*schema.get("properties", ()), *schema.get("required", ())}
    for name, consequence in schema.get("dependentSchemas", {}).items():
        options = [{"allOf": [{"required": [name]}, consequence]}, {"properties": {name: False}}]
        yield Choice("first", options if name in known else options[::-1], None)


def bounds(schema: Mapping[str, Any]) -> Flat:
    """The ends of a range: low as (number, excluded), high as (number, included), the tighter one counts."""
    lows, highs = [], []
    above, below = schema.get("exclusiveMinimum", False), schema.get("exclusiveMaximum", False)
    # A flag beside the bound in OpenAPI 3.0, a bound itself in 3.1.
    if "minimum" in schema:
        lows.append((schema["minimum"], above is True))
    if "maximum" in schema:
        highs.append((schema["maximum"], below is not True))
    if not isinstance(above, bool):
        lows.append((above, True))
    if not isinstance(below, bool):
        highs.append((below, False))
    return {**({"low": max(lows)} if lows else {}), **({"high": min(highs)} if highs else {})}


def is_within(flat: Flat, value: Any) -> bool:
    """Whether a number lies between the ends of the range."""
    low, above = flat.get("low", (value, False))
    high, up_to = flat.get("high", (value, True))
    return bool(low < value if above else low <= value) and bool(value <= high if up_to else value < high)


def types_of(flat: Flat) -> tuple[str, ...]:
    """The types that a value may have: those that are named, else the one that the other keywords are about."""
    if "types" in flat:
        return tuple(flat["types"])
    for kind, words in IMPLIED:
        if not flat.keys().isdisjoint(words):
            return (kind,)
    # Without any hint a string will do, unless that is what is unwanted.
    return ("string", "integer", "boolean", "object", "array") if flat.get("nots") else ("string",)
