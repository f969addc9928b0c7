"""How much clients can add to a world: of each kind as much as items."""

from collections.abc import Collection

from mockhoop.fixtures.items import MOST_ITEMS
from mockhoop.gateway.records import Refusal
from mockhoop.world.changes import Change, Put
from mockhoop.world.world import World

FULL = Refusal(507, f"the world remembers {MOST_ITEMS:,} of these that were added: reset it")


def has_room(world: World, changes: Collection[Change]) -> bool:
    """Whether nothing is added to a table that has grown as far as it may; what is there can be replaced."""
    return not changes or all(_fits(world, change) for change in changes if isinstance(change, Put))


def _fits(world: World, change: Put) -> bool:
    table, began = world.table(change.table), world.base.tables[change.table]
    return len(table) - len(began) < MOST_ITEMS or table.get(table.spec.key(change.record)) is not None
