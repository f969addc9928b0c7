"""Values as Go's ``%v`` prints them, which is how metadata becomes text (section 6.1)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class _Piece(str):
    """Text of the output, in contrast to a value that is text."""

    __slots__ = ()


def printed(value: Any) -> str:
    """The text of a value out of JSON: ``<nil>``, ``true``, ``1e+06``, ``[1 x]`` or ``map[a:1 b:[]]``.

    Text stands as it is, keys are sorted, numbers are floats as Go reads them. Nesting may be of any depth.
    """
    pieces: list[str] = []
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, Mapping | list | tuple):
            left += reversed(_parts(item))
        else:
            pieces.append(_scalar(item))
    return "".join(pieces)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        parts = [part for key in sorted(value) for part in (_Piece(f" {key}:"), value[key])]
        opening = "map["
    else:
        parts = [part for item in value for part in (_Piece(" "), item)]
        opening = "["
    if parts:
        parts[0] = _Piece(parts[0][1:])
    return [_Piece(opening), *parts, _Piece("]")]


def _scalar(value: Any) -> str:
    match value:
        case str():
            return value
        case None:
            return "<nil>"
        case bool():
            return str(value).lower()
    return _float(float(value))


def _float(value: float) -> str:
    """The shortest digits that give the number back, with an exponent below 0.0001 and from 1000000 on."""
    number = Decimal(repr(value)).normalize()
    power = number.adjusted()
    if -4 <= power < 6:
        return format(number, "f")
    return f"{number.scaleb(-power):f}e{power:+03}"
