"""JSON: read by Python, and read again with places where a mistake may be or a place is asked for."""

import json
import re
from collections.abc import Iterator
from typing import Any

from mockhoop.errors import Problem, SourceError
from mockhoop.source.limits import MAX_DEPTH, TOO_DEEP, height
from mockhoop.source.places import Lines, Spot, join_pointer

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'[{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+')


def json_data(text: str, name: str) -> Any:
    """The data of a document; raises SourceError with its mistakes."""
    data, suspicious = _loaded(text, name)
    if suspicious:
        scanner = _Scanner(text, name)
        scanner.root()
        if scanner.problems:
            raise SourceError(scanner.problems)
    return data


def json_spots(text: str) -> Spot:
    """The places of a document that Python's reader took; of each part only when it is looked into."""
    return _Places(text).root()


class _Places:
    """Finds places by having Python's reader skip what nobody asks for, which it does many times as fast."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = Lines(text)
        self._read = json.JSONDecoder().raw_decode

    def root(self) -> Spot:
        """The place of the whole document."""
        return self._spot(self._next(0))

    def _spot(self, at: int) -> Spot:
        line, column = self._lines.at(at)
        if self._text[at] == "{":
            return Spot(line, column, fill=lambda spot: self._entries(spot, at))
        return Spot(line, column, fill=(lambda spot: self._items(spot, at)) if self._text[at] == "[" else None)

    def _entries(self, spot: Spot, at: int) -> None:
        at = self._next(at + 1)
        while self._text[at] != "}":
            key, end = self._read(self._text, at)
            spot.keys[key] = self._lines.at(at)
            value = self._next(self._next(end) + 1)
            spot.children[key] = self._spot(value)
            at = self._after(value)

    def _items(self, spot: Spot, at: int) -> None:
        at = self._next(at + 1)
        while self._text[at] != "]":
            spot.children[str(len(spot.children))] = self._spot(at)
            at = self._after(at)

    def _after(self, at: int) -> int:
        """Where the next item begins, or the end of what both are in."""
        at = self._next(self._read(self._text, at)[1])
        return self._next(at + 1) if self._text[at] == "," else at

    def _next(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at


def _loaded(text: str, name: str) -> tuple[Any, bool]:
    """What Python's reader makes of a text, and whether it may have overlooked something."""
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
        too_deep = height(data) > MAX_DEPTH
    except json.JSONDecodeError as error:
        hint = "JSON wants double quotes, and has neither comments nor a comma after the last entry"
        message = f"this is not valid JSON: {error.msg}"
        raise SourceError([Problem(message, name, error.lineno, error.colno, suggestion=hint)]) from None
    except ValueError:
        raise SourceError([Problem("a number has too many digits", name, suggestion="put it in quotes")]) from None
    except RecursionError:
        too_deep = True
    if too_deep:
        raise SourceError([Problem(TOO_DEEP, name, suggestion="make it flatter")])
    return data, suspicious


class _Scanner:
    """Goes through a document that Python's reader took: finds places, and what that reader does not mind but we do."""

    def __init__(self, text: str, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._lines = Lines(text)
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)

    def root(self) -> Spot:
        """The place of the whole document, with the places of all its parts."""
        return self._value(next(self._tokens), "")

    def _value(self, token: re.Match[str], at: str) -> Spot:
        here = Spot(*self._lines.at(token.start()))
        if token[0] == "[":
            for item in self._until("]"):
                index = len(here.children)
                here.children[str(index)] = self._value(item, join_pointer(at, index))
        elif token[0] == "{":
            for key in self._until("}"):
                self._entry(here, key, at)
        elif token[0].startswith('"'):
            self._text(token, at)
        elif token[0] in ("NaN", "Infinity", "-Infinity"):
            self._mistake(token, at, f"{token[0]} is not valid JSON", "write a number or null")
        return here

    def _until(self, end: str) -> Iterator[re.Match[str]]:
        """The tokens that items and entries begin with; whoever gets one takes the rest of the item."""
        while (token := next(self._tokens))[0] != end:
            if token[0] != ",":
                yield token

    def _entry(self, here: Spot, token: re.Match[str], at: str) -> None:
        key = self._text(token, at)
        inner = join_pointer(at, key)
        if key in here.keys:
            self._mistake(token, inner, f'duplicate key "{key}"', "remove one of the two, or rename it")
        here.keys[key] = self._lines.at(token.start())
        next(self._tokens)  # the colon
        here.children[key] = self._value(next(self._tokens), inner)

    def _text(self, token: re.Match[str], at: str) -> str:
        value: str = json.loads(token[0])
        if _SURROGATE_ESCAPE.search(token[0]) and any("\ud800" <= char <= "\udfff" for char in value):
            self._mistake(token, at, "half of a surrogate pair is no character", "write both halves")
        return value

    def _mistake(self, token: re.Match[str], at: str, message: str, suggestion: str) -> None:
        line, column = self._lines.at(token.start())
        self.problems.append(Problem(message, self._name, line, column, at, suggestion))
