"""Values held against the schemas of the contract."""

from collections.abc import Callable
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.validators import SchemaValidator
from openapi_core.validation.validators import BaseValidator

from mockhoop.contract.validation.acceptance import acceptance
from mockhoop.contract.validation.explanations import Broken, Unsure, schema_errors
from mockhoop.contract.validation.findings import findings
from mockhoop.media import forms, kinds
from mockhoop.media.shape import types

Hold = Callable[[Any], None]
"""Holds a value against a schema; raises InvalidSchemaValue or Broken if it does not fit."""

_SCALARS = {"string", "integer", "number", "boolean"}


def schema_validator(validator: BaseValidator, schema: SchemaPath) -> SchemaValidator:
    """What holds values against a schema, with our formats."""
    return validator.schema_validators_factory.create(
        validator.spec, schema, extra_format_validators=validator.extra_format_validators
    )


def holding(validator: BaseValidator, schema: SchemaPath) -> Hold:
    """How values are held against a schema: in full only those of which it cannot be told at once what they are."""
    against = schema_validator(validator, schema)
    document = validator.spec.read_value()
    accepts, find = acceptance(against.validator, document), findings(against.validator, document)

    def hold(value: Any) -> None:
        if accepts(value):
            return
        try:
            problems = find(value)
        except Unsure:
            against.validate(value)
        else:
            if problems:
                raise Broken(problems)

    return hold


def held(hold: Hold, kind: str, schema: Any, resolve: Callable[[Any], Any]) -> Hold | None:
    """How a body of a kind is held against its schema: whole, item by item, or not at all."""
    allowed = types(schema, resolve)
    if kind in (kinds.LINES, kinds.SEQUENCE):
        # Where the schema is that of a single value, each line is one.
        return hold if not allowed or "array" in allowed else _each(hold)
    if kind == kinds.EVENTS:
        return hold if allowed == {"array"} else None
    if kind in (kinds.TEXT, kinds.CSV):
        return hold if not allowed or allowed & _SCALARS else None
    if kind == kinds.BINARY:
        return hold if "string" in allowed and not forms.is_binary(schema, resolve) else None
    if kind == kinds.MULTIPART and "array" not in allowed:
        return lambda value: hold(value) if isinstance(value, dict) else None
    return hold


def _each(hold: Hold) -> Hold:
    def hold_items(values: list[Any]) -> None:
        for number, value in enumerate(values):
            try:
                hold(value)
            except InvalidSchemaValue as error:
                for problem in schema_errors(error):
                    problem.relative_path.appendleft(number)
                raise
            except Broken as error:
                raise Broken([one._replace(path=(number, *one.path)) for one in error.problems]) from None

    return hold_items
