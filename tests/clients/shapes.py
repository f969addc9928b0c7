"""What a client expects of a JSON value, written as data: ``{"id": uuid, "review": ({"status": str}, None)}``.

A type stands for its values, ``None`` for null, a tuple for any of several shapes, a frozenset for one of some words, a
list for an array of one shape, ``{str: shape}`` for a mapping, an object for one that has these keys. A key that
ends in ``?`` may be absent. A function stands for what it is true of.
"""

import base64
import binascii
import re
from typing import Any
from urllib.parse import urlsplit

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_NAMES = {str: "a string", int: "an integer", float: "a number", bool: "a boolean", dict: "an object", list: "an array"}


def miss(value: Any, shape: Any, where: str = "the body") -> str:
    """What is wrong with the first part that does not fit, or "" where all fits."""
    if isinstance(shape, tuple):
        return _miss_of_any(value, shape, where)
    if isinstance(shape, dict):
        return _miss_of_object(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _told(value, shape, where)
        return _first(miss(item, shape[0], f"{where}[{index}]") for index, item in enumerate(value))
    return "" if _fits(value, shape) else _told(value, shape, where)


def uuid(value: Any) -> bool:
    """A UUID in lower case."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def moment(value: Any) -> bool:
    """A time in RFC 3339."""
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def address(value: Any) -> bool:
    """An absolute URL."""
    return isinstance(value, str) and bool(urlsplit(value).scheme and urlsplit(value).netloc)


def base64_text(value: Any) -> bool:
    """A text in standard base64."""
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except binascii.Error:
        return False


def words(*any_of: str) -> frozenset[str]:
    """One of these texts."""
    return frozenset(any_of)


def paged(row: Any) -> dict[str, Any]:
    """The envelope around a page of rows."""
    return {"pages": {"page": int, "size": int, "total": int}, "data": [row]}


def _fits(value: Any, shape: Any) -> bool:
    if shape is object:
        return True
    if shape is None:
        return value is None
    if isinstance(shape, frozenset):
        return value in shape
    if shape is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, shape) if isinstance(shape, type) else bool(shape(value))


def _miss_of_any(value: Any, shapes: tuple[Any, ...], where: str) -> str:
    misses = [miss(value, shape, where) for shape in shapes]
    if not all(misses):
        return ""
    # Of several reasons the one that lies deepest says most: the value was of that kind, and a part of it was not.
    deepest = max(misses, key=lambda text: len(text.partition(":")[0]))
    return deepest if deepest.partition(":")[0] != where else _told(value, shapes, where)


def _miss_of_object(value: Any, shape: dict[Any, Any], where: str) -> str:
    if not isinstance(value, dict):
        return _told(value, shape, where)
    if str in shape:
        return _first(miss(item, shape[str], f"{where}.{key}") for key, item in value.items())
    return _first(_miss_of_key(value, key, part, where) for key, part in shape.items())


def _miss_of_key(value: dict[str, Any], key: str, shape: Any, where: str) -> str:
    name = key.removesuffix("?")
    if name in value:
        return miss(value[name], shape, f"{where}.{name}")
    return "" if key.endswith("?") else f"{where}.{name}: absent, the client reads {describe(shape)}"


def _first(misses: Any) -> str:
    return next(filter(None, misses), "")


def _told(value: Any, shape: Any, where: str) -> str:
    return f"{where}: the client reads {describe(shape)}, there is {str(value)[:80]!r} ({type(value).__name__})"


def describe(shape: Any) -> str:
    """A shape in words."""
    if shape is None:
        return "null"
    if isinstance(shape, tuple):
        return " or ".join(map(describe, shape))
    if isinstance(shape, frozenset):
        return "one of " + ", ".join(map(repr, sorted(shape)))
    if isinstance(shape, list):
        return f"an array of: {describe(shape[0])}"
    if isinstance(shape, dict):
        return "an object"
    if shape is object:
        return "anything"
    return _NAMES.get(shape) or (shape.__doc__ or shape.__name__).strip(".").replace("A ", "a ", 1)
