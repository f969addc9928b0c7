"""The parts of an operation as they can be compared: references followed, what is usual filled in."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.contract.operations import Operation
from mockhoop.contract.references import DanglingReference, resolved
from mockhoop.diff.shapes import At
from mockhoop.source import join_pointer

Key = tuple[str, str]
"""The name of a parameter, and where it is."""

_IN_PATH = re.compile(r"\{([^{}]*)\}")


def part(contract: Contract, operation: Operation, name: str) -> At:
    """A part of an operation by its name; an empty one where there is none."""
    pointer = join_pointer(operation.pointer, name)
    return resolved_part(contract, pointer, operation.definition.get(name, {}))


def resolved_part(contract: Contract, pointer: str, node: Any) -> At:
    """What stands at a place, or where a reference there leads."""
    try:
        end = resolved(contract.document, node)
    except DanglingReference:
        return At(pointer, {})
    if end is not node:
        pointer = str(node["$ref"]).removeprefix("#")
    return At(pointer, end if isinstance(end, Mapping) else {})


def responses(contract: Contract, operation: Operation) -> dict[str, At]:
    """The answers of an operation by their status."""
    at = join_pointer(operation.pointer, "responses")
    told = operation.definition.get("responses", {})
    return {
        str(status): resolved_part(contract, join_pointer(at, status), one)
        for status, one in told.items()
        if not str(status).startswith("x-")
    }


def is_covered(status: str, others: Mapping[str, At]) -> bool:
    """Whether a range or the default says what is to be expected."""
    return f"{status[0]}XX" in others or "default" in others


def parameters(contract: Contract, operation: Operation, path_names: Iterable[str]) -> dict[Key, At]:
    """The parameters by name and location; those of the path by ``path_names``, in order, whatever their own are."""
    found: dict[Key, At] = {}
    called = dict(zip(names_in_path(operation), path_names, strict=False))
    path = operation.pointer.rpartition("/")[0]
    for owner, told in ((path, operation.path_item), (operation.pointer, operation.definition)):
        for place, one in enumerate(told.get("parameters", ())):
            at = resolved_part(contract, join_pointer(owner, "parameters", place), one)
            name, location = str(at.schema.get("name")), str(at.schema.get("in"))
            if location == "path":
                name = called.get(name, name)
            found[name.lower() if location == "header" else name, location] = at
    return found


def names_in_path(operation: Operation) -> list[str]:
    """The names of the parameters in the path of an operation, in order."""
    return _IN_PATH.findall(operation.template)


def style(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a parameter is written, what is usual in its place included."""
    told = parameter.get("style", "form" if parameter.get("in") in ("query", "cookie") else "simple")
    return {"style": told, "explode": parameter.get("explode", told == "form")}


def schema_of(of: At) -> At:
    """The schema of a parameter or a header, which may be that of a media type."""
    content = of.schema.get("content")
    if isinstance(content, Mapping) and content:
        name, told = next(iter(content.items()))
        return At(join_pointer(of.pointer, "content", name, "schema"), told.get("schema", {}))
    return At(join_pointer(of.pointer, "schema"), of.schema.get("schema", {}))


def security(contract: Contract, operation: Operation) -> list[Mapping[str, Any]]:
    """The credentials that do, each with its scopes; the empty one says that none are needed."""
    told = operation.definition.get("security", contract.document.get("security"))
    return [dict(one) for one in told] if told else [{}]
