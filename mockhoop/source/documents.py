"""Documents that were read: their data, and the places of its parts."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mockhoop.errors import Problem, SourceError
from mockhoop.source.json_reader import json_data, json_spots
from mockhoop.source.places import Lines, Spot, split_pointer
from mockhoop.source.yaml_reader import yaml_data, yaml_spots


class Source:
    """A document that was read: its data, and where each part of it stands.

    ``name`` is the file as shown to users, ``text`` what is in it, ``data`` plain dicts, lists, texts, numbers,
    booleans and None. The data is a tree: what an alias stands for is a copy. Places are found only when they are
    asked for.
    """

    __slots__ = ("_json", "_root", "data", "name", "text")

    def __init__(self, name: str, text: str, data: Any, *, json: bool | None = None) -> None:
        self.name = name
        self.data = data
        self.text = text
        self._json = _is_json(name) if json is None else json
        self._root: Spot | None = None

    def with_data(self, data: Any) -> "Source":
        """The same text, whose data has been changed; places stay those in the text."""
        return Source(self.name, self.text, data, json=self._json)

    def place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the value at a JSON pointer or of what is nearest above it."""
        spot, _ = self._spots().find(split_pointer(pointer))
        return spot.line, spot.column

    def key_place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the key whose value the JSON pointer names, else of the value."""
        *parents, last = split_pointer(pointer) or [""]
        spot, whole = self._spots().find(parents)
        return spot.keys[last] if whole and last in spot.keys else self.place(pointer)

    def problem(self, pointer: str, message: str, suggestion: str = "", *, at_key: bool = False) -> Problem:
        """A mistake at a JSON pointer, with its place."""
        line, column = self.key_place(pointer) if at_key else self.place(pointer)
        return Problem(message, self.name, line, column, pointer, suggestion)

    def _spots(self) -> Spot:
        if self._root is None:
            self._root = json_spots(self.text) if self._json else yaml_spots(self.text)
        return self._root


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


def parse_source(text: str | bytes, name: str, *, json: bool | None = None) -> Source:
    """Reads a document that is at hand: JSON when ``name`` ends in ``.json``, else YAML; ``json`` decides if given.

    Raises SourceError with all mistakes that can be told: duplicate keys and unknown tags together, what is
    no YAML or JSON at all by itself.
    """
    decoded = _decoded(text, name)
    json = _is_json(name) if json is None else json
    data = json_data(decoded, name) if json else yaml_data(decoded, name)
    return Source(name, decoded, data, json=json)


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
    line, column = Lines(before).at(len(before))
    raise SourceError([Problem(message, name, line, column, suggestion="save the file as UTF-8")])
