"""YAML: data made of the events of PyYAML, which knows the syntax but YAML 1.1's meaning of it."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from mockhoop.errors import Problem, SourceError
from mockhoop.source.limits import MAX_DEPTH, MAX_NODES, TOO_DEEP, height
from mockhoop.source.places import Lines, Spot, join_pointer
from mockhoop.source.scalars import CORE, KINDS, Scalar, is_text, plain

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, which is several times as fast."""

_TAGS = {
    ScalarEvent: {None, "!", CORE + "str", *KINDS},
    SequenceStartEvent: {None, "!", CORE + "seq"},
    MappingStartEvent: {None, "!", CORE + "map"},
}
_NOTHING: dict[str, Any] = {}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "mapping values are not allowed": "put a text that contains ': ' in quotes, or check the indentation",
    "cannot start any token": "indent with spaces, and put a text that begins with @, ` or % in quotes",
    "expected key": "check the indentation of this line and of the lines above it",
    "'-' indicator": "check the indentation of this line and of the lines above it",
    "block end": "check the indentation of this line and of the lines above it",
    "expected ',' or": "put a comma between two entries, and close what was opened",
    "expected ':'": "end a key with a colon, or indent the line under the text that it continues",
    "unexpected end of stream": "close the quote that was opened",
    "escape c": "use single quotes, or double the backslash",
}


def yaml_data(text: str, name: str) -> Any:
    """The data of the only document in a text; raises SourceError with its mistakes."""
    # libyaml tells the byte of such a character, PyYAML's own loader the character: we look for it ourselves.
    if found := _UNPRINTABLE.search(text):
        line, column = Lines(text).at(found.start())
        message = f"the character U+{ord(found[0]):04X} may not stand in YAML"
        hint = rf'remove it, or write it as "\x{ord(found[0]):02x}" in double quotes'
        raise SourceError([Problem(message, name, line, column, suggestion=hint)])
    return _Reader(text, name).document()


def yaml_spots(text: str) -> Spot:
    """The places of a document that is known to be right."""
    next_event = LOADER(text).get_event
    anchors: dict[str, Spot] = {}

    def spot_of(event: Any) -> Spot:
        if isinstance(event, AliasEvent):
            return anchors[str(event.anchor)]
        scalar = isinstance(event, ScalarEvent)
        # Most values are scalars: two dicts for each would take longer than all the rest.
        here = Spot(*_place_of(event.start_mark), *((_NOTHING, _NOTHING) if scalar else ({}, {})))
        if event.anchor is not None:
            anchors[event.anchor] = here
        if scalar:
            return here
        if isinstance(event, SequenceStartEvent):
            while not isinstance(item := next_event(), SequenceEndEvent):
                here.children[str(len(here.children))] = spot_of(item)
        elif isinstance(event, MappingStartEvent):
            while not isinstance(key := next_event(), MappingEndEvent):
                here.keys[key.value] = _place_of(key.start_mark)
                here.children[key.value] = spot_of(next_event())
        return here

    next_event()
    next_event()
    root = next_event()
    with _undisturbed():
        return spot_of(root) if isinstance(root, NodeEvent) else Spot()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without looking for garbage, which there is none of, and which takes a third of the time for a large document."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _place_of(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


class _Reader:
    """Makes data of events, bounded in size and depth, and gathers the mistakes on the way."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.next: Any = LOADER(text).get_event
        self.problems: list[Problem] = []
        self.anchors: dict[str, Any] = {}
        self.open_anchors: set[str] = set()
        self.path: list[str | int] = []
        self.nodes = 0

    def document(self) -> Any:
        """The data of the only document, None when there is none."""
        data = None
        try:
            self.next()
            if isinstance(self.next(), DocumentStartEvent):
                data = self._value(self.next())
                self.next()
                if not isinstance(event := self.next(), StreamEndEvent):
                    self._mistake(event, "a second document begins here", "keep one document in a file")
        except yaml.MarkedYAMLError as error:
            self.problems.append(self._syntax(error))
        if self.problems:
            raise SourceError(sorted(self.problems, key=lambda problem: (problem.line, problem.column)))
        return data

    def _value(self, event: Any) -> Any:
        if self.nodes >= MAX_NODES:
            self._stop(event, f"the document has more than {MAX_NODES:,} values", "split it")
        self.nodes += 1
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.tag not in _TAGS[type(event)]:
            tag = event.tag.replace(CORE, "!!")
            self._mistake(event, f'unknown tag "{tag}"', "leave it out, or put the whole value in quotes")
        if event.anchor is None:
            return self._content(event)
        self.open_anchors.add(event.anchor)
        value = self.anchors[event.anchor] = self._content(event)
        self.open_anchors.discard(event.anchor)
        return value

    def _content(self, event: Any) -> Any:
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if len(self.path) >= MAX_DEPTH:
            self._stop(event, TOO_DEEP, "make it flatter")
        return self._list() if isinstance(event, SequenceStartEvent) else self._dict()

    def _list(self) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            self.path.append(len(items))
            items.append(self._value(event))
            self.path.pop()
        return items

    def _dict(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key = self._key(event, entries)
            self.path.append(key)
            entries[key] = self._value(self.next())
            self.path.pop()
        return entries

    def _key(self, event: Any, entries: dict[str, Any]) -> str:
        """A key as it is written: ``200`` is the text 200."""
        if not isinstance(event, ScalarEvent):
            self._mistake(event, "a key must be a text or a number", "write the key out in one line")
            self._value(event)
            return "?"
        key = str(event.value)
        self.path.append(key)
        if event.tag not in _TAGS[ScalarEvent]:
            self._mistake(event, f'unknown tag "{event.tag}"', "leave it out")
        if key == "<<" and event.implicit[0]:
            hint = 'write the entries out; as an ordinary key write "<<"'
            self._mistake(event, "merge keys belong to YAML 1.1", hint)
        elif key in entries:
            self._mistake(event, f'duplicate key "{key}"', "remove one of the two, or rename it")
        self.path.pop()
        return key

    def _scalar(self, event: ScalarEvent) -> Scalar:
        text: str = event.value
        if is_text(text, event.tag, quoted=not event.implicit[0]):
            return text
        try:
            value = plain(text)
        except ValueError:  # Python refuses to convert thousands of digits.
            self._mistake(event, "the number has too many digits", "put it in quotes")
            return None
        if event.tag in KINDS and type(value) not in KINDS[event.tag]:
            kind = event.tag.removeprefix(CORE)
            self._mistake(event, f'"{text}" is not a value of !!{kind}', "leave the tag out")
        return value

    def _alias(self, event: AliasEvent) -> Any:
        name = str(event.anchor)
        if name in self.open_anchors:
            self._mistake(event, f"*{name} stands for something that it is part of", "write the value out")
            return None
        if name not in self.anchors:
            close = get_close_matches(name, self.anchors, n=1)
            hint = f"did you mean *{close[0]}?" if close else f"mark the value with &{name} further up"
            self._mistake(event, f"unknown alias *{name}", hint)
            return None
        if len(self.path) + height(self.anchors[name]) > MAX_DEPTH:
            self._stop(event, TOO_DEEP, "use fewer aliases")
        return self._copy(event, self.anchors[name])

    def _copy(self, event: AliasEvent, value: Any) -> Any:
        self.nodes += len(value) if isinstance(value, dict | list) else 0
        if self.nodes > MAX_NODES:
            self._stop(event, f"the aliases make more than {MAX_NODES:,} values", "use fewer of them")
        if isinstance(value, dict):
            return {key: self._copy(event, one) for key, one in value.items()}
        return [self._copy(event, one) for one in value] if isinstance(value, list) else value

    def _mistake(self, event: Event, message: str, suggestion: str) -> None:
        line, column = _place_of(event.start_mark)
        pointer = join_pointer("", *self.path)
        self.problems.append(Problem(message, self.name, line, column, pointer, suggestion))

    def _stop(self, event: Event, message: str, suggestion: str) -> None:
        self._mistake(event, message, suggestion)
        raise SourceError(self.problems)

    def _syntax(self, error: yaml.MarkedYAMLError) -> Problem:
        text = error.problem or error.context or "no reason given"
        hint = next((hint for part, hint in _HINTS.items() if part in text), "check indentation and quotes")
        line, column = _place_of(error.problem_mark or error.context_mark)
        began = _place_of(error.context_mark)[0]
        if 0 < began < line:
            hint += f"; it happened {error.context} that begins in line {began}"
        return Problem(f"this is not valid YAML: {text}", self.name, line, column, suggestion=hint)
