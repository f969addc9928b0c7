"""How the keywords of two schemas that both have to be satisfied become those of one."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import zip_longest
from math import lcm
from operator import add
from typing import Any

from mockhoop.values.plausible.json_values import identity, plain
from mockhoop.values.plausible.keywords import Flat, Schema


def merged(one: Flat, two: Flat) -> Flat:
    """The keywords of a schema that asks for what both ask for; of annotations the second one's are kept."""
    joined = {**one, **two}
    for word in JOINS.keys() & one.keys() & two.keys():
        joined[word] = JOINS[word](one[word], two[word])
    if "properties" in joined:
        joined["properties"] = _properties(one, two)
    return joined


def both(one: Schema, two: Schema) -> Schema:
    """A schema that asks for what both ask for."""
    if one is False or two is False:
        return False
    if one is True or one is two:
        return two
    return one if two is True else {"allOf": [one, two]}


def _properties(one: Flat, two: Flat) -> dict[str, Schema]:
    """What one schema does not name has to satisfy its ``additionalProperties``."""
    properties: dict[str, Schema] = {}
    for name in {**one.get("properties", {}), **two.get("properties", {})}:
        sides = [flat.get("properties", {}).get(name, flat.get("additionalProperties", True)) for flat in (one, two)]
        properties[name] = both(*sides)
    return properties


def _types(one: Sequence[str], two: Sequence[str]) -> tuple[str, ...]:
    shared = [kind for kind in one if kind in two or (kind == "integer" and "number" in two)]
    shared += ["integer"] if "integer" in two and "number" in one and "integer" not in one else []
    return tuple(shared)


def _common_multiple(one: Any, two: Any) -> Any:
    a, b = Fraction(str(one)), Fraction(str(two))
    # With a common denominator only the numerators matter.
    whole = a.denominator * b.denominator
    return plain(Fraction(lcm(a.numerator * b.denominator, b.numerator * a.denominator), whole))


def _shared(one: Sequence[Any], two: Sequence[Any]) -> list[Any]:
    known = set(map(identity, two))
    return [value for value in one if identity(value) in known]


def _pairwise(one: Sequence[Schema], two: Sequence[Schema]) -> list[Schema]:
    return [both(a, b) for a, b in zip_longest(one, two, fillvalue=True)]


JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "additionalProperties": both,
    "choices": add,
    "enum": _shared,
    "high": min,
    "items": both,
    "low": max,
    "maxItems": min,
    "maxLength": min,
    "maxProperties": min,
    "minItems": max,
    "minLength": max,
    "minProperties": max,
    "multipleOf": _common_multiple,
    "nots": add,
    "patterns": add,
    "prefixItems": _pairwise,
    "propertyNames": both,
    "required": lambda one, two: (*one, *two),
    "types": _types,
    "uniqueItems": lambda one, two: one or two,
}
