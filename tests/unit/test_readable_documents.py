"""What openapi-core cannot read as it stands is read as it is meant."""

from typing import Any
from urllib.parse import quote

import pytest

from mockhoop.contract.operations import Operations
from mockhoop.contract.readable import readable
from mockhoop.contract.validation import Validator
from mockhoop.media.bodies import write
from mockhoop.messages import AnyCase, Call

FORM = "application/x-www-form-urlencoded"
STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def found(operation: dict[str, Any], query: str = "", body: bytes = b"", **document: Any) -> list[tuple[str, str]]:
    """Where and how a call to an operation breaks its document."""
    whole = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, **document}
    whole["paths"] = {"/it": {"post": {"responses": {}, **operation}}}
    [known] = Operations(whole)
    call = Call("POST", "/it", query, AnyCase({"Content-Type": FORM} if body else {}), body)
    return [(one.pointer, one.code) for one in Validator(whole).request(known, call, {})]


def parameter(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "it", "in": "query", "schema": schema, **more}]}


def form(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema, **more}}}}


# Parameters


@pytest.mark.parametrize("word", ["readOnly", "writeOnly"])
def test_a_parameter_goes_its_way_whatever_its_schema_says_of_properties(word: str) -> None:
    schemas = {"Number": {**INTEGER, word: True}}
    operation = parameter({"$ref": "#/components/schemas/Number"})
    assert found(operation, "it=5", components={"schemas": schemas}) == []
    assert found(operation, "it=x", components={"schemas": schemas}) == [("/it", "type")]


def test_a_default_that_breaks_its_schema_does_not_stand_for_what_is_not_sent() -> None:
    operation = parameter({**STRING, "enum": ["a", "b"], "default": "c"})
    assert found(operation) == []
    assert found(operation, "it=c") == [("/it", "enum")]


def test_a_list_in_the_style_of_objects_is_read_as_one_that_is_repeated() -> None:
    operation = parameter({"type": "array", "items": INTEGER}, style="deepObject", explode=True)
    assert found(operation, "it=1&it=2") == []
    assert found(operation, "it=x") == [("/it", "type")]


def test_an_object_that_is_one_of_several_alternatives_is_read_in_the_style_of_objects() -> None:
    span = {"type": "object", "properties": {"gt": INTEGER}}
    operation = parameter({"anyOf": [span, INTEGER]}, style="deepObject", explode=True)
    assert found(operation, "it[gt]=5") == []
    assert found(operation, "it=5") == []


OR_NULL, NOW = {"type": "null"}, {"type": "string", "enum": ["now"]}
LIST = {"type": "array", "items": INTEGER}


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
@pytest.mark.parametrize(
    ("options", "right", "wrong"),
    [
        ([INTEGER, OR_NULL], "it=5", "it=x"),
        ([LIST, OR_NULL], "it=1&it=2", "it=x"),
        ([NOW, INTEGER], "it=5", "it=x"),
        ([NOW, INTEGER], "it=now", "it=x"),
    ],
    ids=str,
)
def test_a_parameter_of_several_alternatives_is_read_as_the_one_that_it_is(
    word: str, options: Any, right: str, wrong: str
) -> None:
    operation = parameter({word: options})
    assert found(operation, right, openapi="3.1.0") == []
    assert found(operation, wrong, openapi="3.1.0") != []


# Dialects, and words whose meaning has changed


@pytest.mark.parametrize("dialect", ["https://example.com/our-own", "https://json-schema.org/draft-05/schema#"])
def test_a_dialect_that_nobody_knows_is_passed_over(dialect: str) -> None:
    for operation, more in (
        (parameter({"$schema": dialect, **INTEGER}), {}),
        (parameter(INTEGER), {"jsonSchemaDialect": dialect}),
    ):
        assert found(operation, "it=5", openapi="3.1.0", **more) == []
        assert found(operation, "it=x", openapi="3.1.0", **more) == [("/it", "type")]


def test_a_property_of_the_name_of_a_dialect_stays() -> None:
    document = {"openapi": "3.1.0", "components": {"schemas": {"A": {"properties": {"$schema": STRING}}}}}
    assert readable(document)["components"] == document["components"]


@pytest.mark.parametrize(("version", "flag"), [("3.0.3", True), ("3.1.0", True), ("3.1.0", False)])
def test_a_flag_of_the_old_version_says_whether_a_bound_is_excluded(version: str, flag: bool) -> None:
    operation = parameter({**INTEGER, "maximum": 9, "exclusiveMaximum": flag})
    assert found(operation, "it=8", openapi=version) == []
    assert bool(found(operation, "it=9", openapi=version)) is flag


def test_a_document_that_can_be_read_is_left_as_it_is() -> None:
    document = {"openapi": "3.1.0", "paths": {"/it": {"post": parameter({**INTEGER, "default": 1})}}}
    assert readable(document) is document


# Forms

ADDRESS = {"type": "object", "properties": {"no": INTEGER}, "required": ["no"]}
NESTED = {
    "an object": {"address": ADDRESS},
    "one that may be null": {"address": {**ADDRESS, "nullable": True}},
    "an object of anything": {"address": {"type": "object"}},
    "one of a reference": {"address": {"$ref": "#/components/schemas/Address"}},
    "a list of objects": {"address": {"type": "array", "items": ADDRESS}},
}


@pytest.mark.parametrize("properties", NESTED.values(), ids=NESTED)
def test_an_object_in_a_form_is_json(properties: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": properties}
    value = {"address": [{"no": 1}, {"no": 2}]} if "items" in properties["address"] else {"address": {"no": 1}}
    body = write(value, FORM, schema, lambda node: node).content
    components = {"schemas": {"Address": ADDRESS}}
    assert found(form(schema), body=body, components=components) == []
    shared = {**components, "requestBodies": {"It": form(schema)["requestBody"]}}
    assert found({"requestBody": {"$ref": "#/components/requestBodies/It"}}, body=body, components=shared) == []


def test_an_object_in_a_form_is_held_against_its_schema() -> None:
    body = b"address=" + quote('{"no":"x"}').encode()
    assert found(form({"type": "object", "properties": {"address": ADDRESS}}), body=body) == [("/address/no", "type")]


def test_a_reference_in_a_form_that_leads_nowhere_is_let_be() -> None:
    document = {"openapi": "3.0.3", "paths": {"/it": {"post": form({"$ref": "#/components/schemas/None"})}}}
    assert readable(document) is document
