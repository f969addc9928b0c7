"""The sweep's own view of documents that contradict themselves: certain, or else silent."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[1] / "bench"
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
NODE = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
LIST = {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
PAIR = {"type": "object", "properties": {"title": STRING, "size": INTEGER}}


def why(schema: Any, version: str = "3.0.3", look: str = "why", **schemas: Any) -> str:
    spec = importlib.util.spec_from_file_location("contradictions", BENCH / "contradictions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    told: str = getattr(module.Contradictions({"openapi": version, "components": {"schemas": schemas}}), look)(schema)
    return told


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (False, "nothing is allowed"),
        ({"allOf": [STRING, INTEGER]}, "no type is left"),
        ({"type": "integer", "enum": ["a", "b"]}, "no value of the enum"),
        ({"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, "no value of the enum"),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "the least length"),
        ({"oneOf": [STRING, {**STRING, "title": "again"}]}, "another one too"),
        ({"oneOf": [PAIR, {**PAIR, "properties": {**PAIR["properties"]}}]}, "another one too"),
        ({"anyOf": [False, {"allOf": [STRING, INTEGER]}]}, "none of the alternatives"),
        (NODE, "next is required"),
        ({**LIST, "minItems": 1}, "an item is required"),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "enum": ["x"]}}},
            "a is required",
        ),
    ],
    ids=str,
)
def test_a_contradiction_is_explained(schema: Any, reason: str) -> None:
    assert reason in why(schema, Node=NODE)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        LIST,
        {"allOf": [{"type": "number"}, INTEGER]},
        {"allOf": [{**STRING, "nullable": True}, {**INTEGER, "nullable": True}]},
        {"oneOf": [STRING, STRING, INTEGER]},
        {"oneOf": [PAIR, {**PAIR, "properties": {"size": INTEGER}}]},
        {**NODE, "required": []},
        {**NODE, "nullable": True},
        {"type": "object", "required": ["a"], "properties": {"a": {**STRING, "enum": [1], "readOnly": True}}},
    ],
    ids=str,
)
def test_what_is_possible_is_no_contradiction(schema: Any) -> None:
    assert why(schema, Node=NODE) == ""


def test_a_name_that_two_properties_share_in_xml_is_told() -> None:
    cost = {"type": "object", "xml": {"name": "amount"}}
    schema = {"type": "array", "items": {"type": "object", "properties": {"fee": cost, "cost": cost}}}
    assert why(schema, look="shared_names") == "fee and cost are both <amount> in XML"
    assert why(PAIR, look="shared_names") == ""
