"""What openapi-core cannot read as it stands: parameters of several types, discriminators that name schemas.

A query string or a path knows no types: what is read as one of several is read as the one that says most about it.
openapi-core takes a list of types in a parameter's schema for a mistake, and the names of schemas in a discriminator's
mapping for references.
"""

from collections.abc import Mapping
from typing import Any

from mockhoop.contract.operations import METHODS
from mockhoop.contract.references import resolved

_ORDER = ("object", "array", "string", "number", "integer", "boolean")


def readable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with a single type in the schema of each parameter, and references in all mappings.

    It is the same one if that is so anyway.
    """
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    document = _spelt_out(document, schemas) if isinstance(schemas, Mapping) else document
    changed: dict[str, Any] = {}
    paths = document.get("paths")
    if isinstance(paths, Mapping):
        made = {template: _item(document, item) for template, item in paths.items()}
        if any(made[template] is not item for template, item in paths.items()):
            changed["paths"] = made
    components = document.get("components")
    shared = components.get("parameters") if isinstance(components, Mapping) else None
    if isinstance(components, Mapping) and isinstance(shared, Mapping):
        mended = {name: _parameter(document, one) for name, one in shared.items()}
        if any(mended[name] is not one for name, one in shared.items()):
            changed["components"] = {**components, "parameters": mended}
    return {**document, **changed} if changed else document


def _item(document: Mapping[str, Any], item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    made = _holder(document, item)
    methods = {method: _holder(document, item[method]) for method in METHODS if isinstance(item.get(method), Mapping)}
    if all(methods[method] is item[method] for method in methods):
        return made
    return {**made, **methods}


def _holder(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Mapping[str, Any]:
    parameters = holder.get("parameters")
    if not isinstance(parameters, list):
        return holder
    made = [_parameter(document, one) for one in parameters]
    same = all(one is other for one, other in zip(made, parameters, strict=True))
    return holder if same else {**holder, "parameters": made}


def _parameter(document: Mapping[str, Any], parameter: Any) -> Any:
    if not isinstance(parameter, Mapping) or "schema" not in parameter:
        return parameter
    schema = _schema(document, parameter["schema"])
    return parameter if schema is parameter["schema"] else {**parameter, "schema": schema}


def _schema(document: Mapping[str, Any], schema: Any) -> Any:
    try:
        found = resolved(document, schema)
    except LookupError:
        return schema
    if not isinstance(found, Mapping):
        return schema
    items = found.get("items")
    mended = _schema(document, items) if isinstance(items, Mapping) and "array" in _types(found) else items
    if not isinstance(found.get("type"), list) and mended is items:
        return schema
    siblings = {name: one for name, one in schema.items() if name != "$ref"} if found is not schema else {}
    made = {**found, **siblings}
    if isinstance(found.get("type"), list):
        made["type"] = next((kind for kind in _ORDER if kind in found["type"]), "string")
    if mended is not items:
        made["items"] = mended
    return made


def _types(schema: Mapping[str, Any]) -> Any:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else kinds


def _spelt_out(node: Any, schemas: Mapping[str, Any]) -> Any:
    """The node with references where mappings of discriminators name schemas; the same one where they do not."""
    if isinstance(node, Mapping):
        made: Any = {key: _spelt_out(value, schemas) for key, value in node.items()}
        if isinstance(node.get("propertyName"), str) and isinstance(node.get("mapping"), Mapping):
            made["mapping"] = {
                key: f"#/components/schemas/{name}" if isinstance(name, str) and name in schemas else name
                for key, name in node["mapping"].items()
            }
        return made if any(made[key] is not value for key, value in node.items()) else node
    if isinstance(node, list):
        listed = [_spelt_out(value, schemas) for value in node]
        return listed if any(one is not other for one, other in zip(listed, node, strict=True)) else node
    return node


def one_way(document: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    """The document with nothing required that goes the other way only: ``readOnly`` in requests, say.

    OpenAPI 3.0 has it so anyway; to JSON Schema, which 3.1 goes by, these words are remarks.
    """
    if str(document.get("openapi", "")).startswith("3.0"):
        return document
    made: Mapping[str, Any] = _without_required(document, document, word)
    return made


def _without_required(node: Any, document: Mapping[str, Any], word: str) -> Any:
    if isinstance(node, Mapping):
        made: Any = {key: _without_required(value, document, word) for key, value in node.items()}
        required, properties = node.get("required"), node.get("properties")
        if isinstance(required, list) and isinstance(properties, Mapping):
            kept = [name for name in required if not _says(document, properties.get(name), word)]
            made["required"] = required if kept == required else kept
        return made if any(made[key] is not value for key, value in node.items()) else node
    if isinstance(node, list):
        listed = [_without_required(value, document, word) for value in node]
        return listed if any(one is not other for one, other in zip(listed, node, strict=True)) else node
    return node


def _says(document: Mapping[str, Any], schema: Any, word: str) -> bool:
    if isinstance(schema, Mapping) and schema.get(word) is True:
        return True
    try:
        found = resolved(document, schema)
    except LookupError:
        return False
    return isinstance(found, Mapping) and found.get(word) is True
