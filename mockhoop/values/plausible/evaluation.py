"""Which properties and items of a value a schema has dealt with, so that the others are unevaluated."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from re import search
from typing import Any, TypeVar

from mockhoop.values.plausible.keywords import Schema
from mockhoop.values.plausible.schemas import Schemas

T = TypeVar("T")
Fits = Callable[[Schemas, Schema, Any], bool]
Own = Callable[[Mapping[str, Any]], set[T]]
"""What the keywords of one schema deal with, those of its parts left aside."""


def evaluated_names(schemas: Schemas, fits: Fits, schema: Schema, value: dict[str, Any]) -> set[str]:
    """The names of the properties that a schema deals with."""

    def own(words: Mapping[str, Any]) -> set[str]:
        found: set[str] = value.keys() & words.get("properties", {}).keys()
        for extra in (words[word] for word in ("additionalProperties", "unevaluatedProperties") if word in words):
            found |= {name for name in value if fits(schemas, extra, value[name])}
        patterns = words.get("patternProperties", ())
        return found | {name for name in value if any(search(pattern, name) for pattern in patterns)}

    return _evaluated(schemas, partial(fits, schemas), schema, value, own)


def evaluated_places(schemas: Schemas, fits: Fits, schema: Schema, value: list[Any]) -> set[int]:
    """The places of the items that a schema deals with."""

    def own(words: Mapping[str, Any]) -> set[int]:
        if "items" in words:
            return set(range(len(value)))
        found = set(range(len(words.get("prefixItems", ()))))
        for some in (words[word] for word in ("contains", "unevaluatedItems") if word in words):
            found |= {place for place, item in enumerate(value) if fits(schemas, some, item)}
        return found

    return _evaluated(schemas, partial(fits, schemas), schema, value, own)


def _evaluated(
    schemas: Schemas, fits: Callable[[Schema, Any], bool], schema: Schema, value: Any, own: Own[T]
) -> set[T]:
    if not isinstance(schema, Mapping):
        return set()
    words = schemas.clean(schema)
    found = own(words)
    for part in _parts(schemas, fits, words, value):
        found |= _evaluated(schemas, fits, part, value, own)
    return found


def _parts(
    schemas: Schemas, fits: Callable[[Schema, Any], bool], words: Mapping[str, Any], value: Any
) -> Iterator[Schema]:
    """The schemas inside a schema that are about the same value and that it satisfies."""
    if "$ref" in words:
        yield schemas.resolve(words["$ref"])
    for word in ("allOf", "anyOf", "oneOf"):
        yield from (part for part in words.get(word, ()) if fits(part, value))
    if isinstance(value, dict):
        yield from (part for name, part in words.get("dependentSchemas", {}).items() if name in value)
    if "if" in words:
        holds = fits(words["if"], value)
        yield from (words[word] for word in (("if", "then") if holds else ("else",)) if word in words)
