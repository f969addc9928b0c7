"""What errors of openapi-core and of jsonschema mean, as violations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema.exceptions import UnknownType, best_match
from jsonschema.exceptions import ValidationError as SchemaError
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from mockhoop.contract.violations import Violation, pointer, shortened


class Missing(Exception):
    """A required parameter is not there."""


class Unsure(Exception):
    """The value, or its schema, has something of which only the schema's validator knows what to say."""


class Problem(NamedTuple):
    """What is wrong with a value: where in it, by which keyword, and in the library's words."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


class Broken(Exception):
    """A value does not fit its schema."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


LIBRARY_ERRORS = (Missing, InvalidSchemaValue, CastError, DeserializeError, ParameterValidationError)
NO_SCHEMA = (AttributeError, LookupError, TypeError, ValueError, UnknownType)
"""What comes of a schema that is none."""


def explained(error: Exception, location: str, *at: str) -> Iterator[Violation]:
    """What an error means, as violations in a stable order."""
    cause = error.__cause__ if isinstance(error, ParameterValidationError) and error.__cause__ else error
    if isinstance(cause, InvalidSchemaValue):
        yield from _told(map(as_problem, schema_errors(cause)), location, at)
    elif isinstance(cause, Broken):
        yield from _told(cause.problems, location, at)
    elif isinstance(cause, Missing):
        yield Violation(location, pointer(*at), "required", f"the {location} parameter {at[0]} is required")
    elif isinstance(cause, EmptyQueryParameterValue):
        yield Violation(location, pointer(*at), "empty", f"{at[0]} must not be empty")
    elif isinstance(cause, CastError):
        text = f"{cause.value!r} is not of type {cause.type!r}"
        yield Violation(location, pointer(*at), "type", shortened(text))
    else:
        # What these errors say of themselves may fail: not every value that they name is bytes.
        form = getattr(cause, "mimetype", None) or "the contract describes it"
        yield Violation(location, pointer(*at), "malformed", f"cannot be read as {form}")


def as_problem(error: SchemaError) -> Problem:
    """The error in a few words: those of the alternative that comes nearest, where none of them fits."""
    nearest = best_match([error]) or error
    return Problem(tuple(nearest.absolute_path), str(nearest.validator), nearest.message)


def chosen(error: SchemaError, keyword: str, value: Any, schema: Mapping[str, Any]) -> Problem:
    """What a keyword has against a value, given the bare error of its check."""
    error.validator, error.instance, error.schema = keyword, value, schema
    return as_problem(error)


def _told(problems: Iterable[Problem], location: str, at: tuple[str, ...]) -> Iterator[Violation]:
    for path, keyword, message in sorted(problems, key=lambda found: [str(part) for part in found.path]):
        yield Violation(location, pointer(*at, *path), keyword, shortened(message))


def schema_errors(error: InvalidSchemaValue) -> Iterator[SchemaError]:
    """What is wrong with a value, by its schema."""
    for problem in error.schema_errors:
        if isinstance(problem, SchemaError):
            yield problem
