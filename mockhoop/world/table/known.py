"""A beginning of records that are all known."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from mockhoop.world.table.spec import Beginning, Order, Positions, R, TableSpec


class Known(Beginning[R]):
    """Records as they were given, in order, with their indexes."""

    def __init__(self, spec: TableSpec[R], records: Iterable[R]) -> None:
        super().__init__()
        self._key = spec.key
        self._rows = list(records) if spec.order is None else sorted(records, key=spec.order)
        self._order: list[Order] = list(map(spec.order_of, self._rows))
        self._positions = {spec.key(row): position for position, row in enumerate(self._rows)}
        self._index = indexed(spec, self._rows, range(len(self._rows)))
        self.size = len(self._rows)
        self.live = BitMap(range(self.size))

    def at(self, position: int) -> R:
        """See ``Beginning``."""
        return self._rows[position]

    def key_at(self, position: int) -> str:
        """See ``Beginning``."""
        return self._key(self._rows[position])

    def order_at(self, position: int) -> Order:
        """See ``Beginning``."""
        return self._order[position]

    def position(self, key: str) -> int | None:
        """See ``Beginning``."""
        return self._positions.get(key)

    def find(self, key: str) -> R | None:
        """See ``Beginning``."""
        position = self._positions.get(key)
        return None if position is None else self._rows[position]

    def where(self, facet: str, value: str) -> Positions:
        """See ``Beginning``."""
        return self._index[facet].get(value, EMPTY)

    def values(self, facet: str) -> Iterable[str]:
        """See ``Beginning``."""
        return self._index[facet].keys()

    def between(self, low: int, high: int) -> range:
        """See ``Beginning``."""
        return range(bisect_left(self._order, (low, "")), bisect_right(self._order, (high, _LAST)))

    def before(self, order: Order) -> int:
        """See ``Beginning``."""
        return bisect_left(self._order, order)


def indexed(spec: TableSpec[R], rows: Iterable[R], positions: Sequence[int]) -> dict[str, dict[str, Positions]]:
    """The positions of records by facet and value."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in spec.facets}
    for row, position in zip(rows, positions, strict=True):
        for name, value in spec.pairs(row):
            found[name].setdefault(value, []).append(position)
    return {name: {value: BitMap(places) for value, places in values.items()} for name, values in found.items()}


EMPTY = BitMap()
_LAST = "\U0010ffff"
