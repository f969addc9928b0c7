"""What a scenario lets happen: which entries of its timeline are due, and which faults are meant for a call.

Nothing is changed here: the engine tells what is due, and whoever asks sees to it that it happens.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.records import Session
from mockhoop.scenario.faults import PreparedFault, Trouble, prepared, trouble
from mockhoop.scenario.matching import Facts, Matcher
from mockhoop.scenario.rules import CURRENT, FAULTS, STATES, TIMELINE, Cue, NamedFault, Position, state_of
from mockhoop.scenario.script_model import Action, Reached, TimelineEntry, Trigger
from mockhoop.scenario.sieve import Rules
from mockhoop.world.changes import Change, Count, Put, Schedule
from mockhoop.world.world import World

CUE = "cue"
"""The kind of happening on a world's agenda that lets an entry of the timeline happen."""


@dataclass(frozen=True, slots=True)
class Due:
    """An entry of the timeline that happens at an instant, with its actions and the changes that keep count of it."""

    name: str
    at: int
    actions: tuple[Action, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _PreparedCue:
    name: str
    entry: TimelineEntry
    matcher: Matcher


class _Script:
    """The timeline of a world, sorted by what its entries wait for."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self.by_name = {cue.name: cue for cue in cues}
        self.reached = [cue for cue in self.by_name.values() if cue.entry.reached is not None]
        self.requests = Rules(
            _PreparedCue(cue.name, cue.entry, Matcher(cue.entry.when))
            for cue in self.by_name.values()
            if cue.entry.when is not None
        )


def looks_at(world: World, operation: str) -> bool:
    """Whether anything in the scenario may be meant for calls of an operation; "" stands for none."""
    return bool(_script(world).requests.of(operation) or _faults(world).of(operation))


def at_request(world: World, facts: Facts) -> Iterator[tuple[Change, ...] | Due]:
    """What a call lets happen, one after the other: each is to be carried out before the next is asked for."""
    for one in _script(world).requests.of(facts.operation).meant(facts):
        if _is_over(world, one.name, one.entry) or not _is_in(world, one.entry):
            continue
        nth = one.entry.when.nth if one.entry.when is not None else None
        number = world.counted(_seen(one.name)) + 1
        yield (Count(_seen(one.name)),)
        if nth is None or number == nth or (one.entry.times != 1 and number % nth == 0):
            yield _due(world, one.name, one.entry, world.clock.now())


def at_state(world: World) -> Due | None:
    """The first entry that waits for things to stand as they do now."""
    for cue in _script(world).reached:
        if not _is_over(world, cue.name, cue.entry) and _is_in(world, cue.entry) and _holds(world, cue.entry.reached):
            return _due(world, cue.name, cue.entry, world.clock.now())
    return None


def _holds(world: World, reached: Reached | None) -> bool:
    if reached is None or (reached.state is not None and state_of(world) != reached.state):
        return False
    if reached.session is None:
        return True
    session: Session | None = world.table(SESSIONS).get(reached.session)
    if session is None or reached.status not in (None, session.status):
        return False
    return reached.review is None or (session.review is not None and session.review.status == reached.review)


def at_time(world: World, name: str, at: int) -> Due | None:
    """The entry of that name, if it is still meant to happen at the instant at which it was put on the agenda."""
    cue = _script(world).by_name.get(name)
    if cue is None or _is_over(world, name, cue.entry) or not _is_in(world, cue.entry):
        return None
    if cue.entry.in_ is not None and cue.entry.after is not None:
        position: Position | None = world.table(STATES).get(CURRENT)
        if position is None or (at - position.since) % max(1, cue.entry.after):
            return None  # the state was left and entered again since
    due = _due(world, name, cue.entry, at)
    happened, most = world.counted(happened_sequence(name)) + 1, _most(cue.entry)
    if cue.entry.after and (most is None or happened < most):
        return Due(name, at, due.actions, (*due.changes, Schedule(at + cue.entry.after, CUE, name)))
    return due


def told(world: World, name: str) -> Due | None:
    """The entry of that name, now, whatever it waits for; None when there is none."""
    cue = _script(world).by_name.get(name)
    return None if cue is None else _due(world, name, cue.entry, world.clock.now())


def available(world: World) -> list[str]:
    """The entries that a request or somebody who tells them may let happen now."""
    return [
        cue.name
        for cue in _script(world).by_name.values()
        if (cue.entry.when is not None or cue.entry.told)
        and not _is_over(world, cue.name, cue.entry)
        and _is_in(world, cue.entry)
    ]


def triggers_itself(world: World, name: str) -> bool:
    """Whether an entry lets itself happen, at once or by way of others."""
    found, waiting = set(), [name]
    while waiting:
        cue = _script(world).by_name.get(waiting.pop())
        for triggered in _triggered(cue.entry) if cue is not None else ():
            if triggered == name:
                return True
            if triggered not in found:
                found.add(triggered)
                waiting.append(triggered)
    return False


def _triggered(entry: TimelineEntry) -> Iterator[str]:
    for action in (*entry.do, *(action for step in entry.sequence for action in step)):
        if isinstance(action, Trigger):
            yield action.trigger


def matchers(world: World) -> Iterator[tuple[str, Matcher]]:
    """The conditions on requests that the scenario has, each with the name of its fault or entry of the timeline."""
    yield from ((one.name, one.matcher) for one in _script(world).requests.all)
    yield from ((one.name, one.matcher) for one in _faults(world).all)


def trouble_of(world: World, facts: Facts) -> Trouble | None:
    """What the faults do to a call."""
    meant = _faults(world).of(facts.operation).meant(facts)
    return trouble(world, meant, facts) if meant else None


def entering(world: World, state: str, at: int) -> tuple[Change, ...]:
    """What changes when a state is entered: the entries that wait in it are put on the agenda."""
    return (Put(STATES, Position(state, at)), *waiting_in(_script(world).by_name.values(), state, at))


def waiting_in(cues: Iterable[Cue], state: str | None, since: int) -> Iterator[Schedule]:
    """The entries that happen some time after a state was entered, or after the world's start (None)."""
    for cue in cues:
        if cue.entry.in_ == state and cue.entry.after is not None:
            yield Schedule(since + cue.entry.after, CUE, cue.name)


def happened_sequence(name: str) -> str:
    """The sequence that counts how often an entry has happened."""
    return f"timeline {name} happened"


def _seen(name: str) -> str:
    return f"timeline {name} seen"


def _due(world: World, name: str, entry: TimelineEntry, at: int) -> Due:
    number = world.counted(happened_sequence(name))
    actions = entry.do
    if entry.sequence:
        actions = entry.sequence[number] if number < len(entry.sequence) else ()
    return Due(name, at, actions, (Count(happened_sequence(name)),))


def _is_over(world: World, name: str, entry: TimelineEntry) -> bool:
    most = _most(entry)
    return most is not None and world.counted(happened_sequence(name)) >= most


def _most(entry: TimelineEntry) -> int | None:
    return len(entry.sequence) or entry.times


def _is_in(world: World, entry: TimelineEntry) -> bool:
    return entry.in_ is None or state_of(world) == entry.in_


def _script(world: World) -> _Script:
    return world.table(TIMELINE).derived(_Script)


def _faults(world: World) -> Rules[PreparedFault]:
    return world.table(FAULTS).derived(_prepared)


def _prepared(faults: Iterable[NamedFault]) -> Rules[PreparedFault]:
    return Rules(map(prepared, faults))
