"""The checks of parameters: each finds its value, reads it as its style has it and holds it against its schema."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.schema.parameters import get_style_and_explode
from openapi_core.validation.request.exceptions import MissingParameterError
from openapi_core.validation.request.validators import BaseRequestValidator

from mockhoop.contract.validation.explanations import Missing, explained
from mockhoop.contract.validation.scalars import ScalarCheck, scalar_check
from mockhoop.contract.validation.schemas import schema_validator
from mockhoop.contract.validation.styles import placement
from mockhoop.contract.violations import Violation

_ReadAndCheck = Callable[[Mapping[str, Any]], None]

_WRITTEN_AS_THEY_ARE = ("form", "simple")
"""The styles in which a single value is nothing but itself."""
# These headers are not parameters, whatever a document says (OpenAPI, Parameter Object).
_NO_PARAMETERS = ("accept", "authorization", "content-type")


@dataclass(slots=True)
class ParameterCheck:
    """One parameter: where it stands, and how its value is read and checked.

    ``of_text`` is the short way for a value that is one text under the parameter's own name.
    """

    name: str
    location: str
    trivial: bool
    read_and_check: _ReadAndCheck
    of_text: ScalarCheck | None = None
    _when_absent: tuple[Violation, ...] = ()

    def __post_init__(self) -> None:
        if self.of_text is not None:
            self._when_absent = self._found(self.read_and_check, {})

    @property
    def may_be_absent(self) -> bool:
        """Whether nothing is wrong, for sure, where there is no value of its name."""
        return self.of_text is not None and not self._when_absent

    def __call__(self, values: Mapping[str, Any]) -> tuple[Violation, ...]:
        """Every violation of the parameter, given the values of its place."""
        if self.of_text is not None:
            text = values.get(self.name)
            if text is None:
                return self._when_absent
            if text:
                return self._found(self.of_text, text)
        return self._found(self.read_and_check, values)

    def _found(self, check: Callable[[Any], tuple[Violation, ...] | None], value: Any) -> tuple[Violation, ...]:
        try:
            return check(value) or ()
        except Exception as error:
            # Not only its own errors: openapi-core stumbles over some malformed values, such as deep=1&deep[a]=1.
            return tuple(explained(error, self.location, self.name))


def parameter_checks(
    validator: BaseRequestValidator, operation: SchemaPath, item: SchemaPath
) -> Iterator[ParameterCheck]:
    """The checks of an operation's parameters, which win over those of its path."""
    seen = set()
    for holder in (operation, item):
        for parameter in holder.get("parameters", SchemaPath.from_dict({})):
            name, location = (parameter / "name").read_str(), (parameter / "in").read_str()
            is_other = location == "header" and name.lower() in _NO_PARAMETERS
            if (name, location) not in seen and not is_other:
                seen.add((name, location))
                yield _parameter_check(validator, parameter, name, location)


def _parameter_check(
    validator: BaseRequestValidator, parameter: SchemaPath, name: str, location: str
) -> ParameterCheck:
    style, _ = get_style_and_explode(parameter)
    if "content" in parameter or style == "deepObject":
        # Names and media types that only the whole request shows: openapi-core's own flow reads these.
        return ParameterCheck(name, location, False, _documented_flow(validator, parameter, location))
    schema = (parameter / "schema").read_value()
    trivial = location == "path" and schema == {"type": "string"}
    return ParameterCheck(name, location, trivial, *_compiled_flow(validator, parameter, name, location))


def _documented_flow(validator: BaseRequestValidator, parameter: SchemaPath, location: str) -> _ReadAndCheck:
    def check(values: Mapping[str, Any]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                validator._get_parameter(RequestParameters(**{location: values}), parameter)
            except MissingParameterError as error:
                if (parameter / "required").read_bool(default=False):
                    raise Missing from error

    return check


def _compiled_flow(
    validator: BaseRequestValidator, parameter: SchemaPath, name: str, location: str
) -> tuple[_ReadAndCheck, ScalarCheck | None]:
    style, explode = get_style_and_explode(parameter)
    schema = parameter / "schema"
    reader = validator.style_deserializers_factory.create(validator.spec, schema, style, explode, name=name)
    against = schema_validator(validator, schema)
    hold = against.validate
    required = (parameter / "required").read_bool(default=False)
    may_be_empty = location == "query" and (parameter / "allowEmptyValue").read_bool(default=False)
    refuses_empty = location == "query" and not may_be_empty
    has_default = "default" in schema
    default = (schema / "default").read_value() if has_default else None
    placed = placement(schema, name, location, style, explode)

    def check(values: Mapping[str, Any]) -> None:
        if may_be_empty and values.get(name) == "":
            return
        try:
            value = reader.deserialize(values if placed is None else placed(values))
        except KeyError as error:
            if has_default:
                hold(default)
            elif required:
                raise Missing from error
            return
        if refuses_empty and value == "":
            raise EmptyQueryParameterValue(name)
        hold(value)

    is_plain = placed is None and style in _WRITTEN_AS_THEY_ARE
    return check, scalar_check(reader, against, location, name) if is_plain else None
