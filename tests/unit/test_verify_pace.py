"""Calls begin no faster than they may, and not after the time limit."""

import pytest

from mockhoop.verify.pace import Pace, TimeIsUp


class Time:
    """A time that goes by only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def tick(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.now += seconds


async def test_without_a_rate_nobody_waits() -> None:
    time = Time()
    pace = Pace(tick=time.tick, wait=time.wait)
    for _ in range(5):
        await pace.turn()
    assert time.waits == []


async def test_ten_in_a_second_are_a_tenth_of_a_second_apart() -> None:
    time = Time()
    pace = Pace(10, tick=time.tick, wait=time.wait)
    for _ in range(4):
        await pace.turn()
    assert time.waits == [0.1, 0.1, 0.1]


async def test_after_a_pause_calls_do_not_come_in_a_bunch() -> None:
    time = Time()
    pace = Pace(10, tick=time.tick, wait=time.wait)
    await pace.turn()
    time.now += 5
    await pace.turn()
    await pace.turn()
    assert time.waits == [0.1]


async def test_after_the_limit_it_is_nobodys_turn() -> None:
    time = Time()
    pace = Pace(limit=2, tick=time.tick, wait=time.wait)
    await pace.turn()
    assert pace.left == 2
    time.now += 2
    with pytest.raises(TimeIsUp):
        await pace.turn()


async def test_nobody_waits_for_a_turn_that_comes_after_the_limit() -> None:
    time = Time()
    pace = Pace(rate=0.01, limit=2, tick=time.tick, wait=time.wait)
    await pace.turn()
    with pytest.raises(TimeIsUp):
        await pace.turn()
    assert time.waits == [2]
