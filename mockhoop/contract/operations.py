"""The operations of a contract, and finding the one that a request means."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mockhoop.contract.references import resolved
from mockhoop.contract.violations import pointer

_PARAMETER = re.compile(r"\{([^{}]*)\}")
# What follows upon another parameter begins with a mark, as in .json.
_MARKED = r"\W.*"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the contract. ``key`` names it everywhere: ``GET /sessions/{session_id}``."""

    key: str
    method: str
    template: str
    pointer: str
    definition: Mapping[str, Any]
    path_item: Mapping[str, Any]

    @property
    def parameters(self) -> list[Mapping[str, Any]]:
        """The parameters in the contract's order; the operation's stand before and win over its path's."""
        seen: dict[tuple[str, str], Mapping[str, Any]] = {}
        for parameter in (*self.definition.get("parameters", ()), *self.path_item.get("parameters", ())):
            seen.setdefault((parameter["name"], parameter["in"]), parameter)
        return list(seen.values())

    @cached_property
    def nothing_to_check(self) -> bool:
        """Whether a request without a query string cannot break the contract, so that nobody needs to look."""
        return "requestBody" not in self.definition and all(map(_absence_is_fine, self.parameters))


def _absence_is_fine(parameter: Mapping[str, Any]) -> bool:
    schema = parameter.get("schema", {})
    if parameter["in"] == "path":
        return bool(schema == {"type": "string"})
    plain_default = "default" not in schema or schema["default"] in schema.get("enum", ())
    return parameter["in"] == "query" and not parameter.get("required") and plain_default


@dataclass(frozen=True, slots=True)
class Match:
    """An operation that was found, with the values of its path parameters."""

    operation: Operation
    parameters: Mapping[str, str]


@dataclass(slots=True)
class _Node:
    """One step of a path: what may follow literally, mixed (``{id}.json``) or as a parameter, and what ends here."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    mixed: dict[str, "tuple[re.Pattern[str], _Node]"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    methods: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)


class Operations:
    """An index over the operations: exact paths by one look-up, templated ones step by step, literal first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._by_key: dict[str, Operation] = {}
        self._root = _Node()
        for operation in _read(document):
            self._by_key[operation.key] = operation
            self._add(operation)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def get(self, key: str) -> Operation | None:
        """The operation of that name, such as ``GET /sessions``."""
        return self._by_key.get(key)

    def match(self, method: str, path: str) -> Match | None:
        """The operation that serves ``method`` on ``path`` (without the base path); HEAD is served by GET."""
        values: list[str] = []
        found = _find(self._root, path.split("/"), 1, method, values)
        if found is None:
            return self.match("GET", path) if method == "HEAD" else None
        operation, names = found
        return Match(operation, dict(zip(names, values, strict=True)) if names else _NO_PARAMETERS)

    def methods(self, path: str) -> list[str]:
        """The methods that the contract has for this path."""
        steps = path.split("/")
        return [method.upper() for method in METHODS if _find(self._root, steps, 1, method.upper(), [])]

    def _add(self, operation: Operation) -> None:
        node = self._root
        names: list[str] = []
        schemas = {one["name"]: one.get("schema") for one in operation.parameters if one["in"] == "path"}
        for step in operation.template.split("/")[1:]:
            pieces = _PARAMETER.split(step)
            names += pieces[1::2]
            node = _child(node, step, pieces, schemas)
        node.methods[operation.method] = (operation, tuple(names))


def _child(node: _Node, step: str, pieces: list[str], schemas: Mapping[str, Any]) -> _Node:
    """The node that a step of a template leads to; ``pieces`` are its texts and, in between, its parameters."""
    texts = pieces[::2]
    if len(texts) == 1:
        return node.literal.setdefault(step, _Node())
    if texts == ["", ""]:
        node.parameter = node.parameter or _Node()
        return node.parameter
    anything = "(.+?)".join(map(re.escape, texts))
    child = node.mixed[anything][1] if anything in node.mixed else _Node()
    if "" in texts[1:-1]:
        told = _told_apart(texts, [schemas.get(name) for name in pieces[1::2]])
        node.mixed.setdefault(told, (re.compile(told), child))
    return node.mixed.setdefault(anything, (re.compile(anything), child))[1]


def _told_apart(texts: list[str], schemas: list[Any]) -> str:
    """A pattern for parameters with nothing in between: what each may be tells where it ends, or a mark like a dot."""
    pattern = re.escape(texts[0])
    known = [*map(_known_values, schemas), ""]
    for number, one in enumerate(known[:-1]):
        after_a_free_one = number > 0 and not texts[number] and not known[number - 1]
        # As much as possible comes before a mark, as little as possible before one of the known values.
        anything = _MARKED if after_a_free_one else ".+?" if known[number + 1] else ".+"
        pattern += f"({one or anything}){re.escape(texts[number + 1])}"
    return pattern


def _known_values(schema: Any) -> str:
    """A pattern for the values of a parameter, where its schema tells them."""
    if not isinstance(schema, Mapping):
        return ""
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return "|".join(re.escape(str(one)) for one in sorted(options, key=lambda one: -len(str(one))))
    return r"-?\d+" if schema.get("type") == "integer" else ""


_Found = tuple[Operation, tuple[str, ...]] | None


def _find(node: _Node, steps: list[str], at: int, method: str, values: list[str]) -> _Found:
    """What serves the method at the end of the steps; ``values`` collects what stands for parameters."""
    if at == len(steps):
        return node.methods.get(method)
    step = steps[at]
    literal = node.literal.get(step)
    if literal is not None:
        found = _find(literal, steps, at + 1, method, values)
        if found is not None:
            return found
    for pattern, child in node.mixed.values():
        parts = pattern.fullmatch(step)
        found = _taking(parts.groups(), child, steps, at, method, values) if parts is not None else None
        if found is not None:
            return found
    if node.parameter is None or not step:
        return None
    return _taking((step,), node.parameter, steps, at, method, values)


def _taking(taken: tuple[str, ...], node: _Node, steps: list[str], at: int, method: str, values: list[str]) -> _Found:
    """What is found when the step at hand stands for parameters."""
    before = len(values)
    values += taken
    found = _find(node, steps, at + 1, method, values)
    if found is None:
        del values[before:]
    return found


_NO_PARAMETERS: Mapping[str, str] = {}


def _read(document: Mapping[str, Any]) -> Iterator[Operation]:
    for template, item in document.get("paths", {}).items():
        if template.startswith("x-"):
            continue
        item = resolved(document, item)
        for method in METHODS:
            if method in item:
                yield Operation(
                    key=f"{method.upper()} {template}",
                    method=method.upper(),
                    template=template,
                    pointer=pointer("paths", template, method),
                    definition=_at_hand(document, item[method]),
                    path_item=_at_hand(document, item),
                )


def _at_hand(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The holder with its parameters and responses themselves where it only refers to them."""
    changed: dict[str, Any] = {}
    if "parameters" in holder:
        changed["parameters"] = [resolved(document, parameter) for parameter in holder["parameters"]]
    if "responses" in holder:
        changed["responses"] = {status: resolved(document, one) for status, one in holder["responses"].items()}
    return {**holder, **changed}
