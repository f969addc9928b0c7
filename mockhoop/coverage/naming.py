"""Places in the schemas of bodies, told in the contract's words."""

from collections.abc import Iterable, Iterator

from mockhoop.contract.references import FILES, Steps

_SCHEMAS = ("schemas", "$defs", "definitions")
_SHARED = ("responses", "requestBodies", "parameters")


def holder(at: Steps) -> str:
    """The named schema that a place is in; empty where it is an operation's own."""
    return _holder(at)[0]


def _holder(at: Steps) -> tuple[str, int]:
    """The named schema, and how many steps lead to it."""
    found, deep = "", 0
    for index in range(len(at) - 1):
        above = at[index - 1] if index else ""
        if (at[index] in _SCHEMAS and above != "properties") or (at[index] in _SHARED and above == "components"):
            found, deep = str(at[index + 1]), index + 2
    if at[0] == FILES:
        if not found and "paths" not in at:  # a file that is a schema itself
            return f"{at[1]}", 2
        found = f"{at[1]}/{found}" if found else ""
    return found, deep


def label_of(at: Steps) -> str:
    """A place in words: the schema that it is in, or the status, then the way from there."""
    base, deep = _holder(at)
    if not base and "responses" in at[:-1]:
        deep = at.index("responses") + 2
        base = str(at[deep - 1])
    return base + "".join(_way(at[deep:], lead="." if base else ""))


def _way(steps: Iterable[str | int], lead: str) -> Iterator[str]:
    left = list(steps)
    while left:
        match left.pop(0):
            case "properties" if left:
                yield f"{lead}{left.pop(0)}"
            case "items":
                yield "[]"
            case "prefixItems" if left:
                yield f"[{left.pop(0)}]"
            case "additionalProperties":
                yield "{}"
            case "oneOf" | "anyOf" if left:
                yield f"|{left.pop(0)}"
            case "allOf" | "content" if left:
                left.pop(0)
                continue
            case _:
                continue
        lead = "."
