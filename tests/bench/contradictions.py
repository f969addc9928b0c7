"""Schemas that contradict themselves, so that no value is valid: what can be told of that for certain.

It is told apart from mockhoop's own view of schemas, so that a mistake there does not pass for one of a document.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockhoop.contract.references import DanglingReference, resolved
from mockhoop.media.shape import additional, items, properties, types
from mockhoop.media.xml_names import item_name, naming, well_formed
from mockhoop.values.plausible.json_values import TYPES

KINDS = frozenset(TYPES)
# What changes nothing about which values are valid.
REMARKS = frozenset(
    (
        *("title", "description", "default", "example", "examples", "deprecated", "externalDocs", "xml", "$comment"),
        *("readOnly", "writeOnly"),
    )
)
NAMES = frozenset(("properties", "patternProperties"))
MOST_PAIRS = 5_000
MOST_NODES = 500


class Contradictions:
    """Tells why no value satisfies a schema of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._old = str(document.get("openapi")).startswith("3.0")

    def why(self, schema: Any, within: tuple[int, ...] = ()) -> str:
        """Why no value satisfies the schema, as far as that is certain; empty if it is not."""
        if schema is False:
            return "nothing is allowed"
        if not isinstance(schema, Mapping) or len(within) > 100:
            return ""
        parts = list(self._parts(schema))
        if any(id(part) in within for part in parts):
            return "an object has to hold another one of its own kind, and so on without end"
        within = (*within, *map(id, parts))
        kinds = self._kinds(parts)
        return (
            ("" if kinds else "no type is left that all parts allow")
            or self._enum(parts)
            or self._lengths(parts)
            or self._choices(parts, within)
            or (self._objects(parts, within) if kinds == {"object"} else "")
            or (self._arrays(parts, within) if kinds == {"array"} else "")
        )

    def shared_names(self, schema: Any) -> str:
        """Which properties have one and the same name in XML, so that nobody can tell them apart."""
        waiting, seen = [schema], list[Any]()
        while waiting and len(seen) < MOST_NODES:
            node = self._resolved(waiting.pop(0))
            if not isinstance(node, Mapping) or not node or any(node is one for one in seen):
                continue
            seen.append(node)
            known = properties(node, self._resolved)
            names: dict[str, str] = {}
            for key, inner in known.items():
                told = naming(inner, self._resolved)
                listed = "array" in types(inner, self._resolved) and not told.wrapped
                name = item_name(inner, key, self._resolved) if listed else well_formed(told.name or key)
                if names.setdefault(name, key) != key and not told.attribute:
                    return f"{names[name]} and {key} are both <{name}> in XML"
            waiting += [*known.values(), items(node, self._resolved), additional(node, self._resolved)]
        return ""

    def _parts(self, schema: Any, seen: tuple[int, ...] = ()) -> Iterator[Mapping[str, Any]]:
        """The schema and all that has to hold together with it."""
        node = self._resolved(schema)
        if isinstance(node, Mapping) and id(node) not in seen:
            yield node
            for part in node.get("allOf") or ():
                yield from self._parts(part, (*seen, id(node)))

    def _resolved(self, schema: Any) -> Any:
        try:
            return resolved(self._document, schema)
        except DanglingReference:
            return {}

    def _kinds(self, parts: Sequence[Mapping[str, Any]]) -> set[str]:
        left = set(KINDS)
        for part in parts:
            left &= self._kinds_of(part)
        return left

    def _kinds_of(self, part: Mapping[str, Any]) -> set[str]:
        told = part.get("type")
        kinds = {told} if isinstance(told, str) else set(told or ())
        if not kinds or not kinds <= KINDS:
            return set(KINDS)
        if "number" in kinds:
            kinds.add("integer")
        if self._old and part.get("nullable") is True:
            kinds.add("null")
        return kinds

    def _enum(self, parts: Sequence[Mapping[str, Any]]) -> str:
        enums = [part["enum"] for part in parts if isinstance(part.get("enum"), list)]
        enums += [[part["const"]] for part in parts if "const" in part]
        if not enums:
            return ""
        kinds = self._kinds(parts)
        fitting = [one for one in enums[0] if any(TYPES[kind](one) for kind in kinds)]
        fitting = [one for one in fitting if all(one in enum for enum in enums[1:])]
        return "" if fitting else "no value of the enum is of the type that is asked for"

    def _lengths(self, parts: Sequence[Mapping[str, Any]]) -> str:
        """Two lengths that exclude one another."""
        least = max((part["minLength"] for part in parts if isinstance(part.get("minLength"), int)), default=0)
        most = min((part["maxLength"] for part in parts if isinstance(part.get("maxLength"), int)), default=least)
        return "the least length is more than the greatest" if least > most and self._kinds(parts) == {"string"} else ""

    def _choices(self, parts: Sequence[Mapping[str, Any]], within: tuple[int, ...]) -> str:
        for part in parts:
            for word in ("anyOf", "oneOf"):
                options = part.get(word)
                if not isinstance(options, list) or not options:
                    continue
                reasons = [self.why(option, within) for option in options]
                if all(reasons):
                    return f"none of the alternatives is possible: {reasons[0]}"
                if word == "oneOf" and "discriminator" not in part and self._all_have_twins(options):
                    return "what belongs to one alternative of a oneOf belongs to another one too"
        return ""

    def _all_have_twins(self, options: Sequence[Any]) -> bool:
        return all(
            any(self._same(one, other, [0]) for place, other in enumerate(options) if place != number)
            for number, one in enumerate(options)
        )

    def _same(self, one: Any, other: Any, count: list[int], *, names: bool = False) -> bool:
        """Whether two schemas say the same, remarks aside; of ``names`` none is a remark."""
        count[0] += 1
        if count[0] > MOST_PAIRS:
            return False
        one, other = self._resolved(one), self._resolved(other)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            left, right = (one, other) if names else (_meaning(one), _meaning(other))
            return left.keys() == right.keys() and all(
                self._same(left[key], right[key], count, names=not names and key in NAMES) for key in left
            )
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(self._same(*pair, count) for pair in zip(one, other, strict=True))
        return bool(one == other and type(one) is type(other))

    def _objects(self, parts: Sequence[Mapping[str, Any]], within: tuple[int, ...]) -> str:
        for name in dict.fromkeys(name for part in parts for name in part.get("required") or ()):
            for part in parts:
                known = part.get("properties") or {}
                inner = self._resolved(known.get(name, True))
                goes_one_way = isinstance(inner, Mapping) and (inner.get("readOnly") or inner.get("writeOnly"))
                reason = "" if goes_one_way else self.why(inner, within)
                if reason:
                    return f"{name} is required, but {reason}"
        return ""

    def _arrays(self, parts: Sequence[Mapping[str, Any]], within: tuple[int, ...]) -> str:
        least = max((part["minItems"] for part in parts if isinstance(part.get("minItems"), int)), default=0)
        for part in parts if least else ():
            reason = self.why(part.get("items", True), within)
            if reason:
                return f"an item is required, but {reason}"
        return ""


def _meaning(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {word: one for word, one in schema.items() if word not in REMARKS and not str(word).startswith("x-")}
