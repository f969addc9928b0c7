"""Values of parameters, put where openapi-core looks for those of a style."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema_path import SchemaPath

Placement = Callable[[Mapping[str, Any]], Mapping[str, Any]]

_MARKS = {"label": ".", "matrix": ";"}


def placement(schema: SchemaPath, name: str, location: str, style: str, explode: bool) -> Placement | None:
    """How the values of a place are arranged for one of its parameters; None where they are right as they are."""
    if location == "path" and style in _MARKS:
        key = f"{_MARKS[style]}{name}{'*' if explode else ''}"
        return lambda values: {key: values[name]}
    if style == "spaceDelimited":
        return lambda values: {name: values[name].replace(" ", "%20")}
    if location == "query" and style == "form" and explode:
        return _gathering(name, list(_property_names(schema)))
    return None


def _gathering(name: str, properties: list[str]) -> Placement | None:
    """The properties of an exploded object are parameters by themselves."""
    if not properties:
        return None

    def gathered(values: Mapping[str, Any]) -> Mapping[str, Any]:
        found = [f"{one}={values[one]}" for one in properties if one in values]
        return {name: "&".join(found)} if found else {}

    return gathered


def _property_names(schema: SchemaPath) -> Iterator[str]:
    if "properties" in schema and schema.get("type") is not None and (schema / "type").read_value() == "object":
        yield from (schema / "properties").str_keys()
