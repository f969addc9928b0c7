"""What a table is told about its records, and what it wants of those that it begins with."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pyroaring import BitMap

R = TypeVar("R")
Order = tuple[int, str]
Positions = BitMap
Facet = Callable[[Any], Iterable[str]]
Pair = tuple[str, str]
"""A facet and a value of it."""

NO_ORDER: Order = (0, "")
LARGE = 1_000
"""Fewer positions are put together as fast as they are found."""
_KEPT = 64  # unions, of which a large one has an eighth of a byte for each record


@dataclass(frozen=True)
class TableSpec(Generic[R]):
    """What a table keeps: its name, the key of a record, its order, and the facets that it is filtered by.

    ``order`` gives a whole number (a time) and a text that decides between equals; a table without it keeps the order
    of arrival. Each facet gives the values under which a record is found.
    """

    name: str
    key: Callable[[R], str]
    order: Callable[[R], Order] | None = None
    facets: Mapping[str, Facet] = field(default_factory=dict)

    def order_of(self, record: R) -> Order:
        """The order of a record, the same for all where there is none."""
        return NO_ORDER if self.order is None else self.order(record)

    def pairs(self, record: R) -> dict[Pair, None]:
        """By what a record is found, each once."""
        return {(name, value): None for name, facet in self.facets.items() for value in facet(record)}


class Beginning(ABC, Generic[R]):
    """What forks of a table share: records in order with their indexes. To those who read it never changes.

    ``size`` is how many positions there are, ``live`` those that have a record. ``derived`` is what was made of all of
    it, by what made it, ``told`` what was made of single records, by their positions.
    """

    size: int
    live: Positions

    def __init__(self) -> None:
        self.derived: dict[Callable[..., Any], Any] = {}
        self.told: dict[Callable[..., Any], dict[int, Any]] = {}
        self._unions: dict[tuple[str, ...], Positions] = {}

    @abstractmethod
    def at(self, position: int) -> R:
        """The record at a position."""

    def rows(self, positions: Sequence[int]) -> list[R]:
        """The records at some positions."""
        return [*map(self.at, positions)]

    @abstractmethod
    def key_at(self, position: int) -> str:
        """The key of the record at a position."""

    @abstractmethod
    def order_at(self, position: int) -> Order:
        """The order of the record at a position."""

    @abstractmethod
    def position(self, key: str) -> int | None:
        """Where the record with this key is."""

    @abstractmethod
    def where(self, facet: str, value: str) -> Positions:
        """The positions of the records with this value. Not to be changed."""

    @abstractmethod
    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet."""

    @abstractmethod
    def between(self, low: int, high: int) -> range:
        """The positions of those whose order's number is in the range, both ends included."""

    @abstractmethod
    def before(self, order: Order) -> int:
        """How many positions come before those of this order."""

    def where_any(self, facet: str, values: Iterable[str]) -> Positions:
        """The positions of the records that have at least one of the values. Not to be changed."""
        key = (facet, *values)
        found = self._unions.get(key)
        if found is None:
            found = BitMap.union(BitMap(), *(self.where(facet, value) for value in key[1:]))
            if len(found) >= LARGE:
                if len(self._unions) >= _KEPT:
                    self._unions.clear()
                self._unions[key] = found
        return found

    def find(self, key: str) -> R | None:
        """The record with this key."""
        position = self.position(key)
        return None if position is None else self.at(position)

    def keys(self, positions: Iterable[int]) -> Iterator[str]:
        """The keys of the records at these positions."""
        return map(self.key_at, positions)
