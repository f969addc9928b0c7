"""The schemas of bodies and parameters as a net of shapes: which points a value of each exercises."""

import json
from collections.abc import Mapping
from typing import Any

from mockhoop.contract.references import Steps, followed
from mockhoop.coverage.naming import holder, label_of
from mockhoop.coverage.point import ENUM_VALUE, PROPERTY, Point

REQUEST = "request"
RESPONSE = "response"
_ONE_WAY = {REQUEST: "readOnly", RESPONSE: "writeOnly"}


class Shape:
    """What a schema says, as far as it decides what a value exercises.

    ``properties`` are by name, each with the name of its point; ``options`` are the points of enum values. All
    ``parts`` hold at once; of each of the ``choices`` those hold that fit the value.
    """

    __slots__ = (
        "choices",
        "closed",
        "items",
        "leading",
        "options",
        "others",
        "parts",
        "plain",
        "properties",
        "remembered",
        "required",
        "types",
    )

    def __init__(self) -> None:
        self.types: frozenset[str] = frozenset()
        self.required: tuple[str, ...] = ()
        self.closed = False
        self.properties: dict[str, tuple[str, Shape]] = {}
        self.others: Shape | None = None
        self.items: Shape | None = None
        self.leading: list[Shape] = []
        self.options: dict[str, str] = {}
        self.parts: list[Shape] = []
        self.choices: list[Choice] = []
        self.plain = False
        self.remembered: dict[tuple[str, ...], Members] = {}

    def finish(self) -> None:
        """Note whether there is nothing to find in its values."""
        inside = self.properties or self.others or self.items or self.leading or self.options
        self.plain = not (inside or self.parts or self.choices)


Members = tuple[frozenset[str], tuple[tuple[str, Shape], ...]]
"""The points of the members of an object, and the shapes of those that have points inside."""


class Choice:
    """Alternatives of which one holds, or several where ``many``; a discriminator names it."""

    __slots__ = ("alternatives", "by", "many", "named")

    def __init__(self, alternatives: list[Shape], *, many: bool) -> None:
        self.alternatives = alternatives
        self.many = many
        self.by = ""
        self.named: dict[str, Shape] = {}


class Net:
    """The shapes that the messages in one direction are made of, and the points in them.

    Each place in the document is one shape, however often it is referred to: a schema that contains itself is a ring.
    Points in schemas with names are ``shared`` by the operations that use them.
    """

    def __init__(self, document: Mapping[str, Any], direction: str) -> None:
        self.shared: list[Point] = []
        self._own: list[Point] = []
        self._document = document
        self._direction = direction
        self._operation = ""
        self._hidden = _ONE_WAY.get(direction, "")
        self._shapes: dict[Steps, Shape] = {}
        self._waiting: list[tuple[Steps, Any, Shape]] = []
        self._taken: set[str] = set()

    def own(self) -> tuple[Point, ...]:
        """The points that are in no schema with a name, of the shapes since this was last asked."""
        own, self._own = self._own, []
        return tuple(own)

    def shape(self, operation: str, at: Steps, node: Any) -> Shape:
        """The shape of the schema at these steps, in a message of an operation."""
        self._operation = operation
        found = self._at(at, node)
        for waiting in self._waiting:  # which grows meanwhile: what is near comes first
            self._fill(*waiting)
        for _, _, shape in self._waiting:
            shape.finish()
        self._waiting.clear()
        return found

    def _at(self, at: Steps, node: Any) -> Shape:
        at, node = followed(self._document, at, node)
        shape = self._shapes.get(at)
        if shape is None:
            shape = self._shapes[at] = Shape()
            self._waiting.append((at, node, shape))
        return shape

    def _fill(self, at: Steps, node: Any, shape: Shape) -> None:
        if not isinstance(node, Mapping):
            return
        shape.types = _types(node)
        shape.required = tuple(name for name in _list(node.get("required")) if isinstance(name, str))
        shape.closed = node.get("additionalProperties") is False and "patternProperties" not in node
        self._options(at, node, shape)
        for name, one in _mapping(node.get("properties")).items():
            there = (*at, "properties", name)
            _, schema = followed(self._document, there, one)
            if self._hidden and isinstance(schema, Mapping) and schema.get(self._hidden) is True:
                continue
            shape.properties[name] = (self._point(PROPERTY, there), self._at(there, one))
        if isinstance(node.get("items"), Mapping):
            shape.items = self._at((*at, "items"), node["items"])
        if isinstance(node.get("additionalProperties"), Mapping) and node["additionalProperties"]:
            shape.others = self._at((*at, "additionalProperties"), node["additionalProperties"])
        shape.leading = self._each((*at, "prefixItems"), node.get("prefixItems"))
        shape.parts = self._each((*at, "allOf"), node.get("allOf"))
        for key in ("oneOf", "anyOf"):
            if isinstance(node.get(key), list):
                shape.choices.append(self._choice((*at, key), node[key], node.get("discriminator")))

    def _each(self, at: Steps, nodes: Any) -> list[Shape]:
        return [self._at((*at, index), one) for index, one in enumerate(_list(nodes))]

    def _choice(self, at: Steps, nodes: list[Any], told: Any) -> Choice:
        choice = Choice(self._each(at, nodes), many=at[-1] == "anyOf")
        if isinstance(told, Mapping) and isinstance(told.get("propertyName"), str):
            choice.by = told["propertyName"]
            for node, shape in zip(nodes, choice.alternatives, strict=True):
                reference = node.get("$ref") if isinstance(node, Mapping) else None
                if isinstance(reference, str):
                    choice.named[reference.rpartition("/")[2]] = shape
                    meant = _mapping(told.get("mapping")).items()
                    choice.named.update({str(name): shape for name, text in meant if text == reference})
        return choice

    def _options(self, at: Steps, node: Mapping[str, Any], shape: Shape) -> None:
        if isinstance(node.get("enum"), list):
            values, places = node["enum"], [(*at, "enum", index) for index in range(len(node["enum"]))]
        elif "const" in node:
            values, places = [node["const"]], [(*at, "const")]
        else:
            return
        for value, place in zip(values, places, strict=True):
            key = option_key(value)
            if key not in shape.options:
                shape.options[key] = self._point(ENUM_VALUE, place, f"{label_of(at)} = {_shown(value)}")

    def _point(self, kind: str, at: Steps, label: str = "") -> str:
        schema = holder(at)
        operation = "" if schema else self._operation
        name = f"{operation}: " if operation else ""
        name += f"{self._direction} {label or label_of(at)}"
        # What several parts of a schema say of one property is one point.
        if name not in self._taken:
            self._taken.add(name)
            (self.shared if schema else self._own).append(Point(kind, name, operation, at, schema))
        return name


def option_key(value: Any) -> str:
    """What a value is looked up by among the options of an enum; texts are what they are."""
    if type(value) is str:
        return value
    if type(value) is float and value.is_integer():
        value = int(value)
    return "\0" + json.dumps(value, sort_keys=True, default=str)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, default=str)


def _types(node: Mapping[str, Any]) -> frozenset[str]:
    told = node.get("type")
    names = {told} if isinstance(told, str) else {one for one in _list(told) if isinstance(one, str)}
    if names and node.get("nullable") is True:
        names.add("null")
    if not names and "properties" in node:
        names = {"object", "null"}
    return frozenset(names)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
