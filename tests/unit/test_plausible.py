"""Plausible values are valid, the same for the same key, and look like what their names say."""

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import (
    OAS30Validator,
    OAS31Validator,
    oas30_format_checker,
    oas31_format_checker,
)

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance
from mockhoop.values.patterns import FORMATS, matching
from mockhoop.values.plausible import Plausible

Schema = Any
VALIDATORS = {
    "3.0.3": (OAS30Validator, oas30_format_checker),
    "3.1.0": (OAS31Validator, oas31_format_checker),
}


def errors(version: str, schema: Schema, value: Any, components: dict[str, Schema] | None = None) -> list[str]:
    """What the validator of this OpenAPI version finds wrong with the value."""
    validator, formats = VALIDATORS[version]
    root = {
        "$ref": "#/components/schemas/Root",
        "components": {"schemas": {"Root": schema, **(components or {})}},
    }
    return [error.message for error in validator(root, format_checker=formats).iter_errors(value)]


def maker(version: str = "3.1.0", components: dict[str, Schema] | None = None, seed: int = 1) -> Plausible:
    return Plausible({"openapi": version, "components": {"schemas": components or {}}}, Chance(seed))


def values(schema: Schema, count: int = 40, version: str = "3.1.0", **components: Schema) -> list[Any]:
    """Values for different keys, each of them valid."""
    plausible = maker(version, components)
    made = [plausible.value(schema, "key", i) for i in range(count)]
    for value in made:
        assert errors(version, schema, value, components) == []
    return made


# Schemas that have values, by construction.

PATTERNS = (
    r"^[a-z]+$",
    r"^[A-Z]{2}-\d{3,5}$",
    r"^#[0-9a-f]{6}$",
    r"foo|bar",
    r"^v?\d+(\.\d+){2}$",
    r"^[\w.-]{1,127}$",
    r"^arn:aws:[a-z]*:\d{12}:.+$",
    r"[^a-z]",
    r"^(?:ab|c)*$",
    r"^\S+@\S+$",
)
CHECKED_FORMATS = ("uuid", "date-time", "date", "time", "email", "ipv4", "ipv6", "byte", "uri", "hostname", "regex")
NAMES = st.sampled_from(
    ("id", "name", "email", "city", "created_at", "updated_at", "total", "price", "tags", "userName", "x", "é")
)


@st.composite
def strings(draw: st.DrawFn, version: str) -> Schema:
    schema: dict[str, Any] = {"type": "string"}
    kind = draw(st.sampled_from(("plain", "lengths", "pattern", "format", "enum")))
    if kind == "lengths":
        schema["minLength"] = draw(st.integers(0, 60))
        if draw(st.booleans()):
            schema["maxLength"] = schema["minLength"] + draw(st.integers(0, 20))
        if schema["minLength"] > 20:
            schema |= draw(st.sampled_from(({}, {"format": "email"}, {"format": "uri"}, {"pattern": "^[a-z ]+$"})))
    elif kind == "pattern":
        schema["pattern"] = draw(st.sampled_from(PATTERNS))
    elif kind == "format":
        schema["format"] = draw(st.sampled_from(CHECKED_FORMATS))
    elif kind == "enum":
        schema["enum"] = draw(st.lists(st.text(max_size=5), min_size=1, max_size=4, unique=True))
    return schema


@st.composite
def numbers(draw: st.DrawFn, version: str) -> Schema:
    schema: dict[str, Any] = {"type": draw(st.sampled_from(("integer", "number")))}
    low, width = draw(st.integers(-1000, 1000)), draw(st.integers(4, 500))
    if draw(st.booleans()):
        schema |= _bound("inimum", low, draw(st.booleans()), version)
    if draw(st.booleans()):
        schema |= _bound("aximum", low + width, draw(st.booleans()), version)
    if draw(st.booleans()):
        # A range this wide has a multiple strictly inside it.
        schema["multipleOf"] = draw(st.sampled_from((1, 2, 0.5, 0.25, 0.1, 0.01)))
    if draw(st.booleans()):
        schema["format"] = {"integer": "int32", "number": "double"}[schema["type"]]
    return schema


def _bound(word: str, number: int, exclusive: bool, version: str) -> Schema:
    plain, strict = ("m" + word), "exclusive" + "M" + word
    if not exclusive:
        return {plain: number}
    return {strict: number} if version == "3.1.0" else {plain: number, strict: True}


def scalars(version: str) -> st.SearchStrategy[Schema]:
    return st.one_of(strings(version), numbers(version), st.just({"type": "boolean"}))


@st.composite
def arrays(draw: st.DrawFn, version: str, items: st.SearchStrategy[Schema]) -> Schema:
    least = draw(st.integers(0, 4))
    schema: dict[str, Any] = {"type": "array", "items": draw(items), "minItems": least}
    if draw(st.booleans()):
        schema["maxItems"] = least + draw(st.integers(0, 3))
    if draw(st.booleans()):
        schema |= {"uniqueItems": True, "items": {"type": draw(st.sampled_from(("string", "integer")))}}
    elif version == "3.1.0" and draw(st.booleans()):
        schema["prefixItems"] = draw(st.lists(items, min_size=1, max_size=3))
    return schema


@st.composite
def objects(draw: st.DrawFn, version: str, properties: st.SearchStrategy[Schema]) -> Schema:
    known = draw(st.dictionaries(NAMES, properties, max_size=5))
    required = draw(st.lists(st.sampled_from(sorted(known)), unique=True)) if known else []
    schema: dict[str, Any] = {"type": "object", "properties": known}
    if required:
        schema["required"] = required
    extra = draw(st.sampled_from((None, False, True, {"type": "integer"})))
    if extra is not None:
        schema["additionalProperties"] = extra
    if draw(st.booleans()):
        schema["maxProperties"] = max(len(required), 1) + draw(st.integers(0, 3))
    most = schema.get("maxProperties", 10) if extra is not False else min(len(known), schema.get("maxProperties", 10))
    if draw(st.booleans()):
        schema["minProperties"] = draw(st.integers(0, most))
    return schema


@st.composite
def combined(draw: st.DrawFn, version: str, parts: st.SearchStrategy[Schema]) -> Schema:
    kind = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not", "null", "enum")))
    if kind == "allOf":
        low = draw(st.integers(-50, 50))
        number = [{"type": "number", "minimum": low}, {"type": "integer", "maximum": low + 9}, {"minimum": low + 3}]
        first, second = ({"type": "object", "properties": {n: draw(parts)}, "required": [n]} for n in ("a", "b"))
        return draw(st.sampled_from(({"allOf": number}, {"allOf": [first, second]}, {"allOf": [second], **first})))
    if kind == "anyOf":
        return {"anyOf": draw(st.lists(parts, min_size=1, max_size=3))}
    if kind == "oneOf":
        return {"oneOf": [draw(strings(version)), draw(numbers(version)), {"type": "boolean"}]}
    if kind == "not":
        unwanted = ({"type": "string"}, {"maxLength": 3}, {"enum": ["a", 1]}, {"type": ["number", "object"]})
        return {"not": draw(st.sampled_from(unwanted[: 3 if version == "3.0.3" else 4]))}
    if kind == "enum":
        return {"enum": draw(st.lists(st.one_of(st.integers(), st.booleans(), st.text()), min_size=1, max_size=3))}
    scalar = draw(scalars(version))
    if version == "3.0.3":
        return {**scalar, "nullable": True, **({"enum": [*scalar["enum"], None]} if "enum" in scalar else {})}
    return {"oneOf": [{"type": "null"}, scalar]} if draw(st.booleans()) else {"type": [scalar["type"], "null"]}


def schemas(version: str) -> st.SearchStrategy[Schema]:
    return st.recursive(
        scalars(version),
        lambda inner: st.one_of(arrays(version, inner), objects(version, inner), combined(version, inner)),
        max_leaves=8,
    )


@pytest.mark.parametrize("version", VALIDATORS)
@given(data=st.data(), seed=st.integers(0, 2))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_value_is_valid_against_its_schema(version: str, data: st.DataObject, seed: int) -> None:
    schema = data.draw(schemas(version))
    plausible = maker(version, seed=seed)
    for ordinal in range(4):
        value = plausible.value(schema, "things", ordinal)
        assert errors(version, schema, value) == []
        assert plausible.fits(schema, value)
