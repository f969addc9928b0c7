"""Reads a document into the dataclasses of the model, driven by their types, and gathers every mistake."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from mockhoop.errors import Problem
from mockhoop.scenario.kinds import Flag, Kind, Real, Text, Whole, describe, nearest
from mockhoop.scenario.times import Unfit
from mockhoop.source import Source, join_pointer

T = TypeVar("T")

_PLAIN: dict[Any, Kind] = {str: Text(), int: Whole(), float: Real(), bool: Flag()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field as it is written: its key, its annotated type, its documentation, whether it must be there."""

    key: str
    name: str
    type: Any
    doc: str
    required: bool


@cache
def entries_of(record: type) -> tuple[Entry, ...]:
    """The entries of a dataclass of the model, in the order of its fields."""
    hints = get_type_hints(record, include_extras=True)
    entries = []
    for one in fields(record):
        notes = get_args(hints[one.name])
        doc = next(note for note in notes[1:] if isinstance(note, str))
        required = one.default is MISSING and one.default_factory is MISSING
        entries.append(Entry(one.name.rstrip("_"), one.name, hints[one.name], doc, required))
    return tuple(entries)


class _Broken:
    """Stands for a value that could not be read; its mistakes are told elsewhere."""


_BROKEN = _Broken()


class Reader:
    """Reads one document.

    ``problems`` are the mistakes so far. ``places`` has each record that was made, by its ``id()``, with the
    JSON pointer to where it was read: the records themselves carry no places. That it holds the records keeps
    an ``id()`` from being used again.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.places: dict[int, tuple[object, str]] = {}

    def read(self, record: type[T]) -> T | None:
        """The whole document as a record, without what is broken; None when nothing of it can be used."""
        made = self._record(record, self.source.data, "", lenient=True)
        return None if made is _BROKEN else cast(T, made)

    def _value(self, wanted: Any, raw: Any, at: str) -> Any:
        origin, arguments = get_origin(wanted), get_args(wanted)
        if origin is Annotated:
            kind = next((note for note in arguments[1:] if isinstance(note, Kind)), None)
            return self._value(arguments[0], raw, at) if kind is None else self._single(kind, raw, at)
        if origin in (Union, UnionType):
            return self._choice(arguments, raw, at)
        if origin is tuple:
            return self._list(arguments[0], raw, at)
        if origin is Mapping:
            return self._mapping(arguments[0], arguments[1], raw, at)
        if is_dataclass(wanted):
            return self._record(cast(type, wanted), raw, at)
        return raw if wanted is Any else self._single(_PLAIN[wanted], raw, at)

    def _single(self, kind: Kind, raw: Any, at: str, *, at_key: bool = False) -> Any:
        try:
            return kind.read(raw)
        except Unfit as unfit:
            return self._mistake(at, unfit.message, unfit.suggestion or _hint(raw), at_key=at_key)

    def _choice(self, options: tuple[Any, ...], raw: Any, at: str) -> Any:
        if raw is None and NoneType in options:
            return None
        options = tuple(option for option in options if option is not NoneType)
        marked = (one for one in options if isinstance(raw, dict) and getattr(one, "MARK", None) in raw)
        return self._value(next(marked, options[0]), raw, at)

    def _list(self, item: Any, raw: Any, at: str) -> Any:
        if not isinstance(raw, list):
            return self._mistake(
                at, f"expected a list, not {describe(raw)}", _hint(raw, "write [] around it")
            )
        items = (self._value(item, one, join_pointer(at, index)) for index, one in enumerate(raw))
        return tuple(one for one in items if one is not _BROKEN)

    def _mapping(self, key_type: Any, value_type: Any, raw: Any, at: str) -> Any:
        if not isinstance(raw, dict):
            return self._mistake(
                at, f"expected a mapping, not {describe(raw)}", _hint(raw, "write {key: value}")
            )
        kind = next((note for note in get_args(key_type)[1:] if isinstance(note, Kind)), _PLAIN[str])
        made = {}
        for key, value in raw.items():
            inner = join_pointer(at, key)
            self._single(kind, key, inner, at_key=True)
            made[key] = self._value(value_type, value, inner)
        return made

    def _record(self, record: type, raw: Any, at: str, *, lenient: bool = False) -> Any:
        before = len(self.problems)
        entries = entries_of(record)
        written = self._written(record, raw, at)
        if written is None:
            return _BROKEN
        values: dict[str, Any] = {}
        for entry in entries:
            if entry.key in written:
                value = self._value(entry.type, *written[entry.key])
                if value is not _BROKEN:
                    values[entry.name] = value
            elif entry.required:
                self._mistake(
                    at, f'the key "{entry.key}" is missing', f"{entry.key}: {entry.doc.rstrip('.')}"
                )
        self._unknown(set(written) - {entry.key for entry in entries}, entries, at)
        if lenient:
            values = {entry.name: None for entry in entries if entry.required} | values
        elif len(self.problems) > before:
            return _BROKEN
        made = record(**values)
        self.places[id(made)] = (made, at)
        return made

    def _written(self, record: Any, raw: Any, at: str) -> dict[str, tuple[Any, str]] | None:
        """Each key that is written, with its value and where that stands."""
        if isinstance(raw, dict) and not getattr(record, "ROW", False):
            return {key: (value, join_pointer(at, key)) for key, value in raw.items()}
        shorthand = getattr(record, "SHORTHAND", None)
        if shorthand is not None:
            return {shorthand: (raw, at)}
        if not getattr(record, "ROW", False):
            self._mistake(at, f"expected a mapping, not {describe(raw)}", _hint(raw, _form(record)))
            return None
        keys = [entry.key for entry in entries_of(record)]
        if not isinstance(raw, list) or len(raw) != len(keys):
            found = f"a list of {len(raw)}" if isinstance(raw, list) else describe(raw)
            self._mistake(at, f"expected a list of {len(keys)}, not {found}", f"write [{', '.join(keys)}]")
            return None
        return {
            key: (value, join_pointer(at, i)) for i, (key, value) in enumerate(zip(keys, raw, strict=True))
        }

    def _unknown(self, keys: set[str], entries: tuple[Entry, ...], at: str) -> None:
        known = [entry.key for entry in entries]
        for key in sorted(keys):
            hint = nearest(key, known) or f"known keys: {', '.join(known)}"
            self._mistake(join_pointer(at, key), f'unknown key "{key}"', hint, at_key=True)

    def _mistake(self, at: str, message: str, suggestion: str, *, at_key: bool = False) -> _Broken:
        self.problems.append(self.source.problem(at, message, suggestion, at_key=at_key))
        return _BROKEN


def _hint(raw: Any, otherwise: str = "") -> str:
    return "leave the key out" if raw is None else otherwise


def _form(record: type) -> str:
    needed = [entry.key for entry in entries_of(record) if entry.required]
    return f"write {{{', '.join(f'{key}: …' for key in needed)}}}" if needed else "write {key: value}"
