"""How fast calls may follow one another, and when it is time to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter


class TimeIsUp(Exception):
    """There was a limit to how long all of it may take, and that is over."""


async def _wait(seconds: float) -> None:
    await asyncio.sleep(seconds)  # noqa: TID251 - the time of a server that is real


class Pace:
    """Lets a call begin when it may: so many in a second (0: any number), until a time limit (0: none)."""

    def __init__(
        self,
        rate: float = 0.0,
        limit: float = 0.0,
        tick: Callable[[], float] = perf_counter,
        wait: Callable[[float], Awaitable[None]] = _wait,
    ) -> None:
        self.rate = rate
        self.tick = tick
        self._wait = wait
        self._gap = 1 / rate if rate else 0.0
        self._began = self._next = tick()
        self._limit = limit

    @property
    def elapsed(self) -> float:
        """The seconds since the beginning."""
        return self.tick() - self._began

    @property
    def left(self) -> float | None:
        """The seconds until the limit, None where there is none."""
        return max(0.0, self._limit - self.elapsed) if self._limit else None

    def check(self) -> None:
        """Raises TimeIsUp when the limit is over."""
        if self.left == 0:
            raise TimeIsUp

    async def turn(self) -> None:
        """Wait until the next call may begin. Raises TimeIsUp."""
        self.check()
        now = self.tick()
        ahead = self._next - now
        self._next = max(now, self._next) + self._gap
        if ahead > 0:
            await self._wait(ahead if self.left is None else min(ahead, self.left))
            self.check()

    @asynccontextmanager
    async def limited(self) -> AsyncIterator[None]:
        """A context that is left when the limit is over. Raises TimeIsUp."""
        try:
            async with asyncio.timeout(self.left):
                yield
        except TimeoutError:
            raise TimeIsUp from None
