"""Objects and arrays: how many properties and items they get, and what gives way where a value grows too large."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from mockhoop.values.plausible.choices import impossible, tries
from mockhoop.values.plausible.json_values import identity
from mockhoop.values.plausible.keywords import Flat, Schema
from mockhoop.values.plausible.making import ENDLESS, Make, Making, Node, NoValue
from mockhoop.values.plausible.merging import both

ITEM_RETRIES = 50
# An object with one of these is about somebody, so that its name is a person's.
PERSONAL = frozenset(("email", "first_name", "firstName", "username"))

NodeOf = Callable[[Schema, str], Node]
"""Gives the node of a schema for a property's name."""


class Field(NamedTuple):
    """A property that an object has by name."""

    name: str
    node: Node
    is_required: bool

    def gives_way(self, making: Making) -> bool:
        """Whether the property is left out, so that the value does not grow any further."""
        return not self.is_required and self.node.compiled.is_container and making.is_full()


def object_maker(flat: Flat, node_of: NodeOf) -> Make:
    """Make objects with all properties that have a name."""
    fields = _fields(flat, node_of)
    least = flat.get("minProperties", 0)
    # A map with no names of its own would be dull if it were empty.
    is_map = "additionalProperties" in flat and not fields
    usual = max(least, min(2, flat.get("maxProperties", ENDLESS))) if is_map else least
    fill = _filler(flat, node_of, usual)

    def make(making: Making, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for field in fields:
            if field.gives_way(making):
                continue
            try:
                made[field.name] = field.node.make(making, f"{path}/{field.name}")
            except NoValue:
                if field.is_required:
                    raise
        if len(made) < usual:
            fill(made, making, path)
        if len(made) < least:
            raise NoValue(path)
        return made

    return make


def _fields(flat: Flat, node_of: NodeOf) -> list[Field]:
    required = dict.fromkeys(flat.get("required", ()))
    schemas = {name: schema for name, schema in flat.get("properties", {}).items() if schema is not False}
    for name in required:
        schemas.setdefault(name, flat.get("additionalProperties", True))
    is_person = not schemas.keys().isdisjoint(PERSONAL)
    fields = [
        Field(name, node_of(schema, "full_name" if is_person and name == "name" else name), name in required)
        for name, schema in schemas.items()
    ]
    most = flat.get("maxProperties", ENDLESS)
    if len(fields) <= most:
        return fields
    # Required ones go first where not all fit in.
    return sorted(fields, key=lambda field: not field.is_required)[:most]


def _filler(flat: Flat, node_of: NodeOf, usual: int) -> Callable[[dict[str, Any], Making, str], None]:
    """Adds properties with names of their own, as long as there are fewer than usual."""
    additional = flat.get("additionalProperties", True)
    if additional is False or not usual:
        return lambda *_: None
    extra = node_of(additional, "")
    names = node_of(both(flat.get("propertyNames", True), {"type": "string", "maxLength": 40}), "label")
    known = flat.get("properties", {})

    def fill(made: dict[str, Any], making: Making, path: str) -> None:
        for name in tries(names.make, making, f"{path}/names", usual * 4):
            if len(made) >= usual:
                break
            if name not in known and name not in made:
                with suppress(NoValue):
                    made[name] = extra.make(making, f"{path}/{name}/")

    return fill


def array_maker(flat: Flat, name: str, node_of: NodeOf) -> Make:
    """Make arrays of a few items."""
    first = [node_of(schema, name) for schema in flat.get("prefixItems", ())]
    items = flat.get("items", True)
    further: Iterable[Node] = () if items is False else repeat(node_of(items, name))
    least, most = flat.get("minItems", 0), flat.get("maxItems", ENDLESS)
    if items is False:
        most = min(most, len(first))
    if most < least:
        return impossible
    usual = (len(first), len(first)) if first else (1, 3)
    low = min(max(least, usual[0]), most)
    high = max(low, min(most, usual[1]))
    is_unique = flat.get("uniqueItems", False)

    def make(making: Making, path: str) -> list[Any]:
        count = least if making.is_full() else making.chance.between(low, high, path, "count")
        made: list[Any] = []
        for place, node in enumerate(islice(chain(first, further), count)):
            try:
                made.append(_item(node, making, f"{path}/{place}/", made if is_unique else ()))
            except NoValue:
                if place < least:
                    raise
                break
        return made

    return make


def _item(node: Node, making: Making, path: str, taken: Sequence[Any]) -> Any:
    """Make an item of an array that is none of those taken."""
    if not taken:
        return node.make(making, path)
    keys = set(map(identity, taken))
    for value in tries(node.make, making, path, ITEM_RETRIES):
        if identity(value) not in keys:
            return value
    raise NoValue(path)
