"""Waiting by a world's clock. Nobody else waits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

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
        world.apply([MoveClock(later.until)])
    else:
        await _watch(pipeline, later.until, later.ready)


async def news(world: World, event: asyncio.Event, *, until: int, seconds: float) -> None:
    """Wait for an event, at the latest until an instant of the world's, and for no more than so many seconds.

    A frozen clock stays where it is.
    """
    due = _seconds_to_next(world, until)
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds if due is None else min(due, seconds))


async def _watch(pipeline: Pipeline, until: int, ready: Callable[[World], bool]) -> None:
    world = pipeline.world
    changed = asyncio.Event()
    with world.watched(changed.set):
        while not ready(world) and world.clock.now() < until:
            changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), _seconds_to_next(world, until))
            pipeline.settle()


def _seconds_to_next(world: World, until: int) -> float | None:
    """How long nothing can happen by itself; None when time stands still."""
    if world.clock.frozen:
        return None
    next_at = world.agenda.next_at()
    due = until if next_at is None else min(until, next_at)
    return max(0, due - world.clock.now()) / _SECOND
