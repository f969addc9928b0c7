"""The parameters of an operation: which of them a request gives, and which of their enum values."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from mockhoop.contract.references import Steps, followed, node_at
from mockhoop.coverage.point import ENUM_VALUE, PARAMETER, Point
from mockhoop.journals.entry import Entry

_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}
_USUAL = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

_NOTHING = '""'

Given = Mapping[str, Mapping[str, list[str]]]
"""The texts that a request has in each place, by name."""


def given(entry: Entry, path_values: Mapping[str, str], places: Container[str]) -> Given:
    """What a request gives in those of its places that matter; the names of headers in lower case."""
    found: dict[str, Mapping[str, list[str]]] = {}
    if "path" in places:
        found["path"] = {name: [unquote(value)] for name, value in path_values.items()}
    if "query" in places and entry.query:
        found["query"] = _grouped(parse_qsl(entry.query, keep_blank_values=True))
    if "header" in places:
        found["header"] = _grouped((name.lower(), value) for name, value in entry.request_headers)
    if "cookie" in places:
        told = ";".join(value for name, value in entry.request_headers if name.lower() == "cookie")
        pairs = (pair.strip().partition("=") for pair in told.split(";"))
        found["cookie"] = _grouped((name, unquote(value)) for name, equals, value in pairs if equals)
    return found


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


class Parameter:
    """One parameter, with the points that it is and has."""

    def __init__(self, document: Mapping[str, Any], operation: str, at: Steps, node: Any) -> None:
        there, told = followed(document, at, node)
        self.place = str(told["in"])
        self._name = str(told["name"])
        self._looked_up = self._name.lower() if self.place == "header" else self._name
        self._label = f"{operation}: {self.place} {self._name}"
        self._style = str(told.get("style", _USUAL.get(self.place, "form")))
        self.points = [Point(PARAMETER, self._label, operation, at)]
        self._document = document
        schema_at, schema = followed(document, (*there, "schema"), told.get("schema"))
        schema = schema if isinstance(schema, Mapping) else {}
        members = schema["properties"] if isinstance(schema.get("properties"), Mapping) else {}
        self._is_object = bool(members)
        self._is_array = "items" in schema
        self._options = self._read(operation, "", schema_at, schema)
        self._of_members = {
            str(name): self._read(operation, f".{name}", (*schema_at, "properties", name), one)
            for name, one in members.items()
        }

    def _read(self, operation: str, suffix: str, at: Steps, schema: Any) -> dict[str, str]:
        """The points of the enum values, by the texts that stand for them in a request."""
        options: dict[str, str] = {}
        for text, place in _enum_values(self._document, at, schema):
            if text not in options:
                options[text] = f"{self._label}{suffix} = {text or _NOTHING}"
                self.points.append(Point(ENUM_VALUE, options[text], operation, place))
        return options

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from the other parameters of its operation."""
        return self._name, self.place

    def hits(self, request: Given, found: set[str]) -> None:
        """Add the points that a request exercises to those that were found."""
        values = request.get(self.place, {})
        texts = values.get(self._looked_up, [])
        members = dict(self._members(values)) if self._is_object else {}
        if texts or members:
            found.add(self._label)
        for text in self._pieces(texts):
            if text in self._options:
                found.add(self._options[text])
        for name, held in members.items():
            known = self._of_members.get(name, {})
            found.update(known[text] for text in held if text in known)

    def _pieces(self, texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            yield text
            if self._is_array:
                yield from text.lstrip(".;").split(_SEPARATORS.get(self._style, ","))

    def _members(self, values: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
        """The members of an object: ``name[member]`` in a deep one, by themselves in an exploded form."""
        for key in self._of_members:
            deep = values.get(f"{self._name}[{key}]")
            if deep or (self._style == "form" and key in values):
                yield key, deep or values[key]


def parameters_of(document: Mapping[str, Any], operation: str, at: Steps) -> list[Parameter]:
    """The parameters of the operation at these steps, which win over those of its path."""
    made: dict[tuple[str, str], Parameter] = {}
    for holder in (at, at[:-1]):
        node = node_at(document, holder)
        for index, one in enumerate(node.get("parameters") or ()):
            parameter = Parameter(document, operation, (*holder, "parameters", index), one)
            made.setdefault(parameter.name, parameter)
    return list(made.values())


def _enum_values(
    document: Mapping[str, Any], at: Steps, node: Any, above: tuple[Steps, ...] = ()
) -> Iterator[tuple[str, Steps]]:
    """The values of an enum as they stand in a request, each with its place."""
    at, node = followed(document, at, node)
    if not isinstance(node, Mapping) or at in above:
        return
    for index, value in enumerate(node["enum"] if isinstance(node.get("enum"), list) else ()):
        if value is not None:
            yield value if isinstance(value, str) else json.dumps(value), (*at, "enum", index)
    for key in ("allOf", "oneOf", "anyOf"):
        for index, one in enumerate(node[key] if isinstance(node.get(key), list) else ()):
            yield from _enum_values(document, (*at, key, index), one, (*above, at))
    if "items" in node:
        yield from _enum_values(document, (*at, "items"), node["items"], (*above, at))
