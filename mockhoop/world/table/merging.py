"""Records that came later and are of an earlier time, told between those that were there before."""

from bisect import bisect_left
from collections.abc import Callable

from mockhoop.world.table.spec import Positions


def merged(early: Positions, late: Positions, before: Callable[[int], int], start: int, stop: int) -> list[int]:
    """The positions from the ``start``-th to the ``stop``-th when both sets are in one order.

    Each set is in order by itself; ``before`` says how many positions come before a late one. What it costs grows with
    what is asked for and, slowly, with the number of late ones.
    """

    def ahead(number: int) -> int:
        """How many of the early ones come before the late one with this number."""
        earlier = before(late[number])
        return early.rank(earlier - 1) if earlier else 0

    numbers = range(len(late))
    first = bisect_left(numbers, start, key=lambda number: ahead(number) + number)
    last = bisect_left(numbers, stop, key=lambda number: ahead(number) + number)
    taken = start - first
    found: list[int] = []
    for number in range(first, last):
        place = ahead(number)
        found += early[taken:place]
        found.append(late[number])
        taken = place
    return [*found, *early[taken : stop - last]]
