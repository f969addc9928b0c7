"""How each keyword of a schema bounds values, and what its change does to them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

_LONGEST = 60
_NOTHING: Any = object()


class Turn(Enum):
    """What has become of the values that a schema allows."""

    FEWER = "fewer"
    MORE = "more"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Turned:
    """A keyword that has changed, with what is said of it. ``grave`` is what any client has to know of."""

    code: str
    turn: Turn
    message: str
    grave: bool = True


def turned(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Turned]:
    """What has become of the keywords that bound a single value."""
    for name, judge in _KEYWORDS.items():
        before, after = old.get(name, _NOTHING), new.get(name, _NOTHING)
        if before is not _NOTHING or after is not _NOTHING:
            turn = judge(before, after)
            if turn is not None:
                yield Turned(f"schema-{name.lower()}", turn, _message(name, before, after), grave=False)
    for name in _NOT_COMPARED:
        if old.get(name) != new.get(name):
            yield Turned(f"schema-{name.lower()}", Turn.OTHER, f"{name} has changed", grave=False)


def _lower_bound(before: Any, after: Any) -> Turn | None:
    return _upper_bound(_negative(before), _negative(after))


def _upper_bound(before: Any, after: Any) -> Turn | None:
    if before == after:
        return None
    if after is _NOTHING:
        return Turn.MORE
    return Turn.FEWER if before is _NOTHING or after < before else Turn.MORE


def _negative(bound: Any) -> Any:
    return bound if bound is _NOTHING else -bound


def _exclusive_lower(before: Any, after: Any) -> Turn | None:
    return _flag(before, after) if _is_flag(before, after) else _lower_bound(before, after)


def _exclusive_upper(before: Any, after: Any) -> Turn | None:
    return _flag(before, after) if _is_flag(before, after) else _upper_bound(before, after)


def _is_flag(before: Any, after: Any) -> bool:
    """In OpenAPI 3.0 it is true or false, in 3.1 a bound."""
    return isinstance(before, bool) or isinstance(after, bool)


def _flag(before: Any, after: Any) -> Turn | None:
    was, is_now = bool(before is not _NOTHING and before), bool(after is not _NOTHING and after)
    return None if was == is_now else Turn.FEWER if is_now else Turn.MORE


def _demand(before: Any, after: Any) -> Turn | None:
    if before == after:
        return None
    return Turn.FEWER if before is _NOTHING else Turn.MORE if after is _NOTHING else Turn.OTHER


_KEYWORDS: Mapping[str, Callable[[Any, Any], Turn | None]] = {
    "minimum": _lower_bound,
    "minLength": _lower_bound,
    "minItems": _lower_bound,
    "minProperties": _lower_bound,
    "maximum": _upper_bound,
    "maxLength": _upper_bound,
    "maxItems": _upper_bound,
    "maxProperties": _upper_bound,
    "exclusiveMinimum": _exclusive_lower,
    "exclusiveMaximum": _exclusive_upper,
    "uniqueItems": _flag,
    "pattern": _demand,
    "format": _demand,
    "multipleOf": _demand,
    "contentEncoding": _demand,
    "contentMediaType": _demand,
}
_NOT_COMPARED = (
    *("not", "if", "then", "else", "patternProperties", "prefixItems", "contains", "propertyNames"),
    *("dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems"),
)


def _message(name: str, before: Any, after: Any) -> str:
    if before is _NOTHING:
        return f"{name} is {shown(after)} now"
    if after is _NOTHING:
        return f"{name} is not bound any more (it was {shown(before)})"
    return f"{name} is {shown(after)} now, not {shown(before)}"


def shown(value: Any) -> str:
    """A value in a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
