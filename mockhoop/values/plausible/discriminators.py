"""Discriminators: the property of an object that names the schema which the object has."""

from collections.abc import Mapping
from typing import Any

from mockhoop.values.plausible.checks import fits
from mockhoop.values.plausible.keywords import Flat, Schema
from mockhoop.values.plausible.merging import merged
from mockhoop.values.plausible.schemas import Schemas


def whole(schemas: Schemas, schema: Schema) -> Flat:
    """A schema as a value meets it: a base class among its parts wants to hear the name of the schema."""
    flat = schemas.flat(schema)
    discriminator = flat.get("discriminator")
    if discriminator is None or flat.get("choices"):
        return flat
    return _discriminated(schemas, flat, _reference(schema), discriminator)


def chosen(schemas: Schemas, rest: Flat, option: Schema, discriminator: Mapping[str, Any] | None) -> Flat:
    """One of several alternatives, together with the rest of the schema that offers them."""
    if discriminator is None:
        return merged(rest, whole(schemas, option))
    return _discriminated(schemas, merged(rest, schemas.flat(option)), _reference(option), discriminator)


def _discriminated(schemas: Schemas, flat: Flat, reference: str, discriminator: Mapping[str, Any]) -> Flat:
    """Make the discriminating property name the schema that the reference points at, if there is one."""
    if not reference:
        return flat
    mapping, short = discriminator.get("mapping") or {}, reference.rsplit("/", 1)[-1]
    names = [name for name, target in mapping.items() if target in (reference, short)] or [short]
    field = discriminator["propertyName"]
    known = flat.get("properties", {}).get(field, True)
    names = [name for name in names if fits(schemas, known, name)]
    if not names:
        return flat
    return merged(flat, {"properties": {field: {"type": "string", "enum": names}}, "required": (field,)})


def _reference(schema: Schema) -> str:
    """The reference that a schema consists of, be it wrapped in an allOf to give it a description."""
    if not isinstance(schema, Mapping):
        return ""
    parts = schema.get("allOf", ())
    return str(schema.get("$ref", "") or (_reference(parts[0]) if len(parts) == 1 else ""))
