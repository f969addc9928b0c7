"""The references of a document: following them, and finding those that lead nowhere."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from mockhoop.contract.violations import pointer, shortened

# What stands below these is data, in which $ref is a key like any other.
_DATA = ("default", "enum", "const", "example", "examples")
_MOST = 100
"""Longer chains of references than anybody writes."""


class DanglingReference(LookupError):
    """A reference that leads nowhere: out of the document, to what is not there, or around in a circle."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


def resolved(document: Mapping[str, Any], node: Any) -> Any:
    """The node that a chain of references ends at; the node itself when it is none.

    Raises:
        DanglingReference: it ends nowhere.
    """
    for _ in range(_MOST):
        if not (isinstance(node, Mapping) and isinstance(node.get("$ref"), str)):
            return node
        node = _target(document, node["$ref"])
    raise DanglingReference("leads back to itself", "let one of the circle say what it stands for")


def bad_references(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every reference that leads nowhere: where it stands, what is wrong, what to do."""
    for at, reference in _references(document):
        try:
            resolved(document, {"$ref": reference})
        except DanglingReference as error:
            yield at, f"the reference {shortened(reference)} {error}", error.advice


def _references(node: Any, at: tuple[object, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str) and at[-1:] != ("properties",):
            yield pointer(*at, "$ref"), node["$ref"]
        for key, value in node.items():
            named = at[-1:] in (("properties",), ("schemas",))
            if named or (key not in _DATA and not str(key).startswith("x-")):
                yield from _references(value, (*at, key))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _references(item, (*at, number))


def _target(document: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#"):
        raise DanglingReference("leads out of the document", "bring what it means into the document")
    node: Any = document
    for part in _steps(reference):
        try:
            node = node[int(part)] if isinstance(node, list) else node[part]
        except (LookupError, TypeError, ValueError):
            raise DanglingReference("leads to nothing", _hint(part, node)) from None
    return node


def _steps(reference: str) -> list[str]:
    steps = unquote(reference).removeprefix("#").split("/")[1:]
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def _hint(missing: str, beside: Any) -> str:
    near = get_close_matches(missing, list(beside) if isinstance(beside, Mapping) else [], n=1)
    return f"did you mean {near[0]}?" if near else "check its spelling"
