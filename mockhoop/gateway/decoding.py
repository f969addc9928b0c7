"""Request bodies as the gateway reads them: Go's JSON decoder fills a struct, gin checks what is required."""

import re
from collections.abc import Iterator, Mapping
from math import isinf
from typing import Any, Final

from mockhoop.gateway import jsontext
from mockhoop.gateway.gotypes import ANY_LIST, ANY_MAP, FLOAT, Kind, Struct, Type, folded
from mockhoop.gateway.plain_decoding import plainly_decoded
from mockhoop.gateway.records import Refusal

_INT64 = re.compile(rb"-?[0-9]{1,19}")

_HOLDERS: Final = {jsontext.OBJECT: (Kind.MAP, Kind.STRUCT), jsontext.ARRAY: (Kind.LIST,)}
_SCALARS: Final = {jsontext.STRING: Kind.STRING, jsontext.BOOL: Kind.BOOL, jsontext.NUMBER: Kind.INT}
_WITHIN_ANY: Final = {jsontext.OBJECT: ANY_MAP, jsontext.ARRAY: ANY_LIST}


def decode(body: bytes, struct: Struct) -> Mapping[str, Any] | Refusal:
    """All fields of the struct by their JSON names, or the 400 for a body that does not fit (1.4 and 1.5).

    A field that the body leaves out has Go's zero value: ``""``, 0, False, or None for a map, a list, ``any`` and
    a pointer. A number is an int in an int field and a float within ``any``. Of wrong types the text names the
    first, of required fields all that are missing, one on each line.
    """
    values = plainly_decoded(body, struct) or decoded_by_tokens(body, struct)
    if isinstance(values, Refusal):
        return values
    missing = "\n".join(_missing(struct, values, struct.name))
    return Refusal(400, missing) if missing else values


def decoded_by_tokens(body: bytes, struct: Struct) -> Mapping[str, Any] | Refusal:
    """All fields of the struct by their JSON names, whatever is required; or the 400 for what is no such struct."""
    decoding = _Decoding(struct)
    try:
        for kind, raw in jsontext.tokens(body):
            decoding.take(kind, raw)
    except jsontext.BadJSON as fault:
        return Refusal(400, str(fault))
    return Refusal(400, decoding.mistake) if decoding.mistake else decoding.result


def _missing(struct: Struct, values: Mapping[str, Any], path: str) -> Iterator[str]:
    for field in struct.fields:
        value = values[field.name]
        if field.required and (value is None or (not value and not field.type.nullable)):
            place = f"{path}.{field.go_name}"
            yield f"Key: '{place}' Error:Field validation for '{field.go_name}' failed on the 'required' tag"
        elif field.type.struct is not None and value is not None:
            yield from _missing(field.type.struct, value, f"{path}.{field.go_name}")


class _Frame:
    """An object or a list that is being filled; ``target`` is the type of its next value, None to pass it over."""

    __slots__ = ("count", "key", "struct", "target", "type", "value")

    def __init__(self, type_: Type, value: Any) -> None:
        self.type = type_
        self.struct = type_.struct
        self.value = value
        self.target = type_.element
        self.key = ""
        self.count = 0

    def aim(self, key: str) -> None:
        """The next value is for this key."""
        self.key = key
        if self.struct is not None:
            field = self.struct.by_folded.get(folded(key))
            self.key, self.target = (field.name, field.type) if field else ("", None)

    def current(self) -> Any:
        """What an earlier key of the same name left: Go adds to a map, a struct or a list that is there."""
        if self.type.kind is Kind.LIST:
            return self.value[self.count] if self.count < len(self.value) else None
        return self.value[self.key] if self.type.kind is Kind.STRUCT else None

    def store(self, value: Any) -> None:
        if self.type.kind is Kind.LIST:
            self.value[self.count : self.count + 1] = [value]
            self.count += 1
        else:
            self.value[self.key] = value


class _Decoding:
    """Fills a struct, token by token. ``mistake`` tells the first wrong type, behind which it goes on."""

    def __init__(self, struct: Struct) -> None:
        self.mistake = ""
        self._passed_over = 0
        top = struct.type()
        self._frames = [_Frame(Type("", Kind.LIST, top), [top.zero()])]

    @property
    def result(self) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = self._frames[0].value[0]
        return fields

    def take(self, kind: str, raw: bytes) -> None:
        opens, frame = kind in _HOLDERS, self._frames[-1]
        if self._passed_over:
            self._passed_over += opens - (kind == jsontext.END)
        elif kind == jsontext.END:
            self._close()
        elif kind == jsontext.KEY:
            frame.aim(jsontext.text_of(raw))
        elif frame.target is None:
            self._passed_over = int(opens)
        elif opens:
            self._open(frame, frame.target, kind)
        elif kind == jsontext.NULL:
            _nullify(frame, frame.target)
        else:
            self._scalar(frame, frame.target, kind, raw)

    def _open(self, frame: _Frame, target: Type, kind: str) -> None:
        holder = _WITHIN_ANY[kind] if target.kind is Kind.ANY else target
        if holder.kind not in _HOLDERS[kind]:
            self._passed_over = 1
            self._mistaken(kind, target)
            return
        value = frame.current() if holder is target else None
        value = holder.empty() if value is None else value
        frame.store(value)
        self._frames.append(_Frame(holder, value))

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.type.kind is Kind.LIST:
            # Go keeps what is cut off and shows it under a null if the key comes a third time; we do not.
            del frame.value[frame.count :]

    def _scalar(self, frame: _Frame, target: Type, kind: str, raw: bytes) -> None:
        if target.kind not in (_SCALARS[kind], Kind.ANY):
            self._mistaken(kind, target)
        elif kind == jsontext.STRING:
            frame.store(jsontext.text_of(raw))
        elif kind == jsontext.BOOL:
            frame.store(raw == b"true")
        else:
            wanted = target if target.kind is Kind.INT else FLOAT
            number = _float(raw) if wanted is FLOAT else _int(raw)
            if number is None:
                self._mistaken(f"number {raw.decode()}", wanted)
            frame.store(number)

    def _mistaken(self, what: str, wanted: Type) -> None:
        if self.mistake:
            return
        # Go names the innermost struct, but the path from the outermost.
        around = [(frame.struct.name, frame.key) for frame in self._frames if frame.struct is not None]
        path = ".".join(key for _, key in around)
        place = f"struct field {around[-1][0]}.{path}" if around else "value"
        self.mistake = f"json: cannot unmarshal {what} into Go {place} of type {wanted.text}"


def _nullify(frame: _Frame, target: Type) -> None:
    """JSON's null: nil where the type has it, else the value stays."""
    kept = None if target.nullable else frame.current()
    frame.store(target.zero() if kept is None else kept)


def _int(raw: bytes) -> int | None:
    number = int(raw) if _INT64.fullmatch(raw) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _float(raw: bytes) -> float | None:
    number = float(raw)
    return None if isinf(number) else number
