"""Values that a document gives for its schemas, defaults and examples: whether they fit, as far as a glance tells."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockhoop.contract.grammar import Mistake, shown
from mockhoop.contract.references import DanglingReference, Steps, resolved

_DATA = frozenset(("default", "enum", "const", "example", "examples", "value"))
_NAMES = frozenset(("properties", "patternProperties", "$defs", "definitions", "schemas"))
_ADVICE = "correct the value or the schema"

_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: (isinstance(value, int) and not isinstance(value, bool)) or _whole(value),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def misfits(document: Mapping[str, Any]) -> Iterator[Mistake]:
    """Every default and every example that does not fit its schema."""
    waiting: list[tuple[Any, Steps, bool]] = [(document, (), False)]
    while waiting:
        node, at, names = waiting.pop()
        if isinstance(node, dict):
            if not names:
                yield from _of(document, node, at)
            for key, value in node.items():
                if isinstance(value, dict | list) and (names or (key not in _DATA and not key.startswith("x-"))):
                    waiting.append((value, (*at, key), not names and key in _NAMES))
        elif isinstance(node, list):
            waiting.extend((item, (*at, index), False) for index, item in enumerate(node) if isinstance(item, dict))


def _of(document: Mapping[str, Any], node: Mapping[str, Any], at: Steps) -> Iterator[Mistake]:
    schema = node
    if "schema" in node and "type" not in node:  # a parameter, a header or a media type
        try:
            schema = resolved(document, node["schema"])
        except DanglingReference:
            return
    if not isinstance(schema, Mapping) or "type" not in schema:
        return
    if schema is node and "default" in node and (why := misfit(schema, node["default"])):
        yield Mistake((*at, "default"), f"the default {why}", _ADVICE)
    if "example" in node and (why := misfit(schema, node["example"])):
        yield Mistake((*at, "example"), f"the example {why}", _ADVICE)


def misfit(schema: Mapping[str, Any], value: Any) -> str:
    """Why a value does not fit a schema, as far as a glance tells; empty if it seems to fit."""
    told = schema.get("type", [])
    kinds = [kind for kind in (told if isinstance(told, list) else [told]) if isinstance(kind, str)]
    if value is None and (schema.get("nullable") is True or None in _options(schema)):
        return ""
    if kinds and not any(_IS.get(kind, bool)(value) for kind in kinds if kind in _IS) and set(kinds) <= _IS.keys():
        return f"{shown(value)} is not of type {' or '.join(kinds)}"
    if (options := _options(schema)) and value not in options:
        return f"{shown(value)} is not one of {shown(options, 100)}"
    if isinstance(value, int | float):
        return next(
            (f"{shown(value)} {text} {schema[key]}" for key, text, bad in _BOUNDS if _breaks(schema, key, value, bad)),
            "",
        )
    return ""


_BOUNDS: tuple[tuple[str, str, Callable[[float, float], bool]], ...] = (
    ("minimum", "is less than the minimum", lambda value, bound: value < bound),
    ("maximum", "is more than the maximum", lambda value, bound: value > bound),
)


def _breaks(schema: Mapping[str, Any], key: str, value: float, bad: Callable[[float, float], bool]) -> bool:
    bound = schema.get(key)
    return isinstance(bound, int | float) and bad(value, bound)


def _options(schema: Mapping[str, Any]) -> list[Any]:
    options = schema.get("enum")
    return options if isinstance(options, list) else []


def _whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
