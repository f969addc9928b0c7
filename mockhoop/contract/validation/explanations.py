"""What errors of openapi-core and of jsonschema mean, as violations."""

from collections.abc import Iterator

from jsonschema.exceptions import ValidationError as SchemaError
from jsonschema.exceptions import best_match
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from mockhoop.contract.violations import Violation, pointer, shortened


class Missing(Exception):
    """A required parameter is not there."""


LIBRARY_ERRORS = (Missing, InvalidSchemaValue, CastError, DeserializeError, ParameterValidationError)


def explained(error: Exception, location: str, *at: str) -> Iterator[Violation]:
    """What an error means, as violations in a stable order."""
    cause = error.__cause__ if isinstance(error, ParameterValidationError) and error.__cause__ else error
    if isinstance(cause, InvalidSchemaValue):
        problems = [best_match([problem]) or problem for problem in schema_errors(cause)]
        for problem in sorted(problems, key=lambda found: [str(part) for part in found.absolute_path]):
            yield Violation(
                location, pointer(*at, *problem.absolute_path), str(problem.validator), shortened(problem.message)
            )
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


def schema_errors(error: InvalidSchemaValue) -> Iterator[SchemaError]:
    """What is wrong with a value, by its schema."""
    for problem in error.schema_errors:
        if isinstance(problem, SchemaError):
            yield problem
