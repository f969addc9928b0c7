"""Records by key, in order, with indexes: what a list needs is looked up, never searched for.

Every record has a position, and each indexed value has a bitmap of the positions that have it. A filter is then
the intersection of a few bitmaps, a count its length and a page a slice of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pyroaring import BitMap

R = TypeVar("R")
D = TypeVar("D")
Order = tuple[int, str]
Positions = BitMap
Facet = Callable[[Any], Iterable[str]]


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


class Deferred(Generic[R]):
    """A record of which only the outline is made: what it is ordered and found by. The rest is made when it is read.

    ``make`` gives the whole record, whose key, order and facets are those of the outline.
    """

    __slots__ = ("make", "outline")

    def __init__(self, outline: R, make: Callable[[], R]) -> None:
        self.outline = outline
        self.make = make


class Table(Generic[R]):
    """Records of one kind. A fork shares with its parent what neither of them changes."""

    def __init__(self, spec: TableSpec[R], records: Iterable[R | Deferred[R]] = ()) -> None:
        self.spec = spec
        self._base = self._origin = _Base(spec, list(records))
        self._begin_delta()

    def fork(self) -> "Table[R]":
        """A table that begins as this one is and goes its own way; what it costs grows with what has changed."""
        child: Table[R] = Table.__new__(Table)
        child.spec = self.spec
        child._origin = self._origin
        child._base = self._base
        child._begin_delta()
        if self._changed:
            child._copy_delta(self)
        return child

    def delta(self) -> tuple[list[R], list[str]]:
        """What has changed since the first of all forks: the records that are other or new, in order; the keys gone."""
        if not self._changed:
            return [], []
        origin, key = self._origin, self.spec.key
        if self._base is origin:
            changed = [self._rows[position] for position in sorted(self._rows) if position in self._live]
            gone = [key(_outline(origin.rows[position])) for position in origin.live - self._live]
            return changed, gone
        changed = [row for row in self if origin.find(key(row)) is not row]
        return changed, [name for name in origin.positions if self.get(name) is None]

    def rebased(self, base: "Table[R]") -> "Table[R]":
        """A fork of another table, over which what has changed in this one is laid."""
        changed, gone = self.delta()
        child = base.fork()
        for key in gone:
            child.drop(key)
        for record in changed:
            child.put(record)
        return child

    def _begin_delta(self) -> None:
        self._rows: dict[int, R] = {}
        self._positions: dict[str, int] = {}
        self._tail: list[Order] = []
        self._live = self._base.live
        self._facets: dict[str, dict[str, BitMap]] = {name: {} for name in self.spec.facets}
        self._changed = False
        self._derived: dict[Callable[..., Any], Any] = {}

    def _copy_delta(self, other: "Table[R]") -> None:
        self._rows = dict(other._rows)
        self._positions = dict(other._positions)
        self._tail = list(other._tail)
        self._live = BitMap(other._live)
        self._facets = {
            name: {value: BitMap(found) for value, found in values.items()} for name, values in other._facets.items()
        }
        self._changed = True

    # Reading

    def __len__(self) -> int:
        return len(self._live)

    def __iter__(self) -> Iterator[R]:
        """All records, oldest first."""
        return (self._at(position) for position in self._live)

    def get(self, key: str) -> R | None:
        """The record with this key."""
        if not self._changed:
            return self._base.find(key)
        position = self._position(key)
        return None if position is None or position not in self._live else self._at(position)

    def find(self, facet: str, value: str) -> R | None:
        """The first record with this value."""
        for position in self.where(facet, value):
            return self._at(position)
        return None

    def all(self) -> Positions:
        """The positions of all records. Not to be changed."""
        return self._live

    def where(self, facet: str, value: str) -> Positions:
        """The positions of the records with this value. Not to be changed."""
        own = self._facets[facet].get(value)
        return own if own is not None else self._base.facets[facet].get(value, _EMPTY)

    def where_any(self, facet: str, values: Iterable[str]) -> Positions:
        """The positions of the records that have at least one of the values."""
        return BitMap.union(_EMPTY, *(self.where(facet, value) for value in values))

    def where_all(self, parts: Sequence[Positions]) -> Positions:
        """The positions that are in every part; without parts, those of all records. Not to be changed."""
        return BitMap.intersection(*parts) if len(parts) > 1 else parts[0] if parts else self._live

    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet (some may have no record any more)."""
        own = self._facets[facet]
        return self._base.facets[facet].keys() | own.keys() if own else self._base.facets[facet].keys()

    def between(self, low: int, high: int) -> Positions:
        """The positions of the records whose order's number is in the range, both ends included."""
        base, tail, size = self._base.order, self._tail, len(self._base.rows)
        start = bisect_left(base, (low, ""))
        end = bisect_right(base, (high, _LAST))
        found = BitMap(range(start, end)) if start < end else BitMap()
        if tail:
            found |= BitMap(range(size + bisect_left(tail, (low, "")), size + bisect_right(tail, (high, _LAST))))
        return found & self._live

    def newest(self, positions: Positions, offset: int, limit: int) -> Sequence[R]:
        """A page of the given records: the newest first, after leaving out ``offset`` of them."""
        end = len(positions) - offset
        if end <= 0 or limit <= 0:
            return ()
        page = positions[max(0, end - limit) : end]
        found = reversed(page.to_array())
        if not self._changed:
            return [self._base.at(position) for position in found]
        return [self._at(position) for position in found]

    def derived(self, make: Callable[["Table[R]"], D]) -> D:
        """What ``make`` makes of the table as it is now; made once, and again only after a change."""
        kept = self._derived if self._changed else self._base.derived
        made: D | None = kept.get(make)
        if made is None:
            made = kept[make] = make(self)
        return made

    # Changing

    def put(self, record: R) -> R | None:
        """Add the record, or replace the one with its key; what was there before."""
        self._derived.clear()
        position = self._position(self.spec.key(record))
        before = self._at(position) if position is not None and position in self._live else None
        if position is None and self._comes_last(record):
            position = len(self._base.rows) + len(self._tail)
            self._positions[self.spec.key(record)] = position
            self._tail.append(self.spec.order(record) if self.spec.order else (0, ""))
        elif position is None or not self._stays_in_place(position, record):
            self._rebuild_with(record)
            return before
        self._write_live()
        self._live.add(position)
        self._rows[position] = record
        self._index(position, record, before)
        return before

    def drop(self, key: str) -> R | None:
        """Take the record with this key away, and give it; nothing happens when there is none."""
        position = self._position(key)
        if position is None or position not in self._live:
            return None
        self._derived.clear()
        before = self._at(position)
        self._unindex(position, before)
        self._write_live()
        self._live.remove(position)
        self._rows.pop(position, None)
        if len(self._tail) > _MOST_GONE + 2 * len(self._live):
            self._begin_on(list(self))  # what is gone would take ever more room
        return before

    def _position(self, key: str) -> int | None:
        if self._positions:
            own = self._positions.get(key)
            if own is not None:
                return own
        return self._base.positions.get(key)

    def _at(self, position: int) -> R:
        own = self._rows.get(position)
        return own if own is not None else self._base.at(position)

    def _order_at(self, position: int) -> Order:
        size = len(self._base.rows)
        return self._base.order[position] if position < size else self._tail[position - size]

    def _stays_in_place(self, position: int, record: R) -> bool:
        return self.spec.order is None or self.spec.order(record) == self._order_at(position)

    def _comes_last(self, record: R) -> bool:
        if self.spec.order is None:
            return True
        last = self._tail[-1] if self._tail else (self._base.order[-1] if self._base.order else None)
        return last is None or self.spec.order(record) >= last

    def _rebuild_with(self, record: R) -> None:
        # A record in the middle of the order moves all that follow. It is rare: new sessions are the newest.
        key = self.spec.key(record)
        others = [other for other in self if self.spec.key(other) != key]
        self._begin_on([*others, record])

    def _begin_on(self, records: list[R]) -> None:
        self._base = _Base(self.spec, list(records))
        self._begin_delta()
        self._changed = True

    def _values_of(self, record: R) -> Iterator[tuple[str, str]]:
        for name, facet in self.spec.facets.items():
            for value in facet(record):
                yield name, value

    def _index(self, position: int, record: R, before: R | None) -> None:
        """Have the record found by its values; what it has in common with the one before it stays as it is."""
        values = dict.fromkeys(self._values_of(record))
        others = {} if before is None else dict.fromkeys(self._values_of(before))
        for name, value in values:
            if (name, value) not in others:
                self._own(name, value).add(position)
        for name, value in others:
            if (name, value) not in values:
                self._own(name, value).discard(position)

    def _unindex(self, position: int, record: R) -> None:
        for name, value in self._values_of(record):
            self._own(name, value).discard(position)

    def _own(self, facet: str, value: str) -> Positions:
        """The bitmap of a value, copied from the base when it is first written to."""
        mine = self._facets[facet]
        found = mine.get(value)
        if found is None:
            found = mine[value] = BitMap(self._base.facets[facet].get(value, _EMPTY))
        return found

    def _write_live(self) -> None:
        if not self._changed or self._live is self._base.live:
            self._live = BitMap(self._live)
            self._changed = True


class _Base(Generic[R]):
    """What forks share: rows in order with their indexes. Only a deferred row is ever replaced, by the whole of it."""

    __slots__ = ("derived", "facets", "live", "order", "positions", "rows")

    def __init__(self, spec: TableSpec[R], records: list[R | Deferred[R]]) -> None:
        self.derived: dict[Callable[..., Any], Any] = {}
        outlines = [(_outline(record), record) for record in records]
        order = spec.order
        if order is not None:
            outlines.sort(key=lambda pair: order(pair[0]))
        self.rows: list[R | Deferred[R]] = [record for _, record in outlines]
        self.order: list[Order] = (
            [order(row) for row, _ in outlines] if order is not None else [(0, "")] * len(outlines)
        )
        self.positions = {spec.key(row): position for position, (row, _) in enumerate(outlines)}
        self.live = BitMap(range(len(outlines)))
        found: dict[str, dict[str, list[int]]] = {name: {} for name in spec.facets}
        for position, (row, _) in enumerate(outlines):
            for name, facet in spec.facets.items():
                values = found[name]
                for value in facet(row):
                    values.setdefault(value, []).append(position)
        self.facets = {
            name: {value: BitMap(positions) for value, positions in values.items()} for name, values in found.items()
        }

    def at(self, position: int) -> R:
        """The whole record at a position; it is made once, so that it is the same object ever after."""
        row = self.rows[position]
        if isinstance(row, Deferred):
            row = self.rows[position] = row.make()
        return row

    def find(self, key: str) -> R | None:
        """The whole record with this key."""
        position = self.positions.get(key)
        return None if position is None else self.at(position)


def _outline(record: R | Deferred[R]) -> R:
    return record.outline if isinstance(record, Deferred) else record


_EMPTY = BitMap()
_MOST_GONE = 1_000
_LAST = "\U0010ffff"
