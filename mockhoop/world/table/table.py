"""A table: what it began with, and what has changed since."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import Any, Generic, TypeVar

from pyroaring import BitMap

from mockhoop.world.table.known import Known
from mockhoop.world.table.made import Made
from mockhoop.world.table.merging import merged
from mockhoop.world.table.mixed import Mixed, Progress
from mockhoop.world.table.overlay import Overlay
from mockhoop.world.table.spec import Beginning, Order, Positions, R, TableSpec

D = TypeVar("D")
_MOST_GONE = 1_000
_LAST = "\U0010ffff"


class Table(Generic[R]):
    """Records of one kind. A fork shares with its parent what neither of them changes.

    New records stand at the tail, behind those of the beginning. A page tells them between these where that is their
    order; a record whose order changes moves to the tail. So nothing that is changed costs more for what is there.
    """

    def __init__(
        self,
        spec: TableSpec[R],
        records: Iterable[R] = (),
        made: Sequence[Made[R]] = (),
        progress: Progress | None = None,
    ) -> None:
        self.spec = spec
        self._base: Beginning[R] = Mixed(spec, records, made, progress) if any(map(len, made)) else Known(spec, records)
        self._begin_delta()

    def fork(self) -> "Table[R]":
        """A table that begins as this one is and goes its own way; what it costs grows with what has changed."""
        child: Table[R] = Table.__new__(Table)
        child.spec = self.spec
        child._base = self._base
        child._begin_delta()
        if self._overlay is not None:
            child._rows = dict(self._rows)
            child._positions = dict(self._positions)
            child._tail = list(self._tail)
            child._in_order, child._follows = self._in_order, self._follows
            child._live = BitMap(self._live)
            child._overlay = self._overlay.copy()
        return child

    def delta(self) -> tuple[list[R], list[str]]:
        """What has changed since the first of all forks: the records that are other or new, in order; the keys gone."""
        if self._overlay is None:
            return [], []
        self._settle()
        own = BitMap(self._rows)
        changed = [self._rows[position] for position in self._slice(own, 0, len(own))]
        gone = [key for key in self._base.keys(self._base.live - self._live) if self.get(key) is None]
        return changed, gone

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
        self._in_order = True  # the tail is, by itself
        self._follows = True  # nothing in it comes before anything of the beginning
        self._live = self._base.live
        self._overlay: Overlay | None = None
        self._derived: dict[Callable[..., Any], Any] = {}

    # Reading

    def __len__(self) -> int:
        return len(self._live)

    def __iter__(self) -> Iterator[R]:
        """All records, oldest first."""
        self._settle()
        return map(self._at, self._live if self._follows else self._slice(self._live, 0, len(self._live)))

    def get(self, key: str) -> R | None:
        """The record with this key."""
        if self._overlay is None:
            return self._base.find(key)
        position = self._position(key)
        return None if position is None or position not in self._live else self._at(position)

    def find(self, facet: str, value: str) -> R | None:
        """The first record with this value."""
        found = self.where(facet, value)
        return self._at(found.min()) if found else None

    def all(self) -> Positions:
        """The positions of all records. Not to be changed."""
        self._settle()
        return self._live

    def where(self, facet: str, value: str) -> Positions:
        """The positions of the records with this value. Not to be changed."""
        if self._overlay is None:
            return self._base.where(facet, value)
        self._settle()
        return self._overlay.where(facet, value)

    def where_any(self, facet: str, values: Iterable[str]) -> Positions:
        """The positions of the records that have at least one of the values. Not to be changed."""
        if self._overlay is None:
            return self._base.where_any(facet, values)
        self._settle()
        return self._overlay.where_any(facet, values)

    def where_all(self, parts: Sequence[Positions]) -> Positions:
        """The positions that are in every part; without parts, those of all records. Not to be changed."""
        return reduce(and_, sorted(parts, key=len)) if parts else self.all()

    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet (some may have no record any more)."""
        return self._base.values(facet) if self._overlay is None else self._overlay.values(facet)

    def between(self, low: int, high: int) -> Positions:
        """The positions of the records whose order's number is in the range, both ends included."""
        self._settle()
        begun, tail, size = self._base.between(low, high), self._tail, self._base.size
        if not tail and len(begun) == size:
            return self._live
        found = BitMap(begun)
        if tail:
            found |= BitMap(range(size + bisect_left(tail, (low, "")), size + bisect_right(tail, (high, _LAST))))
        return found & self._live

    def newest(self, positions: Positions, offset: int, limit: int) -> Sequence[R]:
        """A page of the given records: the newest first, after leaving out ``offset`` of them."""
        end = len(positions) - offset
        if end <= 0 or limit <= 0:
            return ()
        found = self._slice(positions, max(0, end - limit), end)
        if self._overlay is None:
            return self._base.rows(found[::-1])
        return [*map(self._at, reversed(found))]

    def derived(self, make: Callable[["Table[R]"], D]) -> D:
        """What ``make`` makes of the table as it is now; made once, and again only after a change."""
        kept = self._derived if self._overlay is not None else self._base.derived
        made: D | None = kept.get(make)
        if made is None:
            made = kept[make] = make(self)
        return made

    def told(self, positions: Positions, make: Callable[[R], D]) -> Iterator[D]:
        """What ``make`` tells of each of the records, the newest first.

        Of those that have not changed since the first of all forks it is kept, for all forks.
        """
        kept: dict[int, D] = self._base.told.setdefault(make, {})
        for position in reversed(self._slice(positions, 0, len(positions))):
            if position in self._rows:
                yield make(self._rows[position])
                continue
            if position not in kept:
                kept[position] = make(self._base.at(position))
            yield kept[position]

    # Changing

    def put(self, record: R) -> R | None:
        """Add the record, or replace the one with its key; what was there before."""
        overlay = self._writable()
        key, order = self.spec.key(record), self.spec.order_of(record)
        position = self._position(key)
        before = self._at(position) if position is not None and position in self._live else None
        found_by = {} if before is None else self.spec.pairs(before)
        if position is not None and order != self._order_of(position, before):
            self._leave(position, found_by)
            position, found_by = None, {}
        if position is None:
            position = self._positions[key] = self._append(order)
        self._live.add(position)
        self._rows[position] = record
        overlay.change(position, found_by, self.spec.pairs(record))
        return before

    def drop(self, key: str) -> R | None:
        """Take the record with this key away, and give it; nothing happens when there is none."""
        position = self._position(key)
        if position is None or position not in self._live:
            return None
        before = self._at(position)
        self._writable()
        self._leave(position, self.spec.pairs(before))
        if len(self._tail) > _MOST_GONE + 2 * len(self._rows):
            self._renumber()  # what is gone would take ever more room
        return before

    def _position(self, key: str) -> int | None:
        if self._positions:
            own = self._positions.get(key)
            if own is not None:
                return own
        return self._base.position(key)

    def _at(self, position: int) -> R:
        own = self._rows.get(position)
        return own if own is not None else self._base.at(position)

    def _order_of(self, position: int, record: R | None) -> Order:
        if record is not None:
            return self.spec.order_of(record)
        size = self._base.size
        return self._base.order_at(position) if position < size else self._tail[position - size]

    def _slice(self, positions: Positions, start: int, stop: int) -> Sequence[int]:
        """Some of the positions, from the ``start``-th to the ``stop``-th in order."""
        if self._follows:
            return positions[start:stop].to_array()
        base, tail = self._base, self._tail
        early, late = positions & base.live, positions - base.live
        return merged(early, late, lambda position: base.before(tail[position - base.size]), start, stop)

    def _writable(self) -> Overlay:
        """What changes are laid into; nothing that is derived holds any more."""
        self._derived.clear()
        if self._overlay is None:
            self._live = BitMap(self._live)
            self._overlay = Overlay(self._base, self.spec.facets)
        return self._overlay

    def _append(self, order: Order) -> int:
        """A new position at the tail."""
        size = self._base.size
        if self._tail:
            self._in_order = self._in_order and order >= self._tail[-1]
        if self._follows and size and self.spec.order is not None:
            self._follows = order >= self._base.order_at(size - 1)
        self._tail.append(order)
        return size + len(self._tail) - 1

    def _leave(self, position: int, found_by: dict[tuple[str, str], None]) -> None:
        """Nothing is at this position any more."""
        self._live.discard(position)
        self._rows.pop(position, None)
        self._writable().change(position, found_by, ())

    def _settle(self) -> None:
        if not self._in_order:
            self._renumber()

    def _renumber(self) -> None:
        """Put the tail in order, without what is gone; positions that were told before hold no longer."""
        size = self._base.size
        late = sorted((position for position in self._rows if position >= size), key=lambda at: self._tail[at - size])
        places = {position: size + number for number, position in enumerate(late)}
        self._tail = [self._tail[position - size] for position in late]
        self._rows = {places.get(position, position): record for position, record in self._rows.items()}
        self._positions = {key: places[position] for key, position in self._positions.items() if position in places}
        self._live = (self._live & self._base.live) | BitMap(places.values())
        self._overlay = Overlay(self._base, self.spec.facets)
        for position in self._base.live - self._live:
            self._overlay.change(position, self.spec.pairs(self._base.at(position)), ())
        for position, record in self._rows.items():
            begun = self.spec.pairs(self._base.at(position)) if position < size else ()
            self._overlay.change(position, begun, self.spec.pairs(record))
        self._in_order = True
