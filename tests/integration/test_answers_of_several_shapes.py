"""Lists and items in answers that can have one of several shapes: all of an answer is of the same one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from .strangers import Stranger


def shape(kind: str, **fields: Any) -> dict[str, Any]:
    """An answer around a boat, whose kind says which properties it has."""
    properties = {"id": {"type": "integer"}, **fields}
    boat = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"kind": {"type": "string", "enum": [kind]}, "data": boat},
        "required": ["kind", "data"],
        "additionalProperties": False,
    }


def service(tmp_path: Path, *shapes: Any) -> Stranger:
    content = {"application/json": {"schema": {"anyOf": list(shapes)}}}
    boat = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": {"200": {"description": "A boat", "content": content}}},
    }
    listed = {"type": "array", "items": shapes[0]["properties"]["data"]}
    boats = {
        "get": {"responses": {"200": {"description": "Boats", "content": {"application/json": {"schema": listed}}}}}
    }
    paths = {"/boats": boats, "/boats/{id}": boat}
    contract = tmp_path / "boats.yaml"
    contract.write_text(yaml.safe_dump({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}))
    return Stranger(contract, base="")


SAIL, MOTOR = shape("sail", mast={"type": "string"}), shape("motor", power={"type": "integer"})


@pytest.mark.parametrize("shapes", [(SAIL, MOTOR), (MOTOR, SAIL)], ids=["sail first", "motor first"])
def test_what_stands_around_an_item_is_of_the_same_shape_as_the_item(tmp_path: Path, shapes: Any) -> None:
    api = service(tmp_path, *shapes)
    for boat in api.ask("GET", "/boats"):
        found = api.ask("GET", f"/boats/{boat['id']}")
        assert found["kind"] == shapes[0]["properties"]["kind"]["enum"][0]
        assert found["data"] == boat


def test_an_item_of_which_nothing_was_known_can_be_replaced(tmp_path: Path) -> None:
    boat = {**SAIL["properties"]["data"], "nullable": True}
    answer = {"description": "A boat", "content": {"application/json": {"schema": boat}}}
    paths = {
        "/boats": {"get": {"responses": {"200": answer}}},
        "/boats/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": answer}},
            "put": {"requestBody": {"content": answer["content"]}, "responses": {"200": answer, "201": answer}},
        },
    }
    contract = tmp_path / "boats.yaml"
    contract.write_text(yaml.safe_dump({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}))
    api = Stranger(contract, base="")
    assert {api.status("PUT", f"/boats/{id}", {"id": id, "mast": "tall"}) for id in range(900, 960)} <= {200, 201}
