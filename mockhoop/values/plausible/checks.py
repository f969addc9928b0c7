"""Whether a value satisfies a schema: one check for each keyword.

The authority on that is the validator of the contract. This is what a maker needs to know on its way, without the
cost of building a validator for each part of a schema.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mockhoop.values.plausible.formats import FORMS
from mockhoop.values.plausible.json_values import TYPES, divides, identity, is_number
from mockhoop.values.plausible.keywords import Schema, bounds, is_within
from mockhoop.values.plausible.patterns import is_understood
from mockhoop.values.plausible.schemas import Schemas

# Called with the schemas of the document, the keyword's argument, the value, and the schema around the keyword.
Check = Callable[[Schemas, Any, Any, Mapping[str, Any]], bool]


def fits(schemas: Schemas, schema: Schema, value: Any) -> bool:
    """Whether a value satisfies a schema, as far as the keywords that are known here go."""
    if isinstance(schema, bool):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and not fits(schemas, schemas.resolve(reference), value):
        return False
    if value is None and schemas.nullable and schema.get("nullable") is True and "type" in schema:
        return "enum" not in schema or None in schema["enum"]
    checks = ((CHECKS[keyword], argument) for keyword, argument in schema.items() if keyword in CHECKS)
    return all(check(schemas, argument, value, schema) for check, argument in checks)


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
    return all(fits(schemas, extra, value[name]) for name in value.keys() - schema.get("properties", {}).keys())


def _properties_fit(schemas: Schemas, known: Mapping[str, Schema], value: Any) -> bool:
    return all(fits(schemas, known[name], value[name]) for name in value.keys() & known.keys())


def _for(kind: type, check: Callable[[Schemas, Any, Any], bool]) -> Check:
    """A check that says nothing about values of other kinds."""
    return lambda schemas, argument, value, _: not isinstance(value, kind) or check(schemas, argument, value)


CHECKS: dict[str, Check] = {
    "additionalProperties": _extras_fit,
    "allOf": lambda schemas, parts, value, _: all(fits(schemas, part, value) for part in parts),
    "anyOf": lambda schemas, options, value, _: any(fits(schemas, option, value) for option in options),
    "const": lambda _, const, value, __: identity(const) == identity(value),
    "enum": lambda _, options, value, __: identity(value) in set(map(identity, options)),
    "exclusiveMaximum": _within,
    "exclusiveMinimum": _within,
    "format": _for(str, lambda _, name, value: name not in FORMS or bool(FORMS[name].match(value))),
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
    "pattern": _for(str, lambda _, pattern, value: not is_understood(pattern) or bool(re.search(pattern, value))),
    "prefixItems": _for(list, lambda schemas, parts, value: all(map(partial(fits, schemas), parts, value))),
    "properties": _for(dict, _properties_fit),
    "required": _for(dict, lambda _, names, value: value.keys() >= set(names)),
    "type": _has_type,
    "uniqueItems": _for(list, lambda _, on, value: not on or len(set(map(identity, value))) == len(value)),
}
