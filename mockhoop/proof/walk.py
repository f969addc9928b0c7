"""Playing a scenario: everything that can happen in it is let happen, and every answer to it is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mockhoop.exchange import Exchange, Fired
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.records import Session
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.scenario import engine
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.rules import TIMELINE, Cue, state_of
from mockhoop.world.changes import Drop, Effect, Put, Restore, SetClock, Snapshot
from mockhoop.world.clock import ClockState

MOST_STEPS = 600
"""How many steps of a scenario are tried; one with more is proved in part."""
_MOST_READ = 100
_READS = ("/sessions/{id}", "/sessions/{id}?expand=event_stream", "/reviews/{id}")
_LISTS = ("/sessions?limit=100", "/sessions?count=exact&limit=1", "/reviews")


@dataclass
class Walk:
    """What was seen on the way."""

    pipeline: Pipeline
    steps: int = 0
    answers: int = 0
    states: set[str] = field(default_factory=set)
    complete: bool = True
    happened: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def walk(pipeline: Pipeline) -> Walk:
    """Let happen, in every order, what can happen in a world that has just begun."""
    found = Walk(pipeline)
    world = pipeline.world
    clock = world.clock.state()
    world.apply([SetClock(ClockState(True, clock.at, True))])
    _enter(found)
    _read(found, [session.id for session in _told(pipeline)])
    waiting, seen = [world.snapshot()], {_key(pipeline)}
    while waiting:
        here = waiting.pop(0)
        for step in _steps(pipeline, here):
            if found.steps >= MOST_STEPS:
                found.complete = False
                return found
            world.apply([Restore(here)])
            found.steps += 1
            _take(found, step)
            key = _key(pipeline)
            if key not in seen:
                seen.add(key)
                waiting.append(world.snapshot())
    return found


def findings(found: Walk) -> Iterator[Finding]:
    """What a walk shows to be wrong."""
    cues: dict[str, Cue] = {cue.name: cue for cue in found.pipeline.world.base.tables[TIMELINE]}
    for name, cue in cues.items():
        if name not in found.happened and found.complete:
            yield Finding(
                cue.entry, "", "this never happens", "check its trigger, and whether its state is ever entered"
            )
        elif name in found.notes and name not in found.done:
            yield Finding(
                cue.entry, "", f"this can never be done: {found.notes[name]}", "change the action or what it is about"
            )
    scenario = found.pipeline.world.base.scenario
    for target, message in found.broken.items():
        yield Finding(scenario.layers[-1].scenario, "", f"the answer to {target} breaks the contract: {message}")


def _steps(pipeline: Pipeline, here: Snapshot) -> list[str | int]:
    """What can happen next: entries by name, or time going on to an instant."""
    pipeline.world.apply([Restore(here)])
    open_entries = engine.available(pipeline.world)
    due = pipeline.world.agenda.next_at()
    return [*open_entries, *([due] if due is not None else [])]


def _take(found: Walk, step: str | int) -> None:
    pipeline = found.pipeline
    world, unfolding = pipeline.world, pipeline.stage.unfolding
    if isinstance(step, str):
        fired = unfolding.trigger(world, step)
    else:
        fired = unfolding.set_clock(world, at=max(step, world.clock.now()), frozen=True, speed=1.0)
    for one in fired:
        found.happened.add(one.rule)
        if one.notes:
            found.notes.setdefault(one.rule, one.notes[0])
        else:
            found.done.add(one.rule)
    _enter(found)
    _read(found, list(_changed(fired)))


def _enter(found: Walk) -> None:
    state = state_of(found.pipeline.world)
    found.states |= {state} if state is not None else set()


def _changed(fired: list[Fired]) -> Iterator[str]:
    effects: list[Effect] = [effect for one in fired for effect in one.effects]
    for effect in effects:
        match effect.change:
            case Put(table="sessions", record=session):
                yield session.id
            case Drop(table="sessions", key=key):
                yield key


def _told(pipeline: Pipeline) -> list[Session]:
    table = pipeline.world.table(SESSIONS)
    newest: list[Session] = list(table.newest(table.all(), 0, _MOST_READ))
    return newest


def _read(found: Walk, ids: list[str]) -> None:
    """Look at every answer about these sessions, in a world that does not change with it."""
    pipeline, before = found.pipeline, found.pipeline.world.snapshot()
    targets = [read.replace("{id}", key) for key in dict.fromkeys(ids) for read in _READS]
    for target in (*targets, *_LISTS):
        path, _, query = target.partition("?")
        outcome = pipeline.answer(Call("GET", f"{pipeline.stage.profile.base_path}{path}", query))
        assert isinstance(outcome, Exchange)
        found.answers += 1
        for one in outcome.violations:
            if one.location.startswith("response."):
                found.broken.setdefault(target, f"{one.pointer} {one.message}".strip())
    pipeline.world.apply([Restore(before)])


def _key(pipeline: Pipeline) -> tuple[object, ...]:
    """Two moments with the same key go on in the same way."""
    world = pipeline.world
    counts = tuple(world.counted(engine.happened_sequence(cue.name)) for cue in world.table(TIMELINE))
    return state_of(world), counts, world.agenda.next_at()
