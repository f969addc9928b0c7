"""What validation recognises at once is what openapi-core and jsonschema say when they are asked in full."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator, V31RequestValidator, V31ResponseValidator
from openapi_core.validation.request.validators import BaseRequestValidator
from openapi_core.validation.response.validators import BaseResponseValidator
from openapi_core.validation.schemas.validators import SchemaValidator

from mockhoop.contract.formats import FORMATS
from mockhoop.contract.validation.acceptance import acceptance
from mockhoop.contract.validation.explanations import Broken, Unsure, explained
from mockhoop.contract.validation.findings import findings
from mockhoop.contract.validation.parameters import ParameterCheck, parameter_checks
from mockhoop.contract.validation.schemas import schema_validator
from mockhoop.contract.validation.usual_texts import USUAL
from mockhoop.contract.violations import Violation

CLASSES: dict[str, type[BaseRequestValidator]] = {"3.0.3": V30RequestValidator, "3.1.0": V31RequestValidator}
RESPONSE_CLASSES: dict[str, type[BaseResponseValidator]] = {
    "3.0.3": V30ResponseValidator,
    "3.1.0": V31ResponseValidator,
}
DIALECTS = sorted(CLASSES)
PATTERNS = ("^a", "b$", "[0-9]+", "x|y", "")
NAMES = ("a", "b", "kind")

small = st.integers(-2, 4)
numbers = small | st.floats(-2, 4, width=16)
scalars = st.none() | st.booleans() | numbers | st.sampled_from(["", "a", "b", "ab", "7", "true", "2024-07-25"])
formats = st.sampled_from(["date-time", "date", "int32", "byte", "uri", "RFC3339", "uuid", "binary", "nothing"])
of_one_value = {
    "enum": st.lists(scalars, min_size=1, max_size=3),
    "minimum": numbers,
    "maximum": numbers,
    "multipleOf": st.sampled_from([1, 2, 0.5]),
    "minLength": st.integers(0, 3),
    "maxLength": st.integers(0, 3),
    "pattern": st.sampled_from(PATTERNS),
    "format": formats,
    "description": st.just("a word"),
    "example": scalars,
    "default": scalars,
    "deprecated": st.booleans(),
}
types = st.sampled_from(["string", "integer", "number", "boolean"])
own_of = {
    "3.0.3": {"nullable": st.booleans(), "exclusiveMinimum": st.booleans(), "exclusiveMaximum": st.booleans()},
    "3.1.0": {"exclusiveMinimum": numbers, "exclusiveMaximum": numbers, "const": scalars, "examples": st.just(["a"])},
}


def spec_of(version: str, schema: Any, **more: Any) -> SchemaPath:
    parameter = {"name": "x", "in": "query", "schema": schema, **more}
    document = {
        "openapi": version,
        "info": {"title": "One schema", "version": "1"},
        "paths": {"/": {"get": {"parameters": [parameter], "responses": {}}}},
        "components": {"schemas": {"part": {"type": "string", "maxLength": 1}, "whole": schema}},
    }
    return SchemaPath.from_dict(document, separator="\0")


def parties(version: str, schema: Any, **more: Any) -> tuple[BaseRequestValidator, SchemaPath]:
    spec = spec_of(version, schema, **more)
    return CLASSES[version](spec, extra_format_validators=FORMATS), spec


def bodies_of(direction: str, version: str, schema: Any) -> tuple[SchemaValidator, Any]:
    """What openapi-core holds the bodies of requests or of responses against, and the document around it."""
    spec = spec_of(version, schema)
    classes: Any = CLASSES if direction == "requests" else RESPONSE_CLASSES
    validator = classes[version](spec, extra_format_validators=FORMATS)
    return schema_validator(validator, spec / "components" / "schemas" / "whole"), spec.read_value()


def check_of(version: str, schema: Any, **more: Any) -> ParameterCheck:
    validator, spec = parties(version, schema, **more)
    (found,) = parameter_checks(validator, spec / "paths" / "/" / "get", spec / "paths" / "/")
    return found


@st.composite
def parameters(draw: st.DrawFn) -> tuple[str, Any]:
    version = draw(st.sampled_from(DIALECTS))
    return version, draw(st.fixed_dictionaries({"type": types}, optional={**of_one_value, **own_of[version]}))


texts = st.sampled_from(
    ["1", "0", "-2", "3", "1.5", "٣", "1_000", " 1", "1e999", "nan", "true", "FALSE", "y", "a", "b", "ab", "x", ""]
) | st.text(max_size=4)


@given(parameters(), texts | st.none(), st.booleans(), st.booleans())
@example(("3.0.3", {"type": "integer", "minimum": 1, "exclusiveMinimum": True}), "1", False, False)
@example(("3.0.3", {"type": "string", "enum": ["a", 1]}), "1", False, False)
@settings(max_examples=300)
def test_a_text_is_found_as_broken_as_the_long_way_finds_it(
    told: tuple[str, Any], text: str | None, required: bool, may_be_empty: bool
) -> None:
    check = check_of(*told, required=required, allowEmptyValue=may_be_empty)
    values = {} if text is None else {"x": text}
    assert check.of_text is not None
    assert check(values) == replace(check, of_text=None)(values)
    assert not (text is None and check.may_be_absent and check(values))


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "allOf": [{"maxLength": 1}]},
        {"type": "array", "items": {"type": "string"}},
        {"enum": ["a"]},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ],
)
def test_where_more_than_a_value_is_looked_at_there_is_no_short_way(version: str, schema: Any) -> None:
    assert check_of(version, schema).of_text is None


# Whole values


def schemas_of(version: str) -> st.SearchStrategy[Any]:
    one_way = {"readOnly": st.booleans(), "writeOnly": st.booleans()}
    leaves = st.fixed_dictionaries({}, optional={"type": types, **of_one_value, **own_of[version], **one_way})
    references = st.sampled_from(["#/components/schemas/part", "#/components/schemas/whole", "#/nowhere"])
    return st.recursive(
        leaves | st.booleans() | st.builds(lambda ref: {"$ref": ref}, references),
        lambda inner: st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["object", "array", "string", "null", "unheard of"]),
                "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=2),
                "required": st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
                "additionalProperties": inner,
                "items": inner,
                "minItems": st.integers(0, 2),
                "uniqueItems": st.booleans(),
                "maxProperties": st.integers(0, 2),
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "anyOf": st.lists(inner, min_size=1, max_size=3),
                "oneOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
                "nullable": st.booleans(),
                "readOnly": st.booleans(),
                "writeOnly": st.booleans(),
                "$ref": references,
            },
        ),
        max_leaves=5,
    ).filter(lambda schema: isinstance(schema, dict) and "$ref" not in schema and not is_endless(schema))


def is_endless(schema: Any) -> bool:
    """Whether the same value is held against the whole schema again, and so on, at which the library may panic."""
    if not isinstance(schema, dict):
        return False
    alternatives = [one for word in ("allOf", "anyOf", "oneOf") for one in schema.get(word, ())]
    return "whole" in schema.get("$ref", "") or any(map(is_endless, [*alternatives, schema.get("not")]))


directions = st.sampled_from(["requests", "responses"])
values = st.recursive(
    scalars | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=6,
)


def is_right(validator: Any, value: Any) -> bool | str:
    """Whether the validator accepts a value; one that it stumbles over is neither right nor wrong."""
    try:
        return not list(validator.iter_errors(value))
    except Exception:
        return "stumbled"


@given(st.data())
@settings(max_examples=500)
def test_what_is_recognised_as_right_or_as_wrong_is_just_that(data: st.DataObject) -> None:
    direction, version = data.draw(directions), data.draw(st.sampled_from(DIALECTS))
    schema = data.draw(schemas_of(version))
    asked, document = bodies_of(direction, version, schema)
    accepts = acceptance(asked.validator, document)
    for value in data.draw(st.lists(values, min_size=1, max_size=8)):
        assert accepts(value) in (None, is_right(asked.validator, value)), (schema, value)


@given(st.data())
@settings(max_examples=300)
def test_what_is_found_wrong_is_what_the_validator_says(data: st.DataObject) -> None:
    direction, version = data.draw(directions), data.draw(st.sampled_from(DIALECTS))
    schema = data.draw(schemas_of(version))
    asked, document = bodies_of(direction, version, schema)
    find = findings(asked.validator, document)
    for value in data.draw(st.lists(values, min_size=1, max_size=8)):
        try:
            found: Exception = Broken(find(value))
        except Unsure:
            continue
        except Exception as stumble:
            found = stumble
        assert violations(found) == violations(complaint(asked, value)), (schema, value)


def violations(error: Exception) -> list[Violation]:
    return list(explained(error, "body"))


def complaint(asked: SchemaValidator, value: Any) -> Exception:
    """What the library says against a value; nothing at all where it fits."""
    try:
        asked.validate(value)
    except Exception as error:
        return error
    return Broken([])


ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string", "enum": ["x", "y"]},
        "b": {"type": "array", "items": {"$ref": "#/components/schemas/whole"}},
        "kind": {"type": "number", "minimum": 1},
        "odd": {"type": "string", "discriminator": {"propertyName": "a"}},
        "choice": {"anyOf": [{"type": "integer"}, {"enum": ["one", "two"], "type": "string"}]},
    },
    "additionalProperties": {"type": "string"},
}


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize(
    ("value", "recognised"),
    [
        ({"a": "x"}, True),
        ({"a": "y", "b": [{"a": "x", "kind": 2}], "kind": 1.5, "more": "text"}, True),
        ({"a": "x", "choice": "two"}, True),
        ({"a": "x", "choice": "three"}, False),
        ({"a": "z"}, False),
        ({}, False),
        ({"a": "x", "b": [{}]}, False),
        ({"a": "x", "more": 1}, False),
        ({"a": "x", "kind": 0}, False),
        ({"a": "x", "odd": "right, but nobody looks"}, None),
        (None, False),
    ],
)
def test_a_usual_body_is_recognised_and_a_wrong_one_is_not(version: str, value: Any, recognised: bool | None) -> None:
    validator, spec = parties(version, ORDER)
    asked = schema_validator(validator, spec / "components" / "schemas" / "whole").validator
    assert acceptance(asked, spec.read_value())(value) is recognised


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"a": "z"}, ["/a"]),
        ({"kind": 0, "more": 1}, ["", "/kind", "/more"]),
        ({"a": "x", "b": [{"a": "x"}, {}, {"a": 1}]}, ["/b/1", "/b/2/a", "/b/2/a"]),
        ({"a": "x", "choice": "three"}, ["/choice"]),
        ([], [""]),
    ],
)
def test_all_that_is_wrong_with_a_usual_body_is_found(version: str, value: Any, places: list[str]) -> None:
    validator, spec = parties(version, ORDER)
    asked = schema_validator(validator, spec / "components" / "schemas" / "whole")
    found = violations(Broken(findings(asked.validator, spec.read_value())(value)))
    assert [one.pointer for one in found] == places
    assert found == violations(complaint(asked, value))


def test_what_is_wrong_with_a_text_is_told_wherever_the_text_stands() -> None:
    choices = {"type": "array", "items": {"anyOf": [{"enum": ["one"]}, {"type": "integer"}]}}
    asked, document = bodies_of("requests", "3.0.3", choices)
    find = findings(asked.validator, document)
    places = [[one.pointer for one in violations(Broken(find(value)))] for value in (["one", "two"], ["two", "two"])]
    assert places == [["/1"], ["/0", "/1"]]


def test_of_what_only_the_validator_knows_nothing_is_said() -> None:
    validator, spec = parties("3.1.0", ORDER)
    asked = schema_validator(validator, spec / "components" / "schemas" / "whole")
    with pytest.raises(Unsure):
        findings(asked.validator, spec.read_value())({"a": "x", "odd": 1})


# What goes one way only, and what is of a format

ACCOUNT: dict[str, Any] = {
    "type": "object",
    "required": ["a", "b"],
    "properties": {"a": {"type": "string", "readOnly": True}, "b": {"type": "string", "writeOnly": True}},
}


@pytest.mark.parametrize(
    ("direction", "version", "value", "fits"),
    [
        ("requests", "3.0.3", {"b": "sent"}, True),
        ("requests", "3.0.3", {"a": "told", "b": "sent"}, False),
        ("requests", "3.0.3", {}, False),
        ("responses", "3.0.3", {"a": "told"}, True),
        ("responses", "3.0.3", {"a": "told", "b": "sent"}, False),
        ("responses", "3.0.3", {}, False),
        ("requests", "3.1.0", {"a": "told", "b": "sent"}, True),
        ("responses", "3.1.0", {"a": "told", "b": "sent"}, True),
    ],
)
def test_what_goes_one_way_only_is_recognised_as_such(direction: str, version: str, value: Any, fits: bool) -> None:
    asked, document = bodies_of(direction, version, ACCOUNT)
    assert acceptance(asked.validator, document)(value) is fits
    assert is_right(asked.validator, value) is fits


@pytest.mark.parametrize(
    ("value", "fits"), [({"a": "x"}, True), ({"b": 1}, True), ({"a": "x", "b": 1}, False), ({}, False)]
)
def test_of_alternatives_just_one_has_to_fit(value: Any, fits: bool) -> None:
    schema = {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]}
    asked, document = bodies_of("responses", "3.0.3", schema)
    assert acceptance(asked.validator, document)(value) is fits
    assert is_right(asked.validator, value) is fits


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("form", sorted(USUAL))
@given(st.data())
def test_a_usual_text_is_of_its_format(version: str, form: str, data: st.DataObject) -> None:
    asked, _ = bodies_of("responses", version, {"type": "string", "format": form})
    text = data.draw(st.from_regex(USUAL[form], fullmatch=True))
    assert is_right(asked.validator, text)
