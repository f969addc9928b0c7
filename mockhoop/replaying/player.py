"""The calls of a journal in one world, each at its time. Nobody waits: time goes on with the calls."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockhoop.exchange import OUR_FAULT, Exchange, Waiting
from mockhoop.journals.entry import Entry
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.recall.entries import entry_of
from mockhoop.replaying.filling import Filling
from mockhoop.scenario.times import parse_moment
from mockhoop.world.changes import MoveClock, SetClock
from mockhoop.world.clock import ClockState
from mockhoop.world.world import World

SERVERS_OWN = "server"
"""The responder of answers that a server gave without looking at the call."""


@dataclass(slots=True, eq=False)
class Played:
    """An entry, what became of its call this time, and the same as an entry; None as long as there is no answer."""

    entry: Entry
    exchange: Exchange | None = None
    answer: Entry | None = None


class Player:
    """Makes calls in a world. What waits is answered when its time has come, also while other calls are made.

    In a world whose clock stands still, who waits moves it, as with a server.
    """

    def __init__(self, pipeline: Pipeline, *, frozen: bool) -> None:
        """``frozen`` is whether its clock stood still in the world whose journal it is."""
        self.pipeline = pipeline
        self._frozen = frozen
        self._filling = Filling(pipeline.world)
        self._pending: list[tuple[Played, Waiting]] = []

    def play(self, entries: Iterable[Entry]) -> list[Played]:
        """Make the calls of entries in the order of their times; what came of them, in the order of the entries."""
        played = [Played(entry) for entry in entries]
        timed = [(instant(one.entry), one) for one in played if one.entry.responder != SERVERS_OWN]
        for at, one in sorted(timed, key=lambda pair: pair[0] or 0):
            if at is not None:
                self.stand_at(at)
            self._begin(one)
        while self._pending:
            self.stand_at(max(waiting.later.until for _, waiting in self._pending))
        return played

    def ask(self, entry: Entry) -> Played:
        """Make the call of an entry now, and wait for its answer."""
        one = Played(entry)
        self._begin(one)
        while self._pending:
            self.stand_at(max(waiting.later.until for _, waiting in self._pending))
        return one

    def stand_at(self, instant: int) -> None:
        """Let everything happen up to an instant, at which time stands still then."""
        world = self.pipeline.world
        while (due := self._next()) is not None and due <= instant:
            self._stop_at(max(due, world.clock.now()))
            self.pipeline.settle()
            self._resume()
        if instant != world.clock.now():
            self._stop_at(instant)

    def _next(self) -> int | None:
        dues = [waiting.later.until for _, waiting in self._pending]
        agenda = self.pipeline.world.agenda.next_at()
        return min([*dues, *([agenda] if agenda is not None else ())], default=None)

    def _stop_at(self, instant: int) -> None:
        self.pipeline.world.apply([SetClock(ClockState(True, instant, True))])

    def _begin(self, played: Played) -> None:
        call = self._filling.call(played.entry)
        try:
            outcome = self.pipeline.answer(call)
        except Exception:
            outcome = self._failed(call)
        self._take(played, outcome)
        self._resume()

    def _take(self, played: Played, outcome: Exchange | Waiting) -> None:
        if isinstance(outcome, Waiting):
            if self._frozen:
                self.pipeline.world.apply([MoveClock(outcome.later.until)])
                self.pipeline.settle()
            self._pending.append((played, outcome))
            return
        self._filling.learn(outcome)
        played.exchange = outcome
        played.answer = entry_of(outcome, self.pipeline)

    def _resume(self) -> None:
        """Answer those whose time has come."""
        world = self.pipeline.world
        while True:
            ready = next((one for one in self._pending if _is_ready(one[1], world)), None)
            if ready is None:
                return
            self._pending.remove(ready)
            played, waiting = ready
            try:
                outcome = self.pipeline.resume(waiting)
            except Exception:
                outcome = self._failed(waiting.question.call)
            self._take(played, outcome)

    def _failed(self, call: Call) -> Exchange:
        return Exchange(call, OUR_FAULT, at=self.pipeline.world.clock.now())


def _is_ready(waiting: Waiting, world: World) -> bool:
    later = waiting.later
    return later.ready(world) or world.clock.now() >= later.until or world.era != waiting.era


def instant(entry: Entry) -> int | None:
    """When a call was taken up; None where that is not told."""
    try:
        return parse_moment(entry.at).ns
    except ValueError:
        return None
