"""Values as JSON has them: their types, when two are the same, and when one number divides another."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any


def is_number(value: Any) -> bool:
    """Whether this is a number; true and false are none in JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: is_number(value) and (isinstance(value, int) or value.is_integer()),
    "null": lambda value: value is None,
    "number": is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def identity(value: Any) -> Any:
    """What tells JSON values apart: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, Mapping):
        return frozenset((name, identity(v)) for name, v in value.items())
    return tuple(map(identity, value)) if isinstance(value, list | tuple) else value


def divides(step: Any, value: Any) -> bool:
    """Whether a validator takes the value for a multiple of the step: it computes with floats if the step is one."""
    if isinstance(step, float):
        try:
            return bool((value / step).is_integer())
        except OverflowError:
            return False
    return bool(value % step == 0)


def plain(number: Fraction) -> int | float:
    """The number as JSON writes it."""
    return number.numerator if number.denominator == 1 else float(number)
