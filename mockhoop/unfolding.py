"""How things happen by themselves in a world: what is due, what a call lets happen, and what follows from that."""

from collections.abc import Iterable
from dataclasses import replace

from mockhoop.exchange import Fired
from mockhoop.responders.decision import Profile
from mockhoop.scenario import engine
from mockhoop.scenario.engine import CUE, Due
from mockhoop.scenario.matching import Facts
from mockhoop.scenario.script_model import Action, Enter, Trigger
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Effect, SetClock
from mockhoop.world.world import World

_MOST_IN_A_ROW = 1_000
"""How many entries of a timeline may set each other off before it is taken for an endless loop."""


class Unfolding:
    """Lets a scenario happen, with the rules of one profile. Everything that happens is told as ``Fired``."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def settle(self, world: World) -> list[Fired]:
        """Let everything happen that is due by now, in order."""
        fired: list[Fired] = []
        world.settle(lambda _, happening: fired.extend(self._happen(world, happening)))
        return fired

    def set_clock(self, world: World, *, at: int, frozen: bool, speed: float) -> list[Fired]:
        """Have the clock show an instant. On the way forward everything happens at its own time, in order."""
        fired = self.settle(world)
        while (due := world.agenda.next_at()) is not None and due <= at:
            world.apply([SetClock(replace(world.clock.state(), virtual=True, frozen=True, at=due))])
            fired += self.settle(world)
        world.apply([SetClock(replace(world.clock.state(), virtual=True, frozen=frozen, speed=speed, at=at))])
        return fired

    def before(self, world: World, facts: Facts) -> list[Fired]:
        """Let happen what a call brings about before it is answered."""
        fired: list[Fired] = []
        for step in engine.at_request(world, facts):
            if isinstance(step, Due):
                fired += self._carry_out(world, step)
            else:
                world.apply(step)
        return fired

    def follow(self, world: World) -> list[Fired]:
        """Let happen what waits for things to stand as they do now, until nothing is left that does."""
        fired: list[Fired] = []
        while len(fired) < _MOST_IN_A_ROW and (due := engine.at_state(world)) is not None:
            fired.append(self._fire(world, due))
        return fired

    def trigger(self, world: World, name: str) -> list[Fired]:
        """Let an entry of the timeline happen now; nothing when there is none of that name."""
        due = engine.told(world, name)
        return [] if due is None else self._carry_out(world, due)

    def perform(self, world: World, actions: Iterable[Action], name: str) -> list[Fired]:
        """Carry out actions now, under the name by which they are told."""
        return self._carry_out(world, Due(name, world.clock.now(), tuple(actions), ()))

    def _happen(self, world: World, happening: Happening) -> list[Fired]:
        if happening.kind == CUE:
            due = engine.at_time(world, happening.about, happening.at)
            return [] if due is None else self._carry_out(world, due)
        effects = world.apply(self._profile.happen(world, happening))
        own = [Fired(happening.at, happening.kind, happening.about, effects)] if effects else []
        return [*own, *self.follow(world)]

    def _carry_out(self, world: World, due: Due) -> list[Fired]:
        return [self._fire(world, due), *self.follow(world)]

    def _fire(self, world: World, due: Due) -> Fired:
        # Counted first: what its own actions set off must find it done.
        effects = list(world.apply(due.changes))
        notes: list[str] = []
        for action in due.actions:
            effects += self._act(world, action, due.at, notes)
        return Fired(due.at, due.name, "", tuple(effects), tuple(notes))

    def _act(self, world: World, action: Action, at: int, notes: list[str]) -> Iterable[Effect]:
        match action:
            case Enter(enter=state):
                return world.apply(engine.entering(world, state, at))
            case Trigger(trigger=name):
                due = engine.told(world, name)
                if due is None:
                    notes.append(f"there is no entry {name} in the timeline")
                    return ()
                return self._nested(world, due, notes)
            case _:
                acted = self._profile.act(world, action, at)
                if acted.note:
                    notes.append(acted.note)
                return world.apply(acted.changes)

    def _nested(self, world: World, due: Due, notes: list[str]) -> Iterable[Effect]:
        if engine.triggers_itself(world, due.name):
            notes.append(f"the entry {due.name} triggers itself")
            return ()
        fired = self._fire(world, due)
        notes += fired.notes
        return fired.effects
