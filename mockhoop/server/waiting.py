"""Waiting by a world's clock. Nobody else waits."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from mockhoop.exchange import Waiting
from mockhoop.pipeline import Pipeline
from mockhoop.world.changes import MoveClock
from mockhoop.world.world import World

_SECOND = 1_000_000_000


async def answer_of(pipeline: Pipeline, waiting: Waiting) -> None:
    """Wait until the answer can be given.

    Who waits in a world whose clock is frozen moves that clock: nothing else would, and nobody has to sleep.
    """
    later, world = waiting.later, pipeline.world
    if world.clock.frozen:
        move(pipeline, later.until)
    else:
        await _watch(pipeline, later.until, later.ready)


def move(pipeline: Pipeline, instant: int) -> None:
    """Move a frozen clock forward, and let happen what is due by then."""
    pipeline.world.apply([MoveClock(instant)])
    pipeline.settle()


async def news(world: World, event: asyncio.Event, *, until: int | None, seconds: float) -> None:
    """Wait for an event, at the latest until an instant of the world's, and for no more than so many seconds.

    A frozen clock stays where it is.
    """
    due = seconds_to_next(world, until)
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds if due is None else min(due, seconds))


async def until(holds: Callable[[], bool], news: asyncio.Event, seconds: float) -> None:
    """Wait until something holds, asking at every event, for no more than so many seconds of real time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not holds():
                news.clear()
                await news.wait()


class Waits:
    """Those who wait for clients of a server until something comes from outside; no longer than the server runs."""

    def __init__(self) -> None:
        self.over = False
        self._news: set[asyncio.Event] = set()

    @contextmanager
    def news(self, world: World) -> Iterator[asyncio.Event]:
        """An event that is set at every change of a world, and when all is over."""
        event = asyncio.Event()
        self._news.add(event)
        try:
            with world.watched(event.set):
                yield event
        finally:
            self._news.discard(event)

    def close(self) -> None:
        """Let nobody wait any longer."""
        self.over = True
        for event in self._news:
            event.set()


async def _watch(pipeline: Pipeline, until: int, ready: Callable[[World], bool]) -> None:
    world = pipeline.world
    changed, era = asyncio.Event(), world.era
    with world.watched(changed.set):
        while not ready(world) and world.clock.now() < until and world.era == era:
            changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), seconds_to_next(world, until))
            pipeline.settle()


def seconds_to_next(world: World, until: int | None) -> float | None:
    """How many seconds nothing can happen by itself; None when time stands still, or nothing is awaited."""
    if world.clock.frozen:
        return None
    instants = [instant for instant in (until, world.agenda.next_at()) if instant is not None]
    return max(0, min(instants) - world.clock.now()) / (_SECOND * world.clock.speed) if instants else None
