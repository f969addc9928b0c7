"""What openapi-core cannot read as it stands: parameters of several types, discriminators that name schemas.

A query string or a path knows no types: what is read as one of several is read as the one that says most about it.
openapi-core takes a list of types in a parameter's schema for a mistake, the names of schemas in a discriminator's
mapping for references. It stops at a dialect of JSON Schema that it does not know, and takes a flag that OpenAPI 3.1
has no more for a number.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from mockhoop.contract.operations import METHODS
from mockhoop.contract.references import DanglingReference, resolved
from mockhoop.contract.samples import misfit
from mockhoop.media.shape import items, properties, types

_ORDER = ("object", "array", "string", "number", "integer", "boolean")
# What goes one way only is a matter of an object's properties, not of a parameter.
_ONE_WAY = ("readOnly", "writeOnly")
_EXCLUDED = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_DIALECT = re.compile(
    r"https://spec\.openapis\.org/oas/3\.1/dialect/base|https://json-schema\.org/draft/20(20-12|19-09)/schema"
    r"|http://json-schema\.org/draft-0[3467]/schema#?"
)


def readable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with a single type in the schema of each parameter, and references in all mappings.

    Objects in forms are JSON, and dialects that nobody knows are left out. It is the same one if that is so anyway.
    """
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    document = _spelt_out(document, schemas if isinstance(schemas, Mapping) else {}, _flags(document))
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
    if parameter.get("required") is not True and _is_misfit(document, schema):
        # What is not sent stands for nothing then, rather than for what breaks the contract.
        schema = {word: one for word, one in resolved(document, schema).items() if word != "default"}
    made = parameter if schema is parameter["schema"] else {**parameter, "schema": schema}
    return _without_depth(document, made) if parameter.get("style") == "deepObject" else made


def _is_misfit(document: Mapping[str, Any], schema: Any) -> bool:
    """Whether the default of a parameter does not fit its schema."""
    try:
        found = resolved(document, schema)
    except DanglingReference:
        return False
    return isinstance(found, Mapping) and "default" in found and bool(misfit(found, found["default"]))


def _without_depth(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameter as openapi-core can read it: the style deepObject says nothing of arrays and alternatives."""
    resolve = partial(_resolve, document)
    schema = resolve(parameter["schema"])
    kinds = types(schema, resolve)
    if not isinstance(schema, Mapping) or schema.get("type") == "object" or not kinds:
        return parameter
    if "object" in kinds:
        told = {"type": "object", "properties": properties(schema, resolve)}
        return {**parameter, "explode": True, "schema": {**schema, **told}}
    told = {"type": "array", "items": items(schema, resolve)} if "array" in kinds else {}
    return {**parameter, "style": "form", "explode": True, "schema": {**schema, **told}}


def _schema(document: Mapping[str, Any], schema: Any) -> Any:
    try:
        found = resolved(document, schema)
    except LookupError:
        return schema
    if not isinstance(found, Mapping):
        return schema
    if "type" not in found and (found.get("anyOf") or found.get("oneOf")):
        return _of_alternatives(document, found)
    inner = found.get("items")
    mended = _schema(document, inner) if isinstance(inner, Mapping) and "array" in _types(found) else inner
    one_way = [word for word in _ONE_WAY if found.get(word) is True]
    if not isinstance(found.get("type"), list) and mended is inner and not one_way:
        return schema
    siblings = {name: one for name, one in schema.items() if name != "$ref"} if found is not schema else {}
    made = {word: one for word, one in {**found, **siblings}.items() if word not in one_way}
    if isinstance(found.get("type"), list):
        made["type"] = next((kind for kind in _ORDER if kind in found["type"]), "string")
    if mended is not inner:
        made["items"] = mended
    return made


def _of_alternatives(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a parameter that can be one of several, with the type that they share, and texts after the others.

    Of alternatives openapi-core takes the first that a text can be read as, which any text can be as a string.
    """
    resolve = partial(_resolve, document)
    made = dict(schema)
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            made[word] = sorted(schema[word], key=lambda one: "string" in types(one, resolve))
    kinds = types(schema, resolve) - {"null"}
    if kinds == {"array"}:
        made |= {"type": "array", "items": _schema(document, items(schema, resolve))}
    elif kinds == {"object"}:
        made |= {"type": "object", "properties": properties(schema, resolve)}
    same = all(made[word] == schema.get(word) for word in made)
    return schema if same else made


def _resolve(document: Mapping[str, Any], node: Any) -> Any:
    try:
        return resolved(document, node)
    except DanglingReference:
        return {}


def _types(schema: Mapping[str, Any]) -> Any:
    kinds = schema.get("type", ())
    return (kinds,) if isinstance(kinds, str) else kinds


def _flags(document: Mapping[str, Any]) -> Mapping[str, str]:
    """The flags that say of a bound that it is excluded, where they are bounds themselves by now."""
    return {} if str(document.get("openapi", "")).startswith("3.0") else _EXCLUDED


def _spelt_out(node: Any, schemas: Mapping[str, Any], flags: Mapping[str, str]) -> Any:
    """The node with references where mappings of discriminators name schemas, with no dialect that is not known.

    A flag becomes the bound that it is about. It is the same node if that is so anyway.
    """
    if isinstance(node, Mapping):
        made: Any = {
            key: _spelt_out(value, schemas, flags) for key, value in node.items() if not _is_unknown(key, value)
        }
        if isinstance(node.get("propertyName"), str) and isinstance(node.get("mapping"), Mapping):
            made["mapping"] = {
                key: f"#/components/schemas/{name}" if isinstance(name, str) and name in schemas else name
                for key, name in node["mapping"].items()
            }
        for flag, bound in flags.items():
            if isinstance(node.get(flag), bool):
                del made[flag]
                if node[flag] and bound in made:
                    made[flag] = made.pop(bound)
        same = len(made) == len(node) and all(made.get(key) is value for key, value in node.items())
        return node if same else made
    if isinstance(node, list):
        listed = [_spelt_out(value, schemas, flags) for value in node]
        return listed if any(one is not other for one, other in zip(listed, node, strict=True)) else node
    return node


def _is_unknown(key: str, value: Any) -> bool:
    return key in ("$schema", "jsonSchemaDialect") and isinstance(value, str) and not _DIALECT.fullmatch(value)


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
