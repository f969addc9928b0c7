"""The operations of a contract, and finding the one that a request means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from mockhoop.contract.violations import pointer

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
    """One step of a path: what may follow literally, what may follow as a parameter, and what ends here."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
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
        names = []
        for step in operation.template.split("/")[1:]:
            if step.startswith("{") and step.endswith("}"):
                names.append(step[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literal.setdefault(step, _Node())
        node.methods[operation.method] = (operation, tuple(names))


def _find(
    node: _Node, steps: list[str], at: int, method: str, values: list[str]
) -> tuple[Operation, tuple[str, ...]] | None:
    """What serves the method at the end of the steps; ``values`` collects what stands for parameters."""
    if at == len(steps):
        return node.methods.get(method)
    step = steps[at]
    literal = node.literal.get(step)
    if literal is not None:
        found = _find(literal, steps, at + 1, method, values)
        if found is not None:
            return found
    if node.parameter is None or not step:
        return None
    values.append(step)
    found = _find(node.parameter, steps, at + 1, method, values)
    if found is None:
        values.pop()
    return found


_NO_PARAMETERS: Mapping[str, str] = {}


def _read(document: Mapping[str, Any]) -> Iterator[Operation]:
    for template, item in document.get("paths", {}).items():
        item = _resolved(document, item)
        for method in METHODS:
            if method in item:
                yield Operation(
                    key=f"{method.upper()} {template}",
                    method=method.upper(),
                    template=template,
                    pointer=pointer("paths", template, method),
                    definition=_with_parameters(document, item[method]),
                    path_item=_with_parameters(document, item),
                )


def _with_parameters(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Mapping[str, Any]:
    if not any("$ref" in parameter for parameter in holder.get("parameters", ())):
        return holder
    return {**holder, "parameters": [_resolved(document, parameter) for parameter in holder["parameters"]]}


def _resolved(document: Mapping[str, Any], node: Any) -> Any:
    """The node that a chain of local references ends at."""
    seen = 0
    while isinstance(node, Mapping) and "$ref" in node and seen < 32:
        seen += 1
        target: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[unquote(part).replace("~1", "/").replace("~0", "~")]
        node = target
    return node
