"""The one clock of a world. Every time that anybody sees comes from it, in nanoseconds since 1970 in UTC."""

import time
from dataclasses import dataclass, replace

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class ClockState:
    """How a clock stands: ``at`` is what it shows; a clock that is not virtual shows the time of this machine.

    ``speed`` is how many seconds go by on it in a real one.
    """

    virtual: bool
    at: int
    frozen: bool = False
    speed: float = 1.0


class Clock:
    """Tells the world's time: that of this machine, or a virtual one that runs on at some speed or stands still.

    It can be held for a moment: what is one step has one instant.
    """

    __slots__ = ("_at", "_began", "_held", "frozen", "speed", "virtual")

    def __init__(self, state: ClockState) -> None:
        self.set(state)

    def now(self) -> int:
        """Nanoseconds since 1970 in UTC."""
        if self.frozen or self._held:
            return self._at
        if not self.virtual:
            return time.time_ns()  # noqa: TID251 - the one place where real time comes in
        return self._at + int((time.monotonic_ns() - self._began) * self.speed)

    def state(self) -> ClockState:
        """How it stands now."""
        return ClockState(self.virtual, self.now(), self.frozen, self.speed)

    def set(self, state: ClockState) -> None:
        """Have it stand like this from now on."""
        self.virtual = state.virtual
        self.frozen = state.frozen and state.virtual
        self.speed = state.speed
        self._at = state.at
        self._began = time.monotonic_ns()
        self._held = False

    def hold(self) -> None:
        """Show the same instant until it is released."""
        now = self.now()
        self._held, self._at, self._began = True, now, time.monotonic_ns()

    def release(self) -> None:
        """Go on; the time for which it was held has gone by all the same."""
        self._held = False

    def move_to(self, instant: int) -> None:
        """Move a frozen clock forward to an instant; a clock that runs gets there by itself."""
        if self.frozen and instant > self._at:
            self._at = instant

    def advance(self, nanoseconds: int) -> None:
        """Move the clock by that much, forwards or backwards; it is virtual from then on."""
        self.set(replace(self.state(), virtual=True, at=self.now() + nanoseconds))


def real_clock() -> Clock:
    """A clock with the time of this machine."""
    return Clock(ClockState(False, 0))


def virtual_clock(start: int, *, frozen: bool = False) -> Clock:
    """A clock with a time of its own, which begins at an instant and runs on from there, or stands still."""
    return Clock(ClockState(True, start, frozen))
