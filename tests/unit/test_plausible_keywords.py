"""The keywords of JSON Schema that OpenAPI 3.1 adds: values are valid, and checks agree with the validator."""

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator, oas31_format_checker

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible

Schema = Any

COMPONENTS: dict[str, Schema] = {
    "Base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
    "Text": {"type": "string", "minLength": 2},
    "Nested": {"$defs": {"Size": {"enum": [1, 2, 3]}}, "$ref": "#/components/schemas/Nested/$defs/Size"},
}
DOCUMENT = {"openapi": "3.1.0", "components": {"schemas": COMPONENTS}}


def ref(name: str, **beside: Any) -> Schema:
    return {"$ref": f"#/components/schemas/{name}", **beside}


def is_valid(schema: Schema, value: Any) -> bool:
    root = {"$ref": "#/components/schemas/Root", "components": {"schemas": {**COMPONENTS, "Root": schema}}}
    validator = OAS31Validator(root, format_checker=oas31_format_checker)  # type: ignore[call-arg]
    return bool(validator.is_valid(value))


def values(schema: Schema, count: int = 40) -> list[Any]:
    """Values for different keys, each of them valid."""
    plausible = Plausible(DOCUMENT, Chance(1))
    made = [plausible.value(schema, "key", i) for i in range(count)]
    for value in made:
        assert is_valid(schema, value), value
        assert plausible.fits(schema, value), value
    return made


INTEGER, STRING = {"type": "integer"}, {"type": "string"}
KIND = {"enum": ["a", "b"]}
OBJECT = {"type": "object", "properties": {"kind": KIND, "size": INTEGER, "label": STRING}}
IF_A = {"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]}}

SCHEMAS: dict[str, Schema] = {
    "dependent names": {**OBJECT, "dependentRequired": {"size": ["label", "unit"], "unit": ["base"]}},
    "dependent names that are required": {**OBJECT, "required": ["size"], "dependentRequired": {"size": ["unit"]}},
    "dependent names that cannot be": {
        **OBJECT,
        "additionalProperties": False,
        "dependentRequired": {"size": ["unit"]},
    },
    "dependent schemas": {
        **OBJECT,
        "dependentSchemas": {"size": {"required": ["unit"], "properties": {"unit": {"const": "cm"}}}},
    },
    "dependent schemas of what is not there": {**OBJECT, "dependentSchemas": {"other": False}},
    "pattern properties": {"type": "object", "patternProperties": {"^x-[a-z]{3}$": INTEGER}, "minProperties": 3},
    "pattern properties and nothing else": {
        "type": "object",
        "patternProperties": {"^[A-Z]{4}$": INTEGER, "^[a-z]{4}$": KIND},
        "additionalProperties": False,
        "minProperties": 2,
    },
    "pattern properties with names": {
        "type": "object",
        "properties": {"x-size": {"minimum": 5}, "label": {}},
        "required": ["x-size", "x-more"],
        "patternProperties": {"^x-": INTEGER, "e$": {"maximum": 9}},
        "additionalProperties": {"type": "boolean"},
        "minProperties": 5,
    },
    "pattern properties of parts": {
        "type": "object",
        "allOf": [
            {"patternProperties": {"^x-": INTEGER}, "additionalProperties": STRING},
            {"properties": {"x-a": {"minimum": 3}, "b": {"minLength": 3}}, "required": ["x-a", "b", "x-c"]},
        ],
    },
    "property names": {"type": "object", "propertyNames": {"pattern": "^[a-z]{5}$"}, "minProperties": 3},
    "property names that rule one out": {**OBJECT, "propertyNames": {"maxLength": 4}},
    "contains": {"type": "array", "items": {"type": ["integer", "string"]}, "contains": {"const": 7}},
    "contains so many": {"type": "array", "contains": {"type": "integer"}, "minContains": 2, "maxContains": 3},
    "contains with limits": {
        "type": "array",
        "items": {"type": "integer", "minimum": 0, "maximum": 20},
        "contains": {"minimum": 15},
        "maxContains": 1,
        "minItems": 4,
        "maxItems": 5,
    },
    "contains among places": {
        "type": "array",
        "prefixItems": [STRING, {"type": ["integer", "string"]}],
        "items": False,
        "contains": {"type": "integer"},
    },
    "contains nothing": {"type": "array", "items": STRING, "contains": INTEGER, "minContains": 0},
    "contains twice": {"allOf": [{"type": "array", "contains": {"const": 1}}, {"contains": {"const": 2}}]},
    "if then": {**OBJECT, **IF_A, "then": {"required": ["more"]}},
    "if then else": {
        **OBJECT,
        "required": ["kind", "size"],
        **IF_A,
        "then": {"properties": {"size": {"maximum": 5}}},
        "else": {"properties": {"size": {"minimum": 100}}},
    },
    "if else": {"type": "integer", "if": {"minimum": 50}, "else": {"multipleOf": 7}},
    "nested ifs": {"type": "integer", "if": {"minimum": 50}, "then": {"if": {"maximum": 60}, "then": {"const": 55}}},
    "if alone": {**OBJECT, "if": False},
    "unevaluated properties of a reference": {
        **ref("Base"),
        "properties": {"size": INTEGER},
        "required": ["size"],
        "unevaluatedProperties": False,
    },
    "unevaluated properties of parts": {
        "allOf": [ref("Base"), OBJECT],
        "properties": {"more": STRING},
        "unevaluatedProperties": False,
    },
    "unevaluated properties of alternatives": {
        "type": "object",
        "properties": {"kind": KIND},
        "anyOf": [{"properties": {"a": INTEGER}, "required": ["a"]}, {"properties": {"b": STRING}}],
        "unevaluatedProperties": False,
    },
    "unevaluated properties of a condition": {
        **OBJECT,
        **IF_A,
        "then": {"properties": {"more": STRING}, "required": ["more"]},
        "unevaluatedProperties": False,
    },
    "unevaluated properties of dependents": {
        **OBJECT,
        "dependentSchemas": {"size": {"properties": {"unit": STRING}, "required": ["unit"]}},
        "unevaluatedProperties": False,
    },
    "unevaluated properties with a schema": {
        **ref("Base"),
        "unevaluatedProperties": INTEGER,
        "minProperties": 3,
    },
    "unevaluated properties in a part": {
        "allOf": [{**OBJECT, "unevaluatedProperties": False}, {"properties": {"size": {"minimum": 3}}}],
    },
    "unevaluated items": {"type": "array", "prefixItems": [STRING, INTEGER], "unevaluatedItems": False},
    "unevaluated items of parts": {
        "type": "array",
        "allOf": [{"prefixItems": [STRING]}, {"prefixItems": [True, INTEGER]}],
        "unevaluatedItems": False,
    },
    "unevaluated items with a schema": {
        "type": "array",
        "prefixItems": [STRING],
        "unevaluatedItems": INTEGER,
        "minItems": 4,
    },
    "unevaluated items that are contained": {
        "type": "array",
        "contains": {"type": "integer"},
        "unevaluatedItems": {"type": "boolean"},
        "minItems": 4,
    },
    "items behind the places of a part": {
        "type": "array",
        "minItems": 3,
        "allOf": [
            {"prefixItems": [STRING], "items": {"minimum": 5}},
            {"prefixItems": [True, INTEGER, {"type": "number"}]},
        ],
    },
    "a reference with siblings": ref("Text", maxLength=3),
    "a reference with a contradicting description": ref("Text", description="short", pattern="^[a-z]+$"),
    "definitions": ref("Nested"),
    "boolean schemas": {
        "type": "object",
        "properties": {"a": True, "b": False, "c": INTEGER},
        "required": ["a"],
        "additionalProperties": False,
    },
    "several types": {"type": ["integer", "string", "null"], "minimum": 5, "minLength": 4},
    "null": {"const": None},
    "null among types": {"type": ["string", "null"], "const": None},
    "null in an object": {"type": "object", "properties": {"a": {"const": None}}, "required": ["a"]},
    "encoded": {"type": "string", "contentEncoding": "base64", "minLength": 10, "maxLength": 30},
    "a medium": {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}},
    "a byte": {"type": "string", "format": "byte"},
    "a float": {"type": "number", "format": "float", "minimum": 0},
    "a double": {"type": "number", "format": "double"},
    "an int32": {"type": "integer", "format": "int32", "minimum": 0},
    "an int64": {"type": "integer", "format": "int64", "minimum": 2**62},
    "a time": {"type": "string", "format": "time"},
}


@pytest.mark.parametrize("case", SCHEMAS)
def test_a_value_is_valid_whatever_the_keyword(case: str) -> None:
    values(SCHEMAS[case])


@given(name=st.sampled_from(sorted(SCHEMAS)), data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_checks_agree_with_the_validator_about_any_value(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    scalars = st.sampled_from((None, True, 0, 1, 2, 7, 55, 100, 1.5, "a", "abc", "cm", "x-abc"))
    names = st.sampled_from(("kind", "size", "label", "unit", "base", "more", "id", "x-abc", "x-a", "a", "b", "ABCD"))
    value = data.draw(st.one_of(scalars, st.lists(scalars, max_size=5), st.dictionaries(names, scalars, max_size=5)))
    assert Plausible(DOCUMENT, Chance(1)).fits(schema, value) == is_valid(schema, value)


@st.composite
def extended_objects(draw: st.DrawFn) -> Schema:
    """Objects with several of the keywords at once, which always have a value."""
    names = ("kind", "size", "label", "unit", "x-a")
    types: st.SearchStrategy[Schema] = st.sampled_from((INTEGER, STRING, KIND, {"type": "boolean"}))
    schema: dict[str, Any] = {"type": "object", "properties": draw(st.dictionaries(st.sampled_from(names), types))}
    known = sorted(schema["properties"]) or ["x-a"]
    some = st.lists(st.sampled_from(known), max_size=3, unique=True)
    if draw(st.booleans()):
        schema["dependentRequired"] = draw(st.dictionaries(st.sampled_from(known), some, max_size=3))
    if draw(st.booleans()):
        schema["dependentSchemas"] = {draw(st.sampled_from(known)): {"required": draw(some)}}
    if draw(st.booleans()):
        schema |= {"patternProperties": {"^y-[a-z]{4}$": draw(types)}, "minProperties": draw(st.integers(0, 3))}
    if draw(st.booleans()):
        schema |= {"if": {"required": draw(some)}, "then": {"required": draw(some)}, "else": {"maxProperties": 9}}
    schema["required"] = draw(some)
    close = draw(st.sampled_from(("", "unevaluatedProperties", "additionalProperties")))
    if close and "minProperties" not in schema and schema["properties"]:
        schema[close] = False
    return draw(st.sampled_from((schema, {"allOf": [schema]}, {"allOf": [schema, {"type": "object"}]})))


@given(schema=extended_objects(), ordinal=st.integers(0, 5))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_several_keywords_at_once_are_all_satisfied(schema: Schema, ordinal: int) -> None:
    plausible = Plausible(DOCUMENT, Chance(2))
    value = plausible.value(schema, ordinal)
    assert is_valid(schema, value)
    assert plausible.fits(schema, value)
    assert Plausible(DOCUMENT, Chance(2)).value(schema, ordinal) == value


@given(
    least=st.integers(0, 4),
    room=st.integers(0, 3),
    extra=st.integers(0, 4),
    places=st.integers(0, 3),
    unevaluated=st.sampled_from((None, False, STRING)),
)
@settings(max_examples=150, deadline=None)
def test_an_array_contains_what_it_should(least: int, room: int, extra: int, places: int, unevaluated: Schema) -> None:
    schema: dict[str, Any] = {"type": "array", "contains": INTEGER, "minContains": least, "maxContains": least + room}
    schema["maxItems"] = places + least + extra
    if places:
        schema["prefixItems"] = [STRING] * places
    if unevaluated is not None:
        schema["unevaluatedItems"] = unevaluated
    values(schema, 5)


def test_both_sides_of_a_condition_occur() -> None:
    made = values(SCHEMAS["if then else"])
    assert {value["kind"] for value in made} == {"a", "b"}


def test_a_property_that_others_depend_on_comes_with_them() -> None:
    assert all({"size", "label", "unit", "base"} <= value.keys() for value in values(SCHEMAS["dependent names"]))
    assert all("unit" in value for value in values(SCHEMAS["dependent schemas"]))


def test_a_map_of_patterns_has_entries() -> None:
    made = values({"type": "object", "patternProperties": {"^[a-z]{8}$": INTEGER}, "additionalProperties": False})
    assert all(len(value) == 2 for value in made)


def test_what_is_encoded_can_be_decoded() -> None:
    schema = {"type": "string", "contentEncoding": "base64", "contentMediaType": "application/json"}
    for value in values(schema):
        assert isinstance(json.loads(base64.b64decode(value, validate=True)), dict)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "contains": False},
        {"type": "array", "contains": INTEGER, "maxItems": 0},
        {"type": "array", "items": STRING, "contains": INTEGER},
        {"type": "object", "required": ["ab"], "propertyNames": {"maxLength": 1}},
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"type": "object", "required": ["a", "b"], "maxProperties": 1},
        {"type": "object", "required": ["a"], "dependentRequired": {"a": ["b"]}, "additionalProperties": False},
        {"type": "object", "required": ["a"], "unevaluatedProperties": False},
        {"type": "integer", "if": True, "then": False},
    ],
    ids=str,
)
def test_keywords_that_contradict_one_another_are_an_error(schema: Schema) -> None:
    with pytest.raises(ContractError):
        Plausible(DOCUMENT, Chance(1)).value(schema)
