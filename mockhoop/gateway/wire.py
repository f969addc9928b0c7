"""JSON exactly as Go's encoding/json writes it, and text as Go quotes it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

from mockhoop.gateway.records import Refusal

# The two forms in which a number of orjson's may differ from Go's: 1.0 and 1e+16. Inside a string they only
# cost the slower way. Both start with a fixed byte, which is what makes the search fast.
_WHOLE_FLOAT = re.compile(rb"\.0(?:[,}\]]|\Z)")
_EXPONENT = re.compile(rb"e[+-]?\d+(?:[,}\]]|\Z)")
_SURROGATES = re.compile("[\ud800-\udfff]")
_GO_SHORT = {
    "\a": r"\a",
    "\b": r"\b",
    "\t": r"\t",
    "\n": r"\n",
    "\v": r"\v",
    "\f": r"\f",
    "\r": r"\r",
    '"': r"\"",
    "\\": r"\\",
}


class Encoded(bytes):
    """JSON that is text already; it may stand in a value like any other part of it."""


def dumps(value: Any) -> bytes:
    """The value as JSON with ``<``, ``>`` and ``&`` escaped, which is what most routes answer (section 1.4).

    No spaces, no newline at the end, keys in the order of the mapping. Takes what JSON has, tuples, any
    ``Mapping`` with text as keys, and ``Encoded``. A surrogate, which stands for an undecodable byte, becomes
    ``\\ufffd``, a whole number beyond 64 bits the nearest float, a number that is not finite ``null``. Raises
    TypeError for anything else.
    """
    return dumps_plain(value).replace(b"<", rb"\u003c").replace(b">", rb"\u003e").replace(b"&", rb"\u0026")


def dumps_plain(value: Any) -> bytes:
    """The value as JSON with ``<``, ``>`` and ``&`` as they are, for ``GET /sessions`` (section 1.4)."""
    data = _encode(value)
    # U+2028 and U+2029 are escaped either way. One byte is looked for first, because that is fast.
    if b"\xe2" in data:
        data = data.replace(b"\xe2\x80\xa8", rb"\u2028").replace(b"\xe2\x80\xa9", rb"\u2029")
    return data


def error(refusal: Refusal) -> bytes:
    """The body of a refusal: ``message`` and, where the gateway repeats it, ``status`` (section 1.5)."""
    body: dict[str, str | int] = {"message": refusal.message}
    if refusal.repeat_status:
        body["status"] = refusal.status
    return dumps(body)


def json_escaped_length(text: str) -> int:
    """The bytes of the text as a JSON string without its quotes: the ``script_size`` (section 3b.1)."""
    return len(_string(text)) - 2


def number(value: float) -> str:
    """A float as Go writes it: the shortest digits, ``1`` for 1.0, an exponent below 1e-6 and from 1e21 on.

    Raises ValueError for a number that is not finite.
    """
    if not isfinite(value):
        raise ValueError(f"JSON has no {value}")
    text = repr(value)
    if "e" not in text:
        return text.removesuffix(".0")
    if value and not 1e-6 <= abs(value) < 1e21:
        return text.replace("e-0", "e-")
    return format(Decimal(text), "f")


def go_quote(text: str) -> str:
    """The text in double quotes as Go's ``%q`` shows it, for example ``"a\\tb"``."""
    escapes = {ord(char): go_escape(char) for char in set(text) if not char.isprintable() or char in '"\\'}
    return f'"{text.translate(escapes)}"'


def go_escape(char: str) -> str:
    """How Go quotes a character that is not printed as it is; a surrogate stands for an undecodable byte."""
    code = ord(char)
    if char in _GO_SHORT:
        return _GO_SHORT[char]
    if code < 0x20 or code == 0x7F or 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _encode(value: Any) -> bytes:
    try:
        data = orjson.dumps(value, _default, orjson.OPT_PASSTHROUGH_DATACLASS)
    except TypeError:
        return _encode_slowly(value)
    if _EXPONENT.search(data) or (b".0" in data and _WHOLE_FLOAT.search(data)):
        return _encode_slowly(value)
    return data


def _default(value: Any) -> Any:
    if isinstance(value, Encoded):
        return orjson.Fragment(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _encode_slowly(value: Any) -> bytes:
    match value:
        case str():
            return _string(value)
        case None | bool():
            return orjson.dumps(value)
        case int():
            return str(value).encode() if -(2**63) <= value < 2**64 else _encode_slowly(float(value))
        case float():
            return number(value).encode() if isfinite(value) else b"null"
        case Encoded():
            return value
        case Mapping():
            return b"{%b}" % b",".join(_string(key) + b":" + _encode_slowly(item) for key, item in value.items())
        case list() | tuple():
            return b"[%b]" % b",".join(map(_encode_slowly, value))
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _string(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"a key of JSON is text, not {type(text).__name__}")
    try:
        return orjson.dumps(text)
    except TypeError:
        return b'"%b"' % rb"\ufffd".join(orjson.dumps(part)[1:-1] for part in _SURROGATES.split(text))
