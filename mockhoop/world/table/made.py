"""Records that are made when they are read: what a table wants to know of them before."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from pyroaring import BitMap

from mockhoop.world.table.spec import Positions

R_co = TypeVar("R_co", covariant=True)


class Places:
    """At which positions of a table the records of one part are, by their numbers."""

    def __init__(self, positions: "array[int]") -> None:
        self._positions = positions

    def __getitem__(self, number: int) -> int:
        return self._positions[number]

    def all(self) -> Positions:
        """Where all of them are."""
        return BitMap(self._positions)

    def at(self, numbers: Iterable[int]) -> Positions:
        """Where the records with these numbers are."""
        return BitMap([self._positions[number] for number in numbers])

    def by_code(self, codes: Sequence[int], count: int) -> Sequence[Positions]:
        """Where the records with the codes 0, 1 and so on below ``count`` are; ``codes`` has that of each number."""
        if count == 1:
            return [self.all()]
        groups = [array("I") for _ in range(count)]
        add = [group.append for group in groups]
        for code, position in zip(codes, self._positions, strict=True):
            add[code](position)
        return [BitMap(group) for group in groups]


class Index(Protocol):
    """By what records are found."""

    def where(self, facet: str, value: str) -> Positions:
        """The positions of the records with this value. Not to be changed."""

    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet; some may have no record."""


class Made(Protocol[R_co]):
    """Records that are made when they are read, each out of its number: 0, 1 and so on.

    The table's order is by time, and among equal times by key. A record that is made again is equal to the first.
    """

    def __len__(self) -> int: ...

    def times(self) -> Sequence[int]:
        """The time of each, by number."""

    def key(self, number: int) -> str:
        """The key of a record."""

    def number(self, key: str) -> int | None:
        """The number of the record with this key."""

    def make(self, number: int) -> R_co:
        """A record."""

    def index(self, places: Places) -> Index:
        """By what they are found, in a table that has them at these places."""
