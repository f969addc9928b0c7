"""What is due in a world, and when: drained by the world's clock, in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Something that happens at an instant (nanoseconds since 1970), as ``kind`` says, to what ``about`` names.

    ``number`` decides between equals: what was scheduled first happens first.
    """

    at: int
    number: int
    kind: str = field(compare=False)
    about: str = field(compare=False)


class Agenda:
    """Happenings in the order in which they are due."""

    def __init__(self, waiting: Iterable[Happening] = ()) -> None:
        self._waiting = list(waiting)
        heapify(self._waiting)
        self._scheduled = max((happening.number for happening in self._waiting), default=0)

    def add(self, at: int, kind: str, about: str) -> None:
        """Have something happen at an instant; an instant that has gone by means at once."""
        self._scheduled += 1
        heappush(self._waiting, Happening(at, self._scheduled, kind, about))

    def next_at(self) -> int | None:
        """When the next thing is due."""
        return self._waiting[0].at if self._waiting else None

    def take(self, now: int) -> Happening | None:
        """The first thing that is due by ``now``, which then waits no longer."""
        return heappop(self._waiting) if self._waiting and self._waiting[0].at <= now else None

    def waiting(self) -> tuple[Happening, ...]:
        """All that is still to happen, in order."""
        return tuple(sorted(self._waiting))
