"""Trying whether some of the calls of a journal still show a failure, in a fresh world each time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mockhoop.journals.entry import Entry
from mockhoop.pipeline import Pipeline
from mockhoop.replaying.carrying import Carrying
from mockhoop.replaying.failures import Failure
from mockhoop.replaying.origins import Origin, Origins
from mockhoop.replaying.player import Played, Player


@dataclass(frozen=True, slots=True)
class Step:
    """A call of a journal. ``at`` is the instant up to which time goes on before it, ``wait`` by how much it does.

    Without either it comes right after the call before it.
    """

    entry: Entry
    at: int | None = None
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of some calls up to the one that shows the failure, in which world."""

    pipeline: Pipeline
    steps: tuple[Step, ...]
    played: tuple[Played, ...]
    waits: tuple[int, ...]


class Trials:
    """Makes calls one after the other, as a test does, until one shows the failure. Time stands still between them."""

    def __init__(self, origins: Origins, origin: Origin, failure: Failure) -> None:
        self._origins = origins
        self._origin = origin
        self._failure = failure
        self.made = 0
        """How often calls were tried."""

    def of(self, steps: Sequence[Step]) -> Trial | None:
        """What comes of calls; None when they do not show the failure."""
        self.made += 1
        pipeline = self._origins.pipeline(self._origin)
        player, carrying, clock = Player(pipeline, frozen=True), Carrying(), pipeline.world.clock
        played: list[Played] = []
        waits: list[int] = []
        for number, step in enumerate(steps, 1):
            before = clock.now()
            until = before + step.wait if step.at is None else step.at
            if until > before:
                player.stand_at(until)
            waits.append(clock.now() - before)
            one = player.ask(carrying.carried(step.entry))
            played.append(one)
            if one.answer is None:
                continue
            # Of an exchange by number, the path is told as it was; of one that shows it, whatever it is now.
            if self._failure.shows(replace(one.answer, path=step.entry.path)):
                return Trial(pipeline, tuple(steps[:number]), tuple(played), tuple(waits))
            carrying.learn(step.entry, one.answer)
        return None
