"""A beginning of records of which most are made only when they are read."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, compress, islice
from operator import eq

from pyroaring import BitMap

from mockhoop.world.table.known import EMPTY, indexed
from mockhoop.world.table.made import Index, Made, Places
from mockhoop.world.table.spec import Beginning, Order, Positions, R, TableSpec

Progress = Callable[[int, int], None]
"""Is told how much is done, out of how much."""

_KEPT = 4_096  # records that were made and looked for lately
_INDEXED = 65_536  # bitmaps that were put together; where there are many values, those are small


class Mixed(Beginning[R]):
    """Known records and parts that are made when they are read, in one order.

    A row is numbered as it was given, the known ones first; a position is its place in the order. Where a part has a
    record with the key of a known one, the known one takes its place.
    """

    def __init__(
        self, spec: TableSpec[R], records: Iterable[R], parts: Sequence[Made[R]], progress: Progress | None = None
    ) -> None:
        super().__init__()
        self._known = {spec.key(record): record for record in records}
        self._records = list(self._known.values())
        self._known_rows = {key: row for row, key in enumerate(self._known)}
        self._parts = [part for part in parts if len(part)]
        self._firsts = list(accumulate(map(len, self._parts[:-1]), initial=len(self._records)))
        self.size = len(self._records) + sum(map(len, self._parts))
        self._spec = spec
        tell = progress or _tell_nobody
        times = self._times_by_row(tell)
        rows = sorted(range(self.size), key=times.__getitem__)
        tell(self.size * 3 // 5, self.size)
        self._times = array("q", map(times.__getitem__, rows))
        tell(self.size * 4 // 5, self.size)
        for run in _runs(self._times):
            rows[run.start : run.stop] = sorted(rows[run.start : run.stop], key=self._key_of)
        self._rows = array("I", rows)
        self.live = BitMap(range(self.size)) - self._hidden
        self._made: dict[int, R] = {}
        self._found: dict[str, int] = {}
        self._joined: dict[tuple[str, str], Positions] = {}
        tell(self.size, self.size)

    def at(self, position: int) -> R:
        """See ``Beginning``. As long as it is read now and then, it is the same object."""
        found = self._made.get(position)
        if found is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            found = self._made[position] = self._make(self._rows[position])
        return found

    def rows(self, positions: Sequence[int]) -> list[R]:
        """See ``Beginning``."""
        try:
            return [*map(self._made.__getitem__, positions)]
        except KeyError:
            return [*map(self.at, positions)]

    def key_at(self, position: int) -> str:
        """See ``Beginning``."""
        return self._key_of(self._rows[position])

    def order_at(self, position: int) -> Order:
        """See ``Beginning``."""
        return self._times[position], self.key_at(position)

    def position(self, key: str) -> int | None:
        """See ``Beginning``."""
        found = self._found.get(key)
        if found is None and (row := self._row(key)) is not None:
            if len(self._found) >= _KEPT:
                self._found.clear()
            found = self._found[key] = self._places[row]
        return found

    def where(self, facet: str, value: str) -> Positions:
        """See ``Beginning``."""
        found = self._joined.get((facet, value))
        if found is None:
            parts = [index.where(facet, value) for index in self._indexes]
            found = BitMap.union(self._index[facet].get(value, EMPTY), *parts) - self._hidden
            if len(self._joined) >= _INDEXED:
                self._joined.clear()
            if found:
                self._joined[facet, value] = found
        return found

    def values(self, facet: str) -> Iterable[str]:
        """See ``Beginning``."""
        return {*self._index[facet], *(value for index in self._indexes for value in index.values(facet))}

    def between(self, low: int, high: int) -> range:
        """See ``Beginning``."""
        return range(bisect_left(self._times, low), bisect_right(self._times, high))

    def before(self, order: Order) -> int:
        """See ``Beginning``."""
        same = self.between(order[0], order[0])
        return bisect_left(same, order[1], key=self.key_at) + same.start

    def _row(self, key: str) -> int | None:
        known = self._known_rows.get(key)
        if known is not None:
            return known
        for first, part in zip(self._firsts, self._parts, strict=True):
            number = part.number(key)
            if number is not None:
                return first + number
        return None

    def _part_of(self, row: int) -> tuple[Made[R], int]:
        """The part of a row that is made, and its number in that."""
        place = bisect_right(self._firsts, row) - 1
        return self._parts[place], row - self._firsts[place]

    def _key_of(self, row: int) -> str:
        if row < len(self._records):
            return self._spec.key(self._records[row])
        part, number = self._part_of(row)
        return part.key(number)

    def _make(self, row: int) -> R:
        if row < len(self._records):
            return self._records[row]
        part, number = self._part_of(row)
        return part.make(number)

    def _times_by_row(self, progress: Progress) -> "array[int]":
        times = array("q", (self._spec.order_of(record)[0] for record in self._records))
        for part in self._parts:
            progress(len(times) // 3, self.size)
            times.extend(part.times())
        progress(self.size // 3, self.size)
        return times

    @cached_property
    def _places(self) -> "array[int]":
        """The position of each row."""
        places = array("I", bytes(4 * self.size))
        for position, row in enumerate(self._rows):
            places[row] = position
        return places

    @cached_property
    def _hidden(self) -> Positions:
        """Where the records are whose key a known one has."""
        hidden = [
            first + number
            for key in self._known
            for first, part in zip(self._firsts, self._parts, strict=True)
            if (number := part.number(key)) is not None
        ]
        return BitMap([self._places[row] for row in hidden])

    @cached_property
    def _index(self) -> dict[str, dict[str, Positions]]:
        return indexed(self._spec, self._records, self._places[: len(self._records)])

    @cached_property
    def _indexes(self) -> list[Index]:
        ends = [*self._firsts[1:], self.size]
        return [
            part.index(Places(self._places[first:end]))
            for part, first, end in zip(self._parts, self._firsts, ends, strict=True)
        ]


def _runs(values: Sequence[int]) -> Iterator[range]:
    """The stretches of more than one equal value."""
    start = stop = -1
    for second in compress(range(1, len(values)), map(eq, values, islice(values, 1, None))):
        if second != stop:
            if start >= 0:
                yield range(start, stop)
            start = second - 1
        stop = second + 1
    if start >= 0:
        yield range(start, stop)


def _tell_nobody(done: int, total: int) -> None:
    pass
