"""Arrays: how many items they get, which of them are wanted, and what happens to those that are there already."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat
from typing import Any

from mockhoop.values.plausible.choices import impossible, tries
from mockhoop.values.plausible.extras import NodeOf
from mockhoop.values.plausible.json_values import identity
from mockhoop.values.plausible.keywords import Contained, Flat, Schema
from mockhoop.values.plausible.making import ENDLESS, LARGEST, Make, Making, Node, NoValue
from mockhoop.values.plausible.merging import both

ITEM_RETRIES = 50


def array_maker(flat: Flat, name: str, node_of: NodeOf) -> Make:
    """Make arrays of a few items."""
    items = flat.get("items", True)
    least, most = flat.get("minItems", 0), flat.get("maxItems", ENDLESS)
    start, needed = _start(flat, items, most)
    if items is False:
        most = min(most, len(start))
    least = max(least, needed)
    if least > min(most, LARGEST):
        return impossible
    first = [node_of(schema, name) for schema in start]
    rest = _rest(items, flat.get("contains", ()))
    further: Iterable[Node] = () if rest is False else repeat(node_of(rest, name))
    usual = (len(first), len(first)) if first else (1, 3)
    low = min(max(least, usual[0]), most)
    high = max(low, min(most, usual[1]))
    is_unique = flat.get("uniqueItems", False)

    def make(making: Making, path: str) -> list[Any]:
        count = least if making.is_full() else making.chance.between(low, high, path, "count")
        made: list[Any] = []
        taken: set[Any] | None = set() if is_unique else None
        for place, node in enumerate(islice(chain(first, further), count)):
            try:
                made.append(_item(node, making, f"{path}/{place}/", taken))
            except NoValue:
                if place < least:
                    raise
                break
        return made

    return make


def _start(flat: Flat, items: Schema, most: int) -> tuple[list[Schema], int]:
    """The schemas of the first items, those that have to be contained among them, and how many items that needs."""
    start = list(flat.get("prefixItems", ()))
    wanted = list(_wanted(flat.get("contains", ())))
    if not wanted or not most:
        return start, len(wanted)
    if items is False:
        most = min(most, len(start))
    # They come behind the items that have places of their own, unless there is no room for that.
    begin = max(0, min(len(start), most - len(wanted)))
    end = begin
    for offset, schema in enumerate(wanted):
        place = (begin + offset) % max(1, most)
        if place == len(start):
            start.append(items)
        start[place] = both(start[place], schema)
        end = max(end, place + 1)
    return start, end


def _wanted(contains: Sequence[Contained]) -> Iterator[Schema]:
    for schema, least, _ in contains:
        yield from repeat(schema, min(least, LARGEST + 1))


def _rest(items: Schema, contains: Sequence[Contained]) -> Schema:
    """The schema of the items behind the first ones: of what is limited there are enough already."""
    for schema, _, most in contains:
        if most is not None and items is not False:
            items = both(items, {"not": schema})
    return items


def _item(node: Node, making: Making, path: str, taken: set[Any] | None) -> Any:
    """Make an item of an array, if need be one that is none of those taken."""
    if taken is None:
        return node.make(making, path)
    for value in tries(node.make, making, path, ITEM_RETRIES):
        key = identity(value)
        if key not in taken:
            taken.add(key)
            return value
    raise NoValue(path)
