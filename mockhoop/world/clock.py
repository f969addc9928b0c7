"""The one clock of a world. Every time that anybody sees comes from it, in nanoseconds since 1970 in UTC."""

import time
from typing import Protocol

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


class Clock(Protocol):
    """Tells the world's time."""

    virtual: bool
    frozen: bool

    def now(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        ...

    def move_to(self, instant: int) -> None:
        """Move a frozen clock forward to an instant; nothing happens to a clock that runs."""
        ...


class RealClock:
    """The time of this machine."""

    virtual = False
    frozen = False

    def now(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        return time.time_ns()  # noqa: TID251 - the one place where real time comes in

    def move_to(self, instant: int) -> None:
        """Nothing: it gets there by itself."""


class VirtualClock:
    """A time of the scenario's choosing, which runs on from its start or stands still.

    ``start`` is in nanoseconds since 1970 in UTC. A frozen clock moves only when told to.
    """

    virtual = True

    def __init__(self, start: int, *, frozen: bool = False) -> None:
        self._offset = start
        self.frozen = frozen
        self._began = time.monotonic_ns()

    def now(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        return self._offset if self.frozen else self._offset + time.monotonic_ns() - self._began

    def move_to(self, instant: int) -> None:
        """Move the clock forward to an instant when it is frozen."""
        if self.frozen and instant > self._offset:
            self._offset = instant

    def advance(self, nanoseconds: int) -> None:
        """Move the clock by that much, forwards or backwards."""
        self._offset += nanoseconds
