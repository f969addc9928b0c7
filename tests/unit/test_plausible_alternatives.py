"""Alternatives of which exactly one may hold: values that belong to one only, although the alternatives overlap."""

from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from mockhoop.errors import ContractError
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible

Schema = Any
STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def objects(**properties: str) -> Schema:
    return {"type": "object", "properties": {name: {"type": kind} for name, kind in properties.items()}}


def values(schema: Schema, count: int = 30) -> list[Any]:
    plausible = Plausible({"openapi": "3.0.3"}, Chance(1))
    return [plausible.value(schema, i, direction="response") for i in range(count)]


CAT, DOG = objects(name="string", hunts="boolean"), objects(name="string", barks="boolean")

REQUIRING = {name: {"required": [name]} for name in ("url", "html", "text")}
OVERLAPPING: dict[str, Schema] = {
    "objects without anything required": {"oneOf": [CAT, DOG]},
    "three of them": {"oneOf": [CAT, DOG, objects(name="string", sings="boolean")]},
    "one or the other property": {
        **objects(url="string", html="string"),
        "oneOf": [REQUIRING["url"], REQUIRING["html"]],
    },
    "one of three properties": {
        **objects(url="string", html="string", text="string"),
        "oneOf": [*REQUIRING.values()],
    },
    "one with more than the other": {"oneOf": [CAT, {**CAT, "required": ["hunts"]}]},
    "within a property": {"type": "object", "required": ["pet"], "properties": {"pet": {"oneOf": [CAT, DOG]}}},
    "the property of an object of each": {
        "oneOf": [{"type": "object", "properties": {"pet": pet}} for pet in (CAT, DOG)]
    },
    "arrays": {"oneOf": [{"type": "array", "items": pet, "minItems": 1} for pet in (CAT, DOG)]},
    "alternatives of alternatives": {"oneOf": [{"oneOf": [CAT, INTEGER]}, {"oneOf": [DOG, STRING]}]},
    "whole numbers and others": {"oneOf": [{"type": "number"}, INTEGER]},
    "long and short": {"oneOf": [{"type": "string", "minLength": 3}, {"type": "string", "maxLength": 5}]},
    "one that takes anything": {"oneOf": [{"enum": ["a"]}, {}]},
    "a map": {"oneOf": [CAT, {"type": "object", "additionalProperties": STRING}]},
    "with what all have to have": {"type": "object", "required": ["name"], "oneOf": [CAT, DOG]},
}


@pytest.mark.parametrize("schema", OVERLAPPING.values(), ids=OVERLAPPING)
def test_a_value_belongs_to_one_alternative_only(schema: Schema) -> None:
    for value in values(schema):
        assert [error.message for error in OAS30Validator(schema).iter_errors(value)] == []


def test_what_has_to_be_left_out_is_left_out_rather_than_filled_with_something_wrong() -> None:
    schema = OVERLAPPING["one or the other property"]
    assert {tuple(value) for value in values(schema)} <= {("url",), ("html",)}


def test_what_must_not_be_there_is_null_rather_than_anything_else() -> None:
    for value in values(OVERLAPPING["objects without anything required"]):
        assert [value["hunts"], value["barks"]].count(None) == 1


def test_an_optional_property_of_which_no_value_is_possible_is_left_out() -> None:
    twins = {"oneOf": [STRING, {**STRING, "title": "the same again"}]}
    schema = {"type": "object", "properties": {"name": STRING, "impossible": twins}}
    assert all(value.keys() == {"name"} for value in values(schema))


def test_where_nothing_is_possible_something_that_comes_close_is_made() -> None:
    twins = {"oneOf": [STRING, {**STRING, "title": "the same again"}]}
    assert all(isinstance(value, str) for value in values(twins))


def test_changing_what_was_made_leaves_the_next_value_alone() -> None:
    schema = {"oneOf": [{"type": "array", "items": pet, "minItems": 1} for pet in (CAT, DOG)]}
    plausible = Plausible({"openapi": "3.0.3"}, Chance(1))
    before = plausible.value(schema, 1)
    plausible.value(schema, 1)[0].clear()
    assert plausible.value(schema, 1) == before


# Lengths that a format leaves no room for


@pytest.mark.parametrize(("least", "most"), [(20, 20), (22, 40), (24, 24), (25, 25), (30, 30)])
def test_a_moment_is_as_long_as_it_has_to_be(least: int, most: int) -> None:
    schema = {"type": "string", "format": "date-time", "minLength": least, "maxLength": most}
    for value in values(schema):
        assert OAS30Validator(schema, format_checker=OAS30Validator.FORMAT_CHECKER).is_valid(value), value


def test_an_optional_text_for_which_its_format_leaves_no_room_is_left_out() -> None:
    short = {"type": "string", "format": "uuid", "maxLength": 10}
    schema = {"type": "object", "properties": {"name": STRING, "id": short}}
    assert all(value.keys() == {"name"} for value in values(schema))


def test_types_that_exclude_one_another_are_an_error() -> None:
    with pytest.raises(ContractError, match="no value satisfies"):
        values({"allOf": [STRING, INTEGER]})
