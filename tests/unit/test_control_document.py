"""The document of the control API says everything, gives examples of it, and these are right."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockhoop.contract.document import load_contract
from mockhoop.contract.operations import Operation
from mockhoop.resources import spec_dir
from mockhoop.snapshots import RECORDS

CONTRACT = load_contract(spec_dir() / "control.yaml")
SCHEMAS = CONTRACT.document["components"]["schemas"]
OPERATIONS = list(CONTRACT.operations)


def sent(operation: Operation) -> Iterator[Any]:
    """The schemas of what is sent as JSON in requests and successes."""
    bodies = [operation.definition.get("requestBody", {})]
    bodies += [one for status, one in operation.definition["responses"].items() if status.startswith("2")]
    for body in bodies:
        for media_type, content in body.get("content", {}).items():
            if media_type == "application/json":
                yield content["schema"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_an_operation_is_described_and_says_how_it_refuses(operation: Operation) -> None:
    assert operation.definition["summary"]
    assert operation.definition["tags"]
    refusals = {status for status in operation.definition["responses"] if status >= "4"}
    assert refusals >= {"401", "403", "404", "405", "422"}
    assert refusals >= ({"413", "415"} if "requestBody" in operation.definition else set())
    assert all(parameter["description"] for parameter in operation.parameters)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_what_is_sent_has_an_example(operation: Operation) -> None:
    for schema in sent(operation):
        named = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        assert any("examples" in one for one in related(named))


def related(schema: Any) -> Iterator[Any]:
    """The schema, and those of which it is made."""
    yield schema
    for part in (*schema.get("allOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from related(SCHEMAS[part["$ref"].rpartition("/")[2]] if "$ref" in part else part)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_examples_of_a_schema_are_valid(name: str) -> None:
    validator = Draft202012Validator({**CONTRACT.document, "$ref": f"#/components/schemas/{name}"})
    for example in SCHEMAS[name].get("examples", ()):
        validator.validate(example)


def test_every_table_of_a_world_can_be_asked_for() -> None:
    assert set(SCHEMAS["Table"]["enum"]) == RECORDS.keys()
