"""Whether a value satisfies a schema: one check for each keyword.

The authority on that is the validator of the contract. This is what a maker needs to know on its way, without the
cost of building a validator for each part of a schema.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mockhoop.values.plausible.evaluation import evaluated_names, evaluated_places
from mockhoop.values.plausible.formats import has_format
from mockhoop.values.plausible.json_values import TYPES, divides, identity, is_number
from mockhoop.values.plausible.keywords import Schema, bounds, is_within
from mockhoop.values.plausible.schemas import Schemas

# Called with the schemas of the document, the keyword's argument, the value, and the schema around the keyword.
Check = Callable[[Schemas, Any, Any, Mapping[str, Any]], bool]


def fits(schemas: Schemas, schema: Schema, value: Any) -> bool:
    """Whether a value satisfies a schema, as far as the keywords that are known here go."""
    if not isinstance(schema, Mapping):
        return schema is not False
    words = schemas.clean(schema)
    if value is None and schemas.nullable and "nullable" in words and "type" in words:
        return "enum" not in words or None in words["enum"]
    checks = ((CHECKS[keyword], argument) for keyword, argument in words.items() if keyword in CHECKS)
    return all(check(schemas, argument, value, words) for check, argument in checks)


def hides_nothing(schemas: Schemas, schema: Schema, value: Any) -> bool:
    """Whether no property is there that is left out in the direction of the schemas, unless it is required."""
    if isinstance(value, list):
        return all(hides_nothing(schemas, schemas.flat(schema).get("items", True), item) for item in value)
    if not isinstance(value, dict):
        return True
    flat = schemas.flat(schema)
    known, required = flat.get("properties", {}), flat.get("required", ())
    return all(
        (name in required or schemas.direction not in schemas.hidden_in(known[name]))
        and hides_nothing(schemas, known[name], value[name])
        for name in value.keys() & known.keys()
    )


def _has_type(_: Schemas, kinds: Any, value: Any, __: Mapping[str, Any]) -> bool:
    return any(TYPES[kind](value) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _within(_: Schemas, __: Any, value: Any, schema: Mapping[str, Any]) -> bool:
    return not is_number(value) or is_within(bounds(schema), value)


def _items_fit(schemas: Schemas, items: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    return all(fits(schemas, items, item) for item in value[len(schema.get("prefixItems", ())) :])


def _extras_fit(schemas: Schemas, extra: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    patterns = schema.get("patternProperties", ())
    return all(
        fits(schemas, extra, value[name])
        for name in value.keys() - schema.get("properties", {}).keys()
        if not any(re.search(pattern, name) for pattern in patterns)
    )


def _properties_fit(schemas: Schemas, known: Mapping[str, Schema], value: Any) -> bool:
    return all(fits(schemas, known[name], value[name]) for name in value.keys() & known.keys())


def _matched_fit(schemas: Schemas, patterns: Mapping[str, Schema], value: Any) -> bool:
    return all(
        fits(schemas, schema, value[name])
        for pattern, schema in patterns.items()
        for name in value
        if re.search(pattern, name)
    )


def _has_required(schemas: Schemas, names: list[str], value: Any, schema: Mapping[str, Any]) -> bool:
    missing = [name for name in names if isinstance(value, dict) and name not in value]
    if not missing or not schemas.direction or not schemas.nullable:
        return not missing
    known = schema.get("properties", {})
    # What goes in one direction only is required in that direction only.
    return all(name in known and schemas.direction in schemas.hidden_in(known[name]) for name in missing)


def _contains(schemas: Schemas, wanted: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    count = sum(fits(schemas, wanted, item) for item in value)
    return bool(schema.get("minContains", 1) <= count <= schema.get("maxContains", len(value)))


def _consequence_fits(schemas: Schemas, test: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    return fits(schemas, schema.get("then" if fits(schemas, test, value) else "else", True), value)


def _dependents_fit(schemas: Schemas, dependents: Mapping[str, Schema], value: Any) -> bool:
    return all(fits(schemas, schema, value) for name, schema in dependents.items() if name in value)


def _names_are_evaluated(schemas: Schemas, _: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or value.keys() <= evaluated_names(schemas, fits, schema, value)


def _places_are_evaluated(schemas: Schemas, _: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
    return not isinstance(value, list) or set(range(len(value))) <= evaluated_places(schemas, fits, schema, value)


def _goes(direction: str) -> Check:
    """A check for values that do not go in one direction; only validators of OpenAPI 3.0 insist on that."""
    return lambda schemas, _, __, ___: not schemas.nullable or schemas.direction != direction


def _for(kind: type, check: Callable[[Schemas, Any, Any], bool]) -> Check:
    """A check that says nothing about values of other kinds."""
    return lambda schemas, argument, value, _: not isinstance(value, kind) or check(schemas, argument, value)


CHECKS: dict[str, Check] = {
    "$ref": lambda schemas, reference, value, _: fits(schemas, schemas.resolve(reference), value),
    "additionalProperties": _extras_fit,
    "allOf": lambda schemas, parts, value, _: all(fits(schemas, part, value) for part in parts),
    "anyOf": lambda schemas, options, value, _: any(fits(schemas, option, value) for option in options),
    "contains": _contains,
    "const": lambda _, const, value, __: identity(const) == identity(value),
    "dependentRequired": _for(
        dict, lambda _, names, value: all(value.keys() >= set(names[name]) for name in names.keys() & value.keys())
    ),
    "dependentSchemas": _for(dict, _dependents_fit),
    "enum": lambda _, options, value, __: identity(value) in set(map(identity, options)),
    "exclusiveMaximum": _within,
    "exclusiveMinimum": _within,
    "format": lambda _, name, value, __: has_format(name, value),
    "if": _consequence_fits,
    "items": _items_fit,
    "maxItems": _for(list, lambda _, most, value: len(value) <= most),
    "maxLength": _for(str, lambda _, most, value: len(value) <= most),
    "maxProperties": _for(dict, lambda _, most, value: len(value) <= most),
    "maximum": _within,
    "minItems": _for(list, lambda _, least, value: len(value) >= least),
    "minLength": _for(str, lambda _, least, value: len(value) >= least),
    "minProperties": _for(dict, lambda _, least, value: len(value) >= least),
    "minimum": _within,
    "multipleOf": lambda _, step, value, __: not is_number(value) or divides(step, value),
    "not": lambda schemas, unwanted, value, _: not fits(schemas, unwanted, value),
    "oneOf": lambda schemas, options, value, _: sum(fits(schemas, option, value) for option in options) == 1,
    "pattern": _for(str, lambda _, pattern, value: bool(re.search(pattern, value))),
    "patternProperties": _for(dict, _matched_fit),
    "prefixItems": _for(list, lambda schemas, parts, value: all(map(partial(fits, schemas), parts, value))),
    "properties": _for(dict, _properties_fit),
    "propertyNames": _for(dict, lambda schemas, schema, value: all(fits(schemas, schema, name) for name in value)),
    "readOnly": _goes("request"),
    "required": _has_required,
    "type": _has_type,
    "unevaluatedItems": _places_are_evaluated,
    "unevaluatedProperties": _names_are_evaluated,
    "uniqueItems": _for(list, lambda _, on, value: not on or len(set(map(identity, value))) == len(value)),
    "writeOnly": _goes("response"),
}
