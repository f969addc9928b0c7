"""The short way for bodies that Go reads as everybody does; what Go does in a way of its own is not read here."""

import json
from math import isinf
from typing import Any, Final, NoReturn

from mockhoop.gateway.gotypes import Kind, Struct, Type, folded
from mockhoop.gateway.jsontext import MAX_DEPTH


class _NotPlain(Exception):
    """There is something that Go reads in a way of its own, or does not take."""


def plainly_decoded(body: bytes, struct: Struct) -> dict[str, Any] | None:
    """All fields of the struct by their JSON names; None for a body that has to be read token by token.

    What is plain is an object in UTF-8 whose keys are written as in the struct, each once, with values of the types
    that the struct wants. Minus zero and ``\\u`` are not: Go keeps a sign that Python drops, and half a pair of
    surrogates is U+FFFD to it.
    """
    if b"\\u" in body or b"-0" in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        return None
    try:
        value, _ = _DECODER.raw_decode(body.decode().lstrip(" \t\r\n"))
        return _filled(value, struct)
    except (ValueError, OverflowError, RecursionError, _NotPlain):
        return None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotPlain
    return members


def _constant(_: str) -> NoReturn:
    raise _NotPlain


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_constant)


def _filled(value: Any, struct: Struct) -> dict[str, Any]:
    if type(value) is not dict:
        raise _NotPlain
    filled, fields = struct.zero(), struct.by_name
    for key, told in value.items():
        field = fields.get(key)
        if field is not None:
            if told is not None:  # null changes nothing
                filled[key] = _value(told, field.type)
        elif folded(key) in struct.by_folded:
            raise _NotPlain
    return filled


def _value(told: Any, wanted: Type) -> Any:
    """The value that is told, other than null, as one of a type."""
    kind, found = wanted.kind, type(told)
    if kind is Kind.ANY:
        return _anything(told)
    if found is not _FORMS[kind]:
        raise _NotPlain
    if wanted.struct is not None:
        return _filled(told, wanted.struct)
    if kind is Kind.INT and not -(2**63) <= told < 2**63:
        raise _NotPlain
    element = wanted.element
    if element is None:
        return told
    if found is dict:
        return {key: element.zero() if one is None else _value(one, element) for key, one in told.items()}
    return [element.zero() if one is None else _value(one, element) for one in told]


_FORMS: Final = {
    Kind.STRING: str,
    Kind.INT: int,
    Kind.BOOL: bool,
    Kind.MAP: dict,
    Kind.LIST: list,
    Kind.STRUCT: dict,
}


def _anything(told: Any) -> Any:
    """A value in which every number is a float."""
    found = type(told)
    if found is int or found is float:
        number = float(told)
        if isinf(number):
            raise _NotPlain
        return number
    if found is dict:
        return {key: _anything(one) for key, one in told.items()}
    return [_anything(one) for one in told] if found is list else told
