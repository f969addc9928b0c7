"""The making of one value, and the nodes that do it: one for each schema, so that schemas may be recursive."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from mockhoop.values.chance import Chance
from mockhoop.values.people import Name, Pools

# How often a schema that leads back to itself is entered; then arrays and optional properties give way.
REPEATS = 2
DEEPEST = 40
# Where a value has so many objects and arrays, or so many around it, optional ones are left out, so that no
# schema explodes.
CONTAINERS = 300
# How many more objects and arrays are made at all, those that turn out to be of no use among them.
OVERDRAFT = 60_000
DEEP = 10
LARGEST = 10_000
"""How many items or properties a value has at most; more are refused."""
ENDLESS = 1 << 20
"""The upper limit where a schema names none."""

Make = Callable[["Making", str], Any]
"""Makes a value; the text says for which place in the whole value."""
Text = Callable[["Making", str], str]


class NoValue(Exception):
    """No value can be made at this place: the schema is contradictory, or leads back to itself too often."""


class Making:
    """The making of one value: what it is made from, and how far it has come.

    With ``examples`` those of the schemas are preferred. ``direction`` is that of the message which the value is
    part of: "request", "response", or "" if that does not matter. ``lenient`` is for schemas that contradict
    themselves: what comes close is better than nothing.
    """

    __slots__ = ("chance", "direction", "examples", "left", "lenient", "pools", "stack")

    def __init__(
        self, chance: Chance, pools: Pools, *, examples: bool, direction: str = "", lenient: bool = False
    ) -> None:
        self.chance = chance
        self.pools = pools
        self.direction = direction
        self.examples = examples
        self.lenient = lenient
        self.left = CONTAINERS
        self.stack: list[Node] = []

    def is_full(self) -> bool:
        """Whether the value is large or deep enough as it is."""
        return self.left <= 0 or len(self.stack) > DEEP

    def word(self, *key: str | int) -> str:
        """An English word."""
        return self.chance.choice(self.pools.words, *key)

    def person(self, path: str) -> Name:
        """The person whom the object around this place is about: the same for all its properties."""
        return self.chance.choice(self.pools.names, path.rpartition("/")[0], "person")


class Compiled(NamedTuple):
    """What a schema comes to: how its values are made, and whether they have others in them."""

    make: Make
    is_container: bool


class Node:
    """How to make values of one schema; compiled when first needed, since schemas may lead back to themselves."""

    def __init__(self, compile: Callable[[], Compiled]) -> None:
        self._compile = compile

    @cached_property
    def compiled(self) -> Compiled:
        """What the schema comes to."""
        return self._compile()

    def make(self, making: Making, path: str) -> Any:
        """Make a value for a place; raises NoValue when there is none, or when the value would never end."""
        make, is_container = self.compiled
        if not is_container:
            return make(making, path)
        if making.stack.count(self) >= REPEATS or len(making.stack) > DEEPEST or making.left < -OVERDRAFT:
            raise NoValue(path)
        making.stack.append(self)
        making.left -= 1
        try:
            return make(making, path)
        finally:
            making.stack.pop()
