"""Reads a document into the dataclasses of the model, driven by their types, and gathers every mistake."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from mockhoop.errors import Problem
from mockhoop.scenario.kinds import Flag, Kind, Real, Text, Whole, describe, nearest
from mockhoop.scenario.times import Unfit
from mockhoop.source import Source, join_pointer

T = TypeVar("T")
At = tuple[Any, ...]  # () is the document, else what contains the value and its key or index in that
Read = Callable[["Reader", Any, At], Any]

_PLAIN: dict[Any, Kind] = {str: Text(), int: Whole(), float: Real(), bool: Flag()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field as it is written: its key, its annotated type, its documentation, whether it must be there."""

    key: str
    name: str
    type: Any
    doc: str
    required: bool
    read: Read


@cache
def entries_of(record: Any) -> dict[str, Entry]:
    """The entries of a dataclass of the model by their keys, in the order of its fields."""
    hints = get_type_hints(record, include_extras=True)
    entries = {}
    for one in fields(record):
        wanted = hints[one.name]
        key = one.name.rstrip("_")
        doc = next(note for note in get_args(wanted)[1:] if isinstance(note, str))
        required = one.default is MISSING and one.default_factory is MISSING
        entries[key] = Entry(key, one.name, wanted, doc, required, _reader_of(wanted))
    return entries


class Reader:
    """Reads one document.

    ``problems`` are the mistakes so far. ``places`` has each record that was made, by its ``id()``, with the
    place where it was read: the records themselves carry none. That it holds the records keeps an ``id()``
    from being used again.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.places: dict[int, tuple[object, At]] = {}

    def read(self, record: type[T]) -> T | None:
        """The whole document as a record, without what is broken; None when nothing of it can be used."""
        made = _record(record, self, self.source.data, (), lenient=True)
        return None if made is _BROKEN else cast(T, made)

    def pointer(self, record: object) -> str | None:
        """The JSON pointer to where a record was read; None when it was not read here."""
        found = self.places.get(id(record))
        return None if found is None else _pointer(found[1])

    def mistake(self, at: At, message: str, suggestion: str, *, at_key: bool = False) -> "_Broken":
        """Notes a mistake; the result stands for the value that could not be read."""
        self.problems.append(self.source.problem(_pointer(at), message, suggestion, at_key=at_key))
        return _BROKEN


class _Broken:
    """Stands for a value that could not be read; its mistakes are told elsewhere."""


_BROKEN = _Broken()


def _pointer(at: At) -> str:
    return join_pointer(_pointer(at[0]), at[1]) if at else ""


def _reader_of(wanted: Any) -> Read:
    """What reads a value of this type; found once for each field, since reading is done often."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        kind = _kind_in(wanted)
        return _reader_of(arguments[0]) if kind is None else _single(kind)
    if origin in (Union, UnionType):
        return _choice(arguments)
    if origin is tuple:
        return _list(_reader_of(arguments[0]))
    if origin is Mapping:
        return _mapping(_single(_kind_in(arguments[0]) or _PLAIN[str]), _reader_of(arguments[1]))
    if is_dataclass(wanted):
        return lambda reader, raw, at: _record(wanted, reader, raw, at)
    return (lambda _reader, raw, _at: raw) if wanted is Any else _single(_PLAIN[wanted])


def _kind_in(wanted: Any) -> Kind | None:
    return next((note for note in get_args(wanted)[1:] if isinstance(note, Kind)), None)


def _single(kind: Kind) -> Read:
    def read(reader: Reader, raw: Any, at: At, *, at_key: bool = False) -> Any:
        try:
            return kind.read(raw)
        except Unfit as unfit:
            return reader.mistake(at, unfit.message, unfit.suggestion or _hint(raw), at_key=at_key)

    return read


def _choice(options: tuple[Any, ...]) -> Read:
    nullable = NoneType in options
    choices = [(getattr(one, "MARK", None), _reader_of(one)) for one in options if one is not NoneType]
    usual = choices[0][1]
    marked = [(mark, read) for mark, read in choices if mark is not None]

    def read(reader: Reader, raw: Any, at: At) -> Any:
        if raw is None and nullable:
            return None
        if marked and isinstance(raw, dict):
            for mark, chosen in marked:
                if mark in raw:
                    return chosen(reader, raw, at)
            if len(marked) == len(choices):
                return _unmarked(reader, raw, at, [mark for mark, _ in marked])
        return usual(reader, raw, at)

    return read


def _unmarked(reader: Reader, raw: Mapping[str, Any], at: At, marks: list[str]) -> "_Broken":
    known = f"one of {', '.join(marks)}"
    for key in raw:
        return reader.mistake((at, key), f'unknown key "{key}"', nearest(key, marks) or f"write {known}", at_key=True)
    return reader.mistake(at, f"expected {known}, not an empty mapping", f"write {{{marks[0]}: …}}")


def _list(read_item: Read) -> Read:
    def read(reader: Reader, raw: Any, at: At) -> Any:
        if not isinstance(raw, list):
            hint = _hint(raw, "write [] around it")
            return reader.mistake(at, f"expected a list, not {describe(raw)}", hint)
        items = [read_item(reader, one, (at, index)) for index, one in enumerate(raw)]
        return tuple(one for one in items if one is not _BROKEN)

    return read


def _mapping(read_key: Callable[..., Any], read_value: Read) -> Read:
    def read(reader: Reader, raw: Any, at: At) -> Any:
        if not isinstance(raw, dict):
            hint = _hint(raw, "write {key: value}")
            return reader.mistake(at, f"expected a mapping, not {describe(raw)}", hint)
        for key in raw:
            read_key(reader, key, (at, key), at_key=True)
        return {key: read_value(reader, value, (at, key)) for key, value in raw.items()}

    return read


def _record(record: Any, reader: Reader, raw: Any, at: At, *, lenient: bool = False) -> Any:
    before = len(reader.problems)
    entries = entries_of(record)
    written = _written(record, reader, raw, at)
    if written is None:
        return _BROKEN
    values: dict[str, Any] = {}
    for key, (value, place) in written.items():
        entry = entries.get(key)
        if entry is None:
            hint = nearest(key, entries) or f"known keys: {', '.join(entries)}"
            reader.mistake(place, f'unknown key "{key}"', hint, at_key=True)
            continue
        values[entry.name] = entry.read(reader, value, place)
    for entry in entries.values():
        if entry.required and entry.key not in written:
            hint = f"add {entry.key}: {entry.doc.rstrip('.')}"
            reader.mistake(at, f'the key "{entry.key}" is missing', hint)
    if len(reader.problems) > before:
        if not lenient:
            return _BROKEN
        values = {name: value for name, value in values.items() if value is not _BROKEN}
        values = {entry.name: None for entry in entries.values() if entry.required} | values
    made = record(**values)
    reader.places[id(made)] = (made, at)
    return made


def _written(record: Any, reader: Reader, raw: Any, at: At) -> dict[str, tuple[Any, At]] | None:
    """Each key that is written, with its value and where that stands."""
    row = getattr(record, "ROW", False)
    if isinstance(raw, dict) and not row:
        return {key: (value, (at, key)) for key, value in raw.items()}
    shorthand = getattr(record, "SHORTHAND", None)
    if shorthand is not None:
        return {shorthand: (raw, at)}
    entries = entries_of(record)
    if not row:
        needed = ", ".join(f"{entry.key}: …" for entry in entries.values() if entry.required)
        hint = f"write {{{needed or 'key: value'}}}"
        reader.mistake(at, f"expected a mapping, not {describe(raw)}", _hint(raw, hint) if at else hint)
        return None
    if not isinstance(raw, list) or len(raw) != len(entries):
        found = f"a list of {len(raw)}" if isinstance(raw, list) else describe(raw)
        hint = f"write [{', '.join(entries)}]"
        reader.mistake(at, f"expected a list of {len(entries)}, not {found}", hint)
        return None
    pairs = zip(entries, raw, strict=True)
    return {key: (value, (at, index)) for index, (key, value) in enumerate(pairs)}


def _hint(raw: Any, otherwise: str = "") -> str:
    return "leave the key out" if raw is None else otherwise
