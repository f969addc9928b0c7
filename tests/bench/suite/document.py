"""A document of 222 operations, such as a middling product has: 37 kinds of things, each with six operations."""

from collections.abc import Mapping
from typing import Any

KINDS = 37
WORDS = ("invoice", "customer", "shipment", "ticket", "project", "device", "report", "policy", "order", "team")


def names() -> list[str]:
    """The kinds of things, in the plural."""
    return [f"{WORDS[number % len(WORDS)]}s-{number // len(WORDS) + 1}" for number in range(KINDS)]


def document() -> dict[str, Any]:
    """The document, as plain data."""
    paths: dict[str, Any] = {}
    for name in names():
        item, key = _reference(name), f"{name}-id"
        parameter = {"name": key, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        page = [
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
            {"name": "status", "in": "query", "schema": {"type": "string", "enum": ["open", "done"]}},
        ]
        paths[f"/{name}"] = {
            "get": {**_answer(200, {"type": "array", "items": item}), "parameters": page},
            "post": {**_answer(201, item), "requestBody": _content(item)},
        }
        paths[f"/{name}/{{{key}}}"] = {
            "parameters": [parameter],
            "get": _answer(200, item),
            "put": {**_answer(200, item), "requestBody": _content(item)},
            "patch": {**_answer(200, item), "requestBody": _content({"type": "object"})},
            "delete": {"responses": {"204": {"description": "gone"}}},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": "A middling product", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": {_schema_name(name): _schema(name) for name in names()}},
    }


def _schema_name(name: str) -> str:
    return name.title().replace("-", "")


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_schema_name(name)}"}


def _schema(name: str) -> dict[str, Any]:
    text = {"type": "string", "maxLength": 200}
    return {
        "type": "object",
        "required": ["id", "name", "status"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {**text, "example": f"One of the {name}"},
            "status": {"type": "string", "enum": ["open", "done"], "example": "open"},
            "description": {**text, "example": "What there is to say about it"},
            "amount": {"type": "number", "minimum": 0, "example": 12.5},
            "created_at": {"type": "string", "format": "date-time", "example": "2024-08-01T12:00:00Z"},
            "tags": {"type": "array", "items": {"type": "string"}, "example": ["new", "large"]},
            "owner": {
                "type": "object",
                "properties": {
                    "email": {"type": "string", "format": "email", "example": "ada@example.com"},
                    "name": text,
                },
                "example": {"email": "ada@example.com", "name": "Ada Admin"},
            },
        },
    }


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _answer(status: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "responses": {str(status): {"description": "as asked", "content": {"application/json": {"schema": schema}}}}
    }
