"""Objects: which properties they get, and what gives way where a value grows too large."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mockhoop.values.plausible.checks import fits
from mockhoop.values.plausible.choices import impossible
from mockhoop.values.plausible.extras import NodeOf, filler
from mockhoop.values.plausible.keywords import Flat, Schema, described
from mockhoop.values.plausible.making import ENDLESS, LARGEST, Make, Making, Node, NoValue
from mockhoop.values.plausible.merging import all_of
from mockhoop.values.plausible.schemas import Schemas

# An object with one of these is about somebody, so that its name is a person's.
PERSONAL = frozenset(("email", "first_name", "firstName", "username"))

Settle = Callable[[dict[str, Any]], None]
"""Takes properties away that another one would have to go with; raises NoValue if they are required."""


class Field(NamedTuple):
    """A property that an object has by name; ``hidden_in`` are directions in which it is left out."""

    name: str
    node: Node
    is_required: bool
    hidden_in: Sequence[str]

    def gives_way(self, making: Making) -> bool:
        """Whether the property is left out: in this direction, or so that the value does not grow any further."""
        if making.direction in self.hidden_in:
            return True
        return not self.is_required and self.node.compiled.is_container and making.is_full()


def object_maker(flat: Flat, node_of: NodeOf, schemas: Schemas) -> Make:
    """Make objects with all properties that have a name."""
    fields = _fields(flat, node_of, schemas)
    least = flat.get("minProperties", 0)
    # A map with no names of its own would be dull if it were empty.
    is_map = not fields and not flat.keys().isdisjoint(("additionalProperties", "patternProperties"))
    most = flat.get("maxProperties", ENDLESS)
    if least > min(most, LARGEST):
        return impossible
    usual = max(least, min(2, most)) if is_map else least
    fill = filler(flat, node_of, usual)
    settle = _settler(flat)

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
        if settle:
            settle(made)
        if len(made) < least:
            raise NoValue(path)
        return made

    return make


def _fields(flat: Flat, node_of: NodeOf, schemas: Schemas) -> list[Field]:
    required, known = _required(flat), _known(flat, schemas)
    is_person = not known.keys().isdisjoint(PERSONAL)
    fields = []
    for name, schema in known.items():
        if schema is False and name not in required:
            continue
        hidden_in = schemas.hidden_in(schema)
        if name in required and not schemas.nullable:
            # Nothing in OpenAPI 3.1 says that what is required is so in one direction only.
            hidden_in = ()
        node = node_of(schema, "full_name" if is_person and name == "name" else name)
        fields.append(Field(name, node, name in required, hidden_in))
    most = flat.get("maxProperties", ENDLESS)
    if len(fields) <= most:
        return fields
    if sum(field.is_required for field in fields) > most:
        # One too many, so that nothing can be made.
        return [Field(name, node_of(False, ""), True, ()) for name in list(required)[:1]]
    # Required ones go first where not all fit in.
    return sorted(fields, key=lambda field: not field.is_required)[:most]


def _required(flat: Flat) -> dict[str, None]:
    return _with_dependents(flat, flat.get("required", ()))


def _with_dependents(flat: Flat, names: Iterable[str]) -> dict[str, None]:
    """The names together with those that have to go with them."""
    found: dict[str, None] = {}
    waiting = list(names)
    dependents = flat.get("dependentRequired", {})
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += dependents.get(name, ())
    return found


def _known(flat: Flat, schemas: Schemas) -> dict[str, Schema]:
    """The schemas of the properties that have names, false for those that must not be there."""
    known = dict(flat.get("properties", {}))
    present = [name for name, schema in known.items() if schema is not False]
    for name in (*_required(flat), *_with_dependents(flat, present)):
        if name not in known:
            known[name] = all_of(described(flat, name))
    naming = flat.get("propertyNames", True)
    if naming is not True:
        known = {name: schema if fits(schemas, naming, name) else False for name, schema in known.items()}
    return known


def _settler(flat: Flat) -> Settle | None:
    dependents: Mapping[str, Sequence[str]] = flat.get("dependentRequired", {})
    if not dependents:
        return None
    required = _required(flat)

    def settle(made: dict[str, Any]) -> None:
        while lonely := [name for name in dependents if name in made and not made.keys() >= set(dependents[name])]:
            if lonely[0] in required:
                raise NoValue(lonely[0])
            del made[lonely[0]]

    return settle
