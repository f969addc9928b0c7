"""JSON as RFC 8259 has it: written in the order of the keys, read without what other readers disagree about."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Any

import orjson

from mockhoop.media.charset import UTF8, codec, decoded
from mockhoop.media.unreadable import DUPLICATE_KEY, MOST_LEVELS, Unreadable, too_deep

_MOST_DIGITS = 1000
# A string that is not closed runs to the end; so each quotation mark begins a match, and the search is linear.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_DIGITS = re.compile(r"\d+")
_NO_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))


def written(value: Any, charset: str = "") -> bytes:
    """The value as JSON, its keys in their order."""
    if charset and codec(charset) != UTF8:
        return json.dumps(_plain(value), separators=(",", ":")).encode(codec(charset))
    try:
        return orjson.dumps(value, default=_plain_part)
    except TypeError:  # a whole number beyond 64 bits, half of a surrogate pair, keys that are no text
        return json.dumps(_plain(value), separators=(",", ":")).encode()


def parsed(body: bytes, charset: str = "", *, any_depth: bool = False) -> Any:
    """The value of a JSON text, which nests as deep as it likes only where ``any_depth`` trusts it.

    Raises:
        Unreadable: it is no JSON, or JSON that nobody should send.
    """
    return parsed_text(decoded(body, charset), any_depth=any_depth)


def parsed_text(text: str, *, any_depth: bool = False) -> Any:
    """The value of a JSON text that is decoded already; raises as ``parsed`` does."""
    if not any_depth and text.count("[") + text.count("{") > MOST_LEVELS and _is_deep(text):
        raise too_deep("collections")
    decoder = _DECODER
    if len(text) > _MOST_DIGITS and _has_many_digits(text):
        decoder = _CAREFUL_DECODER  # perhaps only in a string
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise Unreadable(f"not JSON: {what} at line {error.lineno} column {error.colno}") from None
    except _BadNumber as error:
        raise Unreadable(f"{error.what} at {_place(text, error.literal)}") from None
    except RecursionError:
        raise too_deep("collections") from None


class _BadNumber(Exception):
    """A number that JSON does not have, or that no reader keeps."""

    def __init__(self, literal: str, what: str) -> None:
        super().__init__(what)
        self.literal = literal
        self.what = what


def _is_deep(text: str) -> bool:
    data = text.encode(errors="replace")
    if b"\\" in data:
        data = _ESCAPE.sub(b"", data)
    # Without escapes, what stands between every second pair of quotation marks is outside of strings.
    outside = b"".join(data.translate(None, _NO_STRUCTURE).split(b'"')[::2])
    depth = 0
    for bracket in outside:
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_LEVELS:
            return True
    return False


def _has_many_digits(text: str) -> bool:
    """Whether so many digits stand in a row; that row holds one of the places that are looked at."""
    step = _MOST_DIGITS
    return any(
        len(run) > step
        for at in range(0, len(text), step)
        if text[at].isdigit()
        for run in _DIGITS.findall(text, max(at - step, 0), at + step + 1)
    )


def _place(text: str, literal: str) -> str:
    """Line and column of the first number that is written so."""
    bare = _STRING.sub(lambda match: " " * len(match[0]), text)
    at = max(bare.find(literal), 0)
    return f"line {text.count(chr(10), 0, at) + 1} column {at - text.rfind(chr(10), 0, at)}"


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Unreadable(f"the key {_quoted(key)} stands twice in one object", DUPLICATE_KEY)
            seen.add(key)
    return members


def _quoted(key: str) -> str:
    return json.dumps(key if len(key) <= 80 else key[:79] + "…", ensure_ascii=True)


def _constant(literal: str) -> Any:
    raise _BadNumber(literal, f"{literal} is not valid JSON")


def _float(literal: str) -> float:
    value = float(literal)
    if not isfinite(value):
        raise _BadNumber(literal, f"{literal[:40]} is beyond every number that is kept")
    return value


def _integer(literal: str) -> int:
    if len(literal) > _MOST_DIGITS:
        raise _BadNumber(literal, f"a whole number of {len(literal)} digits")
    return int(literal)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=_float, parse_constant=_constant)
_CAREFUL_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_float, parse_constant=_constant, parse_int=_integer
)


def _plain(value: Any) -> Any:
    """The value of nothing but what the standard library writes as JSON."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else _plain_part(value)


def _plain_part(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
