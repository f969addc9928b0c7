"""What may stand where in an OpenAPI document (only importer of jsonschema_rs).

The checks of openapi-spec-validator itself take minutes for a document of some megabytes. Its JSON Schemas of OpenAPI
are used here with a compiled validator, which takes a fraction of a second.
"""

import json
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

from mockhoop.contract.references import Steps
from mockhoop.contract.violations import shortened

_2020 = "https://json-schema.org/draft/2020-12/schema"
_ADVICE = "see the OpenAPI specification for what may stand here"
_IGNORED = "check its spelling; it is ignored"
_UNKNOWN = frozenset(("additionalProperties", "unevaluatedProperties"))
_TYPES = {"object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number", "null": "null"}

# The grammar of 3.1 leaves open what a schema is, which is for JSON Schema to say, in the schema's own dialect.
_DIALECTS = [_2020, "https://spec.openapis.org/oas/3.1/dialect/base"]
_SCHEMA = {
    "$dynamicAnchor": "meta",
    "type": ["object", "boolean"],
    "if": {"properties": {"$schema": {"enum": _DIALECTS}}},
    "then": {"$ref": _2020},
}

# What OpenAPI 3.0 calls the parts; 3.1 names them in small letters.
PARTS = {
    "path-item": "PathItem",
    "parameter": "Parameter",
    "response": "Response",
    "request-body": "RequestBody",
    "header": "Header",
    "example": "Example",
    "link": "Link",
    "callbacks": "Callback",
    "security-scheme": "SecurityScheme",
    "schema": "Schema",
}


class Mistake(NamedTuple):
    """Something that may not stand where it stands. If it is ``harmless``, the document means something anyway."""

    at: Steps
    message: str
    advice: str = _ADVICE
    harmless: bool = False
    at_key: bool = False


def mistakes(version: str, node: Any, part: str = "", *, schemas: bool = True) -> Iterator[Mistake]:
    """All that is wrong with a part of a document, or with the whole one; references are not followed.

    Without ``schemas``, nothing in schemas is wrong: they are written in a language of their own.
    """
    leaves = [leaf for error in _validator(family(version), part, schemas).iter_errors(node) for leaf in _leaves(error)]
    places = [tuple(leaf.instance_path) for leaf in leaves]
    faulty = {place[:length] for place in places for length in range(len(place) + 1)}
    for leaf, place in zip(leaves, places, strict=True):
        yield from _told(leaf, place, faulty)


def own_dialect(document: Mapping[str, Any]) -> bool:
    """Whether a document says that its schemas are not written in OpenAPI's dialect of JSON Schema."""
    dialect = document.get("jsonSchemaDialect")
    return isinstance(dialect, str) and dialect not in _DIALECTS


def shown(value: Any, limit: int = 60) -> str:
    """A value as it is written in a document, in short."""
    return shortened(json.dumps(value, ensure_ascii=False, default=str), limit)


def family(version: str) -> str:
    """The minor version whose grammar a document follows."""
    minor = ".".join(version.split(".")[:2])
    return minor if minor in ("3.0", "3.1", "3.2") else "3.1"


def _grammar(version: str) -> dict[str, Any]:
    """The JSON Schema of OpenAPI. It is read from the package's files: importing the package takes half a second."""
    package = find_spec("openapi_spec_validator")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    grammar: dict[str, Any] = json.loads(path.read_bytes())
    return grammar


@cache
def _validator(version: str, part: str, schemas: bool) -> Any:
    grammar = _grammar(version)
    grammar.pop("$id", None)
    grammar.pop("id", None)
    if "definitions" in grammar:
        if part:
            grammar = {"$ref": f"#/definitions/{PARTS[part]}", "definitions": grammar["definitions"]}
        return jsonschema_rs.Draft4Validator(grammar, validate_formats=False)
    parts = {**grammar["$defs"], "schema": _SCHEMA} if schemas else grammar["$defs"]
    if part:
        return jsonschema_rs.Draft202012Validator({"$schema": _2020, "$ref": f"#/$defs/{part}", "$defs": parts})
    return jsonschema_rs.Draft202012Validator({**grammar, "$defs": parts})


def _leaves(error: Any) -> Iterator[Any]:
    """What is really wrong where one of several forms should fit: what the likeliest one finds."""
    forms = getattr(error.kind, "context", None)
    if error.kind.name not in ("oneOf", "anyOf") or not forms:
        yield error
        return
    depth = len(error.instance_path)
    for inner in min(forms, key=lambda form: _unlikeliness(form, depth)):
        yield from _leaves(inner)


def _unlikeliness(form: Sequence[Any], depth: int) -> tuple[bool, bool, bool, int]:
    """How unlikely it is that somebody meant a form of which this is wrong."""
    here = [error for error in form if len(error.instance_path) == depth]
    return (
        any(error.kind.name == "required" and error.kind.property == "$ref" for error in here),
        any(error.kind.name == "type" for error in here),
        any(error.kind.name == "enum" for error in form if len(error.instance_path) <= depth + 1),
        len(form),
    )


def _told(error: Any, at: Steps, faulty: Container[Steps]) -> Iterator[Mistake]:
    kind = error.kind
    if kind.name in _UNKNOWN:
        for key in kind.unexpected:
            # A part with a mistake counts as not looked at, whatever its key.
            if (*at, key) not in faulty:
                yield Mistake((*at, key), f"unknown key {key!r}", _IGNORED, harmless=True, at_key=True)
    elif kind.name == "falseSchema" and at:
        yield Mistake(at, f"unknown key {at[-1]!r}", _IGNORED, harmless=True, at_key=True)
    else:
        message = shortened(_SENTENCES.get(kind.name, _own_words)(error).splitlines()[0])
        yield Mistake(at, message, harmless=kind.name == "uniqueItems")


def _own_words(error: Any) -> str:
    return str(error.message)


def _type(error: Any) -> str:
    return f"{_value(error)} is not {_of_types(kinds if isinstance(kinds := error.kind.types, list) else [kinds])}"


def _of_types(kinds: Sequence[str]) -> str:
    return " or ".join(_TYPES.get(kind, f"a {kind}") for kind in kinds)


def _value(error: Any) -> str:
    value = error.instance
    if isinstance(value, Mapping):
        return f"a mapping ({', '.join(list(map(str, value))[:3])})" if value else "an empty mapping"
    return "a list" if isinstance(value, list) else shown(value)


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "required": lambda error: f"the key {error.kind.property!r} is missing",
    "type": _type,
    "enum": lambda error: f"{_value(error)} is not one of {shown(error.kind.options, 150)}",
    "pattern": lambda error: f"{_value(error)} does not match {error.kind.pattern}",
    "minProperties": lambda _: "there should be at least one entry",
    "uniqueItems": lambda _: "something is listed twice",
    "minItems": lambda _: "there should be at least one item",
    "format": lambda error: f"{_value(error)} is not {error.kind.format}",
}
