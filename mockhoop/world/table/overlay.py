"""By what the records that have changed are found, laid over what a table began with."""

from collections.abc import Collection, Iterable
from typing import Any

from pyroaring import BitMap

from mockhoop.world.table.known import EMPTY
from mockhoop.world.table.spec import LARGE, Beginning, Pair, Positions

_KEPT = 64  # joined bitmaps, of which a large one has an eighth of a byte for each record


class Overlay:
    """An index of what has changed. It is as small as that; what it makes of the whole is put together when asked for.

    Of each pair it knows the positions that are found by it and were not in the beginning, and those that are so no
    longer. Where a record changes, the pairs that it had and has are as they were.
    """

    def __init__(self, base: Beginning[Any], facets: Iterable[str]) -> None:
        self._base = base
        self._new: dict[str, dict[str, Positions]] = {name: {} for name in facets}
        self._gone: dict[Pair, Positions] = {}
        self._joined: dict[Pair, Positions] = {}

    def copy(self) -> "Overlay":
        """Another one that begins as this one is."""
        made = Overlay(self._base, ())
        made._gone = {pair: BitMap(found) for pair, found in self._gone.items()}
        made._new = {
            name: {value: BitMap(found) for value, found in values.items()} for name, values in self._new.items()
        }
        return made

    def where(self, facet: str, value: str) -> Positions:
        """The positions of the records with this value. Not to be changed."""
        pair = (facet, value)
        found = self._joined.get(pair)
        if found is None:
            new, gone = self._new[facet].get(value), self._gone.get(pair)
            found = self._base.where(facet, value)
            if new is not None or gone is not None:
                found = (found - (gone or EMPTY)) | (new or EMPTY)
                if len(found) >= LARGE:
                    self._keep(pair, found)
        return found

    def where_any(self, facet: str, values: Iterable[str]) -> Positions:
        """The positions of the records that have at least one of the values. Not to be changed."""
        values, new, gone = tuple(values), self._new[facet], self._gone
        if any(value in new or (facet, value) in gone for value in values):
            return BitMap.union(EMPTY, *(self.where(facet, value) for value in values))
        return self._base.where_any(facet, values)

    def values(self, facet: str) -> Iterable[str]:
        """The distinct values of a facet; some may have no record."""
        return {*self._base.values(facet), *self._new[facet]}

    def change(self, position: int, before: Collection[Pair], after: Collection[Pair]) -> None:
        """A record was found by some pairs and is found by others now."""
        for pair in before:
            if pair not in after:
                self._leave(pair, position)
        for pair in after:
            if pair not in before:
                self._join(pair, position)

    def _keep(self, pair: Pair, found: Positions) -> None:
        if len(self._joined) >= _KEPT:
            self._joined.clear()
        self._joined[pair] = found

    def _join(self, pair: Pair, position: int) -> None:
        if not _taken_out(self._gone, pair, position):
            facet, value = pair
            _put_in(self._new[facet], value, position)
        if pair in self._joined:
            self._joined[pair].add(position)

    def _leave(self, pair: Pair, position: int) -> None:
        facet, value = pair
        if not _taken_out(self._new[facet], value, position):
            _put_in(self._gone, pair, position)
        if pair in self._joined:
            self._joined[pair].discard(position)


def _put_in(index: dict[Any, Positions], key: Any, position: int) -> None:
    found = index.get(key)
    if found is None:
        index[key] = BitMap((position,))
    else:
        found.add(position)


def _taken_out(index: dict[Any, Positions], key: Any, position: int) -> bool:
    """Whether the position was there; what is empty then is let go of."""
    found = index.get(key)
    if found is None or position not in found:
        return False
    found.discard(position)
    if not found:
        del index[key]
    return True
