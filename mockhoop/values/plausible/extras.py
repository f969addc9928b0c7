"""Properties that an object has beyond those with names: the entries of maps."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from mockhoop.values.plausible.choices import tries
from mockhoop.values.plausible.keywords import Flat, Schema
from mockhoop.values.plausible.making import Making, Node, NoValue
from mockhoop.values.plausible.merging import all_of, both

NodeOf = Callable[[Schema, str], Node]
"""Gives the node of a schema for a property's name."""
Fill = Callable[[dict[str, Any], Making, str], None]
"""Adds properties to an object, for a place."""

# Names are short, unless a pattern asks for more.
NAME = {"type": "string", "maxLength": 40}
PATTERN_NAME = {"type": "string", "minLength": 1, "maxLength": 200}


def filler(flat: Flat, node_of: NodeOf, usual: int) -> Fill:
    """Adds properties with names of their own, as long as there are fewer than usual."""
    additional = flat.get("additionalProperties", True)
    patterns = flat.get("patternProperties", {})
    if not usual or (additional is False and not patterns):
        return lambda *_: None
    naming = flat.get("propertyNames", True)
    sources = [
        ("/names" + pattern, node_of(both(naming, {**PATTERN_NAME, "pattern": pattern}), "label"))
        for pattern, schema in patterns.items()
        if schema is not False
    ]
    if additional is not False:
        sources.append(("/names", node_of(both(naming, NAME), "label")))
    known = flat.get("properties", {})
    nodes = {(): node_of(additional, "")}

    def names(making: Making, path: str) -> Iterator[str]:
        for place, node in sources:
            yield from tries(node.make, making, path + place, usual * 4)

    def node_for(name: str) -> Node:
        matched = tuple(pattern for pattern in patterns if re.search(pattern, name))
        if matched not in nodes:
            nodes[matched] = node_of(all_of([patterns[pattern] for pattern in matched]), "")
        return nodes[matched]

    def fill(made: dict[str, Any], making: Making, path: str) -> None:
        for name in names(making, path):
            if len(made) >= usual:
                break
            if name not in known and name not in made:
                with suppress(NoValue):
                    made[name] = node_for(name).make(making, f"{path}/{name}/")

    return fill
