"""How the keywords of two schemas that both have to be satisfied become those of one."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm
from operator import add
from typing import Any

from mockhoop.values.plausible.json_values import identity, plain
from mockhoop.values.plausible.keywords import Flat, Schema, described


def merged(one: Flat, two: Flat) -> Flat:
    """The keywords of a schema that asks for what both ask for; of annotations the second one's are kept."""
    joined = {**one, **two}
    for word in JOINS.keys() & one.keys() & two.keys():
        joined[word] = JOINS[word](one[word], two[word])
    if "properties" in joined:
        joined["properties"] = _properties(one, two)
    if "patternProperties" in joined:
        joined["patternProperties"] = _patterns(one, two)
    if "prefixItems" in joined:
        joined["prefixItems"] = _prefix(one, two)
    return joined


def both(one: Schema, two: Schema) -> Schema:
    """A schema that asks for what both ask for."""
    if one is False or two is False:
        return False
    if one is True or one is two:
        return two
    return one if two is True else {"allOf": [one, two]}


def all_of(schemas: Sequence[Schema]) -> Schema:
    """A schema that asks for what all of them ask for."""
    return reduce(both, schemas, True)


def _properties(one: Flat, two: Flat) -> dict[str, Schema]:
    """What one schema does not name has to satisfy its ``additionalProperties``."""
    properties: dict[str, Schema] = {}
    for name in {**one.get("properties", {}), **two.get("properties", {})}:
        properties[name] = both(_side(one, name), _side(two, name))
    return properties


def _side(flat: Flat, name: str) -> Schema:
    known = flat.get("properties", {})
    # The schema of a property that is named has those of its patterns in it.
    return known[name] if name in known else all_of(described(flat, name))


def _patterns(one: Flat, two: Flat) -> dict[str, Schema]:
    sides = [(flat.get("patternProperties", {}), flat.get("additionalProperties", True)) for flat in (one, two)]
    names = {**sides[0][0], **sides[1][0]}
    return {name: both(*(patterns.get(name, extra) for patterns, extra in sides)) for name in names}


def _prefix(one: Flat, two: Flat) -> list[Schema]:
    """What comes behind the first items of one schema has to satisfy its ``items``."""
    sides = [(flat.get("prefixItems", ()), flat.get("items", True)) for flat in (one, two)]
    count = max(len(first) for first, _ in sides)
    return [both(*(first[i] if i < len(first) else items for first, items in sides)) for i in range(count)]


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


def _united(one: Mapping[str, Sequence[str]], two: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name: [*one.get(name, ()), *two.get(name, ())] for name in {**one, **two}}


JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "additionalProperties": both,
    "choices": add,
    "contains": add,
    "dependentRequired": _united,
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
    "propertyNames": both,
    "required": lambda one, two: (*one, *two),
    "types": _types,
    "unevaluatedItems": both,
    "unevaluatedProperties": both,
    "uniqueItems": lambda one, two: one or two,
}
