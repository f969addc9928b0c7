"""The references of a document: following them, and finding those that lead nowhere."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple
from urllib.parse import unquote

FILES = "x-mockhoop-files"
"""The key under which a document keeps the other files that it refers to."""

# What stands below these is data, in which $ref is a key like any other.
DATA = frozenset(("default", "enum", "const", "example", "examples"))
# The keys below these are names that somebody chose, whatever they look like.
_NAMES = frozenset(
    (
        *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas", "responses"),
        *("parameters", "requestBodies", "headers", "securitySchemes", "links", "callbacks", "pathItems", "paths"),
        *("webhooks", "content", "encoding", FILES),
    )
)
_MOST = 100
"""Longer chains of references than anybody writes."""

Steps = tuple[str | int, ...]


class Reference(NamedTuple):
    """A reference: where its text stands, and what it says. ``named`` is one of a discriminator, maybe just a name."""

    at: Steps
    text: str
    named: bool = False


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
        node = target(document, node["$ref"])
    raise DanglingReference("leads back to itself", "let one of the circle say what it stands for")


def followed(document: Mapping[str, Any], at: Steps, node: Any) -> tuple[Steps, Any]:
    """Where the chain of references that stands at the steps ends, and what is there; nothing if it ends nowhere."""
    try:
        end = resolved(document, node)
    except DanglingReference:
        return at, None
    while end is not node:
        at = _numbered(document, steps(node["$ref"]))
        node = node_at(document, at)
    return at, node


def node_at(document: Any, at: Steps) -> Any:
    """What stands at the steps."""
    for step in at:
        document = document[step]
    return document


def bad_references(document: Mapping[str, Any]) -> Iterator[tuple[Reference, DanglingReference]]:
    """Every reference that leads nowhere, and why."""
    known: dict[str, DanglingReference | None] = {}
    for reference in references(document):
        if reference.named:
            continue
        if reference.text not in known:
            known[reference.text] = _fault(document, reference.text)
        if error := known[reference.text]:
            yield reference, error


def references(node: Any, at: Steps = ()) -> Iterator[Reference]:
    """Every reference in a document or in a part of it, which stands at the given steps."""
    waiting: list[tuple[Any, Steps, bool]] = [
        (node, at, bool(at) and at[-1] in _NAMES and at[-2:-1] != ("properties",))
    ]
    while waiting:
        node, at, names = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):  # among names it can be nothing else either
                yield Reference((*at, "$ref"), node["$ref"])
            for key, value in node.items():
                if not isinstance(value, dict | list):
                    continue
                if names:
                    waiting.append((value, (*at, key), False))
                elif key == "examples":
                    yield from _of_examples(value, (*at, key))
                elif key == "mapping" and at[-1:] == ("discriminator",):
                    yield from _of_mapping(value, (*at, key))
                elif key not in DATA and (key[:2] != "x-" or key == FILES):
                    waiting.append((value, (*at, key), key in _NAMES))
        elif isinstance(node, list):
            waiting.extend(
                (item, (*at, index), False) for index, item in enumerate(node) if isinstance(item, dict | list)
            )


def target(document: Mapping[str, Any], reference: str) -> Any:
    """What a reference within the document leads to, which may be a reference itself; raises DanglingReference."""
    if not reference.startswith("#"):
        raise DanglingReference("leads out of the document", "bring what it means into the document")
    if reference[1:2] not in ("", "/"):
        raise DanglingReference("leads to nothing", f"no schema has the $anchor {reference[1:]}")
    node: Any = document
    for part in steps(reference):
        try:
            node = node[int(part)] if isinstance(node, list) else node[part]
        except (LookupError, TypeError, ValueError):
            raise DanglingReference("leads to nothing", _hint(part, node)) from None
    return node


def steps(reference: str) -> list[str]:
    """The keys and indexes that a reference within the document goes down by."""
    return [step.replace("~1", "/").replace("~0", "~") for step in unquote(reference).removeprefix("#").split("/")[1:]]


def _numbered(node: Any, texts: list[str]) -> Steps:
    """The steps with numbers where they lead into lists."""
    made: list[str | int] = []
    for text in texts:
        made.append(int(text) if isinstance(node, list) else text)
        node = node[made[-1]]
    return tuple(made)


def _of_examples(node: Any, at: Steps) -> Iterator[Reference]:
    """Named examples may be references; the examples of a schema are a list of data."""
    for name, example in node.items() if isinstance(node, dict) else ():
        if isinstance(example, dict) and isinstance(example.get("$ref"), str):
            yield Reference((*at, name, "$ref"), example["$ref"])


def _of_mapping(node: Any, at: Steps) -> Iterator[Reference]:
    for name, value in node.items() if isinstance(node, dict) else ():
        if isinstance(value, str):
            yield Reference((*at, name), value, named=True)


def _fault(document: Mapping[str, Any], reference: str) -> DanglingReference | None:
    try:
        resolved(document, {"$ref": reference})
    except DanglingReference as error:
        return error
    return None


def _hint(missing: str, beside: Any) -> str:
    near = get_close_matches(missing, list(beside) if isinstance(beside, Mapping) else [], n=1)
    return f"did you mean {near[0]}?" if near else "check its spelling"
