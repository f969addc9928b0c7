"""YAML and JSON with positions: plain data, and the line and column of each part of it.

YAML is read with the scalars of YAML 1.2's core schema, so ``on``, ``yes``, ``18:00`` and dates stay text. So
does a number with leading zeros (``012``), which YAML 1.2 would make 12 and YAML 1.1 would make 10.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import accumulate
from pathlib import Path
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

__all__ = ["MAX_DEPTH", "MAX_NODES", "Source", "join_pointer", "parse_source", "read_source"]

MAX_NODES = 1_000_000
"""The most values that one document may hold, each alias counted as a copy of what it stands for."""
MAX_DEPTH = 100
"""The most collections inside one another."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_KINDS: dict[str, tuple[type, ...]] = {
    _CORE + "int": (int,),
    _CORE + "float": (float, int),
    _CORE + "bool": (bool,),
    _CORE + "null": (type(None),),
}
_TAGS = {
    ScalarEvent: {None, "!", _CORE + "str", *_KINDS},
    SequenceStartEvent: {None, "!", _CORE + "seq"},
    MappingStartEvent: {None, "!", _CORE + "map"},
}
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NOT_TEXT = frozenset("~ntfNTF+-.0123456789")  # what null, true, false and numbers begin with
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_JSON_TOKEN = re.compile(r'[{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+')

_YAML_HINTS = {
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


@dataclass(slots=True)
class _Spot:
    """Where a value begins, where its keys are, and the same for the values in it."""

    line: int = 1
    column: int = 1
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    children: dict[str, "_Spot"] = field(default_factory=dict)


class Source:
    """A document that was read: its data, and where each part of it stands.

    ``name`` is the file as shown to users, ``data`` plain dicts, lists, texts, numbers, booleans and None.
    The data is a tree: what an alias stands for is a copy. Places are found only when they are asked for.
    """

    __slots__ = ("_root", "_text", "data", "name")

    def __init__(self, name: str, text: str, data: Any) -> None:
        self.name = name
        self.data = data
        self._text = text
        self._root: _Spot | None = None

    def place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the value at a JSON pointer or of what is nearest above it."""
        spot, _ = self._find(_tokens(pointer))
        return spot.line, spot.column

    def key_place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the key whose value the JSON pointer names, else of the value."""
        *parents, last = _tokens(pointer) or [""]
        spot, whole = self._find(parents)
        return spot.keys[last] if whole and last in spot.keys else self.place(pointer)

    def problem(self, pointer: str, message: str, suggestion: str = "", *, at_key: bool = False) -> Problem:
        """A mistake at a JSON pointer, with its place."""
        line, column = self.key_place(pointer) if at_key else self.place(pointer)
        return Problem(message, self.name, line, column, pointer, suggestion)

    def _find(self, tokens: list[str]) -> tuple[_Spot, bool]:
        if self._root is None:
            self._root = _json_spots(self._text)[0] if _is_json(self.name) else _yaml_spots(self._text)
        spot = self._root
        for token in tokens:
            if token not in spot.children:
                return spot, False
            spot = spot.children[token]
        return spot, True


def read_source(path: Path) -> Source:
    """Reads a file: JSON when its name ends in ``.json``, else YAML.

    Raises SourceError with all mistakes that can be told, also when the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError([Problem("there is no such file", str(path), suggestion=_neighbour(path))]) from None
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise SourceError([Problem(message, str(path), suggestion="check the path and who may read it")]) from None
    return parse_source(content, str(path))


def parse_source(text: str | bytes, name: str) -> Source:
    """Reads a document that is at hand: JSON when ``name`` ends in ``.json``, else YAML.

    Raises SourceError with all mistakes that can be told: duplicate keys and unknown tags together, what is
    no YAML or JSON at all by itself.
    """
    decoded = _decoded(text, name)
    data = _json_data(decoded, name) if _is_json(name) else _yaml_data(decoded, name)
    return Source(name, decoded, data)


def join_pointer(pointer: str, *tokens: str | int) -> str:
    """A JSON pointer that goes further down by the given keys and indexes (RFC 6901)."""
    return pointer + "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _neighbour(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return "check the path"
    close = get_close_matches(path.name, names, n=1)
    return f"did you mean {path.with_name(close[0])}?" if close else "check the path"


def _decoded(text: str | bytes, name: str) -> str:
    try:
        decoded = text.decode() if isinstance(text, bytes) else text.encode().decode()
    except UnicodeDecodeError as error:
        before, message = error.object[: error.start].decode(), "this is not UTF-8"
    except UnicodeEncodeError as error:
        before, message = error.object[: error.start], "half of a surrogate pair is no character"
    else:
        return decoded.removeprefix("\ufeff")
    line, column = _Lines(before).at(len(before))
    raise SourceError([Problem(message, name, line, column, suggestion="save the file as UTF-8")])


class _Lines:
    """Turns an offset in a text into line and column, both from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def _height(data: Any) -> int:
    """How many collections are inside one another; found level by level, since recursion could overflow."""
    height, level = 0, [data] if isinstance(data, dict | list) else []
    while level:
        height += 1
        values = (value for one in level for value in (one.values() if isinstance(one, dict) else one))
        level = [value for value in values if isinstance(value, dict | list)]
    return height


def _yaml_data(text: str, name: str) -> Any:
    # libyaml tells the byte of such a character, PyYAML's own loader the character: we look for it ourselves.
    if found := _UNPRINTABLE.search(text):
        line, column = _Lines(text).at(found.start())
        message = f"the character U+{ord(found[0]):04X} may not stand in YAML"
        hint = rf'remove it, or write it as "\x{ord(found[0]):02x}" in double quotes'
        raise SourceError([Problem(message, name, line, column, suggestion=hint)])
    return _YamlReader(text, name).document()


class _YamlReader:
    """Makes data of libyaml's events, bounded in size and depth, and gathers the mistakes on the way."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.next: Any = _LOADER(text).get_event
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
            tag = event.tag.replace(_CORE, "!!")
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
            self._stop(event, f"more than {MAX_DEPTH} collections are inside one another", "make it flatter")
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
            self._mistake(
                event, "merge keys belong to YAML 1.1", 'write the entries out; as an ordinary key write "<<"'
            )
        elif key in entries:
            self._mistake(event, f'duplicate key "{key}"', "remove one of the two, or rename it")
        self.path.pop()
        return key

    def _scalar(self, event: ScalarEvent) -> Any:
        text: str = event.value
        tag = event.tag
        if tag is None or tag.startswith("!"):
            # The non-specific tag "!" makes a text of what it stands before.
            if not event.implicit[0] or tag is not None or (text and text[0] not in _NOT_TEXT):
                return text
        elif tag == _CORE + "str":
            return text
        try:
            value = _plain(text)
        except ValueError:  # Python refuses to convert thousands of digits.
            self._mistake(event, "the number has too many digits", "put it in quotes")
            return None
        if tag in _KINDS and type(value) not in _KINDS[tag]:
            self._mistake(event, f'"{text}" is not a value of !!{tag.removeprefix(_CORE)}', "leave the tag out")
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
        if len(self.path) + _height(self.anchors[name]) > MAX_DEPTH:
            self._stop(event, f"more than {MAX_DEPTH} collections are inside one another", "use fewer aliases")
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
        hints = (hint for part, hint in _YAML_HINTS.items() if part in text)
        hint = next(hints, "check indentation and quotes")
        line, column = _place_of(error.problem_mark or error.context_mark)
        began = _place_of(error.context_mark)[0]
        if 0 < began < line:
            hint += f"; it happened {error.context} that begins in line {began}"
        return Problem(f"this is not valid YAML: {text}", self.name, line, column, suggestion=hint)


def _place_of(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _plain(text: str) -> Any:
    """The value of an unquoted scalar in YAML 1.2's core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def _yaml_spots(text: str) -> _Spot:
    """The places of a document that is known to be right."""
    next_event = _LOADER(text).get_event
    anchors: dict[str, _Spot] = {}

    def spot_of(event: Any) -> _Spot:
        if isinstance(event, AliasEvent):
            return anchors[str(event.anchor)]
        here = _Spot(*_place_of(event.start_mark))
        if event.anchor is not None:
            anchors[event.anchor] = here
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
    return spot_of(root) if isinstance(root, NodeEvent) else _Spot()


def _json_data(text: str, name: str) -> Any:
    suspicious = bool(_SURROGATE_ESCAPE.search(text))

    def entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal suspicious
        made = dict(pairs)
        suspicious = suspicious or len(made) < len(pairs)
        return made

    def constant(_: str) -> None:
        nonlocal suspicious
        suspicious = True

    try:
        data = json.loads(text, object_pairs_hook=entries, parse_constant=constant)
        too_deep = _height(data) > MAX_DEPTH
    except json.JSONDecodeError as error:
        hint = "JSON wants double quotes, and has neither comments nor a comma after the last entry"
        message = f"this is not valid JSON: {error.msg}"
        raise SourceError([Problem(message, name, error.lineno, error.colno, suggestion=hint)]) from None
    except ValueError:
        raise SourceError([Problem("a number has too many digits", name, suggestion="put it in quotes")]) from None
    except RecursionError:
        too_deep = True
    if too_deep:
        message = f"more than {MAX_DEPTH} collections are inside one another"
        raise SourceError([Problem(message, name, suggestion="make it flatter")])
    if suspicious and (mistakes := _json_spots(text)[1]):
        raise SourceError([Problem(what, name, *place, at, hint) for what, place, at, hint in mistakes])
    return data


_Mistake = tuple[str, tuple[int, int], str, str]


def _json_spots(text: str) -> tuple[_Spot, list[_Mistake]]:
    """The places of a document that Python's reader took, and what that reader does not mind but we do."""
    lines = _Lines(text)
    tokens: Iterator[re.Match[str]] = _JSON_TOKEN.finditer(text)
    mistakes: list[_Mistake] = []

    def text_of(token: re.Match[str], at: str) -> str:
        value: str = json.loads(token[0])
        if _SURROGATE_ESCAPE.search(token[0]) and any("\ud800" <= char <= "\udfff" for char in value):
            message = "half of a surrogate pair is no character"
            mistakes.append((message, lines.at(token.start()), at, "write both halves"))
        return value

    def spot_of(token: re.Match[str], at: str) -> _Spot:
        here = _Spot(*lines.at(token.start()))
        if token[0] == "[":
            while (item := next(tokens))[0] != "]":
                if item[0] != ",":
                    index = len(here.children)
                    here.children[str(index)] = spot_of(item, join_pointer(at, index))
        elif token[0] == "{":
            while (item := next(tokens))[0] != "}":
                if item[0] != ",":
                    entry(here, item, at)
        elif token[0].startswith('"'):
            text_of(token, at)
        elif token[0] in ("NaN", "Infinity", "-Infinity"):
            message = f"{token[0]} is not valid JSON"
            mistakes.append((message, lines.at(token.start()), at, "write a number or null"))
        return here

    def entry(here: _Spot, token: re.Match[str], at: str) -> None:
        key = text_of(token, at)
        inner = join_pointer(at, key)
        if key in here.keys:
            message = f'duplicate key "{key}"'
            mistakes.append((message, lines.at(token.start()), inner, "remove one of the two, or rename it"))
        here.keys[key] = lines.at(token.start())
        next(tokens)  # the colon
        here.children[key] = spot_of(next(tokens), inner)

    return spot_of(next(tokens), ""), mistakes
