"""Records as plain data that people can read, and back: what snapshots and the state in the control API are made of."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from mockhoop.errors import UsageError
from mockhoop.gateway.times import rfc3339
from mockhoop.scenario.times import Unfit, parse_moment

INSTANTS = frozenset(
    (
        *("began", "created_at", "deactivated_at", "ended", "ends", "expires", "last_used_at", "review_date"),
        *("revoke_at", "since", "started"),
    )
)
"""The fields that are instants in nanoseconds; they are written as RFC 3339 times."""
KIND = "kind_of"
"""The key that tells which of several records stands here, where no key of its own marks it."""
ESCAPED = "with half surrogates"
"""The key under which a text stands that has half a surrogate pair, escaped as in JSON."""
_PLAIN = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class CodecError(UsageError):
    """Data that is not what a record is made of; the text says where and what is wrong."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'the value'}: {message}")
        self.path = path


@dataclass(frozen=True, slots=True)
class _Codec:
    encode: Callable[[Any], Any]
    decode: Callable[[Any, str], Any]


def encode(record: object) -> Any:
    """A record as plain data; fields that have their default value are left out."""
    return _codec(type(record)).encode(record)


def decode(data: Any, kind: Any, path: str = "") -> Any:
    """The record of a type that plain data stands for, the inverse of ``encode``.

    Raises:
        CodecError: the first thing that does not fit, with its path below ``path``.
    """
    return _codec(kind).decode(data, path)


def _codec(wanted: Any, *, instant: bool = False) -> _Codec:
    return _codecs(wanted, instant)


@cache
def _codecs(wanted: Any, instant: bool) -> _Codec:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        return _codec(arguments[0], instant=instant)
    if origin in (Union, UnionType):
        return _choice(arguments, instant)
    if origin is tuple:
        return _list(_codec(arguments[0]))
    if origin is Mapping:
        return _mapping(_codec(arguments[1]))
    if is_dataclass(wanted):
        return _record(wanted)
    if wanted is int and instant:
        return _Codec(_written_instant, _read_instant)
    if wanted is bytes:
        return _Codec(_written_bytes, _read_bytes)
    if wanted is str:
        return _Codec(_written_text, _read_text)
    if wanted is float:
        return _Codec(lambda value: value, lambda data, path: float(_checked(data, path, int, float)))
    return _Codec(_thawed, lambda data, _: _frozen(data)) if wanted is Any else _single(wanted)


def _single(wanted: type) -> _Codec:
    return _Codec(lambda value: value, lambda data, path: _checked(data, path, wanted))


def _checked(data: Any, path: str, *wanted: type) -> Any:
    if not isinstance(data, wanted) or (isinstance(data, bool) and bool not in wanted):
        raise CodecError(path, f"expected {_PLAIN.get(wanted[-1], wanted[-1].__name__)}, not {data!r:.80}")
    return data


def _record(kind: Any) -> _Codec:
    hints = get_type_hints(kind, include_extras=True)
    parts = [(one, _codec(hints[one.name], instant=one.name in INSTANTS)) for one in fields(kind)]
    names = {one.name for one, _ in parts}

    def encode(record: Any) -> dict[str, Any]:
        made = {}
        for one, codec in parts:
            value = getattr(record, one.name)
            if one.default is MISSING or value != one.default or type(value) is not type(one.default):
                made[one.name] = codec.encode(value)
        return made

    def decode(data: Any, path: str) -> Any:
        if not isinstance(data, Mapping):
            raise CodecError(path, f"expected a mapping, not {data!r:.80}")
        unknown = [str(key) for key in data if key not in names and key != KIND]
        if unknown:
            raise CodecError(f"{path}/{unknown[0]}", f"no such field (fields: {', '.join(sorted(names))})")
        values = {}
        for one, codec in parts:
            if one.name in data:
                values[one.name] = codec.decode(data[one.name], f"{path}/{one.name}")
            elif one.default is MISSING:
                raise CodecError(path, f"the field {one.name} is missing")
        return kind(**values)

    return _Codec(encode, decode)


def _choice(options: tuple[Any, ...], instant: bool) -> _Codec:
    kinds = [one for one in options if one is not NoneType]
    if len(kinds) == 1:
        only = _codec(kinds[0], instant=instant)
        return _Codec(
            lambda value: None if value is None else only.encode(value),
            lambda data, path: None if data is None else only.decode(data, path),
        )
    by_mark = {getattr(kind, "MARK", None): kind for kind in kinds if getattr(kind, "MARK", None) is not None}
    by_name = {kind.__name__: kind for kind in kinds if kind not in by_mark.values()}

    def encode(value: Any) -> Any:
        if value is None:
            return None
        told = {KIND: type(value).__name__} if type(value).__name__ in by_name else {}
        return {**told, **_codec(type(value)).encode(value)}

    def decode(data: Any, path: str) -> Any:
        if data is None and NoneType in options:
            return None
        given = data if isinstance(data, Mapping) else {}
        kind = next((kind for mark, kind in by_mark.items() if mark in given), by_name.get(given.get(KIND, "")))
        if kind is None:
            raise CodecError(path, f"expected one of {', '.join(map(str, (*by_mark, *by_name)))}")
        return _codec(kind).decode(data, path)

    return _Codec(encode, decode)


def _list(items: _Codec) -> _Codec:
    def decode(data: Any, path: str) -> Any:
        if not isinstance(data, list | tuple):
            raise CodecError(path, f"expected a list, not {data!r:.80}")
        return tuple(items.decode(one, f"{path}/{place}") for place, one in enumerate(data))

    return _Codec(lambda values: [items.encode(one) for one in values], decode)


def _mapping(values: _Codec) -> _Codec:
    def decode(data: Any, path: str) -> Any:
        if not isinstance(data, Mapping):
            raise CodecError(path, f"expected a mapping, not {data!r:.80}")
        return {key: values.decode(value, f"{path}/{key}") for key, value in data.items()}

    return _Codec(lambda mapping: {key: values.encode(value) for key, value in mapping.items()}, decode)


def _thawed(value: Any) -> Any:
    """Free data as plain dicts and lists."""
    if isinstance(value, Mapping):
        return {key: _thawed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_thawed(one) for one in value]
    return _written_text(value) if isinstance(value, str) else value


def _frozen(data: Any) -> Any:
    """Free data as it was before it was written."""
    if isinstance(data, Mapping):
        return _read_text(data, "") if data.keys() == {ESCAPED} else {key: _frozen(one) for key, one in data.items()}
    return [_frozen(one) for one in data] if isinstance(data, list | tuple) else data


def _written_text(text: str) -> Any:
    """A text, or what stands for one with half a surrogate pair, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return {ESCAPED: json.dumps(text)[1:-1]}
    return text


def _read_text(data: Any, path: str) -> str:
    if isinstance(data, Mapping) and isinstance(data.get(ESCAPED), str):
        return str(json.loads(f'"{data[ESCAPED]}"'))
    return str(_checked(data, path, str))


def _written_instant(instant: int) -> str | int:
    try:
        return rfc3339(instant, "ns")
    except ValueError:
        return instant


def _read_instant(data: Any, path: str) -> int:
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    try:
        moment = parse_moment(data)
    except (Unfit, TypeError):
        moment = None
    if moment is None or moment.relative:
        raise CodecError(path, f"expected a time such as 2024-07-25T15:56:35Z, not {data!r:.80}")
    return moment.ns


def _written_bytes(value: bytes) -> Any:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def _read_bytes(data: Any, path: str) -> bytes:
    if isinstance(data, str):
        return data.encode()
    try:
        return base64.b64decode(data["base64"], validate=True)
    except (TypeError, KeyError, binascii.Error, ValueError):
        raise CodecError(path, "expected a text or {base64: …}") from None
